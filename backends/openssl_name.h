/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_NAME_H
#define SCEPD_BACKENDS_OPENSSL_NAME_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends a Name (the DER, whole) as OpenSSL 3 writes it into the last field
 * of index.txt (X509_NAME_oneline): "/C=DE/O=a\/b/CN=x+UID=7".  The attributes
 * have OpenSSL's short names or dotted OIDs; "/" and "+" in a value are escaped
 * by a backslash, which is not escaped itself; octets other than printable
 * ASCII are \xHH, whatever the string type.  Nothing for an empty Name.
 * ERR_CERTIFICATE_MALFORMED, with nothing appended.
 */
CHECKED enum err openssl_name_append(struct buf *to, struct bytes name);

#endif
