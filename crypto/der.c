/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/der.h"

#include "base/clock.h"

/*
 * Reading is a cursor that moves over the octets and hands out views of them.
 * It takes the one form that DER (X.690 section 10) allows, so that no two
 * readers can see different things in the same octets; where real clients need
 * more, the function says so.  Writing is in der_append.c.
 */

#define MAX_ARC_OCTETS 19
#define MAX_OID_OCTETS 128 /* twice the longest that is registered */

#define UTC_TIME_SIZE 13         /* YYMMDDHHMMSSZ */
#define GENERALIZED_TIME_SIZE 15 /* YYYYMMDDHHMMSSZ */

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
	if (content.size == 0 || content.size > MAX_OID_OCTETS ||
	    content.data[content.size - 1] >= 0x80)
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

/* RFC 5280 section 4.1.2.5: with seconds, without fractions, always in UTC. */
enum err
der_time_of(struct bytes text, int64_t *seconds)
{
	bool utc = text.size == UTC_TIME_SIZE;
	struct clock_date date;
	const uint8_t *at;
	int century;

	if ((!utc && text.size != GENERALIZED_TIME_SIZE) ||
	    text.data[text.size - 1] != 'Z')
		return ERR_DER_TIME;
	at = text.data + (utc ? 0 : 2);
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

enum err
der_read_time(struct der *der, int64_t *seconds)
{
	bool utc = der_next_is(der, DER_UTC_TIME);
	struct bytes text;
	enum err err = der_read(der, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME,
	    &text);

	if (err != ERR_OK)
		return err;
	if (text.size != (utc ? UTC_TIME_SIZE : GENERALIZED_TIME_SIZE))
		return ERR_DER_TIME;
	return der_time_of(text, seconds);
}
