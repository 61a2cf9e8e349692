/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_GET_H
#define SCEPD_TOOLS_SCEPCTL_GET_H

#include "tools/client.h"
#include "tools/options.h"

/*
 * scepctl get: asks a SCEP server, any one, for what it can, for its CA
 * certificates, those to come, a certificate, or the CRL.  argv[0] is "get".
 * Appends what is to be printed.  ERR_CONFIGURATION for a command line that
 * makes no sense, and all that can go wrong on the way.
 */
CHECKED enum err scepctl_get(int argc, char **argv, struct buf *output,
    struct problems *problems);

/* The same in another world, for tests. */
CHECKED enum err scepctl_get_in(const struct client_world *world,
    struct options_words words, struct buf *output, struct problems *problems);

#endif
