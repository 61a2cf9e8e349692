/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

/* That events become notifications is in triggers: store_sqlite_schema.c. */

/* In the order of the statement's columns. */
static void
read_notification(struct query *query, struct stored_notification *stored)
{
	int64_t event;

	stored->number = query_read_number(query);
	event = query_read_number(query);
	stored->happened_at = query_read_number(query);
	stored->tries = query_read_number(query);
	stored->due_at = query_read_number(query);
	stored->request = query_read_number(query);
	query_read(query, &stored->endpoint);
	query_read(query, &stored->transaction_id);
	query_read(query, &stored->peer);
	query_read(query, &stored->subject);
	query_read(query, &stored->reason);
	query_read(query, &stored->serial);
	query_read(query, &stored->certificate);
	stored->revoked_for = (int)query_read_number(query);
	if (event < 0 || event >= NOTIFICATION_EVENTS)
		query_damaged(query);
	else
		stored->event = (enum notification_event)event;
}

/* Settings */

static enum err
get_setting(struct connection *connection, enum statement which, int64_t *value)
{
	struct query query = query_new(connection, which);

	if (query_row(&query))
		*value = query_read_number(&query);
	return query_end(&query);
}

static enum err
set_setting(struct connection *connection, enum statement which, int64_t value)
{
	struct query query = query_new(connection, which);

	query_bind_number(&query, value);
	return query_run(&query);
}

/* Every process says it at its start, and it is so already. */
static enum err
is_set(struct sqlite_store *store, unsigned events, bool *is)
{
	struct connection *connection = store_sqlite_take(store);
	int64_t value = 0;
	enum err err = get_setting(connection, STATEMENT_NOTIFY_GET, &value);

	store_sqlite_give(connection);
	*is = value == (int64_t)events;
	return err;
}

enum err
store_sqlite_notify(void *state, unsigned events)
{
	struct connection *connection;
	bool is = false;
	enum err err = is_set(state, events, &is);

	if (err != ERR_OK || is)
		return err;
	err = store_sqlite_begin_change(state, &connection);
	if (err != ERR_OK)
		return err;
	err = set_setting(connection, STATEMENT_NOTIFY_SET, events);
	return store_sqlite_end_change(connection, err);
}

/* What is refused at once */

/* *is_wanted where it is told of, and there is room for one more. */
static enum err
check_room(struct connection *connection, int64_t limit, bool *is_wanted)
{
	struct query query = query_new(connection, STATEMENT_REFUSED_COUNT);
	int64_t count = 0;
	enum err err;

	query_bind_number(&query, limit);
	*is_wanted = query_row(&query);
	if (*is_wanted)
		count = query_read_number(&query);
	err = query_end(&query);
	return err == ERR_OK && count >= limit ? ERR_STORE_FULL : err;
}

static enum err
add_refusal(struct connection *connection, const struct refusal *refusal)
{
	struct query query = query_new(connection, STATEMENT_REFUSED_ADD);

	query_bind_number(&query, refusal->now);
	query_bind_text(&query, refusal->endpoint);
	query_bind_bytes(&query, refusal->transaction_id);
	query_bind_text(&query, refusal->peer);
	query_bind_bytes(&query, refusal->subject);
	query_bind_text(&query, refusal->reason);
	return query_run(&query);
}

/* Strangers decide how often it comes to that, so the lock is taken by those
 * alone that find room; of which some have come too late then. */
enum err
store_sqlite_notify_refused(void *state, const struct refusal *refusal,
    int64_t limit)
{
	struct connection *connection = store_sqlite_take(state);
	bool is_wanted = false;
	enum err err = check_room(connection, limit, &is_wanted);

	store_sqlite_give(connection);
	if (err != ERR_OK || !is_wanted)
		return err;
	err = store_sqlite_begin_change(state, &connection);
	if (err != ERR_OK)
		return err;
	err = check_room(connection, limit, &is_wanted);
	if (err == ERR_OK && is_wanted)
		err = add_refusal(connection, refusal);
	return store_sqlite_end_change(connection, err);
}

/* What expires */

static enum err
add_expiring(struct connection *connection, int64_t from, int64_t to,
    int64_t now)
{
	struct query query = query_new(connection, STATEMENT_EXPIRING_ADD);
	enum err err;

	query_bind_number(&query, from);
	query_bind_number(&query, to);
	query_bind_number(&query, now);
	err = query_run(&query);
	return err == ERR_OK ?
	    set_setting(connection, STATEMENT_EXPIRING_SET, to) :
	    err;
}

enum err
store_sqlite_notify_expiring(void *state, int64_t until, int64_t now,
    int64_t *reached)
{
	struct connection *connection;
	int64_t from = 0, to = 0;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = get_setting(connection, STATEMENT_EXPIRING_GET, &from);
	to = store_expiring_day(&from, until, now);
	if (err == ERR_OK && to > from)
		err = add_expiring(connection, from, to, now);
	err = store_sqlite_end_change(connection, err);
	if (err == ERR_OK)
		*reached = to;
	return err;
}

/* Those that wait */

static enum err
get_due(struct connection *connection, int64_t now,
    struct stored_notification *stored)
{
	struct query query = query_new(connection, STATEMENT_NOTIFICATION_DUE);
	bool found;
	enum err err;

	query_bind_number(&query, now);
	found = query_row(&query);
	if (found)
		read_notification(&query, stored);
	err = query_end(&query);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

/* Most often nothing is, and that costs no write. */
static enum err
find_due(struct sqlite_store *store, int64_t now)
{
	struct connection *connection = store_sqlite_take(store);
	struct stored_notification stored = { 0 };
	enum err err = get_due(connection, now, &stored);

	store_sqlite_give(connection);
	stored_notification_clear(&stored);
	return err;
}

static enum err
take(struct connection *connection, int64_t now, int64_t until,
    struct stored_notification *stored)
{
	struct query query;
	enum err err = get_due(connection, now, stored);

	if (err != ERR_OK)
		return err;
	stored->due_at = until;
	query = query_new(connection, STATEMENT_NOTIFICATION_TAKE);
	query_bind_number(&query, stored->number);
	query_bind_number(&query, until);
	return query_run(&query);
}

enum err
store_sqlite_notification_take(void *state, int64_t now, int64_t until,
    struct stored_notification *stored)
{
	struct connection *connection;
	enum err err = find_due(state, now);

	if (err == ERR_OK)
		err = store_sqlite_begin_change(state, &connection);
	if (err != ERR_OK)
		return err;
	err = take(connection, now, until, stored);
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_notification_put_off(void *state, int64_t number, int64_t tries,
    int64_t due_at)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_NOTIFICATION_PUT_OFF);
	query_bind_number(&query, number);
	query_bind_number(&query, tries);
	query_bind_number(&query, due_at);
	err = query_run(&query);
	if (err == ERR_OK && sqlite3_changes(connection->db) == 0)
		err = ERR_STORE_NONE;
	return store_sqlite_end_change(connection, err);
}

/* Runs a statement that deletes; *count of what it has. */
static enum err
delete_by(struct sqlite_store *store, enum statement which, int64_t number,
    int64_t *count)
{
	struct connection *connection;
	struct query query;
	int64_t deleted = 0;
	enum err err = store_sqlite_begin_change(store, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, which);
	query_bind_number(&query, number);
	err = query_run(&query);
	if (err == ERR_OK)
		deleted = sqlite3_changes(connection->db);
	err = store_sqlite_end_change(connection, err);
	if (err == ERR_OK)
		*count = deleted;
	return err;
}

enum err
store_sqlite_notification_end(void *state, int64_t number)
{
	int64_t count;

	return delete_by(state, STATEMENT_NOTIFICATION_END, number, &count);
}

enum err
store_sqlite_notifications_drop(void *state, int64_t before, int64_t *count)
{
	return delete_by(state, STATEMENT_NOTIFICATION_DROP, before, count);
}

enum err
store_sqlite_notification_list(void *state, int64_t after, size_t size,
    struct stored_notification *page, size_t *count)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_NOTIFICATION_LIST);
	enum err err;

	query_bind_number(&query, after);
	query_bind_number(&query, (int64_t)size);
	for (*count = 0; *count < size && query_row(&query); ++*count)
		read_notification(&query, &page[*count]);
	err = query_end(&query);
	store_sqlite_give(connection);
	return err;
}
