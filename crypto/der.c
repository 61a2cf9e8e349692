/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/der.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"

/*
 * Reading is a cursor that moves over the octets and hands out views of them.
 * It takes the one form that DER (X.690 section 10) allows, so that no two
 * readers can see different things in the same octets; where real clients need
 * more, the function says so.
 *
 * Writing is appending.  A constructed element's length is known only when it
 * is closed, so der_close makes room for it and moves the content: each level
 * of nesting costs one move, and messages have few levels.
 */

#define MAX_ARC_OCTETS 19

struct der
der_of(struct bytes bytes)
{
	return (struct der){ bytes };
}

bool
der_at_end(const struct der *der)
{
	return der->left.size == 0;
}

enum err
der_end(const struct der *der)
{
	return der_at_end(der) ? ERR_OK : ERR_DER_TRAILING;
}

bool
der_next_is(const struct der *der, uint8_t tag)
{
	return der->left.size > 0 && der->left.data[0] == tag;
}

/*
 * Reads the length octets at *at, which moves behind them.  Four octets of
 * length are more than any message has; more would only be an overflow to
 * watch for.
 */
static enum err
read_length(struct bytes from, size_t *at, size_t *length)
{
	size_t value = 0;
	uint8_t first;
	size_t count;

	if (*at >= from.size)
		return ERR_DER_TRUNCATED;
	first = from.data[(*at)++];
	if (first < 0x80) {
		*length = first;
		return ERR_OK;
	}
	count = first & 0x7f;
	if (count == 0 || count > 4)
		return ERR_DER_LENGTH;
	if (from.size - *at < count)
		return ERR_DER_TRUNCATED;
	for (size_t i = 0; i < count; i++)
		value = value << 8 | from.data[(*at)++];
	/* The one DER form: no leading zero, no long form for a short one. */
	if (value < 0x80 || value >> 8 * (count - 1) == 0)
		return ERR_DER_LENGTH;
	*length = value;
	return ERR_OK;
}

enum err
der_read_any(struct der *der, struct der_element *element)
{
	struct bytes left = der->left;
	size_t at = 1, length = 0;
	enum err err;

	/* 0 ends contents in BER alone, 31 begins a tag of several octets. */
	if (left.size == 0 || left.data[0] == 0 ||
	    (left.data[0] & 0x1f) == 0x1f)
		return ERR_DER_TAG;
	err = read_length(left, &at, &length);
	if (err != ERR_OK)
		return err;
	if (left.size - at < length)
		return ERR_DER_TRUNCATED;
	element->tag = left.data[0];
	element->content = bytes_of(left.data + at, length);
	element->whole = bytes_of(left.data, at + length);
	der->left = bytes_from(left, at + length);
	return ERR_OK;
}

/* Reads the next element, which must have `tag`. */
static enum err
read_tagged(struct der *der, uint8_t tag, struct der_element *element)
{
	if (!der_next_is(der, tag))
		return ERR_DER_TAG;
	return der_read_any(der, element);
}

enum err
der_read(struct der *der, uint8_t tag, struct bytes *content)
{
	struct der_element element;
	enum err err = read_tagged(der, tag, &element);

	if (err == ERR_OK)
		*content = element.content;
	return err;
}

enum err
der_enter(struct der *der, uint8_t tag, struct der *inner)
{
	return der_read(der, tag, &inner->left);
}

enum err
der_read_whole(struct der *der, uint8_t tag, struct bytes *whole)
{
	struct der_element element;
	enum err err = read_tagged(der, tag, &element);

	if (err == ERR_OK)
		*whole = element.whole;
	return err;
}

/*
 * X.690 section 8.19.2: an arc is a row of octets that all but the last have
 * their top bit set, and the first of them is never 0x80, which would be a
 * leading zero.  Without that rule two different encodings would be one OID,
 * and bytes_equal could not compare them.
 */
enum err
der_read_oid(struct der *der, struct bytes *oid)
{
	struct bytes content;
	enum err err = der_read(der, DER_OID, &content);
	size_t arc = 0;

	if (err != ERR_OK)
		return err;
	if (content.size == 0 || content.data[content.size - 1] >= 0x80)
		return ERR_DER_OID;
	for (size_t i = 0; i < content.size; i++) {
		if (arc == 0 && content.data[i] == 0x80)
			return ERR_DER_OID;
		arc = content.data[i] >= 0x80 ? arc + 1 : 0;
		/* A UUID below 2.25 has the longest arc there is, 128 bits. */
		if (arc >= MAX_ARC_OCTETS)
			return ERR_DER_OID;
	}
	*oid = content;
	return ERR_OK;
}

/*
 * X.690 section 8.3.2 wants the fewest octets; serial numbers of odd clients
 * (T24) have more, or a sign.  Whoever needs a number and not just its octets
 * checks that for itself.
 */
enum err
der_read_integer(struct der *der, struct bytes *integer)
{
	struct bytes content;
	enum err err = der_read(der, DER_INTEGER, &content);

	if (err != ERR_OK)
		return err;
	if (content.size == 0)
		return ERR_DER_INTEGER;
	*integer = content;
	return ERR_OK;
}

/* The top bit of the first octet is the sign.  Nothing that is read by this is
 * negative or needs 32 bits: versions, salt lengths. */
enum err
der_read_number(struct der *der, int *number)
{
	struct bytes integer;
	enum err err = der_read_integer(der, &integer);
	uint32_t value = 0;

	if (err != ERR_OK)
		return err;
	if (integer.size > 4 || integer.data[0] >= 0x80)
		return ERR_DER_INTEGER;
	for (size_t i = 0; i < integer.size; i++)
		value = value << 8 | integer.data[i];
	*number = (int)value;
	return ERR_OK;
}

/* X.690 section 11.1: TRUE is FF in DER, though any other octet is in BER. */
enum err
der_read_boolean(struct der *der, bool *value)
{
	struct bytes content;
	enum err err = der_read(der, DER_BOOLEAN, &content);

	if (err != ERR_OK)
		return err;
	if (content.size != 1 ||
	    (content.data[0] != 0 && content.data[0] != 0xff))
		return ERR_DER_BOOLEAN;
	*value = content.data[0] != 0;
	return ERR_OK;
}

/* The first octet says how many bits at the end do not count (X.690 section
 * 8.6.2).  Keys and signatures are whole octets: for them it is 0. */
enum err
der_read_bit_string(struct der *der, struct bytes *octets)
{
	struct bytes content;
	enum err err = der_read(der, DER_BIT_STRING, &content);

	if (err != ERR_OK)
		return err;
	if (content.size == 0 || content.data[0] != 0)
		return ERR_DER_BIT_STRING;
	*octets = bytes_from(content, 1);
	return ERR_OK;
}

/* X.690 section 11.2.2 allows no zero bits behind the last one that is set,
 * but certificates with them are about, and they say the same. */
enum err
der_read_named_bits(struct der *der, unsigned *bits)
{
	struct bytes content;
	enum err err = der_read(der, DER_BIT_STRING, &content);
	unsigned value = 0;

	if (err != ERR_OK)
		return err;
	if (content.size < 1 || content.size > 3 || content.data[0] > 7 ||
	    (content.size == 1 && content.data[0] != 0))
		return ERR_DER_BIT_STRING;
	/* The first octet says how many bits at the end do not count. */
	for (unsigned bit = 0; bit + content.data[0] < 8 * (content.size - 1);
	     bit++)
		if ((content.data[1 + bit / 8] & (0x80 >> bit % 8)) != 0)
			value |= 1u << bit;
	*bits = value;
	return ERR_OK;
}

/* Two decimal digits, or -1. */
static int
two_digits(const uint8_t *text)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return -1;
	return (text[0] - '0') * 10 + (text[1] - '0');
}

/*
 * timegm would make the 3rd of March of a 31st of February, and without this
 * two octet strings could mean one time.  A second 60 is refused too: seconds
 * since 1970 have no room for it.
 */
static bool
date_is_valid(const struct clock_date *date)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = date->year % 4 == 0 &&
	    (date->year % 100 != 0 || date->year % 400 == 0);

	return date->month >= 1 && date->month <= 12 && date->day >= 1 &&
	    date->day <= days[date->month - 1] &&
	    (date->month != 2 || date->day != 29 || leap) && date->hour >= 0 &&
	    date->hour <= 23 && date->minute >= 0 && date->minute <= 59 &&
	    date->second >= 0 && date->second <= 59;
}

/* RFC 5280 section 4.1.2.5: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, with seconds,
 * without fractions, always in UTC.  Two digits mean 1950 to 2049. */
enum err
der_read_time(struct der *der, int64_t *seconds)
{
	bool utc = der_next_is(der, DER_UTC_TIME);
	size_t year_digits = utc ? 2 : 4;
	struct clock_date date;
	struct bytes text;
	const uint8_t *at;
	enum err err;
	int century;

	err = der_read(der, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME, &text);
	if (err != ERR_OK)
		return err;
	if (text.size != year_digits + 11 || text.data[text.size - 1] != 'Z')
		return ERR_DER_TIME;
	at = text.data + year_digits - 2;
	date = (struct clock_date){ two_digits(at), two_digits(at + 2),
		two_digits(at + 4), two_digits(at + 6), two_digits(at + 8),
		two_digits(at + 10) };
	century = utc ? (date.year >= 50 ? 19 : 20) : two_digits(text.data);
	if (date.year < 0 || century < 0)
		return ERR_DER_TIME;
	date.year += 100 * century;
	if (!date_is_valid(&date))
		return ERR_DER_TIME;
	*seconds = clock_seconds_of(&date);
	return ERR_OK;
}

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
