/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/shown.h"

#include <stdbool.h>

#include "base/clock.h"

#define REPLACEMENT 0xfffd

void
shown_append_text(struct buf *to, struct bytes text)
{
	bool after_blank = false;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c < ' ' || c > '~' || (c == ' ' && after_blank))
			buf_printf(to, "\\x%02x", c);
		else
			buf_append_octet(to, c);
		after_blank = c == ' ';
	}
}

/* The forms of UTF-8 (RFC 3629 section 3) by their first octet. */
static const struct form {
	uint8_t mask;
	uint8_t lead;
	size_t size;
	uint32_t smallest;
} forms[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* Reads a character of this form; false where there is none. */
static bool
read_form(struct bytes text, const struct form *form, uint32_t *character)
{
	uint32_t c;

	if (text.size < form->size || (text.data[0] & form->mask) != form->lead)
		return false;
	c = text.data[0] & (uint8_t)~form->mask;
	for (size_t i = 1; i < form->size; i++) {
		if ((text.data[i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | (text.data[i] & 0x3f);
	}
	*character = c;
	return c >= form->smallest && c <= 0x10ffff &&
	    (c < 0xd800 || c > 0xdfff);
}

/* The first character of `text`, which is not empty, and its size. */
static uint32_t
next_character(struct bytes text, size_t *size)
{
	for (size_t i = 0; i < FORMS; i++) {
		uint32_t character;

		if (read_form(text, &forms[i], &character)) {
			*size = forms[i].size;
			return character;
		}
	}
	*size = 1;
	return REPLACEMENT;
}

static void
append_json_character(struct buf *to, uint32_t c)
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
shown_append_json(struct buf *to, struct bytes text)
{
	size_t size;

	buf_append_octet(to, '"');
	for (; text.size > 0; text = bytes_from(text, size))
		append_json_character(to, next_character(text, &size));
	buf_append_octet(to, '"');
}

void
shown_append_time(struct buf *to, int64_t seconds)
{
	struct clock_date date = clock_date_of(seconds > 0 ? seconds : 0);

	buf_printf(to, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month,
	    date.day, date.hour, date.minute, date.second);
}

void
shown_append_age(struct buf *to, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char name;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	/* A clock that was set back. */
	if (seconds < 0)
		seconds = 0;
	while (units[i].seconds > 1 && seconds < units[i].seconds)
		i++;
	buf_printf(to, "%lld%c", (long long)(seconds / units[i].seconds),
	    units[i].name);
}
