/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FAKES_ECHO_HANDLER_H
#define SCEPD_TESTS_FAKES_ECHO_HANDLER_H

#include "fcgi/gateway.h"

/*
 * A handler that tells what it was asked: status 200 (or the error's), type
 * "text/plain", and "METHOD|PATH|QUERY|PEER|BODY", with "NAME-OF-ERROR:"
 * before it where the request was to be refused.
 */
extern const struct gateway_handler echo_handler;

#endif
