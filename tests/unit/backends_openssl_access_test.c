/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_access.h"

#include <pwd.h>

#include "tests/unit/children.h"
#include "tests/unit/conf_fixture.h"

/* Whether a user may share a CA's directory is for a user to find out:
 * permissions are nothing to root, who becomes somebody else here. */

#define NOBODY 65534
#define NAMELESS 4000000000U

/* What the CA's directory has, and what is enough of a mode. */
static const struct {
	const char *name;
	mode_t mode;
} things[] = {
	{ ".", 0777 },
	{ "newcerts", 0777 },
	{ "index.txt", 0666 },
	{ "index.txt.attr", 0444 },
};

static void
make_directory(void)
{
	assert_int_equal(mkdir("newcerts", 0700), 0);
	put("index.txt", "");
	put("index.txt.attr", "unique_subject = no\n");
	for (size_t i = 0; i < COUNT(things); i++)
		assert_int_equal(chmod(things[i].name, things[i].mode), 0);
}

/* In a child.  Who it was started as does not count. */
static void
check(uid_t user, enum err wanted, const char *findings)
{
	struct problems *problems = problems_new();
	enum err err;

	if (geteuid() == 0 && seteuid(user) != 0)
		_exit(1);
	err = openssl_access_check("index.txt", "newcerts", problems);
	if (err != wanted || strcmp(problems_text(problems), findings) != 0) {
		print_error("# %s; %s", err_name(err), problems_text(problems));
		print_error("# wanted %s", findings);
		_exit(1);
	}
	problems_free(problems);
	_exit(0);
}

static void
assert_access(uid_t user, enum err wanted, const char *findings)
{
	pid_t child = fork();

	if (child == 0)
		check(user, wanted, findings);
	assert_ends_well(child);
}

/* By the name that setfacl takes; the caller's to free(). */
static char *
finding_of(const char *path, const char *user)
{
	return xasprintf("error: %s: the user %s needs to read and write it: "
			 "Permission denied; what \"openssl ca\" writes anew "
			 "stays accessible by: setfacl -m "
			 "u:%s:rwX,d:u:%s:rwX . newcerts && setfacl -m u:%s:rw "
			 "index.txt*\n",
	    path, user, user, user, user);
}

/* The same. */
static char *
own_name(void)
{
	uid_t id = geteuid() == 0 ? NOBODY : geteuid();
	const struct passwd *user = getpwuid(id);

	return user != NULL ? xstrdup(user->pw_name) :
			      xasprintf("%u", (unsigned)id);
}

static void
who_may_read_and_write_all_of_it_may_share_it(void **state)
{
	(void)state;
	make_directory();
	assert_access(NOBODY, ERR_OK, "");
}

static void
what_is_missing_is_told_with_the_command_that_gives_it(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
		mode_t enough;
	} rows[] = {
		{ ".", 0555, 0777 },
		{ "newcerts", 0555, 0777 },
		{ "newcerts", 0666, 0777 },
		{ "newcerts", 0333, 0777 },
		{ "index.txt", 0444, 0666 },
		{ "index.txt", 0222, 0666 },
		{ "index.txt.attr", 0222, 0444 },
	};

	char *name = own_name();

	(void)state;
	make_directory();
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *finding = finding_of(rows[i].name, name);

		assert_int_equal(chmod(rows[i].name, rows[i].mode), 0);
		assert_access(NOBODY, ERR_INDEX, finding);
		assert_int_equal(chmod(rows[i].name, rows[i].enough), 0);
		free(finding);
	}
	assert_access(NOBODY, ERR_OK, "");
	free(name);
}

static void
a_user_without_a_name_has_a_number(void **state)
{
	char *finding = finding_of("index.txt", "4000000000");

	(void)state;
	if (geteuid() != 0) {
		print_message("# only root can become such a user\n");
		free(finding);
		skip();
	}
	make_directory();
	assert_int_equal(chmod("index.txt", 0644), 0);
	assert_access(NAMELESS, ERR_INDEX, finding);
	free(finding);
}

/* `openssl ca` leaves an instant without an index, and a CA need not have
 * attributes. */
static void
what_is_not_there_is_not_complained_of(void **state)
{
	(void)state;
	make_directory();
	assert_int_equal(unlink("index.txt"), 0);
	assert_int_equal(unlink("index.txt.attr"), 0);
	assert_access(NOBODY, ERR_OK, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(who_may_read_and_write_all_of_it_may_share_it),
		CONF_TEST(
		    what_is_missing_is_told_with_the_command_that_gives_it),
		CONF_TEST(a_user_without_a_name_has_a_number),
		CONF_TEST(what_is_not_there_is_not_complained_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
