/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_LOG_H
#define SCEPD_BASE_LOG_H

#include "base/buf.h"

/*
 * The log: one line an event, in logfmt (key=value ...).  Values that
 * somebody else chose go through log_field, which quotes and escapes them, so
 * that no client can forge a line or a field.  Secrets and payloads are never
 * handed to it.  On standard error a line begins with "scepd[PID]: ", as
 * syslog would have it.
 */

enum log_target {
	LOG_TO_STDERR, /* systemd, a web server or a terminal reads it */
	LOG_TO_SYSLOG  /* facility daemon, identity "scepd" */
};

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO
};

/* Where lines go from now on; stderr until called. Call before threads. */
void log_open(enum log_target target);

/* One event in words, made as by printf from trusted text. */
void log_event(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes one complete line made with log_field. One call, one write: lines
 * of threads and processes do not mix. */
void log_line(enum log_level level, struct bytes line);

/*
 * Appends ` key=value` to `line` (without the blank at its start).  A value
 * of other than plain ASCII without blanks is quoted; quotes, backslashes,
 * control characters and bytes past ASCII become \", \\ and \xNN.  Values
 * over 512 bytes are cut and end in "...".
 */
void log_field(struct buf *line, const char *key, struct bytes value);
void log_field_number(struct buf *line, const char *key, long long value);

#endif
