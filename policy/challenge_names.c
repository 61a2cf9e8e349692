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

/* One character of UTF-8, behind what it begins with. */
static size_t
skip_character(struct bytes text, size_t at)
{
	at++;
	while (at < text.size && (text.data[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* Goes back to the last "*" alone: what is before that fits anyway, so the time
 * is bounded by the product of both sizes. */
static bool
fits(struct bytes pattern, struct bytes text)
{
	size_t p = 0, t = 0, star = pattern.size, from = 0;

	while (t < text.size) {
		if (p < pattern.size && pattern.data[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.size && pattern.data[p] == '?') {
			t = skip_character(text, t);
			p++;
		} else if (p < pattern.size &&
		    pattern.data[p] == text.data[t]) {
			t++;
			p++;
		} else if (star < pattern.size) {
			t = ++from;
			p = star + 1;
		} else {
			return false;
		}
	}
	while (p < pattern.size && pattern.data[p] == '*')
		p++;
	return p == pattern.size;
}

static bool
all_fit(const struct challenge_texts *texts,
    const struct conf_strings *patterns)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct bytes text = buf_bytes(&texts->items[i]);
		bool fit = false;

		for (size_t j = 0; !fit && j < patterns->count; j++)
			fit = fits(bytes_of_string(patterns->items[j]), text);
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

/* Whether it begins with the type of an attribute and "=": one that has a short
 * name, as names are written with, or a dotted one. */
static bool
is_of_attribute(const char *pattern)
{
	struct bytes rest = bytes_of_string(pattern), type;
	struct buf ignored = { 0 };
	char *name;
	bool is;

	type = bytes_cut(&rest, '=');
	if (type.size == bytes_of_string(pattern).size)
		return false;
	name = xasprintf("%.*s", (int)type.size, (const char *)type.data);
	is = oid_from_text(&ignored, name) ||
	    name_append(&ignored, &(struct name_part){ name, "DE" }, 1) ==
		ERR_OK;
	buf_clear(&ignored);
	free(name);
	return is;
}

static bool
is_of_known_kind(const char *pattern)
{
	struct bytes text = bytes_of_string(pattern);

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (bytes_begin_with(text, kinds[i].prefix))
			return true;
	return bytes_begin_with(text, OTHER) || is_of_attribute(pattern);
}

/* A pattern that nothing can fit is a slip: "DNS:", or "cn=". */
enum err
challenge_patterns_check(const struct conf_section *section, const char *key,
    const struct conf_strings *patterns, struct problems *problems)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (is_of_known_kind(patterns->items[i]))
			continue;
		conf_problem(section, key, PROBLEM_ERROR, problems,
		    "\"%s\" is no name or pattern of names: those begin with "
		    "an attribute (\"CN=\", \"O=\"), or with \"dns:\", "
		    "\"ip:\", \"email:\", \"uri:\" or \"other:\"",
		    patterns->items[i]);
		return ERR_CONFIGURATION;
	}
	return ERR_OK;
}
