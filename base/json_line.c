/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json_line.h"

#include "base/utf8.h"

#define REPLACEMENT 0xfffd

/* Writing */

static void
append_character(struct buf *to, uint32_t c)
{
	if (c == '"' || c == '\\')
		buf_printf(to, "\\%c", (char)c);
	else if (c >= ' ' && c <= '~')
		buf_append_octet(to, (uint8_t)c);
	else if (c < 0x10000)
		buf_printf(to, "\\u%04x", c);
	else
		buf_printf(to, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
		    0xdc00 + ((c - 0x10000) & 0x3ff));
}

void
json_line_append_string(struct buf *to, struct bytes text)
{
	uint32_t character;
	size_t size;

	buf_append_octet(to, '"');
	for (; text.size > 0; text = bytes_from(text, size > 0 ? size : 1)) {
		size = utf8_next(text, &character);
		append_character(to, size > 0 ? character : REPLACEMENT);
	}
	buf_append_octet(to, '"');
}

void
json_line_append_lines(struct buf *to, struct bytes text)
{
	const char *separator = "";

	buf_append_octet(to, '[');
	while (text.size > 0) {
		buf_append_string(to, separator);
		json_line_append_string(to, bytes_cut(&text, '\n'));
		separator = ", ";
	}
	buf_append_octet(to, ']');
}

/* Reading: each takes what it is about from the beginning of *rest, and is
 * false where that is not there. */

static bool
begins_with(const struct bytes *rest, char c)
{
	return rest->size > 0 && rest->data[0] == (uint8_t)c;
}

static bool
take(struct bytes *rest, char c)
{
	if (!begins_with(rest, c))
		return false;
	*rest = bytes_from(*rest, 1);
	return true;
}

static void
skip_blanks(struct bytes *rest)
{
	while (take(rest, ' ') || take(rest, '\t') || take(rest, '\r') ||
	    take(rest, '\n'))
		continue;
}

static bool
take_between_blanks(struct bytes *rest, char c)
{
	bool is;

	skip_blanks(rest);
	is = take(rest, c);
	skip_blanks(rest);
	return is;
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
take_unit(struct bytes *rest, uint32_t *unit)
{
	uint32_t read = 0;

	if (rest->size < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_digit(rest->data[i]);

		if (digit < 0)
			return false;
		read = read << 4 | (uint32_t)digit;
	}
	*rest = bytes_from(*rest, 4);
	*unit = read;
	return true;
}

/* What is past U+FFFF is two halves. */
static bool
take_code_point(struct bytes *rest, struct buf *to)
{
	uint32_t c, low;

	if (!take_unit(rest, &c))
		return false;
	if (c >= 0xd800 && c < 0xdc00) {
		if (!take(rest, '\\') || !take(rest, 'u') ||
		    !take_unit(rest, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	if (c == 0 || !utf8_is_character(c))
		return false;
	utf8_append(to, c);
	return true;
}

static bool
take_escape(struct bytes *rest, struct buf *to)
{
	static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";

	for (size_t i = 0; names[i] != '\0'; i++)
		if (take(rest, names[i])) {
			buf_append_octet(to, (uint8_t)meant[i]);
			return true;
		}
	return take(rest, 'u') && take_code_point(rest, to);
}

static bool
take_character(struct bytes *rest, struct buf *to)
{
	uint32_t c;
	size_t size;

	if (take(rest, '\\'))
		return take_escape(rest, to);
	size = utf8_next(*rest, &c);
	if (size == 0 || c < ' ')
		return false;
	buf_append(to, bytes_of(rest->data, size));
	*rest = bytes_from(*rest, size);
	return true;
}

static bool
take_string(struct bytes *rest, struct buf *to)
{
	if (!take(rest, '"'))
		return false;
	while (!take(rest, '"'))
		if (!take_character(rest, to))
			return false;
	return true;
}

static bool
take_strings(struct bytes *rest)
{
	struct buf passed_over = { 0 };
	bool good = take(rest, '[');

	skip_blanks(rest);
	if (good && !take(rest, ']')) {
		do
			good = take_string(rest, &passed_over);
		while (good && take_between_blanks(rest, ','));
		good = good && take(rest, ']');
	}
	buf_clear(&passed_over);
	return good;
}

/* Less than nothing, as there is one more such number. */
static bool
take_digits(struct bytes *rest, int64_t *negative)
{
	int64_t read = 0;

	if (rest->size == 0 || rest->data[0] < '0' || rest->data[0] > '9')
		return false;
	if (take(rest, '0')) {
		*negative = 0;
		return true;
	}
	for (; rest->size > 0 && rest->data[0] >= '0' && rest->data[0] <= '9';
	     *rest = bytes_from(*rest, 1)) {
		int digit = rest->data[0] - '0';

		if (read < (INT64_MIN + digit) / 10)
			return false;
		read = read * 10 - digit;
	}
	*negative = read;
	return true;
}

static bool
take_integer(struct bytes *rest, int64_t *integer)
{
	bool is_negative = take(rest, '-');
	int64_t negative;

	if (!take_digits(rest, &negative) ||
	    (!is_negative && negative == INT64_MIN))
		return false;
	*integer = is_negative ? negative : -negative;
	return true;
}

static bool
take_value(struct bytes *rest, struct json_line_member *value)
{
	if (begins_with(rest, '"')) {
		value->kind = JSON_LINE_STRING;
		return take_string(rest, &value->text);
	}
	if (begins_with(rest, '[')) {
		value->kind = JSON_LINE_STRINGS;
		return take_strings(rest);
	}
	value->kind = JSON_LINE_INTEGER;
	return take_integer(rest, &value->integer);
}

/* The members */

/* Or NULL. */
static struct json_line_member *
find(struct json_line_member *members, size_t count, struct bytes name)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal_string(name, members[i].name))
			return &members[i];
	return NULL;
}

static bool
keep(struct json_line_member *wanted, struct json_line_member *value)
{
	if (wanted == NULL)
		return true;
	if (wanted->is_there || wanted->kind != value->kind)
		return false;
	value->name = wanted->name;
	value->is_there = true;
	*wanted = *value;
	value->text = (struct buf){ 0 };
	return true;
}

static bool
take_member(struct bytes *rest, struct json_line_member *members, size_t count)
{
	struct json_line_member value = { .name = NULL };
	struct buf name = { 0 };
	bool good = take_string(rest, &name) &&
	    take_between_blanks(rest, ':') && take_value(rest, &value) &&
	    keep(find(members, count, buf_bytes(&name)), &value);

	buf_clear(&name);
	buf_clear(&value.text);
	return good;
}

static bool
take_members(struct bytes *rest, struct json_line_member *members, size_t count)
{
	if (!take_between_blanks(rest, '{'))
		return false;
	if (!begins_with(rest, '}'))
		do
			if (!take_member(rest, members, count))
				return false;
		while (take_between_blanks(rest, ','));
	return take_between_blanks(rest, '}') && rest->size == 0;
}

enum err
json_line_read(struct bytes line, struct json_line_member *members,
    size_t count)
{
	if (take_members(&line, members, count))
		return ERR_OK;
	json_line_clear(members, count);
	return ERR_JSON_LINE;
}

void
json_line_clear(struct json_line_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_clear(&members[i].text);
		members[i].integer = 0;
		members[i].is_there = false;
	}
}
