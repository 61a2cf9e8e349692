/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_HOOK_ANSWER_H
#define SCEPD_BACKENDS_HOOK_ANSWER_H

#include "base/command_result.h"
#include "base/err.h"

/* What a hook has answered (scepd-hooks(7)): its exit status and its stdout. */

enum hook_verdict {
	HOOK_DONE,    /* 0: allowed, or the certificate is in `output` */
	HOOK_PENDING, /* 1, 5: ask again */
	HOOK_REFUSED, /* 2, and why */
	HOOK_TROUBLE  /* 3, 4, 6 and whatever else: not the device's fault */
};

/* A cookie is no longer, and of printable ASCII. */
#define HOOK_COOKIE_LIMIT 1024

/* A profile's name is no longer. */
#define HOOK_PROFILE_LIMIT 64

/* What is kept of a reason, in octets. */
#define HOOK_REASON_LIMIT 512

/* No hook is asked again later than this, in seconds. */
#define HOOK_WAIT_LIMIT 86400

struct hook_answer {
	enum hook_verdict verdict;
	struct bytes output;  /* DONE: what it wrote; views the result */
	struct bytes profile; /* DONE: which it has chosen, or nothing; views
	                       * the result */
	struct bytes cookie;  /* PENDING; views the result */
	int64_t wait;         /* PENDING: seconds; 0: the hook does not say */
	struct buf reason;    /* REFUSED: one line of UTF-8, without control
	                      * characters; TROUBLE: what went wrong */
	enum fail_info fail_info; /* REFUSED: what the device is told */
};

/* Reads it; `answer` is to be cleared, and views the result. */
void hook_answer_read(const struct command_result *result,
    struct hook_answer *answer);

void hook_answer_clear(struct hook_answer *answer);

#endif
