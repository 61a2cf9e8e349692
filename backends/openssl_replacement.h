/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_REPLACEMENT_H
#define SCEPD_BACKENDS_OPENSSL_REPLACEMENT_H

#include "backends/openssl_index_row.h"
#include "base/problems.h"

/*
 * A certificate that takes the place of another in the index of an OpenSSL CA
 * whose names are to be unique: the row of the old one has to be revoked before
 * that of the new one is appended, or `openssl ca` would refuse the whole index
 * from then on.  Where names may be there twice, nothing has to make way.
 */
struct openssl_replacement {
	const char *path;    /* of index.txt */
	bool unique_subject; /* what openssl.cnf says */
	struct bytes serial; /* of the old one; or nothing, which makes no
	                      * way */
	const struct openssl_index_entry *fresh; /* the new one */
	int64_t now;                             /* when that is */
};

/*
 * Whether the old one's row is what is in the way: valid, and of the new one's
 * name.  Whoever asks may have been taken over, so a row of any other name is
 * not his to revoke, whatever serial number he says.  To be called under the
 * lock (openssl_lock.h).  ERR_INDEX, ERR_INDEX_DAMAGED, with lines in
 * `problems`; ERR_CERTIFICATE_MALFORMED where the new one's subject is no Name.
 */
CHECKED enum err
openssl_replacement_find(const struct openssl_replacement *replacement,
    bool *in_the_way, struct problems *problems);

/*
 * Revokes that row as superseded, at `now`; then nothing is in the way.  To be
 * called after openssl_replacement_find, under the same lock.  As
 * openssl_index_revoke.
 */
CHECKED enum err
openssl_replacement_make_way(const struct openssl_replacement *replacement,
    struct problems *problems);

#endif
