/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_CGI_H
#define SCEPD_FCGI_CGI_H

#include "fcgi/gateway.h"

/*
 * Plain CGI/1.1 (RFC 3875), for web servers that run a program for each
 * request: the request is in the environment and on `in`, its answer goes to
 * `out`.  Has no result: where the web server is gone there is nobody left to
 * tell.  Expects SIGPIPE to be ignored.
 *
 * Of the body exactly CONTENT_LENGTH octets are read, as the RFC demands;
 * without one there is a body only where HTTP_TRANSFER_ENCODING says so
 * (chunked, as Apache passes it on), and it is read to its end.
 */
void cgi_serve(const struct gateway_limits *limits,
    const struct gateway_handler *handler, int in, int out);

#endif
