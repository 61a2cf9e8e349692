/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <sqlite3.h>
#include <time.h>

#include "base/clock.h"
#include "tests/unit/store_database.h"

/*
 * A process that begins and issues is killed at any moment, again and again;
 * nothing of what it has said to be done is lost.  STORE_CRASH_SECONDS in the
 * environment makes that last longer.
 */
#define SECONDS 5
#define ROUNDS 300

/* What the process says, once it is done. */
struct done {
	int64_t number;
	enum transaction_state state;
	char serial[24];
};

static void
say(int fd, int64_t number, enum transaction_state state, const char *serial)
{
	struct done done = { .number = number, .state = state };

	snprintf(done.serial, sizeof(done.serial), "%s", serial);
	if (write(fd, &done, sizeof(done)) != sizeof(done))
		_exit(1);
}

/* Until it is killed. */
static void
work(int fd, int round)
{
	static const uint8_t request[1500];
	struct store *store = database_of(1);
	struct transaction transaction = { 0 };

	for (int i = 0;; i++) {
		char name[24];
		struct transaction_order order;

		snprintf(name, sizeof(name), "%d-%d", round, i);
		order = signing_order_of(name, name);
		order.request = BYTES_ARRAY(request);
		if (store_begin(store, &order, &transaction) != ERR_OK)
			_exit(1);
		say(fd, transaction.number, TRANSACTION_SIGNING, name);
		if (store_issue(store, transaction.number, order.request, NOW,
			&transaction) != ERR_OK)
			_exit(1);
		say(fd, transaction.number, TRANSACTION_ISSUED, name);
	}
}

/* Lets it work for a moment, which `round` chooses, and kills it. */
static void
work_and_be_killed(int fd, int round)
{
	const struct timespec moment = { .tv_nsec = round * 137 % 20 *
		    1000000L };
	int status;
	pid_t child = fork();

	if (child == 0)
		work(fd, round);
	assert_true(child > 0);
	nanosleep(&moment, NULL);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void
assert_done(struct store *store, const struct done *done)
{
	struct stored_certificate certificate = { 0 };

	assert_true(state_of(store, done->number) >= done->state);
	assert_int_equal(store_certificate_get(store, hash_of('a'),
			     bytes_of_string(done->serial), &certificate),
	    ERR_OK);
	assert_int_equal(certificate.der.size,
	    done->state == TRANSACTION_ISSUED ? 1500 : certificate.der.size);
	stored_certificate_clear(&certificate);
}

static void
assert_whole(void)
{
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1,
			     &statement, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

/* The store is opened while nobody works, so that none is carried over a
 * fork. */
static size_t
check_round(int fd)
{
	struct store *store = database_of(1);
	struct done done;
	size_t count = 0;

	for (; read(fd, &done, sizeof(done)) == sizeof(done); count++)
		assert_done(store, &done);
	store_close(store);
	return count;
}

static void
what_was_done_is_there_after_any_kill(void **state)
{
	const char *longer = getenv("STORE_CRASH_SECONDS");
	int64_t until = clock_monotonic_us() +
	    1000000 * (longer != NULL ? atoll(longer) : SECONDS);
	size_t done = 0;
	int round = 0;

	(void)state;
	while ((round < ROUNDS || longer != NULL) &&
	    clock_monotonic_us() < until) {
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		work_and_be_killed(ends[1], round++);
		close(ends[1]);
		done += check_round(ends[0]);
		close(ends[0]);
	}
	assert_whole();
	print_message("# %d kills, %zu steps done\n", round, done);
	assert_true(round > 10 && done > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_was_done_is_there_after_any_kill, make_folder,
		    remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
