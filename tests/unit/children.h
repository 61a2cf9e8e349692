/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CHILDREN_H
#define SCEPD_TESTS_UNIT_CHILDREN_H

#include <sys/wait.h>

#include "tests/unit/unit.h"

/* How a child ended, as waitpid has it. */
static inline int
ended(pid_t child)
{
	int status = -1;

	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* Fails unless the child ends well. */
static inline void
assert_ends_well(pid_t child)
{
	assert_int_equal(ended(child), 0);
}

#endif
