/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

enum err
store_sqlite_add_submission(struct connection *connection, int64_t number,
    const struct transaction_order *order)
{
	struct query query;

	if (order->csr.size == 0 && order->renews.serial.size == 0)
		return ERR_OK;
	query = query_new(connection, STATEMENT_SUBMISSION_ADD);
	query_bind_number(&query, number);
	query_bind_bytes(&query, order->authority);
	query_bind_bytes(&query, order->csr);
	query_bind_bytes(&query, order->renews.authority);
	query_bind_bytes(&query, order->renews.serial);
	query_bind_number(&query, order->supersedes);
	return query_run(&query);
}

static enum err
set_submitted(struct connection *connection, int64_t number, int64_t now)
{
	struct query query = query_new(connection,
	    STATEMENT_TRANSACTION_SUBMIT);

	query_bind_number(&query, number);
	query_bind_number(&query, now);
	return query_run(&query);
}

static enum err
submit(struct connection *connection, int64_t number, struct bytes authority,
    int64_t now, struct transaction *transaction)
{
	struct query query;
	bool done = false;
	enum err err = store_sqlite_approach(connection, number,
	    TRANSACTION_SUBMITTED, transaction, &done);

	if (err != ERR_OK || done)
		return err;
	query = query_new(connection, STATEMENT_SUBMISSION_SUBMIT);
	query_bind_number(&query, number);
	query_bind_bytes(&query, authority);
	err = query_run(&query);
	if (err == ERR_OK)
		err = set_submitted(connection, number, now);
	return err == ERR_OK ?
	    store_sqlite_get_transaction(connection, number, transaction) :
	    err;
}

enum err
store_sqlite_submit(void *state, int64_t number, struct bytes authority,
    int64_t now, struct transaction *transaction)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = submit(connection, number, authority, now, transaction);
	return store_sqlite_end_change(connection, err);
}

static enum err
get_waiting(struct connection *connection, int64_t number,
    struct transaction *transaction)
{
	enum err err = store_sqlite_get_transaction(connection, number,
	    transaction);

	return err == ERR_OK && !store_may_be_taken(transaction) ?
	    ERR_STORE_NONE :
	    err;
}

static enum err
take(struct connection *connection, int64_t number, int64_t now, int64_t until,
    struct transaction *transaction)
{
	struct query query;
	enum err err = get_waiting(connection, number, transaction);

	if (err == ERR_OK && transaction->due_at > now)
		err = ERR_STORE_NONE;
	if (err != ERR_OK)
		return err;
	transaction->due_at = until;
	query = query_new(connection, STATEMENT_SUBMISSION_TAKE);
	query_bind_number(&query, number);
	query_bind_number(&query, now);
	query_bind_number(&query, until);
	return query_run(&query);
}

enum err
store_sqlite_take_due(void *state, int64_t number, int64_t now, int64_t until,
    struct transaction *transaction)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = take(connection, number, now, until, transaction);
	return store_sqlite_end_change(connection, err);
}

static enum err
put_off(struct connection *connection, int64_t number, struct bytes cookie,
    int64_t due_at)
{
	struct transaction transaction = { 0 };
	struct query query;
	enum err err = get_waiting(connection, number, &transaction);

	transaction_clear(&transaction);
	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_SUBMISSION_PUT_OFF);
	query_bind_number(&query, number);
	query_bind_bytes(&query, cookie);
	query_bind_number(&query, due_at);
	return query_run(&query);
}

enum err
store_sqlite_put_off(void *state, int64_t number, struct bytes cookie,
    int64_t due_at)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = put_off(connection, number, cookie, due_at);
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_make_due(void *state)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_SUBMISSION_MAKE_DUE);
	err = query_run(&query);
	if (err == ERR_OK) {
		query = query_new(connection, STATEMENT_NOTIFICATION_MAKE_DUE);
		err = query_run(&query);
	}
	return store_sqlite_end_change(connection, err);
}

static enum err
set_issued(struct connection *connection, int64_t number, int64_t certificate,
    int64_t now)
{
	struct query query = query_new(connection,
	    STATEMENT_SUBMISSION_COMPLETE);

	query_bind_number(&query, number);
	query_bind_number(&query, now);
	query_bind_number(&query, certificate);
	return query_run(&query);
}

static enum err
complete(struct connection *connection, int64_t number,
    const struct certificate_record *record, struct bytes der, int64_t now)
{
	struct transaction transaction = { 0 };
	int64_t certificate = 0;
	enum err err = get_waiting(connection, number, &transaction);

	if (err == ERR_OK && transaction.state != TRANSACTION_SUBMITTED)
		err = ERR_STORE_NONE;
	if (err == ERR_OK)
		err = store_sqlite_take_in_certificate(connection, record, der,
		    &certificate);
	if (err == ERR_OK)
		err = set_issued(connection, number, certificate, now);
	if (err == ERR_OK)
		err = store_sqlite_note_origin(connection, number);
	if (err == ERR_OK)
		err = store_sqlite_supersede(connection, &transaction, now);
	transaction_clear(&transaction);
	return err;
}

enum err
store_sqlite_complete(void *state, int64_t number,
    const struct certificate_record *certificate, struct bytes der, int64_t now)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = complete(connection, number, certificate, der, now);
	return store_sqlite_end_change(connection, err);
}
