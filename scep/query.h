/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_QUERY_H
#define SCEPD_SCEP_QUERY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The query of a SCEP URL, taken apart byte by byte: '+' is a plus sign here
 * and not a space, since clients put base64 into it as it is (T5).
 */

/* The undecoded value of the first parameter of that name (T6); a parameter
 * without '=' has an empty one. False where there is none. */
bool query_find(struct bytes query, const char *name, struct bytes *value);

/* Appends `value` with each %XX made the octet it stands for, once.
 * ERR_HTTP_BASE64, with nothing appended, where one is malformed. */
CHECKED enum err query_decode(struct bytes value, struct buf *to);

/*
 * Appends the octets of a message=: percent-decoded, then base64 in all the
 * forms that clients send (base64.h).  ERR_HTTP_BASE64, ERR_HTTP_MESSAGE
 * where it is empty.
 */
CHECKED enum err query_decode_message(struct bytes value, struct buf *to);

#endif
