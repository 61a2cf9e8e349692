/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/extension.h"

#include <string.h>

#include "crypto/oid.h"
#include "crypto/text.h"

/* Both far above what any request has; they bound the time of the loops below,
 * which compare each with each or copy them. */
#define MAX_EXTENSIONS 64
#define MAX_GENERAL_NAMES 256

/* What names may have in all, and each: a host's in RFC 1035 section 2.3.4,
 * an address's in RFC 5321 section 4.5.3.1.3, a URI's as browsers take it. */
#define MAX_GENERAL_NAMES_SIZE 8192
#define MAX_DNS_NAME 253
#define MAX_EMAIL 254
#define MAX_URI 2048

/*
 * RFC 5280 section 4.1:
 *     Extension ::= SEQUENCE {
 *         extnID     OBJECT IDENTIFIER,
 *         critical   BOOLEAN DEFAULT FALSE,
 *         extnValue  OCTET STRING }
 *
 * A FALSE that is written out is no DER but common.
 */
enum err
extension_read(struct der *from, struct extension *extension)
{
	struct der inner;
	enum err err = der_enter(from, DER_SEQUENCE, &inner);

	extension->critical = false;
	if (err == ERR_OK)
		err = der_read_oid(&inner, &extension->oid);
	if (err == ERR_OK && der_next_is(&inner, DER_BOOLEAN))
		err = der_read_boolean(&inner, &extension->critical);
	if (err == ERR_OK)
		err = der_read(&inner, DER_OCTET_STRING, &extension->value);
	if (err == ERR_OK)
		err = der_end(&inner);
	return err;
}

/* The cursor over a list; over nothing where there is none. */
static enum err
enter_list(struct bytes list, struct der *inner)
{
	struct der outer = der_of(list);
	enum err err;

	*inner = outer;
	if (list.size == 0)
		return ERR_OK;
	err = der_enter(&outer, DER_SEQUENCE, inner);
	return err == ERR_OK ? der_end(&outer) : err;
}

/* Twice the same extension is refused, as RFC 5280 section 4.2 demands: one
 * reader would take the first, another the last. */
enum err
extensions_check(struct bytes extensions)
{
	struct bytes seen[MAX_EXTENSIONS];
	struct extension extension;
	size_t count = 0;
	struct der list;

	if (enter_list(extensions, &list) != ERR_OK)
		return ERR_CSR_ATTRIBUTE;
	while (!der_at_end(&list)) {
		if (count == MAX_EXTENSIONS ||
		    extension_read(&list, &extension) != ERR_OK)
			return ERR_CSR_ATTRIBUTE;
		for (size_t i = 0; i < count; i++)
			if (bytes_equal(seen[i], extension.oid))
				return ERR_CSR_ATTRIBUTE;
		seen[count++] = extension.oid;
	}
	return ERR_OK;
}

bool
extensions_find(struct bytes extensions, struct bytes oid, struct bytes *value)
{
	struct extension extension;
	struct der list;

	if (enter_list(extensions, &list) != ERR_OK)
		return false;
	while (!der_at_end(&list)) {
		if (extension_read(&list, &extension) != ERR_OK)
			return false;
		if (bytes_equal(extension.oid, oid)) {
			*value = extension.value;
			return true;
		}
	}
	return false;
}

/* A malformed one grants nothing: the safe side of "not restricted". */
unsigned
extensions_key_usage(struct bytes extensions)
{
	struct bytes value;
	struct der der;
	unsigned bits;

	if (!extensions_find(extensions, OID_KEY_USAGE, &value))
		return KEY_USAGE_UNRESTRICTED;
	der = der_of(value);
	if (der_read_named_bits(&der, &bits) != ERR_OK || !der_at_end(&der))
		return 0;
	return bits;
}

/* BasicConstraints is empty where cA is left at its default. */
bool
extensions_is_ca(struct bytes extensions)
{
	struct bytes value;
	struct der list;
	bool ca = false;

	return extensions_find(extensions, OID_BASIC_CONSTRAINTS, &value) &&
	    enter_list(value, &list) == ERR_OK &&
	    der_next_is(&list, DER_BOOLEAN) &&
	    der_read_boolean(&list, &ca) == ERR_OK && ca;
}

bool
purposes_have(struct bytes purposes, struct bytes purpose)
{
	struct der list = der_of(purposes);
	struct bytes oid;

	while (!der_at_end(&list) && der_read_oid(&list, &oid) == ERR_OK)
		if (bytes_equal(oid, purpose))
			return true;
	return false;
}

bool
extensions_have_purpose(struct bytes extensions, struct bytes purpose)
{
	struct bytes value;
	struct der list;

	return extensions_find(extensions, OID_EXTENDED_KEY_USAGE, &value) &&
	    enter_list(value, &list) == ERR_OK &&
	    purposes_have(list.left, purpose);
}

void
extension_append(struct buf *to, struct bytes oid, bool critical,
    struct bytes value)
{
	size_t start = der_open(to, DER_SEQUENCE);

	der_append_oid(to, oid);
	if (critical)
		der_append_boolean(to, true);
	der_append(to, DER_OCTET_STRING, value);
	der_close(to, start);
}

/*
 * AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] IMPLICIT OCTET
 * STRING, ...  } (RFC 5280 section 4.2.1.1).  Its other fields, issuer and
 * serial, would tie what is signed to one certificate of the CA, which may be
 * renewed.
 */
void
extension_append_authority_key_id(struct buf *to, struct bytes key_id)
{
	struct buf value = { 0 };
	size_t start = der_open(&value, DER_SEQUENCE);

	der_append(&value, DER_CONTEXT, key_id);
	der_close(&value, start);
	extension_append(to, OID_AUTHORITY_KEY_ID, false, buf_bytes(&value));
	buf_clear(&value);
}

/*
 * What may stand in an IA5String of a name: no blanks, no controls, and with
 * them no NUL, by which "bank.example\0.attacker.example" once passed for two
 * different hosts with two readers.
 */
static bool
is_plain_text(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] <= ' ' || text.data[i] > '~')
			return false;
	return text.size > 0;
}

/* Letters, digits, "-" and ".", and "_", which real devices have in theirs.
 * No "*": a device has names of its own, and not those of others. */
static bool
is_dns_name(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != '-' && c != '.' && c != '_')
			return false;
	}
	return text.size > 0 && text.size <= MAX_DNS_NAME;
}

/* "*." and a host with a "." between its labels: one that stood for all of a
 * top-level domain, nobody may have. */
static bool
is_wildcard(struct bytes text)
{
	struct bytes host = bytes_from(text, 2), rest = host, label;

	if (!bytes_begin_with(text, "*.") || text.size > MAX_DNS_NAME ||
	    !is_dns_name(host))
		return false;
	label = bytes_cut(&rest, '.');
	return label.size > 0 && rest.size > 0 && rest.data[0] != '.';
}

/* Something, one "@" and something. */
static bool
is_address(struct bytes text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] == '@')
			count++;
	return text.size <= MAX_EMAIL && count == 1 && text.data[0] != '@' &&
	    text.data[text.size - 1] != '@';
}

static bool
is_email(struct bytes text)
{
	return is_plain_text(text) && is_address(text);
}

/* OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }
 * in [0] IMPLICIT; of a UPN, the value is a UTF8String. */
bool
general_name_is_upn(const struct der_element *name, struct bytes *text)
{
	struct der inner = der_of(name->content), value;
	struct bytes oid;

	return name->tag == DER_CONTEXT_CONSTRUCTED + GENERAL_NAME_OTHER &&
	    der_read_oid(&inner, &oid) == ERR_OK &&
	    bytes_equal(oid, OID_USER_PRINCIPAL_NAME) &&
	    der_enter(&inner, DER_CONTEXT_CONSTRUCTED, &value) == ERR_OK &&
	    der_at_end(&inner) &&
	    der_read(&value, DER_UTF8_STRING, text) == ERR_OK &&
	    der_at_end(&value);
}

/* As Windows reads names: blanks and what nobody sees are not in it. */
static bool
is_upn(const struct der_element *name)
{
	struct buf text = { 0 };
	struct bytes octets;
	bool is = general_name_is_upn(name, &octets) &&
	    text_append_utf8(&text, DER_UTF8_STRING, octets) == ERR_OK &&
	    !text_has_control(octets) && is_address(octets) &&
	    memchr(octets.data, ' ', octets.size) == NULL;

	buf_clear(&text);
	return is;
}

/* Whoever reads it may take it in any case. */
bool
general_name_is_sid(const struct der_element *name)
{
	static const char mark[] = "tag:microsoft.com,2022-09-14:sid:";
	struct bytes text = name->content;

	if (name->tag != DER_CONTEXT + GENERAL_NAME_URI ||
	    text.size < sizeof(mark) - 1)
		return false;
	text.size = sizeof(mark) - 1;
	return bytes_equal_string_nocase(text, mark);
}

/* Whether it says that it is one; general_name_is_sound whether it is. */
static bool
claims_to_be_upn(const struct der_element *name)
{
	struct der inner = der_of(name->content);
	struct bytes oid;

	return der_read_oid(&inner, &oid) == ERR_OK &&
	    bytes_equal(oid, OID_USER_PRINCIPAL_NAME);
}

/* Whether a name is of a kind that is allowed: only then it is read. */
static bool
is_allowed(const struct der_element *name, unsigned allowed)
{
	unsigned choice = name->tag & 0x1f;
	bool is_listed = choice < 9 && (allowed & 1u << choice) != 0;

	if (choice == GENERAL_NAME_OTHER)
		return is_listed && claims_to_be_upn(name);
	if (choice == GENERAL_NAME_URI)
		return is_listed ||
		    ((allowed & GENERAL_NAMES_SID) != 0 &&
			general_name_is_sid(name));
	return is_listed;
}

/*
 * Whether a name has the form of its choice (RFC 5280 section 4.2.1.6):
 * rfc822Name [1], dNSName [2] and uniformResourceIdentifier [6] are text,
 * iPAddress [7] is 4 or 16 octets.  These are primitive, unlike otherName [0],
 * directoryName [4] and its kind; others can't be switched on in a profile.
 */
static bool
general_name_is_sound(const struct der_element *name, unsigned allowed)
{
	bool primitive = (name->tag & 0x20) == 0;

	switch (name->tag & 0x1f) {
	case GENERAL_NAME_OTHER:
		return is_upn(name);
	case GENERAL_NAME_EMAIL:
		return primitive && is_email(name->content);
	case GENERAL_NAME_DNS:
		return primitive &&
		    (is_dns_name(name->content) ||
			((allowed & GENERAL_NAMES_WILDCARD) != 0 &&
			    is_wildcard(name->content)));
	case GENERAL_NAME_URI:
		return primitive && is_plain_text(name->content) &&
		    name->content.size <= MAX_URI &&
		    (!general_name_is_sid(name) ||
			(allowed & GENERAL_NAMES_SID) != 0);
	case GENERAL_NAME_IP:
		return primitive &&
		    (name->content.size == 4 || name->content.size == 16);
	default:
		return true;
	}
}

/*
 * GeneralNames ::= SEQUENCE OF GeneralName.  What is not allowed is dropped
 * and not refused: devices ask for names that their CA does not give, and are
 * content without.
 */
enum err
general_names_filter(struct buf *to, struct bytes names, unsigned allowed)
{
	struct der_element element;
	size_t count = 0, before = to->size, start;
	struct der list;

	if (enter_list(names, &list) != ERR_OK)
		return ERR_SAN;
	start = der_open(to, DER_SEQUENCE);
	while (!der_at_end(&list)) {
		if (count++ == MAX_GENERAL_NAMES ||
		    der_read_any(&list, &element) != ERR_OK)
			goto malformed;
		if ((element.tag & 0xc0) != DER_CONTEXT)
			goto malformed;
		if (!is_allowed(&element, allowed))
			continue;
		if (!general_name_is_sound(&element, allowed))
			goto malformed;
		buf_append(to, element.whole);
		if (to->size - start > MAX_GENERAL_NAMES_SIZE)
			goto malformed;
	}
	if (to->size == start)
		buf_truncate(to, before);
	else
		der_close(to, start);
	return ERR_OK;
malformed:
	buf_truncate(to, before);
	return ERR_SAN;
}
