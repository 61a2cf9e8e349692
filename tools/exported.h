/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_EXPORTED_H
#define SCEPD_TOOLS_EXPORTED_H

#include <stdbool.h>

#include "tools/state.h"

/* Where a certificate or a CRL goes that is written for other programs. */

/* Writes the new file `out`, or the output of the call where that is NULL;
 * what is binary is nothing for a terminal.  ERR_CONFIGURATION, ERR_FILE, with
 * a line in `problems`. */
CHECKED enum err exported_write(const struct state_call *call,
    struct bytes contents, bool binary, const char *out);

#endif
