/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/utf8.h"

bool
utf8_is_character(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

void
utf8_append(struct buf *to, uint32_t c)
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
utf8_next(struct bytes text, uint32_t *character)
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
	if (!utf8_is_character(c) || c < smallest[following])
		return 0;
	*character = c;
	return (size_t)following + 1;
}
