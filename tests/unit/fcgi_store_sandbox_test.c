/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/problems.h"
#include "fcgi/sandbox.h"
#include "tests/unit/decided.h"
#include "tests/unit/store_database.h"

/* A worker opens the store before it enters its sandbox, and uses it inside.
 * Nobody leaves one, so it happens in a child, which ends with the number of
 * the line that went wrong, or 0. */

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			dprintf(STDERR_FILENO, "# line %d\n", __LINE__); \
			_exit(1); \
		} \
	} while (0)

static void
enter(void)
{
	struct problems *problems = problems_new();

	MUST(sandbox_enter(SANDBOX_WORKER, problems) == ERR_OK);
	problems_free(problems);
}

/* Each operation of transactions, to an end that can be purged. */
static void
use_transactions(struct store *store)
{
	const struct transaction_filter all = { .states = ALL_STATES };
	struct certificate_record record = record_of("approved");
	struct transaction_order order = order_of("held");
	struct transaction transaction = { 0 };
	int64_t count = 0;

	MUST(store_begin(store, &order, &transaction) == ERR_OK);
	MUST(store_find(store, &order.key, &transaction) == ERR_OK);
	MUST(decided(store, transaction.number, hash_of('r'), true,
		 BYTES_LITERAL(""), NOW) == ERR_OK);
	MUST(store_sign(store, transaction.number, BYTES_LITERAL("tbs"),
		 &record, NOW, &transaction) == ERR_OK);
	MUST(store_issue(store, transaction.number, BYTES_LITERAL("der"), NOW,
		 &transaction) == ERR_OK);
	order = order_of("lapses");
	MUST(store_begin(store, &order, &transaction) == ERR_OK);
	MUST(store_lapse(store, NOW + 1, NOW + 1, &count) == ERR_OK);
	MUST(count == 1);
	MUST(store_list(store, &all, 10, count_one, &count) == ERR_OK);
	MUST(count == 3);
	MUST(store_purge(store, NOW + 2, 10, &count) == ERR_OK);
	MUST(count == 2);
	transaction_clear(&transaction);
}

static bool
go_on(void *context, const struct stored_certificate *certificate)
{
	(void)context;
	return certificate->number > 0;
}

static void
use_certificates(struct store *store)
{
	const struct certificate_filter all = { .after = 0 };
	struct certificate_record record = record_of("added");
	struct stored_certificate certificate = { 0 };
	struct stored_crl crl = { .number = 1 };
	int64_t revision;
	bool revoked;

	MUST(store_certificate_add(store, &record, BYTES_LITERAL("der")) ==
	    ERR_OK);
	MUST(store_certificate_get(store, record.authority, record.serial,
		 &certificate) == ERR_OK);
	MUST(store_certificate_revoke(store, record.authority, record.serial, 1,
		 NOW) == ERR_OK);
	MUST(store_key_is_revoked(store, record.key, &revoked) == ERR_OK);
	MUST(revoked);
	MUST(store_key_allow(store, record.key, NOW) == ERR_OK);
	MUST(store_certificate_list(store, &all, 10, go_on, NULL) == ERR_OK);
	MUST(store_revision(store, record.authority, &revision) == ERR_OK);
	MUST(store_crl_put(store, record.authority, &crl) == ERR_OK);
	MUST(store_crl_get(store, record.authority, &crl) == ERR_OK);
	stored_certificate_clear(&certificate);
	stored_crl_clear(&crl);
}

static off_t
size_of(const char *name)
{
	struct stat about;

	return stat(in_folder(name), &about) == 0 ? about.st_size : -1;
}

/* So much that the log is brought into the file, and its index, which is
 * mapped, grows; one change is larger than the cache. */
static void
write_much(struct store *store)
{
	const size_t size = 8 << 20;
	uint8_t *request = calloc(1, size);
	struct transaction transaction = { 0 };

	MUST(request != NULL);
	for (int i = 0; i < 10; i++) {
		char id[16];
		struct transaction_order order;

		snprintf(id, sizeof(id), "large %d", i);
		order = order_of(id);
		order.request = bytes_of(request, i == 9 ? 4 * 8 : size);
		MUST(store_begin(store, &order, &transaction) == ERR_OK);
	}
	MUST(size_of("state.db") > 64 << 20);
	transaction_clear(&transaction);
	free(request);
}

static void
work_inside(void)
{
	struct store *store = database_of(2);
	struct transaction transaction = { 0 };

	enter();
	if (sandbox_has_landlock())
		MUST(open(database, O_RDONLY) < 0);
	use_transactions(store);
	use_certificates(store);
	write_much(store);
	MUST(store_get(store, 1, &transaction) == ERR_STORE_NONE);
	store_close(store);
	_exit(0);
}

static void
a_worker_uses_the_store_from_its_sandbox(void **state)
{
	pid_t child = fork();
	struct store *store;

	(void)state;
	if (child == 0)
		work_inside();
	assert_ends_well(child);
	store = database_of(1);
	assert_int_equal(count_of(store, ALL_STATES), 10);
	store_close(store);
}

/* Another process, outside, has written what is in the log. */
static void
what_others_write_is_seen_from_the_sandbox(void **state)
{
	int ready[2], go[2];
	struct transaction_order order = order_of("id");
	struct store *store;
	char octet = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready) | pipe(go), 0);
	child = fork();
	if (child == 0) {
		store = database_of(1);
		enter();
		MUST(write(ready[1], &octet, 1) == 1);
		MUST(read(go[0], &octet, 1) == 1);
		MUST(found(store, &order.key) == 1);
		order.key.transaction_id = BYTES_LITERAL("other");
		MUST(begun(store, &order) == 2);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &octet, 1), 1);
	store = database_of(1);
	begun(store, &order);
	assert_int_equal(write(go[1], &octet, 1), 1);
	assert_ends_well(child);
	assert_int_equal(count_of(store, ALL_STATES), 2);
	store_close(store);
	for (int i = 0; i < 2; i++) {
		close(ready[i]);
		close(go[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_worker_uses_the_store_from_its_sandbox, make_folder,
		    remove_folder),
		cmocka_unit_test_setup_teardown(
		    what_others_write_is_seen_from_the_sandbox, make_folder,
		    remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
