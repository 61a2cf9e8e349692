/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

/* In the order of the statement's columns. */
static void
read_alarm(struct query *query, struct stored_alarm *stored)
{
	stored->number = query_read_number(query);
	query_read(query, &stored->subject);
	query_read(query, &stored->kind);
	query_read(query, &stored->detail);
	query_read(query, &stored->text);
	stored->since = query_read_number(query);
	stored->seen = query_read_number(query);
}

static struct query
standing(struct connection *connection, const struct alarm_sweep *sweep,
    const char *kind)
{
	struct query query = query_new(connection, STATEMENT_ALARM_STANDING);

	query_bind_text(&query, bytes_of_string(sweep->subject));
	query_bind_text(&query, bytes_of_string(kind));
	return query;
}

/* Whether there is anything to change: what was found is written in any case,
 * to say that it was seen. */
static enum err
has_work(struct sqlite_store *store, const struct alarm_sweep *sweep,
    bool *work)
{
	struct connection *connection = store_sqlite_take(store);
	enum err err = ERR_OK;

	*work = sweep->count > 0;
	for (size_t i = 0; err == ERR_OK && !*work && sweep->kinds[i] != NULL;
	     i++) {
		struct query query = standing(connection, sweep,
		    sweep->kinds[i]);

		*work = query_row(&query);
		err = query_end(&query);
	}
	store_sqlite_give(connection);
	return err;
}

static enum err delete (struct connection *connection, int64_t number) {
	struct query query = query_new(connection, STATEMENT_ALARM_DELETE);

	    query_bind_number(&query, number); return query_run(&query);
}

static enum err
find_over(struct connection *connection, const struct alarm_sweep *sweep,
    const char *kind, struct alarm_changes *changes)
{
	struct query query = standing(connection, sweep, kind);

	while (query_row(&query)) {
		struct stored_alarm stored = { 0 };

		read_alarm(&query, &stored);
		if (alarm_sweep_has(sweep, kind, buf_bytes(&stored.detail)))
			stored_alarm_clear(&stored);
		else
			*alarm_changes_add(changes, true) = stored;
	}
	return query_end(&query);
}

static enum err
clear(struct connection *connection, const struct alarm_sweep *sweep,
    struct alarm_changes *changes)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && sweep->kinds[i] != NULL; i++)
		err = find_over(connection, sweep, sweep->kinds[i], changes);
	for (size_t i = 0; err == ERR_OK && i < changes->count; i++)
		err = delete (connection, changes->items[i].stored.number);
	return err;
}

static enum err
write_alarm(struct connection *connection, enum statement which,
    const struct alarm_sweep *sweep, const struct alarm *found)
{
	struct query query = query_new(connection, which);

	query_bind_text(&query, bytes_of_string(sweep->subject));
	query_bind_text(&query, bytes_of_string(found->kind));
	query_bind_text(&query, found->detail);
	query_bind_text(&query, found->text);
	query_bind_number(&query, sweep->now);
	return query_run(&query);
}

static enum err
raise_one(struct connection *connection, const struct alarm_sweep *sweep,
    const struct alarm *found, struct alarm_changes *changes)
{
	enum err err = write_alarm(connection, STATEMENT_ALARM_SEE, sweep,
	    found);

	if (err != ERR_OK || sqlite3_changes(connection->db) > 0)
		return err;
	alarm_changes_begin(changes, sweep, found);
	return write_alarm(connection, STATEMENT_ALARM_ADD, sweep, found);
}

enum err
store_sqlite_alarms_sweep(void *state, const struct alarm_sweep *sweep,
    struct alarm_changes *changes)
{
	struct connection *connection;
	bool work;
	enum err err = has_work(state, sweep, &work);

	if (err != ERR_OK || !work)
		return err;
	err = store_sqlite_begin_change(state, &connection);
	if (err != ERR_OK)
		return err;
	err = clear(connection, sweep, changes);
	for (size_t i = 0; err == ERR_OK && i < sweep->count; i++)
		err = raise_one(connection, sweep, &sweep->found[i], changes);
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_alarm_list(void *state, const char *subject, int64_t after,
    size_t size, struct stored_alarm *page, size_t *count)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection,
	    subject != NULL ? STATEMENT_ALARM_LIST_SUBJECT :
			      STATEMENT_ALARM_LIST_ALL);
	enum err err;

	query_bind_number(&query, after);
	query_bind_number(&query, (int64_t)size);
	if (subject != NULL)
		query_bind_text(&query, bytes_of_string(subject));
	for (*count = 0; *count < size && query_row(&query); ++*count)
		read_alarm(&query, &page[*count]);
	err = query_end(&query);
	store_sqlite_give(connection);
	return err;
}

enum err
store_sqlite_alarms_forget(void *state, int64_t before, int64_t *count)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_ALARM_FORGET);
	query_bind_number(&query, before);
	err = query_run(&query);
	if (err == ERR_OK)
		*count = sqlite3_changes(connection->db);
	return store_sqlite_end_change(connection, err);
}
