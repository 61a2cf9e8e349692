/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/transaction.h"

#include "policy/held.h"
#include "scep/prepared.h"

static const struct provider *
provider_of(const struct pki_operation *operation)
{
	return operation->endpoint->provider;
}

/* Whose it is: never a name, and never the transactionID alone, which clients
 * choose as they like and others could guess. */
static struct transaction_key
whose(const struct pki_operation *operation, uint8_t signer[STORE_HASH_SIZE])
{
	const struct certificate *certificate =
	    pki_request_signer(operation->request);

	provider_digest(provider_of(operation), DIGEST_SHA256,
	    &certificate->spki, 1, signer);
	return (struct transaction_key){
		.endpoint = operation->endpoint->path,
		.transaction_id = buf_bytes(&operation->header.transaction_id),
		.signer_key = bytes_of(signer, STORE_HASH_SIZE),
	};
}

/* The part that is signed: some clients sign anew at each resend, and not all
 * signatures come out the same (ECDSA, PSS). */
static void
hash_request(const struct pki_operation *operation,
    uint8_t hash[STORE_HASH_SIZE])
{
	provider_digest(provider_of(operation), DIGEST_SHA256,
	    &operation->csr->outer.signed_part, 1, hash);
}

/* A certificate that is of no use any more is no answer: who asks again wants
 * another one. */
static bool
is_of_use(const struct transaction *transaction, int64_t now)
{
	struct certificate *certificate;
	bool is_valid;

	if (transaction->state != TRANSACTION_ISSUED)
		return transaction->state != TRANSACTION_LAPSED;
	if (transaction->revoked)
		return false;
	if (certificate_read(buf_bytes(&transaction->certificate),
		&certificate) != ERR_OK)
		return false;
	is_valid = now <= certificate->not_after;
	certificate_free(certificate);
	return is_valid;
}

static bool
is_same(const struct pki_operation *operation)
{
	const struct transaction *transaction = &operation->transaction;
	uint8_t hash[STORE_HASH_SIZE];

	if (operation->csr == NULL)
		return false;
	hash_request(operation, hash);
	return bytes_equal(buf_bytes(&transaction->request_hash),
		   BYTES_ARRAY(hash)) &&
	    is_of_use(transaction, operation->now);
}

enum err
transaction_look_up(struct pki_operation *operation)
{
	uint8_t signer[STORE_HASH_SIZE];
	struct transaction_key key = whose(operation, signer);
	enum err err = store_find(operation->endpoint->store, &key,
	    &operation->transaction);

	if (err == ERR_OK)
		operation->is_same = is_same(operation);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

/* Beginning */

/* Whether somebody else is asked, who gets the request as it came. */
static bool
is_for_others(const struct pki_operation *operation)
{
	return prepared_by_ca(operation) ||
	    (operation->verdict.authorisation == NULL &&
		hooks_decider(&operation->endpoint->hooks,
		    operation->verdict.is_renewal) != NULL);
}

/* Whether what is renewed is of interest beyond this moment. */
static bool
is_renewal_kept(const struct pki_operation *operation)
{
	return operation->verdict.authorisation == NULL ||
	    operation->verdict.replaces || prepared_by_ca(operation) ||
	    operation->endpoint->hooks.issued != NULL;
}

static enum err
prepare_submission(const struct pki_operation *operation,
    struct prepared *prepared)
{
	prepared->submit_to = BYTES_ARRAY(operation->authority->hash);
	return prepared_check_whole(operation, operation->csr);
}

/* Whether it is fixed what is made of the request. */
static bool
is_settled(const struct prepared *prepared)
{
	return prepared->made.tbs.size > 0 || prepared->submit_to.size > 0;
}

/* Views the verdict. */
static struct challenge_use
challenge_use_of(const struct challenge_spent *spent)
{
	return (struct challenge_use){
		.hash = spent->is_spent ? BYTES_ARRAY(spent->hash) :
					  bytes_of_string(NULL),
		.expires_at = spent->expires_at,
		.minted = spent->minted,
	};
}

/* Where one more is only warned of there may be as many as there like. */
static int64_t
active_limit(const struct pki_operation *operation)
{
	const struct duplicate_rules *rules =
	    &operation->endpoint->policy.enrol.duplicates;

	return rules->action == DUPLICATES_WARN ? 0 : rules->max_active;
}

/* What is there already, of this very request, is not ours to begin again. */
static enum err
begin(struct pki_operation *operation, const struct prepared *prepared)
{
	uint8_t signer[STORE_HASH_SIZE], hash[STORE_HASH_SIZE];
	struct buf held = { 0 };
	struct transaction_order order = {
		.key = whose(operation, signer),
		.request_hash = BYTES_ARRAY(hash),
		.subject = operation->csr->subject,
		.peer = operation->journal->peer,
		.profile = bytes_of_string(operation->verdict.profile),
		.now = operation->now,
		.tbs = buf_bytes(&prepared->made.tbs),
		.certificate = prepared->record,
		.authority = prepared->submit_to,
		.approved = prepared->postponed,
		.csr = is_for_others(operation) ?
		    buf_bytes(&operation->csr->der) :
		    bytes_of_string(NULL),
		.supersedes = operation->verdict.replaces,
		.challenge = challenge_use_of(&operation->verdict.spent),
		.held_limit = operation->endpoint->policy.enrol.max_held,
		.active_limit = active_limit(operation),
		.active_except = operation->renews,
		.seen = operation->transaction.number,
	};
	enum err err;

	if (!is_settled(prepared))
		held_append(&held, &operation->verdict.request);
	order.request = buf_bytes(&held);
	if (is_renewal_kept(operation))
		order.renews = operation->renews;
	hash_request(operation, hash);
	err = store_begin(operation->endpoint->store, &order,
	    &operation->transaction);
	buf_clear(&held);
	return err;
}

/* Another request was faster since they were counted. */
static enum err
begin_late(struct pki_operation *operation)
{
	const struct policy *policy = &operation->endpoint->policy;
	const struct prepared none = { 0 };
	enum err err = policy_count(policy, policy->enrol.duplicates.max_active,
	    &operation->verdict);

	return err == ERR_OK ? begin(operation, &none) : err;
}

/* ERR_STORE_SERIAL can't be: a number of 127 random bits that is there already
 * is a broken generator, and not to be tried again. */
enum err
transaction_begin(struct pki_operation *operation)
{
	struct prepared prepared = { 0 };
	enum err err = ERR_OK;

	if (operation->verdict.authorisation != NULL)
		err = prepared_by_ca(operation) ?
		    prepare_submission(operation, &prepared) :
		    prepared_make(operation, &prepared);
	prepared.postponed = prepared_is_late(err);
	if (err == ERR_OK || prepared.postponed)
		err = begin(operation, &prepared);
	if (err == ERR_DUPLICATE)
		err = begin_late(operation);
	prepared_clear(&prepared);
	if (err == ERR_OK && prepared.postponed) {
		operation->pending = true;
		return ERR_OK;
	}
	return err == ERR_OK ? transaction_continue(operation) : err;
}
