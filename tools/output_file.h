/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_OUTPUT_FILE_H
#define SCEPD_TOOLS_OUTPUT_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/* A file of certificates that a command writes where the operator says. */

/* Whether it could be written; asked before there is something to lose.
 * ERR_FILE, with a line in `problems`, where it is there already, unless
 * `force`, or its folder is not. */
CHECKED enum err output_file_check(const char *path, bool force,
    struct problems *problems);

/* Writes it, whole or not at all, readable for everybody. ERR_FILE. */
CHECKED enum err output_file_write(const char *path, bool force,
    struct bytes contents, struct problems *problems);

#endif
