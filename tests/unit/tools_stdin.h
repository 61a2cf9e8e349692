/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_TOOLS_STDIN_H
#define SCEPD_TESTS_UNIT_TOOLS_STDIN_H

/* Standard input, and its like, for tests of what reads it. */
#include <fcntl.h>

#include "tests/unit/unit.h"

/* Puts `fd`, which is closed, in the place of `standard`; returns what that
 * was, for descriptor_again. */
static inline int
descriptor_becomes(int standard, int fd)
{
	int before = fcntl(standard, F_DUPFD_CLOEXEC, 3);

	assert_true(before >= 0 && fd >= 0);
	assert_int_equal(dup2(fd, standard), standard);
	close(fd);
	return before;
}

static inline void
descriptor_again(int standard, int before)
{
	assert_int_equal(dup2(before, standard), standard);
	close(before);
}

/* Standard input has these octets and no more. */
static inline int
stdin_becomes(struct bytes octets)
{
	FILE *file = tmpfile();
	int before;

	assert_non_null(file);
	if (octets.size > 0)
		assert_int_equal(fwrite(octets.data, octets.size, 1, file), 1);
	rewind(file);
	before = descriptor_becomes(STDIN_FILENO, dup(fileno(file)));
	fclose(file);
	return before;
}

#endif
