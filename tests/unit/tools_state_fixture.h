/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_TOOLS_STATE_FIXTURE_H
#define SCEPD_TESTS_UNIT_TOOLS_STATE_FIXTURE_H

/*
 * What the tests of commands on the state database share: a database in the
 * new folder of each test (conf_fixture.h), and how a command is run on it.
 */
#include "crypto/name.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/store_orders.h"

#define MAX_WORDS 16

typedef enum err command_run(int argc, char **argv, struct buf *output,
    struct problems *problems);

static inline struct store *
new_store(void)
{
	const struct store_settings settings = { .path = "state.db",
		.connections = 1,
		.create = true };
	struct problems *problems = problems_new();
	struct store *store = NULL;

	if (store_open(&settings, &store, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return store;
}

/* Runs the words of `line`, which are divided by blanks; `insert` is in the
 * place of "%". */
static inline enum err
run_words(command_run *run, const char *line, const char *insert,
    struct buf *output, struct problems *problems)
{
	char *words[MAX_WORDS + 1] = { NULL };
	char *copy = xstrdup(line), *at = copy;
	int count = 0;
	enum err err;

	for (char *word; (word = strsep(&at, " ")) != NULL;)
		words[count++] = *word == '%' ? (char *)(uintptr_t)insert :
						word;
	err = run(count, words, output, problems);
	free(copy);
	return err;
}

/* What must succeed without a finding; its output is the caller's. */
static inline struct buf
output_of(command_run *run, const char *line)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = run_words(run, line, NULL, &output, problems);

	assert_string_equal(problems_text(problems), "");
	assert_int_equal(err, ERR_OK);
	problems_free(problems);
	return output;
}

static inline void
assert_output(command_run *run, const char *line, const char *expected)
{
	struct buf output = output_of(run, line);

	assert_string_equal(buf_string(&output), expected);
	buf_clear(&output);
}

/* What must fail with exactly these findings; NULL: with any. */
static inline void
assert_fails(command_run *run, const char *line, const char *insert,
    enum err expected, const char *findings)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = run_words(run, line, insert, &output, problems);

	if (findings != NULL)
		assert_string_equal(problems_text(problems), findings);
	assert_int_equal(err, expected);
	buf_clear(&output);
	problems_free(problems);
}

/* What must fail, as assert_fails has it. */
struct failing_line {
	const char *line;
	enum err err;
	const char *findings;
};

static inline void
assert_all_fail(command_run *run, const struct failing_line *lines,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_fails(run, lines[i].line, NULL, lines[i].err,
		    lines[i].findings);
}

/* The Name with this common name; the caller's. */
static inline struct buf
name_of(const char *common_name)
{
	const struct name_part part = { "CN", common_name };
	struct buf name = { 0 };

	assert_int_equal(name_append(&name, &part, 1), ERR_OK);
	return name;
}

#endif
