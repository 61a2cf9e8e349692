/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/validity_wish.h"

#include "base/count.h"
#include "crypto/text.h"

#define DAY INT64_C(86400)

static const struct {
	const char *name;
	int64_t seconds;
} units[] = {
	{ "Seconds", 1 },
	{ "Minutes", 60 },
	{ "Hours", 3600 },
	{ "Days", DAY },
	{ "Weeks", 7 * DAY },
	{ "Months", 30 * DAY },
	{ "Years", 365 * DAY },
};

/* Longer in any unit than a certificate can be valid. */
#define MOST_UNITS (VALIDITY_WISH_MOST_DAYS * DAY)

static void
read_unit(struct bytes value, struct validity_wish *wish)
{
	for (size_t i = 0; wish->unit == 0 && i < COUNT(units); i++)
		if (bytes_equal_string_nocase(value, units[i].name))
			wish->unit = units[i].seconds;
}

static void
read_number(struct bytes value, struct validity_wish *wish)
{
	int64_t number = 0;

	for (size_t i = 0; i < value.size; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return;
		number = number * 10 + (value.data[i] - '0');
		if (number > MOST_UNITS)
			number = MOST_UNITS;
	}
	if (wish->units == 0)
		wish->units = number;
}

/* Of all names that there are, these. */
static const struct {
	const char *name;
	void (*read)(struct bytes value, struct validity_wish *wish);
} names[] = {
	{ "ValidityPeriod", read_unit },
	{ "ValidityPeriodUnits", read_number },
};

static bool
read_text(struct der *from, struct buf *text)
{
	struct der_element element;

	return der_read_any(from, &element) == ERR_OK &&
	    text_append_utf8(text, element.tag, element.content) == ERR_OK;
}

/* EnrollmentNameValuePair ::= SEQUENCE { name BMPSTRING, value BMPSTRING } */
static void
read_pair(struct der pair, struct validity_wish *wish)
{
	struct buf name = { 0 }, value = { 0 };

	if (read_text(&pair, &name) && read_text(&pair, &value) &&
	    der_at_end(&pair))
		for (size_t i = 0; i < COUNT(names); i++)
			if (bytes_equal_string_nocase(buf_bytes(&name),
				names[i].name))
				names[i].read(buf_bytes(&value), wish);
	buf_clear(&name);
	buf_clear(&value);
}

/* The specification has a list of pairs; clients send one alone. */
static void
read_value(struct der value, struct validity_wish *wish)
{
	struct der pair;

	if (!der_next_is(&value, DER_SEQUENCE)) {
		read_pair(value, wish);
		return;
	}
	while (der_enter(&value, DER_SEQUENCE, &pair) == ERR_OK)
		read_pair(pair, wish);
}

void
validity_wish_read(struct der values, struct validity_wish *wish)
{
	struct der value;

	while (der_enter(&values, DER_SEQUENCE, &value) == ERR_OK)
		read_value(value, wish);
}

int
validity_wish_days(const struct validity_wish *wish)
{
	int64_t most = MOST_UNITS, seconds;

	if (wish->unit == 0 || wish->units == 0)
		return 0;
	seconds = wish->units > most / wish->unit ? most :
						    wish->units * wish->unit;
	return (int)((seconds + DAY - 1) / DAY);
}
