/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

/* Certificates that are made, and that their devices do not get yet. */

/* The row of its certificate; 0 where there is none. */
static enum err
certificate_of(struct connection *connection, int64_t number,
    int64_t *certificate)
{
	struct query query = query_new(connection,
	    STATEMENT_TRANSACTION_CERTIFICATE);

	query_bind_number(&query, number);
	if (query_row(&query))
		*certificate = query_read_number(&query);
	return query_end(&query);
}

/* That of one that was SIGNING is there, but for its signature. */
static enum err
take_in(struct connection *connection, const struct transaction *transaction,
    const struct certificate_record *record, struct bytes der, int64_t *id)
{
	enum err err;

	if (transaction->state != TRANSACTION_SIGNING)
		return store_sqlite_take_in_certificate(connection, record, der,
		    id);
	err = store_sqlite_sign_certificate(connection, transaction->number,
	    der);
	return err == ERR_OK ?
	    certificate_of(connection, transaction->number, id) :
	    err;
}

static enum err
set_withheld(struct connection *connection, int64_t number, int64_t certificate,
    int64_t now)
{
	struct query query = query_new(connection,
	    STATEMENT_TRANSACTION_WITHHOLD);
	enum err err;

	query_bind_number(&query, number);
	query_bind_number(&query, now);
	query_bind_number(&query, certificate);
	err = query_run(&query);
	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_SUBMISSION_WITHHOLD);
	query_bind_number(&query, number);
	err = query_run(&query);
	return err == ERR_OK ? store_sqlite_note_origin(connection, number) :
			       err;
}

static enum err
withhold(struct connection *connection, int64_t number,
    const struct certificate_record *record, struct bytes der, int64_t now)
{
	struct transaction transaction = { 0 };
	int64_t certificate = 0;
	bool done = false;
	enum err err = store_sqlite_approach(connection, number,
	    TRANSACTION_WITHHELD, &transaction, &done);

	if (err == ERR_OK && !done)
		err = take_in(connection, &transaction, record, der,
		    &certificate);
	if (err == ERR_OK && !done)
		err = set_withheld(connection, number, certificate, now);
	transaction_clear(&transaction);
	return err;
}

enum err
store_sqlite_withhold(void *state, int64_t number,
    const struct certificate_record *record, struct bytes der, int64_t now)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = withhold(connection, number, record, der, now);
	return store_sqlite_end_change(connection, err);
}

static enum err
get_withheld(struct connection *connection, int64_t number,
    struct transaction *transaction)
{
	enum err err = store_sqlite_get_transaction(connection, number,
	    transaction);

	return err == ERR_OK && transaction->state != TRANSACTION_WITHHELD ?
	    ERR_STORE_NONE :
	    err;
}

static enum err
issue(struct connection *connection, const struct transaction *transaction,
    int64_t now)
{
	struct query query;
	enum err err = store_sqlite_supersede(connection, transaction, now);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_TRANSACTION_ISSUE);
	query_bind_number(&query, transaction->number);
	query_bind_number(&query, now);
	return query_run(&query);
}

static enum err
release(struct connection *connection, int64_t number, int64_t now)
{
	const struct decision revoked = store_revoked_meanwhile(now);
	struct transaction transaction = { 0 };
	enum err err = get_withheld(connection, number, &transaction);

	if (err == ERR_OK && transaction.revoked)
		err = store_sqlite_settle(connection, number,
		    TRANSACTION_LAPSED, &revoked);
	else if (err == ERR_OK)
		err = issue(connection, &transaction, now);
	transaction_clear(&transaction);
	return err;
}

enum err
store_sqlite_release(void *state, int64_t number, int64_t now)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = release(connection, number, now);
	return store_sqlite_end_change(connection, err);
}

static enum err
count_try(struct connection *connection, int64_t number, int64_t due_at,
    int64_t *tries)
{
	struct transaction transaction = { 0 };
	struct query query;
	enum err err = get_withheld(connection, number, &transaction);

	*tries = transaction.tries + 1;
	transaction_clear(&transaction);
	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_SUBMISSION_COUNT_TRY);
	query_bind_number(&query, number);
	query_bind_number(&query, due_at);
	query_bind_number(&query, *tries);
	return query_run(&query);
}

enum err
store_sqlite_count_try(void *state, int64_t number, int64_t due_at,
    int64_t *tries)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = count_try(connection, number, due_at, tries);
	return store_sqlite_end_change(connection, err);
}

static enum err
withdraw(struct connection *connection, int64_t number,
    enum transaction_state to, const struct decision *decision)
{
	struct transaction transaction = { 0 };
	int64_t certificate = 0;
	enum err err = store_sqlite_get_transaction(connection, number,
	    &transaction);

	if (err == ERR_OK && !store_may_be_withdrawn(transaction.state))
		err = ERR_STORE_NONE;
	transaction_clear(&transaction);
	if (err == ERR_OK)
		err = certificate_of(connection, number, &certificate);
	if (err == ERR_OK)
		err = store_sqlite_withdraw_certificate(connection, certificate,
		    decision->now);
	return err == ERR_OK ?
	    store_sqlite_settle(connection, number, to, decision) :
	    err;
}

enum err
store_sqlite_withdraw(void *state, int64_t number, enum transaction_state to,
    const struct decision *decision)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = withdraw(connection, number, to, decision);
	return store_sqlite_end_change(connection, err);
}

static enum err
find_old(struct connection *connection, enum transaction_state state,
    int64_t before, int64_t *number)
{
	struct query query = query_new(connection,
	    STATEMENT_TRANSACTION_OLDEST);
	bool found;
	enum err err;

	query_bind_number(&query, state);
	query_bind_number(&query, before);
	found = query_row(&query);
	if (found)
		*number = query_read_number(&query);
	err = query_end(&query);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

static enum err
give_up_old(struct connection *connection, enum transaction_state state,
    int64_t before, int64_t now, int64_t *count)
{
	const struct decision decision = store_waited_too_long(now);
	int64_t number = 0;
	enum err err;

	while ((err = find_old(connection, state, before, &number)) == ERR_OK) {
		err = withdraw(connection, number, TRANSACTION_LAPSED,
		    &decision);
		if (err != ERR_OK)
			return err;
		++*count;
	}
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

enum err
store_sqlite_give_up_old(struct connection *connection, int64_t before,
    int64_t now, int64_t *count)
{
	enum err err = give_up_old(connection, TRANSACTION_SIGNING, before, now,
	    count);

	return err == ERR_OK ?
	    give_up_old(connection, TRANSACTION_WITHHELD, before, now, count) :
	    err;
}
