/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/text.h"

#include <string.h>

#include "base/utf8.h"
#include "crypto/der.h"

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
		if (c == 0 || !utf8_is_character(c) || c > largest)
			return false;
		utf8_append(to, c);
	}
	return true;
}

/* Whether it is UTF-8 without U+0000. */
static bool
is_utf8(struct bytes content)
{
	uint32_t c;
	size_t size;

	for (; content.size > 0; content = bytes_from(content, size)) {
		size = utf8_next(content, &c);
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
