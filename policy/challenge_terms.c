/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_terms.h"

#include <stdlib.h>

#include "base/xalloc.h"

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

static char *
string_of(struct bytes bytes)
{
	return xasprintf("%.*s", (int)bytes.size, (const char *)bytes.data);
}

/* Attribute by attribute, so that no "*" reaches beyond the one it is in. */
static bool
subject_fits(struct bytes pattern, struct bytes subject)
{
	char mark, mark_of_pattern;
	bool fits;

	do {
		char *part = string_of(cut_part(&pattern, &mark_of_pattern));

		fits = challenge_pattern_fits(part, cut_part(&subject, &mark));
		free(part);
	} while (fits && mark == mark_of_pattern && mark != '\0');
	return fits && mark == mark_of_pattern;
}

static bool
one_fits(struct bytes lines, struct bytes name)
{
	bool fits = false;

	while (!fits && lines.size > 0) {
		char *line = string_of(bytes_cut(&lines, '\n'));

		fits = challenge_pattern_fits(line, name);
		free(line);
	}
	return fits;
}

bool
challenge_terms_fit(const struct challenge_terms *terms,
    const struct challenge_names *names)
{
	if (terms->subject.size == 0 && terms->names.size == 0)
		return true;
	if (!names->is_readable ||
	    (terms->subject.size > 0 &&
		!subject_fits(terms->subject, buf_bytes(&names->subject))))
		return false;
	for (size_t i = 0; i < names->alternative.count; i++)
		if (!one_fits(terms->names,
			buf_bytes(&names->alternative.items[i])))
			return false;
	return true;
}

static bool
is_exact(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] == '*' || text.data[i] == '?')
			return false;
	return true;
}

bool
challenge_terms_are_exact(const struct challenge_terms *terms)
{
	return terms->subject.size > 0 && is_exact(terms->subject) &&
	    is_exact(terms->names);
}

static const char *
fault_of(struct bytes text)
{
	char *pattern = string_of(text);
	const char *fault = challenge_pattern_fault(pattern);

	free(pattern);
	return fault;
}

const char *
challenge_terms_fault(const struct challenge_terms *terms)
{
	struct bytes subject = terms->subject, names = terms->names;
	const char *fault = NULL;
	char mark = subject.size > 0 ? ',' : '\0';

	while (fault == NULL && mark != '\0')
		fault = fault_of(cut_part(&subject, &mark));
	while (fault == NULL && names.size > 0)
		fault = fault_of(bytes_cut(&names, '\n'));
	return fault;
}
