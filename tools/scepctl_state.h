/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_STATE_H
#define SCEPD_TOOLS_SCEPCTL_STATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * `scepctl state show|backup|restore`: the state database as a whole.  See
 * scepctl(1); argv[0] is "state".  As state_run: ERR_FILE also where a backup
 * can't be made or restored.
 */
CHECKED enum err scepctl_state(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
