/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/count.h"
#include "store/store_sqlite_internal.h"

/* What triggers of a request's events have in common; whether one is wanted is
 * a bit of the settings. */
#define WANTED "FROM notification_settings WHERE id = 0)"
#define OF_REQUEST \
	" BEGIN INSERT INTO notifications (event, happened_at, request, " \
	"endpoint, transaction_id, peer, subject, reason, certificate) VALUES "
#define REQUEST \
	"NEW.number, NEW.endpoint, NEW.transaction_id, NEW.peer, NEW.subject, "
#define REQUEST_TRIGGERS \
	"CREATE TRIGGER submissions_end AFTER UPDATE OF state ON " \
	"	transactions WHEN NEW.state IN (3, 4, 5) BEGIN" \
	"	DELETE FROM submissions WHERE number = NEW.number; END;" \
	"CREATE TRIGGER notify_issued AFTER UPDATE OF state ON transactions" \
	"	WHEN NEW.state = 3 AND (SELECT events & 1 " WANTED OF_REQUEST \
	"	(0, NEW.changed_at, " REQUEST "'', NEW.certificate); END;" \
	"CREATE TRIGGER notify_refused AFTER UPDATE OF state ON transactions" \
	"	WHEN NEW.state IN (4, 5) AND" \
	"	(SELECT events & 2 " WANTED OF_REQUEST \
	"	(1, NEW.changed_at, " REQUEST "CASE WHEN NEW.state = 5" \
	"	AND NEW.reason = '' THEN '" STORE_REASON_LAPSED "'" \
	"	ELSE NEW.reason END, NULL); END;" \
	"CREATE TRIGGER notify_held AFTER INSERT ON transactions" \
	"	WHEN NEW.state = 0 AND (SELECT events & 4 " WANTED OF_REQUEST \
	"	(2, NEW.created_at, " REQUEST "'', NULL); END;"

/*
 * What leads from one version to the next.  A step that was released is never
 * changed: another is added after it, and ends in its own user_version.
 *
 * Whatever a request needs is found by an index; the partial ones hold the few
 * rows that are held or revoked.  Authorities and keys are SHA-256 values.
 */
static const char *const steps[] = {
	"CREATE TABLE certificates ("
	"	id INTEGER PRIMARY KEY,"
	"	authority BLOB NOT NULL,"
	"	serial BLOB NOT NULL,"
	"	subject BLOB NOT NULL,"
	"	key BLOB NOT NULL,"
	"	not_before INTEGER NOT NULL,"
	"	not_after INTEGER NOT NULL,"
	"	revoked_at INTEGER NOT NULL DEFAULT 0,"
	"	reason INTEGER NOT NULL DEFAULT 0,"
	"	key_allowed_at INTEGER NOT NULL DEFAULT 0,"
	"	der BLOB NOT NULL,"
	"	UNIQUE (authority, serial));"
	"CREATE INDEX certificates_by_key ON certificates (key);"
	"CREATE INDEX certificates_by_subject ON certificates (subject);"
	"CREATE INDEX certificates_revoked ON certificates (authority)"
	"	WHERE revoked_at <> 0;"
	"CREATE INDEX certificates_key_revoked ON certificates (key)"
	"	WHERE revoked_at <> 0 AND key_allowed_at = 0;"

	"CREATE TABLE transactions ("
	"	number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),"
	"	created_at INTEGER NOT NULL,"
	"	changed_at INTEGER NOT NULL,"
	"	endpoint TEXT NOT NULL,"
	"	transaction_id BLOB NOT NULL,"
	"	signer_key BLOB NOT NULL,"
	"	request_hash BLOB NOT NULL,"
	"	certificate INTEGER REFERENCES certificates (id),"
	"	peer TEXT NOT NULL,"
	"	reason TEXT NOT NULL,"
	"	subject BLOB NOT NULL,"
	"	request BLOB NOT NULL,"
	"	tbs BLOB NOT NULL);"
	"CREATE INDEX transactions_by_key ON transactions"
	"	(signer_key, transaction_id, endpoint);"
	"CREATE INDEX transactions_by_state ON transactions (state);"
	"CREATE INDEX transactions_by_age ON transactions (state, changed_at);"
	"CREATE INDEX transactions_held ON transactions (endpoint)"
	"	WHERE state = 0;"

	"CREATE TABLE revisions ("
	"	authority BLOB PRIMARY KEY,"
	"	revision INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE crls ("
	"	authority BLOB PRIMARY KEY,"
	"	number INTEGER NOT NULL,"
	"	this_update INTEGER NOT NULL,"
	"	next_update INTEGER NOT NULL,"
	"	revision INTEGER NOT NULL,"
	"	der BLOB NOT NULL);"
	"PRAGMA application_id = 0x73636570;"
	"PRAGMA user_version = 1",

	"CREATE TABLE marks ("
	"	name TEXT PRIMARY KEY,"
	"	value BLOB NOT NULL) WITHOUT ROWID;"
	"PRAGMA user_version = 2",

	/* One state more, for which SQLite wants the table made anew, and the
	 * numbers of what was purged must not come again. */
	"CREATE TABLE transactions_3 ("
	"	number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),"
	"	created_at INTEGER NOT NULL,"
	"	changed_at INTEGER NOT NULL,"
	"	endpoint TEXT NOT NULL,"
	"	transaction_id BLOB NOT NULL,"
	"	signer_key BLOB NOT NULL,"
	"	request_hash BLOB NOT NULL,"
	"	certificate INTEGER REFERENCES certificates (id),"
	"	peer TEXT NOT NULL,"
	"	reason TEXT NOT NULL,"
	"	subject BLOB NOT NULL,"
	"	request BLOB NOT NULL,"
	"	tbs BLOB NOT NULL);"
	"INSERT INTO transactions_3 SELECT * FROM transactions;"
	"DELETE FROM sqlite_sequence WHERE name = 'transactions_3';"
	"INSERT INTO sqlite_sequence (name, seq) SELECT 'transactions_3', seq"
	"	FROM sqlite_sequence WHERE name = 'transactions';"
	"DROP TABLE transactions;"
	"ALTER TABLE transactions_3 RENAME TO transactions;"
	"CREATE INDEX transactions_by_key ON transactions"
	"	(signer_key, transaction_id, endpoint);"
	"CREATE INDEX transactions_by_state ON transactions (state);"
	"CREATE INDEX transactions_by_age ON transactions (state, changed_at);"
	"CREATE INDEX transactions_held ON transactions (endpoint)"
	"	WHERE state = 0;"
	"CREATE TABLE submissions ("
	"	number INTEGER PRIMARY KEY REFERENCES transactions (number),"
	"	authority BLOB NOT NULL,"
	"	csr BLOB NOT NULL,"
	"	cookie BLOB NOT NULL DEFAULT x'',"
	"	tried_at INTEGER NOT NULL DEFAULT 0,"
	"	due_at INTEGER NOT NULL DEFAULT 0);"
	"CREATE TRIGGER submissions_end AFTER UPDATE OF state ON transactions"
	"	WHEN NEW.state IN (3, 4, 5) BEGIN"
	"	DELETE FROM submissions WHERE number = NEW.number; END;"
	"PRAGMA user_version = 3",

	"CREATE TABLE alarms ("
	"	number INTEGER PRIMARY KEY,"
	"	subject TEXT NOT NULL,"
	"	kind TEXT NOT NULL,"
	"	detail TEXT NOT NULL,"
	"	text TEXT NOT NULL,"
	"	since INTEGER NOT NULL,"
	"	seen INTEGER NOT NULL,"
	"	UNIQUE (subject, kind, detail));"
	"CREATE INDEX alarms_by_subject ON alarms (subject);"
	"CREATE INDEX alarms_by_age ON alarms (seen);"
	"PRAGMA user_version = 4",

	"ALTER TABLE submissions ADD COLUMN"
	"	replaces_authority BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE submissions ADD COLUMN"
	"	replaces_serial BLOB NOT NULL DEFAULT x'';"
	"PRAGMA user_version = 5",

	/* Whoever changes something, an event comes of it; so triggers do it.
	 * A request may be forgotten before its notification is, and a
	 * certificate is not. */
	"CREATE TABLE notification_settings ("
	"	id INTEGER PRIMARY KEY CHECK (id = 0),"
	"	events INTEGER NOT NULL,"
	"	expiring_until INTEGER NOT NULL);"
	"INSERT INTO notification_settings VALUES (0, 0, 0);"
	"CREATE TABLE notifications ("
	"	number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	event INTEGER NOT NULL CHECK (event BETWEEN 0 AND 4),"
	"	happened_at INTEGER NOT NULL,"
	"	tries INTEGER NOT NULL DEFAULT 0,"
	"	due_at INTEGER NOT NULL DEFAULT 0,"
	"	request INTEGER NOT NULL DEFAULT 0,"
	"	endpoint TEXT NOT NULL DEFAULT '',"
	"	transaction_id BLOB NOT NULL DEFAULT x'',"
	"	peer TEXT NOT NULL DEFAULT '',"
	"	subject BLOB NOT NULL DEFAULT x'',"
	"	reason TEXT NOT NULL DEFAULT '',"
	"	certificate INTEGER REFERENCES certificates (id));"
	"CREATE INDEX notifications_by_due ON notifications (due_at);"
	"CREATE INDEX notifications_by_age ON notifications (happened_at);"
	"CREATE INDEX certificates_by_end ON certificates (not_after)"
	"	WHERE not_after <> 0;"
	"DROP TRIGGER submissions_end;" REQUEST_TRIGGERS
	"CREATE TRIGGER notify_revoked AFTER UPDATE OF revoked_at"
	"	ON certificates WHEN OLD.revoked_at = 0 AND NEW.revoked_at <> 0"
	"	AND (SELECT events & 8 " WANTED " BEGIN"
	"	INSERT INTO notifications"
	"	(event, happened_at, subject, certificate)"
	"	VALUES (3, NEW.revoked_at, NEW.subject, NEW.id); END;"
	"PRAGMA user_version = 6",

	/* Another state again.  What was to be replaced is superseded; the
	 * columns keep their names, for a scepd that has not been started anew
	 * yet. */
	"CREATE TABLE transactions_7 ("
	"	number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),"
	"	created_at INTEGER NOT NULL,"
	"	changed_at INTEGER NOT NULL,"
	"	endpoint TEXT NOT NULL,"
	"	transaction_id BLOB NOT NULL,"
	"	signer_key BLOB NOT NULL,"
	"	request_hash BLOB NOT NULL,"
	"	certificate INTEGER REFERENCES certificates (id),"
	"	peer TEXT NOT NULL,"
	"	reason TEXT NOT NULL,"
	"	subject BLOB NOT NULL,"
	"	request BLOB NOT NULL,"
	"	tbs BLOB NOT NULL,"
	"	profile TEXT NOT NULL DEFAULT '',"
	"	fail_info INTEGER NOT NULL DEFAULT 2);"
	"INSERT INTO transactions_7 SELECT *, '', 2 FROM transactions;"
	"DELETE FROM sqlite_sequence WHERE name = 'transactions_7';"
	"INSERT INTO sqlite_sequence (name, seq) SELECT 'transactions_7', seq"
	"	FROM sqlite_sequence WHERE name = 'transactions';"
	"DROP TABLE transactions;"
	"ALTER TABLE transactions_7 RENAME TO transactions;"
	"CREATE INDEX transactions_by_key ON transactions"
	"	(signer_key, transaction_id, endpoint);"
	"CREATE INDEX transactions_by_state ON transactions (state);"
	"CREATE INDEX transactions_by_age ON transactions (state, changed_at);"
	"CREATE INDEX transactions_held ON transactions (endpoint)"
	"	WHERE state = 0;" REQUEST_TRIGGERS
	"ALTER TABLE submissions ADD COLUMN"
	"	supersedes INTEGER NOT NULL DEFAULT 1;"
	"ALTER TABLE submissions ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"
	"PRAGMA user_version = 7",

	/* Whose request a certificate was made for, which is forgotten before
	 * the certificate is.  Those of before have none: to look them up would
	 * write every row anew. */
	"ALTER TABLE certificates ADD COLUMN endpoint TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE certificates ADD COLUMN"
	"	request INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE certificates ADD COLUMN"
	"	transaction_id BLOB NOT NULL DEFAULT x'';"
	"DROP TRIGGER notify_revoked;"
	"CREATE TRIGGER notify_revoked AFTER UPDATE OF revoked_at"
	"	ON certificates WHEN OLD.revoked_at = 0 AND NEW.revoked_at <> 0"
	"	AND (SELECT events & 8 " WANTED " BEGIN"
	"	INSERT INTO notifications (event, happened_at, request, endpoint,"
	"	transaction_id, subject, certificate)"
	"	VALUES (3, NEW.revoked_at, NEW.request, NEW.endpoint,"
	"	NEW.transaction_id, NEW.subject, NEW.id); END;"
	"CREATE INDEX notifications_at_once ON notifications (event)"
	"	WHERE request = 0;"
	"PRAGMA user_version = 8",

	/* What was used by a request that is open still may be given back. */
	"CREATE TABLE challenges ("
	"	number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	minted INTEGER NOT NULL CHECK (minted IN (0, 1)),"
	"	hash BLOB NOT NULL UNIQUE,"
	"	endpoint TEXT NOT NULL,"
	"	subject TEXT NOT NULL,"
	"	names TEXT NOT NULL,"
	"	profile TEXT NOT NULL,"
	"	uses INTEGER NOT NULL CHECK (uses BETWEEN 0 AND allowed),"
	"	allowed INTEGER NOT NULL,"
	"	created_at INTEGER NOT NULL,"
	"	expires_at INTEGER NOT NULL);"
	"CREATE INDEX challenges_by_end ON challenges (expires_at);"
	"CREATE TABLE challenge_uses ("
	"	number INTEGER PRIMARY KEY REFERENCES transactions (number),"
	"	challenge INTEGER NOT NULL);"
	"CREATE TRIGGER challenge_given_back AFTER UPDATE OF state"
	"	ON transactions WHEN NEW.state IN (4, 5) BEGIN"
	"	UPDATE challenges SET uses = uses + 1 WHERE number ="
	"	(SELECT challenge FROM challenge_uses"
	"	WHERE number = NEW.number);"
	"	DELETE FROM challenge_uses WHERE number = NEW.number; END;"
	"CREATE TRIGGER challenge_used AFTER UPDATE OF state"
	"	ON transactions WHEN NEW.state = 3 BEGIN"
	"	DELETE FROM challenge_uses WHERE number = NEW.number; END;"
	"PRAGMA user_version = 9",

	/* What certificates of the same names have in common.  Those of before
	 * have none, and are not counted: it is no matter for SQL. */
	"ALTER TABLE certificates ADD COLUMN"
	"	identity BLOB NOT NULL DEFAULT x'';"
	"CREATE INDEX certificates_active ON certificates"
	"	(identity, authority, not_after)"
	"	WHERE revoked_at = 0 AND identity <> x'';"
	"PRAGMA user_version = 10",

	/* By which profile of its endpoint's it is. */
	"ALTER TABLE certificates ADD COLUMN profile TEXT NOT NULL DEFAULT '';"
	"PRAGMA user_version = 11",

	/* By which one it is where nobody who approves it names another. */
	"ALTER TABLE transactions ADD COLUMN chosen TEXT NOT NULL DEFAULT '';"
	"PRAGMA user_version = 12",
};

const int64_t store_sqlite_version = COUNT(steps);

/* What a file says of itself. */
struct label {
	int64_t application_id;
	int64_t version;
	int64_t tables;
};

static enum err
read_label(struct connection *connection, struct label *label,
    struct problems *problems)
{
	enum err err = connection_execute(connection, "PRAGMA application_id",
	    &label->application_id, problems);

	if (err == ERR_OK)
		err = connection_execute(connection, "PRAGMA user_version",
		    &label->version, problems);
	if (err == ERR_OK)
		err = connection_execute(connection,
		    "SELECT count(*) FROM sqlite_master", &label->tables,
		    problems);
	return err;
}

static enum err
check_label(const struct label *label, const char *path, bool create,
    struct problems *problems)
{
	bool empty = label->application_id == 0 && label->tables == 0;

	if (empty && create)
		return ERR_OK;
	if (empty)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: there is nothing in this database; name the one that "
		    "scepd uses",
		    path);
	else if (label->application_id != STORE_SQLITE_APPLICATION_ID)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: this is another program's database; name another "
		    "file, and scepd makes it",
		    path);
	else if (label->version > store_sqlite_version)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: a newer scepd has written it (version %lld, this one "
		    "knows up to %lld); use that, or put an older backup in "
		    "its place",
		    path, (long long)label->version,
		    (long long)store_sqlite_version);
	else
		return ERR_OK;
	return ERR_CONFIGURATION;
}

/* PRAGMA journal_mode answers with the mode that it has come to. */
static enum err
use_log(struct connection *connection, struct problems *problems)
{
	int64_t is_log = 0;
	enum err err = connection_execute(connection,
	    "PRAGMA journal_mode = WAL", NULL, problems);

	if (err == ERR_OK)
		err = connection_execute(connection,
		    "SELECT journal_mode = 'wal' FROM pragma_journal_mode",
		    &is_log, problems);
	if (err != ERR_OK || is_log != 0)
		return err;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: several processes can't share a database on this file "
	    "system; put it on a disk of this machine",
	    connection->store->path);
	return ERR_CONFIGURATION;
}

/* Also where there is nothing to do, to find out whether it can be written,
 * and to have all files opened. */
static enum err
take_steps(struct connection *connection, int64_t from,
    struct problems *problems)
{
	enum err err = connection_execute(connection, "BEGIN IMMEDIATE", NULL,
	    problems);

	for (int64_t i = from; err == ERR_OK && i < store_sqlite_version; i++)
		err = connection_execute(connection, steps[i], NULL, problems);
	if (err == ERR_OK)
		err = connection_execute(connection, "COMMIT", NULL, problems);
	return err;
}

enum err
store_sqlite_check_label(struct connection *connection, bool create,
    struct problems *problems)
{
	struct label label = { 0 };
	enum err err = read_label(connection, &label, problems);

	return err == ERR_OK ?
	    check_label(&label, connection->store->path, create, problems) :
	    err;
}

enum err
store_sqlite_upgrade(struct connection *connection, bool create,
    struct problems *problems)
{
	struct label label = { 0 };
	enum err err = read_label(connection, &label, problems);

	if (err == ERR_OK)
		err = check_label(&label, connection->store->path, create,
		    problems);
	if (err == ERR_OK)
		err = use_log(connection, problems);
	if (err == ERR_OK)
		err = take_steps(connection, label.version, problems);
	return err;
}
