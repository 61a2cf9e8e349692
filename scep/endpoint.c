/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/endpoint.h"

#include <assert.h>
#include <stdlib.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "scep/caps.h"
#include "scep/endpoint_guard.h"

/*
 * An endpoint is assembled in three steps: its section is read, its parts are
 * opened, each by the module that owns it, and what follows from all of them
 * together is made.  Whatever real clients would stumble over is found here,
 * at start, with the line of the configuration and the command that helps, and
 * not on a device.
 */

/* The section of an endpoint. */
struct settings {
	const char *path;
	const struct conf_section *ca;
	const struct conf_section *ra;
	const struct conf_section *next;
	struct conf_sections former;
	struct conf_sections profile;
	const struct conf_section *keys;
	const struct conf_section *enrol;
	const struct conf_section *renew;
	const struct conf_section *issued;
	int64_t get_cert;
	int64_t empty_content;
	int64_t answer_within;
	struct conf_strings algorithms;
};

static const char *const get_cert_words[] = {
	[GET_CERT_OWN] = "own",
	[GET_CERT_ANY] = "any",
	[GET_CERT_OFF] = "off",
	NULL,
};

static const char *const empty_content_words[] = {
	[EMPTY_CONTENT_AUTOMATIC] = "automatic",
	[EMPTY_CONTENT_PRESENT] = "present",
	[EMPTY_CONTENT_ABSENT] = "absent",
	NULL,
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

static const struct conf_key keys[] = {
	{ SETTING(path), .type = CONF_URL_PATH, .required = true },
	{ SETTING(ca), .type = CONF_SECTION, .required = true },
	{ SETTING(ra), .type = CONF_SECTION },
	{ SETTING(next), .type = CONF_SECTION },
	{ SETTING(former), .type = CONF_SECTIONS },
	{ SETTING(profile), .type = CONF_SECTIONS },
	{ SETTING(keys), .type = CONF_SECTION },
	{ SETTING(enrol), .type = CONF_SECTION, .required = true },
	{ SETTING(renew), .type = CONF_SECTION },
	{ SETTING(issued), .type = CONF_SECTION },
	{ SETTING(get_cert), .type = CONF_CHOICE, .choices = get_cert_words },
	{ SETTING(empty_content), .type = CONF_CHOICE,
	    .choices = empty_content_words },
	{ SETTING(answer_within), .type = CONF_DURATION, .maximum = 55 },
	{ SETTING(algorithms), .type = CONF_STRINGS },
	{ 0 },
};

/*
 * Single DES and MD5 must be written out, each endpoint for itself, since RFC
 * 8894 section 2.9 forbids them; they are there because old Cisco devices know
 * nothing else, and Go's scepclient no other cipher (T14, T15).
 */
static enum err
read_algorithms(const struct conf_section *section,
    const struct conf_strings *names, struct algorithms *algorithms,
    struct problems *problems)
{
	static const unsigned broken_digests = 1u << DIGEST_MD5;
	static const unsigned broken_ciphers = 1u << CIPHER_DES_CBC;

	for (size_t i = 0; i < names->count; i++)
		if (!algorithms_add(algorithms, names->items[i])) {
			conf_problem(section, "algorithms", PROBLEM_ERROR,
			    problems,
			    "unknown algorithm \"%s\"; "
			    "scepd.conf(5) lists them",
			    names->items[i]);
			return ERR_CONFIGURATION;
		}
	if (algorithms->digests == 0 || algorithms->ciphers == 0)
		return conf_refuse(section, "algorithms", problems,
		    "lists no digest or no cipher, so that no message could "
		    "be read; begin with \"default\" or \"strict\"");
	if ((algorithms->digests & broken_digests) != 0 ||
	    (algorithms->ciphers & broken_ciphers) != 0)
		conf_problem(section, "algorithms", PROBLEM_WARNING, problems,
		    "md5 and des are broken: whoever records this endpoint's "
		    "traffic may read or forge its messages");
	return ERR_OK;
}

/* None of the CAs' and RAs' keys and names is ever certified: a device that got
 * one of them could pose as the CA or RA. */
static void
keep_own(struct policy *policy, const struct certificate *certificate)
{
	policy->own_keys[policy->own_count] = certificate->spki;
	policy->own_subjects[policy->own_count++] = certificate->subject;
}

static void
keep_all_own(struct endpoint *endpoint)
{
	const struct succession *succession = &endpoint->succession;
	struct succession_ca cas[SUCCESSION_MAX_CAS];
	size_t count = succession_list(succession, cas);

	static_assert(SUCCESSION_MAX_CAS + 2 <= POLICY_MAX_OWN,
	    "the CAs and two RAs");
	for (size_t i = 0; i < count; i++)
		keep_own(&endpoint->policy, cas[i].certificate);
	if (succession->present.ra.certificate != NULL)
		keep_own(&endpoint->policy, succession->present.ra.certificate);
	if (succession->next.ra.certificate != NULL)
		keep_own(&endpoint->policy, succession->next.ra.certificate);
}

/* What follows from the parts. */
static void
finish(struct endpoint *endpoint)
{
	keep_all_own(endpoint);
	endpoint->policy.algorithms = endpoint->algorithms;
	endpoint->policy.provider = endpoint->provider;
	endpoint->policy.endpoint = endpoint->path;
	caps_append(&endpoint->capabilities, endpoint->algorithms, false);
	caps_append(&endpoint->staged_capabilities, endpoint->algorithms, true);
}

/* No device should find out, in a year, that its certificate can't be
 * renewed.  What is withheld takes no place yet. */
static enum err
check_renewal(const struct endpoint *endpoint, struct problems *problems)
{
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(&endpoint->succession, list);
	enum err errs[SUCCESSION_MAX_AUTHORITIES];
	bool revokes = endpoint->policy.renewal.revoke &&
	    endpoint->hooks.issued == NULL;

	for (size_t i = 0; i < count; i++)
		errs[i] = backend_check_renewal(list[i]->backend, revokes,
		    problems);
	return err_first(errs, count);
}

/* Whoever makes the certificate of the request itself takes its subject. */
static enum err
check_subjects(const struct endpoint *endpoint, struct problems *problems)
{
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(&endpoint->succession, list);
	const struct profiles *profiles = &endpoint->policy.profiles;
	bool is_whole = false;
	enum err err = ERR_OK;

	for (size_t i = 0; i < count; i++)
		if (backend_requests(list[i]->backend) != BACKEND_REQUESTS_NONE)
			is_whole = true;
	for (size_t i = 0; is_whole && i < profiles->count; i++)
		if (profiles->items[i].names.subject != NULL)
			err = conf_refuse(profiles->items[i].section, "subject",
			    problems,
			    "a CA that makes certificates of the requests "
			    "themselves can't give other subjects; leave it at "
			    "\"keep\"");
	return err;
}

/* All parts are read even where one fails, so that one run reports all. */
static enum err
assemble(const struct conf_section *section, const struct settings *settings,
    const struct crypto_setup *setup, struct endpoint *endpoint,
    struct problems *problems)
{
	const struct policy_sections policy = { settings->enrol,
		settings->renew, settings->profile, settings->keys };
	const struct succession_sections cas = {
		.path = settings->path,
		.present = { settings->ca, settings->ra },
		.next = settings->next,
		.formers = settings->former,
	};
	enum err errs[] = {
		read_algorithms(section, &settings->algorithms,
		    &endpoint->algorithms, problems),
		policy_read(&policy, &endpoint->policy, problems),
		succession_open(&cas, setup, &endpoint->succession, problems),
	};
	const struct hooks_sections hooks = {
		.enrol = endpoint->policy.enrol.hook,
		.renew = endpoint->policy.renewal.hook,
		.issued = settings->issued,
		.renew_is_manual = endpoint->policy.renewal.manual,
	};
	enum err err = hooks_read(&hooks, &endpoint->hooks, problems);

	return err == ERR_OK ? err_first(errs, COUNT(errs)) : err;
}

enum err
endpoint_new(const struct conf_section *section,
    const struct endpoint_setup *setup, struct endpoint **endpoint,
    struct problems *problems)
{
	static const char *const default_algorithms[] = { "default" };
	struct settings settings = {
		.answer_within = 20,
		.algorithms = { default_algorithms, 1 },
	};
	struct endpoint *made;
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	made = xalloc(sizeof(*made));
	made->path = settings.path;
	made->provider = setup->crypto.provider;
	made->store = setup->store;
	made->errands = setup->errands;
	made->guesses = setup->guesses;
	made->answer_within = settings.answer_within;
	made->get_cert = (enum get_cert)settings.get_cert;
	made->empty_content = (enum empty_content)settings.empty_content;
	err = assemble(section, &settings, &setup->crypto, made, problems);
	if (err == ERR_OK)
		err = check_renewal(made, problems);
	if (err == ERR_OK)
		err = check_subjects(made, problems);
	if (err == ERR_OK) {
		finish(made);
		err = endpoint_guard_check(made, section, setup->crypto.now,
		    problems);
	}
	if (err == ERR_OK)
		*endpoint = made;
	else
		endpoint_free(made);
	return err;
}

void
endpoint_free(struct endpoint *endpoint)
{
	if (endpoint == NULL)
		return;
	policy_clear(&endpoint->policy);
	hooks_clear(&endpoint->hooks);
	succession_clear(&endpoint->succession);
	buf_clear(&endpoint->capabilities);
	buf_clear(&endpoint->staged_capabilities);
	free(endpoint);
}

/* Whole segments: "/scep" is not the beginning of "/scepter" (T2). */
bool
endpoint_has_path(const struct endpoint *endpoint, struct bytes path)
{
	struct bytes own = bytes_of_string(endpoint->path);

	/* "/" is everybody's path. */
	if (bytes_equal_string(own, "/"))
		own.size = 0;
	if (path.size < own.size ||
	    !bytes_equal(bytes_of(path.data, own.size), own))
		return false;
	return path.size == own.size || path.data[own.size] == '/';
}
