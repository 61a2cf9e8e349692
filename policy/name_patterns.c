/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/name_patterns.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/name.h"
#include "policy/pattern.h"

/* The addresses whose first bits are these. */
struct network {
	uint8_t octets[16];
	size_t size; /* 4 or 16; 0: all of both kinds */
	unsigned bits;
};

struct row {
	struct name_kind kind;
	const char *pattern;    /* the conf's memory */
	struct network network; /* of IP addresses, in the place of it */
};

struct name_patterns {
	struct row *rows;
	size_t count;
};

static enum pattern_case
case_of(enum name_kind_type type)
{
	switch (type) {
	case NAME_KIND_EMAIL:
		return PATTERN_EMAIL;
	case NAME_KIND_URI:
		return PATTERN_CASE_COUNTS;
	default:
		return PATTERN_CASE_IGNORED;
	}
}

static bool
read_address(const char *text, struct network *network)
{
	if (inet_pton(AF_INET, text, network->octets) == 1)
		network->size = 4;
	else if (inet_pton(AF_INET6, text, network->octets) == 1)
		network->size = 16;
	return network->size > 0;
}

/* How many bits count: the digits behind the "/", none of them a sign. */
static bool
read_length(const char *text, struct network *network)
{
	size_t length = strlen(text);

	if (length == 0 || length > 3 || strspn(text, "0123456789") != length)
		return false;
	network->bits = (unsigned)strtoul(text, NULL, 10);
	return network->bits <= network->size * 8;
}

/* What follows the bits that count is 0, or somebody has miscounted. */
static bool
ends_in_zeroes(const struct network *network)
{
	for (size_t i = network->bits; i < network->size * 8; i++)
		if ((network->octets[i / 8] >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

static bool
read_network(const char *text, struct network *network)
{
	const char *slash = strchr(text, '/');
	char *address;
	bool good;

	*network = (struct network){ 0 };
	if (bytes_equal_string(bytes_of_string(text), "*"))
		return true;
	address = slash == NULL ?
	    xstrdup(text) :
	    xstrdup_bytes(bytes_of(text, (size_t)(slash - text)));
	good = read_address(address, network);
	network->bits = (unsigned)network->size * 8;
	if (good && slash != NULL)
		good = read_length(slash + 1, network);
	free(address);
	return good && ends_in_zeroes(network);
}

static bool
is_in_network(const struct network *network, struct bytes address)
{
	if (network->size == 0)
		return true;
	if (address.size != network->size)
		return false;
	for (size_t i = 0; i < network->bits; i++)
		if (((address.data[i / 8] ^ network->octets[i / 8]) >>
			    (7 - i % 8) &
			1) != 0)
			return false;
	return true;
}

/* OpenSSL's name of it is what people know. */
static const char *
fault_of_kind(struct bytes word)
{
	return bytes_equal_string_nocase(word, "emailAddress") ?
	    "this attribute of the subject is written \"E=\" here" :
	    "it begins with no kind of name: those are attributes of the "
	    "subject, \"CN=\", \"O=\" or with numbers, and \"dns:\", "
	    "\"email:\", \"ip:\", \"uri:\" and \"upn:\"";
}

/* Why it is none, or NULL.  Attributes end in "=", alternative names in ":". */
static const char *
read_row(const char *text, struct row *row)
{
	size_t length = strcspn(text, "=:");

	if (text[length] == '\0' ||
	    !name_kind_read(bytes_of(text, length), &row->kind) ||
	    (row->kind.type == NAME_KIND_ATTRIBUTE) != (text[length] == '='))
		return fault_of_kind(bytes_of(text, length));
	row->pattern = text + length + 1;
	if (row->kind.type == NAME_KIND_IP)
		return read_network(row->pattern, &row->network) ?
		    NULL :
		    "an IP address is written like 192.0.2.17 or 2001:db8::17, "
		    "a network like 192.0.2.0/24, and all of them are *";
	return pattern_fault(row->pattern, case_of(row->kind.type));
}

/* Whether there is a comma in it, and another attribute behind that. */
static bool
has_attribute(const char *pattern)
{
	struct name_kind kind;
	const char *at = strchr(pattern, ',');

	for (; at != NULL; at = strchr(at, ',')) {
		size_t length;

		at += 1 + strspn(at + 1, " ");
		length = strcspn(at, ",=");
		if (at[length] == '=' &&
		    name_kind_read(bytes_of(at, length), &kind) &&
		    kind.type == NAME_KIND_ATTRIBUTE)
			return true;
	}
	return false;
}

/* A subject as people write it is no pattern, though it looks like one. */
static void
warn_of_subject(const struct conf_section *section, const char *key,
    const char *text, const struct row *row, struct problems *problems)
{
	if (row->kind.type == NAME_KIND_ATTRIBUTE &&
	    has_attribute(row->pattern))
		conf_problem(section, key, PROBLEM_WARNING, problems,
		    "\"%s\" of \"%s\" is one pattern, for one attribute of "
		    "the subject, whatever commas are in it; write a pattern "
		    "for each: ( \"CN=...\", \"O=...\" )",
		    text, key);
}

enum err
name_patterns_read(const struct conf_section *section, const char *key,
    const struct conf_strings *texts, struct name_patterns **patterns,
    struct problems *problems)
{
	struct name_patterns *made = xalloc(sizeof(*made));
	enum err err = ERR_OK;

	made->rows = xcalloc(texts->count, sizeof(*made->rows));
	made->count = texts->count;
	for (size_t i = 0; i < texts->count; i++) {
		const char *fault = read_row(texts->items[i], &made->rows[i]);

		if (fault == NULL) {
			warn_of_subject(section, key, texts->items[i],
			    &made->rows[i], problems);
			continue;
		}
		conf_problem(section, key, PROBLEM_ERROR, problems,
		    "\"%s\" is no pattern of names: %s", texts->items[i],
		    fault);
		err = ERR_CONFIGURATION;
	}
	if (err == ERR_OK)
		*patterns = made;
	else
		name_patterns_free(made);
	return err;
}

const char *
name_patterns_of(const char *const *texts, size_t count,
    struct name_patterns **patterns)
{
	struct name_patterns *made = xalloc(sizeof(*made));
	const char *fault = NULL;

	made->rows = xcalloc(count, sizeof(*made->rows));
	made->count = count;
	for (size_t i = 0; fault == NULL && i < count; i++)
		fault = read_row(texts[i], &made->rows[i]);
	if (fault == NULL)
		*patterns = made;
	else
		name_patterns_free(made);
	return fault;
}

void
name_patterns_free(struct name_patterns *patterns)
{
	if (patterns == NULL)
		return;
	free(patterns->rows);
	free(patterns);
}

unsigned
name_patterns_kinds(const struct name_patterns *patterns)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < patterns->count; i++)
		kinds |= name_kind_bit(patterns->rows[i].kind.type);
	return kinds;
}

bool
name_patterns_have(const struct name_patterns *patterns,
    const struct name_kind *kind)
{
	struct bytes oid = bytes_of(kind->oid, kind->oid_size);

	for (size_t i = 0; i < patterns->count; i++) {
		const struct name_kind *there = &patterns->rows[i].kind;

		if (kind->type == NAME_KIND_ATTRIBUTE ?
			name_kind_is_of(there, oid) :
			there->type == kind->type)
			return true;
	}
	return false;
}

bool
name_patterns_fit_attribute(const struct name_patterns *patterns,
    struct bytes oid, struct bytes text)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const struct row *row = &patterns->rows[i];

		if (name_kind_is_of(&row->kind, oid) &&
		    pattern_matches(row->pattern, case_of(row->kind.type),
			text))
			return true;
	}
	return false;
}

static bool
alt_name_fits(const struct name_patterns *patterns, enum name_kind_type type,
    struct bytes octets)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const struct row *row = &patterns->rows[i];

		if (row->kind.type != type)
			continue;
		if (type == NAME_KIND_IP ?
			is_in_network(&row->network, octets) :
			pattern_matches(row->pattern, case_of(type), octets))
			return true;
	}
	return false;
}

static enum err
check_subject(const struct name_patterns *patterns, struct bytes subject,
    struct buf *detail)
{
	size_t count;
	enum err err = name_count(subject, &count);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct buf text = { 0 };
		struct bytes oid;

		err = name_attribute(subject, i, &oid, &text);
		if (err == ERR_OK &&
		    !name_patterns_fit_attribute(patterns, oid,
			buf_bytes(&text))) {
			buf_append_string(detail, "no pattern for \"");
			buf_append(detail, buf_bytes(&text));
			buf_append_string(detail, "\" in the subject");
			err = ERR_SUBJECT;
		}
		buf_clear(&text);
	}
	return err == ERR_OK ? ERR_OK : ERR_SUBJECT;
}

static enum err
check_alt_names(const struct name_patterns *patterns, struct bytes alt_names,
    struct buf *detail)
{
	struct der outer = der_of(alt_names), list;
	struct der_element name;

	if (alt_names.size == 0)
		return ERR_OK;
	if (der_enter(&outer, DER_SEQUENCE, &list) != ERR_OK)
		return ERR_SAN;
	while (!der_at_end(&list)) {
		enum name_kind_type type;
		struct bytes octets;

		if (der_read_any(&list, &name) != ERR_OK)
			return ERR_SAN;
		type = name_kind_of(&name, &octets);
		if (alt_name_fits(patterns, type, octets))
			continue;
		buf_append_string(detail,
		    "no pattern for the alternative "
		    "name \"");
		name_kind_append_text(type, octets, detail);
		buf_append_string(detail, "\"");
		return ERR_SAN;
	}
	return ERR_OK;
}

enum err
name_patterns_check(const struct name_patterns *patterns, struct bytes subject,
    struct bytes alt_names, struct buf *detail)
{
	enum err err = check_subject(patterns, subject, detail);

	return err == ERR_OK ? check_alt_names(patterns, alt_names, detail) :
			       err;
}
