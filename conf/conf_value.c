/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_value.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/count.h"

#define NAME_LIMIT 48

struct unit {
	char letter;
	int64_t factor;
};

/* Both from the largest down; a row without a letter is the plain number. */
static const struct unit durations[] = {
	{ 'y', 365 * 24 * 60 * 60 },
	{ 'd', 24 * 60 * 60 },
	{ 'h', 60 * 60 },
	{ 'm', 60 },
	{ 's', 1 },
};

static const struct unit sizes[] = {
	{ 'M', 1024 * 1024 },
	{ 'k', 1024 },
	{ '\0', 1 },
};

/* Digits and at most one letter.  Both the digits and the product are kept
 * from overflowing: a time that became negative would pass for short. */
static bool
read_scaled(const char *text, const struct unit *units, size_t count,
    int64_t *value)
{
	size_t digits = strspn(text, "0123456789");
	int64_t number = 0;

	if (digits == 0 || strlen(text + digits) > 1)
		return false;
	for (size_t i = 0; i < digits; i++) {
		int digit = text[i] - '0';

		if (number > (INT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	for (size_t i = 0; i < count; i++) {
		if (units[i].letter != text[digits])
			continue;
		if (number > INT64_MAX / units[i].factor)
			return false;
		*value = number * units[i].factor;
		return true;
	}
	return false;
}

/* The last row has the factor 1, so the loop ends. */
static void
print_scaled(struct buf *to, const struct unit *units, int64_t value)
{
	while (value == 0 ? units->factor != 1 : value % units->factor != 0)
		units++;
	buf_printf(to, "%" PRId64, value / units->factor);
	if (units->letter != '\0')
		buf_append_octet(to, (uint8_t)units->letter);
}

bool
conf_value_read_duration(const char *text, int64_t *seconds)
{
	return read_scaled(text, durations, COUNT(durations), seconds);
}

bool
conf_value_read_size(const char *text, int64_t *size)
{
	return read_scaled(text, sizes, COUNT(sizes), size);
}

/* What is read is written again, since strptime takes other forms as well, and
 * the 30th of February. */
static bool
read_full_time(const char *text, int64_t *seconds)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	char again[32];
	time_t time;

	if (rest == NULL || *rest != '\0')
		return false;
	time = timegm(&tm);
	if (strftime(again, sizeof(again), "%Y-%m-%dT%H:%M:%SZ", &tm) !=
		strlen("2027-01-01T06:00:00Z") ||
	    !bytes_equal_string(bytes_of_string(text), again))
		return false;
	*seconds = time;
	return true;
}

/* A day begins at midnight. */
bool
conf_value_read_time(const char *text, int64_t *seconds)
{
	struct buf full = { 0 };
	bool good;

	buf_append_string(&full, text);
	if (strchr(text, 'T') == NULL)
		buf_append_string(&full, "T00:00:00Z");
	good = read_full_time(buf_string(&full), seconds);
	buf_clear(&full);
	return good;
}

/* With or without the leading zero, but octal in any case: chmod's own form. */
bool
conf_value_read_mode(const char *text, int64_t *mode)
{
	size_t digits = strspn(text, "01234567");
	int64_t value = 0;

	if (text[digits] != '\0' || digits < 3 || digits > 4 ||
	    (digits == 4 && text[0] != '0'))
		return false;
	for (size_t i = 0; i < digits; i++)
		value = value * 8 + (text[i] - '0');
	*mode = value;
	return true;
}

void
conf_value_print_duration(struct buf *to, int64_t seconds)
{
	print_scaled(to, durations, seconds);
}

void
conf_value_print_size(struct buf *to, int64_t size)
{
	print_scaled(to, sizes, size);
}

void
conf_value_print_number(struct buf *to, int64_t number)
{
	buf_printf(to, "%" PRId64, number);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * The distance of Damerau and Levenshtein in its restricted form: cost[i][j]
 * is what it takes to turn the first i characters of one into the first j of
 * the other.  An exchange of two neighbours counts as one slip, since that is
 * how people type.
 */
size_t
conf_value_distance(const char *a, const char *b)
{
	size_t a_size = strlen(a), b_size = strlen(b);
	size_t cost[NAME_LIMIT + 1][NAME_LIMIT + 1];

	if (a_size > NAME_LIMIT || b_size > NAME_LIMIT)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_size; j++)
		cost[0][j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		cost[i][0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			cost[i][j] =
			    least(least(cost[i - 1][j], cost[i][j - 1]) + 1,
				cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				cost[i][j] = least(cost[i][j],
				    cost[i - 2][j - 2] + 1);
		}
	}
	return cost[a_size][b_size];
}
