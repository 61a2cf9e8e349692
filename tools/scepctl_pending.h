/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_PENDING_H
#define SCEPD_TOOLS_SCEPCTL_PENDING_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * scepctl pending: lists and shows requests that are held, and decides about
 * them.  argv[0] is "pending".  Appends what is to be printed; the errors of
 * state_run, and ERR_STORE_NONE for a request that is not there, is not held
 * any more, or is not the one that was looked at.
 */
CHECKED enum err scepctl_pending(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
