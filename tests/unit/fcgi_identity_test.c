/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "tests/unit/unit.h"

/* Every system has it. */
#define OTHER "nobody"

static char folder[] = "/tmp/scepd-identity-XXXXXX";
static char path[sizeof(folder) + 8];

static int
make_file(void **state)
{
	int fd;

	strcpy(folder, "/tmp/scepd-identity-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chmod(folder, 0755), 0);
	snprintf(path, sizeof(path), "%s/key", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	*state = problems_new();
	return 0;
}

static int
remove_file(void **state)
{
	problems_free(*state);
	return unlink(path) != 0 || rmdir(folder) != 0;
}

static struct identity
other(struct problems *problems)
{
	struct identity identity;

	assert_int_equal(identity_find(OTHER, &identity, problems), ERR_OK);
	return identity;
}

static void
need_root(void)
{
	if (geteuid() != 0)
		skip();
}

static void
find_knows_user_and_groups(void **state)
{
	struct identity identity = other(*state);
	const struct passwd *entry = getpwnam(OTHER);
	bool found = false;

	assert_string_equal(identity.name, OTHER);
	assert_int_equal(identity.user, entry->pw_uid);
	assert_int_equal(identity.group, entry->pw_gid);
	for (size_t i = 0; i < identity.group_count; i++)
		found = found || identity.groups[i] == identity.group;
	assert_true(found);
	assert_string_equal(problems_text(*state), "");
	identity_clear(&identity);
	assert_null(identity.groups);
	assert_null(identity.name);
	identity_clear(&identity);
}

static void
who_can_not_serve_is_refused_with_a_remedy(void **state)
{
	static const struct row {
		const char *name;
		const char *why;
	} rows[] = {
		{ "no-such-user",
		    "there is no user \"no-such-user\"; make one:"
		    " useradd --system --no-create-home --shell "
		    "/usr/sbin/nologin no-such-user\n" },
		{ "", "there is no user \"\"" },
		{ "root", "user \"root\" is root" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct identity identity = { .user = 7 };

		assert_int_equal(identity_find(rows[i].name, &identity, *state),
		    ERR_CONFIGURATION);
		assert_int_equal(identity.user, 7);
		assert_non_null(strstr(problems_text(*state), rows[i].why));
	}
	assert_int_equal(problems_count(*state, PROBLEM_ERROR), COUNT(rows));
}

/* A child's exit status, once it is somebody else; 100 where it can't be. */
static int
status_as(const struct identity *identity, int (*body)(void))
{
	pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0)
		_exit(identity_assume(identity) ? body() : 100);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* How many of the ways back to root are open. */
static int
ways_back(void)
{
	static const gid_t root_group = 0;

	return (setuid(0) == 0) + (seteuid(0) == 0) + (setgid(0) == 0) +
	    (setegid(0) == 0) + (setgroups(1, &root_group) == 0) +
	    (setreuid(0, 0) == 0) + (setresuid(0, 0, 0) == 0) +
	    (setresgid(0, 0, 0) == 0);
}

static int
groups_of_root(void)
{
	gid_t groups[64];
	int count = getgroups(64, groups), found = 0;

	for (int i = 0; i < count; i++)
		found += groups[i] == 0;
	return count < 0 ? -1 : found;
}

static int
open_file(void)
{
	return open(path, O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

static void
nothing_leads_back_from_another_user(void **state)
{
	struct identity identity;

	need_root();
	identity = other(*state);
	assert_int_equal(status_as(&identity, ways_back), 0);
	assert_int_equal(status_as(&identity, groups_of_root), 0);
	assert_int_equal(status_as(&identity, open_file), EACCES);
	identity_clear(&identity);
}

static void
all_groups_are_assumed(void **state)
{
	gid_t groups[] = { 65534, 12345 };
	const struct identity identity = { .user = 65534,
		.group = 65534,
		.groups = groups,
		.group_count = COUNT(groups) };

	(void)state;
	need_root();
	assert_int_equal(chown(path, 0, 12345), 0);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(status_as(&identity, open_file), 0);
	assert_true(identity_can_read(&identity, path));
}

static void
nobody_but_root_becomes_another(void **state)
{
	struct identity identity;

	if (geteuid() == 0)
		skip();
	identity = other(*state);
	assert_int_equal(status_as(&identity, ways_back), 100);
	identity_clear(&identity);
}

static void
root_is_no_other(void **state)
{
	gid_t groups[] = { 0 };
	const struct identity root = { .groups = groups, .group_count = 1 };

	(void)state;
	assert_int_equal(status_as(&root, ways_back), 100);
}

static void
can_read_tries_it(void **state)
{
	static const struct row {
		mode_t file;
		mode_t folder;
		bool readable;
	} rows[] = {
		{ 0600, 0755, false },
		{ 0640, 0755, false },
		{ 0644, 0755, true },
		{ 0644, 0711, true },
		{ 0644, 0700, false },
	};
	struct identity identity;

	need_root();
	identity = other(*state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(chmod(path, rows[i].file), 0);
		assert_int_equal(chmod(folder, rows[i].folder), 0);
		assert_int_equal(identity_can_read(&identity, path),
		    rows[i].readable);
	}
	assert_false(identity_can_read(&identity, "/nowhere/at/all"));
	assert_int_equal(geteuid(), 0);
	identity_clear(&identity);
}

static void
can_write_tries_it_and_makes_nothing(void **state)
{
	static const struct row {
		mode_t file; /* 0: it is not there */
		mode_t folder;
		bool writable;
	} rows[] = {
		{ 0600, 0755, false },
		{ 0644, 0777, false },
		{ 0666, 0755, true },
		{ 0666, 0700, false },
		{ 0, 0777, true },
		{ 0, 0755, false },
		{ 0, 0766, false },
	};
	struct identity identity;

	need_root();
	identity = other(*state);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *wanted = xasprintf("%s%s", path,
		    rows[i].file == 0 ? ".new" : "");

		assert_int_equal(chmod(path, rows[i].file), 0);
		assert_int_equal(chmod(folder, rows[i].folder), 0);
		assert_int_equal(identity_can_write(&identity, wanted),
		    rows[i].writable);
		free(wanted);
	}
	assert_false(identity_can_write(&identity, "/nowhere/at/all"));
	identity_clear(&identity);
}

static void
can_write_without_an_identity_is_for_this_process(void **state)
{
	char *wanted = xasprintf("%s.new", path);

	(void)state;
	assert_true(identity_can_write(NULL, path));
	assert_true(identity_can_write(NULL, wanted));
	assert_false(identity_can_write(NULL, "/nowhere/at/all"));
	free(wanted);
}

static void
what_can_not_be_tried_counts_as_readable(void **state)
{
	struct identity identity;

	if (geteuid() == 0)
		skip();
	identity = other(*state);
	assert_true(identity_can_read(&identity, path));
	identity_clear(&identity);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_file, remove_file)

static enum err
look(void *context, struct problems *problems)
{
	const uid_t *expected = context;

	if (geteuid() == *expected)
		return ERR_OK;
	problem_add(problems, PROBLEM_WARNING, "this is %u",
	    (unsigned)geteuid());
	problem_add(problems, PROBLEM_ERROR, "and: not %u",
	    (unsigned)*expected);
	return ERR_INDEX;
}

static void
whoever_looks_tells_what_he_has_found(void **state)
{
	struct identity identity = other(*state);
	uid_t own = geteuid();
	struct buf expected = { 0 };

	assert_int_equal(identity_look(NULL, look, &own, *state), ERR_OK);
	need_root();
	assert_int_equal(identity_look(&identity, look, &identity.user, *state),
	    ERR_OK);
	assert_string_equal(problems_text(*state), "");
	assert_int_equal(identity_look(&identity, look, &own, *state),
	    ERR_CONFIGURATION);
	buf_printf(&expected, "warning: this is %u\nerror: and: not 0\n",
	    (unsigned)identity.user);
	assert_string_equal(problems_text(*state), buf_string(&expected));
	buf_clear(&expected);
	identity_clear(&identity);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(find_knows_user_and_groups),
		TEST(who_can_not_serve_is_refused_with_a_remedy),
		TEST(nothing_leads_back_from_another_user),
		TEST(all_groups_are_assumed),
		TEST(nobody_but_root_becomes_another),
		TEST(root_is_no_other),
		TEST(can_read_tries_it),
		TEST(can_write_tries_it_and_makes_nothing),
		TEST(can_write_without_an_identity_is_for_this_process),
		TEST(what_can_not_be_tried_counts_as_readable),
		TEST(whoever_looks_tells_what_he_has_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
