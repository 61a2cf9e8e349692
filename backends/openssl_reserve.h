/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_RESERVE_H
#define SCEPD_BACKENDS_OPENSSL_RESERVE_H

#include "backends/openssl_books.h"

/*
 * Takes the next number from the file `serial` of an OpenSSL CA, and has the
 * file say the one after it, as `openssl ca` does; appends its octets.  Numbers
 * that a certificate in the store or in newcerts has are passed over.
 *
 * Under the lock, and only of use where all who issue there take that:
 * `openssl ca` alone would give the same number again, whatever is done here.
 *
 * ERR_INDEX_LOCKED as openssl_books_enter; ERR_INDEX, ERR_INDEX_DAMAGED where
 * the file can't be read or replaced, or has no number in it, with a line in
 * the log; ERR_STORE.
 */
CHECKED enum err openssl_reserve_serial(const struct openssl_books *books,
    struct store *store, struct buf *serial);

#endif
