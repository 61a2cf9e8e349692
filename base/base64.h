/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_BASE64_H
#define SCEPD_BASE_BASE64_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends the base64 form (RFC 4648 section 4) on one line, with padding. */
void base64_append(struct buf *to, struct bytes bytes);

/*
 * Appends what `text` encodes, as leniently as SCEP clients need (rule T5):
 * the standard and the URL-safe alphabet, mixed; a space stands for '+'; CR,
 * LF and tab are passed over; padding may be missing.  False, with nothing
 * appended, on any other character, on data behind the padding, on more than
 * two padding characters, and on a lone last character.
 */
bool base64_decode(struct buf *to, struct bytes text);

#endif
