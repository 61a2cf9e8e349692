/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/oid.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hex.h"

/*
 * An OID's arcs are written in base 128, most significant first, each octet
 * but an arc's last with its top bit set (X.690 section 8.19).  What is
 * printed here has been seen by der_read_oid.
 */

/* The longest arc that fits 63 bits; those of UUIDs (2.25.*) do not. */
#define LONG_ARC 9

/* One arc from its octets; a very long one as they stand, in hexadecimal. */
static void
append_arc_text(struct buf *to, struct bytes octets)
{
	uint64_t arc = 0;

	if (octets.size > LONG_ARC) {
		buf_append_octet(to, '#');
		hex_append(to, octets);
		return;
	}
	for (size_t i = 0; i < octets.size; i++)
		arc = arc << 7 | (octets.data[i] & 0x7f);
	buf_printf(to, "%llu", (unsigned long long)arc);
}

/* The first two arcs share their octets (X.690 8.19.4). */
static void
append_first_arcs(struct buf *to, struct bytes octets)
{
	uint64_t both = 0;

	for (size_t i = 0; i < octets.size && i < LONG_ARC; i++)
		both = both << 7 | (octets.data[i] & 0x7f);
	if (both < 80)
		buf_printf(to, "%u.%u", (unsigned)both / 40,
		    (unsigned)both % 40);
	else
		buf_printf(to, "2.%llu", (unsigned long long)both - 80);
}

void
oid_append_text(struct buf *to, struct bytes oid)
{
	size_t start = 0;

	for (size_t i = 0; i < oid.size; i++) {
		struct bytes octets = bytes_of(oid.data + start, i + 1 - start);

		if (oid.data[i] >= 0x80)
			continue;
		if (start == 0) {
			append_first_arcs(to, octets);
		} else {
			buf_append_octet(to, '.');
			append_arc_text(to, octets);
		}
		start = i + 1;
	}
}

/* Five octets hold 35 bits, and next_arc gives 32 and a little. */
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

/* For configurations: arcs of over 32 bits are a slip there.  The second arc
 * is below 40 under 0 and 1, or it would be read back as another. */
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
