/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_ENROL_H
#define SCEPD_TOOLS_SCEPCTL_ENROL_H

#include "tools/client.h"
#include "tools/options.h"

/*
 * scepctl enrol: gets a certificate from a SCEP server, any one, as a device
 * does.  argv[0] is "enrol".  Appends what is to be printed.
 * ERR_CONFIGURATION for a command line that makes no sense, ERR_CLIENT_PENDING
 * where the request still waits, and all that can go wrong on the way.
 */
CHECKED enum err scepctl_enrol(int argc, char **argv, struct buf *output,
    struct problems *problems);

/* The same in another world, for tests. */
CHECKED enum err scepctl_enrol_in(const struct client_world *world,
    struct options_words words, struct buf *output, struct problems *problems);

#endif
