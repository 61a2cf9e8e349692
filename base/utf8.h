/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_UTF8_H
#define SCEPD_BASE_UTF8_H

#include "base/buf.h"

/* Characters in UTF-8 (RFC 3629). */

/* Whether there is such a character of Unicode: at most U+10FFFF, and no half
 * of a surrogate pair. */
bool utf8_is_character(uint32_t character);

/* Appends a character. */
void utf8_append(struct buf *to, uint32_t character);

/*
 * Reads the first character of text: its size in octets, or 0 where there is
 * none or it is malformed (a longer form than needed, a surrogate and what lies
 * past U+10FFFF are).  U+0000 is a character.
 */
size_t utf8_next(struct bytes text, uint32_t *character);

#endif
