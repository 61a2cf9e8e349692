/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/sign_guard_internal.h"
#include "crypto/spki.h"

/* RFC 5280 section 4.1.2.2. */
#define SERIAL_MAXIMUM 20

/* The extensions that certificate_append_tbs writes, which are all there may
 * be. */
enum permitted_extension {
	BASIC_CONSTRAINTS,
	KEY_USAGE,
	EXTENDED_KEY_USAGE,
	SUBJECT_KEY_ID,
	AUTHORITY_KEY_ID,
	SUBJECT_ALT_NAME,
	CRL_DISTRIBUTION_POINTS,
	AUTHORITY_INFO_ACCESS,
	EXTENSION_COUNT
};

static const struct bytes extension_oids[EXTENSION_COUNT] = {
	[BASIC_CONSTRAINTS] = OID_BASIC_CONSTRAINTS,
	[KEY_USAGE] = OID_KEY_USAGE,
	[EXTENDED_KEY_USAGE] = OID_EXTENDED_KEY_USAGE,
	[SUBJECT_KEY_ID] = OID_SUBJECT_KEY_ID,
	[AUTHORITY_KEY_ID] = OID_AUTHORITY_KEY_ID,
	[SUBJECT_ALT_NAME] = OID_SUBJECT_ALT_NAME,
	[CRL_DISTRIBUTION_POINTS] = OID_CRL_DISTRIBUTION_POINTS,
	[AUTHORITY_INFO_ACCESS] = OID_AUTHORITY_INFO_ACCESS,
};

/* A TBSCertificate, read. */
struct tbs {
	struct bytes version;
	struct bytes serial;
	struct bytes algorithm; /* whole */
	struct bytes issuer;    /* Name, whole */
	int64_t not_before;
	int64_t not_after;
	struct bytes subject; /* Name, whole */
	struct bytes spki;
	struct bytes values[EXTENSION_COUNT]; /* whole; absent: nothing */
	struct key_facts key;
	unsigned key_usage;
};

/* [0] EXPLICIT INTEGER. */
static enum err
read_version(struct der *from, struct tbs *tbs)
{
	struct der inner;
	enum err err = der_enter(from, DER_CONTEXT_CONSTRUCTED, &inner);

	if (err == ERR_OK)
		err = sign_guard_read_integer(&inner, &tbs->version);
	return err == ERR_OK ? der_end(&inner) : err;
}

static enum err
read_validity(struct der *from, struct tbs *tbs)
{
	struct der inner;
	enum err err = der_enter(from, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = sign_guard_read_time(&inner, &tbs->not_before);
	if (err == ERR_OK)
		err = sign_guard_read_time(&inner, &tbs->not_after);
	return err == ERR_OK ? der_end(&inner) : err;
}

/* As certificate.c draws it, without the unique identifiers [1] and [2], which
 * RFC 5280 section 4.1.2.8 has given up. */
static enum err
read_fields(struct der *from, struct tbs *tbs, struct der *extensions)
{
	enum err err = read_version(from, tbs);

	if (err == ERR_OK)
		err = sign_guard_read_integer(from, &tbs->serial);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->algorithm);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->issuer);
	if (err == ERR_OK)
		err = read_validity(from, tbs);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->subject);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->spki);
	if (err == ERR_OK)
		err = sign_guard_enter_extensions(from,
		    DER_CONTEXT_CONSTRUCTED + 3, extensions);
	return err == ERR_OK ? ERR_OK : ERR_GUARD_DER;
}

/* Version 3 is 2.  Serial numbers are positive: 0 is none (RFC 5280 section
 * 4.1.2.2). */
static enum err
check_numbers(const struct tbs *tbs)
{
	if (!bytes_equal(tbs->version, BYTES_LITERAL("\x02")))
		return ERR_GUARD_KIND;
	if (tbs->serial.size > SERIAL_MAXIMUM || tbs->serial.data[0] >= 0x80 ||
	    bytes_equal(tbs->serial, BYTES_LITERAL("\0")))
		return ERR_GUARD_SERIAL;
	return ERR_OK;
}

/* With a certificate for a key of ours, whoever opens or verifies by it would
 * trust us for somebody else's name. */
static enum err
check_key(const struct sign_guard *guard, struct tbs *tbs)
{
	if (spki_read(tbs->spki, &tbs->key) != ERR_OK)
		return ERR_GUARD_KEY;
	for (size_t i = 0; i < guard->own_count; i++)
		if (spki_is_same_key(tbs->spki, guard->own_keys[i]))
			return ERR_GUARD_KEY;
	return ERR_OK;
}

/* basicConstraints is empty where it says CA:FALSE: that is the default, and a
 * pathLenConstraint without CA:TRUE makes no sense. */
static enum err
check_is_no_ca(struct tbs *tbs)
{
	struct bytes constraints = tbs->values[BASIC_CONSTRAINTS];
	struct der usage = der_of(tbs->values[KEY_USAGE]);

	if (constraints.size > 0 &&
	    !bytes_equal(constraints, BYTES_LITERAL("\x30\x00")))
		return ERR_GUARD_CA;
	tbs->key_usage = 0;
	if (der_at_end(&usage))
		return ERR_OK;
	if (der_read_named_bits(&usage, &tbs->key_usage) != ERR_OK)
		return ERR_GUARD_USAGE;
	if ((tbs->key_usage & (KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN)) != 0)
		return ERR_GUARD_CA;
	return ERR_OK;
}

/* What is asked of every certificate, whatever the rules say. */
static enum err
check_fields(const struct sign_guard *guard, enum digest digest,
    struct tbs *tbs)
{
	enum err err = check_numbers(tbs);

	if (err != ERR_OK)
		return err;
	if (!sign_guard_is_algorithm(guard, digest, tbs->algorithm))
		return ERR_GUARD_ALGORITHM;
	if (name_check(tbs->subject) != ERR_OK)
		return ERR_GUARD_SUBJECT;
	err = check_key(guard, tbs);
	return err == ERR_OK ? check_is_no_ca(tbs) : err;
}

/* The extensions that no rule speaks of, and their form. */
static const struct {
	enum permitted_extension extension;
	bool (*is_sound)(struct bytes value);
} forms[] = {
	{ SUBJECT_KEY_ID, sign_guard_is_key_id },
	{ SUBJECT_ALT_NAME, sign_guard_is_alt_name },
	{ CRL_DISTRIBUTION_POINTS, sign_guard_is_crl_urls },
	{ AUTHORITY_INFO_ACCESS, sign_guard_is_information_access },
};

static enum err
check_forms(const struct tbs *tbs)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct bytes value = tbs->values[forms[i].extension];

		if (value.size > 0 && !forms[i].is_sound(value))
			return ERR_GUARD_EXTENSION;
	}
	return ERR_OK;
}

static enum err
check_validity(const struct sign_rule *rule, const struct tbs *tbs, int64_t now)
{
	if (tbs->not_before > tbs->not_after)
		return ERR_GUARD_VALIDITY;
	if (tbs->not_before < now - rule->backdate - SIGN_GUARD_SLACK ||
	    tbs->not_before > now + SIGN_GUARD_SLACK)
		return ERR_GUARD_VALIDITY;
	if (tbs->not_after > now + rule->life + SIGN_GUARD_SLACK)
		return ERR_GUARD_VALIDITY;
	if (tbs->not_before < rule->ca_not_before ||
	    tbs->not_after > rule->ca_not_after)
		return ERR_GUARD_VALIDITY;
	return ERR_OK;
}

/* An EC key agrees on keys where an RSA key enciphers them: profile.c. */
static unsigned
allowed_usage(const struct sign_rule *rule, const struct tbs *tbs)
{
	static const unsigned enciphers = KEY_USAGE_KEY_ENCIPHERMENT |
	    KEY_USAGE_DATA_ENCIPHERMENT;

	if (tbs->key.type != KEY_TYPE_EC || (rule->key_usage & enciphers) == 0)
		return rule->key_usage;
	return rule->key_usage | KEY_USAGE_KEY_AGREEMENT;
}

/* Whether `value` is these bits as DER writes them: der_read_named_bits takes
 * other forms as well. */
static bool
is_named_bits(struct bytes value, unsigned bits)
{
	struct buf again = { 0 };
	bool same;

	der_append_named_bits(&again, bits);
	same = bytes_equal(value, buf_bytes(&again));
	buf_clear(&again);
	return same;
}

/* No keyUsage would mean every usage, and so where the profile limits it there
 * must be one. */
static enum err
check_usage(const struct sign_rule *rule, const struct tbs *tbs)
{
	struct bytes value = tbs->values[KEY_USAGE];

	if ((value.size > 0) != (rule->key_usage != 0))
		return ERR_GUARD_USAGE;
	if (value.size == 0)
		return ERR_OK;
	if (!is_named_bits(value, tbs->key_usage))
		return ERR_GUARD_USAGE;
	if (tbs->key_usage == 0 ||
	    (tbs->key_usage & ~allowed_usage(rule, tbs)) != 0)
		return ERR_GUARD_USAGE;
	return ERR_OK;
}

static bool
is_listed(struct bytes purposes, struct bytes purpose)
{
	struct der list = der_of(purposes);
	struct bytes oid;

	while (!der_at_end(&list) && der_read_oid(&list, &oid) == ERR_OK)
		if (bytes_equal(oid, purpose))
			return true;
	return false;
}

/* As with keyUsage; a rule without purposes lists none that could be there.
 * RFC 6960 section 4.2.2.2: whoever has OCSPSigning speaks for the CA, and
 * could declare what is revoked to be good; no device's is that. */
static enum err
check_purposes(const struct sign_rule *rule, const struct tbs *tbs)
{
	struct bytes value = tbs->values[EXTENDED_KEY_USAGE], purpose;
	struct der list;

	if (value.size == 0)
		return rule->purposes.size == 0 ? ERR_OK : ERR_GUARD_PURPOSE;
	if (!sign_guard_open(value, DER_SEQUENCE, &list.left) ||
	    der_at_end(&list))
		return ERR_GUARD_PURPOSE;
	while (!der_at_end(&list))
		if (der_read_oid(&list, &purpose) != ERR_OK ||
		    bytes_equal(purpose, OID_OCSP_SIGNING) ||
		    !is_listed(rule->purposes, purpose))
			return ERR_GUARD_PURPOSE;
	return ERR_OK;
}

/* A certificate in the CA's name would be taken for the CA's own; policy gives
 * none. */
static enum err
check_rule(const struct sign_rule *rule, const struct tbs *tbs, int64_t now)
{
	enum err err;

	if (!sign_guard_is_authority(rule, tbs->issuer,
		tbs->values[AUTHORITY_KEY_ID]))
		return ERR_GUARD_ISSUER;
	if (name_equal(tbs->subject, rule->issuer))
		return ERR_GUARD_SUBJECT;
	err = check_validity(rule, tbs, now);
	if (err == ERR_OK)
		err = check_usage(rule, tbs);
	if (err == ERR_OK)
		err = check_purposes(rule, tbs);
	return err;
}

/* One rule must agree with all of it: no certificate has the life of one
 * profile and the purposes of another.  The error is of the last rule of this
 * CA. */
static enum err
check_rules(const struct sign_guard *guard, const struct tbs *tbs, int64_t now)
{
	enum err err = ERR_GUARD_ISSUER;

	for (size_t i = 0; i < guard->rule_count; i++) {
		enum err found = check_rule(&guard->rules[i], tbs, now);

		if (found == ERR_OK)
			return ERR_OK;
		if (found != ERR_GUARD_ISSUER)
			err = found;
	}
	return err;
}

enum err
sign_guard_certificate(const struct sign_guard *guard, enum digest digest,
    struct der content, int64_t now)
{
	struct tbs tbs = { 0 };
	struct der extensions;
	enum err err = read_fields(&content, &tbs, &extensions);

	if (err == ERR_OK)
		err = sign_guard_read_extensions(extensions, extension_oids,
		    EXTENSION_COUNT, tbs.values);
	if (err == ERR_OK)
		err = check_fields(guard, digest, &tbs);
	if (err == ERR_OK)
		err = check_forms(&tbs);
	if (err == ERR_OK)
		err = check_rules(guard, &tbs, now);
	return err;
}
