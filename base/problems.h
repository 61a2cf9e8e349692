/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_PROBLEMS_H
#define SCEPD_BASE_PROBLEMS_H

#include <stdbool.h>
#include <stdio.h>

/*
 * What is wrong with a configuration and the files it names: lines for the
 * administrator, collected rather than printed at once, so that one start
 * (or `scepd -t`) reports everything, and a test can look.  Each line names
 * the thing, the place and the remedy:
 *     scepd.conf:12: unknown setting "challange" in "enrol"; did you mean
 *     "challenge"?
 */
struct problems;

enum problem_level {
	PROBLEM_ERROR,  /* scepd must not start */
	PROBLEM_WARNING /* it starts, but somebody should look */
};

struct problems *problems_new(void);
void problems_free(struct problems *problems);

/* Adds one line, made as by printf, without a line end. */
void problem_add(struct problems *problems, enum problem_level level,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* How many lines of that level there are. */
size_t problems_count(const struct problems *problems,
    enum problem_level level);

/* All lines in order, one a line, each "error: ..." or "warning: ...". The
 * string lives until the next problem_add or problems_free. */
const char *problems_text(struct problems *problems);

/* Writes each line to the log, at its level. */
void problems_log(const struct problems *problems);

#endif
