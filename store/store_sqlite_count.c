/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

/* The one number that a statement finds, after its parameters are bound. */
static enum err
find_number(struct query *query, int64_t *number)
{
	int64_t found = 0;
	enum err err;

	if (query_row(query))
		found = query_read_number(query);
	err = query_end(query);
	if (err == ERR_OK)
		*number = found;
	return err;
}

static enum err
count_transactions(struct connection *connection, struct store_counts *counts)
{
	enum err err = ERR_OK;

	for (int i = 0; err == ERR_OK && i < TRANSACTION_STATES; i++) {
		struct query query = query_new(connection,
		    STATEMENT_COUNT_TRANSACTIONS);

		query_bind_number(&query, i);
		err = find_number(&query, &counts->transactions[i]);
	}
	return err;
}

enum err
store_sqlite_count(void *state, struct store_counts *counts)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection,
	    STATEMENT_COUNT_CERTIFICATES);
	enum err err = find_number(&query, &counts->certificates);

	if (err == ERR_OK)
		err = count_transactions(connection, counts);
	store_sqlite_give(connection);
	/* Whoever opens it brings it up to this. */
	counts->version = store_sqlite_version;
	return err;
}

enum err
store_sqlite_find_active(struct connection *connection,
    const struct active_filter *filter, int64_t limit, int64_t *count)
{
	struct query query = query_new(connection, STATEMENT_COUNT_ACTIVE);

	query_bind_bytes(&query, filter->identity);
	query_bind_bytes(&query, filter->authority);
	query_bind_number(&query, filter->now);
	query_bind_bytes(&query, filter->except.authority);
	query_bind_bytes(&query, filter->except.serial);
	query_bind_number(&query, limit);
	return find_number(&query, count);
}

enum err
store_sqlite_count_active(void *state, const struct active_filter *filter,
    int64_t limit, int64_t *count)
{
	struct connection *connection = store_sqlite_take(state);
	enum err err = store_sqlite_find_active(connection, filter, limit,
	    count);

	store_sqlite_give(connection);
	return err;
}

enum err
store_sqlite_count_revoked(void *state, struct bytes authority, int64_t *count)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_COUNT_REVOKED);
	enum err err;

	query_bind_bytes(&query, authority);
	err = find_number(&query, count);
	store_sqlite_give(connection);
	return err;
}
