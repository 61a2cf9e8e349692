/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SHOWN_H
#define SCEPD_TOOLS_SHOWN_H

#include "base/buf.h"

/*
 * How what strangers chose is shown: names, transactionIDs, addresses.  None
 * of it speaks to a terminal or looks like another column.
 */

/*
 * Appends text for people, on one line: printable ASCII as it is, all other
 * octets as \xNN, as in the log; of several blanks in a row only the first
 * stays a blank.
 */
void shown_append_text(struct buf *to, struct bytes text);

/* Appends a distinguished name (crypto/name.h) as such text. */
void shown_append_name(struct buf *to, struct bytes name);

/* Appends a date as RFC 3339 has it, in UTC: "2026-11-22T08:30:00Z". */
void shown_append_time(struct buf *to, int64_t seconds);

/* Appends how long something took, in its largest unit: "12s", "3d". */
void shown_append_age(struct buf *to, int64_t seconds);

#endif
