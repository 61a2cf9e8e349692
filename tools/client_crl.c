/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_crl.h"

static bool
is_trusted(const struct provider *provider, const struct crl *crl,
    const struct client_ca *ca)
{
	for (size_t i = 0; i < ca->count; i++)
		if (ca->trusted[i] &&
		    crl_is_issued_by(provider, crl, ca->certificates[i]))
			return true;
	return false;
}

enum err
client_crl_read(const struct provider *provider, struct bytes der,
    const struct client_ca *ca, struct crl **crl)
{
	struct crl *read = NULL;
	enum err err = crl_read(der, &read);

	if (err == ERR_OK && !is_trusted(provider, read, ca))
		err = ERR_CLIENT_TRUST;
	if (err == ERR_OK)
		*crl = read;
	else
		crl_free(read);
	return err;
}
