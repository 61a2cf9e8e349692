/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SECRET_INPUT_H
#define SCEPD_TOOLS_SECRET_INPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * Appends the secrets that standard input has, one a line, each behind it with
 * a "\n".  At a terminal it is one, which is asked for on standard error, not
 * shown when it is typed, and has to be typed twice.
 *
 * ERR_FILE with a line in `problems` where it can't be read, there is no
 * secret, one is empty, or all are larger than 64 KiB.
 */
CHECKED enum err secret_input_read(struct buf *secrets,
    struct problems *problems);

#endif
