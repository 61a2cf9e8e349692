/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/der.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"

/*
 * Writing is appending.  A constructed element's length is known only when it
 * is closed, so der_close makes room for it and moves the content: each level
 * of nesting costs one move, and messages have few levels.
 */

/* The length goes between here and the content, once der_close knows it. */
size_t
der_open(struct buf *to, uint8_t tag)
{
	buf_append_octet(to, tag);
	return to->size;
}

/*
 * X.690 section 10.1: below 0x80 the length is its own octet, else the number
 * of octets that follow, with the top bit set.  Returns how many, at most 1 +
 * sizeof(size_t).
 */
static size_t
encode_length(size_t length, uint8_t *out)
{
	size_t count = 0;

	if (length < 0x80) {
		out[0] = (uint8_t)length;
		return 1;
	}
	for (size_t rest = length; rest > 0; rest >>= 8)
		count++;
	out[0] = (uint8_t)(0x80 | count);
	for (size_t i = 0; i < count; i++)
		out[1 + i] = (uint8_t)(length >> 8 * (count - 1 - i));
	return 1 + count;
}

void
der_close(struct buf *to, size_t start)
{
	uint8_t octets[1 + sizeof(size_t)];
	size_t length = to->size - start;
	size_t count = encode_length(length, octets);

	buf_extend(to, count);
	memmove(to->data + start + count, to->data + start, length);
	memcpy(to->data + start, octets, count);
}

/* X.690 section 11.6 pads the shorter one with zeros before it compares.  That
 * never matters, since no element is the beginning of another. */
static int
compare_elements(const void *a, const void *b)
{
	const struct bytes *first = a, *second = b;

	return bytes_compare(*first, *second);
}

/* The elements that `content` consists of; the array is the caller's. */
static struct bytes *
split_elements(struct bytes content, size_t *count)
{
	struct der der = der_of(content);
	struct der_element element;
	struct bytes *elements = NULL;

	*count = 0;
	while (!der_at_end(&der) && der_read_any(&der, &element) == ERR_OK) {
		elements = xrealloc(elements, *count + 1, sizeof(*elements));
		elements[(*count)++] = element.whole;
	}
	return elements;
}

/* The elements are views into what is being sorted, so their new order is
 * written beside it first. */
void
der_close_sorted(struct buf *to, size_t start)
{
	struct buf sorted = { 0 };
	struct bytes *elements;
	size_t count;

	elements = split_elements(bytes_from(buf_bytes(to), start), &count);
	if (count > 1)
		qsort(elements, count, sizeof(*elements), compare_elements);
	for (size_t i = 0; i < count; i++)
		buf_append(&sorted, elements[i]);
	if (sorted.size > 0)
		memcpy(to->data + start, sorted.data, sorted.size);
	buf_clear(&sorted);
	free(elements);
	der_close(to, start);
}

void
der_append(struct buf *to, uint8_t tag, struct bytes content)
{
	uint8_t octets[1 + sizeof(size_t)];

	buf_append_octet(to, tag);
	buf_append(to, bytes_of(octets, encode_length(content.size, octets)));
	buf_append(to, content);
}

void
der_append_null(struct buf *to)
{
	der_append(to, DER_NULL, bytes_of(NULL, 0));
}

void
der_append_oid(struct buf *to, struct bytes oid)
{
	der_append(to, DER_OID, oid);
}

/*
 * A first octet of 0x80 or more would be a negative number (X.690 section
 * 8.3.3): a zero goes before it.  Leading zeros that came along are dropped
 * first.
 */
void
der_append_unsigned(struct buf *to, struct bytes octets)
{
	size_t start = der_open(to, DER_INTEGER);

	while (octets.size > 0 && octets.data[0] == 0)
		octets = bytes_from(octets, 1);
	if (octets.size == 0 || octets.data[0] >= 0x80)
		buf_append_octet(to, 0);
	buf_append(to, octets);
	der_close(to, start);
}

void
der_append_number(struct buf *to, int number)
{
	uint32_t value = (uint32_t)number;
	uint8_t octets[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value };

	der_append_unsigned(to, BYTES_ARRAY(octets));
}

void
der_append_boolean(struct buf *to, bool value)
{
	uint8_t octet = value ? 0xff : 0;

	der_append(to, DER_BOOLEAN, bytes_of(&octet, 1));
}

void
der_append_bit_string(struct buf *to, struct bytes octets)
{
	size_t start = der_open(to, DER_BIT_STRING);

	buf_append_octet(to, 0);
	buf_append(to, octets);
	der_close(to, start);
}

/* NamedBitList, X.690 section 11.2.2: the first octet counts the unused
 * bits. */
void
der_append_named_bits(struct buf *to, unsigned bits)
{
	uint8_t octets[3] = { 0 };
	unsigned last = 0, count = 0;

	/* DER: no zero bits behind the last one that is set. */
	for (unsigned bit = 0; bit < 16; bit++) {
		if ((bits & 1u << bit) == 0)
			continue;
		octets[1 + bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		last = bit;
		count = 1 + bit / 8;
	}
	octets[0] = (uint8_t)(count > 0 ? 7 - last % 8 : 0);
	der_append(to, DER_BIT_STRING, bytes_of(octets, 1 + count));
}

void
der_append_time(struct buf *to, int64_t seconds)
{
	struct clock_date date = clock_date_of(seconds);
	/* Two digits can't say more: RFC 5280 section 4.1.2.5. */
	bool utc = date.year < 2050;
	size_t start;

	start = der_open(to, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME);
	if (utc)
		buf_printf(to, "%02d", date.year % 100);
	else
		buf_printf(to, "%04d", date.year);
	buf_printf(to, "%02d%02d%02d%02d%02dZ", date.month, date.day, date.hour,
	    date.minute, date.second);
	der_close(to, start);
}
