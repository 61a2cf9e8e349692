/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/on_behalf.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/credential.h"
#include "crypto/oid.h"

struct on_behalf_entry {
	const struct conf_section *section;
	struct certificate *certificate; /* or NULL, */
	struct buf purpose;              /* and OID as DER; or nothing */
	struct name_patterns *signer;    /* NULL: whatever its names */
	struct name_patterns *names;
};

struct on_behalf {
	struct on_behalf_entry *items;
	size_t count;
};

/* An entry as it is written. */
struct settings {
	const char *certificate;
	const char *purpose;
	struct conf_strings signer;
	struct conf_strings names;
};

/* Tells a setting that is not there from an empty list. */
static const char *const absent[] = { NULL };

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

static const struct conf_key keys[] = {
	{ SETTING(certificate), .type = CONF_PATH },
	{ SETTING(purpose), .type = CONF_STRING },
	{ SETTING(signer), .type = CONF_STRINGS },
	{ SETTING(names), .type = CONF_STRINGS, .required = true },
	{ 0 },
};

/* Of one that is listed by itself there is no more to be said. */
static enum err
check_settings(const struct conf_section *section,
    const struct settings *settings, struct problems *problems)
{
	if ((settings->certificate != NULL) == (settings->purpose != NULL))
		return conf_refuse(section, NULL, problems,
		    "who may request for others is either one \"certificate\", "
		    "or each of this CA's with a \"purpose\"");
	if (settings->certificate != NULL && settings->signer.items != absent)
		return conf_refuse(section, "signer", problems,
		    "\"signer\" goes with \"purpose\": a \"certificate\" is "
		    "that one, whatever its names");
	if (settings->signer.items != absent && settings->signer.count == 0)
		return conf_refuse(section, "signer", problems,
		    "\"signer\" is empty, so that nobody could be one; leave it "
		    "out where each with the purpose is one, whatever its "
		    "names");
	if (settings->names.count == 0)
		return conf_refuse(section, "names", problems,
		    "no names could be requested; list some, \"CN=*\" for "
		    "every common name");
	return ERR_OK;
}

static enum err
load(const struct conf_section *section, const char *path,
    struct certificate **certificate, struct problems *problems)
{
	size_t count;
	enum err err = certificates_load(path, certificate, 1, &count,
	    problems);

	if (err != ERR_OK)
		return ERR_CONFIGURATION;
	if (extensions_is_ca((*certificate)->extensions))
		return conf_refuse(section, "certificate", problems,
		    "this is a CA's certificate: list that of the one who "
		    "requests, which the CA may have issued");
	return ERR_OK;
}

static enum err
read_purpose(const struct conf_section *section, const char *text,
    struct buf *to, struct problems *problems)
{
	struct buf oid = { 0 };
	bool good = oid_from_text(&oid, text);

	if (good)
		buf_append(to, buf_bytes(&oid));
	buf_clear(&oid);
	if (good)
		return ERR_OK;
	conf_problem(section, "purpose", PROBLEM_ERROR, problems,
	    "\"purpose\" is \"%s\", which is no object identifier in dotted "
	    "form, like \"1.3.6.1.5.5.7.3.28\"",
	    text);
	return ERR_CONFIGURATION;
}

static enum err
read_entry(const struct conf_section *section, struct on_behalf_entry *entry,
    struct problems *problems)
{
	struct settings settings = { .signer = { absent, 0 } };
	enum err err = conf_read(section, keys, &settings, problems);

	entry->section = section;
	if (err == ERR_OK)
		err = check_settings(section, &settings, problems);
	if (err == ERR_OK && settings.certificate != NULL)
		err = load(section, settings.certificate, &entry->certificate,
		    problems);
	if (err == ERR_OK && settings.purpose != NULL)
		err = read_purpose(section, settings.purpose, &entry->purpose,
		    problems);
	if (err == ERR_OK && settings.signer.count > 0)
		err = name_patterns_read(section, "signer", &settings.signer,
		    &entry->signer, problems);
	if (err == ERR_OK)
		err = name_patterns_read(section, "names", &settings.names,
		    &entry->names, problems);
	return err;
}

/* All are read even where one fails, so that one start reports all. */
enum err
on_behalf_read(const struct conf_sections *entries,
    struct on_behalf **on_behalf, struct problems *problems)
{
	struct on_behalf *made = xalloc(sizeof(*made));
	enum err result = ERR_OK;

	made->items = xcalloc(entries->count + 1, sizeof(*made->items));
	made->count = entries->count;
	for (size_t i = 0; i < entries->count; i++)
		if (read_entry(entries->items[i], &made->items[i], problems) !=
		    ERR_OK)
			result = ERR_CONFIGURATION;
	if (result == ERR_OK)
		*on_behalf = made;
	else
		on_behalf_free(made);
	return result;
}

static void
clear(struct on_behalf_entry *entry)
{
	certificate_free(entry->certificate);
	buf_clear(&entry->purpose);
	name_patterns_free(entry->signer);
	name_patterns_free(entry->names);
}

void
on_behalf_free(struct on_behalf *on_behalf)
{
	if (on_behalf == NULL)
		return;
	for (size_t i = 0; i < on_behalf->count; i++)
		clear(&on_behalf->items[i]);
	free(on_behalf->items);
	free(on_behalf);
}

/* All of its names, so that none is there that nobody has thought of. */
static bool
has_names(const struct name_patterns *patterns,
    const struct certificate *certificate)
{
	struct bytes alt_names = bytes_of(NULL, 0);
	struct buf ignored = { 0 };
	bool fits;

	(void)extensions_find(certificate->extensions, OID_SUBJECT_ALT_NAME,
	    &alt_names);
	fits = name_patterns_check(patterns, certificate->subject, alt_names,
		   &ignored) == ERR_OK;
	buf_clear(&ignored);
	return fits;
}

/* The very certificate and not its key or its name: another one of the same
 * names may be anybody's, and one that has succeeded it was not looked at. */
static bool
is_listed(const struct on_behalf_entry *entry,
    const struct renewal_signer *signer)
{
	const struct certificate *certificate = signer->certificate;

	if (entry->certificate != NULL)
		return bytes_equal(buf_bytes(&entry->certificate->der),
		    buf_bytes(&certificate->der));
	return signer->is_issued && signer->is_known &&
	    extensions_have_purpose(certificate->extensions,
		buf_bytes(&entry->purpose)) &&
	    (entry->signer == NULL || has_names(entry->signer, certificate));
}

const struct on_behalf_entry *
on_behalf_find(const struct on_behalf *on_behalf,
    const struct renewal_signer *signer)
{
	if (on_behalf == NULL)
		return NULL;
	for (size_t i = 0; i < on_behalf->count; i++)
		if (is_listed(&on_behalf->items[i], signer))
			return &on_behalf->items[i];
	return NULL;
}

enum err
on_behalf_check(const struct renewal_signer *signer, int64_t now)
{
	const struct certificate *certificate = signer->certificate;

	if (signer->is_revoked)
		return ERR_BEHALF_REVOKED;
	if (now < certificate->not_before || now > certificate->not_after)
		return ERR_BEHALF_EXPIRED;
	return ERR_OK;
}

enum err
on_behalf_check_names(const struct on_behalf_entry *entry, struct bytes subject,
    struct bytes alt_names, struct buf *detail)
{
	return name_patterns_check(entry->names, subject, alt_names, detail) ==
		ERR_OK ?
	    ERR_OK :
	    ERR_BEHALF_NAMES;
}

/* Without a profile the purposes are the default ones, and written nowhere. */
static void
warn_of_purpose(const struct on_behalf_entry *entry,
    const struct conf_section *profile, struct problems *problems)
{
	if (profile != NULL)
		conf_problem(profile, "extended_key_usage", PROBLEM_WARNING,
		    problems,
		    "by this profile a device gets the purpose with which it "
		    "may request for others (on_behalf)");
	else
		conf_problem(entry->section, "purpose", PROBLEM_WARNING,
		    problems,
		    "each device gets this purpose, with which it may request "
		    "for others: set \"extended_key_usage\" of a \"profile\", "
		    "or another \"purpose\"");
}

void
on_behalf_warn_of_purposes(const struct on_behalf *on_behalf,
    struct bytes purposes, const struct conf_section *section,
    struct problems *problems)
{
	for (size_t i = 0; on_behalf != NULL && i < on_behalf->count; i++) {
		const struct on_behalf_entry *entry = &on_behalf->items[i];

		if (entry->purpose.size > 0 &&
		    purposes_have(purposes, buf_bytes(&entry->purpose)))
			warn_of_purpose(entry, section, problems);
	}
}
