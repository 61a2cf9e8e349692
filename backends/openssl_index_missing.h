/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_MISSING_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_MISSING_H

#include "backends/openssl_index.h"

/*
 * The part of openssl_index_update that reads: appends to `lines` what has to
 * be appended to the open file, and adds to `report` what that is, and alarms.
 * Where the file ends in the beginning of one of these lines, as it does after
 * a kill in the middle of a write, the rest of that line comes first.
 *
 * ERR_INDEX_DAMAGED with an alarm about the file; ERR_INDEX_SUBJECT, with
 * `lines` as on success, where the new row's name is taken; else as
 * openssl_index_update.
 */
CHECKED enum err
openssl_index_find_missing(const struct openssl_index_order *order, int fd,
    bool unique_subject, struct buf *lines,
    struct openssl_index_report *report);

/* Adds an event. */
void openssl_index_report_add(struct openssl_index_report *report,
    enum openssl_index_event_kind kind, struct bytes serial, uint64_t line);

/* Takes back what says that rows were appended. */
void openssl_index_report_drop_appended(struct openssl_index_report *report);

#endif
