/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/shown.h"

#include <stdbool.h>

#include "base/clock.h"
#include "crypto/name.h"

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
