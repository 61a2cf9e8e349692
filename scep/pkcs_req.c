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
enum err
pkcs_req_check_reply_key(const struct certificate *signer)
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

/*
 * Whether policy has had to look at a challenge, as far as one can tell: where
 * it has refused a renewal, it may not have.  One that is good for so many
 * requests nobody can guess, so whoever has it need not wait, also where he
 * shares his address with those who guess.
 */
static bool
can_be_guessed(const struct pki_operation *operation, enum err err)
{
	const struct verdict *verdict = &operation->verdict;

	if (operation->csr->challenge.size == 0 || verdict->is_on_behalf ||
	    (err == ERR_OK && verdict->spent.is_spent))
		return false;
	return err != ERR_OK || !verdict->is_renewal ||
	    operation->endpoint->policy.renewal.challenge;
}

static enum guess_outcome
outcome_of(enum err err)
{
	switch (err) {
	case ERR_OK:
		return GUESS_RIGHT;
	/* Which of the two it is nobody shall find out by what it costs. */
	case ERR_CHALLENGE_WRONG:
	case ERR_CHALLENGE_NAME:
		return GUESS_WRONG;
	default:
		return GUESS_OTHER;
	}
}

/*
 * After the decision, which costs nothing beside the signatures that were
 * verified for it, since only then it is known whether the challenge had to do
 * with it; and before anybody learns of it.  HTTP's 503, as a FAILURE would
 * tell the device to give up.
 */
static enum err
slow_down(struct pki_operation *operation, enum err err)
{
	const struct endpoint *endpoint = operation->endpoint;
	const struct guess guess = { endpoint->path, operation->journal->peer,
		outcome_of(err), operation->now };

	if (endpoint->guesses == NULL || !can_be_guessed(operation, err))
		return err;
	operation->retry_after = guesses_settle(endpoint->guesses, &guess);
	if (operation->retry_after == 0)
		return err;
	verdict_clear(&operation->verdict);
	buf_printf(&operation->header.detail, "for %lld s",
	    (long long)operation->retry_after);
	return ERR_CHALLENGE_DELAYED;
}

static enum err
decide(struct pki_operation *operation, const struct facts *facts)
{
	enum err err = policy_decide(&operation->endpoint->policy, facts,
	    &operation->verdict);

	return slow_down(operation, err);
}

/* Who has vouched for the device. */
static void
note_requester(struct pki_operation *operation,
    const struct certificate *requester)
{
	struct buf *detail = &operation->header.detail;

	buf_append_string(detail, "requested by ");
	name_append_text(detail, requester->subject);
	buf_append_string(detail, ", serial ");
	hex_append(detail, requester->serial);
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
		err = decide(operation, &facts);
	if (operation->verdict.fallback != ERR_OK)
		buf_printf(&operation->header.detail,
		    "%s (%s), but a first enrolment",
		    operation->verdict.fallback == ERR_BEHALF_EXPIRED ?
			"not for another" :
			"no renewal",
		    err_name(operation->verdict.fallback));
	if (err == ERR_OK && operation->verdict.is_on_behalf)
		note_requester(operation, facts.signer.certificate);
	if (err == ERR_OK)
		note_renewed(operation, &facts.signer);
	if (err == ERR_OK)
		err = count_active(operation);
	buf_append(&operation->header.detail,
	    buf_bytes(&operation->verdict.detail));
	/* Policy first: its reasons tell more than that of the reply's key. */
	if (err == ERR_OK)
		err = pkcs_req_check_reply_key(facts.signer.certificate);
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

	/* Another request has been faster since this one was judged. */
	if (err == ERR_DUPLICATE || err == ERR_CHALLENGE_USED)
		refused_note(operation, err);
	if (err == ERR_OK && !operation->pending)
		note_serial(operation->journal,
		    buf_bytes(&operation->certificate));
	return err;
}
