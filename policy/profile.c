/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"

/*
 * A certificate is built from the profile and never copied from the request:
 * what a device asks for narrows what the profile gives, and adds nothing to
 * it.  So basicConstraints, keyUsage and all unknown extensions of a request
 * are not even looked at.
 */

#define DAY 86400

/* A word of the configuration and the bit it sets. */
struct word {
	const char *name;
	unsigned bit;
};

/* RFC 5280 section 4.2.1.3, without the bits of a CA. */
static const struct word key_usage_words[] = {
	{ "digitalSignature", KEY_USAGE_DIGITAL_SIGNATURE },
	{ "nonRepudiation", KEY_USAGE_NON_REPUDIATION },
	{ "keyEncipherment", KEY_USAGE_KEY_ENCIPHERMENT },
	{ "dataEncipherment", KEY_USAGE_DATA_ENCIPHERMENT },
	{ "keyAgreement", KEY_USAGE_KEY_AGREEMENT },
	{ "encipherOnly", KEY_USAGE_ENCIPHER_ONLY },
	{ "decipherOnly", KEY_USAGE_DECIPHER_ONLY },
	{ 0 },
};

/* Extended key usages by name; others are written as dotted OIDs. */
struct purpose {
	const char *name;
	const char *oid;
};

static const struct purpose purposes[] = {
	{ "serverAuth", "1.3.6.1.5.5.7.3.1" },
	{ "clientAuth", "1.3.6.1.5.5.7.3.2" },
	{ "codeSigning", "1.3.6.1.5.5.7.3.3" },
	{ "emailProtection", "1.3.6.1.5.5.7.3.4" },
	{ "timeStamping", "1.3.6.1.5.5.7.3.8" },
	{ "ipsecIKE", "1.3.6.1.5.5.7.3.17" },
	{ "eapOverPPP", "1.3.6.1.5.5.7.3.13" },
	{ "eapOverLAN", "1.3.6.1.5.5.7.3.14" },
	{ "smartcardLogon", "1.3.6.1.4.1.311.20.2.2" },
};

/* The section as it is written. */
struct settings {
	const char *name;
	const struct conf_section *requests;
	int64_t days;
	int64_t days_min;
	int64_t backdate;
	struct conf_strings key_usage;
	struct conf_strings extended_key_usage;
	struct name_settings names;
	struct conf_strings crl_url;
	struct conf_strings ocsp_url;
	struct conf_strings issuer_url;
	struct profile_extensions more;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)
#define NAMES(field) \
	.name = #field, .offset = offsetof(struct settings, names.field)

#define MORE(field) \
	.name = #field, .offset = offsetof(struct settings, more.field)

static const struct conf_key keys[] = {
	{ SETTING(name), .type = CONF_STRING },
	{ .name = "for",
	    .offset = offsetof(struct settings, requests),
	    .type = CONF_SECTION },
	{ SETTING(days), .type = CONF_INTEGER, .minimum = 1, .maximum = 36500 },
	{ SETTING(days_min), .type = CONF_INTEGER, .maximum = 36500 },
	{ SETTING(backdate), .type = CONF_DURATION, .maximum = 30 * DAY },
	{ SETTING(key_usage), .type = CONF_STRINGS },
	{ SETTING(extended_key_usage), .type = CONF_STRINGS },
	{ NAMES(subject), .type = CONF_STRING },
	{ NAMES(san), .type = CONF_STRINGS },
	{ NAMES(names), .type = CONF_STRINGS },
	{ NAMES(require), .type = CONF_STRINGS },
	{ SETTING(crl_url), .type = CONF_STRINGS },
	{ SETTING(ocsp_url), .type = CONF_STRINGS },
	{ SETTING(issuer_url), .type = CONF_STRINGS },
	{ MORE(policies), .type = CONF_STRINGS },
	{ MORE(cps_url), .type = CONF_STRING },
	{ MORE(must_staple), .type = CONF_BOOLEAN },
	{ MORE(extensions), .type = CONF_SECTIONS },
	{ 0 },
};

#define STRINGS(array) ((struct conf_strings){ (array), COUNT(array) })

/* What Wi-Fi, VPN and management want of a device.  No serverAuth: a device is
 * no server unless somebody says so. */
static const char *const default_key_usage[] = { "digitalSignature",
	"keyEncipherment" };
static const char *const default_purposes[] = { "clientAuth" };

/* Clears `known`, what to choose from. */
static enum err
complain(const struct conf_section *section, const char *key, const char *word,
    struct buf *known, struct problems *problems)
{
	conf_problem(section, key, PROBLEM_ERROR, problems,
	    "unknown value \"%s\" of \"%s\"; known are %s", word, key,
	    buf_string(known));
	buf_clear(known);
	return ERR_CONFIGURATION;
}

static void
append_known(struct buf *known, const char *word)
{
	buf_printf(known, "%s\"%s\"", known->size > 0 ? ", " : "", word);
}

/* A setting that is a list of words. */
struct word_list {
	const char *key;
	const struct word *words;
};

static const struct word_list key_usage_list = { "key_usage", key_usage_words };

static enum err
complain_of_word(const struct conf_section *section,
    const struct word_list *list, const char *text, struct problems *problems)
{
	struct buf known = { 0 };

	for (const struct word *word = list->words; word->name != NULL; word++)
		append_known(&known, word->name);
	return complain(section, list->key, text, &known, problems);
}

static enum err
read_words(const struct conf_section *section, const struct word_list *list,
    const struct conf_strings *values, unsigned *bits,
    struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < values->count; i++) {
		const struct word *word = list->words;

		while (word->name != NULL &&
		    strcmp(word->name, values->items[i]) != 0)
			word++;
		if (word->name == NULL)
			err = complain_of_word(section, list, values->items[i],
			    problems);
		*bits |= word->bit;
	}
	return err;
}

static enum err
complain_of_purpose(const struct conf_section *section, const char *text,
    struct problems *problems)
{
	struct buf known = { 0 };

	for (size_t i = 0; i < COUNT(purposes); i++)
		append_known(&known, purposes[i].name);
	buf_append_string(&known,
	    ", and object identifiers in dotted form, like "
	    "\"1.3.6.1.5.5.8.2.2\"");
	return complain(section, "extended_key_usage", text, &known, problems);
}

/* A name of the table, or any OID in dotted form: purposes are invented by
 * vendors all the time. */
static enum err
read_purposes(const struct conf_section *section,
    const struct conf_strings *values, struct buf *to,
    struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < values->count; i++) {
		const char *oid = values->items[i];
		struct buf octets = { 0 };

		for (size_t j = 0; j < COUNT(purposes); j++)
			if (strcmp(values->items[i], purposes[j].name) == 0)
				oid = purposes[j].oid;
		if (oid_from_text(&octets, oid))
			der_append_oid(to, buf_bytes(&octets));
		else
			err = complain_of_purpose(section, values->items[i],
			    problems);
		buf_clear(&octets);
	}
	return err;
}

/* What a certificate can carry as an IA5String, and its readers can use: a
 * scheme that they know, and no blanks, which are typing errors. */
static bool
is_url(const char *text)
{
	static const char *const schemes[] = { "http://", "https://", "ldap://",
		"ftp://" };
	struct bytes url = bytes_of_string(text);

	for (size_t i = 0; i < url.size; i++)
		if (url.data[i] <= ' ' || url.data[i] > '~')
			return false;
	for (size_t i = 0; i < COUNT(schemes); i++) {
		size_t size = strlen(schemes[i]);

		if (url.size > size &&
		    bytes_equal_string_nocase(bytes_of(url.data, size),
			schemes[i]))
			return true;
	}
	return false;
}

static enum err
check_urls(const struct conf_section *section, const char *key,
    const struct conf_strings *urls, struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < urls->count; i++) {
		if (is_url(urls->items[i]))
			continue;
		conf_problem(section, key, PROBLEM_ERROR, problems,
		    "\"%s\" is no URL for \"%s\": it begins with http://, "
		    "https://, ldap:// or ftp://, and is ASCII without blanks",
		    urls->items[i], key);
		err = ERR_CONFIGURATION;
	}
	return err;
}

/* No list at all would be the default; an empty one leaves the extension out
 * (RFC 5280 sections 4.2.1.3 and 4.2.1.12), and with it every limit. */
static void
warn_of_empty(const struct conf_section *section,
    const struct settings *settings, struct problems *problems)
{
	if (settings->extended_key_usage.count == 0)
		conf_problem(section, "extended_key_usage", PROBLEM_WARNING,
		    problems,
		    "\"extended_key_usage\" is empty: certificates are good "
		    "for every purpose, a server's and code signing too");
	if (settings->key_usage.count == 0)
		conf_problem(section, "key_usage", PROBLEM_WARNING, problems,
		    "\"key_usage\" is empty: certificates do not limit what "
		    "their key is used for");
}

/* All lists are read even where one fails, so that one start reports all. */
static enum err
read_lists(const struct conf_section *section, const struct settings *settings,
    struct profile *profile, struct problems *problems)
{
	bool good = read_words(section, &key_usage_list, &settings->key_usage,
			&profile->key_usage, problems) == ERR_OK;

	if (name_rules_read(section, &settings->names, &profile->names,
		problems) != ERR_OK)
		good = false;
	if (read_purposes(section, &settings->extended_key_usage,
		&profile->extended_key_usage, problems) != ERR_OK)
		good = false;
	if (check_urls(section, "crl_url", &settings->crl_url, problems) !=
	    ERR_OK)
		good = false;
	if (check_urls(section, "ocsp_url", &settings->ocsp_url, problems) !=
	    ERR_OK)
		good = false;
	if (check_urls(section, "issuer_url", &settings->issuer_url,
		problems) != ERR_OK)
		good = false;
	if (settings->more.cps_url != NULL &&
	    check_urls(section, "cps_url",
		&(struct conf_strings){ &settings->more.cps_url, 1 },
		problems) != ERR_OK)
		good = false;
	if (profile_extensions_append(&profile->more, section, &settings->more,
		problems) != ERR_OK)
		good = false;
	warn_of_empty(section, settings, problems);
	return good ? ERR_OK : ERR_CONFIGURATION;
}

static enum err
check_days(const struct conf_section *section, const struct settings *settings,
    struct problems *problems)
{
	return settings->days_min <= settings->days ?
	    ERR_OK :
	    conf_refuse(section, "days_min", problems,
		"\"days_min\" is larger than \"days\", which is the most that "
		"a device may ask for");
}

/* The list with a NULL at its end; the array is the profile's. */
static const char **
terminated(const struct conf_strings *strings)
{
	const char **array = xcalloc(strings->count + 1, sizeof(*array));

	for (size_t i = 0; i < strings->count; i++)
		array[i] = strings->items[i];
	return array;
}

/* The presets are the defaults; a section that is not there leaves them all.
 * Ten minutes of backdate cover clocks that are a little slow. */
enum err
profile_read(const struct conf_section *section, struct profile *profile,
    struct problems *problems)
{
	struct settings settings = {
		.days = 365,
		.backdate = 600,
		.key_usage = STRINGS(default_key_usage),
		.extended_key_usage = STRINGS(default_purposes),
		.names = name_settings_default,
	};
	enum err err = ERR_OK;

	*profile = (struct profile){ 0 };
	if (section != NULL)
		err = conf_read(section, keys, &settings, problems);
	if (err != ERR_OK)
		return err;
	profile->section = section;
	profile->name = settings.name;
	profile->days = settings.days;
	profile->days_min = settings.days_min;
	profile->backdate = settings.backdate;
	profile->crl_urls = terminated(&settings.crl_url);
	profile->ocsp_urls = terminated(&settings.ocsp_url);
	profile->issuer_urls = terminated(&settings.issuer_url);
	err = check_days(section, &settings, problems);
	if (err == ERR_OK)
		err = profile_rule_read(settings.requests, &profile->rule,
		    problems);
	if (err != ERR_OK)
		return err;
	return read_lists(section, &settings, profile, problems);
}

void
profile_clear(struct profile *profile)
{
	buf_clear(&profile->extended_key_usage);
	name_rules_clear(&profile->names);
	buf_clear(&profile->more);
	free(profile->crl_urls);
	free(profile->ocsp_urls);
	free(profile->issuer_urls);
	*profile = (struct profile){ 0 };
}

/* The profile's purposes that the request asks for; all where it asks for
 * none of them, since a certificate without any could be used for all. */
static void
choose_purposes(const struct profile *profile, struct bytes extensions,
    struct buf *to)
{
	struct der list = der_of(buf_bytes(&profile->extended_key_usage));
	struct bytes oid;

	while (!der_at_end(&list) && der_read_oid(&list, &oid) == ERR_OK)
		if (extensions_have_purpose(extensions, oid))
			der_append_oid(to, oid);
	if (to->size == 0)
		buf_append(to, buf_bytes(&profile->extended_key_usage));
}

/* RFC 5480 section 3: an EC key enciphers nothing.  Where that leaves no
 * usage it agrees on keys, which does the same: none at all would mean any. */
static unsigned
key_usage_for(const struct profile *profile, struct bytes spki)
{
	static const unsigned enciphers = KEY_USAGE_KEY_ENCIPHERMENT |
	    KEY_USAGE_DATA_ENCIPHERMENT;
	unsigned usage = profile->key_usage;
	struct key_facts facts;

	if (spki_read(spki, &facts) != ERR_OK || facts.type != KEY_TYPE_EC ||
	    (usage & enciphers) == 0)
		return usage;
	usage &= ~enciphers;
	return usage != 0 ? usage : KEY_USAGE_KEY_AGREEMENT;
}

struct profile_request
profile_request_of(const struct csr *csr)
{
	struct profile_request request = {
		.subject = csr->subject,
		.spki = csr->spki,
		.extensions = csr->extensions,
		.days = validity_wish_days(&csr->validity),
	};

	(void)extensions_find(csr->extensions, OID_SUBJECT_ALT_NAME,
	    &request.alt_names);
	return request;
}

void
profile_buffers_clear(struct profile_buffers *buffers)
{
	buf_clear(&buffers->names.subject);
	buf_clear(&buffers->names.alt_names);
	buf_clear(&buffers->extended_key_usage);
	buf_clear(&buffers->detail);
}

/* Who asks for more gets the most, and for less the least. */
static int64_t
choose_days(const struct profile *profile,
    const struct profile_request *request)
{
	if (profile->days_min == 0 || request->days == 0 ||
	    request->days > profile->days)
		return profile->days;
	return request->days < profile->days_min ? profile->days_min :
						   request->days;
}

/*
 * notAfter may lie behind the CA's own: the backend cuts it (backend_file.c).
 * The order views the request and `buffers`, so it lives no longer than they.
 */
enum err
profile_apply(const struct profile *profile,
    const struct profile_request *request, int64_t now,
    struct profile_buffers *buffers, struct certificate_order *order)
{
	const struct asked_names asked = { request->subject, request->alt_names,
		request->names_are_settled, request->names_are_vouched };
	enum err err = name_rules_apply(&profile->names, &asked,
	    &buffers->names, &buffers->detail);

	if (err != ERR_OK)
		return err;
	choose_purposes(profile, request->extensions,
	    &buffers->extended_key_usage);
	*order = (struct certificate_order){
		.subject = profile->names.subject != NULL &&
			!request->names_are_settled ?
		    buf_bytes(&buffers->names.subject) :
		    request->subject,
		.spki = request->spki,
		.not_before = now - profile->backdate,
		.not_after = now + choose_days(profile, request) * DAY,
		.key_usage = key_usage_for(profile, request->spki),
		.extended_key_usage = buf_bytes(&buffers->extended_key_usage),
		.subject_alt_name = buf_bytes(&buffers->names.alt_names),
		.crl_urls = profile->crl_urls,
		.ocsp_urls = profile->ocsp_urls,
		.issuer_urls = profile->issuer_urls,
		.more = buf_bytes(&profile->more),
	};
	return ERR_OK;
}

void
profile_sign_rule(const struct profile *profile, struct sign_rule *rule)
{
	rule->backdate = profile->backdate;
	rule->life = profile->days * DAY;
	rule->key_usage = profile->key_usage;
	rule->alt_names = profile->names.san & GENERAL_NAMES_POWERFUL;
	rule->purposes = buf_bytes(&profile->extended_key_usage);
	rule->more = buf_bytes(&profile->more);
}
