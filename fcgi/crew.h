/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_CREW_H
#define SCEPD_FCGI_CREW_H

#include "fcgi/pair.h"

/*
 * All pairs of a supervisor: the keeper's, and those of the workers.  Whoever
 * ends without having been told to is replaced, at once at first and then
 * after pauses that grow, from 0.1 to 10 seconds.
 */
struct crew;

/* An empty one; the caller's, to crew_free when crew_is_gone. */
struct crew *crew_new(void);
void crew_free(struct crew *crew);

/*
 * Starts as many pairs as the order's generation says; `order`, whose number
 * is filled in, is kept for those that are started later, and what it points
 * to must live until the next call.  A pair that serves is told to end when
 * its successor serves, so that there is always somebody; or, where nobody
 * will go on serving its socket (`last`), at once.
 */
void crew_replace(struct crew *crew, const struct pair_order *order, bool last);

/* Tells all to end, the keeper once the workers have; none is started any
 * more. */
void crew_end(struct crew *crew, bool last);

/* Whether all have served at the same time, ever. */
bool crew_is_up(const struct crew *crew);

/* Whether nobody is left. */
bool crew_is_gone(const struct crew *crew);

/* Notes that the child `pid` serves. */
void crew_note_ready(struct crew *crew, pid_t pid);

/* Notes that the child `pid` has ended, by the status of waitpid(2); whether
 * nobody had told it to. */
bool crew_note_end(struct crew *crew, pid_t pid, int status);

/* Starts those whose pause is over, and kills those that were told to end and
 * do not. */
void crew_run_due(struct crew *crew);

/* Milliseconds until there will be one; -1: nobody waits. */
int crew_wait_ms(const struct crew *crew);

#endif
