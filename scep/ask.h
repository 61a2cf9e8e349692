/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_ASK_H
#define SCEPD_SCEP_ASK_H

#include "scep/submission.h"

/*
 * Asks the CA of a transaction for its certificate, or the hook of its endpoint
 * for a decision, if it is time to, and has the store know what comes of it.
 * Of several that would ask, one does.  What goes wrong is in the log, and is
 * tried again later.
 *
 * A hook runs on where submissions->commands has room for it: then *is_running.
 * ERR_STORE; else what backend_issue has returned.
 */
CHECKED enum err ask_if_due(const struct submissions *submissions,
    int64_t number, int64_t now, bool *is_running);

#endif
