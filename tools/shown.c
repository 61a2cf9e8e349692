/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/shown.h"

#include <stdbool.h>

#include "base/clock.h"
#include "crypto/name.h"
#include "crypto/text.h"

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

void
shown_append_name(struct buf *to, struct bytes name)
{
	struct buf text = { 0 };

	name_append_text(&text, name);
	shown_append_text(to, buf_bytes(&text));
	buf_clear(&text);
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
	uint32_t character;
	size_t size;

	buf_append_octet(to, '"');
	for (; text.size > 0; text = bytes_from(text, size > 0 ? size : 1)) {
		size = text_next_character(text, &character);
		append_json_character(to, size > 0 ? character : REPLACEMENT);
	}
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
