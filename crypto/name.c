/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/name.h"

#include <string.h>

#include "base/count.h"
#include "base/hex.h"
#include "crypto/der.h"
#include "crypto/oid.h"
#include "crypto/text.h"

/* RFC 4514 section 3 and the types that device clients use besides (T28). */
static const struct name_type attribute_types[] = {
	{ "CN", OID_COMMON_NAME, DER_UTF8_STRING },
	{ "O", OID_ORGANISATION, DER_UTF8_STRING },
	{ "OU", BYTES_LITERAL("\x55\x04\x0b"), DER_UTF8_STRING },
	{ "C", BYTES_LITERAL("\x55\x04\x06"), DER_PRINTABLE_STRING },
	{ "ST", BYTES_LITERAL("\x55\x04\x08"), DER_UTF8_STRING },
	{ "L", BYTES_LITERAL("\x55\x04\x07"), DER_UTF8_STRING },
	{ "STREET", BYTES_LITERAL("\x55\x04\x09"), DER_UTF8_STRING },
	{ "SN", BYTES_LITERAL("\x55\x04\x04"), DER_UTF8_STRING },
	{ "GN", BYTES_LITERAL("\x55\x04\x2a"), DER_UTF8_STRING },
	{ "serialNumber", BYTES_LITERAL("\x55\x04\x05"), DER_PRINTABLE_STRING },
	{ "dnQualifier", BYTES_LITERAL("\x55\x04\x2e"), DER_PRINTABLE_STRING },
	{ "DC", BYTES_LITERAL("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"),
	    DER_IA5_STRING },
	{ "UID", BYTES_LITERAL("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"),
	    DER_UTF8_STRING },
	{ "E", BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"),
	    DER_IA5_STRING },
	{ "unstructuredName",
	    BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02"),
	    DER_UTF8_STRING },
	{ "unstructuredAddress",
	    BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x08"),
	    DER_UTF8_STRING },
};

/* One attribute of a name, and whether it begins an RDN. */
struct attribute {
	struct bytes oid;
	struct der_element value;
	bool first_of_rdn;
};

/* A walk over the attributes of a name. */
struct walk {
	struct der rdns;
	struct der attributes;
};

/*
 * RFC 5280 section 4.1.2.4, which all readers below walk over:
 *     Name ::= SEQUENCE OF RelativeDistinguishedName
 *     RelativeDistinguishedName ::= SET OF AttributeTypeAndValue
 *     AttributeTypeAndValue ::= SEQUENCE {
 *         type   OBJECT IDENTIFIER,
 *         value  ANY DEFINED BY type }
 *
 * Most RDNs have one attribute, but `openssl req` can make longer ones, and
 * RFC 4514 writes their attributes with "+" between.
 */

static enum err
walk_start(struct walk *walk, struct bytes name)
{
	struct der outer = der_of(name);

	walk->attributes = der_of(bytes_of(NULL, 0));
	if (der_enter(&outer, DER_SEQUENCE, &walk->rdns) != ERR_OK)
		return ERR_CERTIFICATE_MALFORMED;
	return der_end(&outer);
}

static bool
walk_at_end(const struct walk *walk)
{
	return der_at_end(&walk->rdns) && der_at_end(&walk->attributes);
}

/* The next attribute in the order of the octets; an RDN without any is
 * malformed, since a set of them has at least one. */
static enum err
walk_next(struct walk *walk, struct attribute *attribute)
{
	struct der pair;
	enum err err;

	attribute->first_of_rdn = der_at_end(&walk->attributes);
	if (attribute->first_of_rdn) {
		err = der_enter(&walk->rdns, DER_SET, &walk->attributes);
		if (err != ERR_OK)
			return err;
	}
	err = der_enter(&walk->attributes, DER_SEQUENCE, &pair);
	if (err == ERR_OK)
		err = der_read_oid(&pair, &attribute->oid);
	if (err == ERR_OK)
		err = der_read_any(&pair, &attribute->value);
	if (err == ERR_OK)
		err = der_end(&pair);
	return err;
}

/* Reads all attributes into `attributes`, NAME_MAX_ATTRIBUTES of them. */
static enum err
read_attributes(struct bytes name, struct attribute *attributes, size_t *count)
{
	struct walk walk;
	enum err err = walk_start(&walk, name);

	*count = 0;
	while (err == ERR_OK && !walk_at_end(&walk)) {
		if (*count == NAME_MAX_ATTRIBUTES)
			return ERR_CERTIFICATE_MALFORMED;
		err = walk_next(&walk, &attributes[(*count)++]);
	}
	return err == ERR_OK ? ERR_OK : ERR_CERTIFICATE_MALFORMED;
}

static enum err
append_value(struct buf *to, const struct attribute *attribute)
{
	return text_append_utf8(to, attribute->value.tag,
	    attribute->value.content);
}

/* That each value is text is what allows it to go into a certificate and a
 * log. */
enum err
name_check(struct bytes name)
{
	struct attribute attributes[NAME_MAX_ATTRIBUTES];
	size_t count;
	enum err err = read_attributes(name, attributes, &count);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct buf text = { 0 };

		if (append_value(&text, &attributes[i]) != ERR_OK)
			err = ERR_CERTIFICATE_MALFORMED;
		buf_clear(&text);
	}
	return err;
}

bool
name_is_empty(struct bytes name)
{
	struct der outer = der_of(name), rdns;

	return der_enter(&outer, DER_SEQUENCE, &rdns) == ERR_OK &&
	    der_at_end(&rdns);
}

/*
 * `text` with blanks at both ends gone, runs of them one, ASCII lowered: the
 * part of RFC 5280's string preparation (section 7.1) that names of CAs need.
 * Case beyond ASCII would take Unicode's tables.
 */
static void
fold(struct buf *to, struct bytes text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c == ' ' &&
		    (to->size == 0 || to->data[to->size - 1] == ' '))
			continue;
		buf_append_octet(to,
		    c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c);
	}
	if (to->size > 0 && to->data[to->size - 1] == ' ')
		buf_truncate(to, to->size - 1);
}

/* The octets first: they are nearly always the same. */
static bool
values_equal(const struct attribute *a, const struct attribute *b)
{
	struct buf text_a = { 0 }, text_b = { 0 };
	struct buf folded_a = { 0 }, folded_b = { 0 };
	bool equal = bytes_equal(a->value.whole, b->value.whole);

	if (!equal && append_value(&text_a, a) == ERR_OK &&
	    append_value(&text_b, b) == ERR_OK) {
		fold(&folded_a, buf_bytes(&text_a));
		fold(&folded_b, buf_bytes(&text_b));
		equal = bytes_equal(buf_bytes(&folded_a), buf_bytes(&folded_b));
	}
	buf_clear(&text_a);
	buf_clear(&text_b);
	buf_clear(&folded_a);
	buf_clear(&folded_b);
	return equal;
}

/* Attributes within one RDN must come in the same order: DER has but one. */
bool
name_equal(struct bytes a, struct bytes b)
{
	struct attribute in_a[NAME_MAX_ATTRIBUTES];
	struct attribute in_b[NAME_MAX_ATTRIBUTES];
	size_t count_a, count_b;

	if (bytes_equal(a, b))
		return true;
	if (read_attributes(a, in_a, &count_a) != ERR_OK ||
	    read_attributes(b, in_b, &count_b) != ERR_OK || count_a != count_b)
		return false;
	for (size_t i = 0; i < count_a; i++)
		if (in_a[i].first_of_rdn != in_b[i].first_of_rdn ||
		    !bytes_equal(in_a[i].oid, in_b[i].oid) ||
		    !values_equal(&in_a[i], &in_b[i]))
			return false;
	return true;
}

/* What values_equal compares. */
static void
append_folded(struct buf *to, const struct attribute *attribute)
{
	struct buf text = { 0 }, folded = { 0 };

	if (append_value(&text, attribute) == ERR_OK) {
		fold(&folded, buf_bytes(&text));
		der_append(to, DER_UTF8_STRING, buf_bytes(&folded));
	} else {
		der_append(to, DER_OCTET_STRING, attribute->value.whole);
	}
	buf_clear(&text);
	buf_clear(&folded);
}

void
name_append_folded(struct buf *to, struct bytes name)
{
	struct attribute attributes[NAME_MAX_ATTRIBUTES];
	size_t count, start;

	if (read_attributes(name, attributes, &count) != ERR_OK) {
		der_append(to, DER_OCTET_STRING, name);
		return;
	}
	start = der_open(to, DER_SEQUENCE);
	for (size_t i = 0; i < count; i++) {
		der_append_boolean(to, attributes[i].first_of_rdn);
		der_append_oid(to, attributes[i].oid);
		append_folded(to, &attributes[i]);
	}
	der_close(to, start);
}

/* An OID that is none of the table's is printed as it is (RFC 4514 section
 * 2.3). */
void
name_append_type(struct buf *to, struct bytes oid)
{
	for (size_t i = 0; i < COUNT(attribute_types); i++)
		if (bytes_equal(oid, attribute_types[i].oid)) {
			buf_append_string(to, attribute_types[i].name);
			return;
		}
	oid_append_text(to, oid);
}

/* RFC 4514 section 2.4.  NUL can't occur, since text_append_utf8 refuses it;
 * but strchr would find its own. */
static void
append_escaped(struct buf *to, struct bytes text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];
		bool edge = i == 0 || i == text.size - 1;

		if ((c != 0 && strchr("\"+,;<>\\", c) != NULL) ||
		    (c == ' ' && edge) || (c == '#' && i == 0))
			buf_append_octet(to, '\\');
		buf_append_octet(to, c);
	}
}

/* A value that is no text is its DER in hexadecimal, after "#" (RFC 4514
 * section 2.4). */
static void
append_attribute(struct buf *to, const struct attribute *attribute)
{
	struct buf text = { 0 };

	name_append_type(to, attribute->oid);
	buf_append_octet(to, '=');
	if (append_value(&text, attribute) == ERR_OK) {
		append_escaped(to, buf_bytes(&text));
	} else {
		buf_append_octet(to, '#');
		hex_append(to, attribute->value.whole);
	}
	buf_clear(&text);
}

/* The last RDN first (RFC 4514 section 2.1); within an RDN the order stays. */
void
name_append_text(struct buf *to, struct bytes name)
{
	struct attribute attributes[NAME_MAX_ATTRIBUTES];
	size_t end;

	if (read_attributes(name, attributes, &end) != ERR_OK) {
		buf_append_string(to, "(malformed)");
		return;
	}
	while (end > 0) {
		size_t start = end - 1;

		while (start > 0 && !attributes[start].first_of_rdn)
			start--;
		for (size_t i = start; i < end; i++) {
			if (i > start)
				buf_append_octet(to, '+');
			append_attribute(to, &attributes[i]);
		}
		end = start;
		if (end > 0)
			buf_append_octet(to, ',');
	}
}

/* From the end, where the most specific attribute stands. */
bool
name_find(struct bytes name, struct bytes oid, struct buf *value)
{
	struct attribute attributes[NAME_MAX_ATTRIBUTES];
	size_t count;

	if (read_attributes(name, attributes, &count) != ERR_OK)
		return false;
	while (count-- > 0)
		if (bytes_equal(attributes[count].oid, oid))
			return append_value(value, &attributes[count]) ==
			    ERR_OK;
	return false;
}

enum err
name_count(struct bytes name, size_t *count)
{
	struct attribute attributes[NAME_MAX_ATTRIBUTES];
	size_t found;
	enum err err = read_attributes(name, attributes, &found);

	if (err == ERR_OK)
		*count = found;
	return err;
}

enum err
name_attribute(struct bytes name, size_t index, struct bytes *type,
    struct buf *value)
{
	struct attribute attributes[NAME_MAX_ATTRIBUTES];
	size_t count;

	if (read_attributes(name, attributes, &count) != ERR_OK ||
	    index >= count || append_value(value, &attributes[index]) != ERR_OK)
		return ERR_CERTIFICATE_MALFORMED;
	*type = attributes[index].oid;
	return ERR_OK;
}

enum err
name_values(struct bytes name, struct name_value values[NAME_MAX_ATTRIBUTES],
    size_t *count)
{
	struct attribute attributes[NAME_MAX_ATTRIBUTES];
	size_t found;
	enum err err = read_attributes(name, attributes, &found);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < found; i++)
		values[i] = (struct name_value){ attributes[i].oid,
			attributes[i].value.tag, attributes[i].value.content,
			attributes[i].value.whole, attributes[i].first_of_rdn };
	*count = found;
	return ERR_OK;
}

const struct name_type *
name_type_find(const char *name)
{
	for (size_t i = 0; i < COUNT(attribute_types); i++)
		if (strcmp(attribute_types[i].name, name) == 0)
			return &attribute_types[i];
	return NULL;
}

/* The readers take any ASCII for a PrintableString, since clients write that;
 * what we make ourselves keeps to its small set. */
bool
name_text_fits(uint8_t tag, struct bytes text)
{
	struct buf scratch = { 0 };
	bool valid = text.size > 0 &&
	    text_append_utf8(&scratch, tag, text) == ERR_OK &&
	    (tag != DER_PRINTABLE_STRING || text_is_printable_string(text));

	buf_clear(&scratch);
	return valid;
}

/* A SET of one attribute is in DER order as it is. */
static enum err
append_rdn(struct buf *to, const struct name_part *part)
{
	const struct name_type *type = name_type_find(part->type);
	size_t set, sequence;

	if (type == NULL ||
	    !name_text_fits(type->tag, bytes_of_string(part->text)))
		return ERR_STRING;
	set = der_open(to, DER_SET);
	sequence = der_open(to, DER_SEQUENCE);
	der_append_oid(to, type->oid);
	der_append(to, type->tag, bytes_of_string(part->text));
	der_close(to, sequence);
	der_close(to, set);
	return ERR_OK;
}

enum err
name_append(struct buf *to, const struct name_part *parts, size_t count)
{
	size_t before = to->size;
	size_t start = der_open(to, DER_SEQUENCE);

	for (size_t i = 0; i < count; i++)
		if (append_rdn(to, &parts[i]) != ERR_OK) {
			buf_truncate(to, before);
			return ERR_STRING;
		}
	der_close(to, start);
	return ERR_OK;
}
