/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/count.h"
#include "crypto/oid.h"
#include "crypto/sign_guard_internal.h"
#include "crypto/text.h"

/* A sentence.  Where replies are signed with an old digest, the limits leave
 * little room for the octets that a collision of it needs. */
#define TEXT_MAXIMUM 1024

static bool
is_data(const struct der_element *value, enum digest digest)
{
	(void)digest;
	return value->tag == DER_OID && bytes_equal(value->content, OID_DATA);
}

static bool
is_time(const struct der_element *value, enum digest digest)
{
	struct der der = der_of(value->whole);
	int64_t seconds;

	(void)digest;
	return sign_guard_read_time(&der, &seconds) == ERR_OK;
}

static bool
is_digest(const struct der_element *value, enum digest digest)
{
	return value->tag == DER_OCTET_STRING &&
	    value->content.size == digest_facts(digest)->size;
}

/* Numbers are text in SCEP, and those below have one digit. */
static bool
is_digit(const struct der_element *value, char from, char to)
{
	return value->tag == DER_PRINTABLE_STRING && value->content.size == 1 &&
	    value->content.data[0] >= from && value->content.data[0] <= to;
}

/* RFC 8894 section 3.2.1.2: 3 is CertRep. */
static bool
is_cert_rep(const struct der_element *value, enum digest digest)
{
	(void)digest;
	return is_digit(value, '3', '3');
}

/* RFC 8894 section 3.2.1.3: SUCCESS, FAILURE and PENDING; 1 is nothing. */
static bool
is_status(const struct der_element *value, enum digest digest)
{
	(void)digest;
	return is_digit(value, '0', '0') || is_digit(value, '2', '3');
}

static bool
is_fail_info(const struct der_element *value, enum digest digest)
{
	(void)digest;
	return is_digit(value, '0', '4');
}

/* The client's octets, in a type of text that pki_message.c takes (T20), valid
 * in that type or not. */
static bool
is_transaction_id(const struct der_element *value, enum digest digest)
{
	(void)digest;
	return text_is_attribute_type(value->tag) && value->content.size > 0 &&
	    value->content.size <= SIGN_GUARD_TRANSACTION_ID_LIMIT;
}

static bool
is_nonce(const struct der_element *value, enum digest digest)
{
	(void)digest;
	return value->tag == DER_OCTET_STRING &&
	    value->content.size <= SIGN_GUARD_NONCE_LIMIT;
}

static bool
is_sentence(const struct der_element *value, enum digest digest)
{
	struct buf text = { 0 };
	bool is_text = value->tag == DER_UTF8_STRING &&
	    value->content.size <= TEXT_MAXIMUM &&
	    text_append_utf8(&text, value->tag, value->content) == ERR_OK;

	(void)digest;
	buf_clear(&text);
	return is_text;
}

/*
 * All attributes of an answer, as cms_signed_append and cert_rep_append write
 * them.  Those that make it an answer must be there: attributes without them
 * could be those of a request, in the name of the CA.
 */
static const struct row {
	struct bytes oid;
	bool required;
	bool (*accepts)(const struct der_element *value, enum digest digest);
} rows[] = {
	{ OID_CONTENT_TYPE, true, is_data },
	{ OID_SIGNING_TIME, false, is_time },
	{ OID_MESSAGE_DIGEST, true, is_digest },
	{ OID_MESSAGE_TYPE, true, is_cert_rep },
	{ OID_TRANSACTION_ID, true, is_transaction_id },
	{ OID_PKI_STATUS, true, is_status },
	{ OID_SENDER_NONCE, false, is_nonce },
	{ OID_RECIPIENT_NONCE, false, is_nonce },
	{ OID_FAIL_INFO, false, is_fail_info },
	{ OID_FAIL_INFO_TEXT, false, is_sentence },
};

struct attribute {
	struct bytes whole;
	struct bytes oid;
	struct der values;
};

/* Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }
 * (RFC 5652 section 5.3). */
static enum err
read_attribute(struct der *from, struct attribute *attribute)
{
	struct der outer, inner;
	enum err err = der_read_whole(from, DER_SEQUENCE, &attribute->whole);

	if (err != ERR_OK)
		return err;
	outer = der_of(attribute->whole);
	err = der_enter(&outer, DER_SEQUENCE, &inner);
	if (err == ERR_OK)
		err = der_read_oid(&inner, &attribute->oid);
	if (err == ERR_OK)
		err = der_enter(&inner, DER_SET, &attribute->values);
	return err == ERR_OK ? der_end(&inner) : err;
}

/* `seen` has a bit for each row that was met. */
static enum err
check_attribute(struct attribute *attribute, enum digest digest, unsigned *seen)
{
	struct der_element value;
	size_t i = 0;

	while (i < COUNT(rows) && !bytes_equal(attribute->oid, rows[i].oid))
		i++;
	if (i == COUNT(rows) || (*seen & 1u << i) != 0)
		return ERR_GUARD_ATTRIBUTE;
	*seen |= 1u << i;
	if (der_read_any(&attribute->values, &value) != ERR_OK)
		return ERR_GUARD_DER;
	if (!der_at_end(&attribute->values) || !rows[i].accepts(&value, digest))
		return ERR_GUARD_ATTRIBUTE;
	return ERR_OK;
}

static enum err
check_required(unsigned seen)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].required && (seen & 1u << i) == 0)
			return ERR_GUARD_ATTRIBUTE;
	return ERR_OK;
}

/* SignedAttributes ::= SET SIZE (1..MAX) OF Attribute, in the order of their
 * octets (X.690 section 11.6): a verifier may sort them before it digests
 * them. */
enum err
sign_guard_reply(const struct sign_guard *guard, enum digest digest,
    struct der content)
{
	struct attribute attribute, before = { 0 };
	unsigned seen = 0;
	enum err err;

	if ((guard->reply_digests & 1u << digest) == 0)
		return ERR_GUARD_ALGORITHM;
	for (; !der_at_end(&content); before = attribute) {
		if (read_attribute(&content, &attribute) != ERR_OK ||
		    bytes_compare(before.whole, attribute.whole) > 0)
			return ERR_GUARD_DER;
		err = check_attribute(&attribute, digest, &seen);
		if (err != ERR_OK)
			return err;
	}
	return check_required(seen);
}
