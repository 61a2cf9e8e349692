/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_CHALLENGE_H
#define SCEPD_TOOLS_SCEPCTL_CHALLENGE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/* `scepctl challenge`, see scepctl(1): challenge passwords.  argv[0] is the
 * subcommand's name.  ERR_CONFIGURATION for a command line that makes no sense;
 * ERR_FILE, ERR_STORE. */
CHECKED enum err scepctl_challenge(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
