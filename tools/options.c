/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "conf/conf_value.h"

/*
 * getopt_long knows how options are written; what it says of wrong ones is too
 * short to help.  So its own messages are off, and the table of rows, which
 * the help is made from as well, says what was likely meant.
 */

/* getopt_long's number of the first row: no character has it. */
#define FIRST_NUMBER 256

#define HELP_COLUMN 28

static size_t
count_rows(const struct options_row *rows)
{
	size_t count = 0;

	while (rows[count].name != NULL)
		count++;
	return count;
}

/* The number of an option is that of its row, above all characters. */
static struct option *
getopt_table(const struct options_row *rows)
{
	size_t count = count_rows(rows);
	struct option *table = xcalloc(count + 1, sizeof(*table));

	for (size_t i = 0; i < count; i++)
		table[i] = (struct option){ rows[i].name,
			rows[i].value != NULL ? required_argument : no_argument,
			NULL, FIRST_NUMBER + (int)i };
	return table;
}

/* As conf_read.c does it for settings: one slip, and in longer names a few. */
void
options_append_nearest(struct buf *to, const char *name,
    const char *const *names)
{
	size_t distance = strlen(name) / 4 + 2;
	const char *nearest = NULL;

	for (; *names != NULL; names++) {
		size_t slips = conf_value_distance(name, *names);

		if (slips < distance) {
			distance = slips;
			nearest = *names;
		}
	}
	if (nearest != NULL)
		buf_printf(to, "; did you mean \"%s\"?", nearest);
}

/* "--name" of each row, and a NULL; the strings and the array are the
 * caller's. */
static char **
spellings(const struct options_row *rows)
{
	size_t count = count_rows(rows);
	char **names = xcalloc(count + 1, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = xasprintf("--%s", rows[i].name);
	return names;
}

/* Appends the names that `name` is the beginning of: getopt_long takes it for
 * one of them where there is only one. */
static void
append_meant(struct buf *to, struct bytes name, char *const *names)
{
	for (; *names != NULL; names++) {
		struct bytes start = bytes_of_string(*names);

		if (start.size > name.size)
			start.size = name.size;
		if (bytes_equal(start, name))
			buf_printf(to, " %s", *names);
	}
}

static void
complain_unknown(const char *argument, const struct options_row *rows,
    struct problems *problems)
{
	char *name = xasprintf("%.*s", (int)strcspn(argument, "="), argument);
	char **names = spellings(rows);
	struct buf meant = { 0 }, nearest = { 0 };

	append_meant(&meant, bytes_of_string(name), names);
	options_append_nearest(&nearest, name, (const char *const *)names);
	if (meant.size > 0)
		problem_add(problems, PROBLEM_ERROR,
		    "\"%s\" could be any of%s; write more of it", name,
		    buf_string(&meant));
	else
		problem_add(problems, PROBLEM_ERROR, "unknown option \"%s\"%s",
		    name, buf_string(&nearest));
	for (size_t i = 0; names[i] != NULL; i++)
		free(names[i]);
	free(names);
	free(name);
	buf_clear(&meant);
	buf_clear(&nearest);
}

/* What getopt_long calls '?' or ':': it leaves in optopt which row it is
 * about, if any. */
static void
complain(const char *argument, const struct options_row *rows,
    struct problems *problems)
{
	const struct options_row *row = rows;

	if (optopt < FIRST_NUMBER) {
		complain_unknown(argument, rows, problems);
		return;
	}
	row += optopt - FIRST_NUMBER;
	if (row->value == NULL)
		problem_add(problems, PROBLEM_ERROR, "--%s has no value",
		    row->name);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "--%s needs a value: --%s %s", row->name, row->name,
		    row->value);
}

/* A switch given twice says the same twice; a value does not. */
static void
store(const struct options_row *row, void *into, struct problems *problems)
{
	void *field = (char *)into + row->offset;
	const char **text = field;

	if (row->value == NULL) {
		*(bool *)field = true;
		return;
	}
	if (*text != NULL)
		problem_add(problems, PROBLEM_ERROR, "--%s is given twice",
		    row->name);
	*text = optarg;
}

enum err
options_read(struct options_words words, const struct options_row *rows,
    void *into, struct options_words *rest, struct problems *problems)
{
	struct option *table = getopt_table(rows);
	size_t before = problems_count(problems, PROBLEM_ERROR);
	int count = (int)words.count, number;

	optind = 0; /* GNU's way to begin anew */
	opterr = 0;
	/* ":" has getopt tell a missing value from an unknown option. */
	while ((number = getopt_long(count, words.items, ":", table, NULL)) !=
	    -1) {
		if (number >= FIRST_NUMBER)
			store(&rows[number - FIRST_NUMBER], into, problems);
		else
			complain(words.items[optind - 1], rows, problems);
	}
	free(table);
	if (problems_count(problems, PROBLEM_ERROR) > before)
		return ERR_CONFIGURATION;
	*rest = (struct options_words){ words.items + optind,
		(size_t)(count - optind) };
	return ERR_OK;
}

/* The lines of `text`, the second and later ones under the first. */
static void
append_lines(struct buf *to, const char *text, int column)
{
	const char *end;

	while ((end = strchr(text, '\n')) != NULL) {
		buf_printf(to, "%.*s\n%*s", (int)(end - text), text, column,
		    "");
		text = end + 1;
	}
	buf_printf(to, "%s\n", text);
}

void
options_append_help(struct buf *to, const struct options_row *rows)
{
	for (; rows->name != NULL; rows++) {
		char *option = xasprintf("--%s %s", rows->name,
		    rows->value != NULL ? rows->value : "");

		buf_printf(to, "  %-*s", HELP_COLUMN - 2, option);
		append_lines(to, rows->help, HELP_COLUMN);
		free(option);
	}
}
