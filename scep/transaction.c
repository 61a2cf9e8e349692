/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/transaction.h"

#include "base/clock.h"
#include "policy/held.h"
#include "policy/whole.h"
#include "scep/books.h"
#include "scep/submission.h"

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

/* Steps, each from one state to what comes next */

static enum err
wait(struct pki_operation *operation)
{
	operation->pending = true;
	return ERR_OK;
}

/* Whoever has rejected it has said what its device may know. */
static enum err
reject(struct pki_operation *operation)
{
	const struct transaction *transaction = &operation->transaction;

	buf_append(&operation->header.detail, buf_bytes(&transaction->reason));
	operation->rejection = (struct rejection){ true, transaction->fail_info,
		buf_bytes(&transaction->reason) };
	return ERR_REQUEST_REJECTED;
}

static enum err
lapse(struct pki_operation *operation)
{
	(void)operation;
	return ERR_REQUEST_LAPSED;
}

/* A copy: the journal and the answer outlive the transaction. */
static enum err
give(struct pki_operation *operation)
{
	if (operation->transaction.revoked)
		return ERR_CERTIFICATE_REVOKED;
	buf_append(&operation->certificate,
	    buf_bytes(&operation->transaction.certificate));
	return ERR_OK;
}

/* What a process before us has signed already is used, if it is known: not all
 * signatures come out the same. */
static enum err
make(const struct transaction *transaction, const struct authority *preparer,
    struct buf *certificate)
{
	if (transaction->certificate.size == 0)
		return backend_sign(preparer->backend,
		    buf_bytes(&transaction->tbs), certificate);
	buf_append(certificate, buf_bytes(&transaction->certificate));
	return ERR_OK;
}

/* Before anybody gets it.  Appends the one that they get. */
static enum err
enter(struct pki_operation *operation, const struct authority *preparer,
    struct bytes made, struct buf *certificate)
{
	const struct transaction *transaction = &operation->transaction;
	struct certificate_id replaces = { 0 };

	/* What is withheld may be taken back, and then the old one is needed. */
	if (transaction->supersedes &&
	    operation->endpoint->hooks.issued == NULL)
		replaces = (struct certificate_id){
			buf_bytes(&transaction->renews_authority),
			buf_bytes(&transaction->renews_serial),
		};
	if (backend_has_books(preparer->backend))
		return books_enter(operation->endpoint, preparer, made,
		    &replaces, certificate);
	buf_append(certificate, made);
	return ERR_OK;
}

/* Whether it is a matter of seconds: somebody sits at a prompt of `openssl ca`,
 * or the keeper is started anew.  Clients that poll then get it without doing
 * anything new. */
static bool
is_busy(enum err err)
{
	return err == ERR_INDEX_LOCKED || err == ERR_ERRAND_LATE;
}

/* The CA, or who decides; however that goes, the store has it. */
static enum err
ask_others(struct pki_operation *operation)
{
	enum transaction_state before = operation->transaction.state;
	enum err err;

	if (operation->answer_by_us == 0)
		operation->answer_by_us = clock_monotonic_us() +
		    operation->endpoint->answer_within * 1000000;
	err = submission_await(operation->endpoint, operation->answer_by_us,
	    &operation->transaction);
	if (err != ERR_OK)
		return err;
	return operation->transaction.state == before ?
	    wait(operation) :
	    transaction_continue(operation);
}

/* Somebody decides, or a hook. */
static enum err
await_decision(struct pki_operation *operation)
{
	const struct transaction *transaction = &operation->transaction;

	return transaction->csr.size > 0 &&
		hooks_decider(&operation->endpoint->hooks,
		    transaction->renews_serial.size > 0) != NULL ?
	    ask_others(operation) :
	    wait(operation);
}

/* It is made; but others come first. */
static enum err
await_notice(struct pki_operation *operation)
{
	struct store *store = operation->endpoint->store;
	int64_t number = operation->transaction.number;
	enum err err;

	if (operation->endpoint->hooks.issued != NULL)
		return ask_others(operation);
	err = store_release(store, number, operation->now);
	if (err == ERR_OK || err == ERR_STORE_NONE)
		err = store_get(store, number, &operation->transaction);
	return err == ERR_OK ? transaction_continue(operation) : err;
}

/* The transaction becomes what it is then, by whoever has done that. */
static enum err
withhold(struct pki_operation *operation, const struct authority *preparer,
    struct bytes der)
{
	struct store *store = operation->endpoint->store;
	int64_t number = operation->transaction.number;
	struct certificate *certificate = NULL;
	struct record_hashes hashes;
	struct certificate_record record;
	enum err err = certificate_read(der, &certificate);

	if (err != ERR_OK)
		return err;
	record = authority_record(preparer, provider_of(operation), certificate,
	    &hashes);
	err = store_withhold(store, number, &record, der, operation->now);
	certificate_free(certificate);
	return err == ERR_OK || err == ERR_STORE_NONE ?
	    store_get(store, number, &operation->transaction) :
	    err;
}

static enum err
finish(struct pki_operation *operation, const struct authority *preparer,
    struct bytes certificate)
{
	return operation->endpoint->hooks.issued != NULL ?
	    withhold(operation, preparer, certificate) :
	    store_issue(operation->endpoint->store,
		operation->transaction.number, certificate, operation->now,
		&operation->transaction);
}

/* The same octets as the process before us may have signed already: the serial
 * number is theirs alone. */
static enum err
sign(struct pki_operation *operation)
{
	struct transaction *transaction = &operation->transaction;
	struct buf made = { 0 }, certificate = { 0 };
	const struct authority *preparer =
	    succession_preparer(&operation->endpoint->succession,
		buf_bytes(&transaction->tbs));
	enum err err = make(transaction, preparer, &made);

	if (err == ERR_OK)
		err = enter(operation, preparer, buf_bytes(&made),
		    &certificate);
	if (err == ERR_OK)
		err = finish(operation, preparer, buf_bytes(&certificate));
	buf_clear(&made);
	buf_clear(&certificate);
	if (is_busy(err))
		return wait(operation);
	return err == ERR_OK ? transaction_continue(operation) : err;
}

/* What the store finds a certificate by; views into the TBSCertificate and
 * `hashes`. */
static enum err
record_of(const struct pki_operation *operation, struct bytes tbs,
    struct record_hashes *hashes, struct certificate_record *record)
{
	struct certificate certificate;
	enum err err = certificate_view_tbs(tbs, &certificate);

	if (err != ERR_OK)
		return err;
	*record = authority_record(operation->authority, provider_of(operation),
	    &certificate, hashes);
	return ERR_OK;
}

/* What is to be signed, and how it is found again. */
struct prepared {
	struct backend_prepared made;
	struct record_hashes hashes;
	struct certificate_record record;
	struct bytes submit_to; /* or, by which CA itself; see authority.h */
	bool postponed;         /* or not yet */
};

static enum err
prepare(struct pki_operation *operation, struct prepared *prepared)
{
	enum err err = books_reserve_serial(operation->endpoint,
	    operation->authority, &prepared->made.serial);

	if (err == ERR_OK)
		err = backend_prepare(operation->authority->backend,
		    operation->verdict.authorisation, operation->now,
		    &prepared->made);
	if (err == ERR_OK)
		err = record_of(operation, buf_bytes(&prepared->made.tbs),
		    &prepared->hashes, &prepared->record);
	buf_append(&operation->header.detail,
	    buf_bytes(&prepared->made.detail));
	return err;
}

static void
clear_prepared(struct prepared *prepared)
{
	buf_clear(&prepared->made.serial);
	buf_clear(&prepared->made.tbs);
	buf_clear(&prepared->made.detail);
}

/* Whether its CA makes the certificate itself. */
static bool
is_for_ca(const struct pki_operation *operation)
{
	return backend_requests(operation->authority->backend) !=
	    BACKEND_REQUESTS_NONE;
}

/* Whether somebody else is asked, who gets the request as it came. */
static bool
is_for_others(const struct pki_operation *operation)
{
	return is_for_ca(operation) ||
	    (operation->verdict.authorisation == NULL &&
		hooks_decider(&operation->endpoint->hooks,
		    operation->verdict.is_renewal) != NULL);
}

/* Whether what is renewed is of interest beyond this moment. */
static bool
is_renewal_kept(const struct pki_operation *operation)
{
	return operation->verdict.authorisation == NULL ||
	    operation->verdict.replaces || is_for_ca(operation) ||
	    operation->endpoint->hooks.issued != NULL;
}

/* Such a CA gets the request whole. */
static enum err
check_whole(const struct pki_operation *operation, const struct csr *csr)
{
	static const enum whole_part parts[] = {
		[BACKEND_REQUESTS_READ] = WHOLE_SUBJECT,
		[BACKEND_REQUESTS_NAMES] = WHOLE_NAMES,
		[BACKEND_REQUESTS_COPIED] = WHOLE_EXTENSIONS,
	};

	return whole_check(
	    authorisation_order(operation->verdict.authorisation), csr,
	    parts[backend_requests(operation->authority->backend)]);
}

static enum err
resume_signing(struct pki_operation *operation)
{
	struct transaction *transaction = &operation->transaction;
	struct prepared prepared = { 0 };
	enum err err = prepare(operation, &prepared);

	if (err == ERR_OK)
		err = store_sign(operation->endpoint->store,
		    transaction->number, buf_bytes(&prepared.made.tbs),
		    &prepared.record, operation->now, transaction);
	clear_prepared(&prepared);
	return err;
}

/* One that was held for a CA of another kind has no request with it. */
static enum err
resume_submitting(struct pki_operation *operation)
{
	struct transaction *transaction = &operation->transaction;
	struct csr *csr = NULL;
	enum err err = csr_read(provider_of(operation),
	    buf_bytes(&transaction->csr), &csr);

	if (err == ERR_OK)
		err = check_whole(operation, csr);
	csr_free(csr);
	return err == ERR_OK ?
	    store_submit(operation->endpoint->store, transaction->number,
		BYTES_ARRAY(operation->authority->hash), operation->now,
		transaction) :
	    err;
}

static enum err
check_renewed(const struct pki_operation *operation)
{
	const struct transaction *transaction = &operation->transaction;
	struct stored_certificate stored = { 0 };
	enum err err;

	if (transaction->renews_serial.size == 0)
		return ERR_OK;
	err = store_certificate_get(operation->endpoint->store,
	    buf_bytes(&transaction->renews_authority),
	    buf_bytes(&transaction->renews_serial), &stored);
	if (err == ERR_OK && stored.revoked_at != 0)
		err = ERR_RENEWAL_REVOKED;
	stored_certificate_clear(&stored);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

/* What may have been revoked while it was held, which may be for weeks. */
static enum err
check_unrevoked(const struct pki_operation *operation)
{
	const struct certificate_order *order =
	    authorisation_order(operation->verdict.authorisation);
	uint8_t key[STORE_HASH_SIZE];
	bool is_revoked = false;
	enum err err;

	provider_digest(provider_of(operation), DIGEST_SHA256, &order->spki, 1,
	    key);
	err = store_key_is_revoked(operation->endpoint->store, BYTES_ARRAY(key),
	    &is_revoked);
	if (err == ERR_OK && is_revoked)
		err = ERR_KEY_REVOKED;
	return err == ERR_OK ? check_renewed(operation) : err;
}

/* By the rules of today, which may be others than when it was held.  Another
 * process may have done the same meanwhile: then what it has made is what is
 * gone on with. */
static enum err
resume(struct pki_operation *operation)
{
	enum err err = policy_resume(&operation->endpoint->policy,
	    buf_bytes(&operation->transaction.request),
	    buf_bytes(&operation->transaction.profile), operation->now,
	    &operation->verdict);

	buf_append(&operation->header.detail,
	    buf_bytes(&operation->verdict.detail));
	if (err == ERR_OK)
		err = check_unrevoked(operation);
	if (err == ERR_OK)
		err = is_for_ca(operation) ? resume_submitting(operation) :
					     resume_signing(operation);
	if (is_busy(err))
		return wait(operation);
	return err == ERR_OK ? transaction_continue(operation) : err;
}

static enum err (*const steps[])(struct pki_operation *operation) = {
	[TRANSACTION_HELD] = await_decision,
	[TRANSACTION_APPROVED] = resume,
	[TRANSACTION_SIGNING] = sign,
	[TRANSACTION_ISSUED] = give,
	[TRANSACTION_REJECTED] = reject,
	[TRANSACTION_LAPSED] = lapse,
	[TRANSACTION_SUBMITTED] = ask_others,
	[TRANSACTION_WITHHELD] = await_notice,
};

enum err
transaction_continue(struct pki_operation *operation)
{
	operation->journal->request = operation->transaction.number;
	return steps[operation->transaction.state](operation);
}

static enum err
prepare_submission(const struct pki_operation *operation,
    struct prepared *prepared)
{
	prepared->submit_to = BYTES_ARRAY(operation->authority->hash);
	return check_whole(operation, operation->csr);
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
		err = is_for_ca(operation) ?
		    prepare_submission(operation, &prepared) :
		    prepare(operation, &prepared);
	prepared.postponed = is_busy(err);
	if (err == ERR_OK || prepared.postponed)
		err = begin(operation, &prepared);
	if (err == ERR_DUPLICATE)
		err = begin_late(operation);
	clear_prepared(&prepared);
	if (err == ERR_OK && prepared.postponed)
		return wait(operation);
	return err == ERR_OK ? transaction_continue(operation) : err;
}
