/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "backends/openssl_settings_internal.h"
#include "base/count.h"
#include "crypto/der.h"

#define DAYS_LIMIT 1000000
#define SECONDS_OF_A_DAY 86400
#define SECONDS_OF_AN_HOUR 3600

/*
 * OpenSSL looks at the first letter and takes what it does not know for the
 * default.
 */
static const struct {
	const char *name;
	const char *section; /* NULL: the CA's */
	size_t offset;
	bool preset;
	const char *letters; /* that make it the opposite */
} switches[] = {
	{ "unique_subject", NULL,
	    offsetof(struct openssl_settings, unique_subject), true, "nNfF0" },
	{ "email_in_dn", NULL, offsetof(struct openssl_settings, email_in_dn),
	    true, "nN" },
	{ "preserve", OPENSSL_BASE_SECTION,
	    offsetof(struct openssl_settings, preserve), false, "yY" },
	{ "msie_hack", OPENSSL_BASE_SECTION,
	    offsetof(struct openssl_settings, msie_hack), false, "yY" },
};

void
openssl_settings_read_switches(struct openssl_reading *reading)
{
	for (size_t i = 0; i < COUNT(switches); i++) {
		const char *section = switches[i].section != NULL ?
		    switches[i].section :
		    reading->section->name;
		const struct openssl_entry *entry =
		    openssl_conf_find(reading->conf, section, switches[i].name);
		bool *value = (bool *)(void *)((char *)reading->settings +
		    switches[i].offset);

		*value = switches[i].preset;
		if (entry != NULL && *entry->value != '\0' &&
		    strchr(switches[i].letters, *entry->value) != NULL)
			*value = !switches[i].preset;
	}
}

/* OpenSSL would take "12 months" for 12 days. */
static enum err
parse_number(const char *text, int64_t *number)
{
	int64_t value = 0;
	size_t size = strspn(text, "0123456789");

	if (size == 0 || text[size] != '\0')
		return ERR_CONFIGURATION;
	for (size_t i = 0; i < size && value <= DAYS_LIMIT; i++)
		value = 10 * value + (text[i] - '0');
	if (value > DAYS_LIMIT)
		return ERR_CONFIGURATION;
	*number = value;
	return ERR_OK;
}

/* Left alone where it is not set, like what follows. */
static CHECKED enum err
read_number(const struct openssl_reading *reading, const char *name,
    int64_t *number)
{
	const struct openssl_entry *entry = openssl_reading_find(reading, name);

	if (entry == NULL || parse_number(entry->value, number) == ERR_OK)
		return ERR_OK;
	return openssl_entry_refuse(entry, reading->problems,
	    "\"%s\" is a number from 0 to %d, and not \"%s\"", name, DAYS_LIMIT,
	    entry->value);
}

static CHECKED enum err
read_time(const struct openssl_reading *reading, const char *name,
    const char *now, int64_t *seconds)
{
	const struct openssl_entry *entry = openssl_reading_find(reading, name);

	if (entry == NULL || (now != NULL && openssl_reading_is(entry, now)) ||
	    der_time_of(bytes_of_string(entry->value), seconds) == ERR_OK)
		return ERR_OK;
	return openssl_entry_refuse(entry, reading->problems,
	    "\"%s\" is a time as YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, and not "
	    "\"%s\"",
	    name, entry->value);
}

/* OpenSSL counts no days where there is an end. */
static void
read_validity(struct openssl_reading *reading)
{
	struct openssl_settings *settings = reading->settings;
	const enum err errs[] = {
		read_time(reading, "default_startdate", "today",
		    &settings->start),
		read_time(reading, "default_enddate", NULL, &settings->end),
		read_number(reading, "default_days", &settings->days),
	};
	enum err err = err_first(errs, COUNT(errs));

	openssl_reading_note(reading, err);
	if (err == ERR_OK && settings->days == 0 && settings->end == 0)
		openssl_reading_miss(reading, "default_days",
		    " above 0; say how many days certificates are valid");
}

static void
read_crl_life(struct openssl_reading *reading)
{
	int64_t days = 0, hours = 0;
	const enum err errs[] = {
		read_number(reading, "default_crl_days", &days),
		read_number(reading, "default_crl_hours", &hours),
	};

	openssl_reading_note(reading, err_first(errs, COUNT(errs)));
	reading->settings->crl_life = days * SECONDS_OF_A_DAY +
	    hours * SECONDS_OF_AN_HOUR;
}

/* The names that OpenSSL has for them, in any case of letters. */
static const struct {
	const char *name;
	enum digest digest;
} digests[] = {
	{ "sha1", DIGEST_SHA1 },
	{ "sha-1", DIGEST_SHA1 },
	{ "sha224", DIGEST_SHA224 },
	{ "sha-224", DIGEST_SHA224 },
	{ "sha2-224", DIGEST_SHA224 },
	{ "sha256", DIGEST_SHA256 },
	{ "sha-256", DIGEST_SHA256 },
	{ "sha2-256", DIGEST_SHA256 },
	{ "sha384", DIGEST_SHA384 },
	{ "sha-384", DIGEST_SHA384 },
	{ "sha2-384", DIGEST_SHA384 },
	{ "sha512", DIGEST_SHA512 },
	{ "sha-512", DIGEST_SHA512 },
	{ "sha2-512", DIGEST_SHA512 },
};

/* Keys that bring their own digest need none here. */
static void
read_digest(struct openssl_reading *reading)
{
	const struct openssl_entry *entry = openssl_reading_find(reading,
	    "default_md");

	reading->settings->default_digest = entry == NULL ||
	    openssl_reading_is(entry, "default");
	if (reading->settings->default_digest)
		return;
	for (size_t i = 0; i < COUNT(digests); i++) {
		if (!bytes_equal_string_nocase(bytes_of_string(entry->value),
			digests[i].name))
			continue;
		reading->settings->digest = digests[i].digest;
		return;
	}
	openssl_reading_note(reading,
	    openssl_entry_refuse(entry, reading->problems,
		"\"default_md\" is \"%s\", which scepd signs no certificates "
		"with; take sha256, sha384, sha512 or default, or have "
		"openssl sign (method = \"openssl\")",
		entry->value));
}

static const struct {
	const char *name;
	enum openssl_string_mask mask;
} masks[] = {
	{ "default", OPENSSL_MASK_DEFAULT },
	{ "utf8only", OPENSSL_MASK_UTF8ONLY },
	{ "pkix", OPENSSL_MASK_PKIX },
	{ "nombstr", OPENSSL_MASK_NOMBSTR },
};

static void
read_strings(struct openssl_reading *reading)
{
	const struct openssl_entry *utf8 = openssl_reading_find(reading,
	    "utf8");
	const struct openssl_entry *mask = openssl_reading_find(reading,
	    "string_mask");

	reading->settings->utf8 = utf8 != NULL &&
	    openssl_reading_is(utf8, "yes");
	if (mask == NULL)
		return;
	reading->settings->string_mask = OPENSSL_MASK_NUMBER;
	if (bytes_begin_with(bytes_of_string(mask->value), "MASK:"))
		return;
	for (size_t i = 0; i < COUNT(masks); i++) {
		if (!openssl_reading_is(mask, masks[i].name))
			continue;
		reading->settings->string_mask = masks[i].mask;
		return;
	}
	openssl_reading_note(reading,
	    openssl_entry_refuse(mask, reading->problems,
		"\"string_mask\" is utf8only, pkix, nombstr or default, and "
		"not \"%s\"",
		mask->value));
}

void
openssl_settings_read_values(struct openssl_reading *reading)
{
	read_validity(reading);
	read_digest(reading);
	openssl_settings_read_switches(reading);
	read_crl_life(reading);
	read_strings(reading);
}
