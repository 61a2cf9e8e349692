/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/whole.h"

#include "base/count.h"
#include "crypto/oid.h"

/* Of a request's, what it may ask for. */

static bool
is_granted_name(const struct certificate_order *order, struct bytes value)
{
	return bytes_equal(value, order->subject_alt_name);
}

/* What a device limits itself to can do no harm. */
static bool
is_device_usage(const struct certificate_order *order, struct bytes value)
{
	struct der der = der_of(value);
	unsigned bits;

	(void)order;
	return der_read_named_bits(&der, &bits) == ERR_OK &&
	    (bits & (KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN)) == 0;
}

static bool
are_granted_purposes(const struct certificate_order *order, struct bytes value)
{
	struct der outer = der_of(value), list;
	struct bytes oid;

	if (order->extended_key_usage.size == 0)
		return true;
	if (der_enter(&outer, DER_SEQUENCE, &list) != ERR_OK)
		return false;
	while (!der_at_end(&list))
		if (der_read_oid(&list, &oid) != ERR_OK ||
		    !purposes_have(order->extended_key_usage, oid))
			return false;
	return true;
}

/* Some write the FALSE out that DER leaves out. */
static bool
is_no_ca(const struct certificate_order *order, struct bytes value)
{
	struct der outer = der_of(value), inner;
	bool is_ca = false;

	(void)order;
	return der_enter(&outer, DER_SEQUENCE, &inner) == ERR_OK &&
	    (der_at_end(&inner) ||
		(der_read_boolean(&inner, &is_ca) == ERR_OK && !is_ca &&
		    der_at_end(&inner)));
}

static bool
is_any(const struct certificate_order *order, struct bytes value)
{
	(void)order;
	(void)value;
	return true;
}

static enum err
check_extension(const struct certificate_order *order,
    const struct extension *extension)
{
	const struct {
		struct bytes oid;
		bool (*is_allowed)(const struct certificate_order *order,
		    struct bytes value);
		enum err err;
	} rows[] = {
		{ OID_SUBJECT_ALT_NAME, is_granted_name, ERR_SAN },
		{ OID_KEY_USAGE, is_device_usage, ERR_CSR_EXTENSION },
		{ OID_EXTENDED_KEY_USAGE, are_granted_purposes,
		    ERR_CSR_EXTENSION },
		{ OID_BASIC_CONSTRAINTS, is_no_ca, ERR_CSR_EXTENSION },
		{ OID_SUBJECT_KEY_ID, is_any, ERR_CSR_EXTENSION },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (bytes_equal(extension->oid, rows[i].oid))
			return rows[i].is_allowed(order, extension->value) ?
			    ERR_OK :
			    rows[i].err;
	return ERR_CSR_EXTENSION;
}

static enum err
check_extensions(const struct certificate_order *order, struct bytes extensions)
{
	struct der outer = der_of(extensions), list;
	struct extension extension;
	enum err err = ERR_OK;

	if (extensions.size == 0)
		return ERR_OK;
	if (der_enter(&outer, DER_SEQUENCE, &list) != ERR_OK)
		return ERR_CSR_EXTENSION;
	while (err == ERR_OK && !der_at_end(&list)) {
		if (extension_read(&list, &extension) != ERR_OK)
			return ERR_CSR_EXTENSION;
		err = check_extension(order, &extension);
	}
	return err;
}

static enum err
check_names(const struct certificate_order *order, struct bytes extensions)
{
	struct bytes asked = { 0 };

	return !extensions_find(extensions, OID_SUBJECT_ALT_NAME, &asked) ||
		is_granted_name(order, asked) ?
	    ERR_OK :
	    ERR_SAN;
}

enum err
whole_check(const struct certificate_order *order, const struct csr *csr,
    enum whole_part part)
{
	if (!bytes_equal(order->subject, csr->subject))
		return ERR_SUBJECT;
	switch (part) {
	case WHOLE_EXTENSIONS:
		return check_extensions(order, csr->extensions);
	case WHOLE_NAMES:
		return check_names(order, csr->extensions);
	default:
		return ERR_OK;
	}
}
