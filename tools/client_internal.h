/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_INTERNAL_H
#define SCEPD_TOOLS_CLIENT_INTERNAL_H

#include "tools/client.h"

/* What client.c and client_ask.c share. */

#define SHOWN_LIMIT 200 /* octets of what a server says, for people */

/* An operation of RFC 8894 section 4.1: by GET, its message in the query, or
 * by POST as the body. */
struct client_operation {
	const char *name;
	const char *content_type; /* that its answer should have */
	struct bytes message;     /* nothing: none */
	bool post;
	bool may_fail; /* whatever the status is, it is an answer */
};

/* Has the server do it.  To be cleared by http_answer_clear, also where it
 * fails. ERR_CLIENT_HTTP, with a line in the client's problems. */
CHECKED enum err client_operate(struct client *client,
    const struct client_operation *operation, struct http_answer *answer);

/* Adds the line "WHAT: DETAIL", and returns `err`. */
enum err client_complain(struct client *client, enum err err, const char *what,
    const char *detail);

#endif
