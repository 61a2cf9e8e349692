/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_STORE_ALARM_LOG_H
#define SCEPD_STORE_ALARM_LOG_H

#include "store/store.h"

/* Writes a line of the log: that an alarm has begun, or that it is over, then
 * without the remedy, which is what its text has behind a semicolon.  For
 * store_alarms_sweep, whatever the context. */
void alarm_log(void *context, const struct stored_alarm *stored, bool is_over);

#endif
