/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "crypto/der.h"
#include "policy/name_kind.h"
#include "policy/name_patterns.h"
#include "policy/pattern.h"

/* The part before the next comma or plus that no backslash stands before; which
 * of them it was, and NUL at the end. */
static struct bytes
cut_part(struct bytes *rest, char *mark)
{
	struct bytes part = *rest;
	size_t size = 0;

	while (size < part.size && part.data[size] != ',' &&
	    part.data[size] != '+')
		size += part.data[size] == '\\' && size + 1 < part.size ? 2 : 1;
	*mark = size < part.size ? (char)part.data[size] : '\0';
	*rest = bytes_from(part, size + 1);
	return bytes_of(part.data, size);
}

/* Of "CN=router-*": what stands before the value, and that. */
static struct bytes
cut_type(struct bytes part, struct bytes *type)
{
	struct bytes value = part;

	*type = bytes_cut(&value, '=');
	return value;
}

static bool
part_fits(struct bytes pattern, struct bytes part)
{
	struct bytes type, wanted;
	struct bytes value = cut_type(part, &type);
	char *text = xstrdup_bytes(cut_type(pattern, &wanted));
	bool fits = bytes_equal(type, wanted) &&
	    pattern_matches(text, PATTERN_CASE_IGNORED, value);

	free(text);
	return fits;
}

/* Attribute by attribute, so that no "*" reaches beyond the one it is in. */
static bool
subject_fits(struct bytes pattern, struct bytes subject)
{
	char mark, mark_of_pattern;
	bool fits;

	do {
		struct bytes part = cut_part(&pattern, &mark_of_pattern);

		fits = part_fits(part, cut_part(&subject, &mark));
	} while (fits && mark == mark_of_pattern && mark != '\0');
	return fits && mark == mark_of_pattern;
}

static bool
alternative_fit(const struct name_patterns *patterns,
    const struct challenge_names *names)
{
	static const uint8_t no_subject[] = { DER_SEQUENCE, 0 };
	struct buf ignored = { 0 };
	bool fit = name_patterns_check(patterns, BYTES_ARRAY(no_subject),
		       names->alternative_names, &ignored) == ERR_OK;

	buf_clear(&ignored);
	return fit;
}

/* Reads the lines as patterns, and says whether alternative names fit, unless
 * `names` is NULL.  What is wrong with them, or NULL. */
static const char *
read_lines(struct bytes lines, const struct challenge_names *names, bool *fit)
{
	struct buf strings = { 0 };
	const char **texts;
	struct name_patterns *patterns = NULL;
	const char *fault;
	size_t count = 0, size = 0;

	for (struct bytes rest = lines; rest.size > 0; count++) {
		buf_append(&strings, bytes_cut(&rest, '\n'));
		buf_append_octet(&strings, '\0');
	}
	texts = xcalloc(count, sizeof(*texts));
	for (size_t i = 0; i < count; i++) {
		texts[i] = (const char *)strings.data + size;
		size += strlen(texts[i]) + 1;
	}
	fault = name_patterns_of(texts, count, &patterns);
	if (fault == NULL && names != NULL)
		*fit = alternative_fit(patterns, names);
	name_patterns_free(patterns);
	free(texts);
	buf_clear(&strings);
	return fault;
}

bool
challenge_terms_fit(const struct challenge_terms *terms,
    const struct challenge_names *names)
{
	bool fit = true;

	if (terms->subject.size == 0 && terms->names.size == 0)
		return true;
	if (!names->is_readable ||
	    (terms->subject.size > 0 &&
		!subject_fits(terms->subject, buf_bytes(&names->subject))))
		return false;
	return read_lines(terms->names, names, &fit) == NULL && fit;
}

/* Of an address, "/" makes a network. */
static bool
is_exact(struct bytes text, const char *marks)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != 0 && strchr(marks, text.data[i]) != NULL)
			return false;
	return true;
}

static bool
are_exact(struct bytes lines)
{
	bool exact = true;

	while (exact && lines.size > 0) {
		struct bytes line = bytes_cut(&lines, '\n');

		exact = is_exact(line,
		    bytes_begin_with(line, "ip:") ? "*/" : "*?");
	}
	return exact;
}

bool
challenge_terms_are_exact(const struct challenge_terms *terms)
{
	return terms->subject.size > 0 && is_exact(terms->subject, "*?") &&
	    are_exact(terms->names);
}

static const char *
fault_of_part(struct bytes part)
{
	struct bytes type;
	char *value = xstrdup_bytes(cut_type(part, &type));
	struct name_kind kind;
	const char *fault = pattern_fault(value, PATTERN_CASE_IGNORED);

	if (type.size == part.size || !name_kind_read(type, &kind) ||
	    kind.type != NAME_KIND_ATTRIBUTE)
		fault = "a subject is written as CN=router-17,O=Example";
	free(value);
	return fault;
}

const char *
challenge_terms_fault(const struct challenge_terms *terms)
{
	struct bytes subject = terms->subject;
	const char *fault = NULL;
	char mark = subject.size > 0 ? ',' : '\0';

	while (fault == NULL && mark != '\0')
		fault = fault_of_part(cut_part(&subject, &mark));
	return fault == NULL ? read_lines(terms->names, NULL, NULL) : fault;
}
