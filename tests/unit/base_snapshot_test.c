/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/snapshot.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "tests/unit/unit.h"

#define VARIABLE "SCEPD_BASE_SNAPSHOT_TEST"

static const struct snapshot_item items[] = {
	{ "scepd.conf", FILE_PUBLIC, true,
	    { (const uint8_t *)"endpoints", sizeof("endpoints") - 1 } },
	{ "challenge", FILE_SECRET, false,
	    { (const uint8_t *)"secret", sizeof("secret") - 1 } },
	{ "ca.key", FILE_KEY, false,
	    { (const uint8_t *)"a private key", sizeof("a private key") - 1 } },
	{ "empty", FILE_PUBLIC, false, { NULL, 0 } },
};

static struct snapshot *
filled(void)
{
	struct snapshot *snapshot = snapshot_new();

	for (size_t i = 0; i < COUNT(items); i++)
		snapshot_add(snapshot, &items[i]);
	return snapshot;
}

/* What another process makes of it. */
static struct snapshot *
handed_over(const struct snapshot *snapshot, bool with_keys)
{
	struct snapshot *read = NULL;
	struct buf octets = { 0 };

	snapshot_append(snapshot, with_keys, &octets);
	assert_int_equal(snapshot_read(buf_bytes(&octets), &read), ERR_OK);
	buf_clear(&octets);
	return read;
}

static void
assert_has(const struct snapshot *snapshot, const struct snapshot_item *wanted)
{
	const struct snapshot_item *item = snapshot_find(snapshot,
	    wanted->name);

	assert_non_null(item);
	assert_string_equal(item->name, wanted->name);
	assert_int_equal(item->kind, wanted->kind);
	assert_int_equal(item->is_public, wanted->is_public);
	assert_same_bytes(item->contents, wanted->contents);
}

static void
what_was_added_is_there_also_in_another_process(void **state)
{
	struct snapshot *snapshot = filled();
	struct snapshot *copy = handed_over(snapshot, true);

	(void)state;
	for (size_t i = 0; i < COUNT(items); i++) {
		assert_has(snapshot, &items[i]);
		assert_has(copy, &items[i]);
		assert_string_equal(snapshot_at(copy, i)->name, items[i].name);
	}
	assert_null(snapshot_at(copy, COUNT(items)));
	assert_null(snapshot_find(copy, "scepd.con"));
	assert_false(snapshot_lacks_keys(copy));
	snapshot_free(snapshot);
	snapshot_free(copy);
}

static void
keys_can_be_left_out_and_do_not_come_back(void **state)
{
	struct snapshot *snapshot = filled();
	struct snapshot *copy = handed_over(snapshot, false);
	struct snapshot *again = handed_over(copy, true);
	struct buf octets = { 0 };

	(void)state;
	assert_null(snapshot_find(copy, "ca.key"));
	assert_has(copy, &items[0]);
	assert_has(copy, &items[1]);
	assert_true(snapshot_lacks_keys(copy));
	assert_true(snapshot_lacks_keys(again));
	snapshot_append(snapshot, false, &octets);
	assert_null(memmem(octets.data, octets.size, "private", 7));
	buf_clear(&octets);
	snapshot_free(snapshot);
	snapshot_free(copy);
	snapshot_free(again);
}

static void
an_item_that_is_read_again_takes_the_place_of_the_first(void **state)
{
	static const struct snapshot_item newer = { "scepd.conf", FILE_PUBLIC,
		false, { (const uint8_t *)"other", sizeof("other") - 1 } };
	struct snapshot *snapshot = filled();

	(void)state;
	snapshot_add(snapshot, &newer);
	assert_has(snapshot, &newer);
	snapshot_add(snapshot, snapshot_find(snapshot, "scepd.conf"));
	assert_has(snapshot, &newer);
	assert_null(snapshot_at(snapshot, COUNT(items)));
	snapshot_free(snapshot);
}

/* Each octet that is missing is noticed, but at the end of an item. */
static void
octets_that_are_cut_are_refused(void **state)
{
	struct snapshot *snapshot = filled(), *read;
	struct buf octets = { 0 };
	size_t whole = 0;

	(void)state;
	snapshot_append(snapshot, true, &octets);
	for (size_t size = 0; size < octets.size; size++) {
		read = NULL;
		if (snapshot_read(bytes_of(octets.data, size), &read) == ERR_OK)
			whole++;
		snapshot_free(read);
	}
	assert_int_equal(whole, COUNT(items));
	buf_clear(&octets);
	snapshot_free(snapshot);
}

/* A folder of the test's own with a file in it, and what is to be restored. */
static int
set_up(void **state)
{
	char *folder = xstrdup("/tmp/scepd-snapshot-XXXXXX");
	FILE *file;

	*state = folder;
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return -1;
	file = fopen("a.key", "w");
	if (file == NULL || fputs("a private key", file) < 0)
		return -1;
	return fclose(file) != 0 || chmod("a.key", 0600) != 0 ||
	    setenv(VARIABLE, "value", 1) != 0;
}

static int
tear_down(void **state)
{
	file_record(NULL);
	file_replay(NULL);
	unlink("a.key");
	if (chdir("/") != 0 || rmdir(*state) != 0)
		return -1;
	free(*state);
	return unsetenv(VARIABLE);
}

static void
assert_read(const char *path, const char *wanted)
{
	struct problems *problems = problems_new();
	struct buf contents = { 0 };

	assert_int_equal(file_read(path, FILE_KEY, 100, &contents, problems),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&contents), bytes_of_string(wanted));
	buf_clear(&contents);
	assert_int_equal(file_read_variable(VARIABLE, FILE_SECRET, &contents),
	    ERR_OK);
	assert_bytes(buf_bytes(&contents), "value");
	buf_clear(&contents);
	problems_free(problems);
}

static void
what_was_recorded_is_read_when_it_is_there_no_more(void **state)
{
	struct snapshot *snapshot = snapshot_new();

	(void)state;
	file_record(snapshot);
	assert_read("a.key", "a private key");
	file_record(NULL);
	assert_int_equal(unlink("a.key"), 0);
	assert_int_equal(unsetenv(VARIABLE), 0);
	file_replay(snapshot);
	assert_read("a.key", "a private key");
	assert_false(file_is_public("a.key"));
	assert_true(file_is_replayed());
	assert_false(file_keys_are_withheld());
	file_replay(NULL);
	assert_false(file_is_replayed());
	snapshot_free(snapshot);
}

static void
what_was_made_when_it_was_recorded_is_there_when_it_is_replayed(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct buf made = { 0 };

	(void)state;
	/* Nobody records, and it is of no consequence. */
	file_record_made("an answer", BYTES_LITERAL("lost"));
	assert_int_equal(file_replay_made("an answer", &made), ERR_FILE);
	file_record(snapshot);
	file_record_made("an answer", BYTES_LITERAL("signed"));
	assert_int_equal(file_replay_made("an answer", &made), ERR_FILE);
	file_record(NULL);
	file_replay(snapshot);
	assert_int_equal(file_replay_made("another", &made), ERR_FILE);
	assert_int_equal(made.size, 0);
	assert_int_equal(file_replay_made("an answer", &made), ERR_OK);
	assert_bytes(buf_bytes(&made), "signed");
	file_replay(NULL);
	snapshot_free(snapshot);
	buf_clear(&made);
}

static void
what_was_not_recorded_is_not_read_though_it_is_there(void **state)
{
	struct snapshot *snapshot = filled();
	struct snapshot *without = handed_over(snapshot, false);
	struct problems *problems = problems_new();
	struct buf contents = { 0 };

	(void)state;
	file_replay(without);
	assert_int_equal(file_read("a.key", FILE_KEY, 100, &contents, problems),
	    ERR_FILE);
	assert_string_equal(problems_text(problems),
	    "error: a.key: was not there when the configuration was "
	    "checked\n");
	assert_int_equal(file_read_variable(VARIABLE, FILE_SECRET, &contents),
	    ERR_FILE);
	assert_true(file_is_public("scepd.conf"));
	assert_false(file_is_public("/"));
	assert_true(file_keys_are_withheld());
	assert_int_equal(contents.size, 0);
	file_replay(NULL);
	problems_free(problems);
	snapshot_free(snapshot);
	snapshot_free(without);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_was_made_when_it_was_recorded_is_there_when_it_is_replayed),
		cmocka_unit_test(
		    what_was_added_is_there_also_in_another_process),
		cmocka_unit_test(keys_can_be_left_out_and_do_not_come_back),
		cmocka_unit_test(
		    an_item_that_is_read_again_takes_the_place_of_the_first),
		cmocka_unit_test(octets_that_are_cut_are_refused),
		cmocka_unit_test_setup_teardown(
		    what_was_recorded_is_read_when_it_is_there_no_more, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_was_not_recorded_is_not_read_though_it_is_there,
		    set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
