/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/count.h"
#include "store/store_sqlite_internal.h"

/* Reading */

/* In the order of the statement's columns. */
static void
read_transaction(struct query *query, struct transaction *transaction)
{
	int64_t state, fail_info;

	transaction->number = query_read_number(query);
	state = query_read_number(query);
	transaction->created_at = query_read_number(query);
	transaction->changed_at = query_read_number(query);
	query_read(query, &transaction->endpoint);
	query_read(query, &transaction->transaction_id);
	query_read(query, &transaction->signer_key);
	query_read(query, &transaction->request_hash);
	query_read(query, &transaction->request);
	query_read(query, &transaction->subject);
	query_read(query, &transaction->peer);
	query_read(query, &transaction->profile);
	query_read(query, &transaction->reason);
	fail_info = query_read_number(query);
	query_read(query, &transaction->tbs);
	query_read(query, &transaction->certificate);
	transaction->revoked = query_read_number(query) != 0;
	query_read(query, &transaction->csr);
	query_read(query, &transaction->authority);
	query_read(query, &transaction->cookie);
	transaction->tried_at = query_read_number(query);
	transaction->due_at = query_read_number(query);
	transaction->tries = query_read_number(query);
	query_read(query, &transaction->renews_authority);
	query_read(query, &transaction->renews_serial);
	transaction->supersedes = query_read_number(query) != 0;
	if (state < TRANSACTION_HELD || state >= TRANSACTION_STATES ||
	    fail_info < FAIL_INFO_BAD_ALG || fail_info > FAIL_INFO_BAD_CERT_ID)
		query_damaged(query);
	else {
		transaction->state = (enum transaction_state)state;
		transaction->fail_info = (enum fail_info)fail_info;
	}
}

static enum err
read_one(struct query *query, struct transaction *transaction)
{
	bool found = query_row(query);
	enum err err;

	if (found)
		read_transaction(query, transaction);
	err = query_end(query);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

static enum err
find(struct connection *connection, const struct transaction_key *key,
    struct transaction *transaction)
{
	struct query query = query_new(connection, STATEMENT_TRANSACTION_FIND);

	query_bind_text(&query, bytes_of_string(key->endpoint));
	query_bind_bytes(&query, key->transaction_id);
	query_bind_bytes(&query, key->signer_key);
	return read_one(&query, transaction);
}

enum err
store_sqlite_get_transaction(struct connection *connection, int64_t number,
    struct transaction *transaction)
{
	struct query query = query_new(connection, STATEMENT_TRANSACTION_GET);

	transaction_clear(transaction);
	query_bind_number(&query, number);
	return read_one(&query, transaction);
}

enum err
store_sqlite_find(void *state, const struct transaction_key *key,
    struct transaction *transaction)
{
	struct connection *connection = store_sqlite_take(state);
	enum err err = find(connection, key, transaction);

	store_sqlite_give(connection);
	return err;
}

enum err
store_sqlite_get(void *state, int64_t number, struct transaction *transaction)
{
	struct connection *connection = store_sqlite_take(state);
	enum err err = store_sqlite_get_transaction(connection, number,
	    transaction);

	store_sqlite_give(connection);
	return err;
}

enum err
store_sqlite_list(void *state, const struct transaction_filter *filter,
    size_t size, struct transaction *page, size_t *count)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_TRANSACTION_LIST);
	enum err err;

	query_bind_number(&query, filter->states);
	query_bind_number(&query, filter->after);
	if (filter->endpoint == NULL)
		query_bind_null(&query);
	else
		query_bind_text(&query, bytes_of_string(filter->endpoint));
	query_bind_number(&query, (int64_t)size);
	for (*count = 0; *count < size && query_row(&query); ++*count)
		read_transaction(&query, &page[*count]);
	err = query_end(&query);
	store_sqlite_give(connection);
	return err;
}

/* Beginning */

static enum err
check_held(struct connection *connection, const struct transaction_order *order)
{
	struct query query = query_new(connection, STATEMENT_HELD_COUNT);
	int64_t held = 0;
	enum err err;

	query_bind_text(&query, bytes_of_string(order->key.endpoint));
	query_bind_number(&query, order->held_limit);
	if (query_row(&query))
		held = query_read_number(&query);
	err = query_end(&query);
	return err == ERR_OK && held >= order->held_limit ? ERR_STORE_FULL :
							    err;
}

static enum err
check_active(struct connection *connection,
    const struct transaction_order *order)
{
	const struct active_filter rivals = store_rivals(order);
	int64_t active = 0;
	enum err err = store_sqlite_find_active(connection, &rivals,
	    order->active_limit, &active);

	return err == ERR_OK && active >= order->active_limit ? ERR_DUPLICATE :
								err;
}

static enum err
check_limits(struct connection *connection,
    const struct transaction_order *order)
{
	enum transaction_state first = store_first_state(order);

	if (first == TRANSACTION_SIGNING && order->active_limit > 0)
		return check_active(connection, order);
	if (first == TRANSACTION_HELD && order->held_limit > 0)
		return check_held(connection, order);
	return ERR_OK;
}

/* `certificate` is the row of its certificate; 0: it has none yet. */
static enum err
add(struct connection *connection, const struct transaction_order *order,
    int64_t certificate)
{
	struct query query = query_new(connection, STATEMENT_TRANSACTION_ADD);

	query_bind_number(&query, store_first_state(order));
	query_bind_number(&query, order->now);
	query_bind_text(&query, bytes_of_string(order->key.endpoint));
	query_bind_bytes(&query, order->key.transaction_id);
	query_bind_bytes(&query, order->key.signer_key);
	query_bind_bytes(&query, order->request_hash);
	query_bind_bytes(&query, order->request);
	query_bind_bytes(&query, order->subject);
	query_bind_text(&query, order->peer);
	query_bind_bytes(&query, order->tbs);
	if (certificate == 0)
		query_bind_null(&query);
	else
		query_bind_number(&query, certificate);
	query_bind_text(&query, order->profile);
	return query_run(&query);
}

static enum err
begin(struct connection *connection, const struct transaction_order *order,
    struct transaction *transaction)
{
	int64_t certificate = 0, number;
	enum err err = find(connection, &order->key, transaction);

	if (err == ERR_OK && store_is_answer(transaction, order))
		return ERR_OK;
	if (err != ERR_OK && err != ERR_STORE_NONE)
		return err;
	err = check_limits(connection, order);
	if (err == ERR_OK && store_first_state(order) == TRANSACTION_SIGNING)
		err = store_sqlite_add_certificate(connection,
		    &order->certificate, bytes_of_string(NULL), &certificate);
	if (err == ERR_OK)
		err = add(connection, order, certificate);
	number = sqlite3_last_insert_rowid(connection->db);
	if (err == ERR_OK && certificate != 0)
		err = store_sqlite_note_origin(connection, number);
	if (err == ERR_OK)
		err = store_sqlite_add_submission(connection, number, order);
	if (err == ERR_OK)
		err = store_sqlite_use_challenge(connection, number, order);
	return err == ERR_OK ?
	    store_sqlite_get_transaction(connection, number, transaction) :
	    err;
}

enum err
store_sqlite_begin(void *state, const struct transaction_order *order,
    struct transaction *transaction)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = begin(connection, order, transaction);
	return store_sqlite_end_change(connection, err);
}

/* From state to state */

enum err
store_sqlite_approach(struct connection *connection, int64_t number,
    enum transaction_state to, struct transaction *transaction, bool *done)
{
	enum store_step step;
	enum err err = store_sqlite_get_transaction(connection, number,
	    transaction);

	if (err != ERR_OK)
		return err;
	step = store_step(transaction->state, to);
	*done = step == STORE_STEP_DONE;
	return step == STORE_STEP_WRONG ? ERR_STORE_NONE : ERR_OK;
}

struct signing {
	int64_t number;
	struct bytes tbs;
	const struct certificate_record *certificate;
	int64_t now;
};

static enum err
sign(struct connection *connection, const struct signing *signing,
    struct transaction *transaction)
{
	struct query query;
	int64_t certificate = 0;
	bool done = false;
	enum err err = store_sqlite_approach(connection, signing->number,
	    TRANSACTION_SIGNING, transaction, &done);

	if (err != ERR_OK || done)
		return err;
	err = store_sqlite_add_certificate(connection, signing->certificate,
	    bytes_of_string(NULL), &certificate);
	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_TRANSACTION_SIGN);
	query_bind_number(&query, signing->number);
	query_bind_number(&query, signing->now);
	query_bind_bytes(&query, signing->tbs);
	query_bind_number(&query, certificate);
	err = query_run(&query);
	if (err == ERR_OK)
		err = store_sqlite_note_origin(connection, signing->number);
	return err == ERR_OK ? store_sqlite_get_transaction(connection,
				   signing->number, transaction) :
			       err;
}

enum err
store_sqlite_sign(void *state, int64_t number, struct bytes tbs,
    const struct certificate_record *certificate, int64_t now,
    struct transaction *transaction)
{
	const struct signing signing = { number, tbs, certificate, now };
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = sign(connection, &signing, transaction);
	return store_sqlite_end_change(connection, err);
}

static enum err
issue(struct connection *connection, const struct transaction *transaction,
    struct bytes certificate, int64_t now)
{
	struct query query = query_new(connection, STATEMENT_TRANSACTION_ISSUE);
	enum err err;

	query_bind_number(&query, transaction->number);
	query_bind_number(&query, now);
	err = query_run(&query);
	if (err == ERR_OK)
		err = store_sqlite_sign_certificate(connection,
		    transaction->number, certificate);
	return err == ERR_OK ?
	    store_sqlite_supersede(connection, transaction, now) :
	    err;
}

enum err
store_sqlite_issue(void *state, int64_t number, struct bytes certificate,
    int64_t now, struct transaction *transaction)
{
	struct connection *connection;
	bool done = false;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = store_sqlite_approach(connection, number, TRANSACTION_ISSUED,
	    transaction, &done);
	if (err == ERR_OK && !done)
		err = issue(connection, transaction, certificate, now);
	if (err == ERR_OK && !done)
		err = store_sqlite_get_transaction(connection, number,
		    transaction);
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_settle(struct connection *connection, int64_t number,
    enum transaction_state to, const struct decision *decision)
{
	struct query query = query_new(connection,
	    STATEMENT_TRANSACTION_DECIDE);

	query_bind_number(&query, number);
	query_bind_number(&query, to);
	query_bind_number(&query, decision->now);
	query_bind_text(&query, decision->profile);
	query_bind_text(&query, decision->reason);
	query_bind_number(&query, decision->fail_info);
	return query_run(&query);
}

static enum err
decide(struct connection *connection, int64_t number,
    const struct store_verdict *verdict)
{
	struct transaction transaction = { 0 };
	bool done = false;
	enum err err = store_sqlite_approach(connection, number, verdict->state,
	    &transaction, &done);

	if (err == ERR_OK &&
	    !bytes_equal(buf_bytes(&transaction.request_hash),
		verdict->request_hash))
		err = ERR_STORE_NONE;
	transaction_clear(&transaction);
	return err == ERR_OK ? store_sqlite_settle(connection, number,
				   verdict->state, verdict->decision) :
			       err;
}

enum err
store_sqlite_decide(void *state, int64_t number,
    const struct store_verdict *verdict)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = decide(connection, number, verdict);
	return store_sqlite_end_change(connection, err);
}

/* Ending */

enum err
store_sqlite_lapse(void *state, int64_t before, int64_t now, int64_t *count)
{
	struct connection *connection;
	struct query query;
	int64_t lapsed = 0;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_TRANSACTION_LAPSE);
	query_bind_number(&query, before);
	query_bind_number(&query, now);
	err = query_run(&query);
	if (err == ERR_OK)
		lapsed = sqlite3_changes(connection->db);
	if (err == ERR_OK)
		err = store_sqlite_give_up_old(connection, before, now,
		    &lapsed);
	err = store_sqlite_end_change(connection, err);
	if (err == ERR_OK)
		*count = lapsed;
	return err;
}

/* Those of one state: no index has all that are at their end in one order. */
static enum err
purge(struct connection *connection, enum transaction_state state,
    int64_t before, int64_t limit, int64_t *purged)
{
	struct query query = query_new(connection, STATEMENT_TRANSACTION_PURGE);
	enum err err;

	query_bind_number(&query, state);
	query_bind_number(&query, before);
	query_bind_number(&query, limit);
	err = query_run(&query);
	if (err == ERR_OK)
		*purged += sqlite3_changes(connection->db);
	return err;
}

enum err
store_sqlite_purge(void *state, int64_t before, int64_t limit, int64_t *count)
{
	static const enum transaction_state ends[] = { TRANSACTION_ISSUED,
		TRANSACTION_REJECTED, TRANSACTION_LAPSED };
	struct connection *connection;
	int64_t purged = 0;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; err == ERR_OK && i < COUNT(ends); i++)
		err = purge(connection, ends[i], before, limit - purged,
		    &purged);
	err = store_sqlite_end_change(connection, err);
	if (err == ERR_OK)
		*count = purged;
	return err;
}
