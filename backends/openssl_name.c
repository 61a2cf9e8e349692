/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_name.h"

#include "backends/openssl_names.h"
#include "crypto/der.h"

static void
append_value(struct buf *to, struct bytes value)
{
	for (size_t i = 0; i < value.size; i++) {
		uint8_t octet = value.data[i];

		if (octet == '/' || octet == '+')
			buf_append_octet(to, '\\');
		if (octet < ' ' || octet > '~')
			buf_printf(to, "\\x%02X", octet);
		else
			buf_append_octet(to, octet);
	}
}

/* AttributeTypeAndValue ::= SEQUENCE { type, value }: crypto/name.c. */
static enum err
append_attribute(struct buf *to, struct der *attributes)
{
	struct der pair;
	struct bytes oid;
	struct der_element value;
	enum err err = der_enter(attributes, DER_SEQUENCE, &pair);

	if (err == ERR_OK)
		err = der_read_oid(&pair, &oid);
	if (err == ERR_OK)
		err = der_read_any(&pair, &value);
	if (err == ERR_OK)
		err = der_end(&pair);
	if (err != ERR_OK)
		return err;
	openssl_oid_append_name(to, oid);
	buf_append_octet(to, '=');
	/* Of a BIT STRING without the octet that counts its bits. */
	append_value(to,
	    bytes_from(value.content, value.tag == DER_BIT_STRING));
	return ERR_OK;
}

static enum err
append_rdn(struct buf *to, struct der *rdns)
{
	struct der attributes;
	enum err err = der_enter(rdns, DER_SET, &attributes);
	uint8_t separator = '/';

	if (err == ERR_OK && der_at_end(&attributes))
		err = ERR_CERTIFICATE_MALFORMED;
	while (err == ERR_OK && !der_at_end(&attributes)) {
		buf_append_octet(to, separator);
		err = append_attribute(to, &attributes);
		separator = '+';
	}
	return err;
}

enum err
openssl_name_append(struct buf *to, struct bytes name)
{
	size_t before = to->size;
	struct der outer = der_of(name), rdns;
	enum err err = der_enter(&outer, DER_SEQUENCE, &rdns);

	if (err == ERR_OK)
		err = der_end(&outer);
	while (err == ERR_OK && !der_at_end(&rdns))
		err = append_rdn(to, &rdns);
	if (err == ERR_OK)
		return ERR_OK;
	buf_truncate(to, before);
	return ERR_CERTIFICATE_MALFORMED;
}
