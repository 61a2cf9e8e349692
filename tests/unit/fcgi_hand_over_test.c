/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/hand_over.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "tests/unit/unit.h"

static void
what_is_given_is_taken_with_its_number(void **state)
{
	int ends[2], given[2], taken = -1;
	unsigned worker = 0;
	char octet = 0;

	(void)state;
	assert_true(hand_over_open(ends));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     given),
	    0);
	assert_true(hand_over(ends[0], given[0], 7));
	close(given[0]);
	assert_int_equal(hand_over_take(ends[1], &taken, &worker),
	    HAND_OVER_TAKEN);
	assert_int_equal(worker, 7);
	assert_int_equal(fcntl(taken, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(taken, "x", 1), 1);
	assert_int_equal(read(given[1], &octet, 1), 1);
	assert_int_equal(octet, 'x');
	assert_int_equal(hand_over_take(ends[1], &taken, &worker),
	    HAND_OVER_NONE);
	close(ends[0]);
	assert_int_equal(hand_over_take(ends[1], &taken, &worker),
	    HAND_OVER_END);
	assert_int_equal(worker, 7);
	close(ends[1]);
	close(taken);
	close(given[1]);
}

/* 256 workers of one configuration, and as many of the next. */
static void
all_that_there_can_be_are_given_before_one_is_taken(void **state)
{
	int ends[2], taken;
	unsigned worker;

	(void)state;
	assert_true(hand_over_open(ends));
	for (unsigned i = 0; i < 512; i++)
		assert_true(hand_over(ends[0], STDERR_FILENO, i));
	for (unsigned i = 0; i < 512; i++) {
		assert_int_equal(hand_over_take(ends[1], &taken, &worker),
		    HAND_OVER_TAKEN);
		assert_int_equal(worker, i);
		close(taken);
	}
	close(ends[0]);
	close(ends[1]);
}

static void
who_can_open_no_more_takes_none_and_goes_on(void **state)
{
	struct rlimit before, none;
	int ends[2], taken = -1;
	unsigned worker = 0;

	(void)state;
	assert_true(hand_over_open(ends));
	assert_true(hand_over(ends[0], STDERR_FILENO, 1));
	assert_true(hand_over(ends[0], STDERR_FILENO, 2));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(hand_over_take(ends[1], &taken, &worker),
	    HAND_OVER_NONE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(taken, -1);
	assert_int_equal(hand_over_take(ends[1], &taken, &worker),
	    HAND_OVER_TAKEN);
	assert_int_equal(worker, 2);
	close(taken);
	close(ends[0]);
	close(ends[1]);
}

static void
nobody_waits_for_one_who_does_not_take(void **state)
{
	int ends[2];

	(void)state;
	assert_true(hand_over_open(ends));
	while (hand_over(ends[0], ends[1], 1))
		continue;
	close(ends[1]);
	assert_false(hand_over(ends[0], ends[0], 1));
	close(ends[0]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_given_is_taken_with_its_number),
		cmocka_unit_test(
		    all_that_there_can_be_are_given_before_one_is_taken),
		cmocka_unit_test(who_can_open_no_more_takes_none_and_goes_on),
		cmocka_unit_test(nobody_waits_for_one_who_does_not_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
