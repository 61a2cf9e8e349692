/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CMS_IDENTIFIER_H
#define SCEPD_CRYPTO_CMS_IDENTIFIER_H

#include "crypto/certificate.h"

/*
 * How CMS names the certificate of a signer or a recipient (RFC 5652 sections
 * 5.3 and 6.2.1): by issuer and serial number, or by its key identifier.
 */
struct cms_identifier {
	struct bytes issuer; /* Name, whole; nothing: named by key_id */
	struct bytes serial;
	struct bytes key_id;
};

/* Reads one, leniently (T16). Views into what the cursor is over. ERR_DER_* */
CHECKED enum err cms_identifier_read(struct der *from,
    struct cms_identifier *identifier);

/* Whether it is this certificate that is named. */
bool cms_identifier_names(const struct cms_identifier *identifier,
    const struct certificate *certificate);

/* Appends the one that names `certificate`, by issuer and serial number, in
 * the certificate's own octets: clients look for their own bytes (E4, E6). */
void cms_identifier_append(struct buf *to,
    const struct certificate *certificate);

#endif
