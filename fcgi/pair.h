/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_PAIR_H
#define SCEPD_FCGI_PAIR_H

#include <stdint.h>

#include "fcgi/generation.h"
#include "fcgi/listen.h"

/*
 * Two processes that live and die together: a worker and its key process, or
 * the keeper and its.  They are connected by socket pairs that nobody else
 * has, so a key process ends when its other half has ended.
 */
struct pair;

/* What is to be started. */
struct pair_order {
	const struct generation *generation;
	unsigned number;                 /* of the worker; 0: the keeper */
	const struct listener *listener; /* a worker's */
	int guesses; /* of guesses_new_shared: a worker's and the keeper's */
	int ready;   /* a pipe: each half writes its pid once it serves */
};

/* Starts one; the caller's, to pair_free when both halves have ended. NULL,
 * and a line in the log says why, where it can't be started. */
struct pair *pair_start(const struct pair_order *order);

/*
 * Gives the keeper of one pair the channel over which the worker of the other
 * has errands done; the worker's pair keeps it as well, for a keeper that is
 * started later.  Where that fails, a line in the log says so, and the
 * worker's errands are late.
 */
void pair_introduce(const struct pair *keeper, const struct pair *worker);

/* Frees; NULL is nothing. */
void pair_free(struct pair *pair);

/* Lists of pairs, in no order. */
struct pair *pair_next(const struct pair *pair);
void pair_push(struct pair **list, struct pair *pair);
void pair_remove(struct pair **list, struct pair *pair);

/* Whether it is the keeper and its key process. */
bool pair_is_keeper(const struct pair *pair);

/* Whether `pid` is one of its halves. */
bool pair_has(const struct pair *pair, pid_t pid);

/* Notes that a half serves; whether both do now. */
bool pair_note_ready(struct pair *pair, pid_t pid);

/* Notes that a half has ended, by the status of waitpid(2), and logs it
 * unless that was to be expected; whether both have now. */
bool pair_note_end(struct pair *pair, pid_t pid, int status);

/* For how long it has been running, in microseconds. */
int64_t pair_age_us(const struct pair *pair);

/*
 * Has it answer what has begun and end.  `last`: nobody goes on serving its
 * socket, so whoever waits there is let in before.
 */
void pair_end(struct pair *pair, bool last);

/* When one that was told to end should long have done so, whatever requests it
 * had: by clock_monotonic_us; INT64_MAX where it is killed already. */
int64_t pair_overdue_us(const struct pair *pair);

/* Kills what is left of it, and says so in the log. */
void pair_kill(struct pair *pair);

#endif
