/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command.h"

#include <poll.h>
#include <signal.h>

#include "tests/unit/base_command.h"
#include "tests/unit/descriptors.h"

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

/* It is read in pieces, of which those past the limit come last. */
static void
a_command_has_said_too_much_even_if_nobody_has_looked(void **state)
{
	const struct command_result *result;
	struct command *command;
	struct run run;
	struct buf word;

	(void)state;
	make_fifo("fifo");
	set_run(&run, "echo $$ >fifo; exec head -c 60000 /dev/zero");
	run.spec.directory = programs_folder;
	run.spec.output_limit = 40000;
	command = start(&run);
	word = await_word("fifo");
	await_end(atol(buf_string(&word)));
	buf_clear(&word);
	command_wait(command);
	result = command_result(command);
	assert_int_equal(result->ending, COMMAND_TALKATIVE);
	assert_int_equal(result->output.size, 40000);
	command_free(command);
	clear_run(&run);
}

/* Another process holds stdout until its time to do so is over, too. */
static void
what_a_command_has_said_is_read_however_late_that_is(void **state)
{
	struct command *command;
	struct run run;
	struct buf word;

	(void)state;
	make_fifo("fifo");
	set_run(&run,
	    "sleep 1000 & echo $$ >fifo; exec head -c 60000 /dev/zero");
	run.spec.directory = programs_folder;
	command = start(&run);
	word = await_word("fifo");
	await_end(atol(buf_string(&word)));
	buf_clear(&word);
	command_work(command);
	usleep(300000);
	command_wait(command);
	assert_int_equal(command_result(command)->ending, COMMAND_EXITED);
	assert_int_equal(command_result(command)->output.size, 60000);
	command_free(command);
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
	rlim_t before, missing = 0;
	enum command_ending ending;
	struct run run;

	(void)state;
	set_run(&run, "");
	run.arguments[0] = (char[]){ "true" };
	before = limit_descriptors(missing);
	do {
		struct command_result result;

		limit_descriptors(missing++);
		result = result_of(&run);
		ending = result.ending;
		if (ending != COMMAND_EXITED)
			assert_result(&result, COMMAND_NOT_STARTED, EMFILE, "");
	} while (ending != COMMAND_EXITED && missing < 100);
	limit_descriptors(before);
	assert_in_range(missing, 10, 60);
	clear_run(&run);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
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
		cmocka_unit_test(
		    a_command_has_said_too_much_even_if_nobody_has_looked),
		cmocka_unit_test(
		    what_a_command_has_said_is_read_however_late_that_is),
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
