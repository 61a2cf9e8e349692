/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_INIT_H
#define SCEPD_TOOLS_SCEPCTL_INIT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * scepctl init: makes a CA, its RA, a challenge password and a configuration
 * in a new folder, or an RA certificate for a CA that is there.  argv[0] is
 * "init".  Appends what is to be printed; ERR_CONFIGURATION for a command
 * line that makes no sense, and the errors of init.h.
 */
CHECKED enum err scepctl_init(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
