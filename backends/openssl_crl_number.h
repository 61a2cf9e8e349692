/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_CRL_NUMBER_H
#define SCEPD_BACKENDS_OPENSSL_CRL_NUMBER_H

#include <stdint.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * The numbers of the CRLs of an OpenSSL CA (RFC 5280 section 5.2.3), which
 * scepd and `openssl ca -gencrl` take from one file, crlnumber, one after the
 * other.
 */

/* What scepd counts to.  The standard has 20 octets; who begins with random
 * ones would be above this, and is told so. */
#define OPENSSL_CRL_NUMBER_MAX (INT64_MAX / 2)

/*
 * Whether the file has a number in it that a CRL can have.  ERR_INDEX where it
 * can't be read, ERR_INDEX_DAMAGED where there is none in it, or one above
 * OPENSSL_CRL_NUMBER_MAX; with lines in `problems` that have the remedy.
 */
CHECKED enum err openssl_crl_number_check(const char *path,
    struct problems *problems);

/*
 * Takes the number of a CRL that is about to be made: the file's, or the one
 * after `last` where that is larger; the file says the number behind it then,
 * and it is on the disk.  All of that is done under the lock of the folder of
 * `index` (openssl_lock.h).  A number that no CRL gets in the end is left out.
 *
 * ERR_INDEX_LOCKED; ERR_INDEX, ERR_INDEX_DAMAGED as above, with lines in the
 * log: no number is made up where others count on those of the file.
 */
CHECKED enum err openssl_crl_number_take(const char *path, const char *index,
    int64_t last, int64_t *number);

#endif
