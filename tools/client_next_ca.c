/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_next_ca.h"

#include "crypto/ber.h"
#include "crypto/cms_signed.h"
#include "crypto/oid.h"

/* Whatever certificate the answer brings: it is ours that count. */
static enum err
verify_by(const struct provider *provider, struct cms_signed *message,
    const struct certificate *signer)
{
	struct algorithms allowed = ALGORITHMS_DEFAULT;
	struct bytes unknown = { 0 };
	enum digest digest;
	enum err err;

	certificate_free(message->signer);
	message->signer = NULL;
	err = certificate_read(buf_bytes(&signer->der), &message->signer);
	if (err == ERR_OK)
		err = cms_signed_verify(provider, message, allowed, &digest,
		    &unknown);
	return err;
}

/* A message of SCEP is no answer to this: whoever can have those signed could
 * otherwise name any CA as the next one. */
static bool
is_of_scep(const struct cms_signed *message)
{
	struct der_element value;

	return cms_signed_attribute(message, OID_MESSAGE_TYPE, &value) !=
	    ERR_OK ||
	    value.tag != 0;
}

static enum err
verify(const struct provider *provider, struct cms_signed *message,
    const struct client_ca *ca)
{
	enum err err = ERR_SIGNED_SIGNATURE;

	if (is_of_scep(message))
		return ERR_CLIENT_TRUST;
	for (size_t i = 0; i < ca->count; i++) {
		if (!ca->trusted[i])
			continue;
		err = verify_by(provider, message, ca->certificates[i]);
		if (err != ERR_SIGNED_SIGNATURE && err != ERR_PUBLIC_KEY &&
		    err != ERR_SIGNATURE_ALGORITHM)
			return err;
	}
	return ERR_CLIENT_TRUST;
}

enum err
client_next_ca_read(const struct provider *provider, struct bytes body,
    const struct client_ca *ca, struct client_ca *next)
{
	struct cms_signed message = { 0 };
	struct client_ca read = { 0 };
	struct buf der = { 0 };
	enum err err = ber_normalise(body, &der);

	if (err == ERR_OK)
		err = cms_signed_read(buf_bytes(&der), &message);
	if (err == ERR_OK)
		err = verify(provider, &message, ca);
	if (err == ERR_OK)
		err = client_ca_read(message.content, &read);
	for (size_t i = 0; err == ERR_OK && i < read.count; i++)
		read.trusted[i] = true;
	if (err == ERR_OK)
		*next = read;
	cms_signed_clear(&message);
	buf_clear(&der);
	return err;
}
