/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_HTTP_H
#define SCEPD_TOOLS_HTTP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * One HTTP request and its answer, by libcurl; http_none.c stands in for it
 * where scepctl is built without.  Views of the request are borrowed.
 */

/* More than any answer of SCEP's has: chains and CRLs of large CAs. */
#define HTTP_ANSWER_LIMIT (4u << 20)

struct http_request {
	const char *url; /* http:// or https:// */
	bool post;
	const char *content_type; /* of the body, which POST has */
	struct bytes body;
	const char *tls_ca; /* PEM file of CAs for https; NULL: the system's */
	long timeout;       /* seconds for all of it */
};

/* What came, as a stranger wrote it. Begin with all zeroes. */
struct http_answer {
	long status;
	struct buf content_type; /* empty: none */
	struct buf location;     /* of a redirect; empty: none */
	struct buf body;         /* at most HTTP_ANSWER_LIMIT octets */
};

/*
 * Makes the request and waits for its answer, whatever its status is; to be
 * cleared by http_answer_clear.  Redirects are not followed: they would lead
 * what was encrypted for one server to another.  Nor are proxies of the
 * environment used.  ERR_CLIENT_HTTP, with a line in `problems`, where there
 * is no answer or a larger one.
 */
CHECKED enum err http_exchange(const struct http_request *request,
    struct http_answer *answer, struct problems *problems);

void http_answer_clear(struct http_answer *answer);

#endif
