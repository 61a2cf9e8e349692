/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Three octets are four digits; what is missing at the end is padding. */
void
base64_append(struct buf *to, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i += 3) {
		size_t left = bytes.size - i;
		uint32_t group = (uint32_t)bytes.data[i] << 16;
		uint8_t *out = buf_extend(to, 4);

		if (left > 1)
			group |= (uint32_t)bytes.data[i + 1] << 8;
		if (left > 2)
			group |= bytes.data[i + 2];
		out[0] = (uint8_t)alphabet[group >> 18 & 63];
		out[1] = (uint8_t)alphabet[group >> 12 & 63];
		out[2] = left > 1 ? (uint8_t)alphabet[group >> 6 & 63] : '=';
		out[3] = left > 2 ? (uint8_t)alphabet[group & 63] : '=';
	}
}

/* What a character is that is no digit. */
enum {
	SKIP = -1,
	PADDING = -2,
	INVALID = -3
};

/*
 * Both alphabets of RFC 4648 at once: micromdm's client sends the one for
 * URLs.  A "+" that somebody took for an encoded blank comes back as the plus
 * it was; Cisco, sscep and strongSwan break the text into lines (T5).
 */
static int
classify(uint8_t character)
{
	if (character >= 'A' && character <= 'Z')
		return character - 'A';
	if (character >= 'a' && character <= 'z')
		return character - 'a' + 26;
	if (character >= '0' && character <= '9')
		return character - '0' + 52;
	switch (character) {
	case '+':
	case '-':
	case ' ':
		return 62;
	case '/':
	case '_':
		return 63;
	case '=':
		return PADDING;
	case '\r':
	case '\n':
	case '\t':
		return SKIP;
	default:
		return INVALID;
	}
}

/*
 * Decodes into `to`; false at the first thing that base64_decode refuses.
 * `bits` may overflow: only the last few of them are ever used.  Each digit
 * but the first of four completes an octet.
 */
static bool
decode_characters(struct buf *to, struct bytes text)
{
	uint32_t bits = 0;
	size_t digits = 0, padding = 0;

	for (size_t i = 0; i < text.size; i++) {
		int value = classify(text.data[i]);

		if (value == SKIP)
			continue;
		if (value == PADDING && ++padding <= 2)
			continue;
		/* A space behind the padding is a line's end, no digit. */
		if (padding > 0 && padding <= 2 && text.data[i] == ' ')
			continue;
		if (value < 0 || padding > 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (digits++ % 4 != 0)
			buf_append_octet(to,
			    (uint8_t)(bits >> (6 - 2 * ((digits - 1) % 4))));
	}
	/* One digit has 6 bits, and an octet needs 8. */
	return digits % 4 != 1;
}

bool
base64_decode(struct buf *to, struct bytes text)
{
	size_t before = to->size;

	if (decode_characters(to, text))
		return true;
	buf_truncate(to, before);
	return false;
}
