/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_GATEWAY_H
#define SCEPD_FCGI_GATEWAY_H

#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "scep/exchange.h"

/*
 * What FastCGI and CGI have in common (RFC 3875): variables and a body become
 * a struct scep_exchange, and its answer becomes a head of CGI.  Nothing here
 * knows where the bytes come from or go to.
 */

/* What one request may be and take; nothing in it is ever 0. */
struct gateway_limits {
	int64_t max_body;   /* octets */
	int64_t max_query;  /* octets */
	int64_t timeout_ms; /* for the request to arrive; and for its answer
	                     * to be taken */
};

/*
 * Who answers requests.  Both functions fill in the answer of `exchange`,
 * always, and may be called by several threads at once.
 */
struct gateway_handler {
	/* Answers a request that came whole and within the limits. */
	void (*serve)(void *context, struct scep_exchange *exchange);
	/* Answers one that did not: `err` says why, its body is empty. */
	void (*refuse)(void *context, struct scep_exchange *exchange,
	    enum err err);
	void *context;
};

/* Where one request comes from. */
struct gateway_source {
	/* The value of a variable such as "QUERY_STRING", or NULL; it must
	 * live as long as the request. */
	const char *(*variable)(void *context, const char *name);
	/* Puts up to `size` (> 0) bytes of the body at `into`: how many; 0 at
	 * its end; -1 where no more will come although it has not ended. */
	ssize_t (*read)(void *context, void *into, size_t size);
	void *context;
};

/* One request.  All zeroes is an empty one; gateway_clear ends it. */
struct gateway_request {
	struct scep_exchange exchange;
	struct buf path; /* what exchange.path views */
	struct buf body; /* what exchange.body views */
};

/* What CONTENT_LENGTH says. */
enum gateway_length {
	GATEWAY_LENGTH_ABSENT, /* not there or empty: nginx's "" for a GET */
	GATEWAY_LENGTH_NUMBER,
	GATEWAY_LENGTH_MALFORMED /* anything but digits */
};

/* Reads it into *length, untouched unless it is a number.  Numbers past any
 * limit come out as some number past any limit. */
enum gateway_length gateway_length(struct bytes text, int64_t *length);

/*
 * Takes in one request.  The body is read to its end even when it is not
 * wanted, so that whatever follows it on a connection is in step, but never
 * more than max_body of it is kept.
 *
 * In every case the request's variables are filled in as far as they are
 * known, for the log.  ERR_HTTP_QUERY_LIMIT, ERR_HTTP_BODY_LIMIT, or
 * ERR_HTTP_LENGTH (also where the body was cut short): exchange.body is
 * then empty.
 */
CHECKED enum err gateway_receive(const struct gateway_source *source,
    const struct gateway_limits *limits, struct gateway_request *request);

/* Has the handler answer what gateway_receive took in with result `err`. */
void gateway_answer(const struct gateway_handler *handler,
    struct scep_exchange *exchange, enum err err);

/* Appends the head that stands before the answer's body. */
void gateway_append_head(struct buf *to, const struct scep_exchange *exchange);

/* Wipes and empties, ready for the next request. */
void gateway_clear(struct gateway_request *request);

#endif
