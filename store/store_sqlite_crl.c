/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

enum err
store_sqlite_revision(void *state, struct bytes authority, int64_t *revision)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_REVISION_GET);
	int64_t found = 0;
	enum err err;

	query_bind_bytes(&query, authority);
	if (query_row(&query))
		found = query_read_number(&query);
	err = query_end(&query);
	store_sqlite_give(connection);
	if (err == ERR_OK)
		*revision = found;
	return err;
}

enum err
store_sqlite_crl_get(void *state, struct bytes authority,
    struct stored_crl *crl)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_CRL_GET);
	bool found;
	enum err err;

	query_bind_bytes(&query, authority);
	found = query_row(&query);
	if (found) {
		crl->number = query_read_number(&query);
		crl->this_update = query_read_number(&query);
		crl->next_update = query_read_number(&query);
		crl->revision = query_read_number(&query);
		query_read(&query, &crl->der);
	}
	err = query_end(&query);
	store_sqlite_give(connection);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

enum err
store_sqlite_crl_put(void *state, struct bytes authority,
    const struct stored_crl *crl)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_CRL_PUT);
	query_bind_bytes(&query, authority);
	query_bind_number(&query, crl->number);
	query_bind_number(&query, crl->this_update);
	query_bind_number(&query, crl->next_update);
	query_bind_number(&query, crl->revision);
	query_bind_bytes(&query, buf_bytes(&crl->der));
	err = query_run(&query);
	/* The statement leaves a larger number alone. */
	if (err == ERR_OK && sqlite3_changes(connection->db) == 0)
		err = ERR_STORE_NONE;
	return store_sqlite_end_change(connection, err);
}
