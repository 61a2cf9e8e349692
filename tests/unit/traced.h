/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_TRACED_H
#define SCEPD_TESTS_UNIT_TRACED_H

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>

#include "tests/unit/children.h"

/*
 * A child that stops before and after each system call that it makes, so that
 * something can be done at every point of what it does: that does not depend
 * on how long anything takes.
 */

/* What is done at a point, counted from 0; past the end of the child: after
 * it. */
struct traced_step {
	unsigned point;
	void (*act)(void); /* NULL: the child is killed */
};

static inline pid_t
traced_start(void (*work)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(2);
		raise(SIGSTOP);
		work();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status)) {
		print_message("# nobody may trace here\n");
		skip();
	}
	assert_true(WIFSTOPPED(status));
	return child;
}

/* To its next point; false: it has ended, and well. */
static inline bool
traced_go_on(pid_t child)
{
	int status;

	assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSTOPPED(status) || status == 0);
	return WIFSTOPPED(status);
}

static inline bool
traced_act(pid_t child, bool alive, const struct traced_step *step)
{
	if (step->act != NULL) {
		step->act();
		return alive;
	}
	if (alive) {
		kill(child, SIGKILL);
		assert_true(WIFSIGNALED(ended(child)));
	}
	return false;
}

/* Does all steps, whose points do not decrease; returns whether the first came
 * before the child's end. */
static inline bool
traced_run(void (*work)(void), const struct traced_step *steps, size_t count)
{
	pid_t child = traced_start(work);
	bool alive = true, early = false;

	for (unsigned point = 0; alive; point++) {
		for (; count > 0 && steps->point == point; steps++, count--) {
			early = true;
			alive = traced_act(child, alive, steps);
		}
		alive = alive && traced_go_on(child);
	}
	for (; count > 0; steps++, count--)
		traced_act(child, false, steps);
	return early;
}

/* From here on a call of this process fails so; only where its argument of that
 * number is not 0, unless that is negative. */
static inline void
spoil_call(int call, int cause, int argument)
{
	const struct scmp_arg_cmp only = {
		(unsigned)(argument < 0 ? 0 : argument), SCMP_CMP_NE, 0, 0
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((unsigned)cause),
		call, argument >= 0, &only) != 0 ||
	    seccomp_load(filter) != 0)
		_exit(3);
	seccomp_release(filter);
}

#endif
