/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/csr.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"
#include "crypto/text.h"

/* No password and no list of attributes of a real client is longer. */
#define CHALLENGE_LIMIT 1024
#define MAX_ATTRIBUTES 64

/* One attribute's value: the only one that it has. */
static enum err
single_value(struct der values, struct der_element *value)
{
	if (der_read_any(&values, value) != ERR_OK || !der_at_end(&values))
		return ERR_CSR_ATTRIBUTE;
	return ERR_OK;
}

/*
 * challengePassword, RFC 2985 section 5.4.1: a DirectoryString, of any type by
 * what clients send (T27).  It becomes UTF-8 so that it can be compared with
 * the configured one whatever type it came in.
 */
static enum err
read_challenge(struct csr *csr, struct der values)
{
	struct der_element value;

	if (single_value(values, &value) != ERR_OK ||
	    value.content.size > CHALLENGE_LIMIT)
		return ERR_CSR_ATTRIBUTE;
	if (text_append_utf8(&csr->challenge, value.tag, value.content) !=
	    ERR_OK)
		return ERR_CSR_ATTRIBUTE;
	return ERR_OK;
}

/*
 * extensionRequest, RFC 2985 section 5.4.2: Extensions ::= SEQUENCE OF
 * Extension.  Under whichever of its names (T28), a request has one list at
 * most: with two, policy might look at one and somebody else at the other.
 */
static enum err
read_extensions(struct csr *csr, struct der values)
{
	struct der_element value;

	if (csr->extensions.size > 0 ||
	    single_value(values, &value) != ERR_OK || value.tag != DER_SEQUENCE)
		return ERR_CSR_ATTRIBUTE;
	csr->extensions = value.whole;
	return extensions_check(value.whole);
}

static enum err
read_validity(struct csr *csr, struct der values)
{
	validity_wish_read(values, &csr->validity);
	return ERR_OK;
}

/* The attributes that we understand; all others are passed over. */
struct attribute_row {
	struct bytes oid;
	enum err (*read)(struct csr *csr, struct der values);
	bool repeats; /* there may be several */
};

static const struct attribute_row attribute_rows[] = {
	{ OID_CHALLENGE_PASSWORD, read_challenge, false },
	{ OID_EXTENSION_REQUEST, read_extensions, false },
	{ OID_EXTENSION_REQUEST_MICROSOFT, read_extensions, false },
	{ OID_EXTENSION_REQUEST_VERISIGN, read_extensions, false },
	{ OID_ENROLMENT_PAIR, read_validity, true },
};

/*
 * Reads the next Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET
 * OF ANY } (RFC 2986 section 4.1).  *seen has a bit for each row met before,
 * since an empty password counts as one of two, too.
 */
static enum err
read_attribute(struct csr *csr, struct der *attributes, unsigned *seen)
{
	struct der attribute, values;
	struct bytes oid;
	size_t i;

	if (der_enter(attributes, DER_SEQUENCE, &attribute) != ERR_OK ||
	    der_read_oid(&attribute, &oid) != ERR_OK ||
	    der_enter(&attribute, DER_SET, &values) != ERR_OK ||
	    !der_at_end(&attribute))
		return ERR_CSR_ATTRIBUTE;
	for (i = 0; i < COUNT(attribute_rows); i++) {
		if (!bytes_equal(oid, attribute_rows[i].oid))
			continue;
		if ((*seen & 1u << i) != 0 && !attribute_rows[i].repeats)
			return ERR_CSR_ATTRIBUTE;
		*seen |= 1u << i;
		return attribute_rows[i].read(csr, values);
	}
	return ERR_OK;
}

/*
 * RFC 2986 section 4.1:
 *     CertificationRequestInfo ::= SEQUENCE {
 *         version         INTEGER,
 *         subject         Name,
 *         subjectPKInfo   SubjectPublicKeyInfo,
 *         attributes  [0] IMPLICIT SET OF Attribute }
 *
 * The version is passed over: real clients send 0, 1 and 2.  The subject's
 * strings are checked here, as it will stand in a certificate and in logs.
 */
static enum err
read_info(struct csr *csr, struct der *attributes)
{
	struct der outer = der_of(csr->outer.signed_part), info;
	struct bytes version;
	enum err err = der_enter(&outer, DER_SEQUENCE, &info);

	if (err == ERR_OK)
		err = der_read_integer(&info, &version);
	if (err == ERR_OK)
		err = der_read_whole(&info, DER_SEQUENCE, &csr->subject);
	if (err == ERR_OK)
		err = name_check(csr->subject);
	if (err == ERR_OK)
		err = der_read_whole(&info, DER_SEQUENCE, &csr->spki);
	/* Attributes are not optional in RFC 2986; some clients omit them. */
	*attributes = info;
	if (err == ERR_OK && !der_at_end(&info))
		err = der_enter(&info, DER_CONTEXT_CONSTRUCTED, attributes);
	return err == ERR_OK ? der_end(&info) : err;
}

/* Views into the copy of the DER, so they live as long as the request. */
static enum err
read_request(struct csr *csr)
{
	struct der attributes;
	unsigned seen = 0;
	enum err err;

	if (signed_object_read(buf_bytes(&csr->der), &csr->outer) != ERR_OK ||
	    read_info(csr, &attributes) != ERR_OK)
		return ERR_CSR_MALFORMED;
	for (unsigned count = 0; !der_at_end(&attributes); count++) {
		if (count == MAX_ATTRIBUTES)
			return ERR_CSR_ATTRIBUTE;
		err = read_attribute(csr, &attributes, &seen);
		if (err != ERR_OK)
			return err;
	}
	return signed_object_algorithm(&csr->outer, &csr->algorithm) == ERR_OK ?
	    ERR_OK :
	    ERR_CSR_ALGORITHM;
}

/* Proof of possession; the errors are the request's own, so that nothing
 * inside an envelope answers differently (err_list.h). */
static enum err
verify_request(const struct provider *provider, const struct csr *csr)
{
	switch (signed_object_verify(provider, &csr->outer, csr->spki)) {
	case ERR_OK:
		return ERR_OK;
	case ERR_PUBLIC_KEY:
		return ERR_CSR_KEY;
	default:
		return ERR_CSR_SIGNATURE;
	}
}

/* Parsing first, the signature last: what is malformed costs no public-key
 * operation. */
enum err
csr_read(const struct provider *provider, struct bytes der, struct csr **csr)
{
	struct csr *made = xalloc(sizeof(*made));
	enum err err;

	buf_append(&made->der, der);
	err = read_request(made);
	if (err == ERR_OK)
		err = verify_request(provider, made);
	if (err != ERR_OK) {
		csr_free(made);
		return err;
	}
	*csr = made;
	return ERR_OK;
}

void
csr_free(struct csr *csr)
{
	if (csr == NULL)
		return;
	buf_clear(&csr->der);
	buf_clear(&csr->challenge);
	free(csr);
}

/* The value is either whole already, as extensions are, or a string. */
static void
append_attribute(struct buf *to, struct bytes oid, struct der_element value)
{
	size_t attribute = der_open(to, DER_SEQUENCE);
	size_t values;

	der_append_oid(to, oid);
	values = der_open(to, DER_SET);
	if (value.whole.size > 0)
		buf_append(to, value.whole);
	else
		der_append(to, value.tag, value.content);
	der_close(to, values);
	der_close(to, attribute);
}

/* CertificationRequestInfo, as read_info draws it.  The attributes are there
 * though empty, as RFC 2986 has it. */
static void
append_info(struct buf *to, const struct csr_order *order, struct bytes spki)
{
	size_t info = der_open(to, DER_SEQUENCE);
	size_t attributes;

	der_append_number(to, 0);
	buf_append(to, order->subject);
	buf_append(to, spki);
	attributes = der_open(to, DER_CONTEXT_CONSTRUCTED);
	if (order->challenge.size > 0)
		append_attribute(to, OID_CHALLENGE_PASSWORD,
		    (struct der_element){ .tag = DER_UTF8_STRING,
			.content = order->challenge });
	if (order->extensions.size > 0)
		append_attribute(to, OID_EXTENSION_REQUEST,
		    (struct der_element){ .whole = order->extensions });
	der_close_sorted(to, attributes);
	der_close(to, info);
}

enum err
csr_append(struct buf *to, const struct csr_order *order, const struct key *key)
{
	struct buf info = { 0 };
	enum err err;

	append_info(&info, order, key_spki(key));
	err = signed_object_append(to, key, buf_bytes(&info));
	buf_clear(&info);
	return err;
}
