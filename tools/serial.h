/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SERIAL_H
#define SCEPD_TOOLS_SERIAL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * Appends the serial number that people write as "0x0A1B", "0a:1b" or "a1b",
 * without the zeros that it may begin with.  ERR_CONFIGURATION, with a line in
 * `problems`, for what is none.
 */
CHECKED enum err serial_read(const char *text, struct buf *serial,
    struct problems *problems);

#endif
