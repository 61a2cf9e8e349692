/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/hex.h"
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

static const struct {
	const char *prefix;
	enum general_name choice;
} kinds[] = {
	{ "dns:", GENERAL_NAME_DNS },
	{ "ip:", GENERAL_NAME_IP },
	{ "email:", GENERAL_NAME_EMAIL },
	{ "uri:", GENERAL_NAME_URI },
};

/* The address as octets, in place of its text. */
static bool
read_address(struct buf *value)
{
	uint8_t octets[16];
	size_t size = 0;

	if (inet_pton(AF_INET, buf_string(value), octets) == 1)
		size = 4;
	else if (inet_pton(AF_INET6, buf_string(value), octets) == 1)
		size = 16;
	buf_truncate(value, 0);
	buf_append(value, bytes_of(octets, size));
	return size > 0;
}

/* One name, of the `size` characters at `text`. */
static bool
append_general_name(struct buf *to, const char *text, size_t size)
{
	struct bytes name = bytes_of(text, size);
	struct buf value = { 0 };
	size_t i = 0;
	bool good;

	while (i < COUNT(kinds)) {
		struct bytes start = bytes_of(text, strlen(kinds[i].prefix));

		if (size >= start.size &&
		    bytes_equal_string_nocase(start, kinds[i].prefix))
			break;
		i++;
	}
	if (i == COUNT(kinds))
		return false;
	buf_append(&value, bytes_from(name, strlen(kinds[i].prefix)));
	good = kinds[i].choice != GENERAL_NAME_IP || read_address(&value);
	if (good)
		der_append(to, (uint8_t)(DER_CONTEXT + kinds[i].choice),
		    buf_bytes(&value));
	buf_clear(&value);
	return good;
}

/* SEQUENCE OF one Extension, subjectAltName with these GeneralNames. */
static void
append_extensions(struct buf *to, struct bytes names)
{
	size_t list = der_open(to, DER_SEQUENCE);

	extension_append(to, OID_SUBJECT_ALT_NAME, false, names);
	der_close(to, list);
}

enum err
names_append_san(struct buf *to, const char *text, struct problems *problems)
{
	struct buf names = { 0 }, sound = { 0 };
	size_t list = der_open(&names, DER_SEQUENCE);
	const char *at = text;
	bool good = true;

	while (good) {
		size_t size = strcspn(at, ",");

		good = append_general_name(&names, at, size);
		at += size;
		if (*at++ == '\0')
			break;
		at += strspn(at, " ");
	}
	der_close(&names, list);
	good = good &&
	    general_names_filter(&sound, buf_bytes(&names),
		GENERAL_NAMES_KNOWN) == ERR_OK;
	if (good)
		append_extensions(to, buf_bytes(&sound));
	else
		(void)complain("san", text,
		    "is not of the form dns:NAME,ip:ADDRESS,email:ADDRESS,"
		    "uri:URI",
		    problems);
	buf_clear(&names);
	buf_clear(&sound);
	return good ? ERR_OK : ERR_CONFIGURATION;
}

void
names_append_same_san(struct buf *to, struct bytes from)
{
	struct bytes names;

	if (extensions_find(from, OID_SUBJECT_ALT_NAME, &names))
		append_extensions(to, names);
}
