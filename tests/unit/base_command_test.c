/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/base_programs.h"

/* What is not about time has so much of it that no machine is too slow. */
#define LONG_MS 300000

/* Time that is to be over before the command has ended. */
#define SHORT_MS 100

static const struct environment_variable variables[] = {
	{ .name = "PATH", .value = BYTES_LITERAL("/usr/bin:/bin") },
	{ .name = "SCEP_SUBJECT", .value = BYTES_LITERAL("CN=a b") },
};

/* A script that is written, and run as a command: each is a file of its own, as
 * a shell that was started may not have read its own yet. */
struct run {
	char *program;
	char *arguments[2];
	struct command_spec spec;
	struct command_order order;
};

static void
set_run(struct run *run, const char *script)
{
	static unsigned count;
	char *name = xasprintf("script-%u", count++);

	put_script(name, script);
	*run = (struct run){ .program = program_path(name) };
	free(name);
	run->arguments[0] = run->program;
	run->spec = (struct command_spec){ .arguments = run->arguments,
		.deadline_ms = LONG_MS,
		.grace_ms = LONG_MS };
	run->order = (struct command_order){ .spec = &run->spec,
		.variables = variables,
		.variable_count = COUNT(variables) };
}

static void
clear_run(struct run *run)
{
	free(run->program);
}

static void
assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* How many descriptors this process has. */
static unsigned
count_open(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1000; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static struct command_result
result_of(const struct run *run)
{
	struct command_result result;
	unsigned open_before = count_open();

	assert_int_equal(command_run(&run->order, &result), ERR_OK);
	assert_no_child();
	assert_int_equal(count_open(), open_before);
	return result;
}

static void
assert_result(struct command_result *result, enum command_ending ending,
    int number, const char *output)
{
	assert_int_equal(result->ending, ending);
	assert_int_equal(result->number, number);
	assert_same_bytes(buf_bytes(&result->output), bytes_of_string(output));
	command_result_clear(result);
}

static long
number_in(const char *file)
{
	FILE *stream = fopen(file, "r");
	long number = 0;

	assert_non_null(stream);
	assert_int_equal(fscanf(stream, "%ld", &number), 1);
	fclose(stream);
	assert_true(number > 1);
	return number;
}

/* Of proc_pid_stat(5) the state; one that was reaped has none. */
static char
state_of(long pid)
{
	char name[40], state = '-';
	FILE *stream;

	snprintf(name, sizeof(name), "/proc/%ld/stat", pid);
	stream = fopen(name, "r");
	if (stream == NULL)
		return state;
	if (fscanf(stream, "%*d (%*[^)]) %c", &state) != 1)
		state = '-';
	fclose(stream);
	return state;
}

/* Returns when the process has ended; that one was killed takes a moment. */
static void
await_end(long pid)
{
	while (strchr("-ZX", state_of(pid)) == NULL)
		usleep(1000);
}

/* What a script writes to the fifo of this name, as soon as it does. */
static struct buf
await_word(const char *fifo)
{
	int fd = open(fifo, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return read_to_end(fd);
}

static void
make_fifo(const char *name)
{
	unlink(name);
	assert_int_equal(mkfifo(name, 0600), 0);
}

static void
what_a_command_says_and_its_status_are_the_result(void **state)
{
	static const struct {
		const char *script;
		enum command_ending ending;
		int number;
		const char *output;
	} rows[] = {
		{ "echo cookie", COMMAND_EXITED, 0, "cookie\n" },
		{ "echo cookie; exit 5", COMMAND_EXITED, 5, "cookie\n" },
		{ "exit 255", COMMAND_EXITED, 255, "" },
		{ "echo x; kill -SEGV $$", COMMAND_KILLED, SIGSEGV, "x\n" },
		{ "kill -TERM $$", COMMAND_KILLED, SIGTERM, "" },
		{ "kill -KILL 0", COMMAND_KILLED, SIGKILL, "" },
		{ "echo \"$SCEP_SUBJECT|$HOME|$(pwd)\"", COMMAND_EXITED, 0,
		    "CN=a b||/\n" },
		{ "exec >&- 2>&- <&-; exit 7", COMMAND_EXITED, 7, "" },
		{ "ls /proc/self/fd", COMMAND_EXITED, 0, "0\n1\n2\n3\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		result = result_of(&run);
		assert_int_equal(result.errors.size, 0);
		assert_true(result.took_ms >= 0);
		assert_result(&result, rows[i].ending, rows[i].number,
		    rows[i].output);
		clear_run(&run);
	}
}

static void
stderr_is_kept_apart_and_its_beginning_only(void **state)
{
	struct command_result result;
	struct run run;

	(void)state;
	set_run(&run, "echo why >&2; echo cookie");
	result = result_of(&run);
	assert_bytes(buf_bytes(&result.errors), "why\n");
	assert_result(&result, COMMAND_EXITED, 0, "cookie\n");
	clear_run(&run);

	/* More than a pipe holds. */
	set_run(&run,
	    "echo why >&2; head -c 3000000 /dev/zero >&2; echo cookie");
	result = result_of(&run);
	assert_int_equal(result.errors.size, COMMAND_ERRORS_LIMIT);
	assert_memory_equal(result.errors.data, "why\n\0\0", 6);
	assert_result(&result, COMMAND_EXITED, 0, "cookie\n");
	clear_run(&run);
}

/* More than a pipe holds. */
static void
a_command_may_read_its_input_or_leave_it(void **state)
{
	static const struct {
		const char *script;
		const char *output;
	} rows[] = {
		{ "wc -c", "200000\n" },
		{ "head -c 3; exec <&-", "xxx" },
		{ "exec <&-; echo unread", "unread\n" },
		{ "echo unread", "unread\n" },
		/* It can't be changed. */
		{ "echo new 2>/dev/null >/proc/self/fd/0 || wc -c",
		    "200000\n" },
	};
	struct buf input = { 0 };

	(void)state;
	memset(buf_extend(&input, 200000), 'x', 200000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		run.order.input = buf_bytes(&input);
		result = result_of(&run);
		assert_result(&result, COMMAND_EXITED, 0, rows[i].output);
		clear_run(&run);
	}
	buf_clear(&input);
}

static void
a_secret_is_read_from_descriptor_3(void **state)
{
	char long_secret[COMMAND_SECRET_LIMIT + 1];
	const struct {
		struct bytes secret;
		const char *script;
		const char *output;
	} rows[] = {
		{ BYTES_LITERAL("pass\0word"), "cat <&3 | tr '\\0' 0",
		    "pass0word" },
		{ BYTES_LITERAL("once"), "cat <&3; cat <&3", "once" },
		{ BYTES_LITERAL("unread"), "exec 3<&-; cat", "" },
		{ bytes_of(NULL, 0), "cat <&3", "" },
		{ bytes_of(long_secret, COMMAND_SECRET_LIMIT),
		    "cat <&3 | wc -c", "4096\n" },
		{ BYTES_LITERAL("x"), "ls /proc/self/fd", "0\n1\n2\n3\n4\n" },
	};

	(void)state;
	memset(long_secret, 'x', sizeof(long_secret));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		run.order.secret = &rows[i].secret;
		result = result_of(&run);
		assert_result(&result, COMMAND_EXITED, 0, rows[i].output);
		clear_run(&run);
	}
}

static void
what_can_not_be_told_is_refused(void **state)
{
	static const uint8_t long_secret[COMMAND_SECRET_LIMIT + 1];
	static const struct bytes secret = BYTES_ARRAY(long_secret);
	static const struct environment_variable bad = {
		.name = "SCEP_SUBJECT",
		.value = BYTES_LITERAL("a\nSCEP_OPERATION=b"),
	};
	struct command_result result = { .number = 77 };
	struct run run;

	(void)state;
	set_run(&run, "true");
	run.order.secret = &secret;
	assert_int_equal(command_run(&run.order, &result), ERR_COMMAND_VALUE);
	run.order.secret = NULL;
	run.order.variables = &bad;
	run.order.variable_count = 1;
	assert_int_equal(command_run(&run.order, &result), ERR_COMMAND_VALUE);
	assert_int_equal(result.number, 77);
	clear_run(&run);
}

static void
what_can_not_be_started_says_why(void **state)
{
	static const struct {
		const char *name;
		int cause;
	} rows[] = {
		{ "missing", ENOENT },
		{ "forbidden", EACCES },
		{ "directory", EACCES },
	};

	(void)state;
	put_file("forbidden", "#!/bin/sh\n", 0600);
	assert_int_equal(mkdir("directory", 0700), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, "true");
		run.arguments[0] = program_path(rows[i].name);
		result = result_of(&run);
		assert_string_equal(result.place, run.arguments[0]);
		assert_result(&result, COMMAND_NOT_STARTED, rows[i].cause, "");
		free(run.arguments[0]);
		clear_run(&run);
	}
}

static void
a_directory_that_is_missing_is_named(void **state)
{
	struct command_result result;
	struct run run;

	(void)state;
	set_run(&run, "true");
	run.spec.directory = "/nowhere";
	result = result_of(&run);
	assert_string_equal(result.place, "/nowhere");
	assert_result(&result, COMMAND_NOT_STARTED, ENOENT, "");
	clear_run(&run);
}

/* Output */

static void
a_command_that_says_too_much_is_killed(void **state)
{
	static const struct {
		const char *script;
		size_t limit;
		size_t kept;
	} rows[] = {
		{ "trap '' TERM; while :; do echo flood; done", 0, 65536 },
		{ "cat /dev/zero & wait", 100000, 100000 },
		{ "echo 123456789; sleep 1000", 9, 9 },
		/* Nobody is left to be killed. */
		{ "echo 123456789", 9, 9 },
		{ "head -c 65537 /dev/zero", 0, 65536 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, rows[i].script);
		run.spec.output_limit = rows[i].limit;
		result = result_of(&run);
		assert_int_equal(result.ending, COMMAND_TALKATIVE);
		assert_int_equal(result.output.size, rows[i].kept);
		command_result_clear(&result);
		clear_run(&run);
	}
}

static void
a_command_may_say_as_much_as_is_allowed(void **state)
{
	struct command_result result;
	struct run run;

	(void)state;
	set_run(&run, "head -c 65536 /dev/zero; exit 3");
	result = result_of(&run);
	assert_int_equal(result.ending, COMMAND_EXITED);
	assert_int_equal(result.number, 3);
	assert_int_equal(result.output.size, 65536);
	command_result_clear(&result);
	clear_run(&run);
}

/* Those that a command leaves behind */

static void
what_is_left_of_the_group_is_killed_and_not_waited_for(void **state)
{
	static const char *const scripts[] = {
		/* It holds stdout. */
		"sleep 1000 & echo $! >grandchild; echo x",
		"sleep 1000 >&- 2>&- <&- & echo $! >grandchild; echo x",
		"trap '' TERM; sleep 1000 & echo $! >grandchild; echo x",
		"sh -c 'sleep 1000 & echo $! >grandchild'; echo x",
		/* The death of the command itself spares nobody. */
		"sleep 1000 & echo $! >grandchild; echo x; kill -KILL $$",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct command_result result;
		struct run run;

		set_run(&run, scripts[i]);
		run.spec.directory = programs_folder;
		result = result_of(&run);
		await_end(number_in("grandchild"));
		assert_bytes(buf_bytes(&result.output), "x\n");
		assert_true(result.ending == COMMAND_EXITED ||
		    result.ending == COMMAND_KILLED);
		command_result_clear(&result);
		clear_run(&run);
	}
}

static void
who_has_left_the_group_is_neither_killed_nor_waited_for(void **state)
{
	struct command_result result;
	struct run run;
	long pid;

	(void)state;
	make_fifo("fifo");
	set_run(&run,
	    "setsid sh -c 'echo $$ >grandchild; echo >fifo; exec sleep 1000' &"
	    "read word <fifo; echo x");
	run.spec.directory = programs_folder;
	result = result_of(&run);
	assert_result(&result, COMMAND_EXITED, 0, "x\n");
	pid = number_in("grandchild");
	assert_null(strchr("-ZX", state_of(pid)));
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
	clear_run(&run);
}

/* Time */

/* Again with more time, until it was enough for the command to say what it
 * has to say: how fast the machine is does not matter then. */
static void
assert_late(struct run *run, const char *output)
{
	for (int64_t time_ms = SHORT_MS;; time_ms *= 2) {
		struct command_result result;
		bool enough;

		run->spec.deadline_ms = time_ms;
		result = result_of(run);
		enough = bytes_equal_string(buf_bytes(&result.output), output);
		assert_int_equal(result.ending, COMMAND_LATE);
		assert_true(result.took_ms >= time_ms);
		command_result_clear(&result);
		if (enough)
			return;
	}
}

static void
a_command_that_takes_too_long_is_told_and_then_killed(void **state)
{
	static const struct {
		const char *script;
		int64_t grace_ms; /* 0: a second */
		const char *output;
	} rows[] = {
		{ "echo x; exec sleep 1000", LONG_MS, "x\n" },
		/* That it has done its work does not help it any more. */
		{ "trap 'echo told; exit 0' TERM; echo x; sleep 1000 & wait",
		    LONG_MS, "x\ntold\n" },
		{ "trap '' TERM; echo x; while :; do sleep 1000; done",
		    SHORT_MS, "x\n" },
		{ "trap '' TERM; echo x; while :; do sleep 1000; done", 0,
		    "x\n" },
		/* It closes all that it has, and sleeps on. */
		{ "echo x; exec >&- 2>&- <&-; exec sleep 1000", LONG_MS,
		    "x\n" },
		/* Nobody would look at it for its flood. */
		{ "trap '' TERM; echo x; while :; do echo flood >&2; done",
		    SHORT_MS, "x\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run run;

		set_run(&run, rows[i].script);
		run.spec.grace_ms = rows[i].grace_ms;
		assert_late(&run, rows[i].output);
		clear_run(&run);
	}
}

static void
all_of_its_group_ends_with_a_command_that_is_late(void **state)
{
	static const struct {
		const char *script;
		int64_t grace_ms;
	} rows[] = {
		{ "sleep 1000 & echo $! >grandchild; echo x; wait", LONG_MS },
		{ "trap '' TERM; sleep 1000 & echo $! >grandchild; echo x; "
		  "while :; do wait; done",
		    SHORT_MS },
		/* Only the grandchild does not listen. */
		{ "(trap '' TERM; exec sleep 1000) & echo $! >grandchild; "
		  "echo x; wait",
		    LONG_MS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run run;

		set_run(&run, rows[i].script);
		run.spec.directory = programs_folder;
		run.spec.grace_ms = rows[i].grace_ms;
		assert_late(&run, "x\n");
		await_end(number_in("grandchild"));
		clear_run(&run);
	}
}

/* In a loop */

static struct command *
start(const struct run *run)
{
	struct command *command;

	assert_int_equal(command_new(&run->order, &command), ERR_OK);
	assert_null(command_result(command));
	command_start(command);
	return command;
}

static bool
has_work(const struct command *command, int wait_ms)
{
	struct pollfd event = { command_descriptor(command), POLLIN, 0 };

	return poll(&event, 1, wait_ms) == 1;
}

static void
assert_ended(struct command *command, enum command_ending ending, int number,
    const char *output)
{
	const struct command_result *result;

	while ((result = command_result(command)) == NULL) {
		assert_true(has_work(command, -1));
		command_work(command);
	}
	assert_int_equal(result->ending, ending);
	if (ending == COMMAND_EXITED)
		assert_int_equal(result->number, number);
	assert_same_bytes(buf_bytes(&result->output), bytes_of_string(output));
	command_free(command);
	assert_no_child();
}

static void
a_loop_hears_of_a_command_when_there_is_something_to_do(void **state)
{
	struct command *command;
	struct run run;
	FILE *fifo;

	(void)state;
	make_fifo("fifo");
	set_run(&run, "read word <fifo; echo $word");
	run.spec.directory = programs_folder;
	command = start(&run);
	/* The script waits until somebody opens the fifo. */
	assert_false(has_work(command, 0));
	command_work(command);
	assert_null(command_result(command));
	fifo = fopen("fifo", "w");
	assert_non_null(fifo);
	assert_false(has_work(command, 0));
	assert_true(fputs("hello\n", fifo) >= 0);
	assert_int_equal(fclose(fifo), 0);
	assert_ended(command, COMMAND_EXITED, 0, "hello\n");
	clear_run(&run);
}

static void
two_commands_run_side_by_side(void **state)
{
	struct command *first, *second;
	struct run runs[2];

	(void)state;
	make_fifo("fifo");
	set_run(&runs[0], "read word <fifo; echo $word");
	runs[0].spec.directory = programs_folder;
	first = start(&runs[0]);
	set_run(&runs[1], "echo hello >fifo; echo done");
	runs[1].spec.directory = programs_folder;
	second = start(&runs[1]);
	assert_null(command_result(first));
	command_wait(second);
	command_wait(first);
	assert_ended(second, COMMAND_EXITED, 0, "done\n");
	assert_ended(first, COMMAND_EXITED, 0, "hello\n");
	clear_run(&runs[0]);
	clear_run(&runs[1]);
}

/* It has ended long before somebody looks, and its time, and that to say what
 * there is to say, are over. */
static void
a_command_is_not_late_because_nobody_has_looked(void **state)
{
	struct command *command;
	struct run run;
	struct buf word;

	(void)state;
	make_fifo("fifo");
	set_run(&run, "echo $$ >fifo; echo x; echo y");
	run.spec.directory = programs_folder;
	run.spec.deadline_ms = 1;
	command = start(&run);
	word = await_word("fifo");
	await_end(atol(buf_string(&word)));
	buf_clear(&word);
	assert_ended(command, COMMAND_EXITED, 0, "x\ny\n");
	clear_run(&run);
}

/* Cancelled */

static void
a_command_that_is_new_is_cancelled_at_once(void **state)
{
	struct command *command;
	struct run run;

	(void)state;
	set_run(&run, "touch started");
	run.spec.directory = programs_folder;
	assert_int_equal(command_new(&run.order, &command), ERR_OK);
	command_cancel(command);
	command_wait(command);
	assert_int_equal(access("started", F_OK), -1);
	assert_ended(command, COMMAND_CANCELLED, 0, "");
	assert_int_equal(command_new(&run.order, &command), ERR_OK);
	command_free(command);
	command_free(NULL);
	assert_int_equal(access("started", F_OK), -1);
	clear_run(&run);
}

static void
a_command_that_runs_is_cancelled_as_if_it_were_late(void **state)
{
	static const struct {
		const char *script;
		int64_t grace_ms;
		const char *output;
	} rows[] = {
		{ "echo x; echo $$ >fifo; exec sleep 1000", LONG_MS, "x\n" },
		{ "trap 'echo told; exit' TERM; echo $$ >fifo; sleep 1000 & "
		  "wait",
		    LONG_MS, "told\n" },
		{ "trap '' TERM; echo $$ >fifo; while :; do sleep 1000; done",
		    SHORT_MS, "" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct command *command;
		struct run run;
		struct buf word;
		long pid;

		make_fifo("fifo");
		set_run(&run, rows[i / 2].script);
		run.spec.directory = programs_folder;
		run.spec.grace_ms = rows[i / 2].grace_ms;
		command = start(&run);
		word = await_word("fifo");
		pid = atol(buf_string(&word));
		buf_clear(&word);
		if (i % 2 == 0) {
			command_cancel(command);
			command_cancel(command);
			assert_ended(command, COMMAND_CANCELLED, 0,
			    rows[i / 2].output);
		} else {
			command_free(command);
		}
		assert_no_child();
		await_end(pid);
		clear_run(&run);
	}
}

static void
a_command_that_has_ended_is_not_cancelled_any_more(void **state)
{
	struct command *command;
	struct run run;

	(void)state;
	set_run(&run, "exit 4");
	command = start(&run);
	command_wait(command);
	command_cancel(command);
	command_work(command);
	assert_ended(command, COMMAND_EXITED, 4, "");
	clear_run(&run);
}

/* One descriptor more each time, so that each of those that are needed is
 * missing once. */
static void
without_descriptors_nothing_is_started(void **state)
{
	struct rlimit before, few;
	enum command_ending ending;
	struct run run;
	rlim_t missing = 0;

	(void)state;
	set_run(&run, "");
	run.arguments[0] = (char[]){ "true" };
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	do {
		struct command_result result;

		few.rlim_cur = missing++;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		result = result_of(&run);
		ending = result.ending;
		if (ending != COMMAND_EXITED)
			assert_result(&result, COMMAND_NOT_STARTED, EMFILE, "");
	} while (ending != COMMAND_EXITED && missing < 100);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_in_range(missing, 10, 60);
	clear_run(&run);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_a_command_says_and_its_status_are_the_result),
		cmocka_unit_test(stderr_is_kept_apart_and_its_beginning_only),
		cmocka_unit_test(a_command_may_read_its_input_or_leave_it),
		cmocka_unit_test(a_secret_is_read_from_descriptor_3),
		cmocka_unit_test(what_can_not_be_told_is_refused),
		cmocka_unit_test(what_can_not_be_started_says_why),
		cmocka_unit_test(a_directory_that_is_missing_is_named),
		cmocka_unit_test(a_command_that_says_too_much_is_killed),
		cmocka_unit_test(a_command_may_say_as_much_as_is_allowed),
		cmocka_unit_test(
		    what_is_left_of_the_group_is_killed_and_not_waited_for),
		cmocka_unit_test(
		    who_has_left_the_group_is_neither_killed_nor_waited_for),
		cmocka_unit_test(
		    a_command_that_takes_too_long_is_told_and_then_killed),
		cmocka_unit_test(
		    all_of_its_group_ends_with_a_command_that_is_late),
		cmocka_unit_test(
		    a_loop_hears_of_a_command_when_there_is_something_to_do),
		cmocka_unit_test(two_commands_run_side_by_side),
		cmocka_unit_test(
		    a_command_is_not_late_because_nobody_has_looked),
		cmocka_unit_test(a_command_that_is_new_is_cancelled_at_once),
		cmocka_unit_test(
		    a_command_that_runs_is_cancelled_as_if_it_were_late),
		cmocka_unit_test(
		    a_command_that_has_ended_is_not_cancelled_any_more),
		cmocka_unit_test(without_descriptors_nothing_is_started),
	};

	return cmocka_run_group_tests(tests, programs_set_up,
	    programs_tear_down);
}
