/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include "base/hex.h"
#include "crypto/name.h"
#include "crypto/spki.h"

/* The subject is noted before anything is decided: refusals are what people
 * search the log for. */
enum err
pkcs_req_parse(struct pki_operation *operation)
{
	enum err err = csr_read(operation->endpoint->provider,
	    pki_request_data(operation->request), &operation->csr);

	if (err == ERR_OK)
		name_append_text(&operation->journal->subject,
		    operation->csr->subject);
	return err;
}

/* The reply is enveloped for the key that signed the message: found out
 * before anything is issued that could not be delivered. */
static enum err
check_reply_key(const struct certificate *signer)
{
	struct key_facts facts;
	enum err err = spki_read(signer->spki, &facts);

	if (err == ERR_OK && facts.type != KEY_TYPE_RSA)
		err = ERR_REPLY_KEY;
	return err;
}

/* Policy first: its reasons tell more than that of the reply's key. */
enum err
pkcs_req_authorise(struct pki_operation *operation)
{
	struct facts facts = {
		.csr = operation->csr,
		.signer = pki_request_signer(operation->request),
		.now = operation->now,
	};
	enum err err = policy_decide(&operation->endpoint->policy, &facts,
	    &operation->authorisation);

	return err == ERR_OK ? check_reply_key(facts.signer) : err;
}

/* Read back from what was issued, so that the log says what the device has. */
static void
note_serial(struct journal *journal, struct bytes der)
{
	struct certificate *certificate;

	if (certificate_read(der, &certificate) != ERR_OK)
		return;
	hex_append(&journal->serial, certificate->serial);
	certificate_free(certificate);
}

enum err
pkcs_req_handle(struct pki_operation *operation)
{
	const struct backend *backend = operation->endpoint->backend;
	struct buf tbs = { 0 };
	enum err err = backend_prepare(backend, operation->authorisation,
	    operation->now, &tbs);

	if (err == ERR_OK)
		err = backend_sign(backend, buf_bytes(&tbs),
		    &operation->certificate);
	if (err == ERR_OK)
		note_serial(operation->journal,
		    buf_bytes(&operation->certificate));
	buf_clear(&tbs);
	return err;
}
