/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_SUBMISSION_H
#define SCEPD_SCEP_SUBMISSION_H

#include "scep/endpoint.h"

/*
 * Requests that are submitted to a CA which makes certificates itself
 * (backend_requests).  The store has them (TRANSACTION_SUBMITTED), so neither a
 * worker nor the keeper can lose one: a worker has the keeper ask the CA at
 * once, by an errand of the transaction's number; and the keeper asks for what
 * is due anyway, until there is an end.
 */

#define SUBMISSION_ERRAND 2

/* Has the CA asked, if it is time to, and waits for as long as a client does.
 * What has come of it is in the store. */
void submission_await(const struct endpoint *endpoint, int64_t number);

/* The endpoints that there are. */
struct endpoints {
	struct endpoint *const *items;
	size_t count;
};

/*
 * Does such an errand: asks the CA for the transaction that `request` names, if
 * it is time to, and puts into the store what comes of it.  ERR_ERRAND_REFUSED
 * where that names none; else what backend_issue has returned.
 */
CHECKED enum err submission_do_errand(struct endpoints endpoints,
    struct bytes request, int64_t now);

/* Asks for all that are due, at most for some seconds; what goes wrong is in
 * the log. */
void submission_run_due(struct endpoints endpoints, int64_t now);

#endif
