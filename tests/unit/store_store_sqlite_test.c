/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/stat.h>

#include "tests/unit/store_contract_active.h"
#include "tests/unit/store_contract_alarms.h"
#include "tests/unit/store_contract_challenges.h"
#include "tests/unit/store_contract_notifications.h"
#include "tests/unit/store_contract_withheld.h"
#include "tests/unit/store_database.h"

/* Fewer than the threads of the contract, so that some wait. */
#define CONNECTIONS 3

static int
open_store(void **state)
{
	if (make_folder(state) != 0)
		return -1;
	*state = database_of(CONNECTIONS);
	return 0;
}

static int
close_store(void **state)
{
	store_close(*state);
	return remove_folder(state);
}

static void
all_is_there_after_it_was_closed(void **state)
{
	struct stored_crl crl = { .number = 3 };
	int64_t number = made(*state, "id", TRANSACTION_ISSUED), revision;

	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     BYTES_LITERAL("id"), 1, NOW),
	    ERR_OK);
	assert_int_equal(store_crl_put(*state, hash_of('a'), &crl), ERR_OK);
	store_close(*state);
	*state = database_of(1);
	assert_int_equal(state_of(*state, number), TRANSACTION_ISSUED);
	assert_int_equal(store_revision(*state, hash_of('a'), &revision),
	    ERR_OK);
	assert_int_equal(revision, 1);
	assert_int_equal(store_crl_get(*state, hash_of('a'), &crl), ERR_OK);
	assert_int_equal(crl.number, 3);
	stored_crl_clear(&crl);
}

static void
all_files_are_their_owners_alone(void **state)
{
	static const char *const names[] = { "state.db", "state.db-wal",
		"state.db-shm", "state.db.lock" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct stat about;

		assert_int_equal(stat(in_folder(names[i]), &about), 0);
		assert_int_equal(about.st_mode & 07777, 0600);
		assert_int_equal(about.st_uid, geteuid());
	}
}

/* Processes: each is a rival with a store of its own. */

#define PROCESSES 4

/* What a rival does, alone in its process. */
typedef void *competition(void *rival);

static int64_t
compete_alone(competition *run, char name, int start)
{
	pthread_barrier_t alone;
	struct rival rival = { .store = database_of(1),
		.start = &alone,
		.name = name };
	char octet;

	pthread_barrier_init(&alone, NULL, 1);
	/* They are let go all at once. */
	if (read(start, &octet, 1) != 0)
		return 1;
	run(&rival);
	store_close(rival.store);
	return rival.failed;
}

static void
compete_in_processes(void **state, competition *run)
{
	pid_t children[PROCESSES];
	int start[2];

	store_close(*state);
	*state = NULL;
	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			close(start[1]);
			_exit((int)compete_alone(run, (char)('a' + i),
			    start[0]));
		}
	}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < PROCESSES; i++)
		assert_ends_well(children[i]);
	*state = database_of(1);
	assert_int_equal(count_of(*state, ALL_STATES), REQUESTS);
	assert_int_equal(count_of(*state, 1U << TRANSACTION_ISSUED), REQUESTS);
}

static void
of_requests_that_come_to_several_processes_one_is_begun(void **state)
{
	compete_in_processes(state, compete);
}

static void
of_requests_with_one_challenge_to_several_processes_one_is_begun(void **state)
{
	mint_for_rivals(*state);
	compete_in_processes(state, compete_for_challenges);
}

static void
several_processes_make_one_database(void **state)
{
	pid_t children[PROCESSES];

	store_close(*state);
	*state = NULL;
	for (int round = 0; round < 10; round++) {
		unlink(database);
		for (int i = 0; i < PROCESSES; i++) {
			children[i] = fork();
			if (children[i] == 0) {
				struct store *store = database_of(2);

				store_close(store);
				_exit(0);
			}
		}
		for (int i = 0; i < PROCESSES; i++)
			assert_ends_well(children[i]);
	}
	*state = database_of(1);
}

static void
a_copy_has_all_and_numbers_go_on_in_it(void **state)
{
	struct problems *problems = problems_new();
	struct transaction_order order = order_of("new");
	struct stat about;
	int64_t issued = made(*state, "id", TRANSACTION_ISSUED), count;
	int64_t last = made(*state, "last", TRANSACTION_ISSUED);

	assert_int_equal(store_purge(*state, NOW + 1, 1, &count), ERR_OK);
	assert_int_equal(store_purge(*state, NOW + 1, 1, &count), ERR_OK);
	made(*state, "held", TRANSACTION_HELD);
	assert_int_equal(store_backup(*state, in_folder("copy"), problems),
	    ERR_OK);
	assert_int_equal(stat(in_folder("copy"), &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	/* There is something now, and it is left alone. */
	assert_int_equal(store_backup(*state, in_folder("copy"), problems),
	    ERR_FILE);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 1);
	problems_free(problems);
	store_close(*state);
	strcpy(database, in_folder("copy"));
	*state = database_of(1);
	assert_int_equal(count_of(*state, ALL_STATES), 1);
	assert_true(begun(*state, &order) > last + 1 && last > issued);
}

static off_t
log_size(void)
{
	struct stat about;

	assert_int_equal(stat(in_folder("state.db-wal"), &about), 0);
	return about.st_size;
}

/* Somebody looks every two seconds. */
static void
a_sweep_that_finds_nothing_and_clears_nothing_writes_nothing(void **state)
{
	struct alarm_sweep sweep = { "x", kinds_ab, NULL, 0, NOW };
	off_t before;

	sweep_many(*state, 0, 1, NULL);
	before = log_size();
	sweep.subject = "y";
	assert_int_equal(store_alarms_sweep(*state, &sweep, NULL, NULL),
	    ERR_OK);
	assert_int_equal(log_size(), before);
	sweep.subject = "x";
	assert_int_equal(store_alarms_sweep(*state, &sweep, NULL, NULL),
	    ERR_OK);
	assert_true(log_size() > before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT_TRANSACTIONS,
		CONTRACT_CERTIFICATES,
		CONTRACT_ACTIVE,
		CONTRACT_ALARMS,
		CONTRACT_REPLACES,
		CONTRACT_WITHHELD,
		CONTRACT_NOTIFICATIONS,
		CONTRACT_CHALLENGES,
		CONTRACT_TEST(all_is_there_after_it_was_closed),
		CONTRACT_TEST(all_files_are_their_owners_alone),
		CONTRACT_TEST(
		    of_requests_that_come_to_several_processes_one_is_begun),
		CONTRACT_TEST(
		    of_requests_with_one_challenge_to_several_processes_one_is_begun),
		CONTRACT_TEST(several_processes_make_one_database),
		CONTRACT_TEST(
		    a_sweep_that_finds_nothing_and_clears_nothing_writes_nothing),
		CONTRACT_TEST(a_copy_has_all_and_numbers_go_on_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
