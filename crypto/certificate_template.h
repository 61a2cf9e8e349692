/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CERTIFICATE_TEMPLATE_H
#define SCEPD_CRYPTO_CERTIFICATE_TEMPLATE_H

#include "base/buf.h"

/*
 * Which template a request names, in the manner of Microsoft's CAs ([MS-WCCE]
 * sections 2.2.2.7.7.1 and 2.2.2.7.7.2): by its name, in the extension
 * 1.3.6.1.4.1.311.20.2, or by its OID, in 1.3.6.1.4.1.311.21.7.
 */
struct certificate_template {
	struct buf name; /* UTF-8; empty: none */
	struct bytes id; /* OID, a view; nothing: none */
};

/* A name has this many characters at most. */
#define CERTIFICATE_TEMPLATE_NAME_LIMIT 256

/*
 * Fills it in from a request's extensions, or nothing; to be cleared by
 * certificate_template_clear.  What is malformed, has a control character or is
 * too long names none: it is a wish, and not worth a refusal.
 */
void certificate_template_read(struct bytes extensions,
    struct certificate_template *template);

void certificate_template_clear(struct certificate_template *template);

#endif
