/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/store_database.h"

/* What happens while the store is open.  The log goes to a file. */

static int own_stderr;

static void
catch_log(void)
{
	int fd = open(in_folder("log"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);

	own_stderr = dup(STDERR_FILENO);
	assert_true(fd >= 0 && own_stderr >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
}

static void
release_log(struct buf *log)
{
	FILE *file = fopen(in_folder("log"), "r");
	size_t size = 1;

	assert_int_equal(dup2(own_stderr, STDERR_FILENO), STDERR_FILENO);
	close(own_stderr);
	assert_non_null(file);
	while (size > 0) {
		char part[1000];

		size = fread(part, 1, sizeof(part), file);
		buf_append(log, bytes_of(part, size));
	}
	fclose(file);
}

static size_t
count_lines(struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->size; i++)
		count += text->data[i] == '\n';
	return count;
}

/* As a full disk: no file may grow beyond its size now. */
static void
allow_to_grow(bool grow)
{
	struct rlimit limit;
	struct stat log, base;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(stat(in_folder("state.db-wal"), &log), 0);
	assert_int_equal(stat(database, &base), 0);
	limit.rlim_cur = grow ? limit.rlim_max : (rlim_t)log.st_size;
	if (!grow && base.st_size > log.st_size)
		limit.rlim_cur = (rlim_t)base.st_size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Begins until it can't, at most `most` times; how often it could. */
static int
begin_many(struct store *store, const char *prefix, int most, enum err *err)
{
	struct transaction transaction = { 0 };
	static uint8_t request[3000];
	int count = 0;

	*err = ERR_OK;
	while (*err == ERR_OK && count < most) {
		char id[40];
		struct transaction_order order;

		snprintf(id, sizeof(id), "%s %d", prefix, count);
		order = signing_order_of(id, id);
		order.request = BYTES_ARRAY(request);
		*err = store_begin(store, &order, &transaction);
		count += *err == ERR_OK;
	}
	transaction_clear(&transaction);
	return count;
}

static void
a_full_disk_changes_nothing_and_is_told_once(void **state)
{
	struct store *store = database_of(1);
	struct transaction_order order = signing_order_of("new", "new");
	struct transaction transaction = { 0 };
	struct stored_certificate certificate = { 0 };
	int64_t issued = made(store, "issued", TRANSACTION_ISSUED), revision;
	int64_t signing = made(store, "signing", TRANSACTION_SIGNING);
	struct buf log = { 0 };
	int64_t count;
	enum err err;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	catch_log();
	allow_to_grow(false);
	/* There is some room left in the files at most. */
	count = 2 + begin_many(store, "full", 1000, &err);
	assert_int_equal(err, ERR_STORE);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(store_begin(store, &order, &transaction),
		    ERR_STORE);
		assert_int_equal(store_issue(store, signing,
				     BYTES_LITERAL("der"), NOW, &transaction),
		    ERR_STORE);
		assert_int_equal(store_certificate_revoke(store, hash_of('a'),
				     BYTES_LITERAL("issued"), 1, NOW),
		    ERR_STORE);
	}
	/* What is there can be read. */
	assert_int_equal(state_of(store, issued), TRANSACTION_ISSUED);
	assert_int_equal(state_of(store, signing), TRANSACTION_SIGNING);
	assert_int_equal(store_find(store, &order.key, &transaction),
	    ERR_STORE_NONE);
	assert_int_equal(store_certificate_get(store, hash_of('a'),
			     BYTES_LITERAL("new"), &certificate),
	    ERR_STORE_NONE);
	assert_int_equal(store_revision(store, hash_of('a'), &revision),
	    ERR_OK);
	assert_int_equal(revision, 0);
	assert_int_equal(count_of(store, ALL_STATES), count);
	allow_to_grow(true);
	release_log(&log);
	assert_int_equal(count_lines(&log), 1);
	assert_non_null(strstr(buf_string(&log),
	    "event=\"the state database can't be used\" file="));
	assert_non_null(strstr(buf_string(&log),
	    "cause=\"it can't be read or written\""));
	buf_clear(&log);
	/* And it goes on. */
	assert_int_equal(store_issue(store, signing, BYTES_LITERAL("der"), NOW,
			     &transaction),
	    ERR_OK);
	assert_int_equal(begin_many(store, "again", 2000, &err), 2000);
	transaction_clear(&transaction);
	store_close(store);
}

/* A disk of its own, which only root can have. */
static bool
mount_small_disk(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tmpfs", folder, "tmpfs", 0, "size=512k,mode=0700") == 0;
}

static void
a_disk_that_is_full_is_named_as_that(void **state)
{
	struct transaction_order order = order_of("id");
	struct buf log = { 0 };
	struct store *store;
	int64_t count;
	enum err err;

	(void)state;
	/* The log is not on it. */
	catch_log();
	if (!mount_small_disk()) {
		release_log(&log);
		buf_clear(&log);
		skip();
	}
	store = database_of(1);
	count = begin_many(store, "full", 1000, &err);
	assert_int_equal(err, ERR_STORE);
	assert_int_equal(count_of(store, ALL_STATES), count);
	store_close(store);
	store = database_of(2);
	assert_int_equal(count_of(store, ALL_STATES), count);
	/* Somebody makes room. */
	assert_int_equal(mount(NULL, folder, NULL, MS_REMOUNT, "size=4m"), 0);
	begun(store, &order);
	store_close(store);
	assert_int_equal(umount2(folder, MNT_DETACH), 0);
	release_log(&log);
	assert_non_null(strstr(buf_string(&log), "cause=\"the disk is full\""));
	buf_clear(&log);
}

static void
what_was_done_on_a_full_disk_is_there_later(void **state)
{
	struct store *store = database_of(2), *again;
	struct buf log = { 0 };
	int64_t count;
	enum err err;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	catch_log();
	made(store, "id", TRANSACTION_ISSUED);
	allow_to_grow(false);
	count = 1 + begin_many(store, "full", 1000, &err);
	assert_int_equal(err, ERR_STORE);
	store_close(store);
	again = database_of(1);
	assert_int_equal(count_of(again, ALL_STATES), count);
	allow_to_grow(true);
	release_log(&log);
	buf_clear(&log);
	store_close(again);
}

/* What passes PATH.lock by, as SQLite's own shell does. */
static void
keep_locked(int ready, int end)
{
	sqlite3 *db;
	char octet = 0;

	if (sqlite3_open(database, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		_exit(1);
	if (write(ready, &octet, 1) != 1 || read(end, &octet, 1) != 0)
		_exit(1);
	_exit(0);
}

static void
who_keeps_it_locked_is_waited_for_and_told_of(void **state)
{
	struct store *store;
	struct transaction_order order = order_of("id");
	struct transaction transaction = { 0 };
	struct buf log = { 0 };
	int start[2], ready[2], end[2];
	char octet;
	pid_t child;

	(void)state;
	store_close(database_of(1));
	assert_int_equal(pipe(ready) | pipe(end) | pipe(start), 0);
	child = fork();
	if (child == 0) {
		close(end[1]);
		close(start[1]);
		if (read(start[0], &octet, 1) == 0)
			keep_locked(ready[1], end[0]);
		_exit(1);
	}
	/* Opened after the fork, as it is not to be carried over one, and
	 * before the lock, which would keep it from being opened. */
	store = database_of(1);
	close(start[1]);
	assert_int_equal(read(ready[0], &octet, 1), 1);
	catch_log();
	assert_int_equal(store_begin(store, &order, &transaction), ERR_STORE);
	release_log(&log);
	assert_non_null(strstr(buf_string(&log),
	    "cause=\"another process keeps it locked\""));
	buf_clear(&log);
	close(end[1]);
	assert_ends_well(child);
	begun(store, &order);
	store_close(store);
	close(ready[0]);
	close(ready[1]);
	close(end[0]);
	close(start[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_full_disk_changes_nothing_and_is_told_once, make_folder,
		    remove_folder),
		cmocka_unit_test_setup_teardown(
		    a_disk_that_is_full_is_named_as_that, make_folder,
		    remove_folder),
		cmocka_unit_test_setup_teardown(
		    what_was_done_on_a_full_disk_is_there_later, make_folder,
		    remove_folder),
		cmocka_unit_test_setup_teardown(
		    who_keeps_it_locked_is_waited_for_and_told_of, make_folder,
		    remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
