/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_CONNECTION_H
#define SCEPD_FCGI_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/pool.h"

/*
 * The web server's connections as the poller keeps them: in a list, or with a
 * thread and in none.
 */
struct connection {
	struct job job; /* first: a job is its connection */
	bool fresh;     /* has carried no request yet */
	struct connection *previous;
	struct connection *next;
};

/* All zeroes is an empty list. */
struct connection_list {
	struct connection *first;
	struct connection *last;
};

/*
 * Accepts a connection from the listening socket, with a time limit for each
 * write.  NULL, and errno says why, where there is none;
 * ECONNABORTED also where it could not have the limit.  It is the caller's,
 * to connection_free.
 */
struct connection *connection_accept(int listening, int64_t timeout_ms);

/* Closes what is still open, and frees. */
void connection_free(struct connection *connection);

/* The connection whose job this is. */
struct connection *connection_of(struct job *job);

void connection_append(struct connection_list *list,
    struct connection *connection);

/* The connection must be in this list. */
void connection_remove(struct connection_list *list,
    struct connection *connection);

/* Frees all of them. */
void connection_clear(struct connection_list *list);

#endif
