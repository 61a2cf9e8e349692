/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_scan.h"

#include <string.h>

#include "base/hex.h"

/*
 * This follows libconfig's own scanner, blank by blank and quote by quote:
 * where the two divided a text differently, what is checked here would not be
 * what libconfig reads.
 */

/* As libconfig has it: not the vertical tab. */
static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v');
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* libconfig's names may have "*" and "-" in them. */
static bool
is_of_name(uint8_t c)
{
	return is_letter(c) || is_digit(c) || c == '*' || c == '_' || c == '-';
}

/* More than a number may have, so that "5days" stays in one piece and can be
 * complained about as such. */
static bool
is_of_number(uint8_t c)
{
	return is_letter(c) || is_digit(c) || c == '.';
}

static bool
is_of_line(uint8_t c)
{
	return c != '\n';
}

/* How many octets from `start` on belong; counts those before `start`. */
static size_t
span(struct bytes text, size_t start, bool (*belongs)(uint8_t))
{
	while (start < text.size && belongs(text.data[start]))
		start++;
	return start;
}

/*
 * The size of the string at the start, 0 where no quote ends it.  Only a
 * backslash or a quote behind a backslash matters here: it must not be taken
 * for the end.
 */
static size_t
string_size(struct bytes text)
{
	for (size_t i = 1; i < text.size; i++) {
		if (text.data[i] == '"')
			return i + 1;
		if (text.data[i] == '\\' && i + 1 < text.size &&
		    (text.data[i + 1] == '"' || text.data[i + 1] == '\\'))
			i++;
	}
	return 0;
}

/* The size of the comment at the start, 0 where nothing ends it. */
static size_t
block_comment_size(struct bytes text)
{
	struct bytes body = bytes_from(text, 2);
	const uint8_t *end = memmem(body.data, body.size, "*/", 2);

	return end == NULL ? 0 : (size_t)(end - text.data) + 2;
}

/* Whether a number starts here: digits, or a sign or a dot before one. */
static bool
starts_number(struct bytes text)
{
	uint8_t first = text.data[0];

	if (first == '+' || first == '-' || first == '.')
		return text.size > 1 && is_digit(text.data[1]);
	return is_digit(first);
}

/* A size of 0 says that its end was not found. */
static struct conf_token
token_of(enum conf_token_kind kind, struct bytes text, size_t size)
{
	if (size == 0)
		return (struct conf_token){ CONF_TOKEN_UNENDED, text };
	return (struct conf_token){ kind, bytes_of(text.data, size) };
}

/* In the order in which libconfig tells its words apart.  What is none of them
 * is a mark, so that each call moves on by at least one octet. */
struct conf_token
conf_scan_next(struct bytes text)
{
	uint8_t first = text.data[0];

	if (is_blank(first))
		return token_of(CONF_TOKEN_BLANK, text,
		    span(text, 1, is_blank));
	if (first == '#' || bytes_begin_with(text, "//"))
		return token_of(CONF_TOKEN_BLANK, text,
		    span(text, 1, is_of_line));
	if (bytes_begin_with(text, "/*"))
		return token_of(CONF_TOKEN_BLANK, text,
		    block_comment_size(text));
	if (first == '"')
		return token_of(CONF_TOKEN_STRING, text, string_size(text));
	if (is_letter(first) || first == '*')
		return token_of(CONF_TOKEN_NAME, text,
		    span(text, 1, is_of_name));
	if (starts_number(text))
		return token_of(CONF_TOKEN_NUMBER, text,
		    span(text, 1, is_of_number));
	return token_of(CONF_TOKEN_MARK, text, 1);
}

/* Takes an L or LL off the end; whether there was one. */
static bool
take_suffix(struct bytes *number)
{
	size_t before = number->size;

	while (number->size > 1 && before - number->size < 2 &&
	    number->data[number->size - 1] == 'L')
		number->size--;
	return number->size < before;
}

/* The value of digits, UINT64_MAX where it is that or more; false where one
 * is no digit of the base, or there is none. */
static bool
value_of(struct bytes digits, unsigned base, uint64_t *value)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < digits.size; i++) {
		int digit = hex_digit(digits.data[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (sum > (UINT64_MAX - (unsigned)digit) / base)
			sum = UINT64_MAX;
		else
			sum = sum * base + (unsigned)digit;
	}
	*value = sum;
	return digits.size > 0;
}

static bool
is_hex(struct bytes number)
{
	return bytes_begin_with(number, "0x") || bytes_begin_with(number, "0X");
}

static bool
has(struct bytes text, int c)
{
	return memchr(text.data, c, text.size) != NULL;
}

/* "e" is an exponent, but a digit where the number is hexadecimal. */
static bool
is_fraction(struct bytes number)
{
	return has(number, '.') ||
	    (!is_hex(number) && (has(number, 'e') || has(number, 'E')));
}

/* What libconfig makes of these without a word: of 0660 it makes 660, of
 * 4294967296 it makes 0, of "5days" two words. */
const char *
conf_scan_number_fault(struct bytes number)
{
	bool negative = number.data[0] == '-';
	bool is_signed = negative || number.data[0] == '+';
	struct bytes digits = bytes_from(number, is_signed);
	bool hex = is_hex(digits);
	bool wide = take_suffix(&digits);
	uint64_t most = (uint64_t)INT64_MAX + negative;
	uint64_t value;

	if (is_fraction(number))
		return NULL;
	if ((hex && is_signed) ||
	    !value_of(bytes_from(digits, hex ? 2 : 0), hex ? 16 : 10, &value))
		return "is not a number; put text in quotes";
	if (!hex && digits.size > 1 && digits.data[0] == '0')
		return "starts with 0, which does not mean octal here; put a "
		       "mode in quotes, write a number without the 0";
	if (value > most)
		return "is too large";
	if (!wide && value > (uint64_t)INT32_MAX + negative)
		return "is too large without an L at its end";
	return NULL;
}

/* A backslash behind a backslash begins no escape. */
bool
conf_scan_has_nul(struct bytes string)
{
	for (size_t i = 0; i + 1 < string.size; i++) {
		struct bytes rest = bytes_from(string, i);

		if (bytes_begin_with(rest, "\\x00") ||
		    bytes_begin_with(rest, "\\X00"))
			return true;
		if (bytes_begin_with(rest, "\\\\"))
			i++;
	}
	return false;
}
