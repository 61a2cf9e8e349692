/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/hex.h"

static const char lower_digits[] = "0123456789abcdef";
static const char upper_digits[] = "0123456789ABCDEF";

static void
append_octet(struct buf *to, uint8_t octet, const char *digits)
{
	buf_append_octet(to, (uint8_t)digits[octet >> 4]);
	buf_append_octet(to, (uint8_t)digits[octet & 15]);
}

void
hex_append(struct buf *to, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		append_octet(to, bytes.data[i], lower_digits);
}

void
hex_append_colons(struct buf *to, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++) {
		if (i > 0)
			buf_append_octet(to, ':');
		append_octet(to, bytes.data[i], upper_digits);
	}
}

/* Of either case, as percent escapes may be (RFC 3986 section 2.1). */
int
hex_digit(uint8_t character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

bool
hex_decode(struct buf *to, struct bytes text)
{
	size_t before = to->size;

	if (text.size % 2 != 0)
		return false;
	for (size_t i = 0; i < text.size; i += 2) {
		int high = hex_digit(text.data[i]);
		int low = hex_digit(text.data[i + 1]);

		if (high < 0 || low < 0) {
			buf_truncate(to, before);
			return false;
		}
		buf_append_octet(to, (uint8_t)(high * 16 + low));
	}
	return true;
}
