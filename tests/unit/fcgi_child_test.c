/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/unit/unit.h"

/* A descriptor that the parent was started with. */
#define INHERITED 100

/*
 * child_start runs this very program, by the name of a role: it then reports
 * what it was born with at its place for the snapshot, and ends.
 */
static int
be_child(enum child_role role)
{
	char text[200], input;
	int signal_of_parent = 0;

	prctl(PR_GET_PDEATHSIG, &signal_of_parent);
	snprintf(text, sizeof(text), "role %d signal %d secret %s zone %s %s",
	    role, signal_of_parent, getenv("SCEPD_CHILD_SECRET"), getenv("TZ"),
	    fcntl(CHILD_CHANNELS, F_GETFD) == 0 &&
		    fcntl(CHILD_CHANNELS + 1, F_GETFD) < 0 &&
		    fcntl(INHERITED, F_GETFD) < 0 &&
		    read(STDIN_FILENO, &input, 1) == 0 ?
		"one channel" :
		"other channels");
	if (write(CHILD_SNAPSHOT, text, strlen(text)) < 0)
		return EXIT_FAILURE;
	child_tell_ready();
	return fcntl(CHILD_READY, F_GETFD) < 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What a child of that role says of itself. */
static void
assert_says(enum child_role role, const char *wanted)
{
	int said[2], ready[2], status = -1;
	pid_t pid, told = 0;
	char text[200] = "";

	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = child_start(&(struct child_order){ .role = role,
	    .number = 7,
	    .descriptors = (int[]){ said[1], ready[1], said[0], said[0],
		said[0], ready[0] },
	    .count = CHILD_CHANNELS + 1 - CHILD_SNAPSHOT });
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(read(said[0], text, sizeof(text) - 1) > 0);
	assert_string_equal(text, wanted);
	assert_int_equal(read(ready[0], &told, sizeof(told)), sizeof(told));
	assert_int_equal(told, pid);
	for (size_t i = 0; i < 2; i++) {
		close(said[i]);
		close(ready[i]);
	}
}

static void
children_know_their_role_and_get_what_is_theirs(void **state)
{
	(void)state;
	setenv("SCEPD_CHILD_SECRET", "passphrase", 1);
	setenv("TZ", "UTC", 1);
	assert_says(CHILD_WORKER,
	    "role 0 signal 15 secret (null) zone UTC one channel");
	assert_says(CHILD_WORKER_KEYS,
	    "role 1 signal 0 secret passphrase zone UTC one channel");
	assert_says(CHILD_KEEPER,
	    "role 2 signal 15 secret (null) zone UTC one channel");
	assert_says(CHILD_KEEPER_KEYS,
	    "role 3 signal 0 secret passphrase zone UTC one channel");
}

static void
names_tell_roles_apart_and_nobody_has_one_by_chance(void **state)
{
	static const struct row {
		const char *name;
		bool is_child;
		enum child_role role;
	} rows[] = {
		{ "scepd: worker 1", true, CHILD_WORKER },
		{ "scepd: worker 256", true, CHILD_WORKER },
		{ "scepd: key process of worker 2", true, CHILD_WORKER_KEYS },
		{ "scepd: keeper", true, CHILD_KEEPER },
		{ "scepd: key process of the keeper", true, CHILD_KEEPER_KEYS },
		{ "scepd: worker", false, 0 },
		{ "scepd: keeper 1", false, 0 },
		{ "scepd: ", false, 0 },
		{ "scepd", false, 0 },
		{ "/usr/sbin/scepd", false, 0 },
		{ "worker 1", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum child_role role = CHILD_ROLES;

		assert_int_equal(child_role_of(rows[i].name, &role),
		    rows[i].is_child);
		assert_int_equal(role,
		    rows[i].is_child ? rows[i].role : CHILD_ROLES);
	}
}

static bool
echo(void *context)
{
	return *(const bool *)context;
}

static void
a_copy_runs_a_function_and_ends_with_its_answer(void **state)
{
	(void)state;
	for (int answer = 0; answer < 2; answer++) {
		bool wanted = answer != 0;
		int status = -1;
		pid_t pid = child_run(echo, &wanted);

		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), wanted ? 0 : 1);
	}
}

static void
a_child_that_can_not_start_ends_with_a_status_of_its_own(void **state)
{
	int status = -1;
	pid_t pid = child_start(&(struct child_order){ .role = CHILD_KEEPER,
	    .descriptors = (int[]){ -1 },
	    .count = 1 });

	(void)state;
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 127);
}

static int
open_input(void)
{
	int ends[2];

	return pipe(ends) == 0 && write(ends[1], "x", 1) == 1 ? ends[0] : -1;
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    children_know_their_role_and_get_what_is_theirs),
		cmocka_unit_test(
		    names_tell_roles_apart_and_nobody_has_one_by_chance),
		cmocka_unit_test(
		    a_copy_runs_a_function_and_ends_with_its_answer),
		cmocka_unit_test(
		    a_child_that_can_not_start_ends_with_a_status_of_its_own),
	};
	enum child_role role;

	if (argc == 1 && child_role_of(argv[0], &role))
		return be_child(role);
	/* With something to read as standard input. */
	if (dup2(STDERR_FILENO, INHERITED) < 0 ||
	    dup2(open_input(), STDIN_FILENO) < 0 || !child_prepare())
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
