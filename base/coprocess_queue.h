/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COPROCESS_QUEUE_H
#define SCEPD_BASE_COPROCESS_QUEUE_H

#include "base/command_result.h"

/* What a coprocess is to be asked, and has been: first come, first served.  One
 * of all zeroes is empty and ready. */

struct coprocess_request {
	struct coprocess_request *next; /* came later */
	int64_t id;
	struct buf line;
	int64_t since_us; /* when it came, by clock_monotonic_us */
	bool is_sent;     /* to the process that runs */
	unsigned tries;   /* so many processes have been sent it */
	struct command_listener listener;
};

struct coprocess_queue {
	struct coprocess_request *first;
	struct coprocess_request **end; /* where the next is to be linked */
	size_t waiting;                 /* not sent yet */
	size_t sent;
	int64_t last_id;
};

/* Adds one with an id of its own, 1 and up; its line is
 * {"id": ID, REST
 * and it is not longer than the rest by more than 32 octets. */
void coprocess_queue_add(struct coprocess_queue *queue, struct bytes rest,
    int64_t now_us, const struct command_listener *listener);

/* The first that waits; NULL where none does. */
struct coprocess_request *
coprocess_queue_next(const struct coprocess_queue *queue);

/* That which was sent with this id, or NULL. */
struct coprocess_request *
coprocess_queue_find(const struct coprocess_queue *queue, int64_t id);

/* It is sent now. */
void coprocess_queue_send(struct coprocess_queue *queue,
    struct coprocess_request *request);

/* None is sent any more: all wait. */
void coprocess_queue_ask_again(struct coprocess_queue *queue);

/* Takes one out, tells its listener the result, whose time it sets, and frees
 * it. */
void coprocess_queue_answer(struct coprocess_queue *queue,
    struct coprocess_request *request, struct command_result *result,
    int64_t now_us);

#endif
