/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_DESCRIPTORS_H
#define SCEPD_TESTS_UNIT_DESCRIPTORS_H

#include <sys/resource.h>

#include "tests/unit/unit.h"

/* Lets this process open no descriptor that is not below `limit`; returns what
 * the limit was before. */
static inline rlim_t
limit_descriptors(rlim_t limit)
{
	struct rlimit now;
	rlim_t before;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	before = now.rlim_cur;
	now.rlim_cur = limit;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	return before;
}

#endif
