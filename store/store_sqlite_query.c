/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

struct query
query_new(struct connection *connection, enum statement which)
{
	return (struct query){ .connection = connection,
		.statement = connection->statements[which],
		.result = SQLITE_OK };
}

/* The first error stays. */
static void
note(struct query *query, int result)
{
	if (query->result == SQLITE_OK)
		query->result = result;
}

void
query_bind_number(struct query *query, int64_t number)
{
	note(query,
	    sqlite3_bind_int64(query->statement, ++query->bound, number));
}

/* SQLite has a NULL for data that is NULL; nothing is no NULL here. */
static const void *
data_of(struct bytes bytes)
{
	return bytes.size > 0 ? (const void *)bytes.data : "";
}

void
query_bind_bytes(struct query *query, struct bytes bytes)
{
	note(query,
	    sqlite3_bind_blob64(query->statement, ++query->bound,
		data_of(bytes), bytes.size, SQLITE_STATIC));
}

void
query_bind_text(struct query *query, struct bytes text)
{
	note(query,
	    sqlite3_bind_text64(query->statement, ++query->bound, data_of(text),
		text.size, SQLITE_STATIC, SQLITE_UTF8));
}

void
query_bind_null(struct query *query)
{
	note(query, sqlite3_bind_null(query->statement, ++query->bound));
}

bool
query_row(struct query *query)
{
	if (query->result != SQLITE_OK && query->result != SQLITE_ROW)
		return false;
	query->result = sqlite3_step(query->statement);
	query->read = 0;
	return query->result == SQLITE_ROW;
}

int64_t
query_read_number(struct query *query)
{
	return sqlite3_column_int64(query->statement, query->read++);
}

/* The data comes first: to ask for it may change the size. */
void
query_read(struct query *query, struct buf *value)
{
	const void *data = sqlite3_column_blob(query->statement, query->read);
	int size = sqlite3_column_bytes(query->statement, query->read);

	query->read++;
	if (size > 0 && data == NULL)
		query->result = SQLITE_NOMEM;
	else if (size > 0)
		buf_append(value, bytes_of(data, (size_t)size));
}

void
query_damaged(struct query *query)
{
	query->result = SQLITE_CORRUPT;
}

static enum err
verdict(struct query *query)
{
	switch (query->result) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_CONSTRAINT_UNIQUE:
		return ERR_STORE_SERIAL;
	default:
		return connection_complain(query->connection, query->result);
	}
}

enum err
query_end(struct query *query)
{
	enum err err = verdict(query);

	/* They answer with the error that has just been judged. */
	(void)sqlite3_reset(query->statement);
	(void)sqlite3_clear_bindings(query->statement);
	return err;
}

enum err
query_run(struct query *query)
{
	while (query_row(query))
		continue;
	return query_end(query);
}
