/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/name.h"
#include "crypto/sign_guard_internal.h"

/* What one rule wants of a certificate, beside what is wanted of all. */

static enum err
check_validity(const struct sign_rule *rule, const struct guard_tbs *tbs,
    int64_t now)
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
allowed_usage(const struct sign_rule *rule, const struct guard_tbs *tbs)
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
check_usage(const struct sign_rule *rule, const struct guard_tbs *tbs)
{
	struct bytes value = tbs->values[GUARD_KEY_USAGE];

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
check_purposes(const struct sign_rule *rule, const struct guard_tbs *tbs)
{
	struct bytes value = tbs->values[GUARD_EXTENDED_KEY_USAGE], purpose;
	struct der list;

	if (value.size == 0)
		return rule->purposes.size == 0 ? ERR_OK : ERR_GUARD_PURPOSE;
	if (!sign_guard_open(value, DER_SEQUENCE, &list.left))
		return ERR_GUARD_PURPOSE;
	while (!der_at_end(&list))
		if (der_read_oid(&list, &purpose) != ERR_OK ||
		    !purposes_have(rule->purposes, purpose))
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
} forms[GUARD_EXTENSION_COUNT] = {
	[GUARD_KEY_USAGE] = { is_any_usage, false, SIGN_OPEN_KEY_USAGE },
	[GUARD_EXTENDED_KEY_USAGE] = { is_any_purpose, false,
	    SIGN_OPEN_PURPOSES },
	[GUARD_SUBJECT_KEY_ID] = { sign_guard_is_key_id, true, 0 },
	[GUARD_SUBJECT_ALT_NAME] = { NULL, false, SIGN_OPEN_ALT_NAME },
	[GUARD_CRL_DISTRIBUTION_POINTS] = { sign_guard_is_crl_urls, false, 0 },
	[GUARD_AUTHORITY_INFO_ACCESS] = { sign_guard_is_information_access,
	    false, 0 },
};

/* Which names there may be is for the profile to say. */
static bool
has_form(const struct sign_rule *rule, size_t at, struct bytes value)
{
	if (at == GUARD_SUBJECT_ALT_NAME)
		return sign_guard_is_alt_name(value, rule->alt_names);
	return forms[at].is_sound == NULL || forms[at].is_sound(value);
}

/* Whether the list has an extension with this OID; *same: this very one. */
static bool
is_in_list(struct bytes extensions, const struct guard_extension *extension,
    bool *same)
{
	struct der list = der_of(extensions);
	struct guard_extension own;

	while (!der_at_end(&list) &&
	    sign_guard_read_extension(&list, &own) == ERR_OK)
		if (bytes_equal(own.oid, extension->oid)) {
			*same = bytes_equal(own.whole, extension->whole);
			return true;
		}
	return false;
}

static enum err
count_list(struct bytes extensions, size_t *count)
{
	struct der list = der_of(extensions);
	struct guard_extension own;

	for (*count = 0; !der_at_end(&list); ++*count)
		if (sign_guard_read_extension(&list, &own) != ERR_OK)
			return ERR_GUARD_EXTENSION;
	return ERR_OK;
}

/* As none is there twice, all of the rule's are there where as many are. */
static enum err
check_more(const struct sign_rule *rule, const struct guard_tbs *tbs)
{
	size_t wanted, found = 0;
	enum err err = count_list(rule->more, &wanted);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < tbs->extension_count; i++) {
		const struct guard_extension *extension = &tbs->extensions[i];
		bool same = false;

		if (sign_guard_known_extension(extension->oid) <
		    GUARD_EXTENSION_COUNT)
			continue;
		if (!is_in_list(rule->more, extension, &same) || !same)
			return ERR_GUARD_EXTENSION;
		found++;
	}
	return found == wanted ? ERR_OK : ERR_GUARD_EXTENSION;
}

/* A rule of the fixed set: check_usage and check_purposes have more to say of
 * those two, and check_more of all others. */
static enum err
check_fixed_set(const struct sign_rule *rule, const struct guard_tbs *tbs)
{
	for (size_t i = 0; i < tbs->extension_count; i++) {
		const struct guard_extension *extension = &tbs->extensions[i];
		size_t at = sign_guard_known_extension(extension->oid);

		if (at == GUARD_EXTENSION_COUNT)
			continue;
		if (at != GUARD_KEY_USAGE && at != GUARD_EXTENDED_KEY_USAGE &&
		    !has_form(rule, at, extension->value))
			return ERR_GUARD_EXTENSION;
	}
	return ERR_OK;
}

static bool
is_open(const struct sign_rule *rule, const struct guard_extension *extension)
{
	size_t at = sign_guard_known_extension(extension->oid);

	return at < GUARD_EXTENSION_COUNT &&
	    (forms[at].always || (forms[at].open & rule->open) != 0) &&
	    has_form(rule, at, extension->value);
}

/* As in check_more. */
static enum err
check_verbatim(const struct sign_rule *rule, const struct guard_tbs *tbs)
{
	size_t wanted, found = 0;
	enum err err = count_list(rule->verbatim, &wanted);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < tbs->extension_count; i++) {
		const struct guard_extension *extension = &tbs->extensions[i];
		bool same = true;

		if (is_in_list(rule->verbatim, extension, &same))
			found++;
		else if (!is_open(rule, extension))
			return ERR_GUARD_EXTENSION;
		if (!same)
			return ERR_GUARD_EXTENSION;
	}
	return found == wanted ? ERR_OK : ERR_GUARD_EXTENSION;
}

static enum err
check_extensions(const struct sign_rule *rule, const struct guard_tbs *tbs)
{
	enum err err;

	if (rule->verbatim.size > 0)
		return check_verbatim(rule, tbs);
	err = check_fixed_set(rule, tbs);
	if (err == ERR_OK)
		err = check_more(rule, tbs);
	if (err == ERR_OK)
		err = check_usage(rule, tbs);
	if (err == ERR_OK)
		err = check_purposes(rule, tbs);
	return err;
}

/* The authorityKeyIdentifier of a rule that has octets is among them. */
static bool
is_authority(const struct sign_rule *rule, const struct guard_tbs *tbs)
{
	if (rule->verbatim.size > 0)
		return bytes_equal(tbs->issuer, rule->issuer);
	return sign_guard_is_authority(rule, tbs->issuer,
	    tbs->values[GUARD_AUTHORITY_KEY_ID]);
}

/* A certificate in the CA's name would be taken for the CA's own; policy gives
 * none. */
static enum err
check_rule(const struct sign_rule *rule, const struct guard_tbs *tbs,
    int64_t now)
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
enum err
sign_guard_check_rules(const struct sign_guard *guard,
    const struct guard_tbs *tbs, int64_t now)
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
