/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_WORLD_H
#define SCEPD_TOOLS_CLIENT_WORLD_H

#include "tools/client.h"

/* The real one: libcurl, the clock, and standard error to tell people on. */
extern const struct client_world client_world;

#endif
