/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_OUTCOME_H
#define SCEPD_SCEP_OUTCOME_H

#include "backends/hook_answer.h"
#include "backends/hook_call.h"
#include "scep/endpoint.h"

/*
 * What becomes of a transaction by what others answer about it, in the store
 * and in the log.
 */

/* Who is asked, and about what. */
struct question {
	const struct endpoint *endpoint;
	const struct authority *authority; /* SUBMITTED: whose CA is asked */
	const struct hook *hook;           /* NULL: by backend_issue */
	struct transaction transaction;    /* as it was taken */
	struct csr *csr;                   /* but of WITHHELD */
	struct certificate *certificate;   /* as of struct hook_request */
	struct hook_call *call;
	int64_t asked_at; /* when it was taken */
	int64_t now;
};

void question_clear(struct question *question);

/* A hook has come to its end, at question->now.  ERR_STORE; ERR_CA_COMMAND,
 * ERR_CA_ANSWER and what else it has made wrong. */
CHECKED enum err outcome_of_run(const struct question *question,
    const struct command_result *result);

/* backend_issue has returned that.  ERR_STORE; else the same. */
CHECKED enum err outcome_of_issue(const struct question *question,
    enum err issued, const struct backend_answer *answer);

/* Nobody could be asked, or has answered, for this reason, which is what it
 * returns; or ERR_STORE. */
CHECKED enum err outcome_of_trouble(const struct question *question,
    enum err why);

/* It is to be due again at once, with all that is known. */
CHECKED enum err outcome_of_cancelling(const struct question *question);

#endif
