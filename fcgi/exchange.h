/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_EXCHANGE_H
#define SCEPD_FCGI_EXCHANGE_H

#include <stdbool.h>

#include "base/err.h"
#include "fcgi/gateway.h"

/*
 * One FastCGI request on one connection: decoded, and its answer encoded, by
 * libfcgi, which this is the only file to know.  It is used as a codec alone:
 * it neither listens nor accepts, handles no signals, and keeps no connection
 * from one request to the next.  An exchange belongs to one thread and is
 * used for one request after the other.
 */
struct exchange;

/*
 * Readies libfcgi, once, before any thread.  It installs signal handlers
 * (SIGTERM, SIGUSR1, SIGPIPE) without being asked: they are taken back, and
 * SIGPIPE is ignored from here on.  ERR_CONFIGURATION where it can't start.
 */
CHECKED enum err exchange_start(void);

/* The caller's, to exchange_free.  NULL, and errno says why, where the system
 * has no descriptor or memory left. */
struct exchange *exchange_new(const struct gateway_limits *limits);
void exchange_free(struct exchange *exchange);

/*
 * Whether what can be read from the connection `fd` looks like the start of a
 * request.  False at its end and for anything else than FastCGI's
 * BEGIN_REQUEST; the connection should then be closed.  Blocks never.
 */
bool exchange_is_request(int fd);

/*
 * Reads one request from the connection `fd`, within limits.timeout_ms in all;
 * the connection blocks, and has a time limit for writing.  True: there is
 * somebody to answer, *err is what gateway_receive says about
 * exchange_request, and exchange_send must follow.  False: there is not, and
 * the connection has been closed.
 */
CHECKED bool exchange_receive(struct exchange *exchange, int fd, enum err *err);

/* The request received last, for the handler. */
struct scep_exchange *exchange_request(struct exchange *exchange);

/*
 * Sends the answer and forgets the request.  True: the connection may carry
 * another request.  False: it has been closed, since the web server wants it
 * so, or is gone, or is out of step.
 */
CHECKED bool exchange_send(struct exchange *exchange);

#endif
