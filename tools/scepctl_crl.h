/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_CRL_H
#define SCEPD_TOOLS_SCEPCTL_CRL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * scepctl crl show|list|export: the newest CRL of a CA, as the keeper has made
 * or read it.  argv[0] is "crl".  Appends what it prints to `output`.
 * ERR_CONFIGURATION for a command line that makes no sense, ERR_STORE_NONE
 * where there is no CRL, ERR_FILE, ERR_STORE; all with a line in `problems`.
 */
CHECKED enum err scepctl_crl(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
