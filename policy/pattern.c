/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/pattern.h"

#include <string.h>

#include "base/utf8.h"

/* How many characters; SIZE_MAX where it is no UTF-8. */
static size_t
count_characters(struct bytes text)
{
	size_t count = 0;
	uint32_t character;

	while (text.size > 0) {
		size_t size = utf8_next(text, &character);

		if (size == 0)
			return SIZE_MAX;
		text = bytes_from(text, size);
		count++;
	}
	return count;
}

/* Nobody sees a control character in a file, and no name has one. */
static bool
has_control(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < ' ' || text.data[i] == 0x7f)
			return true;
	return false;
}

const char *
pattern_fault(const char *text, enum pattern_case letters)
{
	struct bytes pattern = bytes_of_string(text);
	size_t count = count_characters(pattern);
	const char *at = strchr(text, '@');

	if (count == SIZE_MAX)
		return "it is not in UTF-8";
	if (count == 0)
		return "it is empty";
	if (count > PATTERN_MAX)
		return "it has over 256 characters";
	if (has_control(pattern))
		return "it has control characters";
	if (letters == PATTERN_EMAIL &&
	    (at == NULL || strchr(at + 1, '@') != NULL))
		return "an e-mail address has one \"@\", and so has its "
		       "pattern";
	return NULL;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* A walk over both: from `fold_from` on in the pattern, case is ignored. */
struct walk {
	struct bytes pattern;
	struct bytes value;
	size_t fold_from;
	size_t in_pattern;
	size_t in_value;
};

/* The octets of the character in the value, which is UTF-8 and not at its
 * end. */
static size_t
character_size(const struct walk *walk)
{
	uint32_t character;

	return utf8_next(bytes_from(walk->value, walk->in_value), &character);
}

/* One step over what stands for itself, or a "?". */
static bool
step(struct walk *walk)
{
	uint8_t wanted, found;

	if (walk->in_pattern == walk->pattern.size ||
	    walk->in_value == walk->value.size)
		return false;
	wanted = walk->pattern.data[walk->in_pattern];
	found = walk->value.data[walk->in_value];
	if (wanted == '?') {
		walk->in_pattern++;
		walk->in_value += character_size(walk);
		return true;
	}
	if (walk->in_pattern >= walk->fold_from) {
		wanted = lower(wanted);
		found = lower(found);
	}
	if (wanted != found)
		return false;
	walk->in_pattern++;
	walk->in_value++;
	return true;
}

static bool
take_star(struct walk *walk)
{
	if (walk->in_pattern == walk->pattern.size ||
	    walk->pattern.data[walk->in_pattern] != '*')
		return false;
	walk->in_pattern++;
	return true;
}

/*
 * What fits up to a "*" does so for good, whatever that stands for; so of all
 * of them it is only the last that ever has to take in one more character.
 */
static bool
match(struct walk *walk)
{
	bool has_star = false;
	struct walk after_star = *walk;

	while (walk->in_value < walk->value.size) {
		if (take_star(walk)) {
			has_star = true;
			after_star = *walk;
		} else if (!step(walk)) {
			if (!has_star)
				return false;
			after_star.in_value += character_size(&after_star);
			*walk = after_star;
		}
	}
	while (take_star(walk))
		continue;
	return walk->in_pattern == walk->pattern.size;
}

static size_t
fold_from(const char *text, enum pattern_case letters)
{
	switch (letters) {
	case PATTERN_CASE_IGNORED:
		return 0;
	case PATTERN_EMAIL:
		return strcspn(text, "@");
	default:
		return SIZE_MAX;
	}
}

bool
pattern_matches(const char *text, enum pattern_case letters, struct bytes value)
{
	struct walk walk = { .pattern = bytes_of_string(text),
		.value = value,
		.fold_from = fold_from(text, letters) };

	return count_characters(value) != SIZE_MAX && match(&walk);
}

bool
pattern_list_matches(const struct conf_strings *patterns,
    enum pattern_case letters, struct bytes value)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (pattern_matches(patterns->items[i], letters, value))
			return true;
	return false;
}

enum err
pattern_list_check(const struct conf_section *section, const char *key,
    const struct conf_strings *patterns, enum pattern_case letters,
    struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < patterns->count; i++) {
		const char *fault = pattern_fault(patterns->items[i], letters);

		if (fault == NULL)
			continue;
		conf_problem(section, key, PROBLEM_ERROR, problems,
		    "the pattern \"%s\" of \"%s\" is none: %s",
		    patterns->items[i], key, fault);
		err = ERR_CONFIGURATION;
	}
	return err;
}
