/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_REWRITE_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_REWRITE_H

#include "backends/openssl_index_items.h"

struct openssl_index_rewrite {
	const struct openssl_index_source *index;
	const struct openssl_index_state *state; /* when it was read */

	/* Called for each row: the field of its revocation, if it is to be
	 * revoked now, valid until the next call; or nothing. */
	struct bytes (*revocation)(void *context,
	    const struct openssl_index_item *item);
	void *context;

	struct bytes lines; /* to be appended, whole ones */
};

/*
 * Replaces the index by one with these changes, every other octet of which is
 * as it was; it has reached the disk when it returns.  Nothing is written where
 * there are none.  *again is set, and no error returned, where others have
 * changed the index since `state`: see openssl_index_exchange.  Fails with a
 * line in the problems:
 * ERR_INDEX          a file can't be read or written
 * ERR_INDEX_DAMAGED  a line of the index is no row or has no end
 */
CHECKED enum err
openssl_index_rewrite(const struct openssl_index_rewrite *rewrite, bool *again);

#endif
