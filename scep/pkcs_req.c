/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pkcs_req.h"

#include "base/hex.h"
#include "crypto/name.h"
#include "crypto/spki.h"
#include "scep/facts.h"
#include "scep/refused.h"
#include "scep/transaction.h"

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

/* Views what the message is signed with. */
static void
note_renewed(struct pki_operation *operation,
    const struct renewal_signer *signer)
{
	if (operation->verdict.is_renewal)
		operation->renews = (struct certificate_id){
			.authority = signer->authority,
			.serial = serial_number(signer->certificate->serial),
		};
}

/* Where there is a limit to them. */
static enum err
count_active(struct pki_operation *operation)
{
	const struct policy *policy = &operation->endpoint->policy;
	int64_t active = 0;
	enum err err;

	if (operation->verdict.uncounted == NULL)
		return ERR_OK;
	err = facts_count_active(operation, &active);
	if (err == ERR_OK)
		err = policy_count(policy, active, &operation->verdict);
	if (err == ERR_OK && operation->verdict.is_duplicate)
		buf_printf(&operation->header.detail,
		    "%s%lld other certificates of these names are active",
		    operation->header.detail.size > 0 ? "; " : "",
		    (long long)active);
	return err;
}

/* The same request again has its answer already, and is not judged twice: also
 * where it is signed with a certificate that was revoked by its renewal, whose
 * answer was lost. */
enum err
pkcs_req_authorise(struct pki_operation *operation)
{
	struct facts facts;
	enum err err = transaction_look_up(operation);

	if (err != ERR_OK || operation->is_same)
		return err;
	err = facts_gather(operation, &facts);
	if (err == ERR_OK)
		err = policy_decide(&operation->endpoint->policy, &facts,
		    &operation->verdict);
	if (err == ERR_OK && operation->verdict.fallback != ERR_OK)
		buf_printf(&operation->header.detail,
		    "no renewal (%s), but a first enrolment",
		    err_name(operation->verdict.fallback));
	if (err == ERR_OK)
		note_renewed(operation, &facts.signer);
	if (err == ERR_OK)
		err = count_active(operation);
	buf_append(&operation->header.detail,
	    buf_bytes(&operation->verdict.detail));
	/* Policy first: its reasons tell more than that of the reply's key. */
	if (err == ERR_OK)
		err = check_reply_key(facts.signer.certificate);
	if (err != ERR_OK)
		refused_note(operation, err);
	return err;
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
	enum err err = operation->is_same ? transaction_continue(operation) :
					    transaction_begin(operation);

	if (err == ERR_DUPLICATE)
		refused_note(operation, err);
	if (err == ERR_OK && !operation->pending)
		note_serial(operation->journal,
		    buf_bytes(&operation->certificate));
	return err;
}
