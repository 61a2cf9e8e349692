/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "crypto/der.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"

/* The parts of a subject, as NUL-terminated strings in one buf: type, text,
 * type, text, in the order in which they are written. */
struct parts {
	struct buf strings;
	size_t count;
};

static enum err
complain(const char *option, const char *text, const char *what,
    struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR, "--%s \"%s\": %s", option, text,
	    what);
	return ERR_CONFIGURATION;
}

/* Takes what a backslash is followed by; how many characters that is, or 0
 * where nothing follows, or a NUL that no name has. */
static size_t
take_escaped(struct buf *to, const char *text)
{
	int high = hex_digit((uint8_t)text[0]);
	int low = high < 0 ? -1 : hex_digit((uint8_t)text[1]);

	if (low >= 0 && high + low > 0) {
		buf_append_octet(to, (uint8_t)(high << 4 | low));
		return 2;
	}
	if (low >= 0 || text[0] == '\0')
		return 0;
	buf_append_octet(to, (uint8_t)text[0]);
	return 1;
}

/* Takes one value up to `separator`, and *text is what follows. */
static bool
take_value(struct buf *to, const char **text, char separator)
{
	const char *at = *text;

	while (*at != '\0' && *at != separator) {
		size_t taken = 1;

		/* Several attributes at one place: nobody means that. */
		if (*at == '+' && separator == ',')
			return false;
		if (*at == '\\')
			taken = 1 + take_escaped(to, at + 1);
		else
			buf_append_octet(to, (uint8_t)*at);
		if (*at == '\\' && taken == 1)
			return false;
		at += taken;
	}
	buf_append_octet(to, '\0');
	*text = *at != '\0' ? at + 1 : at;
	return true;
}

/* Splits "TYPE=VALUE,TYPE=VALUE"; blanks after a comma are the writer's. */
static bool
split(const char *text, char separator, struct parts *parts)
{
	while (*text != '\0') {
		size_t length;

		text += strspn(text, " ");
		length = strcspn(text, "=");
		if (length == 0 || text[length] == '\0')
			return false;
		buf_append(&parts->strings, bytes_of(text, length));
		buf_append_octet(&parts->strings, '\0');
		text += length + 1;
		if (!take_value(&parts->strings, &text, separator))
			return false;
		parts->count++;
	}
	return parts->count > 0;
}

static enum err
append_parts(struct buf *to, const struct parts *parts, bool reversed)
{
	struct name_part ordered[NAME_MAX_ATTRIBUTES];
	const char *string = (const char *)parts->strings.data;

	if (parts->count > COUNT(ordered))
		return ERR_STRING;
	for (size_t i = 0; i < parts->count; i++) {
		struct name_part *part =
		    &ordered[reversed ? parts->count - 1 - i : i];

		part->type = string;
		string += strlen(string) + 1;
		part->text = string;
		string += strlen(string) + 1;
	}
	return name_append(to, ordered, parts->count);
}

enum err
names_append_subject(struct buf *to, const char *text,
    struct problems *problems)
{
	bool by_slashes = text[0] == '/';
	struct parts parts = { 0 };
	enum err err = ERR_OK;

	if (!split(by_slashes ? text + 1 : text, by_slashes ? '/' : ',',
		&parts))
		err = complain("subject", text,
		    "is not of the form CN=router-17,O=Example; write \\, for "
		    "a comma and \\+ for a plus in a name",
		    problems);
	else if (append_parts(to, &parts, !by_slashes) != ERR_OK)
		err = complain("subject", text,
		    "has an attribute that is not known here, or a value that "
		    "it can't have; known are CN, O, OU, C, ST, L, DC, UID, E, "
		    "serialNumber and some more",
		    problems);
	buf_clear(&parts.strings);
	return err;
}

static void
append_plain(struct buf *to, enum general_name choice, struct bytes text)
{
	der_append(to, (uint8_t)(DER_CONTEXT + choice), text);
}

/* The address as octets, or nothing for what is none. */
static void
append_address(struct buf *to, enum general_name choice, struct bytes text)
{
	char *address = xstrdup_bytes(text);
	uint8_t octets[16];
	size_t size = 0;

	if (inet_pton(AF_INET, address, octets) == 1)
		size = 4;
	else if (inet_pton(AF_INET6, address, octets) == 1)
		size = 16;
	append_plain(to, choice, bytes_of(octets, size));
	free(address);
}

/* As general_name_is_upn (crypto/extension.h) reads it. */
static void
append_upn(struct buf *to, enum general_name choice, struct bytes text)
{
	size_t name, value;

	name = der_open(to, (uint8_t)(DER_CONTEXT_CONSTRUCTED + choice));
	der_append_oid(to, OID_USER_PRINCIPAL_NAME);
	value = der_open(to, DER_CONTEXT_CONSTRUCTED);
	der_append(to, DER_UTF8_STRING, text);
	der_close(to, value);
	der_close(to, name);
}

static const struct kind {
	const char *prefix;
	enum general_name choice;
	void (*append)(struct buf *to, enum general_name choice,
	    struct bytes text);
	const char *fault; /* of one that has not this form */
} kinds[] = {
	{ "dns:", GENERAL_NAME_DNS, append_plain,
	    "a host's name has up to 253 letters, digits and \".-_\", and a "
	    "\"*\" only in place of its first part, before two others" },
	{ "ip:", GENERAL_NAME_IP, append_address,
	    "an IP address is written like 192.0.2.17 or 2001:db8::17" },
	{ "email:", GENERAL_NAME_EMAIL, append_plain,
	    "an e-mail address has one \"@\", no blanks, and is ASCII" },
	{ "uri:", GENERAL_NAME_URI, append_plain,
	    "a URI is not empty, has no blanks, and is ASCII" },
	{ "upn:", GENERAL_NAME_OTHER, append_upn,
	    "a UPN has one \"@\", no blanks, and is UTF-8" },
};

#define KINDS_ALLOWED (GENERAL_NAMES_KNOWN | GENERAL_NAMES_POWERFUL)

static const struct kind *
find_kind(struct bytes name)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct bytes start = bytes_of(name.data,
		    strlen(kinds[i].prefix));

		if (name.size >= start.size &&
		    bytes_equal_string_nocase(start, kinds[i].prefix))
			return &kinds[i];
	}
	return NULL;
}

/* Whether a certificate can have these GeneralNames. */
static bool
are_sound(struct bytes names)
{
	struct buf list = { 0 }, kept = { 0 };
	bool sound;

	der_append(&list, DER_SEQUENCE, names);
	sound = general_names_filter(&kept, buf_bytes(&list), KINDS_ALLOWED) ==
	    ERR_OK;
	buf_clear(&list);
	buf_clear(&kept);
	return sound;
}

const char *
names_kind_fault(struct bytes name)
{
	return find_kind(name) != NULL ?
	    NULL :
	    "it begins with none of dns:, ip:, email:, uri: and upn:; write "
	    "\\, for a comma in a name";
}

/* What is wrong with it, or NULL. */
static const char *
append_general_name(struct buf *to, struct bytes name)
{
	const struct kind *kind = find_kind(name);
	size_t before = to->size;

	if (kind == NULL)
		return names_kind_fault(name);
	kind->append(to, kind->choice, bytes_from(name, strlen(kind->prefix)));
	return are_sound(bytes_from(buf_bytes(to), before)) ? NULL :
							      kind->fault;
}

/* SEQUENCE OF one Extension, subjectAltName with these GeneralNames. */
static void
append_extensions(struct buf *to, struct bytes names)
{
	size_t list = der_open(to, DER_SEQUENCE);

	extension_append(to, OID_SUBJECT_ALT_NAME, false, names);
	der_close(to, list);
}

void
names_take(struct buf *to, const char **list)
{
	struct buf name = { 0 };
	const char *at = *list;

	for (; *at != '\0' && *at != ','; at++) {
		if (*at == '\\' && (at[1] == ',' || at[1] == '\\'))
			at++;
		buf_append_octet(&name, (uint8_t)*at);
	}
	buf_append(to, bytes_trim(buf_bytes(&name), " "));
	*list = *at != '\0' ? at + 1 : NULL;
	buf_clear(&name);
}

enum err
names_append_san(struct buf *to, const char *text, struct problems *problems)
{
	struct buf names = { 0 }, name = { 0 }, list = { 0 };
	const char *fault = NULL;
	bool good;

	while (text != NULL && fault == NULL) {
		buf_truncate(&name, 0);
		names_take(&name, &text);
		fault = append_general_name(&names, buf_bytes(&name));
	}
	if (fault != NULL)
		(void)complain("san", buf_string(&name), fault, problems);
	else if (!are_sound(buf_bytes(&names)))
		problem_add(problems, PROBLEM_ERROR,
		    "--san: these are more names than a request has");
	else
		der_append(&list, DER_SEQUENCE, buf_bytes(&names));
	if (list.size > 0)
		append_extensions(to, buf_bytes(&list));
	good = list.size > 0;
	buf_clear(&names);
	buf_clear(&name);
	buf_clear(&list);
	return good ? ERR_OK : ERR_CONFIGURATION;
}

void
names_append_same_san(struct buf *to, struct bytes from)
{
	struct bytes names;

	if (extensions_find(from, OID_SUBJECT_ALT_NAME, &names))
		append_extensions(to, names);
}
