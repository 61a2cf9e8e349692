/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/problems.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/xalloc.h"

struct problems {
	struct buf text;
	size_t counts[PROBLEM_WARNING + 1];
};

static const char *const level_names[] = {
	[PROBLEM_ERROR] = "error",
	[PROBLEM_WARNING] = "warning",
};

static const enum log_level log_levels[] = {
	[PROBLEM_ERROR] = LOG_LEVEL_ERROR,
	[PROBLEM_WARNING] = LOG_LEVEL_WARNING,
};

struct problems *
problems_new(void)
{
	return xalloc(sizeof(struct problems));
}

void
problems_free(struct problems *problems)
{
	if (problems == NULL)
		return;
	buf_clear(&problems->text);
	free(problems);
}

void
problem_add(struct problems *problems, enum problem_level level,
    const char *format, ...)
{
	va_list arguments;
	char *line;

	va_start(arguments, format);
	line = xvasprintf(format, arguments);
	va_end(arguments);
	buf_printf(&problems->text, "%s: %s\n", level_names[level], line);
	problems->counts[level]++;
	free(line);
}

size_t
problems_count(const struct problems *problems, enum problem_level level)
{
	return problems->counts[level];
}

const char *
problems_text(struct problems *problems)
{
	return buf_string(&problems->text);
}

/* Each line begins with its level, as problem_add has written it. */
static void
log_problem(struct bytes line)
{
	enum problem_level level = line.data[0] ==
		level_names[PROBLEM_ERROR][0] ?
	    PROBLEM_ERROR :
	    PROBLEM_WARNING;
	struct bytes text = bytes_from(line,
	    strlen(level_names[level]) + strlen(": "));

	log_event(log_levels[level], "%.*s", (int)text.size,
	    (const char *)text.data);
}

void
problems_log(const struct problems *problems)
{
	struct bytes rest = buf_bytes(&problems->text);

	while (rest.size > 0)
		log_problem(bytes_cut(&rest, '\n'));
}
