/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_EXCHANGE_H
#define SCEPD_SCEP_EXCHANGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * One HTTP request and its answer, free of FastCGI and CGI: what fcgi/ fills
 * in and sends, what scep/ reads and answers.  All views of the request are
 * borrowed from the caller and were counted, not trusted: any byte may stand
 * in them.  A value of all zeroes is a request of nothing from nobody.
 */
struct scep_exchange {
	/* The request. */
	struct bytes method; /* "GET" */
	struct bytes path;   /* SCRIPT_NAME and PATH_INFO, undecoded */
	struct bytes query;  /* QUERY_STRING as sent, nothing decoded */
	struct bytes body;
	struct bytes peer;   /* REMOTE_ADDR */
	int64_t received_at; /* seconds since 1970 */

	/* The answer: scep_serve fills all of it. */
	int status;               /* HTTP status, 200 */
	const char *content_type; /* a constant, without parameters */
	unsigned cached_for;      /* seconds that a cache may keep it; 0: no
	                           * cache may */
	int64_t retry_after;      /* seconds after which to ask again, where
	                           * that is known; 0: it is not */
	struct buf reply;         /* the caller clears it */
};

/* Makes the answer a plain HTTP error: the error's status, and its public
 * text as one line. What the reply held is cleared. */
void scep_exchange_refuse(struct scep_exchange *exchange, enum err err);

#endif
