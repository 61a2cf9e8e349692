/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profile_extensions.h"

#include "base/base64.h"
#include "base/count.h"
#include "base/hex.h"
#include "crypto/extension.h"
#include "crypto/oid.h"

/* One of the section's list, as it is written. */
struct settings {
	const char *oid;
	const char *hex;
	const char *base64;
	bool critical;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

static const struct conf_key keys[] = {
	{ SETTING(oid), .type = CONF_STRING, .required = true },
	{ SETTING(hex), .type = CONF_STRING },
	{ SETTING(base64), .type = CONF_STRING },
	{ SETTING(critical), .type = CONF_BOOLEAN },
	{ 0 },
};

/* What certificate_append_tbs writes by itself, and what says something of the
 * certificates below one (RFC 5280 sections 4.2.1.5, 4.2.1.10, 4.2.1.11 and
 * 4.2.1.14), so that a device's can't have it. */
static const struct {
	struct bytes oid;
	const char *remedy;
} reserved[] = {
	{ OID_BASIC_CONSTRAINTS, "each certificate says CA:FALSE" },
	{ OID_KEY_USAGE, "set \"key_usage\"" },
	{ OID_EXTENDED_KEY_USAGE, "set \"extended_key_usage\"" },
	{ OID_SUBJECT_KEY_ID, "each certificate has it" },
	{ OID_AUTHORITY_KEY_ID, "each certificate has it" },
	{ OID_SUBJECT_ALT_NAME, "set \"san\"" },
	{ OID_CRL_DISTRIBUTION_POINTS, "set \"crl_url\"" },
	{ OID_AUTHORITY_INFO_ACCESS, "set \"ocsp_url\" or \"issuer_url\"" },
	{ OID_NAME_CONSTRAINTS, "it is for CAs" },
	{ OID_POLICY_MAPPINGS, "it is for CAs" },
	{ OID_POLICY_CONSTRAINTS, "it is for CAs" },
	{ OID_INHIBIT_ANY_POLICY, "it is for CAs" },
};

/* Whether an extension with that OID is there already. */
static bool
is_there(const struct buf *list, struct bytes oid)
{
	struct der der = der_of(buf_bytes(list));
	struct extension extension;

	while (!der_at_end(&der) && extension_read(&der, &extension) == ERR_OK)
		if (bytes_equal(extension.oid, oid))
			return true;
	return false;
}

static enum err
check_oid(const struct conf_section *section, const struct buf *before,
    struct bytes oid, struct problems *problems)
{
	for (size_t i = 0; i < COUNT(reserved); i++)
		if (bytes_equal(oid, reserved[i].oid)) {
			conf_problem(section, "oid", PROBLEM_ERROR, problems,
			    "this extension can't be given here: %s",
			    reserved[i].remedy);
			return ERR_CONFIGURATION;
		}
	if (is_there(before, oid))
		return conf_refuse(section, "oid", problems,
		    "the profile has this extension already");
	return ERR_OK;
}

/* Readers would see one element, and no reader what follows it. */
static bool
is_one_element(struct bytes value)
{
	struct der der = der_of(value);
	struct der_element element;

	return value.size <= PROFILE_EXTENSION_LIMIT &&
	    der_read_any(&der, &element) == ERR_OK && der_at_end(&der);
}

static enum err
read_value(const struct conf_section *section, const struct settings *settings,
    struct buf *value, struct problems *problems)
{
	const char *key = settings->hex != NULL ? "hex" : "base64";
	bool good;

	if ((settings->hex != NULL) == (settings->base64 != NULL))
		return conf_refuse(section, NULL, problems,
		    "the value of an extension, in DER, is either \"hex\" or "
		    "\"base64\"");
	good = settings->hex != NULL ?
	    hex_decode(value, bytes_of_string(settings->hex)) :
	    base64_decode(value, bytes_of_string(settings->base64));
	if (!good || !is_one_element(buf_bytes(value)))
		return conf_refuse(section, key, problems,
		    "the value of an extension is one whole element of DER, of "
		    "at most 4096 octets");
	return ERR_OK;
}

static enum err
read_oid(const struct conf_section *section, const char *text, struct buf *oid,
    struct problems *problems)
{
	if (oid_from_text(oid, text))
		return ERR_OK;
	conf_problem(section, "oid", PROBLEM_ERROR, problems,
	    "\"oid\" is \"%s\", which is no object identifier in dotted form, "
	    "like \"1.3.6.1.4.1.99999.7\"",
	    text);
	return ERR_CONFIGURATION;
}

static enum err
append_one(struct buf *to, const struct conf_section *section,
    struct problems *problems)
{
	struct settings settings = { 0 };
	struct buf oid = { 0 }, value = { 0 };
	enum err err = conf_read(section, keys, &settings, problems);

	if (err == ERR_OK)
		err = read_oid(section, settings.oid, &oid, problems);
	if (err == ERR_OK)
		err = check_oid(section, to, buf_bytes(&oid), problems);
	if (err == ERR_OK)
		err = read_value(section, &settings, &value, problems);
	if (err == ERR_OK)
		extension_append(to, buf_bytes(&oid), settings.critical,
		    buf_bytes(&value));
	buf_clear(&oid);
	buf_clear(&value);
	return err;
}

/* PolicyQualifierInfo ::= SEQUENCE { policyQualifierId, qualifier CPSuri }, in
 * a SEQUENCE of them. */
static void
append_cps(struct buf *to, const char *url)
{
	size_t list = der_open(to, DER_SEQUENCE);
	size_t qualifier = der_open(to, DER_SEQUENCE);

	der_append_oid(to, OID_CPS);
	der_append(to, DER_IA5_STRING, bytes_of_string(url));
	der_close(to, qualifier);
	der_close(to, list);
}

/*
 * RFC 5280 section 4.2.1.4:
 *     CertificatePolicies ::= SEQUENCE OF PolicyInformation
 *     PolicyInformation ::= SEQUENCE {
 *         policyIdentifier  OBJECT IDENTIFIER,
 *         policyQualifiers  SEQUENCE OF PolicyQualifierInfo OPTIONAL }
 */
static bool
append_policy(struct buf *to, const char *text, const char *cps_url)
{
	struct buf oid = { 0 };
	bool good = oid_from_text(&oid, text);
	size_t start;

	if (good) {
		start = der_open(to, DER_SEQUENCE);
		der_append_oid(to, buf_bytes(&oid));
		if (cps_url != NULL)
			append_cps(to, cps_url);
		der_close(to, start);
	}
	buf_clear(&oid);
	return good;
}

/* A policy is there once (RFC 5280 section 4.2.1.4). */
static bool
is_repeated(const struct conf_strings *policies, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (bytes_equal_string(bytes_of_string(policies->items[i]),
			policies->items[index]))
			return true;
	return false;
}

static enum err
append_policies(struct buf *to, const struct conf_section *section,
    const struct profile_extensions *extensions, struct problems *problems)
{
	const struct conf_strings *policies = &extensions->policies;
	struct buf value = { 0 };
	size_t start = der_open(&value, DER_SEQUENCE);
	enum err err = ERR_OK;

	for (size_t i = 0; i < policies->count; i++) {
		if (!is_repeated(policies, i) &&
		    append_policy(&value, policies->items[i],
			extensions->cps_url))
			continue;
		conf_problem(section, "policies", PROBLEM_ERROR, problems,
		    "\"%s\" of \"policies\" is no object identifier in dotted "
		    "form, or there twice",
		    policies->items[i]);
		err = ERR_CONFIGURATION;
	}
	der_close(&value, start);
	if (err == ERR_OK && policies->count > 0)
		extension_append(to, OID_CERTIFICATE_POLICIES, false,
		    buf_bytes(&value));
	buf_clear(&value);
	return err;
}

/* RFC 7633 section 4: Features ::= SEQUENCE OF INTEGER; 5 is status_request
 * (RFC 6066 section 8). */
static void
append_must_staple(struct buf *to)
{
	extension_append(to, OID_TLS_FEATURE, false,
	    BYTES_LITERAL("\x30\x03\x02\x01\x05"));
}

/* All are read even where one fails, so that one start reports all. */
enum err
profile_extensions_append(struct buf *to, const struct conf_section *section,
    const struct profile_extensions *extensions, struct problems *problems)
{
	enum err result = append_policies(to, section, extensions, problems);

	if (extensions->cps_url != NULL && extensions->policies.count == 0)
		result = conf_refuse(section, "cps_url", problems,
		    "\"cps_url\" says where the \"policies\" are described, "
		    "and there are none");
	if (extensions->must_staple)
		append_must_staple(to);
	for (size_t i = 0; i < extensions->extensions.count; i++)
		if (append_one(to, extensions->extensions.items[i], problems) !=
		    ERR_OK)
			result = ERR_CONFIGURATION;
	return result;
}
