/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_MERGE_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_MERGE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * Brings what was written into an index while somebody replaced it into the new
 * one: `openssl ca` reads the index, changes it, and puts another in its place,
 * and what is written between these two is in PATH.old alone.
 */

struct openssl_index_merge_report {
	size_t appended; /* rows that the index lacked */
	size_t revoked;  /* rows that it had as not revoked */
	size_t left_out; /* that it lacks still: another of the name is valid,
	                  * and names are to be unique */
};

/*
 * To be called under the lock (openssl_lock.h) once somebody who holds it has
 * replaced the index at `path`, as by running `openssl ca`; `earlier` is what
 * was replaced, which is PATH.old then.  Whoever calls it at another time puts
 * back what an administrator may have removed.
 *
 * Rows of `earlier` whose serial number the index lacks are appended as they
 * stand, and those that are revoked there alone become revoked with the same
 * date and reason.  All other differences stay, and no serial number is there
 * twice.  Rows alone are appended in one write; with revocations the index is
 * replaced by a new file, and `earlier` may be PATH.old even
 * then.  It has reached the disk when it returns, and doing it again changes
 * nothing.  A row that is left out has a line in `problems`.  `unique_subject`
 * is what openssl.cnf says, as for openssl_index_update.
 *
 * Needs memory for the serial numbers of the index.  Fails with lines in
 * `problems`, and all of the above is to be done again:
 * ERR_INDEX          a file can't be opened, read or written, or the index is
 *                    replaced all the time
 * ERR_INDEX_DAMAGED  a line of one of them is no row, or none that `openssl
 *                    ca` would take back, or has no end; the index is gone, or
 *                    is empty and `earlier` is not
 */
CHECKED enum err openssl_index_merge(const char *path, const char *earlier,
    bool unique_subject, struct openssl_index_merge_report *report,
    struct problems *problems);

/*
 * The same of what rewrites of the index have left behind that were interrupted
 * or crossed by others; nothing where there is none.  What was brought in is
 * said by a warning in `problems`.
 */
CHECKED enum err openssl_index_merge_left(const char *path, bool unique_subject,
    struct problems *problems);

#endif
