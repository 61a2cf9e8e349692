/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_ERRANDS_H
#define SCEPD_BASE_ERRANDS_H

#include <stdbool.h>

#include "base/errand.h"

/*
 * Who has errands done: by the keeper, over a channel that this process has
 * to it; or by itself, where there is no other.  May be used from several
 * threads at once.
 */
struct errands;

/* Takes over the channel `fd`, a connected SOCK_SEQPACKET socket.  The result
 * is the caller's, to errands_free. */
struct errands *errands_new(int fd);

/*
 * Has all done in this process, one at a time, by what `table` has at the
 * time that it is asked for; the table is borrowed.  The result is the
 * caller's, to errands_free.
 */
struct errands *errands_new_local(const struct errand_table *table);

/* Closes the channel; NULL is nothing. Nobody may be waiting. */
void errands_free(struct errands *errands);

/*
 * Of the threads that share it, so many may wait at the same time for what
 * takes longer than an errand (at first, any number): others have requests to
 * answer.  Whether the caller is one of them, who then calls errands_end_wait.
 */
void errands_limit_waits(struct errands *errands, unsigned limit);
bool errands_begin_wait(struct errands *errands);
void errands_end_wait(struct errands *errands);

/* What is to be done. */
struct errand {
	uint16_t kind;
	struct bytes request;
	int timeout_ms; /* how long a reply is waited for; not where errands
	                 * are done in this process */
};

/*
 * Has one done, waits for its reply, and appends that.  Otherwise what the
 * handler has returned (errand.h), and besides
 *
 *     ERR_ERRAND_LATE     no reply came in time, or nobody is at the other end:
 *                         the keeper is slow, or about to be started anew.
 *                         It may have been done all the same, or be done
 *                         yet: whoever still wants it asks again, later.
 *     ERR_ERRAND_REFUSED  the keeper knows no such errand; or it is larger
 *                         than ERRAND_LIMIT, and a line in the log says so.
 */
CHECKED enum err errands_run(struct errands *errands,
    const struct errand *errand, struct buf *reply);

#endif
