/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_UNIT_H
#define SCEPD_TESTS_UNIT_UNIT_H

/* cmocka.h wants these before it, and does not include them itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/count.h"

/* Fails unless `actual` holds exactly the bytes of a string literal. */
#define assert_bytes(actual, literal) \
	assert_same_bytes((actual), BYTES_LITERAL(literal))

#define assert_same_bytes(actual, expected) \
	unit_same_bytes((actual), (expected), __FILE__, __LINE__)

static inline void
unit_same_bytes(struct bytes actual, struct bytes expected, const char *file,
    int line)
{
	if (bytes_equal(actual, expected))
		return;
	print_error("# got %zu bytes \"%.*s\", want %zu bytes \"%.*s\"\n",
	    actual.size, (int)actual.size, (const char *)actual.data,
	    expected.size, (int)expected.size, (const char *)expected.data);
	_fail(file, line);
}

/* Takes our pid out of the beginnings of log lines. */
static inline void
unit_forget_pid(struct buf *text)
{
	char with[40];
	const char *rest = buf_string(text), *at;
	struct buf without = { 0 };

	snprintf(with, sizeof(with), "scepd[%ld]: ", (long)getpid());
	for (; (at = strstr(rest, with)) != NULL; rest = at + strlen(with)) {
		buf_append(&without, bytes_of(rest, (size_t)(at - rest)));
		buf_append_string(&without, "scepd: ");
	}
	buf_append_string(&without, rest);
	buf_clear(text);
	*text = without;
}

#endif
