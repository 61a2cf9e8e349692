/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_LACKING_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_LACKING_H

#include "backends/openssl_index_items.h"
#include "backends/openssl_index_set.h"

/* What an index lacks of an earlier one.  All zeroes is empty and ready. */
struct openssl_index_lacking {
	struct buf lines; /* of rows, as they stand there */
	size_t rows;      /* so many */
	size_t left_out;  /* rows beside these that have to stay away: another
	                   * of the name is valid, and names are to be unique */

	struct openssl_index_set serials; /* of rows that are revoked there */
	struct buf fields; /* of these revocations, a line each; the number
	                    * beside a serial number is where, plus 1 */
};

void openssl_index_lacking_clear(struct openssl_index_lacking *lacking);

/*
 * Finds out what `index` lacks; each row that is left out has a line in the
 * problems.  `unique_subject` is what openssl.cnf says, as for
 * openssl_index_update.  Needs memory for the serial numbers of the index, and
 * for its names where they are to be unique.
 *
 * ERR_INDEX, and ERR_INDEX_DAMAGED where a line of one of the two is no row or
 * has no end, or is lacking and nothing that `openssl ca` would take back; both
 * with a line in the problems.
 */
CHECKED enum err
openssl_index_lacking_find(const struct openssl_index_source *index,
    const struct openssl_index_source *earlier, bool unique_subject,
    struct openssl_index_lacking *lacking);

/* The field of the revocation that the row of a serial number lacks; or
 * nothing. */
struct bytes
openssl_index_lacking_revocation(const struct openssl_index_lacking *lacking,
    struct bytes serial);

#endif
