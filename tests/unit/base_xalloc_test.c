/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/xalloc.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void
memory_is_zeroed_and_there_even_for_nothing(void **state)
{
	char *bytes = xalloc(3);
	int *numbers = xcalloc(4, sizeof(*numbers));
	void *nothing = xalloc(0), *none = xcalloc(0, 8);

	(void)state;
	assert_memory_equal(bytes, "\0\0\0", 3);
	for (int i = 0; i < 4; i++)
		assert_int_equal(numbers[i], 0);
	assert_non_null(nothing);
	assert_non_null(none);
	free(bytes);
	free(numbers);
	free(nothing);
	free(none);
}

static void
realloc_keeps_the_contents(void **state)
{
	int *numbers = xrealloc(NULL, 2, sizeof(*numbers));

	(void)state;
	numbers[0] = 1;
	numbers[1] = 2;
	numbers = xrealloc(numbers, 2000, sizeof(*numbers));
	assert_int_equal(numbers[0], 1);
	assert_int_equal(numbers[1], 2);
	numbers = xrealloc(numbers, 0, sizeof(*numbers));
	assert_non_null(numbers);
	free(numbers);
}

static void
strings_are_copied_and_formatted(void **state)
{
	char *copy = xstrdup("text"), *empty = xstrdup("");
	char *formatted = xasprintf("%s=%d", "a", 5);

	(void)state;
	assert_string_equal(copy, "text");
	assert_string_equal(empty, "");
	assert_null(xstrdup(NULL));
	assert_string_equal(formatted, "a=5");
	free(copy);
	free(empty);
	free(formatted);
}

static void
bytes_become_strings(void **state)
{
	static const struct {
		struct bytes bytes;
		const char *string;
	} rows[] = {
		{ { (const uint8_t *)"text", 2 }, "te" },
		{ { (const uint8_t *)"text", 4 }, "text" },
		{ { (const uint8_t *)"a\0b", 3 }, "a" },
		{ { (const uint8_t *)"text", 0 }, "" },
		{ { NULL, 0 }, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *string = xstrdup_bytes(rows[i].bytes);

		assert_string_equal(string, rows[i].string);
		free(string);
	}
}

static void
resize_beyond_all_memory(void)
{
	free(xrealloc(NULL, SIZE_MAX / 2, 4));
}

static void
calloc_beyond_all_memory(void)
{
	free(xcalloc(SIZE_MAX / 2, 4));
}

/* Whether a process that runs `function` does not come to a good end. */
static bool
is_fatal(void (*function)(void))
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		/* cmocka would catch it; and the complaint is no news. */
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		function();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void
products_that_overflow_are_fatal(void **state)
{
	(void)state;
	assert_true(is_fatal(resize_beyond_all_memory));
	assert_true(is_fatal(calloc_beyond_all_memory));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_there_even_for_nothing),
		cmocka_unit_test(realloc_keeps_the_contents),
		cmocka_unit_test(strings_are_copied_and_formatted),
		cmocka_unit_test(bytes_become_strings),
		cmocka_unit_test(products_that_overflow_are_fatal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
