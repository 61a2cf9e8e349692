/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_PEM_H
#define SCEPD_BASE_PEM_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Textual encoding of certificates and keys (RFC 7468).  Encrypted private
 * keys are no concern of this module: the crypto provider reads those.
 */

/*
 * Finds the next block with this label ("CERTIFICATE") in `*text`, appends
 * its DER to `der` and moves `*text` behind it.  ERR_PEM where there is none
 * or its base64 is bad; other blocks and text between are passed over.
 */
CHECKED enum err pem_next(struct bytes *text, const char *label,
    struct buf *der);

/* Appends a block with lines of 64 characters. */
void pem_append(struct buf *to, const char *label, struct bytes der);

#endif
