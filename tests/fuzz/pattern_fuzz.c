/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/pattern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "tests/fuzz/fuzz.h"

#define MAX_VALUE 512

/* Text as characters; false where it is no UTF-8. */
static bool
characters_of(struct bytes text, uint32_t *characters, size_t *count)
{
	*count = 0;
	while (text.size > 0) {
		size_t size = utf8_next(text, &characters[*count]);

		if (size == 0)
			return false;
		text = bytes_from(text, size);
		(*count)++;
	}
	return true;
}

static uint32_t
lower(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* By another way, slow and plain: fits[i] is whether the pattern so far fits
 * the first i characters. */
static bool
fits(const char *pattern, enum pattern_case letters, struct bytes value)
{
	uint32_t wanted[4 * PATTERN_MAX], found[MAX_VALUE];
	bool reached[MAX_VALUE + 1] = { true };
	bool fold = letters == PATTERN_CASE_IGNORED;
	size_t length, count;

	if (!characters_of(value, found, &count) ||
	    !characters_of(bytes_of_string(pattern), wanted, &length))
		return false;
	for (size_t i = 0; i < length; i++) {
		bool next[MAX_VALUE + 1] = { false };

		fold = fold || (letters == PATTERN_EMAIL && wanted[i] == '@');
		for (size_t j = 0; j <= count; j++) {
			bool same = j > 0 &&
			    (wanted[i] == '?' || wanted[i] == found[j - 1] ||
				(fold &&
				    lower(wanted[i]) == lower(found[j - 1])));

			if (wanted[i] == '*')
				next[j] = reached[j] || (j > 0 && next[j - 1]);
			else
				next[j] = j > 0 && same && reached[j - 1];
		}
		memcpy(reached, next, sizeof(next));
	}
	return reached[count];
}

/* The input is a pattern and a value, with a NUL between. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size);
	struct bytes first = bytes_cut(&rest, '\0');
	char *pattern = xstrdup_bytes(first);

	if (rest.size > MAX_VALUE)
		rest.size = MAX_VALUE;
	for (unsigned i = PATTERN_CASE_COUNTS; i <= PATTERN_EMAIL; i++) {
		enum pattern_case letters = (enum pattern_case)i;

		if (pattern_fault(pattern, letters) == NULL)
			assert(pattern_matches(pattern, letters, rest) ==
			    fits(pattern, letters, rest));
	}
	free(pattern);
	return 0;
}
