/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/name_kind.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"

static const struct {
	const char *word;
	enum name_kind_type type;
	enum general_name choice;
} alternative[] = {
	{ "email", NAME_KIND_EMAIL, GENERAL_NAME_EMAIL },
	{ "dns", NAME_KIND_DNS, GENERAL_NAME_DNS },
	{ "uri", NAME_KIND_URI, GENERAL_NAME_URI },
	{ "ip", NAME_KIND_IP, GENERAL_NAME_IP },
	{ "upn", NAME_KIND_UPN, GENERAL_NAME_OTHER },
};

/* By its short name, or else as dotted numbers. */
static bool
find_oid(const char *word, struct buf *oid)
{
	const struct name_type *type = name_type_find(word);

	if (type == NULL)
		return oid_from_text(oid, word);
	buf_append(oid, type->oid);
	return true;
}

static bool
read_attribute(struct bytes word, struct name_kind *kind)
{
	char *text = xstrdup_bytes(word);
	struct buf oid = { 0 };
	bool found = find_oid(text, &oid) && oid.size <= sizeof(kind->oid);

	if (found) {
		*kind = (struct name_kind){ .type = NAME_KIND_ATTRIBUTE,
			.oid_size = oid.size };
		memcpy(kind->oid, oid.data, oid.size);
	}
	buf_clear(&oid);
	free(text);
	return found;
}

bool
name_kind_read(struct bytes word, struct name_kind *kind)
{
	for (size_t i = 0; i < COUNT(alternative); i++)
		if (bytes_equal_string(word, alternative[i].word)) {
			*kind =
			    (struct name_kind){ .type = alternative[i].type };
			return true;
		}
	return read_attribute(word, kind);
}

bool
name_kind_is_of(const struct name_kind *kind, struct bytes oid)
{
	return kind->type == NAME_KIND_ATTRIBUTE &&
	    bytes_equal(bytes_of(kind->oid, kind->oid_size), oid);
}

enum name_kind_type
name_kind_of(const struct der_element *name, struct bytes *octets)
{
	*octets = name->content;
	if (general_name_is_upn(name, octets))
		return NAME_KIND_UPN;
	for (size_t i = 0; i < COUNT(alternative); i++)
		if (alternative[i].choice != GENERAL_NAME_OTHER &&
		    name->tag == DER_CONTEXT + alternative[i].choice)
			return alternative[i].type;
	return NAME_KIND_OTHER;
}

void
name_kind_append(const struct name_kind *kind, struct buf *to)
{
	struct bytes oid = bytes_of(kind->oid, kind->oid_size);

	for (size_t i = 0; i < COUNT(alternative); i++)
		if (alternative[i].type == kind->type)
			buf_append_string(to, alternative[i].word);
	if (kind->type == NAME_KIND_ATTRIBUTE)
		name_append_type(to, oid);
}

unsigned
name_kind_bit(enum name_kind_type type)
{
	for (size_t i = 0; i < COUNT(alternative); i++)
		if (alternative[i].type == type)
			return 1u << alternative[i].choice;
	return 0;
}

void
name_kind_append_text(enum name_kind_type type, struct bytes octets,
    struct buf *to)
{
	char text[INET6_ADDRSTRLEN];

	if (type == NAME_KIND_OTHER) {
		hex_append(to, octets);
	} else if (type != NAME_KIND_IP) {
		buf_append(to, octets);
	} else if ((octets.size == 4 || octets.size == 16) &&
	    inet_ntop(octets.size == 4 ? AF_INET : AF_INET6, octets.data, text,
		sizeof(text)) != NULL) {
		buf_append_string(to, text);
	}
}
