/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FAKES_HTTP_POST_H
#define SCEPD_TESTS_FAKES_HTTP_POST_H

#include <netinet/in.h>
#include <stdbool.h>

#include "base/buf.h"

/*
 * Posts a pkiMessage to PATH?operation=PKIOperation of a web server on
 * 127.0.0.1, over a connection of its own, by HTTP/1.0: so an answer comes in
 * one piece.  True where that has status 200 and is whole, as far as it says
 * how long it is; *body is of `reply` then, which is appended to and is the
 * caller's, to buf_clear.  A server that is killed makes it false.
 */
bool http_post(in_port_t port, const char *path, struct bytes message,
    struct buf *reply, struct bytes *body);

#endif
