/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_names.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "policy/name_kind.h"
#include "policy/name_patterns.h"
#include "policy/subject.h"

/* As many octets of alternative names as a certificate can get (extension.h);
 * they bound what a stranger can have compared with patterns. */
#define MAX_ALTERNATIVE_SIZE 8192
#define MAX_ALTERNATIVE 256

static struct buf *
add(struct challenge_texts *texts)
{
	texts->items = xrealloc(texts->items, texts->count + 1,
	    sizeof(texts->items[0]));
	texts->items[texts->count] = (struct buf){ 0 };
	return &texts->items[texts->count++];
}

static void
clear(struct challenge_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		buf_clear(&texts->items[i]);
	free(texts->items);
	*texts = (struct challenge_texts){ 0 };
}

static void
append_general_name(struct buf *to, const struct der_element *name)
{
	struct name_kind kind = { 0 };
	struct bytes octets;
	size_t before;

	kind.type = name_kind_of(name, &octets);
	name_kind_append(&kind, to);
	buf_append_octet(to, ':');
	before = to->size;
	name_kind_append_text(kind.type, octets, to);
	if (kind.type != NAME_KIND_OTHER && to->size > before)
		return;
	/* What has not the form of its kind is none of them. */
	buf_truncate(to, 0);
	buf_append_string(to, "other:");
	hex_append(to, name->whole);
}

static int
compare(const void *a, const void *b)
{
	return bytes_compare(buf_bytes(a), buf_bytes(b));
}

/* A set: in one order, and nothing twice. */
static void
settle(struct challenge_texts *texts)
{
	size_t kept = 0;

	if (texts->count == 0)
		return;
	qsort(texts->items, texts->count, sizeof(texts->items[0]), compare);
	for (size_t i = 1; i < texts->count; i++) {
		if (compare(&texts->items[kept], &texts->items[i]) == 0)
			buf_clear(&texts->items[i]);
		else
			texts->items[++kept] = texts->items[i];
	}
	texts->count = kept + 1;
}

static bool
read_alternative(struct bytes extensions, struct challenge_names *read)
{
	struct challenge_texts *texts = &read->alternative;
	struct der outer, list;
	struct bytes names;

	if (!extensions_find(extensions, OID_SUBJECT_ALT_NAME, &names))
		return extensions_check(extensions) == ERR_OK;
	outer = der_of(names);
	if (names.size > MAX_ALTERNATIVE_SIZE ||
	    der_enter(&outer, DER_SEQUENCE, &list) != ERR_OK ||
	    der_end(&outer) != ERR_OK)
		return false;
	while (!der_at_end(&list)) {
		struct der_element name;

		if (texts->count == MAX_ALTERNATIVE ||
		    der_read_any(&list, &name) != ERR_OK)
			return false;
		append_general_name(add(texts), &name);
	}
	settle(texts);
	read->alternative_names = names;
	return true;
}

void
challenge_names_read(struct bytes subject, struct bytes extensions,
    struct challenge_names *names)
{
	struct challenge_names read = { 0 };

	read.is_readable = subject.size <= SUBJECT_MAX_SIZE &&
	    name_check(subject) == ERR_OK &&
	    read_alternative(extensions, &read);
	read.subject_name = subject;
	if (read.is_readable)
		name_append_text(&read.subject, subject);
	else
		challenge_names_clear(&read);
	*names = read;
}

void
challenge_names_clear(struct challenge_names *names)
{
	buf_clear(&names->subject);
	clear(&names->alternative);
	*names = (struct challenge_names){ 0 };
}

bool
challenge_names_fit(const struct challenge_names *names,
    const struct name_patterns *patterns)
{
	struct buf ignored = { 0 };
	bool fit;

	if (patterns == NULL)
		return true;
	fit = names->is_readable &&
	    name_patterns_check(patterns, names->subject_name,
		names->alternative_names, &ignored) == ERR_OK;
	buf_clear(&ignored);
	return fit;
}
