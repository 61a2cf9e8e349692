/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_TEXT_H
#define SCEPD_CRYPTO_TEXT_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends the UTF-8 form of an ASN.1 string: of PrintableString, UTF8String,
 * IA5String, NumericString, VisibleString, T61String (read as Latin-1, as all
 * implementations do), BMPString or UniversalString; `tag` says which (T27).
 * ERR_STRING, with nothing appended, for other tags, for octets that are not
 * valid in the type (IA5 past ASCII, broken UTF-8, odd lengths, surrogates)
 * and for U+0000.
 */
CHECKED enum err text_append_utf8(struct buf *to, uint8_t tag,
    struct bytes content);

/* Whether a string of this tag may be an attribute of SCEP's (T20): clients
 * write PrintableString, UTF8String, IA5String, T61String, VisibleString and
 * NumericString. */
bool text_is_attribute_type(uint8_t tag);

/* Whether all characters are in PrintableString's set. */
bool text_is_printable_string(struct bytes text);

/* Whether UTF-8 text has a control character: U+0000 to U+001F, U+007F, or
 * U+0080 to U+009F. */
bool text_has_control(struct bytes text);

/* How many characters UTF-8 text has. */
size_t text_count_characters(struct bytes text);

#endif
