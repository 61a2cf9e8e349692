/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/commands.h"

#include <glob.h>
#include <poll.h>

#include "tests/unit/base_command.h"
#include "tests/unit/descriptors.h"

/* More than are looked at in a turn. */
#define MANY 40

static char *const shell[] = { (char[]){ "sh" }, NULL };

/* What was told of commands that have ended. */
struct record {
	struct commands *commands;
	size_t count;
	size_t endings[COMMAND_ENDINGS];
	struct buf outputs;
	struct bytes next; /* a script to be added when one has ended */
	struct command_spec next_spec;
	enum err next_err;
};

static void take_result(void *context, const struct command_result *result);

/* A script for a shell that reads it as its input. */
static enum err
try_to_add(struct record *record, const struct command_spec *spec,
    struct bytes script)
{
	const struct command_order order = {
		.spec = spec,
		.variables = variables,
		.variable_count = COUNT(variables),
		.input = script,
	};
	const struct commands_listener listener = { NULL, take_result, record };

	return commands_add(record->commands, &order, &listener);
}

static void
take_result(void *context, const struct command_result *result)
{
	struct record *record = context;
	struct bytes next = record->next;

	record->count++;
	record->endings[result->ending]++;
	buf_append(&record->outputs, buf_bytes(&result->output));
	record->next = bytes_of(NULL, 0);
	if (next.size > 0)
		record->next_err = try_to_add(record, &record->next_spec, next);
}

static void
begin(struct record *record)
{
	*record = (struct record){ .count = 0 };
	assert_int_equal(commands_new(&record->commands), ERR_OK);
}

static void
add(struct record *record, const struct command_spec *spec, const char *script)
{
	assert_int_equal(try_to_add(record, spec, bytes_of_string(script)),
	    ERR_OK);
}

static struct command_spec
shell_spec(unsigned running_limit)
{
	return (struct command_spec){ .arguments = shell,
		.directory = programs_folder,
		.deadline_ms = LONG_MS,
		.grace_ms = LONG_MS,
		.running_limit = running_limit };
}

static bool
has_work(const struct record *record, int wait_ms)
{
	struct pollfd event = { commands_descriptor(record->commands), POLLIN,
		0 };

	return poll(&event, 1, wait_ms) == 1;
}

/* How many processes have us for their parent. */
static size_t
count_children(void)
{
	size_t count = 0;
	glob_t found;

	assert_int_equal(glob("/proc/[0-9]*/stat", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		FILE *file = fopen(found.gl_pathv[i], "r");
		long parent;

		if (file == NULL)
			continue;
		if (fscanf(file, "%*d (%*[^)]) %*c %ld", &parent) == 1)
			count += parent == getpid();
		fclose(file);
	}
	globfree(&found);
	return count;
}

/* Until so many have ended in all. */
static void
work(struct record *record, size_t count)
{
	while (record->count < count) {
		assert_true(has_work(record, -1));
		commands_run(record->commands);
	}
	assert_int_equal(record->count, count);
}

static void
end(struct record *record)
{
	commands_free(record->commands);
	assert_no_child();
	buf_clear(&record->outputs);
}

/* Lets a script go on that waits, or is about to. */
static void
release(const char *fifo)
{
	FILE *file = fopen(fifo, "w");

	assert_non_null(file);
	assert_true(fputs("go\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Numbers of processes are right at any time: one is there when its command
 * was started. */
static void
of_six_commands_two_run_at_once_and_in_their_order(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
	const struct command_spec spec = shell_spec(2);
	struct record record;

	(void)state;
	begin(&record);
	assert_false(has_work(&record, 0));
	for (size_t i = 0; i < COUNT(names); i++) {
		char *script = xasprintf("read word <%s; echo %s", names[i],
		    names[i]);

		make_fifo(names[i]);
		add(&record, &spec, script);
		free(script);
	}
	assert_int_equal(count_children(), 0);
	assert_true(has_work(&record, 0));
	commands_run(record.commands);
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t left = COUNT(names) - i;

		assert_int_equal(count_children(), left < 2 ? left : 2);
		assert_int_equal(record.count, i);
		release(names[i]);
		work(&record, i + 1);
	}
	assert_bytes(buf_bytes(&record.outputs), "a\nb\nc\nd\ne\nf\n");
	assert_int_equal(record.endings[COMMAND_EXITED], COUNT(names));
	assert_false(has_work(&record, 0));
	end(&record);
}

static void
commands_of_another_kind_do_not_wait(void **state)
{
	const struct command_spec slow = shell_spec(1), quick = shell_spec(1);
	struct record record;

	(void)state;
	make_fifo("fifo");
	begin(&record);
	add(&record, &slow, "read word <fifo; echo slow");
	add(&record, &slow, "echo behind");
	add(&record, &quick, "echo quick");
	work(&record, 1);
	assert_bytes(buf_bytes(&record.outputs), "quick\n");
	release("fifo");
	work(&record, 3);
	assert_bytes(buf_bytes(&record.outputs), "quick\nslow\nbehind\n");
	end(&record);
}

/* The first takes all the time that each of them has, so the second would have
 * none, however much it were.  It is tried with more and more, so that it does
 * not matter how fast the machine is. */
static void
a_command_is_not_late_because_it_has_waited(void **state)
{
	bool enough = false;

	(void)state;
	for (int64_t time_ms = SHORT_MS; !enough && time_ms < 60000;
	     time_ms *= 2) {
		struct command_spec spec = shell_spec(1);
		struct record record;

		spec.deadline_ms = time_ms;
		begin(&record);
		add(&record, &spec, "exec sleep 1000");
		add(&record, &spec, "exit 0");
		work(&record, 2);
		enough = record.endings[COMMAND_LATE] == 1 &&
		    record.endings[COMMAND_EXITED] == 1;
		end(&record);
	}
	assert_true(enough);
}

static void
more_than_are_looked_at_in_a_turn_all_end(void **state)
{
	const struct command_spec spec = shell_spec(MANY);
	struct record record;

	(void)state;
	begin(&record);
	for (size_t i = 0; i < MANY; i++)
		add(&record, &spec, "exit 0");
	work(&record, MANY);
	assert_int_equal(record.endings[COMMAND_EXITED], MANY);
	assert_false(has_work(&record, 0));
	end(&record);
}

static void
no_limit_stands_for_four(void **state)
{
	const struct command_spec spec = shell_spec(0);
	struct record record;

	(void)state;
	begin(&record);
	for (size_t i = 0; i < 6; i++)
		add(&record, &spec, "exec sleep 1000");
	commands_run(record.commands);
	assert_int_equal(count_children(), COMMAND_RUNNING_LIMIT);
	end(&record);
}

static void
one_may_be_added_when_another_has_ended(void **state)
{
	struct record record;

	(void)state;
	begin(&record);
	record.next_spec = shell_spec(1);
	record.next = BYTES_LITERAL("echo second");
	add(&record, &record.next_spec, "echo first");
	work(&record, 2);
	assert_int_equal(record.next_err, ERR_OK);
	assert_bytes(buf_bytes(&record.outputs), "first\nsecond\n");
	end(&record);
}

static void
what_can_not_be_started_is_told_of_and_keeps_nobody_waiting(void **state)
{
	struct command_spec missing = shell_spec(1);
	struct record record;

	(void)state;
	missing.directory = "/nowhere";
	begin(&record);
	record.next = BYTES_LITERAL("echo next");
	record.next_spec = shell_spec(1);
	for (size_t i = 0; i < MANY; i++)
		add(&record, &missing, "exit 0");
	assert_int_equal(record.count, 0);
	work(&record, MANY + 1);
	assert_int_equal(record.endings[COMMAND_NOT_STARTED], MANY);
	assert_bytes(buf_bytes(&record.outputs), "next\n");
	end(&record);
}

static void
all_are_cancelled_in_the_end_and_none_is_left(void **state)
{
	struct command_spec spec = shell_spec(2);
	struct record record;
	struct buf word;

	(void)state;
	spec.grace_ms = SHORT_MS;
	make_fifo("fifo");
	begin(&record);
	/* The one does not listen, the other does. */
	add(&record, &spec,
	    "trap '' TERM; echo >fifo; while :; do sleep 1000; done");
	add(&record, &spec, "exec sleep 1000");
	add(&record, &spec, "touch started");
	add(&record, &spec, "touch started");
	commands_run(record.commands);
	word = await_word("fifo");
	buf_clear(&word);
	record.next_spec = spec;
	record.next = BYTES_LITERAL("touch started");
	commands_free(record.commands);
	assert_no_child();
	assert_int_equal(record.next_err, ERR_COMMAND_QUEUE);
	assert_int_equal(record.count, 4);
	assert_int_equal(record.endings[COMMAND_CANCELLED], 4);
	assert_int_equal(access("started", F_OK), -1);
	commands_free(NULL);
}

static void
no_more_than_a_bounded_number_wait(void **state)
{
	const struct command_spec spec = shell_spec(1);
	struct record record;

	(void)state;
	begin(&record);
	for (size_t i = 0; i < COMMANDS_WAITING_LIMIT; i++)
		add(&record, &spec, "exec sleep 1000");
	assert_int_equal(try_to_add(&record, &spec, BYTES_LITERAL("exit 0")),
	    ERR_COMMAND_QUEUE);
	/* One runs instead. */
	commands_run(record.commands);
	add(&record, &spec, "exit 0");
	assert_int_equal(try_to_add(&record, &spec, BYTES_LITERAL("exit 0")),
	    ERR_COMMAND_QUEUE);
	commands_free(record.commands);
	assert_int_equal(record.count, COMMANDS_WAITING_LIMIT + 1);
	assert_no_child();
}

static void
what_can_not_be_told_is_refused(void **state)
{
	static const struct environment_variable bad = {
		.name = "SCEP_SUBJECT",
		.value = BYTES_LITERAL("a\nb"),
	};
	const struct command_spec spec = shell_spec(1);
	const struct command_order order = { .spec = &spec,
		.variables = &bad,
		.variable_count = 1 };
	struct record record;
	const struct commands_listener listener = { NULL, take_result,
		&record };

	(void)state;
	begin(&record);
	assert_int_equal(commands_add(record.commands, &order, &listener),
	    ERR_COMMAND_VALUE);
	assert_false(has_work(&record, 0));
	end(&record);
	assert_int_equal(record.count, 0);
}

/* The place of each descriptor that is needed is missing once. */
static void
without_descriptors_there_is_no_queue(void **state)
{
	const unsigned open_before = count_open();
	struct commands *commands = NULL;
	rlim_t before, few = 0;

	(void)state;
	before = limit_descriptors(few);
	while (commands_new(&commands) == ERR_COMMAND_DESCRIPTOR) {
		assert_null(commands);
		assert_int_equal(count_open(), open_before);
		limit_descriptors(++few);
	}
	limit_descriptors(before);
	assert_true(few >= 2);
	assert_non_null(commands);
	commands_free(commands);
	assert_int_equal(count_open(), open_before);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    of_six_commands_two_run_at_once_and_in_their_order),
		cmocka_unit_test(commands_of_another_kind_do_not_wait),
		cmocka_unit_test(a_command_is_not_late_because_it_has_waited),
		cmocka_unit_test(more_than_are_looked_at_in_a_turn_all_end),
		cmocka_unit_test(no_limit_stands_for_four),
		cmocka_unit_test(one_may_be_added_when_another_has_ended),
		cmocka_unit_test(
		    what_can_not_be_started_is_told_of_and_keeps_nobody_waiting),
		cmocka_unit_test(all_are_cancelled_in_the_end_and_none_is_left),
		cmocka_unit_test(no_more_than_a_bounded_number_wait),
		cmocka_unit_test(what_can_not_be_told_is_refused),
		cmocka_unit_test(without_descriptors_there_is_no_queue),
	};

	return cmocka_run_group_tests(tests, programs_set_up,
	    programs_tear_down);
}
