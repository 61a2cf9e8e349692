/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/secret_input.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>

#include "tests/unit/tools_stdin.h"

static const struct {
	struct bytes input;
	enum err expected;
	struct bytes secrets;
	const char *finding;
} rows[] = {
	{ BYTES_LITERAL("one\n"), ERR_OK, BYTES_LITERAL("one\n"), "" },
	{ BYTES_LITERAL("one"), ERR_OK, BYTES_LITERAL("one\n"), "" },
	{ BYTES_LITERAL("one\r\n two \n"), ERR_OK,
	    BYTES_LITERAL("one\n two \n"), "" },
	{ BYTES_LITERAL(""), ERR_FILE, BYTES_LITERAL(""), "is empty" },
	{ BYTES_LITERAL("\n"), ERR_FILE, BYTES_LITERAL(""), "empty line" },
	{ BYTES_LITERAL("one\n\ntwo\n"), ERR_FILE, BYTES_LITERAL(""),
	    "empty line" },
};

static void
assert_read(struct bytes expected_secrets, enum err expected,
    const char *finding)
{
	struct problems *problems = problems_new();
	struct buf secrets = { 0 };

	assert_int_equal(secret_input_read(&secrets, problems), expected);
	assert_same_bytes(buf_bytes(&secrets), expected_secrets);
	if (strstr(problems_text(problems), finding) == NULL)
		fail_msg("want %s: %s", finding, problems_text(problems));
	buf_clear(&secrets);
	problems_free(problems);
}

static void
each_line_is_a_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int before = stdin_becomes(rows[i].input);

		assert_read(rows[i].secrets, rows[i].expected, rows[i].finding);
		descriptor_again(STDIN_FILENO, before);
	}
}

static void
what_is_too_large_is_not_taken(void **state)
{
	struct buf large = { 0 };
	int before;

	(void)state;
	memset(buf_extend(&large, 65537), 'a', 65537);
	before = stdin_becomes(buf_bytes(&large));
	assert_read(BYTES_LITERAL(""), ERR_FILE, "over 64 KiB");
	descriptor_again(STDIN_FILENO, before);
	buf_clear(&large);
}

static void
what_can_not_be_read_is_said(void **state)
{
	int before = descriptor_becomes(STDIN_FILENO, open("/", O_RDONLY));

	(void)state;
	assert_read(BYTES_LITERAL(""), ERR_FILE, "Is a directory");
	descriptor_again(STDIN_FILENO, before);
}

static const struct {
	const char *typed;
	enum err expected;
	const char *finding;
} typed[] = {
	{ "secret\nsecret\n", ERR_OK, "" },
	{ "secret\nsecrets\n", ERR_FILE, "not the same" },
	{ "sec\x03\n", ERR_FILE, "interrupted" },
	{ "\n\n", ERR_FILE, "empty line" },
};

/* Types a line after each prompt, in a process of its own. */
static pid_t
type(const char *text, int prompts, int terminal)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	while (*text != '\0') {
		size_t size = strcspn(text, "\n") + 1;
		char octet = '\0';

		while (octet != ':')
			if (read(prompts, &octet, 1) != 1)
				_exit(1);
		if (write(terminal, text, size) != (ssize_t)size)
			_exit(1);
		text += size;
	}
	_exit(0);
}

/* A terminal shows what is typed by writing it to its other end. */
static void
assert_shows_nothing(int terminal)
{
	char shown[256];
	ssize_t size;

	assert_int_equal(fcntl(terminal, F_SETFL, O_NONBLOCK), 0);
	size = read(terminal, shown, sizeof(shown));
	assert_true(size < 0 || memchr(shown, 's', (size_t)size) == NULL);
}

static void
a_terminal_does_not_show_the_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(typed); i++) {
		int terminal = posix_openpt(O_RDWR | O_NOCTTY);
		int prompts[2], before[2], status;
		struct termios modes;
		pid_t typist;

		assert_int_equal(grantpt(terminal), 0);
		assert_int_equal(unlockpt(terminal), 0);
		assert_int_equal(pipe(prompts), 0);
		before[0] = descriptor_becomes(STDIN_FILENO,
		    open(ptsname(terminal), O_RDWR | O_NOCTTY));
		typist = type(typed[i].typed, prompts[0], terminal);
		before[1] = descriptor_becomes(STDERR_FILENO, prompts[1]);
		assert_read(typed[i].expected == ERR_OK ?
			BYTES_LITERAL("secret\n") :
			BYTES_LITERAL(""),
		    typed[i].expected, typed[i].finding);
		descriptor_again(STDERR_FILENO, before[1]);
		assert_int_equal(waitpid(typist, &status, 0), typist);
		assert_int_equal(status, 0);
		assert_int_equal(tcgetattr(STDIN_FILENO, &modes), 0);
		assert_true((modes.c_lflag & ECHO) != 0);
		assert_true((modes.c_lflag & ISIG) != 0);
		assert_shows_nothing(terminal);
		descriptor_again(STDIN_FILENO, before[0]);
		close(prompts[0]);
		close(terminal);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_a_secret),
		cmocka_unit_test(what_is_too_large_is_not_taken),
		cmocka_unit_test(what_can_not_be_read_is_said),
		cmocka_unit_test(a_terminal_does_not_show_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
