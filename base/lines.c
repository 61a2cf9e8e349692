/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/lines.h"

#include <string.h>

void
lines_add(struct lines *lines, struct bytes piece)
{
	struct buf left = { 0 };

	if (lines->taken > 0) {
		buf_append(&left,
		    bytes_from(buf_bytes(&lines->text), lines->taken));
		buf_clear(&lines->text);
		lines->text = left;
		lines->taken = 0;
	}
	buf_append(&lines->text, piece);
}

enum lines_found
lines_take(struct lines *lines, struct bytes *line)
{
	struct bytes rest = bytes_from(buf_bytes(&lines->text), lines->taken);
	size_t room = rest.size < lines->limit + 1 ? rest.size :
						     lines->limit + 1;
	const uint8_t *end = room > 0 ? memchr(rest.data, '\n', room) : NULL;

	if (end != NULL) {
		*line = bytes_of(rest.data, (size_t)(end - rest.data));
		lines->taken += line->size + 1;
		return LINES_WHOLE;
	}
	if (rest.size <= lines->limit)
		return LINES_NONE;
	*line = bytes_of(rest.data, lines->limit);
	lines->taken += lines->limit;
	return LINES_TOO_LONG;
}

void
lines_clear(struct lines *lines)
{
	buf_clear(&lines->text);
	lines->taken = 0;
}
