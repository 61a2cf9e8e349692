/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/isolation.h"

#include <pwd.h>

#include "store/store.h"
#include "tests/unit/conf_fixture.h"

/* What of the state database a check finds before anybody opens it.  Whom
 * workers run as where root starts them: two users that every Debian has. */

/* The user of workers: "nobody", or this one. */
static uid_t
worker(void)
{
	return geteuid() == 0 ? getpwnam("nobody")->pw_uid : geteuid();
}

static void
give_to_worker(const char *path)
{
	assert_int_equal(chown(path, worker(), (gid_t)-1), 0);
}

/* What a check says that has no keys to look at, but for a warning of kernels
 * without landlock. */
static void
assert_says(const char *state, const char *wanted)
{
	const struct settings settings = { .user = "nobody",
		.key_user = "daemon",
		.state = state };
	struct snapshot *snapshot = snapshot_new();
	struct problems *problems = problems_new();
	struct isolation isolation = { 0 };
	const char *text;
	enum err err;

	assert_int_equal(isolation_find(&settings, &isolation, problems),
	    ERR_OK);
	err = isolation_check(&isolation, &settings, snapshot, problems);
	isolation_clear(&isolation);
	text = problems_text(problems);
	if (problems_count(problems, PROBLEM_WARNING) > 0)
		text = strchr(text, '\n') + 1;
	assert_string_equal(text, wanted);
	assert_int_equal(err, *wanted != '\0' ? ERR_CONFIGURATION : ERR_OK);
	problems_free(problems);
	snapshot_free(snapshot);
}

/* As scepd does when it starts. */
static void
make_state(void)
{
	const struct store_settings settings = { .path = "db/state.db",
		.connections = 1,
		.create = true };
	struct problems *problems = problems_new();
	struct store *store = NULL;

	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(mkdir("db", 0700), 0);
	give_to_worker("db");
	assert_int_equal(store_open(&settings, &store, problems), ERR_OK);
	store_close(store);
	problems_free(problems);
}

static void
a_good_state_is_no_problem(void **state)
{
	(void)state;
	make_state();
	assert_says("db/state.db", "");
	unlink("db/state.db.lock");
	assert_says("db/state.db", "");
	unlink("db/state.db");
	assert_says("db/state.db", "");
	assert_int_not_equal(access("db/state.db", F_OK), 0);
}

static void
a_folder_is_there_or_can_be_made(void **state)
{
	(void)state;
	assert_says("no/folder/state.db",
	    "error: no/folder, the folder of the state database, can't be "
	    "made: No such file or directory; make it for the user that "
	    "scepd's workers run as\n");
	assert_says("folder/state.db",
	    geteuid() == 0 ?
		"" :
		"error: folder, the folder of the state database, can't be "
		"made: No such file or directory; make it for the user that "
		"scepd's workers run as\n");
	assert_int_not_equal(access("folder", F_OK), 0);
}

static void
workers_have_to_be_able_to_write_all_files(void **state)
{
	static const struct row {
		const char *path;
		const char *file; /* that a problem names */
	} rows[] = {
		{ "db/state.db", "db/state.db" },
		{ "db/state.db.lock", "db/state.db.lock" },
		{ "db", "db/state.db-wal" },
	};

	(void)state;
	make_state();
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *wanted = xasprintf("error: %s: workers can't write it; "
					 "the state database, the files beside "
					 "it and its folder have to be "
					 "writable for the user that they run "
					 "as%s\n",
		    rows[i].file, geteuid() == 0 ? ", nobody" : "");

		assert_int_equal(chmod(rows[i].path, 0555), 0);
		assert_says("db/state.db", wanted);
		assert_int_equal(chmod(rows[i].path, 0700), 0);
		free(wanted);
	}
	assert_says("db/state.db", "");
}

static void
what_is_no_state_of_ours_is_said(void **state)
{
	(void)state;
	make_state();
	put("db/text", "This is no database.");
	give_to_worker("db/text");
	assert_says("db/text",
	    "error: ./db/text: it is no database (file is not a database); name "
	    "another file, or put a backup in its place\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_good_state_is_no_problem),
		CONF_TEST(a_folder_is_there_or_can_be_made),
		CONF_TEST(workers_have_to_be_able_to_write_all_files),
		CONF_TEST(what_is_no_state_of_ours_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
