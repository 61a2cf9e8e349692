/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_internal.h"

/* How many rows of a list are read at once. */
#define PAGE_SIZE 32

/* What is handed out */

void
transaction_clear(struct transaction *transaction)
{
	buf_clear(&transaction->endpoint);
	buf_clear(&transaction->transaction_id);
	buf_clear(&transaction->signer_key);
	buf_clear(&transaction->request_hash);
	buf_clear(&transaction->request);
	buf_clear(&transaction->subject);
	buf_clear(&transaction->peer);
	buf_clear(&transaction->profile);
	buf_clear(&transaction->reason);
	buf_clear(&transaction->tbs);
	buf_clear(&transaction->certificate);
	buf_clear(&transaction->csr);
	buf_clear(&transaction->authority);
	buf_clear(&transaction->cookie);
	buf_clear(&transaction->renews_authority);
	buf_clear(&transaction->renews_serial);
	*transaction = (struct transaction){ 0 };
}

void
stored_certificate_clear(struct stored_certificate *certificate)
{
	buf_clear(&certificate->authority);
	buf_clear(&certificate->serial);
	buf_clear(&certificate->subject);
	buf_clear(&certificate->key);
	buf_clear(&certificate->der);
	buf_clear(&certificate->endpoint);
	buf_clear(&certificate->profile);
	*certificate = (struct stored_certificate){ 0 };
}

void
stored_crl_clear(struct stored_crl *crl)
{
	buf_clear(&crl->der);
	*crl = (struct stored_crl){ 0 };
}

static enum err
hand_out(enum err err, struct transaction *made, struct transaction *out)
{
	if (err != ERR_OK) {
		transaction_clear(made);
		return err;
	}
	transaction_clear(out);
	*out = *made;
	return ERR_OK;
}

/* Transactions */

static bool
is_key(const struct transaction_key *key)
{
	return key->endpoint != NULL && key->transaction_id.size > 0 &&
	    key->signer_key.size == STORE_HASH_SIZE;
}

static bool
is_record(const struct certificate_record *record)
{
	return record->authority.size == STORE_HASH_SIZE &&
	    record->serial.size > 0 && record->key.size == STORE_HASH_SIZE &&
	    (record->identity.size == 0 ||
		record->identity.size == STORE_HASH_SIZE);
}

static bool
is_submission(const struct transaction_order *order)
{
	return order->authority.size == STORE_HASH_SIZE &&
	    order->tbs.size == 0 && order->csr.size > 0;
}

static bool
is_renewal(const struct transaction_order *order)
{
	return order->renews.serial.size == 0 ?
	    order->renews.authority.size == 0 && !order->supersedes :
	    order->renews.authority.size == STORE_HASH_SIZE;
}

static bool
is_order(const struct transaction_order *order)
{
	return is_key(&order->key) && order->now > 0 &&
	    order->request_hash.size == STORE_HASH_SIZE &&
	    (order->tbs.size == 0 || is_record(&order->certificate)) &&
	    (order->authority.size == 0 || is_submission(order)) &&
	    (order->active_limit == 0 || order->tbs.size == 0 ||
		order->certificate.identity.size == STORE_HASH_SIZE) &&
	    is_renewal(order) &&
	    (order->challenge.hash.size == 0 ||
		order->challenge.hash.size == STORE_HASH_SIZE);
}

enum err
store_find(struct store *store, const struct transaction_key *key,
    struct transaction *transaction)
{
	struct transaction found = { 0 };

	assert(is_key(key));
	return hand_out(store->ops->find(store->state, key, &found), &found,
	    transaction);
}

enum err
store_begin(struct store *store, const struct transaction_order *order,
    struct transaction *transaction)
{
	struct transaction begun = { 0 };

	assert(is_order(order));
	return hand_out(store->ops->begin(store->state, order, &begun), &begun,
	    transaction);
}

enum err
store_sign(struct store *store, int64_t number, struct bytes tbs,
    const struct certificate_record *certificate, int64_t now,
    struct transaction *transaction)
{
	struct transaction signing = { 0 };

	assert(tbs.size > 0 && now > 0 && is_record(certificate));
	return hand_out(store->ops->sign(store->state, number, tbs, certificate,
			    now, &signing),
	    &signing, transaction);
}

enum err
store_issue(struct store *store, int64_t number, struct bytes certificate,
    int64_t now, struct transaction *transaction)
{
	struct transaction issued = { 0 };

	assert(certificate.size > 0 && now > 0);
	return hand_out(store->ops->issue(store->state, number, certificate,
			    now, &issued),
	    &issued, transaction);
}

enum err
store_submit(struct store *store, int64_t number, struct bytes authority,
    int64_t now, struct transaction *transaction)
{
	struct transaction submitted = { 0 };

	assert(authority.size == STORE_HASH_SIZE && now > 0);
	return hand_out(store->ops->submit(store->state, number, authority, now,
			    &submitted),
	    &submitted, transaction);
}

enum err
store_take(struct store *store, int64_t number, int64_t now, int64_t until,
    struct transaction *transaction)
{
	struct transaction taken = { 0 };

	assert(now > 0 && until > now);
	return hand_out(store->ops->take(store->state, number, now, until,
			    &taken),
	    &taken, transaction);
}

enum err
store_put_off(struct store *store, int64_t number, struct bytes cookie,
    int64_t due_at)
{
	return store->ops->put_off(store->state, number, cookie, due_at);
}

enum err
store_make_due(struct store *store)
{
	return store->ops->make_due(store->state);
}

enum err
store_complete(struct store *store, int64_t number,
    const struct certificate_record *certificate, struct bytes der, int64_t now)
{
	assert(der.size > 0 && now > 0 && is_record(certificate));
	return store->ops->complete(store->state, number, certificate, der,
	    now);
}

enum err
store_withhold(struct store *store, int64_t number,
    const struct certificate_record *record, struct bytes der, int64_t now)
{
	assert(der.size > 0 && now > 0 && is_record(record));
	return store->ops->withhold(store->state, number, record, der, now);
}

enum err
store_release(struct store *store, int64_t number, int64_t now)
{
	assert(now > 0);
	return store->ops->release(store->state, number, now);
}

enum err
store_count_try(struct store *store, int64_t number, int64_t due_at,
    int64_t *tries)
{
	return store->ops->count_try(store->state, number, due_at, tries);
}

enum err
store_withdraw(struct store *store, int64_t number,
    const struct decision *decision)
{
	assert(decision->now > 0);
	return store->ops->withdraw(store->state, number, TRANSACTION_REJECTED,
	    decision);
}

enum err
store_give_up(struct store *store, int64_t number, struct bytes reason,
    int64_t now)
{
	const struct decision decision = { .reason = reason,
		.fail_info = FAIL_INFO_BAD_REQUEST,
		.now = now };

	assert(now > 0);
	return store->ops->withdraw(store->state, number, TRANSACTION_LAPSED,
	    &decision);
}

static enum err
decide(struct store *store, int64_t number, const struct store_verdict *verdict)
{
	assert(verdict->decision->now > 0);
	return store->ops->decide(store->state, number, verdict);
}

enum err
store_approve(struct store *store, int64_t number, struct bytes request_hash,
    const struct decision *decision)
{
	return decide(store, number,
	    &(struct store_verdict){ TRANSACTION_APPROVED, request_hash,
		decision });
}

enum err
store_reject(struct store *store, int64_t number, struct bytes request_hash,
    const struct decision *decision)
{
	return decide(store, number,
	    &(struct store_verdict){ TRANSACTION_REJECTED, request_hash,
		decision });
}

enum err
store_lapse(struct store *store, int64_t before, int64_t now, int64_t *count)
{
	assert(now > 0);
	return store->ops->lapse(store->state, before, now, count);
}

enum err
store_purge(struct store *store, int64_t before, int64_t limit, int64_t *count)
{
	assert(limit > 0);
	return store->ops->purge(store->state, before, limit, count);
}

enum err
store_get(struct store *store, int64_t number, struct transaction *transaction)
{
	struct transaction found = { 0 };

	return hand_out(store->ops->get(store->state, number, &found), &found,
	    transaction);
}

/* Lists */

/* A list of whichever rows, page by page; the first field of a struct that
 * knows them. */
struct pages {
	/* Reads the next page, as `list` of store_internal.h. */
	enum err (*read)(struct pages *pages, size_t size, size_t *count);
	/* Hands out a row of it where it is wanted, and frees it; whether the
	 * next is. */
	bool (*hand_out)(struct pages *pages, size_t row, bool wanted);
};

/* In pages, so that nothing is locked while the caller takes his time. */
static enum err
turn_pages(struct pages *pages, int64_t limit)
{
	bool wanted;
	size_t size, count;
	enum err err;

	assert(limit > 0);
	do {
		size = limit < PAGE_SIZE ? (size_t)limit : PAGE_SIZE;
		count = 0;
		err = pages->read(pages, size, &count);
		wanted = err == ERR_OK;
		for (size_t i = 0; i < count; i++)
			wanted = pages->hand_out(pages, i, wanted);
		limit -= (int64_t)count;
	} while (wanted && count == size && limit > 0);
	return err;
}

struct transaction_pages {
	struct pages pages;
	struct store *store;
	struct transaction_filter rest;
	bool (*each)(void *context, const struct transaction *transaction);
	void *context;
	struct transaction page[PAGE_SIZE];
};

static enum err
read_transactions(struct pages *pages, size_t size, size_t *count)
{
	struct transaction_pages *of = (struct transaction_pages *)pages;

	return of->store->ops->list(of->store->state, &of->rest, size, of->page,
	    count);
}

static bool
hand_out_transaction(struct pages *pages, size_t row, bool wanted)
{
	struct transaction_pages *of = (struct transaction_pages *)pages;

	wanted = wanted && of->each(of->context, &of->page[row]);
	of->rest.after = of->page[row].number;
	transaction_clear(&of->page[row]);
	return wanted;
}

enum err
store_list(struct store *store, const struct transaction_filter *filter,
    int64_t limit,
    bool (*each)(void *context, const struct transaction *transaction),
    void *context)
{
	struct transaction_pages of = {
		.pages = { read_transactions, hand_out_transaction },
		.store = store,
		.rest = *filter,
		.each = each,
		.context = context,
	};

	return turn_pages(&of.pages, limit);
}

/* Certificates */

enum err
store_certificate_get(struct store *store, struct bytes authority,
    struct bytes serial, struct stored_certificate *certificate)
{
	struct stored_certificate found = { 0 };
	enum err err = store->ops->certificate_get(store->state, authority,
	    serial, &found);

	if (err != ERR_OK) {
		stored_certificate_clear(&found);
		return err;
	}
	stored_certificate_clear(certificate);
	*certificate = found;
	return ERR_OK;
}

struct certificate_pages {
	struct pages pages;
	struct store *store;
	struct certificate_filter rest;
	bool (*each)(void *context,
	    const struct stored_certificate *certificate);
	void *context;
	struct stored_certificate page[PAGE_SIZE];
};

static enum err
read_certificates(struct pages *pages, size_t size, size_t *count)
{
	struct certificate_pages *of = (struct certificate_pages *)pages;

	return of->store->ops->certificate_list(of->store->state, &of->rest,
	    size, of->page, count);
}

static bool
hand_out_certificate(struct pages *pages, size_t row, bool wanted)
{
	struct certificate_pages *of = (struct certificate_pages *)pages;

	wanted = wanted && of->each(of->context, &of->page[row]);
	of->rest.after = of->page[row].number;
	stored_certificate_clear(&of->page[row]);
	return wanted;
}

enum err
store_certificate_list(struct store *store,
    const struct certificate_filter *filter, int64_t limit,
    bool (*each)(void *context, const struct stored_certificate *certificate),
    void *context)
{
	struct certificate_pages of = {
		.pages = { read_certificates, hand_out_certificate },
		.store = store,
		.rest = *filter,
		.each = each,
		.context = context,
	};

	return turn_pages(&of.pages, limit);
}

enum err
store_count_active(struct store *store, const struct active_filter *filter,
    int64_t limit, int64_t *count)
{
	assert(filter->authority.size == STORE_HASH_SIZE &&
	    filter->identity.size == STORE_HASH_SIZE && filter->now > 0 &&
	    limit > 0);
	return store->ops->count_active(store->state, filter, limit, count);
}

/* What is known of a certificate of which nothing else is. */
static bool
is_serial_alone(const struct certificate_record *record, struct bytes der)
{
	return record->authority.size == STORE_HASH_SIZE &&
	    record->serial.size > 0 && record->key.size == 0 &&
	    record->subject.size == 0 && record->not_after == 0 &&
	    der.size == 0;
}

enum err
store_certificate_add(struct store *store,
    const struct certificate_record *record, struct bytes der)
{
	assert(is_record(record) || is_serial_alone(record, der));
	return store->ops->certificate_add(store->state, record, der);
}

enum err
store_certificate_signed(struct store *store, struct bytes authority,
    struct bytes serial, struct bytes der)
{
	assert(der.size > 0);
	return store->ops->certificate_signed(store->state, authority, serial,
	    der);
}

/* CRLReason (RFC 5280 section 5.3.1): 7 is nothing, and 8, removeFromCRL, is
 * said of what is not revoked any more. */
static bool
is_reason(int reason)
{
	return reason >= 0 && reason <= 10 && reason != 7 && reason != 8;
}

enum err
store_certificate_revoke(struct store *store, struct bytes authority,
    struct bytes serial, int reason, int64_t now)
{
	assert((reason == -1 || is_reason(reason)) && now > 0);
	return store->ops->certificate_revoke(store->state, authority, serial,
	    reason, now);
}

enum err
store_certificates_revoke(struct store *store, struct bytes authority,
    const struct revocation *revocations, size_t count)
{
	return store->ops->certificates_revoke(store->state, authority,
	    revocations, count);
}

enum err
store_authority_next(struct store *store, struct bytes after,
    struct buf *authority)
{
	struct buf next = { 0 };
	enum err err = store->ops->authority_next(store->state, after, &next);

	if (err != ERR_OK) {
		buf_clear(&next);
		return err;
	}
	buf_clear(authority);
	*authority = next;
	return ERR_OK;
}

enum err
store_key_is_revoked(struct store *store, struct bytes key, bool *revoked)
{
	return store->ops->key_is_revoked(store->state, key, revoked);
}

enum err
store_key_allow(struct store *store, struct bytes key, int64_t now)
{
	assert(key.size == STORE_HASH_SIZE && now > 0);
	return store->ops->key_allow(store->state, key, now);
}

/* CRLs */

enum err
store_revision(struct store *store, struct bytes authority, int64_t *revision)
{
	return store->ops->revision(store->state, authority, revision);
}

enum err
store_crl_get(struct store *store, struct bytes authority,
    struct stored_crl *crl)
{
	struct stored_crl found = { 0 };
	enum err err = store->ops->crl_get(store->state, authority, &found);

	if (err != ERR_OK) {
		stored_crl_clear(&found);
		return err;
	}
	stored_crl_clear(crl);
	*crl = found;
	return ERR_OK;
}

enum err
store_crl_put(struct store *store, struct bytes authority,
    const struct stored_crl *crl)
{
	assert(authority.size == STORE_HASH_SIZE && crl->number > 0);
	return store->ops->crl_put(store->state, authority, crl);
}

enum err
store_count(struct store *store, struct store_counts *counts)
{
	struct store_counts counted = { 0 };
	enum err err = store->ops->count(store->state, &counted);

	if (err == ERR_OK)
		*counts = counted;
	return err;
}

enum err
store_count_revoked(struct store *store, struct bytes authority, int64_t *count)
{
	return store->ops->count_revoked(store->state, authority, count);
}

/* Marks */

enum err
store_mark_get(struct store *store, const char *name, struct buf *value)
{
	struct buf found = { 0 };
	enum err err = store->ops->mark_get(store->state, name, &found);

	if (err != ERR_OK) {
		buf_clear(&found);
		return err;
	}
	buf_clear(value);
	*value = found;
	return ERR_OK;
}

enum err
store_mark_put(struct store *store, const char *name, struct bytes value)
{
	return store->ops->mark_put(store->state, name, value);
}

/* Opening */

struct store *
store_new(const struct store_ops *ops, void *state)
{
	struct store *store = xalloc(sizeof(*store));

	*store = (struct store){ .ops = ops, .state = state };
	pthread_mutex_init(&store->mutex, NULL);
	return store;
}

enum err
store_open(const struct store_settings *settings, struct store **store,
    struct problems *problems)
{
	void *state;
	enum err err;

	assert(settings->connections > 0);
	err = store_sqlite_open(settings, &state, problems);
	if (err == ERR_OK)
		*store = store_new(&store_sqlite_ops, state);
	return err;
}

struct store *
store_new_memory(void)
{
	return store_new(&store_memory_ops, store_memory_new());
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	store->ops->close(store->state);
	pthread_mutex_destroy(&store->mutex);
	free(store);
}

enum err
store_backup(struct store *store, const char *path, struct problems *problems)
{
	return store->ops->backup(store->state, path, problems);
}

enum err
store_restore(const struct store_restoration *order, struct buf *kept,
    struct problems *problems)
{
	struct buf path = { 0 };
	enum err err;

	err = store_sqlite_restore(order, &path, problems);
	if (err != ERR_OK) {
		buf_clear(&path);
		return err;
	}
	buf_clear(kept);
	*kept = path;
	return ERR_OK;
}

enum err
store_check(const char *path, struct problems *problems)
{
	return store_sqlite_check(path, problems);
}
