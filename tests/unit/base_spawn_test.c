/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "tests/unit/base_programs.h"
#include "tests/unit/children.h"
#include "tests/unit/descriptors.h"

static char path[] = "PATH=/usr/bin:/bin";
static char *const environment[] = { path, NULL };

enum {
	READER,
	WRITER
};

static void
make_pipe(int ends[2])
{
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

/* A descriptor from which this text is to be read. */
static int
to_be_read(struct bytes text)
{
	int ends[2];

	make_pipe(ends);
	assert_int_equal(write(ends[WRITER], text.data, text.size), text.size);
	close(ends[WRITER]);
	return ends[READER];
}

static struct spawn_order
order_of(char *const *arguments)
{
	return (struct spawn_order){ .arguments = arguments,
		.environment = environment,
		.directory = "/" };
}

/* Fails unless it ends well; what it has written. */
static struct buf
output_of(struct spawn_order order)
{
	int ends[2], input = to_be_read(BYTES_LITERAL(""));
	struct spawn_failure failure;
	struct buf output;
	pid_t pid;

	make_pipe(ends);
	order.descriptors = (int[]){ input, ends[WRITER], STDERR_FILENO };
	order.descriptor_count = 3;
	assert_true(spawn_program(&order, &pid, &failure));
	close(input);
	close(ends[WRITER]);
	output = read_to_end(ends[READER]);
	assert_ends_well(pid);
	return output;
}

static void
assert_output(struct spawn_order order, const char *expected)
{
	struct buf output = output_of(order);

	assert_same_bytes(buf_bytes(&output), bytes_of_string(expected));
	buf_clear(&output);
}

static void
assert_fails(struct spawn_order order, int cause, const char *place)
{
	struct spawn_failure failure = { 0 };
	pid_t pid = -2;

	assert_false(spawn_program(&order, &pid, &failure));
	assert_int_equal(failure.cause, cause);
	assert_string_equal(failure.place, place);
	assert_int_equal(pid, -2);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
}

static void
a_program_gets_the_arguments_and_the_directory_given(void **state)
{
	char *program = program_path("tell");
	char *const arguments[] = { program, (char[]){ "a b" }, (char[]){ "" },
		(char[]){ "$c" }, NULL };
	struct spawn_order order = order_of(arguments);
	char *expected = xasprintf("%s|a b||$c|3|%s\n", program,
	    programs_folder);

	(void)state;
	put_script("tell", "echo \"$0|$1|$2|$3|$#|$(pwd)\"");
	order.directory = programs_folder;
	assert_output(order, expected);
	free(expected);
	free(program);
}

static void
a_program_gets_the_environment_given_and_nothing_of_ours(void **state)
{
	char *const arguments[] = { (char[]){ "env" }, NULL };
	char *const given[] = { path, (char[]){ "A=b=c d" }, (char[]){ "E=" },
		NULL };
	struct spawn_order order = order_of(arguments);

	(void)state;
	assert_int_equal(setenv("SCEPD_TEST_PASSPHRASE", "secret", 1), 0);
	order.environment = given;
	assert_output(order, "PATH=/usr/bin:/bin\nA=b=c d\nE=\n");
}

/* The last one is what ls(1) itself reads the folder by. */
static void
a_program_gets_the_descriptors_given_and_no_others(void **state)
{
	char *const arguments[] = { (char[]){ "ls" },
		(char[]){ "/proc/self/fd" }, NULL };
	int another = fcntl(STDERR_FILENO, F_DUPFD, 100);

	(void)state;
	assert_true(another >= 100);
	assert_output(order_of(arguments), "0\n1\n2\n3\n");
	close(another);
}

/* That is 0 here and 3 there, 3 or more here and 0 there. */
static void
descriptors_may_stand_where_others_belong(void **state)
{
	char *const arguments[] = { (char[]){ "sh" }, (char[]){ "-c" },
		(char[]){ "cat; cat <&3" }, NULL };
	struct spawn_order order = order_of(arguments);
	int input_before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	int first = to_be_read(BYTES_LITERAL("first "));
	int second = to_be_read(BYTES_LITERAL("second"));
	int ends[2];
	struct spawn_failure failure;
	struct buf output;
	pid_t pid;

	(void)state;
	make_pipe(ends);
	assert_int_equal(dup2(second, STDIN_FILENO), STDIN_FILENO);
	order.descriptors = (int[]){ first, ends[WRITER], STDERR_FILENO,
		STDIN_FILENO };
	order.descriptor_count = 4;
	assert_true(spawn_program(&order, &pid, &failure));
	close(ends[WRITER]);
	output = read_to_end(ends[READER]);
	assert_ends_well(pid);
	assert_bytes(buf_bytes(&output), "first second");
	buf_clear(&output);
	close(first);
	close(second);
	if (input_before >= 0)
		dup2(input_before, STDIN_FILENO);
	close(input_before);
}

/* The two that the C library keeps for itself, 32 and 33, are its affair. */
static void
a_program_has_no_signals_blocked_or_ignored(void **state)
{
	char *const arguments[] = { (char[]){ "grep" }, (char[]){ "-E" },
		(char[]){ "^Sig(Blk|Ign)" }, (char[]){ "/proc/self/status" },
		NULL };
	static const int ignored[] = { SIGHUP, SIGINT, SIGPIPE, SIGUSR1 };
	unsigned long long blocked, still_ignored;
	struct buf output;
	sigset_t all, before;

	(void)state;
	sigfillset(&all);
	assert_int_equal(sigprocmask(SIG_BLOCK, &all, &before), 0);
	for (size_t i = 0; i < COUNT(ignored); i++)
		signal(ignored[i], SIG_IGN);
	output = output_of(order_of(arguments));
	for (size_t i = 0; i < COUNT(ignored); i++)
		signal(ignored[i], SIG_DFL);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
	assert_int_equal(sscanf(buf_string(&output),
			     "SigBlk: %llx SigIgn: %llx", &blocked,
			     &still_ignored),
	    2);
	assert_int_equal(blocked, 0);
	assert_int_equal(still_ignored & ~(3ULL << 31), 0);
	buf_clear(&output);
}

/* Of proc_pid_stat(5) the pid, the name, the state, the parent, the group, the
 * session and the terminal. */
static void
a_program_has_a_session_of_its_own_and_no_terminal(void **state)
{
	char *const arguments[] = { (char[]){ "cat" },
		(char[]){ "/proc/self/stat" }, NULL };
	struct buf output = output_of(order_of(arguments));
	long pid, parent, group, session, terminal;

	(void)state;
	assert_int_equal(sscanf(buf_string(&output),
			     "%ld (cat) R %ld %ld %ld %ld", &pid, &parent,
			     &group, &session, &terminal),
	    5);
	assert_int_equal(parent, getpid());
	assert_int_equal(group, pid);
	assert_int_equal(session, pid);
	assert_int_equal(terminal, 0);
	buf_clear(&output);
}

static char *
path_variable(const char *folders)
{
	struct buf text = { 0 };
	char *variable;

	for (const char *at = folders; *at != '\0'; at++) {
		if (*at == '@')
			buf_append_string(&text, programs_folder);
		else
			buf_append_octet(&text, (uint8_t)*at);
	}
	variable = xasprintf("PATH=%s", buf_string(&text));
	buf_clear(&text);
	return variable;
}

static void
a_name_is_looked_for_in_the_path_of_the_environment(void **state)
{
	static const struct {
		const char *folders; /* @ is that of the programs */
		const char *name;
		int cause; /* 0: it runs */
	} rows[] = {
		{ "@/good", "tool", 0 },
		{ "/nowhere:@/good", "tool", 0 },
		{ ":relative::@/good:", "tool", 0 },
		/* What can't be run is passed over. */
		{ "@/plain:@/folder:@/good", "tool", 0 },
		{ "@/plain:/nowhere", "tool", EACCES },
		{ "/nowhere:@/folder", "tool", EACCES },
		{ "/nowhere", "tool", ENOENT },
		{ "", "tool", ENOENT },
		/* The folder that we are in has it. */
		{ "good", "tool", ENOENT },
		{ "./good:good", "tool", ENOENT },
		{ "@", "good/tool", ENOENT },
		{ "@/good", "", ENOENT },
		{ "@/good", "../good/tool", ENOENT },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(mkdir((const char *[]){ "good", "plain",
					   "folder" }[i],
				     0700),
		    0);
	put_script("good/tool", "echo here");
	put_file("plain/tool", "#!/bin/sh\necho there\n", 0600);
	assert_int_equal(mkdir("folder/tool", 0700), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name = xstrdup(rows[i].name);
		char *variable = path_variable(rows[i].folders);
		char *const arguments[] = { name, NULL };
		struct spawn_order order = order_of(arguments);

		order.environment = (char *const[]){ variable, NULL };
		if (rows[i].cause == 0)
			assert_output(order, "here\n");
		else
			assert_fails(order, rows[i].cause, rows[i].name);
		free(variable);
		free(name);
	}
}

static void
without_a_path_no_name_is_found(void **state)
{
	char *const arguments[] = { (char[]){ "ls" }, NULL };
	struct spawn_order order = order_of(arguments);

	(void)state;
	order.environment = (char *const[]){ NULL };
	assert_fails(order, ENOENT, "ls");
}

static void
what_can_not_be_run_is_told_with_its_cause(void **state)
{
	static const struct {
		const char *name;
		int cause;
	} rows[] = {
		{ "missing", ENOENT },
		{ "forbidden", EACCES },
		{ "directory", EACCES },
		{ "no-interpreter", ENOENT },
		{ "no-program", ENOEXEC },
		{ "forbidden/beside", ENOTDIR },
	};

	(void)state;
	put_file("forbidden", "#!/bin/sh\n", 0600);
	assert_int_equal(mkdir("directory", 0700), 0);
	put_file("no-interpreter", "#!/nowhere/sh\n", 0700);
	put_file("no-program", "echo no first line\n", 0700);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *program = program_path(rows[i].name);
		char *const arguments[] = { program, NULL };

		assert_fails(order_of(arguments), rows[i].cause, program);
		free(program);
	}
}

static void
a_directory_that_is_none_is_told_apart_from_the_program(void **state)
{
	static const struct {
		const char *directory;
		int cause;
	} rows[] = {
		{ "/nowhere", ENOENT },
		{ "/bin/sh", ENOTDIR },
	};
	char *const arguments[] = { (char[]){ "ls" }, NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spawn_order order = order_of(arguments);

		order.directory = rows[i].directory;
		assert_fails(order, rows[i].cause, rows[i].directory);
	}
}

/* Linux takes no single string of more than 128 KiB. */
static void
an_environment_can_be_too_large(void **state)
{
	char *const arguments[] = { (char[]){ "env" }, NULL };
	struct spawn_order order = order_of(arguments);
	struct buf large = { 0 };

	(void)state;
	buf_append_string(&large, "LARGE=");
	memset(buf_extend(&large, 200000), 'x', 200000);
	buf_append_octet(&large, 0);
	order.environment = (char *const[]){ path, (char *)large.data, NULL };
	assert_fails(order, E2BIG, "env");
	buf_clear(&large);
}

static void
without_descriptors_nothing_is_started(void **state)
{
	char *const arguments[] = { (char[]){ "env" }, NULL };
	struct spawn_order order = order_of(arguments);
	rlim_t before;

	(void)state;
	order.descriptors = (int[]){ STDERR_FILENO };
	order.descriptor_count = 1;
	before = limit_descriptors(0);
	/* Where the limit is no higher than the place, it is EINVAL. */
	assert_fails(order, EINVAL, "env");
	limit_descriptors(2);
	assert_fails(order, EMFILE, "env");
	limit_descriptors(before);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_program_gets_the_arguments_and_the_directory_given),
		cmocka_unit_test(
		    a_program_gets_the_environment_given_and_nothing_of_ours),
		cmocka_unit_test(
		    a_program_gets_the_descriptors_given_and_no_others),
		cmocka_unit_test(descriptors_may_stand_where_others_belong),
		cmocka_unit_test(a_program_has_no_signals_blocked_or_ignored),
		cmocka_unit_test(
		    a_program_has_a_session_of_its_own_and_no_terminal),
		cmocka_unit_test(
		    a_name_is_looked_for_in_the_path_of_the_environment),
		cmocka_unit_test(without_a_path_no_name_is_found),
		cmocka_unit_test(what_can_not_be_run_is_told_with_its_cause),
		cmocka_unit_test(
		    a_directory_that_is_none_is_told_apart_from_the_program),
		cmocka_unit_test(an_environment_can_be_too_large),
		cmocka_unit_test(without_descriptors_nothing_is_started),
	};

	return cmocka_run_group_tests(tests, programs_set_up,
	    programs_tear_down);
}
