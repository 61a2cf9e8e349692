/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"
#include "scep/books.h"
#include "scep/prepared.h"
#include "scep/submission.h"
#include "scep/transaction.h"

/* What is gone on with, each step from one state to what comes next. */

static const struct provider *
provider_of(const struct pki_operation *operation)
{
	return operation->endpoint->provider;
}

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

/* Somebody may have rejected it just now: then that is gone on with. */
static enum err
finish(struct pki_operation *operation, const struct authority *preparer,
    struct bytes certificate)
{
	struct store *store = operation->endpoint->store;
	int64_t number = operation->transaction.number;
	enum err err;

	if (operation->endpoint->hooks.issued != NULL)
		return withhold(operation, preparer, certificate);
	err = store_issue(store, number, certificate, operation->now,
	    &operation->transaction);
	return err == ERR_STORE_NONE ?
	    store_get(store, number, &operation->transaction) :
	    err;
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
	if (prepared_is_late(err))
		return wait(operation);
	return err == ERR_OK ? transaction_continue(operation) : err;
}

static enum err
resume_signing(struct pki_operation *operation)
{
	struct transaction *transaction = &operation->transaction;
	struct prepared prepared = { 0 };
	enum err err = prepared_make(operation, &prepared);

	if (err == ERR_OK)
		err = store_sign(operation->endpoint->store,
		    transaction->number, buf_bytes(&prepared.made.tbs),
		    &prepared.record, operation->now, transaction);
	prepared_clear(&prepared);
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
		err = prepared_check_whole(operation, csr);
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
		err = prepared_by_ca(operation) ? resume_submitting(operation) :
						  resume_signing(operation);
	if (prepared_is_late(err))
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
