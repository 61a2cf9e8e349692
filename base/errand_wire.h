/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_ERRAND_WIRE_H
#define SCEPD_BASE_ERRAND_WIRE_H

#include "base/errand.h"

/*
 * What a worker and the keeper say to each other about errands, over a socket
 * that keeps messages apart (SOCK_SEQPACKET) and that only these two have:
 *
 *     request: sequence (4), kind (2), what is asked for
 *     reply:   sequence (4), result (2), the reply; nothing unless the result
 *              is ERR_OK
 *
 * Numbers have their most significant octet first.  A reply has its request's
 * sequence.  Both processes are the same program, so a result is an enum err.
 */

/* The most octets of a message; a larger one is none. */
#define ERRAND_WIRE_HEAD ((size_t)6)
#define ERRAND_WIRE_LIMIT (ERRAND_WIRE_HEAD + ERRAND_LIMIT)

struct errand_request {
	uint32_t sequence;
	uint16_t kind;
	struct bytes body;
};

struct errand_reply {
	uint32_t sequence;
	enum err result;
	struct bytes body;
};

/* Appends a whole message. */
void errand_wire_append_request(struct buf *to,
    const struct errand_request *request);
void errand_wire_append_reply(struct buf *to, const struct errand_reply *reply);

/* Reads one; views into `message`.  ERR_ERRAND_CHANNEL where it is too short
 * or too long, or has a result that is none, or a failure and more. */
CHECKED enum err errand_wire_read_request(struct bytes message,
    struct errand_request *request);
CHECKED enum err errand_wire_read_reply(struct bytes message,
    struct errand_reply *reply);

#endif
