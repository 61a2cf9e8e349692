/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_SERVICE_H
#define SCEPD_FCGI_SERVICE_H

#include "fcgi/configuration.h"
#include "fcgi/gateway.h"
#include "fcgi/listen.h"

/* The endpoints of a configuration as what answers requests; lives as long as
 * the configuration. */
struct gateway_handler
service_handler(const struct configuration *configuration);

/*
 * Serves the endpoints by FastCGI on the listener's socket, as poller_run
 * does; `ready`, or NULL, is called once all is set up.  Retires where the
 * channels to the key process break.
 */
CHECKED enum err service_run(const struct configuration *configuration,
    struct listener *listener, void (*ready)(void), struct problems *problems);

#endif
