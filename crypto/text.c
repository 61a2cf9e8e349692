/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/text.h"

#include <string.h>

#include "crypto/der.h"

/* UTF-8 (RFC 3629 section 3). */
static void
append_code_point(struct buf *to, uint32_t c)
{
	if (c < 0x80) {
		buf_append_octet(to, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		buf_append_octet(to, (uint8_t)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_append_octet(to, (uint8_t)(0xe0 | c >> 12));
		} else {
			buf_append_octet(to, (uint8_t)(0xf0 | c >> 18));
			buf_append_octet(to, 0x80 | (c >> 12 & 0x3f));
		}
		buf_append_octet(to, 0x80 | (c >> 6 & 0x3f));
	}
	buf_append_octet(to, 0x80 | (c & 0x3f));
}

/* No halves of surrogate pairs: a BMPString has characters, not UTF-16. */
static bool
is_character(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* Strings of characters of `width` octets each, big-endian.  No NUL, at which
 * C would cut a password or a name short. */
static bool
append_wide(struct buf *to, struct bytes content, size_t width,
    uint32_t largest)
{
	if (content.size % width != 0)
		return false;
	for (size_t i = 0; i < content.size; i += width) {
		uint32_t c = 0;

		for (size_t j = 0; j < width; j++)
			c = c << 8 | content.data[i + j];
		if (c == 0 || !is_character(c) || c > largest)
			return false;
		append_code_point(to, c);
	}
	return true;
}

/* How many octets follow a UTF-8 lead octet, or -1 for none: C0 and C1 could
 * only begin a longer form of ASCII, F5 and more only what is past U+10FFFF. */
static int
octets_following(uint8_t lead)
{
	if (lead < 0x80)
		return 0;
	if (lead >= 0xc2 && lead < 0xe0)
		return 1;
	if (lead >= 0xe0 && lead < 0xf0)
		return 2;
	return lead >= 0xf0 && lead < 0xf5 ? 3 : -1;
}

/* A form longer than needed is refused: a name could hide a character in it
 * from one reader and show it to another. */
size_t
text_next_character(struct bytes text, uint32_t *character)
{
	static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
	int following = text.size > 0 ? octets_following(text.data[0]) : -1;
	uint32_t c;

	if (following < 0 || text.size <= (size_t)following)
		return 0;
	c = text.data[0] & (following == 0 ? 0x7fu : 0x3fu >> following);
	for (int i = 1; i <= following; i++) {
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text.data[i] & 0x3f);
	}
	if (!is_character(c) || c < smallest[following])
		return 0;
	*character = c;
	return (size_t)following + 1;
}

/* Whether it is UTF-8 without U+0000. */
static bool
is_utf8(struct bytes content)
{
	uint32_t c;
	size_t size;

	for (; content.size > 0; content = bytes_from(content, size)) {
		size = text_next_character(content, &c);
		if (size == 0 || c == 0)
			return false;
	}
	return true;
}

bool
text_is_attribute_type(uint8_t tag)
{
	switch (tag) {
	case DER_PRINTABLE_STRING:
	case DER_UTF8_STRING:
	case DER_IA5_STRING:
	case DER_T61_STRING:
	case DER_VISIBLE_STRING:
	case DER_NUMERIC_STRING:
		return true;
	default:
		return false;
	}
}

static bool
append(struct buf *to, uint8_t tag, struct bytes content)
{
	switch (tag) {
	case DER_UTF8_STRING:
		if (!is_utf8(content))
			return false;
		buf_append(to, content);
		return true;
	case DER_PRINTABLE_STRING: /* clients put '@' and '_' in it */
	case DER_NUMERIC_STRING:
	case DER_IA5_STRING:
	case DER_VISIBLE_STRING:
		return append_wide(to, content, 1, 0x7f);
	case DER_T61_STRING:
		return append_wide(to, content, 1, 0xff);
	case DER_BMP_STRING:
		return append_wide(to, content, 2, 0xffff);
	case DER_UNIVERSAL_STRING:
		return append_wide(to, content, 4, 0x10ffff);
	default:
		return false;
	}
}

enum err
text_append_utf8(struct buf *to, uint8_t tag, struct bytes content)
{
	size_t before = to->size;

	if (append(to, tag, content))
		return ERR_OK;
	buf_truncate(to, before);
	return ERR_STRING;
}

/* The set of X.680's PrintableString. */
bool
text_is_printable_string(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
		    (c < 'a' || c > 'z') &&
		    (c == 0 || strchr(" '()+,-./:=?", c) == NULL))
			return false;
	}
	return true;
}

/* C1, U+0080 to U+009F, is C2 in UTF-8 and an octet from 80 to 9F; a C2 that
 * nothing follows may become one. */
bool
text_has_control(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c < ' ' || c == 0x7f)
			return true;
		if (c == 0xc2 &&
		    (i + 1 == text.size || text.data[i + 1] < 0xa0))
			return true;
	}
	return false;
}

/* The octets that begin a character, which are all but those that go on. */
size_t
text_count_characters(struct bytes text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		if ((text.data[i] & 0xc0) != 0x80)
			count++;
	return count;
}
