/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SCEPCTL_ALARM_H
#define SCEPD_TOOLS_SCEPCTL_ALARM_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * scepctl alarm: lists what scepd has found wrong and an administrator has to
 * mend.  argv[0] is "alarm".  Appends what is to be printed; the errors of
 * state_run, and ERR_STORE_ALARMS, with the list, where there are any: so that
 * a monitoring system needs no more than the exit status.
 */
CHECKED enum err scepctl_alarm(int argc, char **argv, struct buf *output,
    struct problems *problems);

#endif
