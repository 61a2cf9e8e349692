/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_CHECK_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_CHECK_H

#include <stdbool.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * Whether an index wants one valid certificate a subject at most: what
 * PATH.attr says (unique_subject = yes|no), or `fallback`, which is what
 * openssl.cnf says, where it says nothing or is not there; OpenSSL's own
 * fallback is yes.  Where PATH.attr.old is there alone, which it is for an
 * instant while `openssl ca` replaces it, waits a second for it to come back.
 * ERR_INDEX with a line in `problems` where it can't be read.
 */
CHECKED enum err openssl_index_unique_subject(const char *path, bool fallback,
    bool *unique, struct problems *problems);

/*
 * Reads the whole index at `path`, for a start, and finds what would make
 * `openssl ca` refuse the CA or lose lines: an empty line, a wrong number of
 * fields, a date, serial number or revocation that it can't read, a serial
 * number twice, two valid rows of a name where names are to be unique, a last
 * line without its end.  Each is an error in `problems` that begins with
 * FILE:LINE; lines that the next rewrite loses ("#"), and digits and line ends
 * that OpenSSL reads as something else, are warnings.  To be called under the
 * lock (openssl_lock.h): a row that is just being appended would look as if it
 * had no end.
 *
 * ERR_INDEX_DAMAGED where there are errors; ERR_INDEX, with a line in
 * `problems`, where the file can't be read, or not be appended to.
 */
CHECKED enum err openssl_index_check(const char *path, bool unique_subject,
    struct problems *problems);

#endif
