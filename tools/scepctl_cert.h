/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_CERT_H
#define SCEPD_TOOLS_SCEPCTL_CERT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * scepctl cert: lists, shows, exports, imports and revokes certificates, and
 * allows the keys of revoked ones again.  argv[0] is "cert".  Appends what is
 * to be printed; the errors of state_run, ERR_FILE for files that can't be read
 * or written or have what is refused, and ERR_STORE_NONE for a certificate that
 * is not there, or not in a state that this takes.
 */
CHECKED enum err scepctl_cert(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
