/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/bytes.h"

#include <string.h>

struct bytes
bytes_of(const void *data, size_t size)
{
	return (struct bytes){ data, size };
}

struct bytes
bytes_of_string(const char *string)
{
	return bytes_of(string, string != NULL ? strlen(string) : 0);
}

struct bytes
bytes_from(struct bytes bytes, size_t offset)
{
	if (offset > bytes.size)
		offset = bytes.size;
	/* Even adding 0 to NULL is not defined. */
	if (offset == 0)
		return bytes;
	return bytes_of(bytes.data + offset, bytes.size - offset);
}

struct bytes
bytes_cut(struct bytes *rest, char mark)
{
	struct bytes part = *rest;
	const uint8_t *found = part.size == 0 ?
	    NULL :
	    memchr(part.data, mark, part.size);

	if (found != NULL)
		part.size = (size_t)(found - part.data);
	*rest = bytes_from(*rest, part.size + (found != NULL));
	return part;
}

/* Not strchr, which would find a NUL in each string. */
static bool
is_one_of(uint8_t octet, const char *set)
{
	return memchr(set, octet, strlen(set)) != NULL;
}

struct bytes
bytes_trim_end(struct bytes bytes, const char *blanks)
{
	while (bytes.size > 0 && is_one_of(bytes.data[bytes.size - 1], blanks))
		bytes.size--;
	return bytes;
}

struct bytes
bytes_trim(struct bytes bytes, const char *blanks)
{
	while (bytes.size > 0 && is_one_of(bytes.data[0], blanks))
		bytes = bytes_from(bytes, 1);
	return bytes_trim_end(bytes, blanks);
}

/* Not strtoll, which would take " +5" and "5abc". */
bool
bytes_read_number(struct bytes bytes, int64_t limit, int64_t *number)
{
	int64_t read = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		int digit = bytes.data[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		read = read > limit / 10 || read * 10 > limit - digit ?
		    limit :
		    read * 10 + digit;
	}
	if (bytes.size > 0)
		*number = read;
	return bytes.size > 0;
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.size == b.size &&
	    (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool
bytes_equal_string(struct bytes bytes, const char *string)
{
	return bytes_equal(bytes, bytes_of_string(string));
}

bool
bytes_begin_with(struct bytes bytes, const char *string)
{
	struct bytes beginning = bytes_of_string(string);

	return bytes.size >= beginning.size &&
	    bytes_equal(bytes_of(bytes.data, beginning.size), beginning);
}

/* ASCII alone, whatever the locale is: tolower would ask it. */
static uint8_t
lower(uint8_t octet)
{
	if (octet >= 'A' && octet <= 'Z')
		return (uint8_t)(octet - 'A' + 'a');
	return octet;
}

bool
bytes_equal_string_nocase(struct bytes bytes, const char *string)
{
	struct bytes other = bytes_of_string(string);

	if (bytes.size != other.size)
		return false;
	for (size_t i = 0; i < bytes.size; i++)
		if (lower(bytes.data[i]) != lower(other.data[i]))
			return false;
	return true;
}

/*
 * No branch on what is compared, and volatile, so that the compiler adds none:
 * a comparison that ends early tells how far a guess was right.  Sizes are no
 * secret.
 */
bool
bytes_equal_secret(struct bytes a, struct bytes b)
{
	volatile uint8_t difference = a.size != b.size;
	size_t size = a.size < b.size ? a.size : b.size;

	for (size_t i = 0; i < size; i++)
		difference |= a.data[i] ^ b.data[i];
	return difference == 0;
}

int
bytes_compare(struct bytes a, struct bytes b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size == 0 ? 0 : memcmp(a.data, b.data, size);

	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

/* memset before a free is a dead store, which compilers leave out. */
void
bytes_wipe(void *data, size_t size)
{
	if (size > 0)
		explicit_bzero(data, size);
}
