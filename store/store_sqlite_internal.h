/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_STORE_STORE_SQLITE_INTERNAL_H
#define SCEPD_STORE_STORE_SQLITE_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>

#include "store/store_internal.h"

/*
 * What the files of the state database share:
 *
 *   store_sqlite.c               the pool of connections, and the table
 *   store_sqlite_file.c          the file and those beside it
 *   store_sqlite_copy.c, store_sqlite_restore.c
 *                                backups, and back again
 *   store_sqlite_connection.c    a connection; what SQLite's errors mean
 *   store_sqlite_single.c        one without a pool
 *   store_sqlite_schema.c        tables, and how older ones are brought up
 *                                to date
 *   store_sqlite_statement.c     all of the SQL that is used later
 *   store_sqlite_query.c         how it is run
 *   store_sqlite_transactions.c, store_sqlite_submissions.c,
 *   store_sqlite_withheld.c, store_sqlite_certificates.c,
 *   store_sqlite_crl.c, store_sqlite_count.c, store_sqlite_marks.c,
 *   store_sqlite_alarms.c, store_sqlite_notifications.c
 *                                the slots
 *
 * Write-ahead log, synchronous=FULL: a commit is one fdatasync, readers and
 * the writer do not wait for each other.  Writers would, by sleeping and
 * trying again, which starves some of them for seconds; so each first takes
 * PATH.lock by flock(), where the kernel lets them queue.
 */

/* All statements that a connection prepares when it is opened. */
enum statement {
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,

	STATEMENT_TRANSACTION_FIND,
	STATEMENT_TRANSACTION_GET,
	STATEMENT_TRANSACTION_LIST,
	STATEMENT_TRANSACTION_ADD,
	STATEMENT_TRANSACTION_SIGN,
	STATEMENT_TRANSACTION_ISSUE,
	STATEMENT_TRANSACTION_SUBMIT,
	STATEMENT_TRANSACTION_WITHHOLD,
	STATEMENT_TRANSACTION_CERTIFICATE,
	STATEMENT_TRANSACTION_DECIDE,
	STATEMENT_TRANSACTION_LAPSE,
	STATEMENT_TRANSACTION_OLDEST,
	STATEMENT_TRANSACTION_PURGE,
	STATEMENT_HELD_COUNT,

	STATEMENT_SUBMISSION_ADD,
	STATEMENT_SUBMISSION_SUBMIT,
	STATEMENT_SUBMISSION_TAKE,
	STATEMENT_SUBMISSION_PUT_OFF,
	STATEMENT_SUBMISSION_MAKE_DUE,
	STATEMENT_SUBMISSION_COMPLETE,
	STATEMENT_SUBMISSION_WITHHOLD,
	STATEMENT_SUBMISSION_COUNT_TRY,

	STATEMENT_CERTIFICATE_GET,
	STATEMENT_CERTIFICATE_LIST_ALL,
	STATEMENT_CERTIFICATE_LIST_KEY,
	STATEMENT_CERTIFICATE_LIST_SUBJECT,
	STATEMENT_CERTIFICATE_LIST_REVOKED,
	STATEMENT_CERTIFICATE_ADD,
	STATEMENT_CERTIFICATE_OF,
	STATEMENT_CERTIFICATE_COMPLETE,
	STATEMENT_CERTIFICATE_SIGNED,
	STATEMENT_CERTIFICATE_ISSUE,
	STATEMENT_REVOCATION_GET,
	STATEMENT_REVOCATION_OF,
	STATEMENT_REVOCATION_SET,
	STATEMENT_AUTHORITY_NEXT,
	STATEMENT_KEY_IS_REVOKED,
	STATEMENT_KEY_ALLOW,

	STATEMENT_REVISION_GET,
	STATEMENT_REVISION_ADD,
	STATEMENT_CRL_GET,
	STATEMENT_CRL_PUT,

	STATEMENT_MARK_GET,
	STATEMENT_MARK_PUT,

	STATEMENT_ALARM_STANDING,
	STATEMENT_ALARM_LIST_ALL,
	STATEMENT_ALARM_LIST_SUBJECT,
	STATEMENT_ALARM_SEE,
	STATEMENT_ALARM_ADD,
	STATEMENT_ALARM_DELETE,
	STATEMENT_ALARM_FORGET,

	STATEMENT_NOTIFY_GET,
	STATEMENT_NOTIFY_SET,
	STATEMENT_REFUSED_COUNT,
	STATEMENT_REFUSED_ADD,
	STATEMENT_EXPIRING_GET,
	STATEMENT_EXPIRING_SET,
	STATEMENT_EXPIRING_ADD,
	STATEMENT_NOTIFICATION_DUE,
	STATEMENT_NOTIFICATION_TAKE,
	STATEMENT_NOTIFICATION_PUT_OFF,
	STATEMENT_NOTIFICATION_MAKE_DUE,
	STATEMENT_NOTIFICATION_END,
	STATEMENT_NOTIFICATION_DROP,
	STATEMENT_NOTIFICATION_LIST,

	STATEMENT_CHALLENGE_GET,
	STATEMENT_CHALLENGE_LIST,
	STATEMENT_CHALLENGE_ADD,
	STATEMENT_CHALLENGE_USE,
	STATEMENT_CHALLENGE_BIND,
	STATEMENT_CHALLENGE_REVOKE,
	STATEMENT_CHALLENGE_FORGET,

	STATEMENT_COUNT_TRANSACTIONS,
	STATEMENT_COUNT_CERTIFICATES,
	STATEMENT_COUNT_REVOKED,
	STATEMENT_COUNT_ACTIVE,

	STATEMENT_COUNT
};

/* The SQL of each. */
extern const char *const store_sqlite_statements[STATEMENT_COUNT];

/* Connections (store_sqlite_connection.c) */

struct connection {
	struct sqlite_store *store;
	sqlite3 *db;
	int lock; /* PATH.lock, opened for this connection alone */
	sqlite3_stmt *statements[STATEMENT_COUNT];
	struct connection *next; /* that is free */
};

/* Opens one, by what SQLite takes for its name and with SQLite's flags: all
 * zeroes but for `store` and `lock` before.  ERR_CONFIGURATION; then, and at
 * the end, it is to be closed. */
CHECKED enum err connection_open(struct connection *connection,
    const char *name, int flags, struct problems *problems);
void connection_close(struct connection *connection);

/* Prepares the statements, once the tables are there. */
CHECKED enum err connection_prepare(struct connection *connection,
    struct problems *problems);

/* Runs SQL of ours that has no parameters, and fills in the number in its one
 * row and column where it has one.  ERR_CONFIGURATION. */
CHECKED enum err connection_execute(struct connection *connection,
    const char *sql, int64_t *number, struct problems *problems);

/* Adds a line about a result of SQLite that is an error. */
enum err connection_problem(struct connection *connection, int result,
    struct problems *problems);

/*
 * Begins what changes something, alone among all connections.  connection_end
 * ends it: `err` is how it went; unless it is ERR_OK, and the result is too,
 * nothing has changed.
 */
CHECKED enum err connection_begin(struct connection *connection);
CHECKED enum err connection_end(struct connection *connection, enum err err);

/* Takes PATH.lock, and lets it go. */
void connection_lock(const struct connection *connection);
void connection_unlock(const struct connection *connection);

/* Writes to the log, though not too often, what the result `result` of SQLite
 * means, which is an error. ERR_STORE. */
enum err connection_complain(struct connection *connection, int result);

/* The pool (store_sqlite.c) */

struct sqlite_store {
	char *path;
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t wake;   /* one was given back */
	struct connection *free;
	int64_t complained_us; /* on the monotonic clock; 0: never */
	int64_t unsaid;        /* complaints since */

	unsigned count;
	struct connection connections[];
};

/* Takes a connection, waiting for one, and gives it back. */
struct connection *store_sqlite_take(struct sqlite_store *store);
void store_sqlite_give(struct connection *connection);

/* The same for what changes something: between connection_begin, which gives
 * it back where it fails, and connection_end. */
CHECKED enum err store_sqlite_begin_change(struct sqlite_store *store,
    struct connection **connection);
CHECKED enum err store_sqlite_end_change(struct connection *connection,
    enum err err);

/* The file (store_sqlite_file.c) */

/* The path as SQLite takes it for that of a file: not for a URI, as it would
 * where it begins with "file:", nor, empty, for one without a name.  The
 * caller's to free(). */
char *store_sqlite_plain_path(const char *path);

/* Checks where the store is to be, and makes an empty file where there is
 * none and one may be made. ERR_CONFIGURATION. */
CHECKED enum err
store_sqlite_prepare_file(const struct store_settings *settings,
    struct problems *problems);

/* Makes an empty file, not through a link, for its owner alone; made by root,
 * it is given to the owner of `model`.  -1, and errno says why. */
int store_sqlite_make_file(const char *path, const char *model);

/* Has the names of files beside this one outlive a power failure. */
void store_sqlite_sync_folder(const char *path);

/* Opens PATH.lock; -1 with a line in `problems`. */
int store_sqlite_open_lock(const char *path, struct problems *problems);

/* Whether a file system of this type (statfs, f_type) is one that several
 * machines share; its name, or NULL. */
const char *store_sqlite_network_name(unsigned long type);

/* One without a pool (store_sqlite_single.c) */

struct single_connection {
	struct connection connection;
	struct sqlite_store *store; /* has the path, and no more */
};

/* Opens the file at `path`, with SQLite's flags.  ERR_CONFIGURATION; then, and
 * at the end, it is to be closed. */
CHECKED enum err single_connection_open(struct single_connection *single,
    const char *path, int flags, struct problems *problems);
void single_connection_close(struct single_connection *single);

/* Copies (store_sqlite_copy.c) */

/* Adds a line about a file that says what errno is, with its remedy; returns
 * ERR_FILE. */
enum err store_sqlite_complain(struct problems *problems, const char *path,
    const char *remedy);

/* Makes a copy in a file that is empty. ERR_FILE. */
CHECKED enum err store_sqlite_copy(struct connection *connection,
    const char *path, struct problems *problems);

enum err store_sqlite_backup(void *state, const char *path,
    struct problems *problems);

/* Tables (store_sqlite_schema.c) */

/*
 * Makes the tables, or brings those of an older version up to date, in one
 * transaction.  To be called under PATH.lock.  ERR_CONFIGURATION where the
 * database is another program's, or of a newer version.
 */
CHECKED enum err store_sqlite_upgrade(struct connection *connection,
    bool create, struct problems *problems);

/* Whether the database is ours and not newer than we are; `create`: or empty.
 * ERR_CONFIGURATION. */
CHECKED enum err store_sqlite_check_label(struct connection *connection,
    bool create, struct problems *problems);

/* "scep", by which file(1) and we know the database. */
#define STORE_SQLITE_APPLICATION_ID 0x73636570

/* The version that this scepd writes. */
extern const int64_t store_sqlite_version;

/* A run of a statement (store_sqlite_query.c) */

/*
 * Parameters are bound and columns read in their order; whatever goes wrong
 * in between is remembered, and query_end tells.
 */
struct query {
	struct connection *connection;
	sqlite3_stmt *statement;
	int result; /* SQLite's last */
	int bound;
	int read;
};

struct query query_new(struct connection *connection, enum statement which);

/* Views have to live until query_end. */
void query_bind_number(struct query *query, int64_t number);
void query_bind_bytes(struct query *query, struct bytes bytes);
void query_bind_text(struct query *query, struct bytes text);
void query_bind_null(struct query *query);

/* Goes to the next row; false at the end, or after an error. */
bool query_row(struct query *query);

int64_t query_read_number(struct query *query);
void query_read(struct query *query, struct buf *value);

/* Says of a row that nobody can have written it so. */
void query_damaged(struct query *query);

/* ERR_STORE; ERR_STORE_SERIAL where a certificate has that number already. */
CHECKED enum err query_end(struct query *query);

/* Runs all of one that has no rows, and ends it. */
CHECKED enum err query_run(struct query *query);

/* The slots */

enum err store_sqlite_find(void *state, const struct transaction_key *key,
    struct transaction *transaction);
enum err store_sqlite_begin(void *state, const struct transaction_order *order,
    struct transaction *transaction);
enum err store_sqlite_sign(void *state, int64_t number, struct bytes tbs,
    const struct certificate_record *certificate, int64_t now,
    struct transaction *transaction);
enum err store_sqlite_issue(void *state, int64_t number,
    struct bytes certificate, int64_t now, struct transaction *transaction);
enum err store_sqlite_withhold(void *state, int64_t number,
    const struct certificate_record *record, struct bytes der, int64_t now);
enum err store_sqlite_release(void *state, int64_t number, int64_t now);
enum err store_sqlite_count_try(void *state, int64_t number, int64_t due_at,
    int64_t *tries);
enum err store_sqlite_withdraw(void *state, int64_t number,
    enum transaction_state to, const struct decision *decision);
enum err store_sqlite_decide(void *state, int64_t number,
    const struct store_verdict *verdict);
enum err store_sqlite_submit(void *state, int64_t number,
    struct bytes authority, int64_t now, struct transaction *transaction);
enum err store_sqlite_take_due(void *state, int64_t number, int64_t now,
    int64_t until, struct transaction *transaction);
enum err store_sqlite_put_off(void *state, int64_t number, struct bytes cookie,
    int64_t due_at);
enum err store_sqlite_make_due(void *state);
enum err store_sqlite_complete(void *state, int64_t number,
    const struct certificate_record *certificate, struct bytes der,
    int64_t now);
enum err store_sqlite_lapse(void *state, int64_t before, int64_t now,
    int64_t *count);
enum err store_sqlite_purge(void *state, int64_t before, int64_t limit,
    int64_t *count);
enum err store_sqlite_get(void *state, int64_t number,
    struct transaction *transaction);
enum err store_sqlite_list(void *state, const struct transaction_filter *filter,
    size_t size, struct transaction *page, size_t *count);

enum err store_sqlite_certificate_get(void *state, struct bytes authority,
    struct bytes serial, struct stored_certificate *certificate);
enum err store_sqlite_certificate_list(void *state,
    const struct certificate_filter *filter, size_t size,
    struct stored_certificate *page, size_t *count);
enum err store_sqlite_certificate_add(void *state,
    const struct certificate_record *record, struct bytes der);
enum err store_sqlite_certificate_signed(void *state, struct bytes authority,
    struct bytes serial, struct bytes der);
enum err store_sqlite_certificate_revoke(void *state, struct bytes authority,
    struct bytes serial, int reason, int64_t now);
enum err store_sqlite_certificates_revoke(void *state, struct bytes authority,
    const struct revocation *revocations, size_t count);
enum err store_sqlite_authority_next(void *state, struct bytes after,
    struct buf *authority);
enum err store_sqlite_key_is_revoked(void *state, struct bytes key,
    bool *revoked);
enum err store_sqlite_key_allow(void *state, struct bytes key, int64_t now);

enum err store_sqlite_mark_get(void *state, const char *name,
    struct buf *value);
enum err store_sqlite_mark_put(void *state, const char *name,
    struct bytes value);
enum err store_sqlite_alarms_sweep(void *state, const struct alarm_sweep *sweep,
    struct alarm_changes *changes);
enum err store_sqlite_alarm_list(void *state, const char *subject,
    int64_t after, size_t size, struct stored_alarm *page, size_t *count);
enum err store_sqlite_alarms_forget(void *state, int64_t before,
    int64_t *count);
enum err store_sqlite_notify(void *state, unsigned events);
enum err store_sqlite_notify_refused(void *state, const struct refusal *refusal,
    int64_t limit);
enum err store_sqlite_notify_expiring(void *state, int64_t until, int64_t now,
    int64_t *reached);
enum err store_sqlite_notification_take(void *state, int64_t now, int64_t until,
    struct stored_notification *stored);
enum err store_sqlite_notification_put_off(void *state, int64_t number,
    int64_t tries, int64_t due_at);
enum err store_sqlite_notification_end(void *state, int64_t number);
enum err store_sqlite_notifications_drop(void *state, int64_t before,
    int64_t *count);
enum err store_sqlite_notification_list(void *state, int64_t after, size_t size,
    struct stored_notification *page, size_t *count);
enum err store_sqlite_challenges_add(void *state,
    const struct challenge_record *records, size_t count, int64_t now);
enum err store_sqlite_challenge_get(void *state, struct bytes hash,
    struct stored_challenge *stored);
enum err store_sqlite_challenge_revoke(void *state, int64_t number);
enum err store_sqlite_challenges_forget(void *state, int64_t before,
    int64_t limit, int64_t *count);
enum err store_sqlite_challenge_list(void *state, int64_t after, size_t size,
    struct stored_challenge *page, size_t *count);
enum err store_sqlite_revision(void *state, struct bytes authority,
    int64_t *revision);
enum err store_sqlite_crl_get(void *state, struct bytes authority,
    struct stored_crl *crl);
enum err store_sqlite_crl_put(void *state, struct bytes authority,
    const struct stored_crl *crl);

enum err store_sqlite_count(void *state, struct store_counts *counts);
enum err store_sqlite_count_active(void *state,
    const struct active_filter *filter, int64_t limit, int64_t *count);
enum err store_sqlite_count_revoked(void *state, struct bytes authority,
    int64_t *count);

/* What slots share, within what changes something */

/* Finds the transaction of this number. ERR_STORE_NONE. */
CHECKED enum err store_sqlite_get_transaction(struct connection *connection,
    int64_t number, struct transaction *transaction);

/* Finds a transaction that may come into state `to`; where it is *done, there
 * is nothing to do.  ERR_STORE_NONE where it may not. */
CHECKED enum err store_sqlite_approach(struct connection *connection,
    int64_t number, enum transaction_state to, struct transaction *transaction,
    bool *done);

/* Keeps what that transaction needs until its end, if the order has such. */
CHECKED enum err store_sqlite_add_submission(struct connection *connection,
    int64_t number, const struct transaction_order *order);

/* Uses the challenge of the order, if it has one, for that transaction.
 * ERR_CHALLENGE_USED. */
CHECKED enum err store_sqlite_use_challenge(struct connection *connection,
    int64_t number, const struct transaction_order *order);

/* Gives up, as time has run out, what has been WITHHELD or SIGNING since before
 * `before`; adds how many to *count. */
CHECKED enum err store_sqlite_give_up_old(struct connection *connection,
    int64_t before, int64_t now, int64_t *count);

/* Notes what was decided, and the state that comes of it. */
CHECKED enum err store_sqlite_settle(struct connection *connection,
    int64_t number, enum transaction_state to, const struct decision *decision);

/* Notes the whole of the certificate that a transaction has. */
CHECKED enum err store_sqlite_sign_certificate(struct connection *connection,
    int64_t number, struct bytes der);

/* Revokes the certificate of that row, which nobody has got. */
CHECKED enum err
store_sqlite_withdraw_certificate(struct connection *connection, int64_t id,
    int64_t now);

/* Revokes what that transaction supersedes, if anything. */
CHECKED enum err store_sqlite_supersede(struct connection *connection,
    const struct transaction *transaction, int64_t now);

/* Adds a certificate that is known as `record` says; *id of its row. */
CHECKED enum err store_sqlite_add_certificate(struct connection *connection,
    const struct certificate_record *record, struct bytes der, int64_t *id);

/* Notes of the certificate of that transaction, which has one by now, whose it
 * is; unless it is another's. */
CHECKED enum err store_sqlite_note_origin(struct connection *connection,
    int64_t number);

/* Takes in one that was made elsewhere; *id of its row.  ERR_STORE_SERIAL where
 * another has its serial number. */
CHECKED enum err store_sqlite_take_in_certificate(struct connection *connection,
    const struct certificate_record *record, struct bytes der, int64_t *id);

/* store_count_active. */
CHECKED enum err store_sqlite_find_active(struct connection *connection,
    const struct active_filter *filter, int64_t limit, int64_t *count);

#endif
