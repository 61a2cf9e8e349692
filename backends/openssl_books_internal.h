/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_BOOKS_INTERNAL_H
#define SCEPD_BACKENDS_OPENSSL_BOOKS_INTERNAL_H

#include "backends/openssl_books.h"
#include "backends/openssl_index.h"

/* So many are revoked at a time, here or there, so that nobody waits long. */
#define OPENSSL_BOOKS_BATCH 500

/*
 * openssl_books_revoke.c: marks those rows of the index as revoked that the
 * report has as not revoked though the store has (OPENSSL_INDEX_NOT_REVOKED), a
 * batch at most; the rest is found the next time.  Under the lock.  Fails as
 * openssl_index_revoke, and with ERR_STORE.
 */
CHECKED enum err openssl_books_revoke(const struct openssl_books *books,
    struct store *store, const struct openssl_index_report *report,
    struct problems *problems);

#endif
