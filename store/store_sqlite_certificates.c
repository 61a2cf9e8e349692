/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

/* In the order of the statement's columns. */
static void
read_certificate(struct query *query, struct stored_certificate *certificate)
{
	certificate->number = query_read_number(query);
	query_read(query, &certificate->authority);
	query_read(query, &certificate->serial);
	query_read(query, &certificate->subject);
	query_read(query, &certificate->key);
	certificate->not_before = query_read_number(query);
	certificate->not_after = query_read_number(query);
	query_read(query, &certificate->der);
	certificate->revoked_at = query_read_number(query);
	certificate->reason = (int)query_read_number(query);
	certificate->request = query_read_number(query);
	query_read(query, &certificate->endpoint);
	query_read(query, &certificate->profile);
}

static enum err
get(struct connection *connection, struct bytes authority, struct bytes serial,
    struct stored_certificate *certificate)
{
	struct query query = query_new(connection, STATEMENT_CERTIFICATE_GET);
	bool found;
	enum err err;

	query_bind_bytes(&query, authority);
	query_bind_bytes(&query, serial);
	found = query_row(&query);
	if (found)
		read_certificate(&query, certificate);
	err = query_end(&query);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

enum err
store_sqlite_certificate_get(void *state, struct bytes authority,
    struct bytes serial, struct stored_certificate *certificate)
{
	struct connection *connection = store_sqlite_take(state);
	enum err err = get(connection, authority, serial, certificate);

	store_sqlite_give(connection);
	return err;
}

/* By what leaves the fewest; the statements differ in their index alone. */
static enum statement
list_statement(const struct certificate_filter *filter)
{
	if (filter->key.size > 0)
		return STATEMENT_CERTIFICATE_LIST_KEY;
	if (filter->subject.size > 0)
		return STATEMENT_CERTIFICATE_LIST_SUBJECT;
	if (filter->revoked_only && filter->authority.size > 0)
		return STATEMENT_CERTIFICATE_LIST_REVOKED;
	return STATEMENT_CERTIFICATE_LIST_ALL;
}

static void
bind_wanted(struct query *query, struct bytes wanted)
{
	if (wanted.size == 0)
		query_bind_null(query);
	else
		query_bind_bytes(query, wanted);
}

enum err
store_sqlite_certificate_list(void *state,
    const struct certificate_filter *filter, size_t size,
    struct stored_certificate *page, size_t *count)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, list_statement(filter));
	enum err err;

	query_bind_number(&query, filter->after);
	query_bind_number(&query, (int64_t)size);
	bind_wanted(&query, filter->authority);
	bind_wanted(&query, filter->key);
	bind_wanted(&query, filter->subject);
	query_bind_number(&query, filter->revoked_only);
	query_bind_number(&query, filter->expired_before);
	for (*count = 0; *count < size && query_row(&query); ++*count)
		read_certificate(&query, &page[*count]);
	err = query_end(&query);
	store_sqlite_give(connection);
	return err;
}

static enum err
write_certificate(struct connection *connection, enum statement which,
    const struct certificate_record *record, struct bytes der)
{
	struct query query = query_new(connection, which);

	query_bind_bytes(&query, record->authority);
	query_bind_bytes(&query, record->serial);
	query_bind_bytes(&query, record->subject);
	query_bind_bytes(&query, record->key);
	query_bind_number(&query, record->not_before);
	query_bind_number(&query, record->not_after);
	query_bind_bytes(&query, der);
	query_bind_bytes(&query, record->identity);
	return query_run(&query);
}

enum err
store_sqlite_add_certificate(struct connection *connection,
    const struct certificate_record *record, struct bytes der, int64_t *id)
{
	enum err err = write_certificate(connection, STATEMENT_CERTIFICATE_ADD,
	    record, der);

	if (err == ERR_OK)
		*id = sqlite3_last_insert_rowid(connection->db);
	return err;
}

enum err
store_sqlite_sign_certificate(struct connection *connection, int64_t number,
    struct bytes der)
{
	struct query query = query_new(connection, STATEMENT_CERTIFICATE_ISSUE);

	query_bind_number(&query, number);
	query_bind_bytes(&query, der);
	return query_run(&query);
}

enum err
store_sqlite_note_origin(struct connection *connection, int64_t number)
{
	struct query query = query_new(connection, STATEMENT_CERTIFICATE_OF);

	query_bind_number(&query, number);
	return query_run(&query);
}

/* One that is known by its serial number alone becomes the whole. */
static enum err
complete(struct connection *connection, const struct certificate_record *record,
    struct bytes der)
{
	enum err err = write_certificate(connection,
	    STATEMENT_CERTIFICATE_COMPLETE, record, der);

	if (err == ERR_OK && sqlite3_changes(connection->db) == 0)
		err = ERR_STORE_SERIAL;
	return err;
}

/* The same one again is fine. */
static enum err
find_same(struct connection *connection,
    const struct certificate_record *record, struct bytes der, int64_t *id)
{
	struct stored_certificate known = { 0 };
	enum err err = get(connection, record->authority, record->serial,
	    &known);

	if (err == ERR_OK && !bytes_equal(buf_bytes(&known.der), der))
		err = ERR_STORE_SERIAL;
	*id = known.number;
	stored_certificate_clear(&known);
	return err;
}

enum err
store_sqlite_take_in_certificate(struct connection *connection,
    const struct certificate_record *record, struct bytes der, int64_t *id)
{
	enum err err = store_sqlite_add_certificate(connection, record, der,
	    id);

	if (err != ERR_STORE_SERIAL)
		return err;
	err = complete(connection, record, der);
	return err == ERR_OK || err == ERR_STORE_SERIAL ?
	    find_same(connection, record, der, id) :
	    err;
}

enum err
store_sqlite_certificate_add(void *state,
    const struct certificate_record *record, struct bytes der)
{
	struct connection *connection;
	int64_t id;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = store_sqlite_add_certificate(connection, record, der, &id);
	if (err == ERR_STORE_SERIAL)
		err = complete(connection, record, der);
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_authority_next(void *state, struct bytes after,
    struct buf *authority)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_AUTHORITY_NEXT);
	enum err err;

	query_bind_bytes(&query, after);
	if (query_row(&query))
		query_read(&query, authority);
	err = query_end(&query);
	store_sqlite_give(connection);
	return err == ERR_OK && authority->size == 0 ? ERR_STORE_NONE : err;
}

enum err
store_sqlite_certificate_signed(void *state, struct bytes authority,
    struct bytes serial, struct bytes der)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_CERTIFICATE_SIGNED);
	query_bind_bytes(&query, authority);
	query_bind_bytes(&query, serial);
	query_bind_bytes(&query, der);
	err = query_run(&query);
	if (err == ERR_OK && sqlite3_changes(connection->db) == 0)
		err = ERR_STORE_NONE;
	return store_sqlite_end_change(connection, err);
}

/* Revocation */

static enum err
get_revocation(struct connection *connection, struct bytes authority,
    struct bytes serial, int64_t *id, struct store_revocation *revocation)
{
	struct query query = query_new(connection, STATEMENT_REVOCATION_GET);
	bool found;
	enum err err;

	query_bind_bytes(&query, authority);
	query_bind_bytes(&query, serial);
	found = query_row(&query);
	if (found) {
		*id = query_read_number(&query);
		revocation->revoked_at = query_read_number(&query);
		revocation->reason = (int)query_read_number(&query);
		revocation->key_allowed_at = query_read_number(&query);
	}
	err = query_end(&query);
	return err == ERR_OK && !found ? ERR_STORE_NONE : err;
}

static enum err
set_revocation(struct connection *connection, struct bytes authority,
    int64_t id, const struct store_revocation *revocation)
{
	struct query query = query_new(connection, STATEMENT_REVOCATION_SET);
	enum err err;

	query_bind_number(&query, id);
	query_bind_number(&query, revocation->revoked_at);
	query_bind_number(&query, revocation->reason);
	query_bind_number(&query, revocation->key_allowed_at);
	err = query_run(&query);
	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_REVISION_ADD);
	query_bind_bytes(&query, authority);
	return query_run(&query);
}

enum err
store_sqlite_certificate_revoke(void *state, struct bytes authority,
    struct bytes serial, int reason, int64_t now)
{
	struct connection *connection;
	struct store_revocation revocation = { 0 };
	int64_t id = 0;
	bool changed = false;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	err = get_revocation(connection, authority, serial, &id, &revocation);
	if (err == ERR_OK)
		err = store_revocation_change(&revocation, reason, now,
		    &changed);
	if (err == ERR_OK && changed)
		err = set_revocation(connection, authority, id, &revocation);
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_supersede(struct connection *connection,
    const struct transaction *transaction, int64_t now)
{
	struct bytes authority = buf_bytes(&transaction->renews_authority);
	struct store_revocation revocation = { 0 };
	int64_t id = 0;
	enum err err;

	if (!transaction->supersedes || transaction->revoked ||
	    transaction->renews_serial.size == 0)
		return ERR_OK;
	err = get_revocation(connection, authority,
	    buf_bytes(&transaction->renews_serial), &id, &revocation);
	if (err == ERR_OK && store_revocation_supersede(&revocation, now))
		err = set_revocation(connection, authority, id, &revocation);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

enum err
store_sqlite_withdraw_certificate(struct connection *connection, int64_t id,
    int64_t now)
{
	struct query query = query_new(connection, STATEMENT_REVOCATION_OF);
	struct store_revocation revocation = { 0 };
	struct buf authority = { 0 };
	enum err err;

	query_bind_number(&query, id);
	if (query_row(&query)) {
		query_read(&query, &authority);
		revocation.revoked_at = query_read_number(&query);
	}
	err = query_end(&query);
	if (err == ERR_OK && store_revocation_withdraw(&revocation, now))
		err = set_revocation(connection, buf_bytes(&authority), id,
		    &revocation);
	buf_clear(&authority);
	return err;
}

static enum err
add_and_revoke(struct connection *connection, struct bytes authority,
    const struct revocation *revocation)
{
	const struct certificate_record record = {
		.authority = authority,
		.serial = revocation->serial,
	};
	struct store_revocation found = { 0 };
	int64_t id = 0;
	enum err err = get_revocation(connection, authority, revocation->serial,
	    &id, &found);

	if (err == ERR_OK && found.revoked_at != 0)
		return ERR_OK;
	if (err == ERR_STORE_NONE)
		err = store_sqlite_add_certificate(connection, &record,
		    bytes_of(NULL, 0), &id);
	found = (struct store_revocation){ .revoked_at = revocation->revoked_at,
		.reason = revocation->reason };
	return err == ERR_OK ?
	    set_revocation(connection, authority, id, &found) :
	    err;
}

enum err
store_sqlite_certificates_revoke(void *state, struct bytes authority,
    const struct revocation *revocations, size_t count)
{
	struct connection *connection;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = add_and_revoke(connection, authority, &revocations[i]);
	return store_sqlite_end_change(connection, err);
}

enum err
store_sqlite_key_is_revoked(void *state, struct bytes key, bool *revoked)
{
	struct connection *connection = store_sqlite_take(state);
	struct query query = query_new(connection, STATEMENT_KEY_IS_REVOKED);
	bool found;
	enum err err;

	query_bind_bytes(&query, key);
	found = query_row(&query);
	err = query_end(&query);
	store_sqlite_give(connection);
	if (err == ERR_OK)
		*revoked = found;
	return err;
}

enum err
store_sqlite_key_allow(void *state, struct bytes key, int64_t now)
{
	struct connection *connection;
	struct query query;
	enum err err = store_sqlite_begin_change(state, &connection);

	if (err != ERR_OK)
		return err;
	query = query_new(connection, STATEMENT_KEY_ALLOW);
	query_bind_bytes(&query, key);
	query_bind_number(&query, now);
	err = query_run(&query);
	return store_sqlite_end_change(connection, err);
}
