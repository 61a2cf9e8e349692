/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_NAME_H
#define SCEPD_CRYPTO_NAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Distinguished names (RFC 5280 section 4.1.2.4), always as the DER of the
 * whole Name.
 */

#define NAME_MAX_ATTRIBUTES 64

/* Whether `name` is well-formed: its structure, at most NAME_MAX_ATTRIBUTES
 * attributes, each value a string that is valid in its type.
 * ERR_CERTIFICATE_MALFORMED where not. */
CHECKED enum err name_check(struct bytes name);

bool name_is_empty(struct bytes name);

/*
 * Whether two names are the same by RFC 5280 section 7.1, in short: the same
 * attributes in the same order, values compared as text whatever their string
 * types, ignoring ASCII case and runs of blanks.  What is malformed equals
 * only the same octets.
 */
bool name_equal(struct bytes a, struct bytes b);

/* Appends what two names have in common exactly where they are equal in that
 * sense: DER, to be compared or hashed, and of no other use. */
void name_append_folded(struct buf *to, struct bytes name);

/* Appends the name for people and logs as RFC 4514 writes it, the last RDN
 * first: "CN=router,O=Example".  Attributes without a short name appear as
 * dotted OIDs; what is malformed as "(malformed)". */
void name_append_text(struct buf *to, struct bytes name);

/* Appends to `value` the UTF-8 text of the last attribute of this type in the
 * name, the most specific one.  False where there is none. */
bool name_find(struct bytes name, struct bytes oid, struct buf *value);

/* How many attributes the name has. ERR_CERTIFICATE_MALFORMED. */
CHECKED enum err name_count(struct bytes name, size_t *count);

/*
 * The attribute with this index, from 0 in the order of the octets: *type is
 * its OID, a view of `name`, and its text is appended to `value` as UTF-8.
 * ERR_CERTIFICATE_MALFORMED where there is none, or its value is no text.
 */
CHECKED enum err name_attribute(struct bytes name, size_t index,
    struct bytes *type, struct buf *value);

/* One attribute as it stands. Views of the name. */
struct name_value {
	struct bytes type; /* OID */
	uint8_t tag;
	struct bytes content;
	struct bytes whole; /* with tag and length */
	bool first_of_rdn;
};

/* Reads all attributes in the order of the octets, text or not.
 * ERR_CERTIFICATE_MALFORMED, also where there are over NAME_MAX_ATTRIBUTES. */
CHECKED enum err name_values(struct bytes name,
    struct name_value values[NAME_MAX_ATTRIBUTES], size_t *count);

/* A type of attribute that has a short name. */
struct name_type {
	const char *name; /* "CN" */
	struct bytes oid;
	uint8_t tag; /* the string type that we write */
};

/* NULL where none has that name. */
const struct name_type *name_type_find(const char *name);

/* Appends its short name, or the OID in dotted form. */
void name_append_type(struct buf *to, struct bytes oid);

/* Whether the text, UTF-8, may stand in a string with this tag that we write,
 * and is not empty. */
bool name_text_fits(uint8_t tag, struct bytes text);

/* One attribute of a name to be made: "CN" and its UTF-8 text. */
struct name_part {
	const char *type;
	const char *text;
};

/* Appends a Name of these parts in this order, each an RDN of its own, as
 * UTF8String (C as PrintableString, DC and E as IA5String).  ERR_STRING for
 * an unknown type or a text not valid in its string type. */
CHECKED enum err name_append(struct buf *to, const struct name_part *parts,
    size_t count);

#endif
