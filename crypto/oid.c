/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/oid.h"

#include <errno.h>
#include <stdlib.h>

void
oid_append_text(struct buf *to, struct bytes oid)
{
	uint64_t arc = 0;
	bool first = true;

	for (size_t i = 0; i < oid.size; i++) {
		arc = (arc & UINT32_MAX) << 7 | (oid.data[i] & 0x7f);
		if (oid.data[i] >= 0x80)
			continue;
		if (first) {
			uint64_t top = arc < 80 ? arc / 40 : 2;

			buf_printf(to, "%u.", (unsigned)top);
			arc -= 40 * top;
			first = false;
		} else {
			buf_append_octet(to, '.');
		}
		buf_printf(to, "%llu", (unsigned long long)arc);
		arc = 0;
	}
}

static void
append_arc(struct buf *to, uint64_t arc)
{
	for (int shift = 28; shift > 0; shift -= 7)
		if (arc >> shift != 0)
			buf_append_octet(to,
			    (uint8_t)(0x80 | (arc >> shift & 0x7f)));
	buf_append_octet(to, arc & 0x7f);
}

/* Reads one arc at *text, which moves to behind it; false where none is. */
static bool
next_arc(const char **text, uint64_t *arc)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*arc = strtoull(*text, &end, 10);
	*text = end;
	return errno == 0 && *arc <= UINT32_MAX;
}

bool
oid_from_text(struct buf *to, const char *text)
{
	size_t before = to->size;
	uint64_t top, second, arc;
	bool valid = true;

	if (!next_arc(&text, &top) || top > 2 || *text++ != '.' ||
	    !next_arc(&text, &second) || (top < 2 && second > 39))
		return false;
	append_arc(to, 40 * top + second);
	while (valid && *text == '.') {
		text++;
		valid = next_arc(&text, &arc);
		if (valid)
			append_arc(to, arc);
	}
	if (valid && *text == '\0')
		return true;
	buf_truncate(to, before);
	return false;
}
