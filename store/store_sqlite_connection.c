/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/log.h"
#include "store/store_sqlite_internal.h"

/* PATH.lock lets writers queue; this is for what passes it by: a checkpoint,
 * the sqlite3 shell. */
#define BUSY_MS 5000

/* How often trouble is told, while it lasts. */
#define COMPLAIN_US (60 * INT64_C(1000000))

#define ONE_LOCAL_DISK "put it on a disk of this machine"
#define WRITABLE \
	"it, the files beside it and its folder have to be writable for the " \
	"user that scepd runs as"
#define PUT_BACK "put a backup in its place"

/* What results of SQLite mean, and what to do about them. */
static const struct trouble {
	int result; /* without its extension */
	const char *cause;
	const char *remedy;
} troubles[] = {
	{ SQLITE_FULL, "the disk is full", "make room on it" },
	{ SQLITE_IOERR, "it can't be read or written",
	    "the disk may be full or broken: look at the system's log" },
	{ SQLITE_READONLY, "it can't be written", WRITABLE },
	{ SQLITE_PERM, "it can't be opened", WRITABLE },
	{ SQLITE_CANTOPEN, "it, or a file beside it, can't be opened",
	    WRITABLE },
	{ SQLITE_CORRUPT, "it is damaged", PUT_BACK },
	{ SQLITE_NOTADB, "it is no database",
	    "name another file, or " PUT_BACK },
	{ SQLITE_BUSY, "another process keeps it locked",
	    "fuser tells which; end that" },
	{ SQLITE_PROTOCOL, "it can't be locked", ONE_LOCAL_DISK },
	{ SQLITE_NOMEM, "memory ran out", "give this machine more" },
};

static struct trouble
trouble_of(int result)
{
	for (size_t i = 0; i < COUNT(troubles); i++)
		if (troubles[i].result == (result & 0xff))
			return troubles[i];
	return (struct trouble){ result, sqlite3_errstr(result), PUT_BACK };
}

/* What the system said, where it was asked last; else what SQLite says. */
static const char *
detail_of(sqlite3 *db, int result)
{
	int system_error = db != NULL ? sqlite3_system_errno(db) : 0;

	switch (result & 0xff) {
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_FULL:
		if (system_error != 0)
			return strerror(system_error);
		break;
	}
	return sqlite3_errstr(result);
}

enum err
connection_problem(struct connection *connection, int result,
    struct problems *problems)
{
	struct trouble trouble = trouble_of(result);

	problem_add(problems, PROBLEM_ERROR, "%s: %s (%s); %s",
	    connection->store->path, trouble.cause,
	    detail_of(connection->db, result), trouble.remedy);
	return ERR_CONFIGURATION;
}

/* Whether it is time to say it; *unsaid that was not, since the last time. */
static bool
may_complain(struct sqlite_store *store, int64_t *unsaid)
{
	int64_t now = clock_monotonic_us();
	bool may;

	pthread_mutex_lock(&store->mutex);
	may = store->complained_us == 0 ||
	    now - store->complained_us >= COMPLAIN_US;
	if (may) {
		*unsaid = store->unsaid;
		store->unsaid = 0;
		store->complained_us = now;
	} else {
		store->unsaid++;
	}
	pthread_mutex_unlock(&store->mutex);
	return may;
}

enum err
connection_complain(struct connection *connection, int result)
{
	struct trouble trouble = trouble_of(result);
	struct buf line = { 0 };
	int64_t unsaid;

	if (!may_complain(connection->store, &unsaid))
		return ERR_STORE;
	log_field(&line, "event",
	    BYTES_LITERAL("the state database can't be used"));
	log_field(&line, "file", bytes_of_string(connection->store->path));
	log_field(&line, "cause", bytes_of_string(trouble.cause));
	log_field(&line, "detail",
	    bytes_of_string(detail_of(connection->db, result)));
	log_field_number(&line, "code", result);
	log_field(&line, "remedy", bytes_of_string(trouble.remedy));
	if (unsaid > 0)
		log_field_number(&line, "unsaid", unsaid);
	log_line(LOG_LEVEL_ERROR, buf_bytes(&line));
	buf_clear(&line);
	return ERR_STORE;
}

/* flock() can only fail for reasons that don't exist here, and without it
 * SQLite's own locks still hold. */
void
connection_lock(const struct connection *connection)
{
	while (flock(connection->lock, LOCK_EX) != 0 && errno == EINTR)
		continue;
}

void
connection_unlock(const struct connection *connection)
{
	(void)flock(connection->lock, LOCK_UN);
}

enum err
connection_execute(struct connection *connection, const char *sql,
    int64_t *number, struct problems *problems)
{
	sqlite3_stmt *statement = NULL;
	const char *rest = sql;
	int result = SQLITE_OK;

	while (result == SQLITE_OK && rest[0] != '\0') {
		result = sqlite3_prepare_v2(connection->db, rest, -1,
		    &statement, &rest);
		if (result == SQLITE_OK)
			result = sqlite3_step(statement);
		if (result == SQLITE_ROW && number != NULL)
			*number = sqlite3_column_int64(statement, 0);
		if (result == SQLITE_ROW || result == SQLITE_DONE)
			result = sqlite3_reset(statement);
		(void)sqlite3_finalize(statement);
		statement = NULL;
	}
	return result == SQLITE_OK ?
	    ERR_OK :
	    connection_problem(connection, result, problems);
}

/*
 * What a connection is to be; nothing of it touches the file.
 *   temp_store, mmap_size: no file is opened or mapped later
 *   journal_size_limit: a log that became large once is cut again
 *   secure_delete: requests have passwords in them, and do not stay in pages
 *       that are free
 */
#define SETTINGS \
	"PRAGMA temp_store = MEMORY;" \
	"PRAGMA mmap_size = 0;" \
	"PRAGMA synchronous = FULL;" \
	"PRAGMA journal_size_limit = 67108864;" \
	"PRAGMA secure_delete = ON;" \
	"PRAGMA trusted_schema = OFF;"

enum err
connection_open(struct connection *connection, const char *name, int flags,
    struct problems *problems)
{
	char octet;
	int result = sqlite3_open_v2(name, &connection->db,
	    flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (result != SQLITE_OK)
		return connection_problem(connection, result, problems);
	(void)sqlite3_extended_result_codes(connection->db, 1);
	(void)sqlite3_busy_timeout(connection->db, BUSY_MS);
	/* It opens /dev/urandom when it is asked for the first time. */
	sqlite3_randomness(sizeof(octet), &octet);
	if ((flags & SQLITE_OPEN_READWRITE) != 0 &&
	    sqlite3_db_readonly(connection->db, "main") == 1)
		return connection_problem(connection, SQLITE_READONLY,
		    problems);
	return connection_execute(connection, SETTINGS, NULL, problems);
}

enum err
connection_prepare(struct connection *connection, struct problems *problems)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		int result = sqlite3_prepare_v3(connection->db,
		    store_sqlite_statements[i], -1, SQLITE_PREPARE_PERSISTENT,
		    &connection->statements[i], NULL);

		if (result != SQLITE_OK)
			return connection_problem(connection, result, problems);
	}
	return ERR_OK;
}

void
connection_close(struct connection *connection)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		(void)sqlite3_finalize(connection->statements[i]);
	(void)sqlite3_close(connection->db);
	if (connection->lock >= 0)
		close(connection->lock);
}

static enum err
run(struct connection *connection, enum statement which)
{
	struct query query = query_new(connection, which);

	return query_run(&query);
}

enum err
connection_begin(struct connection *connection)
{
	enum err err;

	connection_lock(connection);
	err = run(connection, STATEMENT_BEGIN);
	if (err != ERR_OK)
		connection_unlock(connection);
	return err;
}

/* Some errors have rolled back already, a commit that failed has not. */
enum err
connection_end(struct connection *connection, enum err err)
{
	if (err == ERR_OK)
		err = run(connection, STATEMENT_COMMIT);
	if (sqlite3_get_autocommit(connection->db) == 0)
		(void)run(connection, STATEMENT_ROLLBACK);
	connection_unlock(connection);
	return err;
}
