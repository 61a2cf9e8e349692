/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "crypto/name.h"
#include "crypto/spki.h"
#include "scep/caps.h"
#include "scep/endpoint_guard.h"
#include "scep/get_ca.h"

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
	const struct conf_section *profile;
	const struct conf_section *keys;
	const struct conf_section *enrol;
	const struct conf_section *renew;
	int64_t get_cert;
	int64_t empty_content;
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
	{ SETTING(path), .type = CONF_STRING, .required = true },
	{ SETTING(ca), .type = CONF_SECTION, .required = true },
	{ SETTING(ra), .type = CONF_SECTION },
	{ SETTING(profile), .type = CONF_SECTION },
	{ SETTING(keys), .type = CONF_SECTION },
	{ SETTING(enrol), .type = CONF_SECTION, .required = true },
	{ SETTING(renew), .type = CONF_SECTION },
	{ SETTING(get_cert), .type = CONF_CHOICE, .choices = get_cert_words },
	{ SETTING(empty_content), .type = CONF_CHOICE,
	    .choices = empty_content_words },
	{ SETTING(algorithms), .type = CONF_STRINGS },
	{ 0 },
};

/* The section `ra`. */
struct ra_settings {
	const char *certificate;
	const char *key;
	struct bytes passphrase;
};

static const struct conf_key ra_keys[] = {
	{ .name = "certificate",
	    .type = CONF_PATH,
	    .required = true,
	    .offset = offsetof(struct ra_settings, certificate) },
	{ .name = "key",
	    .type = CONF_PATH,
	    .required = true,
	    .offset = offsetof(struct ra_settings, key) },
	{ .name = "passphrase",
	    .type = CONF_KEY_SECRET,
	    .offset = offsetof(struct ra_settings, passphrase) },
	{ 0 },
};

static enum err
complain(const struct conf_section *section, const char *key,
    struct problems *problems, const char *what)
{
	conf_problem(section, key, PROBLEM_ERROR, problems, "%s", what);
	return ERR_CONFIGURATION;
}

/* Web servers decode a path before they hand it to us, so one with "%" would
 * never be met; and a path with a query in it is a URL that somebody pasted. */
static enum err
check_path(const struct conf_section *section, const char *path,
    struct problems *problems)
{
	size_t length = strlen(path);

	if (path[0] != '/')
		return complain(section, "path", problems,
		    "a path begins with \"/\"");
	if (length > 1 && path[length - 1] == '/')
		return complain(section, "path", problems,
		    "a path does not end in \"/\"; whatever follows it in a "
		    "URL is the endpoint's anyway");
	if (strpbrk(path, "?#%") != NULL || strstr(path, "//") != NULL)
		return complain(section, "path", problems,
		    "a path is plain: no \"?\", \"#\", \"%\" or \"//\"");
	return ERR_OK;
}

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
		return complain(section, "algorithms", problems,
		    "lists no digest or no cipher, so that no message could "
		    "be read; begin with \"default\" or \"strict\"");
	if ((algorithms->digests & broken_digests) != 0 ||
	    (algorithms->ciphers & broken_ciphers) != 0)
		conf_problem(section, "algorithms", PROBLEM_WARNING, problems,
		    "md5 and des are broken: whoever records this endpoint's "
		    "traffic may read or forge its messages");
	return ERR_OK;
}

/* Rule E13: what iOS, Windows, cryptlib and others demand of the certificate
 * that serves SCEP. */
static enum err
check_identity(const struct conf_section *section, const char *key,
    const struct certificate *certificate, struct problems *problems)
{
	static const unsigned needed = KEY_USAGE_DIGITAL_SIGNATURE |
	    KEY_USAGE_KEY_ENCIPHERMENT;
	struct key_facts facts;
	enum err err = ERR_OK;

	if (spki_read(certificate->spki, &facts) != ERR_OK ||
	    facts.type != KEY_TYPE_RSA)
		err = complain(section, key, problems,
		    "this certificate's key can't decrypt, so it can't serve "
		    "SCEP; make an RSA RA certificate for this CA with: "
		    "scepctl init --ra-for");
	if ((extensions_key_usage(certificate->extensions) & needed) != needed)
		err = complain(section, key, problems,
		    "this certificate's keyUsage lacks digitalSignature or "
		    "keyEncipherment, so that iPhones, Windows and others "
		    "refuse it; make an RA certificate for this CA with: "
		    "scepctl init --ra-for");
	return err;
}

/* An RA that the CA did not issue is one that clients don't trust. */
static enum err
check_ra_issuer(const struct conf_section *section,
    const struct endpoint *endpoint, struct problems *problems)
{
	const struct certificate *ca = backend_certificate(endpoint->backend);
	const struct certificate *ra = endpoint->ra.certificate;

	if (!name_equal(ra->issuer, ca->subject) ||
	    signed_object_verify(endpoint->provider, &ra->outer, ca->spki) !=
		ERR_OK)
		return complain(section, "certificate", problems,
		    "the RA certificate is not issued by this endpoint's CA");
	return ERR_OK;
}

/* Everything that is wrong with an RA is reported in one go, as far as the
 * files can be read. */
static enum err
load_ra(const struct conf_section *section, struct endpoint *endpoint,
    const struct crypto_setup *setup, struct problems *problems)
{
	struct ra_settings settings = { 0 };
	struct credential_files files;
	enum err err = conf_read(section, ra_keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	files = (struct credential_files){ settings.certificate, settings.key,
		settings.passphrase };
	if (credential_load(setup, &files, &endpoint->ra, problems) != ERR_OK)
		return ERR_CONFIGURATION;
	err = check_identity(section, "certificate", endpoint->ra.certificate,
	    problems);
	if (certificate_check_validity(endpoint->ra.certificate,
		"RA certificate", setup->now, problems) != ERR_OK)
		err = ERR_CONFIGURATION;
	if (endpoint->backend != NULL &&
	    check_ra_issuer(section, endpoint, problems) != ERR_OK)
		err = ERR_CONFIGURATION;
	return err;
}

/* Without an RA, devices seal for the CA itself, whose key must then decrypt
 * and must be here. */
static enum err
check_ca_serves(const struct conf_section *section,
    const struct endpoint *endpoint, struct problems *problems)
{
	if (backend_key(endpoint->backend) == NULL)
		return complain(section, NULL, problems,
		    "this CA's key is not at hand, so the endpoint needs an "
		    "RA; set ra");
	return check_identity(section, "certificate",
	    backend_certificate(endpoint->backend), problems);
}

/* An endpoint's own keys are opened with, and neither they nor its names are
 * ever certified: a device that got one of them could pose as the CA or RA. */
static void
add_identity(struct endpoint *endpoint, const struct certificate *certificate,
    const struct key *key)
{
	struct cms_keyring *keyring = &endpoint->keyring;
	struct policy *policy = &endpoint->policy;

	if (key != NULL)
		keyring->identities[keyring->count++] =
		    (struct cms_identity){ certificate, key };
	policy->own_keys[policy->own_count] = certificate->spki;
	policy->own_subjects[policy->own_count++] = certificate->subject;
}

/* What follows from the parts: the keyring and the constant answers. */
static enum err
finish(struct endpoint *endpoint)
{
	const struct certificate *ca = backend_certificate(endpoint->backend);
	enum err err = certificate_key_id(endpoint->provider, ca,
	    &endpoint->ca_key_id);

	if (err != ERR_OK)
		return err;
	provider_digest(endpoint->provider, DIGEST_SHA256, &ca->spki, 1,
	    endpoint->authority);
	endpoint->keyring.provider = endpoint->provider;
	if (endpoint->ra.certificate != NULL)
		add_identity(endpoint, endpoint->ra.certificate,
		    endpoint->ra.key);
	add_identity(endpoint, ca, backend_key(endpoint->backend));
	endpoint->policy.algorithms = endpoint->algorithms;
	caps_append(&endpoint->capabilities, endpoint->algorithms);
	get_ca_prepare(endpoint);
	return ERR_OK;
}

/* All parts are read even where one fails, so that one run reports all. */
static enum err
assemble(const struct conf_section *section, const struct settings *settings,
    const struct crypto_setup *setup, struct endpoint *endpoint,
    struct problems *problems)
{
	struct policy_sections sections = { settings->enrol, settings->renew,
		settings->profile, settings->keys };
	bool good = check_path(section, settings->path, problems) == ERR_OK;

	if (read_algorithms(section, &settings->algorithms,
		&endpoint->algorithms, problems) != ERR_OK)
		good = false;
	if (policy_read(&sections, &endpoint->policy, problems) != ERR_OK)
		good = false;
	/* Before the RA, which is checked against this CA. */
	if (backend_open(settings->ca, setup, &endpoint->backend, problems) !=
	    ERR_OK)
		good = false;
	if (settings->ra != NULL &&
	    load_ra(settings->ra, endpoint, setup, problems) != ERR_OK)
		good = false;
	/* A CA that could not be opened has been reported already. */
	if (settings->ra == NULL && endpoint->backend != NULL &&
	    check_ca_serves(settings->ca, endpoint, problems) != ERR_OK)
		good = false;
	return good ? ERR_OK : ERR_CONFIGURATION;
}

enum err
endpoint_new(const struct conf_section *section,
    const struct endpoint_setup *setup, struct endpoint **endpoint,
    struct problems *problems)
{
	static const char *const default_algorithms[] = { "default" };
	struct settings settings = { .algorithms = { default_algorithms, 1 } };
	struct endpoint *made;
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	made = xalloc(sizeof(*made));
	made->path = settings.path;
	made->provider = setup->crypto.provider;
	made->store = setup->store;
	made->get_cert = (enum get_cert)settings.get_cert;
	made->empty_content = (enum empty_content)settings.empty_content;
	err = assemble(section, &settings, &setup->crypto, made, problems);
	if (err == ERR_OK)
		err = finish(made);
	if (err == ERR_OK)
		err = endpoint_guard_check(made,
		    settings.profile != NULL ? settings.profile : section,
		    setup->crypto.now, problems);
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
	credential_clear(&endpoint->ra);
	backend_close(endpoint->backend);
	buf_clear(&endpoint->ca_key_id);
	buf_clear(&endpoint->capabilities);
	buf_clear(&endpoint->ca_certificates);
	buf_clear(&endpoint->ca_chain);
	free(endpoint);
}

/* What has expired is of no consequence here: each request is refused. */
void
endpoint_check_validity(const struct endpoint *endpoint, int64_t now,
    struct problems *problems)
{
	enum err err =
	    certificate_check_validity(backend_certificate(endpoint->backend),
		"CA certificate", now, problems);

	if (endpoint->ra.certificate != NULL)
		err = certificate_check_validity(endpoint->ra.certificate,
		    "RA certificate", now, problems);
	(void)err;
}

const struct cms_identity *
endpoint_identity(const struct endpoint *endpoint)
{
	return &endpoint->keyring.identities[0];
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
