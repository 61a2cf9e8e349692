/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate_template.h"

#include "crypto/extension.h"
#include "crypto/oid.h"
#include "crypto/text.h"

/* A BMPString of Microsoft's clients, and whatever others write. */
static void
read_name(struct bytes value, struct buf *name)
{
	struct der der = der_of(value);
	struct der_element text;

	if (der_read_any(&der, &text) != ERR_OK || !der_at_end(&der) ||
	    text_append_utf8(name, text.tag, text.content) != ERR_OK)
		return;
	if (text_has_control(buf_bytes(name)) ||
	    text_count_characters(buf_bytes(name)) >
		CERTIFICATE_TEMPLATE_NAME_LIMIT)
		buf_clear(name);
}

/*
 *     CertificateTemplateOID ::= SEQUENCE {
 *         templateID            OBJECT IDENTIFIER,
 *         templateMajorVersion  INTEGER (0..4294967295) OPTIONAL,
 *         templateMinorVersion  INTEGER (0..4294967295) OPTIONAL }
 *
 * A template stays the same in all of its versions.
 */
static struct bytes
read_id(struct bytes value)
{
	struct der outer = der_of(value), inner;
	struct bytes id, version;

	if (der_enter(&outer, DER_SEQUENCE, &inner) != ERR_OK ||
	    !der_at_end(&outer) || der_read_oid(&inner, &id) != ERR_OK)
		return bytes_of(NULL, 0);
	for (int i = 0; i < 2 && !der_at_end(&inner); i++)
		if (der_read_integer(&inner, &version) != ERR_OK)
			return bytes_of(NULL, 0);
	return der_at_end(&inner) ? id : bytes_of(NULL, 0);
}

void
certificate_template_read(struct bytes extensions,
    struct certificate_template *template)
{
	struct bytes value;

	*template = (struct certificate_template){ 0 };
	if (extensions_find(extensions, OID_TEMPLATE_NAME, &value))
		read_name(value, &template->name);
	if (extensions_find(extensions, OID_TEMPLATE, &value))
		template->id = read_id(value);
}

void
certificate_template_clear(struct certificate_template *template)
{
	buf_clear(&template->name);
	*template = (struct certificate_template){ 0 };
}
