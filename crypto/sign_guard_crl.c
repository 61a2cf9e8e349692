/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/oid.h"
#include "crypto/sign_guard_internal.h"

/* RFC 5280 section 5.2.3. */
#define NUMBER_MAXIMUM 20

/* What it may have where a rule has no octets of its own.  A deltaCRLIndicator
 * or an issuingDistributionPoint would make the list say less than it seems
 * to. */
enum permitted_extension {
	AUTHORITY_KEY_ID,
	CRL_NUMBER,
	EXTENSION_COUNT
};

static const struct bytes extension_oids[EXTENSION_COUNT] = {
	[AUTHORITY_KEY_ID] = OID_AUTHORITY_KEY_ID,
	[CRL_NUMBER] = OID_CRL_NUMBER,
};

/* A TBSCertList, read. */
struct tbs {
	struct bytes version;
	struct bytes algorithm; /* whole */
	struct bytes issuer;    /* Name, whole */
	int64_t this_update;
	int64_t next_update;
	struct der entries;
	struct der extensions;
};

/* What an entry may have.  certificateIssuer would let the CA revoke what
 * others issued. */
enum entry_extension {
	REASON,
	INVALIDITY_DATE,
	ENTRY_EXTENSION_COUNT
};

static const struct bytes entry_oids[ENTRY_EXTENSION_COUNT] = {
	[REASON] = OID_CRL_REASON,
	[INVALIDITY_DATE] = OID_INVALIDITY_DATE,
};

static enum err
read_head(struct der *from, struct tbs *tbs)
{
	enum err err = sign_guard_read_integer(from, &tbs->version);

	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->algorithm);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->issuer);
	if (err == ERR_OK)
		err = sign_guard_read_time(from, &tbs->this_update);
	return err == ERR_OK ? ERR_OK : ERR_GUARD_DER;
}

/* Optional in the syntax, and so neither a date nor a list that is missing is
 * a fault of the form. */
static enum err
read_entries(struct der *from, struct tbs *tbs)
{
	if (!der_next_is(from, DER_UTC_TIME) &&
	    !der_next_is(from, DER_GENERALIZED_TIME))
		return ERR_GUARD_CRL;
	if (sign_guard_read_time(from, &tbs->next_update) != ERR_OK)
		return ERR_GUARD_DER;
	tbs->entries = der_of(bytes_of(NULL, 0));
	if (!der_next_is(from, DER_SEQUENCE))
		return ERR_OK;
	if (der_enter(from, DER_SEQUENCE, &tbs->entries) != ERR_OK)
		return ERR_GUARD_DER;
	return der_at_end(&tbs->entries) ? ERR_GUARD_CRL : ERR_OK;
}

/*
 * RFC 5280 section 5.1:
 *     TBSCertList ::= SEQUENCE {
 *         version              INTEGER, -- v2
 *         signature            AlgorithmIdentifier,
 *         issuer               Name,
 *         thisUpdate           Time,
 *         nextUpdate           Time OPTIONAL,
 *         revokedCertificates  SEQUENCE OF SEQUENCE {
 *             userCertificate     INTEGER,
 *             revocationDate      Time,
 *             crlEntryExtensions  Extensions OPTIONAL } OPTIONAL,
 *         crlExtensions    [0] EXPLICIT Extensions }
 */
static enum err
read_crl(struct der *from, struct tbs *tbs)
{
	enum err err = read_head(from, tbs);

	if (err == ERR_OK)
		err = read_entries(from, tbs);
	if (err == ERR_OK)
		err = sign_guard_enter_extensions(from, DER_CONTEXT_CONSTRUCTED,
		    &tbs->extensions);
	return err;
}

/* RFC 5280 sections 5.3.1 and 5.3.2: an ENUMERATED from 0 to 10 and, in every
 * year, a GeneralizedTime. */
static enum err
check_entry_extensions(struct der list)
{
	struct bytes values[ENTRY_EXTENSION_COUNT], reason;
	struct der date;
	int64_t seconds;
	enum err err;

	if (der_at_end(&list))
		return ERR_GUARD_DER;
	err = sign_guard_read_extensions(list, entry_oids,
	    ENTRY_EXTENSION_COUNT, values);
	if (err != ERR_OK)
		return err;
	if (values[REASON].size > 0 &&
	    (!sign_guard_open(values[REASON], DER_ENUMERATED, &reason) ||
		reason.size != 1 || reason.data[0] > 10))
		return ERR_GUARD_EXTENSION;
	date = der_of(values[INVALIDITY_DATE]);
	if (!der_at_end(&date) &&
	    (!der_next_is(&date, DER_GENERALIZED_TIME) ||
		der_read_time(&date, &seconds) != ERR_OK))
		return ERR_GUARD_EXTENSION;
	return ERR_OK;
}

/* Any serial number: an old CA has issued certificates with odd ones, and they
 * must be revocable. */
static enum err
check_entry(struct der *entries)
{
	struct der entry, list;
	struct bytes serial;
	int64_t date;
	enum err err = der_enter(entries, DER_SEQUENCE, &entry);

	if (err == ERR_OK)
		err = sign_guard_read_integer(&entry, &serial);
	if (err == ERR_OK)
		err = sign_guard_read_time(&entry, &date);
	if (err != ERR_OK)
		return ERR_GUARD_DER;
	if (der_at_end(&entry))
		return ERR_OK;
	if (der_enter(&entry, DER_SEQUENCE, &list) != ERR_OK ||
	    der_end(&entry) != ERR_OK)
		return ERR_GUARD_DER;
	return check_entry_extensions(list);
}

/* There may be a hundred thousand: each is looked at once. */
static enum err
check_entries(struct der entries)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && !der_at_end(&entries))
		err = check_entry(&entries);
	return err;
}

/* CRLNumber ::= INTEGER (0..MAX). */
static bool
is_number(struct bytes value)
{
	struct der der = der_of(value);
	struct bytes number;

	return sign_guard_read_integer(&der, &number) == ERR_OK &&
	    number.size <= NUMBER_MAXIMUM && number.data[0] < 0x80;
}

/* The rule's octets come first, as crl_append_tbs writes them, and only the
 * number, which differs from list to list, behind them. */
static enum err
check_own_extensions(const struct sign_rule *rule, const struct tbs *tbs)
{
	struct bytes own = rule->crl_extensions, all = tbs->extensions.left;
	struct bytes number;
	enum err err;

	if (all.size < own.size ||
	    !bytes_equal(bytes_of(all.data, own.size), own))
		return ERR_GUARD_EXTENSION;
	err = sign_guard_read_extensions(der_of(bytes_from(all, own.size)),
	    &extension_oids[CRL_NUMBER], 1, &number);
	if (err != ERR_OK)
		return err;
	return is_number(number) ? ERR_OK : ERR_GUARD_CRL;
}

static enum err
check_rule(const struct sign_rule *rule, const struct tbs *tbs)
{
	struct bytes values[EXTENSION_COUNT];
	enum err err;

	if (!bytes_equal(tbs->issuer, rule->issuer))
		return ERR_GUARD_ISSUER;
	if (rule->crl_extensions.size > 0)
		return check_own_extensions(rule, tbs);
	err = sign_guard_read_extensions(tbs->extensions, extension_oids,
	    EXTENSION_COUNT, values);
	if (err != ERR_OK)
		return err;
	if (!sign_guard_is_authority(rule, tbs->issuer,
		values[AUTHORITY_KEY_ID]))
		return ERR_GUARD_ISSUER;
	return is_number(values[CRL_NUMBER]) ? ERR_OK : ERR_GUARD_CRL;
}

/* The error is of the last rule of this CA, as with certificates. */
static enum err
check_rules(const struct sign_guard *guard, const struct tbs *tbs)
{
	enum err err = ERR_GUARD_ISSUER;

	for (size_t i = 0; i < guard->rule_count; i++) {
		enum err found = check_rule(&guard->rules[i], tbs);

		if (found == ERR_OK)
			return ERR_OK;
		if (found != ERR_GUARD_ISSUER)
			err = found;
	}
	return err;
}

/* A list without an end would keep newer ones from being fetched, and one from
 * the future would be taken for newer than they. */
static enum err
check_fields(const struct sign_guard *guard, enum digest digest,
    const struct tbs *tbs, int64_t now)
{
	if (!bytes_equal(tbs->version, BYTES_LITERAL("\x01")))
		return ERR_GUARD_KIND;
	if (!sign_guard_is_algorithm(guard, digest, tbs->algorithm))
		return ERR_GUARD_ALGORITHM;
	if (tbs->this_update > now + SIGN_GUARD_SLACK)
		return ERR_GUARD_VALIDITY;
	if (tbs->next_update <= tbs->this_update)
		return ERR_GUARD_CRL;
	return check_rules(guard, tbs);
}

enum err
sign_guard_crl(const struct sign_guard *guard, enum digest digest,
    struct der content, int64_t now)
{
	struct tbs tbs = { 0 };
	enum err err = read_crl(&content, &tbs);

	if (err == ERR_OK)
		err = check_fields(guard, digest, &tbs, now);
	if (err == ERR_OK)
		err = check_entries(tbs.entries);
	return err;
}
