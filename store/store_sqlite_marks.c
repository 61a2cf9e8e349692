/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

enum err
store_sqlite_mark_get(void *state, const char *name, struct buf *value)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_MARK_GET);
	bool found;
	enum err err;

	query_bind_text(&query, bytes_of_string(name));
	found = query_row(&query);
	if (found)
		query_read(&query, value);
	err = query_end(&query);
	store_sqlite_give(connection);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

enum err
store_sqlite_mark_put(void *state, const char *name, struct bytes value)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_MARK_PUT);
	query_bind_text(&query, bytes_of_string(name));
	query_bind_bytes(&query, value);
	err = query_run(&query);
	return store_sqlite_end_change(connection, err);
}
