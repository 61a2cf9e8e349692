/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CERTIFICATE_TEXT_H
#define SCEPD_TOOLS_CERTIFICATE_TEXT_H

#include "base/buf.h"

/* What is in a certificate, in the words that scepd.conf(5) has for it; for
 * shown.h to make safe. */

/* Appends a subjectAltName as scepctl takes it: "dns:a.example.org,ip:1.2.3.4".
 * Names of other kinds are "[0]:" and so on, with their octets in hexadecimal;
 * nothing for what is none. */
void certificate_text_append_names(struct buf *to, struct bytes names);

/* Appends the words for some bits of enum key_usage. */
void certificate_text_append_key_usage(struct buf *to, unsigned key_usage);

/* Appends the words for OIDs that are DER in a row; others in dotted form. */
void certificate_text_append_purposes(struct buf *to, struct bytes purposes);

/* Appends what key a SubjectPublicKeyInfo is: "RSA 2048", "EC secp256r1". */
void certificate_text_append_key(struct buf *to, struct bytes spki);

#endif
