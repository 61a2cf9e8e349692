/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_LATEST_H
#define SCEPD_BACKENDS_OPENSSL_LATEST_H

#include "backends/openssl_books.h"

/*
 * Finds what `openssl ca` has made for a key, `spki`, when nobody was there any
 * more to take it: among the latest rows of the index the valid certificate of
 * that key that the store does not know, and appends its DER.
 *
 * To be called under the lock.  ERR_STORE_NONE where there is none; ERR_INDEX,
 * ERR_INDEX_DAMAGED, with lines in the log; ERR_STORE.
 */
CHECKED enum err openssl_latest_find(const struct openssl_books *books,
    struct store *store, struct bytes spki, struct buf *certificate);

#endif
