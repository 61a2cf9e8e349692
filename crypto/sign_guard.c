/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/sign_guard_internal.h"

/* The first second that no UTCTime can say. */
#define YEAR_2050 2524608000

enum err
sign_guard_read_integer(struct der *der, struct bytes *integer)
{
	struct bytes octets;

	if (der_read_integer(der, &octets) != ERR_OK)
		return ERR_GUARD_DER;
	/* X.690 section 8.3.2: the first nine bits are not all the same. */
	if (octets.size > 1 &&
	    (octets.data[0] == (octets.data[1] >= 0x80 ? 0xff : 0)))
		return ERR_GUARD_DER;
	*integer = octets;
	return ERR_OK;
}

/* der_read_time takes a GeneralizedTime for any year, as devices write it. */
enum err
sign_guard_read_time(struct der *der, int64_t *seconds)
{
	bool utc = der_next_is(der, DER_UTC_TIME);
	int64_t read;

	if (der_read_time(der, &read) != ERR_OK)
		return ERR_GUARD_DER;
	if (utc != (read < YEAR_2050))
		return ERR_GUARD_DER;
	*seconds = read;
	return ERR_OK;
}

bool
sign_guard_open(struct bytes value, uint8_t tag, struct bytes *content)
{
	struct der der = der_of(value);

	return der_read(&der, tag, content) == ERR_OK && der_at_end(&der);
}

/* RFC 5280 section 4.1.1.2: the algorithm stands inside what is signed so that
 * nobody can exchange the one outside. */
bool
sign_guard_is_algorithm(const struct sign_guard *guard, enum digest digest,
    struct bytes algorithm)
{
	struct buf expected = { 0 };
	bool same;

	if (digest != guard->digest)
		return false;
	algorithm_append_signature(&expected, guard->scheme, guard->digest);
	same = bytes_equal(algorithm, buf_bytes(&expected));
	buf_clear(&expected);
	return same;
}

/* Octets and not name_equal: certificate_append_tbs copies the CA's. */
bool
sign_guard_is_authority(const struct sign_rule *rule, struct bytes issuer,
    struct bytes authority_key_id)
{
	struct bytes fields, key_id;

	return bytes_equal(issuer, rule->issuer) &&
	    sign_guard_open(authority_key_id, DER_SEQUENCE, &fields) &&
	    sign_guard_open(fields, DER_CONTEXT, &key_id) &&
	    bytes_equal(key_id, rule->authority_key_id);
}

/*
 * The first octets tell the kinds apart, and nothing can be of two.  A
 * certificate of version 1 begins as a CRL does, and fails as one, at the
 * SEQUENCE where a CRL has its first date.
 */
static enum err
find_kind(struct bytes message, enum sign_kind *kind, struct der *content)
{
	struct der outer = der_of(message);
	bool is_set = der_next_is(&outer, DER_SET);
	struct der_element element;

	if (!is_set && !der_next_is(&outer, DER_SEQUENCE))
		return ERR_GUARD_KIND;
	if (der_read_any(&outer, &element) != ERR_OK || !der_at_end(&outer))
		return ERR_GUARD_DER;
	*content = der_of(element.content);
	if (is_set)
		*kind = SIGN_REPLY;
	else if (der_next_is(content, DER_CONTEXT_CONSTRUCTED))
		*kind = SIGN_CERTIFICATE;
	else if (der_next_is(content, DER_INTEGER))
		*kind = SIGN_CRL;
	else
		return ERR_GUARD_KIND;
	return ERR_OK;
}

static enum err
check_as(const struct sign_guard *guard, enum digest digest,
    enum sign_kind kind, struct der content, int64_t now)
{
	switch (kind) {
	case SIGN_CERTIFICATE:
		return sign_guard_certificate(guard, digest, content, now);
	case SIGN_REPLY:
		return sign_guard_reply(guard, digest, content);
	case SIGN_CRL:
		return sign_guard_crl(guard, digest, content, now);
	}
	return ERR_GUARD_KIND;
}

/* Whether this key may do that is asked before the message is read any
 * further: a key that signs replies alone meets no certificate. */
enum err
sign_guard_check(const struct sign_guard *guard, enum digest digest,
    struct bytes message, int64_t now, enum sign_kind *kind)
{
	struct der content;
	enum sign_kind found;
	enum err err = find_kind(message, &found, &content);

	if (err != ERR_OK)
		return err;
	if ((guard->kinds & found) == 0)
		return ERR_GUARD_KIND;
	/* The number came from the worker as well. */
	if ((unsigned)digest >= DIGEST_COUNT)
		return ERR_GUARD_ALGORITHM;
	err = check_as(guard, digest, found, content, now);
	if (err == ERR_OK)
		*kind = found;
	return err;
}
