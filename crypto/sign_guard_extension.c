/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/extension.h"
#include "crypto/oid.h"
#include "crypto/sign_guard_internal.h"

/*
 * Extension, as extension.c draws it, but with no FALSE written out (X.690
 * section 11.5), and with one whole element for a value: what follows it some
 * readers would not see.
 */
enum err
sign_guard_read_extension(struct der *list, struct guard_extension *extension)
{
	struct der outer = *list, inner, octets;
	struct der_element element;
	bool critical = true;
	enum err err = der_read_whole(list, DER_SEQUENCE, &extension->whole);

	if (err == ERR_OK)
		err = der_enter(&outer, DER_SEQUENCE, &inner);
	if (err == ERR_OK)
		err = der_read_oid(&inner, &extension->oid);
	if (err == ERR_OK && der_next_is(&inner, DER_BOOLEAN))
		err = der_read_boolean(&inner, &critical);
	if (err == ERR_OK)
		err = der_enter(&inner, DER_OCTET_STRING, &octets);
	if (err == ERR_OK)
		err = der_end(&inner);
	if (err == ERR_OK)
		err = der_read_any(&octets, &element);
	if (err == ERR_OK)
		err = der_end(&octets);
	if (err != ERR_OK || !critical)
		return ERR_GUARD_DER;
	extension->value = element.whole;
	return ERR_OK;
}

enum err
sign_guard_enter_extensions(struct der *from, uint8_t tag, struct der *list)
{
	struct der inner;
	enum err err = der_enter(from, tag, &inner);

	if (err == ERR_OK)
		err = der_end(from);
	if (err == ERR_OK)
		err = der_enter(&inner, DER_SEQUENCE, list);
	if (err == ERR_OK)
		err = der_end(&inner);
	return err == ERR_OK ? ERR_OK : ERR_GUARD_DER;
}

/* RFC 5280 section 4.2: of two with one OID, one reader would take the first,
 * another the last. */
enum err
sign_guard_read_extensions(struct der list, const struct bytes *oids,
    size_t count, struct bytes *values)
{
	struct guard_extension extension;
	size_t at;
	enum err err;

	for (at = 0; at < count; at++)
		values[at] = bytes_of(NULL, 0);
	while (!der_at_end(&list)) {
		err = sign_guard_read_extension(&list, &extension);
		if (err != ERR_OK)
			return err;
		for (at = 0; at < count; at++)
			if (bytes_equal(extension.oid, oids[at]))
				break;
		if (at == count || values[at].size > 0)
			return ERR_GUARD_EXTENSION;
		values[at] = extension.value;
	}
	return ERR_OK;
}

/* SubjectKeyIdentifier ::= OCTET STRING. */
bool
sign_guard_is_key_id(struct bytes value)
{
	struct bytes key_id;

	return sign_guard_open(value, DER_OCTET_STRING, &key_id);
}

/* Names of the kinds that a profile can allow, each in its form: what the
 * filter lets through as it stands. */
bool
sign_guard_is_alt_name(struct bytes value, unsigned powerful)
{
	struct buf filtered = { 0 };
	bool same = general_names_filter(&filtered, value,
			GENERAL_NAMES_KNOWN | powerful) == ERR_OK &&
	    bytes_equal(buf_bytes(&filtered), value);

	buf_clear(&filtered);
	return same;
}

/* GeneralName of a URI, and nothing behind it: an IA5String. */
static bool
is_uri(struct bytes names)
{
	struct bytes uri;

	if (!sign_guard_open(names, DER_CONTEXT + GENERAL_NAME_URI, &uri))
		return false;
	for (size_t i = 0; i < uri.size; i++)
		if (uri.data[i] <= ' ' || uri.data[i] > '~')
			return false;
	return uri.size > 0;
}

/* DistributionPoint, as certificate_order.c draws it: fullName alone.  A
 * cRLIssuer would let another CA revoke, reasons would leave some out. */
static bool
is_distribution_point(struct der point)
{
	struct bytes name, full_name;

	return sign_guard_open(point.left, DER_CONTEXT_CONSTRUCTED, &name) &&
	    sign_guard_open(name, DER_CONTEXT_CONSTRUCTED, &full_name) &&
	    is_uri(full_name);
}

static bool
is_access_description(struct der description)
{
	struct bytes method;

	return der_read_oid(&description, &method) == ERR_OK &&
	    (bytes_equal(method, OID_ACCESS_OCSP) ||
		bytes_equal(method, OID_ACCESS_CA_ISSUERS)) &&
	    is_uri(description.left);
}

/* Whether `value` is a SEQUENCE of SEQUENCEs, at least one, and all sound. */
static bool
is_list_of(bool (*is_sound)(struct der), struct bytes value)
{
	struct der list, entry;

	if (!sign_guard_open(value, DER_SEQUENCE, &list.left) ||
	    der_at_end(&list))
		return false;
	while (!der_at_end(&list))
		if (der_enter(&list, DER_SEQUENCE, &entry) != ERR_OK ||
		    !is_sound(entry))
			return false;
	return true;
}

bool
sign_guard_is_crl_urls(struct bytes value)
{
	return is_list_of(is_distribution_point, value);
}

bool
sign_guard_is_information_access(struct bytes value)
{
	return is_list_of(is_access_description, value);
}
