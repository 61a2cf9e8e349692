/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FAKES_FCGI_CLIENT_H
#define SCEPD_TESTS_FAKES_FCGI_CLIENT_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * The web server's side of FastCGI, written from the specification without
 * any library, so that tests can also send what no web server would.
 */

/* Types of records. */
enum fcgi_type {
	FCGI_BEGIN = 1,
	FCGI_ABORT = 2,
	FCGI_END = 3,
	FCGI_PARAMETERS = 4,
	FCGI_INPUT = 5,
	FCGI_OUTPUT = 6,
	FCGI_ERRORS = 7,
	FCGI_QUESTION = 9 /* GET_VALUES */
};

enum fcgi_role {
	FCGI_RESPOND = 1,
	FCGI_AUTHORIZE = 2,
	FCGI_FILTERING = 3
};

/* One record, with padding to a multiple of eight. */
void fcgi_append_record(struct buf *to, enum fcgi_type type, unsigned id,
    struct bytes content);

/* BEGIN_REQUEST. */
void fcgi_append_begin(struct buf *to, unsigned id, enum fcgi_role role,
    bool keep);

/* A name and its value, as the content of PARAMETERS has them. */
void fcgi_append_pair(struct buf *to, const char *name, struct bytes value);

/* `content` as records of at most 32 KiB, and the empty one that ends it. */
void fcgi_append_stream(struct buf *to, enum fcgi_type type, unsigned id,
    struct bytes content);

/* A request as nginx sends it; what is NULL is not sent. */
struct fcgi_request {
	unsigned id; /* 0: 1 */
	bool keep;
	const char *method;
	const char *script_name;
	const char *path_info;
	const char *query;
	const char *content_length;
	const char *peer;
	struct bytes body;
};
void fcgi_append_request(struct buf *to, const struct fcgi_request *request);

/* A connection to the socket at `path`, or -1. */
int fcgi_connect(const char *path);

/* Whether all was taken within ten seconds. */
bool fcgi_send(int fd, struct bytes bytes);

/* An answer; all zeroes before. */
struct fcgi_answer {
	unsigned id;
	struct buf output; /* head and body */
	unsigned application_status;
	unsigned protocol_status;
};

/* Reads records up to END_REQUEST. False: the connection was closed before,
 * or nothing came for ten seconds. */
bool fcgi_receive(int fd, struct fcgi_answer *answer);
void fcgi_answer_clear(struct fcgi_answer *answer);

/* The part of an answer behind its head. */
struct bytes fcgi_answer_body(const struct fcgi_answer *answer);

/* Whether the other side closes within ten seconds, without another byte. */
bool fcgi_is_closed(int fd);

#endif
