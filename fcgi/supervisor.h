/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_SUPERVISOR_H
#define SCEPD_FCGI_SUPERVISOR_H

#include "base/err.h"
#include "base/problems.h"

/*
 * The process that all others are children of.  It holds the listening
 * socket, reads nothing that comes over it, and loads no key.  It starts the
 * workers and the keeper of the configuration at `path`, each with a key
 * process beside it, and starts them anew, with growing pauses, should they
 * end.
 *
 * SIGHUP: the configuration is read again and checked; if it is good, new
 * children take the place of the old ones, which answer what they have begun,
 * and if not, all stays as it is.  SIGTERM, SIGINT, SIGUSR1: everything ends
 * when all that has begun is answered; who takes longer for it than any
 * request can take is killed.
 *
 * ERR_OK at such an end.  ERR_CONFIGURATION where it can't start; what is
 * wrong has then been told on standard error or is in `problems`.
 */
CHECKED enum err supervisor_run(const char *path, struct problems *problems);

#endif
