/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_NEWCERTS_H
#define SCEPD_BACKENDS_OPENSSL_NEWCERTS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/* The folder of an OpenSSL CA that has a copy of each certificate
 * (new_certs_dir), SERIAL.pem, where `openssl ca -revoke` is given it. */

/*
 * Puts a certificate, the DER, there as PEM, mode 0644; on the disk when it
 * returns.  Nothing is overwritten.  If it is there already, in whatever form
 * of `openssl ca`, that is fine: somebody was interrupted who had done this.
 *
 * ERR_INDEX_SERIAL where another certificate of this serial number is there, or
 * something else of that name; ERR_INDEX where it can't be written.  Both with
 * a line in `problems`.  Who is killed meanwhile leaves a file .scepd-* behind,
 * which nobody needs.
 */
CHECKED enum err openssl_newcerts_put(const char *folder, struct bytes serial,
    struct bytes certificate, struct problems *problems);

/* Appends the certificate that is there under this number, the DER.  ERR_INDEX
 * where there is none that can be read. */
CHECKED enum err openssl_newcerts_get(const char *folder, struct bytes serial,
    struct buf *certificate);

#endif
