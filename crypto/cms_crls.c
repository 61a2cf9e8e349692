/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_crls.h"

#include "crypto/cms_signed_internal.h"

/* As cms_certs_read does it; the other kinds of revocation information that
 * RFC 5652 section 10.2.1 has room for have tags of their own. */
enum err
cms_crls_read(struct bytes der, struct bytes *crls, size_t limit, size_t *count)
{
	struct cms_signed message = { 0 };
	struct der signers, set;
	size_t found = 0;
	enum err err = cms_signed_read_frame(der, &message, &signers);

	set = der_of(message.crls);
	while (err == ERR_OK && !der_at_end(&set)) {
		if (found == limit)
			return ERR_SIGNED_CERTIFICATES;
		err = der_read_whole(&set, DER_SEQUENCE, &crls[found++]);
	}
	if (err == ERR_OK)
		*count = found;
	return err;
}
