/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_names.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "policy/pattern.h"
#include "policy/subject.h"

/* As many octets of alternative names as a certificate can get (extension.h);
 * they bound what a stranger can have compared with patterns. */
#define MAX_ALTERNATIVE_SIZE 8192
#define MAX_ALTERNATIVE 256

/* Others than these are written as "other:". */
static const struct {
	const char *prefix;
	uint8_t tag;
} kinds[] = {
	{ "email:", DER_CONTEXT + GENERAL_NAME_EMAIL },
	{ "dns:", DER_CONTEXT + GENERAL_NAME_DNS },
	{ "uri:", DER_CONTEXT + GENERAL_NAME_URI },
	{ "ip:", DER_CONTEXT + GENERAL_NAME_IP },
};

#define OTHER "other:"

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

static const char *
prefix_of(uint8_t tag)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].tag == tag)
			return kinds[i].prefix;
	return NULL;
}

/* False where it has not the size of one. */
static bool
append_address(struct buf *to, struct bytes octets)
{
	char text[INET6_ADDRSTRLEN];

	if (octets.size != 4 && octets.size != 16)
		return false;
	if (inet_ntop(octets.size == 4 ? AF_INET : AF_INET6, octets.data, text,
		sizeof(text)) == NULL)
		return false;
	buf_append_string(to, "ip:");
	buf_append_string(to, text);
	return true;
}

static void
append_general_name(struct buf *to, const struct der_element *name)
{
	const char *prefix = prefix_of(name->tag);

	if (name->tag == DER_CONTEXT + GENERAL_NAME_IP &&
	    append_address(to, name->content))
		return;
	if (prefix != NULL && name->tag != DER_CONTEXT + GENERAL_NAME_IP) {
		buf_append_string(to, prefix);
		buf_append(to, name->content);
		return;
	}
	buf_append_string(to, OTHER);
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
read_alternative(struct bytes extensions, struct challenge_texts *texts)
{
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
	return true;
}

static bool
read_attributes(struct bytes subject, struct challenge_texts *texts)
{
	size_t count;

	if (subject.size > SUBJECT_MAX_SIZE ||
	    name_count(subject, &count) != ERR_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (name_append_attribute(add(texts), subject, i) != ERR_OK)
			return false;
	return true;
}

void
challenge_names_read(struct bytes subject, struct bytes extensions,
    struct challenge_names *names)
{
	struct challenge_names read = { 0 };

	read.is_readable = read_attributes(subject, &read.attributes) &&
	    read_alternative(extensions, &read.alternative);
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
	clear(&names->attributes);
	clear(&names->alternative);
	*names = (struct challenge_names){ 0 };
}

/* What stands before the name of each kind, "CN=" or "dns:", and the name. */
static struct bytes
cut_kind(struct bytes text, struct bytes *kind)
{
	size_t size = 0;

	while (size < text.size && text.data[size] != '=' &&
	    text.data[size] != ':')
		size++;
	if (size < text.size)
		size++;
	*kind = bytes_of(text.data, size);
	return bytes_from(text, size);
}

/* Where capital and small letters are the same. */
static enum pattern_case
case_of(struct bytes kind)
{
	if (bytes_equal_string(kind, "email:"))
		return PATTERN_EMAIL;
	return bytes_equal_string(kind, "uri:") ? PATTERN_CASE_COUNTS :
						  PATTERN_CASE_IGNORED;
}

/* The name behind its kind in a pattern, which was checked, is the rest of the
 * string. */
bool
challenge_pattern_fits(const char *pattern, struct bytes text)
{
	struct bytes kind, wanted_kind;
	struct bytes name = cut_kind(text, &kind);
	struct bytes wanted = cut_kind(bytes_of_string(pattern), &wanted_kind);

	return bytes_equal(kind, wanted_kind) &&
	    pattern_matches((const char *)wanted.data, case_of(kind), name);
}

static bool
all_fit(const struct challenge_texts *texts,
    const struct conf_strings *patterns)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct bytes text = buf_bytes(&texts->items[i]);
		bool fit = false;

		for (size_t j = 0; !fit && j < patterns->count; j++)
			fit = challenge_pattern_fits(patterns->items[j], text);
		if (!fit)
			return false;
	}
	return true;
}

bool
challenge_names_fit(const struct challenge_names *names,
    const struct conf_strings *patterns)
{
	if (patterns->count == 0)
		return true;
	return names->is_readable && all_fit(&names->attributes, patterns) &&
	    all_fit(&names->alternative, patterns);
}

/* One that has a short name, as names are written with, or a dotted one. */
static bool
is_attribute_type(struct bytes type)
{
	struct buf ignored = { 0 };
	char *name = xasprintf("%.*s", (int)type.size, (const char *)type.data);
	bool is = oid_from_text(&ignored, name) ||
	    name_append(&ignored, &(struct name_part){ name, "DE" }, 1) ==
		ERR_OK;

	buf_clear(&ignored);
	free(name);
	return is;
}

static bool
is_kind(struct bytes kind)
{
	if (kind.size == 0)
		return false;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (bytes_equal_string(kind, kinds[i].prefix))
			return true;
	return bytes_equal_string(kind, OTHER) ||
	    (kind.data[kind.size - 1] == '=' &&
		is_attribute_type(bytes_of(kind.data, kind.size - 1)));
}

const char *
challenge_pattern_fault(const char *pattern)
{
	struct bytes kind;
	struct bytes name = cut_kind(bytes_of_string(pattern), &kind);

	/* A pattern that nothing can fit is a slip: "DNS:", or "cn=". */
	if (!is_kind(kind))
		return "it is no name or pattern of names: those begin with an "
		       "attribute (\"CN=\", \"O=\"), or with \"dns:\", "
		       "\"ip:\", \"email:\", \"uri:\" or \"other:\"";
	return pattern_fault((const char *)name.data, case_of(kind));
}

enum err
challenge_patterns_check(const struct conf_section *section, const char *key,
    const struct conf_strings *patterns, struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < patterns->count; i++) {
		const char *fault = challenge_pattern_fault(patterns->items[i]);

		if (fault == NULL)
			continue;
		conf_problem(section, key, PROBLEM_ERROR, problems,
		    "\"%s\": %s", patterns->items[i], fault);
		err = ERR_CONFIGURATION;
	}
	return err;
}
