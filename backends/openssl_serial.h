/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_SERIAL_H
#define SCEPD_BACKENDS_OPENSSL_SERIAL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * The files `serial` and `crlnumber` of an OpenSSL CA: the next number to be
 * used, an even number of hexadecimal digits and a line end.  Both are only to
 * be read and written under the lock (openssl_lock.h): `openssl ca` does
 * without it, so an administrator has to take it too.
 */

/* No number is longer: RFC 5280 sections 4.1.2.2 and 5.2.3. */
#define OPENSSL_SERIAL_MAX 20

/*
 * Appends the number's octets, big-endian, without zeros at their start but for
 * 0 itself.  ERR_INDEX, with a line in `problems`, where the file can't be
 * read; ERR_INDEX_DAMAGED, likewise, where it has no such number in it, or one
 * of more than OPENSSL_SERIAL_MAX octets or, of so many, with its first bit
 * set.
 */
CHECKED enum err openssl_serial_read(const char *path, struct buf *number,
    struct problems *problems);

/*
 * Has the file say the number that follows `number`, as `openssl ca` would: in
 * upper case.  A new file is written, synced and put in its place, with the old
 * one's mode.  ERR_INDEX with a line in `problems`; the old one is there then,
 * or the new one, whole.
 */
CHECKED enum err openssl_serial_advance(const char *path, struct bytes number,
    struct problems *problems);

#endif
