/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/sign_guard_internal.h"
#include "crypto/spki.h"

/* RFC 5280 section 4.1.2.2. */
#define SERIAL_MAXIMUM 20

/* The extensions that certificate_append_tbs writes, which are all there may
 * be beside a rule's own. */
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
	struct guard_extension extensions[SIGN_GUARD_EXTENSIONS_LIMIT];
	size_t extension_count;
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

/* EXTENSION_COUNT for one that has no place there. */
static size_t
find_permitted(struct bytes oid)
{
	size_t i = 0;

	while (i < EXTENSION_COUNT && !bytes_equal(oid, extension_oids[i]))
		i++;
	return i;
}

/* RFC 5280 section 4.2: of two with one OID, one reader would take the first,
 * another the last. */
static enum err
add_extension(struct tbs *tbs, const struct guard_extension *extension)
{
	size_t place = find_permitted(extension->oid);

	if (tbs->extension_count == SIGN_GUARD_EXTENSIONS_LIMIT)
		return ERR_GUARD_EXTENSION;
	for (size_t i = 0; i < tbs->extension_count; i++)
		if (bytes_equal(tbs->extensions[i].oid, extension->oid))
			return ERR_GUARD_EXTENSION;
	tbs->extensions[tbs->extension_count++] = *extension;
	if (place < EXTENSION_COUNT)
		tbs->values[place] = extension->value;
	return ERR_OK;
}

static enum err
read_extensions(struct der list, struct tbs *tbs)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && !der_at_end(&list)) {
		struct guard_extension extension;

		err = sign_guard_read_extension(&list, &extension);
		if (err == ERR_OK)
			err = add_extension(tbs, &extension);
	}
	return err;
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

/* RFC 6960 section 4.2.2.2: whoever has OCSPSigning speaks for the CA, and
 * could declare what is revoked to be good; no device's is that. */
static enum err
check_is_no_responder(const struct tbs *tbs)
{
	struct bytes value = tbs->values[EXTENDED_KEY_USAGE], purpose;
	struct der list;

	if (value.size == 0)
		return ERR_OK;
	if (!sign_guard_open(value, DER_SEQUENCE, &list.left) ||
	    der_at_end(&list))
		return ERR_GUARD_PURPOSE;
	while (!der_at_end(&list))
		if (der_read_oid(&list, &purpose) != ERR_OK ||
		    bytes_equal(purpose, OID_OCSP_SIGNING))
			return ERR_GUARD_PURPOSE;
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
	if (err == ERR_OK)
		err = check_is_no_ca(tbs);
	return err == ERR_OK ? check_is_no_responder(tbs) : err;
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

/* As with keyUsage; a rule without purposes lists none that could be there. */
static enum err
check_purposes(const struct sign_rule *rule, const struct tbs *tbs)
{
	struct bytes value = tbs->values[EXTENDED_KEY_USAGE], purpose;
	struct der list;

	if (value.size == 0)
		return rule->purposes.size == 0 ? ERR_OK : ERR_GUARD_PURPOSE;
	if (!sign_guard_open(value, DER_SEQUENCE, &list.left))
		return ERR_GUARD_PURPOSE;
	while (!der_at_end(&list))
		if (der_read_oid(&list, &purpose) != ERR_OK ||
		    !is_listed(rule->purposes, purpose))
			return ERR_GUARD_PURPOSE;
	return ERR_OK;
}

/* A keyUsage of any bits, as DER writes them, but for none at all. */
static bool
is_any_usage(struct bytes value)
{
	struct der der = der_of(value);
	unsigned bits;

	return der_read_named_bits(&der, &bits) == ERR_OK && bits != 0 &&
	    is_named_bits(value, bits);
}

/* Its form was looked at in check_is_no_responder. */
static bool
is_any_purpose(struct bytes value)
{
	return value.size > 0;
}

/* The form of an extension where no rule has its octets.  Those without a
 * check are another step's; `open` says which rules with octets leave it
 * open. */
static const struct {
	bool (*is_sound)(struct bytes value);
	bool always;   /* open in every such rule */
	unsigned open; /* or in those that have this bit */
} forms[EXTENSION_COUNT] = {
	[KEY_USAGE] = { is_any_usage, false, SIGN_OPEN_KEY_USAGE },
	[EXTENDED_KEY_USAGE] = { is_any_purpose, false, SIGN_OPEN_PURPOSES },
	[SUBJECT_KEY_ID] = { sign_guard_is_key_id, true, 0 },
	[SUBJECT_ALT_NAME] = { sign_guard_is_alt_name, false,
	    SIGN_OPEN_ALT_NAME },
	[CRL_DISTRIBUTION_POINTS] = { sign_guard_is_crl_urls, false, 0 },
	[AUTHORITY_INFO_ACCESS] = { sign_guard_is_information_access, false,
	    0 },
};

/* A rule of the fixed set: check_usage and check_purposes have more to say of
 * those two. */
static enum err
check_fixed_set(const struct tbs *tbs)
{
	for (size_t i = 0; i < tbs->extension_count; i++) {
		const struct guard_extension *extension = &tbs->extensions[i];
		size_t at = find_permitted(extension->oid);

		if (at == EXTENSION_COUNT)
			return ERR_GUARD_EXTENSION;
		if (at != KEY_USAGE && at != EXTENDED_KEY_USAGE &&
		    forms[at].is_sound != NULL &&
		    !forms[at].is_sound(extension->value))
			return ERR_GUARD_EXTENSION;
	}
	return ERR_OK;
}

/* Whether the rule has an extension with this OID; *same: this very one. */
static bool
is_in_rule(const struct sign_rule *rule,
    const struct guard_extension *extension, bool *same)
{
	struct der list = der_of(rule->verbatim);
	struct guard_extension own;

	while (!der_at_end(&list) &&
	    sign_guard_read_extension(&list, &own) == ERR_OK)
		if (bytes_equal(own.oid, extension->oid)) {
			*same = bytes_equal(own.whole, extension->whole);
			return true;
		}
	return false;
}

static bool
is_open(const struct sign_rule *rule, const struct guard_extension *extension)
{
	size_t at = find_permitted(extension->oid);

	return at < EXTENSION_COUNT && forms[at].is_sound != NULL &&
	    (forms[at].always || (forms[at].open & rule->open) != 0) &&
	    forms[at].is_sound(extension->value);
}

/* As none is there twice, all of the rule's are there where as many are. */
static enum err
check_verbatim(const struct sign_rule *rule, const struct tbs *tbs)
{
	struct der list = der_of(rule->verbatim);
	struct guard_extension own;
	size_t wanted = 0, found = 0;

	for (; !der_at_end(&list); wanted++)
		if (sign_guard_read_extension(&list, &own) != ERR_OK)
			return ERR_GUARD_EXTENSION;
	for (size_t i = 0; i < tbs->extension_count; i++) {
		const struct guard_extension *extension = &tbs->extensions[i];
		bool same = true;

		if (is_in_rule(rule, extension, &same))
			found++;
		else if (!is_open(rule, extension))
			return ERR_GUARD_EXTENSION;
		if (!same)
			return ERR_GUARD_EXTENSION;
	}
	return found == wanted ? ERR_OK : ERR_GUARD_EXTENSION;
}

static enum err
check_extensions(const struct sign_rule *rule, const struct tbs *tbs)
{
	enum err err;

	if (rule->verbatim.size > 0)
		return check_verbatim(rule, tbs);
	err = check_fixed_set(tbs);
	if (err == ERR_OK)
		err = check_usage(rule, tbs);
	if (err == ERR_OK)
		err = check_purposes(rule, tbs);
	return err;
}

/* The authorityKeyIdentifier of a rule that has octets is among them. */
static bool
is_authority(const struct sign_rule *rule, const struct tbs *tbs)
{
	if (rule->verbatim.size > 0)
		return bytes_equal(tbs->issuer, rule->issuer);
	return sign_guard_is_authority(rule, tbs->issuer,
	    tbs->values[AUTHORITY_KEY_ID]);
}

/* A certificate in the CA's name would be taken for the CA's own; policy gives
 * none. */
static enum err
check_rule(const struct sign_rule *rule, const struct tbs *tbs, int64_t now)
{
	enum err err;

	if (!is_authority(rule, tbs))
		return ERR_GUARD_ISSUER;
	if (name_equal(tbs->subject, rule->issuer))
		return ERR_GUARD_SUBJECT;
	err = check_validity(rule, tbs, now);
	return err == ERR_OK ? check_extensions(rule, tbs) : err;
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
		err = read_extensions(extensions, &tbs);
	if (err == ERR_OK)
		err = check_fields(guard, digest, &tbs);
	if (err == ERR_OK)
		err = check_rules(guard, &tbs, now);
	return err;
}
