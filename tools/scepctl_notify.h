/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_NOTIFY_H
#define SCEPD_TOOLS_SCEPCTL_NOTIFY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/* scepctl notify: what a program is still to be told, as state.h has it. */
CHECKED enum err scepctl_notify(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
