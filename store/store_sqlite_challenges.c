/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

/* In the order of the statement's columns. */
static void
read_challenge(struct query *query, struct stored_challenge *stored)
{
	stored->number = query_read_number(query);
	stored->minted = query_read_number(query) != 0;
	query_read(query, &stored->hash);
	query_read(query, &stored->endpoint);
	query_read(query, &stored->subject);
	query_read(query, &stored->names);
	query_read(query, &stored->profile);
	stored->uses = query_read_number(query);
	stored->allowed = query_read_number(query);
	stored->created_at = query_read_number(query);
	stored->expires_at = query_read_number(query);
}

static enum err
add(struct connection *connection, const struct challenge_record *record,
    int64_t now, bool minted)
{
	struct query query = query_new(connection, STATEMENT_CHALLENGE_ADD);

	query_bind_number(&query, minted);
	query_bind_bytes(&query, record->hash);
	query_bind_text(&query, bytes_of_string(record->endpoint));
	query_bind_text(&query, record->subject);
	query_bind_text(&query, record->names);
	query_bind_text(&query, record->profile);
	query_bind_number(&query, record->uses);
	query_bind_number(&query, now);
	query_bind_number(&query, record->expires_at);
	return query_run(&query);
}

enum err
store_sqlite_challenges_add(void *state, const struct challenge_record *records,
    size_t count, int64_t now)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = add(connection, &records[i], now, true);
	return store_sqlite_end_change(connection, err);
}

static enum err
get(struct connection *connection, struct bytes hash,
    struct stored_challenge *stored)
{
	struct query query = query_new(connection, STATEMENT_CHALLENGE_GET);
	bool found;
	enum err err;

	query_bind_bytes(&query, hash);
	found = query_row(&query);
	if (found)
		read_challenge(&query, stored);
	err = query_end(&query);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

enum err
store_sqlite_challenge_get(void *state, struct bytes hash,
    struct stored_challenge *stored)
{
	struct connection *connection = store_sqlite_take(state);
	enum err err = get(connection, hash, stored);

	store_sqlite_give(connection);
	return err;
}

enum err
store_sqlite_challenge_revoke(void *state, int64_t number)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_CHALLENGE_REVOKE);
	query_bind_number(&query, number);
	err = query_run(&query);
	if (err == ERR_OK && sqlite3_changes(connection->db) == 0)
		err = ERR_STORE_NONE;
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_challenges_forget(void *state, int64_t before, int64_t limit,
    int64_t *count)
{
	struct connection *connection;
	struct query query;
	int64_t forgotten = 0;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_CHALLENGE_FORGET);
	query_bind_number(&query, before);
	query_bind_number(&query, limit);
	err = query_run(&query);
	if (err == ERR_OK)
		forgotten = sqlite3_changes(connection->db);
	err = store_sqlite_end_change(connection, err);
	if (err == ERR_OK)
		*count = forgotten;
	return err;
}

enum err
store_sqlite_challenge_list(void *state, int64_t after, size_t size,
    struct stored_challenge *page, size_t *count)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_CHALLENGE_LIST);
	enum err err;

	query_bind_number(&query, after);
	query_bind_number(&query, (int64_t)size);
	for (*count = 0; *count < size && query_row(&query); ++*count)
		read_challenge(&query, &page[*count]);
	err = query_end(&query);
	store_sqlite_give(connection);
	return err;
}

/* Using */

/* One that was made elsewhere is noted when it comes, with the one use that it
 * has; what is known already stays. */
static enum err
note(struct connection *connection, const struct transaction_order *order)
{
	const struct challenge_record record = {
		.hash = order->challenge.hash,
		.endpoint = order->key.endpoint,
		.uses = 1,
		.expires_at = order->challenge.expires_at,
	};
	struct stored_challenge stored = { 0 };
	enum err err = get(connection, record.hash, &stored);

	stored_challenge_clear(&stored);
	return err == ERR_STORE_NONE ?
	    add(connection, &record, order->now, false) :
	    err;
}

static enum err
take_one_use(struct connection *connection,
    const struct transaction_order *order)
{
	struct query query = query_new(connection, STATEMENT_CHALLENGE_USE);
	enum err err;

	query_bind_bytes(&query, order->challenge.hash);
	query_bind_text(&query, bytes_of_string(order->key.endpoint));
	query_bind_number(&query, order->challenge.minted);
	err = query_run(&query);
	return err == ERR_OK && sqlite3_changes(connection->db) == 0 ?
	    ERR_CHALLENGE_USED :
	    err;
}

enum err
store_sqlite_use_challenge(struct connection *connection, int64_t number,
    const struct transaction_order *order)
{
	struct query query;
	enum err err = ERR_OK;

	if (order->challenge.hash.size == 0)
		return ERR_OK;
	if (!order->challenge.minted)
		err = note(connection, order);
	if (err == ERR_OK)
		err = take_one_use(connection, order);
	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_CHALLENGE_BIND);
	query_bind_number(&query, number);
	query_bind_bytes(&query, order->challenge.hash);
	return query_run(&query);
}
