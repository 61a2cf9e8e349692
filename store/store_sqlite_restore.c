/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "store/store_sqlite_internal.h"

/* The copy */

/* What scepd would find wrong only when it comes to it. */
static enum err
check_integrity(struct single_connection *single, struct problems *problems)
{
	int64_t faults = 0;
	enum err err = connection_execute(&single->connection,
	    "SELECT count(*) FROM pragma_integrity_check(1) "
	    "WHERE integrity_check <> 'ok'",
	    &faults, problems);

	if (err != ERR_OK || faults == 0)
		return err;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: it is damaged; take another backup", single->store->path);
	return ERR_CONFIGURATION;
}

static enum err
check_backup(struct single_connection *backup, struct problems *problems)
{
	enum err err = store_sqlite_check_label(&backup->connection, false,
	    problems);

	return err == ERR_OK ? check_integrity(backup, problems) : err;
}

/* Those that are here are not the newest, so others are to be made at once;
 * their numbers are larger than any that was made (scep/crl_make.h). */
static enum err
call_for_crls(const char *path, struct problems *problems)
{
	struct single_connection single;
	enum err err = single_connection_open(&single, path,
	    SQLITE_OPEN_READWRITE, problems);

	if (err == ERR_OK)
		err = connection_execute(&single.connection,
		    "UPDATE crls SET revision = -1", NULL, problems);
	single_connection_close(&single);
	return err;
}

/* The place */

/* The names of all that has to do with a restoration. */
struct places {
	char *path; /* the store's, without links */
	char *log;
	char *shared;
	char *made; /* the copy, until it takes the place */
	char *journal;
	char *kept;
	char *kept_log;
};

static bool
find_places(const struct store_restoration *order, struct places *places)
{
	places->path = realpath(order->path, NULL);
	if (places->path == NULL)
		return false;
	places->log = xasprintf("%s-wal", places->path);
	places->shared = xasprintf("%s-shm", places->path);
	places->made = xasprintf("%s.restored", places->path);
	places->journal = xasprintf("%s-journal", places->made);
	places->kept = xasprintf("%s.%s", places->path, order->suffix);
	places->kept_log = xasprintf("%s-wal", places->kept);
	return true;
}

static void
free_places(struct places *places)
{
	free(places->path);
	free(places->log);
	free(places->shared);
	free(places->made);
	free(places->journal);
	free(places->kept);
	free(places->kept_log);
}

static void
remove_made(const struct places *places)
{
	unlink(places->made);
	unlink(places->journal);
}

static enum err
make_copy(struct single_connection *backup, const struct places *places,
    struct problems *problems)
{
	enum err err = ERR_OK;
	int fd;

	remove_made(places);
	fd = store_sqlite_make_file(places->made, places->path);
	if (fd < 0)
		return store_sqlite_complain(problems, places->made,
		    "the folder of the state database has to be writable");
	close(fd);
	err = store_sqlite_copy(&backup->connection, places->made, problems);
	return err == ERR_OK ? call_for_crls(places->made, problems) : err;
}

#define NAME_TO_KEEP "the database that is there can't be kept by this name"

/* By a second name, so that there is one at each moment. */
static enum err
keep(const struct places *places, struct buf *kept, struct problems *problems)
{
	struct stat about;

	if (stat(places->path, &about) != 0 || about.st_size == 0)
		return ERR_OK;
	if (link(places->path, places->kept) != 0)
		return store_sqlite_complain(problems, places->kept,
		    NAME_TO_KEEP);
	if (link(places->log, places->kept_log) != 0 && errno != ENOENT) {
		(void)store_sqlite_complain(problems, places->kept_log,
		    NAME_TO_KEEP);
		unlink(places->kept);
		return ERR_FILE;
	}
	buf_append_string(kept, places->kept);
	return ERR_OK;
}

/* A log that stayed would be taken for the new one's. */
static enum err
put_in_place(const struct places *places, struct buf *kept,
    struct problems *problems)
{
	enum err err = keep(places, kept, problems);

	if (err != ERR_OK)
		return err;
	unlink(places->log);
	unlink(places->shared);
	if (rename(places->made, places->path) != 0) {
		(void)store_sqlite_complain(problems, places->path,
		    "look at its folder");
		(void)!link(places->kept_log, places->log);
		return ERR_FILE;
	}
	store_sqlite_sync_folder(places->path);
	return ERR_OK;
}

/* Where SQLite locks a file: whoever has one with a write-ahead log open holds
 * a shared lock on some of these octets (SQLite's os.h: PENDING_BYTE and what
 * follows it). */
#define LOCK_START 0x40000000
#define LOCK_SIZE 512

/* Locked against all others, until it is closed; -1. */
static int
open_alone(const char *path, struct problems *problems)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = LOCK_START,
		.l_len = LOCK_SIZE };
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return fd;
	if (fd < 0)
		(void)store_sqlite_complain(problems, path,
		    "it has to be writable for whoever restores it");
	else
		problem_add(problems, PROBLEM_ERROR,
		    "%s: somebody has it open; stop scepd first, and see who "
		    "else it is: fuser %s",
		    path, path);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Under PATH.lock, where whoever opens the store waits. */
static enum err
replace(struct single_connection *backup, const struct store_restoration *order,
    struct buf *kept, struct problems *problems)
{
	struct places places = { 0 };
	enum err err = ERR_FILE;
	int fd;

	if (!find_places(order, &places))
		return store_sqlite_complain(problems, order->path,
		    "look at its folder");
	fd = open_alone(places.path, problems);
	if (fd >= 0) {
		err = make_copy(backup, &places, problems);
		if (err == ERR_OK)
			err = put_in_place(&places, kept, problems);
		remove_made(&places);
		close(fd);
	}
	free_places(&places);
	return err;
}

static enum err
replace_locked(struct single_connection *backup,
    const struct store_restoration *order, struct buf *kept,
    struct problems *problems)
{
	const struct store_settings settings = { .path = order->path,
		.create = true };
	struct connection lock = { 0 };
	enum err err = store_sqlite_prepare_file(&settings, problems);

	if (err != ERR_OK)
		return err;
	lock.lock = store_sqlite_open_lock(order->path, problems);
	if (lock.lock < 0)
		return ERR_FILE;
	connection_lock(&lock);
	err = replace(backup, order, kept, problems);
	close(lock.lock);
	return err;
}

enum err
store_sqlite_restore(const struct store_restoration *order, struct buf *kept,
    struct problems *problems)
{
	struct single_connection backup;
	enum err err;

	if (access(order->backup, R_OK) != 0)
		return store_sqlite_complain(problems, order->backup,
		    "name a backup of the state database");
	err = single_connection_open(&backup, order->backup,
	    SQLITE_OPEN_READONLY, problems);

	if (err == ERR_OK)
		err = check_backup(&backup, problems);
	if (err == ERR_OK)
		err = replace_locked(&backup, order, kept, problems);
	single_connection_close(&backup);
	return err == ERR_OK ? ERR_OK : ERR_FILE;
}
