/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <pwd.h>

#include "tests/unit/tools_fixture.h"

/* The next steps, which differ by who runs the command and by the users that
 * the machine has; so both are made up here, in the C library's place. */

static uid_t runs_as;
static const char *const *users;

uid_t
geteuid(void)
{
	return runs_as;
}

struct passwd *
getpwnam(const char *name)
{
	static struct passwd found;

	for (const char *const *user = users; *user != NULL; user++)
		if (strcmp(*user, name) == 0)
			return &found;
	return NULL;
}

#define ADD "  useradd --system --no-create-home --shell /usr/sbin/nologin "
#define CHECK "  scepd -t -c "

/* What stands between "Next:" and the check of the configuration. */
static void
assert_first_steps(const char *line, const char *expected)
{
	struct buf output = output_with(line, NULL);
	char *next = strstr(buf_string(&output), "Next:\n");
	char *check;

	assert_non_null(next);
	next += strlen("Next:\n");
	check = strstr(next, CHECK);
	assert_non_null(check);
	*check = '\0';
	assert_string_equal(next, expected);
	buf_clear(&output);
}

static void
root_is_told_to_make_the_users_that_are_missing(void **state)
{
	static const struct {
		const char *line;
		uid_t runs_as;
		const char *const users[3];
		const char *expected;
	} rows[] = {
		{ "f0", 0, { NULL }, ADD "scepd\n" ADD "scepd-key\n" },
		{ "f1", 0, { "scepd", NULL }, ADD "scepd-key\n" },
		{ "f2", 0, { "scepd-key", NULL }, ADD "scepd\n" },
		{ "f3", 0, { "scepd", "scepd-key", NULL }, "" },
		{ "--user web f4", 0, { NULL }, ADD "scepd-key\n" },
		{ "--key-user keys f5", 0, { NULL }, ADD "scepd\n" },
		{ "--user web --key-user keys f6", 0, { NULL }, "" },
		{ "--socket /scepd-no-folder/s f7", 0, { NULL },
		    ADD "scepd\n" ADD "scepd-key\n"
			"  mkdir -p /scepd-no-folder\n" },
		{ "f8", 1000, { NULL }, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = xasprintf("--key secp256r1 %s", rows[i].line);

		runs_as = rows[i].runs_as;
		users = rows[i].users;
		assert_first_steps(line, rows[i].expected);
		free(line);
	}
}

/* The last steps: scepd is started, or left to others to start. */
static void
the_last_step_is_the_start(void **state)
{
	static const char *const nobody[] = { NULL };
	struct buf with, without;

	(void)state;
	users = nobody;
	with = output_with("--key secp256r1 --socket /s with", NULL);
	without = output_with("--key secp256r1 without", NULL);
	assert_non_null(strstr(buf_string(&with), "\n  scepd -c /"));
	assert_null(strstr(buf_string(&with), "systemd"));
	assert_null(strstr(buf_string(&without), "\n  scepd -c /"));
	assert_non_null(strstr(buf_string(&without), "\nand have systemd"));
	buf_clear(&with);
	buf_clear(&without);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(root_is_told_to_make_the_users_that_are_missing),
		CONF_TEST(the_last_step_is_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
