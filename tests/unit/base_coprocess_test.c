/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/coprocess.h"

#include <poll.h>
#include <signal.h>

#include "base/clock.h"
#include "base/commands.h"
#include "base/json_line.h"
#include "tests/unit/base_command.h"
#include "tests/unit/descriptors.h"

/* What every script begins with; it reads no further than to the end of a
 * line.  "first" is true in the first process of each test. */
#define PRELUDE \
	"next() { read -r line || exit 0; id=${line#*: }; id=${id%%,*}; }\n" \
	"answer() { echo \"{\\\"id\\\": $1, \\\"text\\\": \\\"${2-ok}\\\"}\"" \
	"; }\n" \
	"first() { [ ! -e ran ] && touch ran; }\n" \
	"echo >>lives\n"

#define ECHO "while next; do answer $id; done\n"

static bool
read_answer(struct bytes line, int64_t *id, struct command_result *result)
{
	struct json_line_member members[] = {
		{ .name = "id", .kind = JSON_LINE_INTEGER },
		{ .name = "text", .kind = JSON_LINE_STRING },
	};
	bool good = json_line_read(line, members, 2) == ERR_OK &&
	    members[0].is_there && members[1].is_there;

	*id = members[0].integer;
	buf_append(&result->output, buf_bytes(&members[1].text));
	json_line_clear(members, 2);
	return good;
}

static const struct coprocess_protocol protocol = {
	.read = read_answer,
	.pause_ms = 1,
};

struct talk {
	struct commands *commands;
	struct run run;
	size_t count;
	size_t endings[COMMAND_ENDINGS];
	struct buf outputs; /* "TEXT " of each */
	int64_t took_ms;    /* of the last */
};

static void
take_result(void *context, const struct command_result *result)
{
	struct talk *talk = context;

	talk->count++;
	talk->endings[result->ending]++;
	talk->took_ms = result->took_ms;
	buf_append(&talk->outputs, buf_bytes(&result->output));
	buf_append_octet(&talk->outputs, ' ');
}

static int saved_stderr;

/* The log is a file from here on. */
static void
begin(struct talk *talk, const char *script)
{
	char *text = xasprintf("%s%s", PRELUDE, script);

	*talk = (struct talk){ .count = 0 };
	unlink("ran");
	unlink("lives");
	set_run(&talk->run, text);
	free(text);
	talk->run.spec.directory = programs_folder;
	talk->run.spec.protocol = &protocol;
	saved_stderr = dup(STDERR_FILENO);
	assert_non_null(freopen("log", "w", stderr));
	assert_int_equal(commands_new(&talk->commands), ERR_OK);
}

static enum err
try_to_ask(struct talk *talk, struct bytes input)
{
	const struct command_listener listener = { NULL, take_result, talk };

	talk->run.order.input = input;
	return commands_add(talk->commands, &talk->run.order, &listener);
}

static void
ask(struct talk *talk)
{
	assert_int_equal(try_to_ask(talk, BYTES_LITERAL("\"word\": \"a\"}")),
	    ERR_OK);
}

/* Until so many have ended in all. */
static void
work(struct talk *talk, size_t count)
{
	while (talk->count < count) {
		struct pollfd event = { commands_descriptor(talk->commands),
			POLLIN, 0 };

		assert_int_equal(poll(&event, 1, -1), 1);
		commands_run(talk->commands);
	}
	assert_int_equal(talk->count, count);
}

static struct buf
content_of(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return read_to_end(fd);
}

static size_t
count_lines(const char *name)
{
	struct buf content = content_of(name);
	size_t count = 0;

	for (size_t i = 0; i < content.size; i++)
		count += content.data[i] == '\n';
	buf_clear(&content);
	return count;
}

static void
assert_logged(const char *what)
{
	struct buf log = content_of("log");

	if (strstr(buf_string(&log), what) == NULL) {
		dup2(saved_stderr, STDERR_FILENO);
		fail_msg("want \"%s\", got %s", what, buf_string(&log));
	}
	buf_clear(&log);
}

static void
end(struct talk *talk)
{
	commands_free(talk->commands);
	assert_no_child();
	fflush(stderr);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	buf_clear(&talk->outputs);
	clear_run(&talk->run);
}

static void
one_process_answers_all(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, "while next; do answer $id \"$id$SCEP_SUBJECT\"; done");
	for (size_t i = 1; i <= 3; i++) {
		ask(&talk);
		ask(&talk);
		work(&talk, 2 * i);
	}
	assert_bytes(buf_bytes(&talk.outputs),
	    "1CN=a b 2CN=a b 3CN=a b 4CN=a b 5CN=a b 6CN=a b ");
	assert_int_equal(talk.endings[COMMAND_EXITED], 6);
	assert_int_equal(count_lines("lives"), 1);
	assert_int_equal(count_lines("log"), 0);
	end(&talk);
}

/* The fourth is sent when one of the others has been answered. */
static void
several_are_asked_at_once_and_answered_in_any_order(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk,
	    "next; a=$id; next; b=$id; next; answer $id $id; answer $b $b; "
	    "next; answer $id $id; answer $a $a; next");
	talk.run.spec.running_limit = 3;
	for (size_t i = 0; i < 4; i++)
		ask(&talk);
	work(&talk, 4);
	assert_bytes(buf_bytes(&talk.outputs), "3 2 4 1 ");
	end(&talk);
}

/* What the first process does, and what the log says of it; the second
 * answers. */
static void
one_that_misbehaves_is_started_anew_and_asked_again(void **state)
{
	static const struct {
		const char *script;
		const char *log;
	} rows[] = {
		{ "next; exit 7", "it ended with status 7" },
		{ "next; kill -9 $$", "signal 9" },
		{ "next; printf '{\"id\": 1'; exit 0", "status 0" },
		{ "next; echo garbage; sleep 1000", "garbage" },
		{ "next; echo; sleep 1000", "no answer" },
		{ "next; answer 99; sleep 1000", "not asked" },
		{ "next; answer -1; sleep 1000", "not asked" },
		{ "next; cat /dev/zero", "more than 128 KiB" },
		{ "next; yes", "no answer" },
		{ "next; exec >&-; exec sleep 1000", "closed its standard" },
		{ "exec <&-; exec sleep 1000", "closed its standard" },
		{ "next; exec <&- >&-; exec sleep 1000",
		    "closed its standard" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *script = xasprintf("if first; then\n%s\nfi\n" ECHO,
		    rows[i].script);
		struct talk talk;

		begin(&talk, script);
		ask(&talk);
		ask(&talk);
		work(&talk, 2);
		assert_bytes(buf_bytes(&talk.outputs), "ok ok ");
		assert_int_equal(count_lines("lives"), 2);
		assert_int_equal(count_lines("log"), 1);
		assert_logged(rows[i].log);
		end(&talk);
		free(script);
	}
}

static void
one_that_does_not_listen_is_killed(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk,
	    "if first; then trap '' TERM; next; echo garbage;\n"
	    "while :; do sleep 1000; done; fi\n" ECHO);
	talk.run.spec.grace_ms = SHORT_MS;
	ask(&talk);
	work(&talk, 1);
	assert_bytes(buf_bytes(&talk.outputs), "ok ");
	end(&talk);
}

static void
what_was_answered_before_the_end_is_not_asked_again(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk,
	    "if first; then next; a=$id; next; answer $a one; exit 1; fi\n"
	    "while next; do answer $id two; done");
	ask(&talk);
	ask(&talk);
	work(&talk, 2);
	assert_bytes(buf_bytes(&talk.outputs), "one two ");
	end(&talk);
}

static void
an_answer_that_comes_twice_is_nonsense(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk,
	    "if first; then next; answer $id; answer $id; sleep 1000; fi\n" ECHO);
	ask(&talk);
	work(&talk, 1);
	ask(&talk);
	work(&talk, 2);
	assert_bytes(buf_bytes(&talk.outputs), "ok ok ");
	assert_logged("not asked");
	end(&talk);
}

/* Pauses are 20 and 40 ms at least, so that can't be quicker. */
static void
what_ends_three_processes_is_given_up(void **state)
{
	static const struct coprocess_protocol slower = {
		.read = read_answer,
		.pause_ms = 20,
	};
	struct talk talk;

	(void)state;
	begin(&talk, "next; exit 1");
	talk.run.spec.protocol = &slower;
	ask(&talk);
	work(&talk, 1);
	assert_int_equal(talk.endings[COMMAND_SILENT], 1);
	assert_int_equal(count_lines("lives"), COPROCESS_TRIES);
	assert_true(talk.took_ms >= 60);
	end(&talk);
}

static void
one_that_can_not_be_started_is_silent(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, "");
	unlink(talk.run.program);
	talk.run.spec.deadline_ms = SHORT_MS;
	ask(&talk);
	work(&talk, 1);
	assert_int_equal(talk.endings[COMMAND_SILENT], 1);
	assert_logged("No such file");
	put_script(strrchr(talk.run.program, '/') + 1, PRELUDE ECHO);
	talk.run.spec.deadline_ms = LONG_MS;
	ask(&talk);
	work(&talk, 2);
	assert_int_equal(talk.endings[COMMAND_EXITED], 1);
	end(&talk);
}

/* What has its turn is sent by then. */
static void
work_once(struct talk *talk)
{
	struct pollfd event = { commands_descriptor(talk->commands), POLLIN,
		0 };

	assert_int_equal(poll(&event, 1, -1), 1);
	commands_run(talk->commands);
}

/* Two whose time is over; the first of them was sent. */
static void
ask_two_in_vain(struct talk *talk)
{
	ask(talk);
	work_once(talk);
	talk->run.spec.deadline_ms = 1;
	ask(talk);
	work(talk, 2);
	assert_int_equal(talk->endings[COMMAND_SILENT], 2);
	talk->run.spec.deadline_ms = LONG_MS;
}

static void
one_that_owes_all_its_answers_is_started_anew(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk,
	    "while next; do case $line in *go*) answer $id ;; esac; done");
	talk.run.spec.running_limit = 1;
	ask_two_in_vain(&talk);
	assert_int_equal(try_to_ask(&talk, BYTES_LITERAL("\"a\": \"go\"}")),
	    ERR_OK);
	work(&talk, 3);
	assert_bytes(buf_bytes(&talk.outputs), "  ok ");
	assert_logged("does not answer in time");
	end(&talk);
}

static void
a_late_answer_is_passed_over(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk,
	    "while next; do case $line in\n"
	    "*go*) answer $late late; answer $id ;;\n"
	    "*) late=$id ;; esac; done");
	ask_two_in_vain(&talk);
	assert_int_equal(try_to_ask(&talk, BYTES_LITERAL("\"a\": \"go\"}")),
	    ERR_OK);
	work(&talk, 3);
	assert_bytes(buf_bytes(&talk.outputs), "  ok ");
	assert_int_equal(count_lines("lives"), 1);
	assert_int_equal(count_lines("log"), 0);
	end(&talk);
}

static void
requests_larger_than_a_pipe_arrive(void **state)
{
	struct talk talk;
	struct buf input = { 0 };

	(void)state;
	begin(&talk, "while next; do answer $id ${#line}; done");
	buf_append_string(&input, "\"word\": \"");
	memset(buf_extend(&input, 100000), 'x', 100000);
	buf_append_string(&input, "\"}");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(try_to_ask(&talk, buf_bytes(&input)), ERR_OK);
	work(&talk, 3);
	assert_bytes(buf_bytes(&talk.outputs), "100021 100021 100021 ");
	memset(buf_extend(&input, COPROCESS_LINE_LIMIT), 'x',
	    COPROCESS_LINE_LIMIT);
	assert_int_equal(try_to_ask(&talk, buf_bytes(&input)),
	    ERR_COMMAND_VALUE);
	buf_clear(&input);
	end(&talk);
}

static void
what_it_says_is_logged_within_bounds(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk,
	    "next; seq 5000 | sed 's/^/said /' >&2; answer $id\n" ECHO);
	ask(&talk);
	work(&talk, 1);
	assert_logged("said=\"said 1\"");
	assert_logged("more to its standard error");
	assert_true(count_lines("log") > COPROCESS_LINES_A_MINUTE);
	/* Even if minutes have gone by. */
	assert_true(count_lines("log") < 5000);
	end(&talk);
}

static void
no_more_than_a_bounded_number_wait(void **state)
{
	struct talk talk;

	(void)state;
	begin(&talk, "exec sleep 1000");
	for (size_t i = 0; i < COMMANDS_WAITING_LIMIT; i++)
		ask(&talk);
	assert_int_equal(try_to_ask(&talk, BYTES_LITERAL("}")),
	    ERR_COMMAND_QUEUE);
	commands_run(talk.commands);
	ask(&talk);
	commands_free(talk.commands);
	assert_int_equal(talk.count, COMMANDS_WAITING_LIMIT + 1);
	assert_int_equal(talk.endings[COMMAND_CANCELLED], talk.count);
	talk.commands = NULL;
	end(&talk);
}

static void
one_alone_is_started_and_ended(void **state)
{
	struct command_result result;
	struct talk talk;

	(void)state;
	begin(&talk, ECHO);
	talk.run.order.input = BYTES_LITERAL("\"word\": \"a\"}");
	assert_int_equal(commands_run_alone(&talk.run.order, &result), ERR_OK);
	assert_no_child();
	assert_result(&result, COMMAND_EXITED, 0, "ok");
	end(&talk);
}

static void
what_can_not_be_told_is_refused(void **state)
{
	static const struct environment_variable bad = { .name = "A",
		.value = BYTES_LITERAL("a\nb") };
	struct talk talk;

	(void)state;
	begin(&talk, ECHO);
	talk.run.order.variables = &bad;
	talk.run.order.variable_count = 1;
	assert_int_equal(try_to_ask(&talk, BYTES_LITERAL("}")),
	    ERR_COMMAND_VALUE);
	end(&talk);
}

/* The place of each descriptor that is needed is missing once. */
static void
without_descriptors_it_is_not_asked(void **state)
{
	const unsigned open_before = count_open();
	struct run run;
	struct coprocess *coprocess = NULL;
	rlim_t before, few = 0;

	(void)state;
	set_run(&run, "");
	run.spec.protocol = &protocol;
	before = limit_descriptors(few);
	while (coprocess_new(&run.order, &coprocess) ==
	    ERR_COMMAND_DESCRIPTOR) {
		assert_int_equal(count_open(), open_before);
		limit_descriptors(++few);
	}
	limit_descriptors(before);
	assert_true(few >= 2);
	coprocess_free(coprocess);
	coprocess_free(NULL);
	assert_int_equal(count_open(), open_before);
	clear_run(&run);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_process_answers_all),
		cmocka_unit_test(
		    several_are_asked_at_once_and_answered_in_any_order),
		cmocka_unit_test(
		    one_that_misbehaves_is_started_anew_and_asked_again),
		cmocka_unit_test(one_that_does_not_listen_is_killed),
		cmocka_unit_test(
		    what_was_answered_before_the_end_is_not_asked_again),
		cmocka_unit_test(an_answer_that_comes_twice_is_nonsense),
		cmocka_unit_test(what_ends_three_processes_is_given_up),
		cmocka_unit_test(one_that_can_not_be_started_is_silent),
		cmocka_unit_test(one_that_owes_all_its_answers_is_started_anew),
		cmocka_unit_test(a_late_answer_is_passed_over),
		cmocka_unit_test(requests_larger_than_a_pipe_arrive),
		cmocka_unit_test(what_it_says_is_logged_within_bounds),
		cmocka_unit_test(no_more_than_a_bounded_number_wait),
		cmocka_unit_test(one_alone_is_started_and_ended),
		cmocka_unit_test(what_can_not_be_told_is_refused),
		cmocka_unit_test(without_descriptors_it_is_not_asked),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, programs_set_up,
	    programs_tear_down);
}
