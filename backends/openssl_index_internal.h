/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_INTERNAL_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_INTERNAL_H

#include "backends/openssl_index.h"

/* What the parts of openssl_index.h share. */

/*
 * openssl_index_file.c: opens the index at `path` to read it and to append to
 * it; waits for it, two seconds at most, as `openssl ca` leaves an instant
 * without an index between its two renames.  It is never made here: where it is
 * gone, a new one would hide that all its rows are.  ERR_INDEX with errno,
 * EINVAL where it is no regular file.
 */
CHECKED enum err openssl_index_open(const char *path, int *fd);

/*
 * Opens a file that `openssl ca` leaves an instant without, as open(2) does by
 * these flags; where there is none, waits that long for one.  -1 with errno,
 * ENOENT where none came.
 */
int openssl_index_open_file(const char *path, int flags, int64_t patience_us);

/* The size of what `openssl ca` has put aside for such a file, PATH.old; -1:
 * nothing. */
int64_t openssl_index_old_size(const char *path);

/* Adds a line about `path` to `problems` that says what errno is, with its
 * remedy; returns ERR_INDEX. */
enum err openssl_index_complain(const char *path, struct problems *problems);

/* Adds a line about `path`, and its line of that number unless that is 0, that
 * is the text of an alarm about the file; returns ERR_INDEX_DAMAGED. */
enum err openssl_index_damaged(const char *path,
    enum openssl_index_event_kind kind, uint64_t line,
    struct problems *problems);

/* Each round takes longer than a rewrite by others, unless somebody does nothing
 * else; then openssl_index_busy says so and returns ERR_INDEX. */
#define OPENSSL_INDEX_ROUNDS 100
enum err openssl_index_busy(const char *path, struct problems *problems);

/* As openssl_index_state_read of an open file, and with errno. */
CHECKED enum err openssl_index_look(int fd, struct openssl_index_state *state);

/*
 * Appends whole lines to the open index, in one write, and has them reach the
 * disk.  `now` is its state, as it was just looked at.  ERR_INDEX with errno:
 * where not all of it could be written, none is there.
 */
CHECKED enum err openssl_index_append(int fd,
    const struct openssl_index_state *now, struct bytes lines);

/*
 * openssl_index_missing.c, the part of openssl_index_update that reads: appends
 * to `lines` what has to be appended to the open file, and adds to `report`
 * what that is, and alarms.  Where the file ends in the beginning of one of
 * these lines, as it does after a kill in the middle of a write, the rest of
 * that line comes first.
 *
 * ERR_INDEX_DAMAGED with an alarm about the file; ERR_INDEX_SUBJECT, with
 * `lines` as on success, where the new row's name is taken; else as
 * openssl_index_update.
 */
CHECKED enum err
openssl_index_find_missing(const struct openssl_index_order *order, int fd,
    bool unique_subject, struct buf *lines,
    struct openssl_index_report *report);

/* openssl_index_report.c: adds an event. */
void openssl_index_report_add(struct openssl_index_report *report,
    enum openssl_index_event_kind kind, struct bytes serial, uint64_t line);

/* Takes back what says that rows were appended. */
void openssl_index_report_drop_appended(struct openssl_index_report *report);

#endif
