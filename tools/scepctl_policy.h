/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_POLICY_H
#define SCEPD_TOOLS_SCEPCTL_POLICY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * scepctl policy test CONFIG ENDPOINT FILE: says what the endpoint would decide
 * about a request, as policy_trial.h finds it out.  argv[0] is "policy".
 * Appends what is to be printed: with ERR_OK where a certificate would be
 * issued, with ERR_CLIENT_PENDING where the request would be held, and with the
 * reason where it would be refused.  ERR_CONFIGURATION, also for a command line
 * that makes no sense, or ERR_FILE, with nothing printed and a line in
 * `problems`, where it can't be tried.
 */
CHECKED enum err scepctl_policy(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
