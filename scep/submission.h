/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_SUBMISSION_H
#define SCEPD_SCEP_SUBMISSION_H

#include "scep/endpoint.h"

/*
 * Requests that others are asked about: a CA that makes certificates itself
 * (backend_requests), a hook that decides about what is held, or one that is to
 * know of a certificate before its device.  The store has them
 * (TRANSACTION_SUBMITTED, TRANSACTION_HELD, TRANSACTION_WITHHELD), so neither a
 * worker nor the keeper can lose one: a worker has the keeper ask at once, by an
 * errand of the transaction's number; and the keeper asks about what is due
 * anyway, until there is an end.
 */

#define SUBMISSION_ERRAND 2

/*
 * Has it asked about a transaction, if it is time to, and waits until that time
 * (clock_monotonic_us), unless too many do.  *transaction becomes what the store
 * has of it then: in the same state where there is no answer yet.  ERR_STORE,
 * ERR_STORE_NONE.
 */
CHECKED enum err submission_await(const struct endpoint *endpoint,
    int64_t until_us, struct transaction *transaction);

struct commands;

/* Who asks. */
struct submissions {
	struct endpoint *const *endpoints;
	size_t count;
	/* Where hooks run side by side; NULL: each is waited for. */
	struct commands *commands;
};

/*
 * Does such an errand: asks about the transaction that `request` names, if it is
 * time to, and puts into the store what comes of it, now or later; then the
 * reply is SUBMISSION_RUNNING.  ERR_ERRAND_REFUSED where that names none; else
 * what backend_issue has returned.
 */
#define SUBMISSION_RUNNING "running"
CHECKED enum err submission_do_errand(const struct submissions *submissions,
    struct bytes request, int64_t now, struct buf *reply);

/* Asks about all that are due, at most for some seconds; what goes wrong is in
 * the log. */
void submission_run_due(const struct submissions *submissions, int64_t now);

#endif
