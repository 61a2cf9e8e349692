/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_JOURNAL_H
#define SCEPD_SCEP_JOURNAL_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The log line of one request, filled in while it is worked on.  Every
 * request leaves one.  No secret and no payload ever goes into it.
 */
struct journal {
	int64_t started_us;      /* clock_monotonic_us */
	const char *endpoint;    /* its path, or NULL */
	const char *operation;   /* "PKIOperation", or NULL */
	struct buf message_type; /* as sent */
	struct buf transaction_id;
	struct bytes peer;  /* borrowed */
	const char *result; /* "success", "pending", "failure", "error",
	                     * "ok" */
	enum err reason;
	int64_t request;    /* the number it has in the store; 0: none */
	int64_t challenge;  /* likewise, of its password */
	struct buf serial;  /* hexadecimal, of what was issued */
	struct buf subject; /* RFC 4514 */
	struct buf detail;  /* what exactly was wrong */
};

/* Writes the line and clears the journal. */
void journal_write(struct journal *journal);

#endif
