/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_EXCHANGE_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_EXCHANGE_H

#include "backends/openssl_index.h"

/*
 * Puts the whole copy `name` (openssl_index_copy.h) in the place of the index
 * at `path`, if that is still the one which `read` is the state of; what was
 * replaced becomes PATH.old, as `openssl ca` has it, and the folder is synced.
 * There is no instant without an index, unless the file system can't exchange
 * two files (NFS): then there is one, as with `openssl ca`.
 *
 * *again is set, and no error returned, where others have changed the index
 * meanwhile or are replacing it: the copy is not in place then, unless they
 * were quick enough to come between; what it has replaced is left for
 * openssl_index_copy_find.  ERR_INDEX with errno.
 */
CHECKED enum err openssl_index_exchange(const char *path, const char *name,
    const struct openssl_index_state *read, bool *again);

/* Makes an index that was replaced PATH.old, and syncs the folder.  ERR_INDEX
 * with errno. */
CHECKED enum err openssl_index_keep_old(const char *path, const char *name);

/* Gives an index that was put aside its place back, if nothing is there.
 * ERR_INDEX with errno, EEXIST where something is. */
CHECKED enum err openssl_index_put_back(const char *path, const char *name);

#endif
