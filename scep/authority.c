/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/authority.h"

#include "crypto/spki.h"
#include "policy/duplicates.h"
#include "scep/get_ca.h"

/* The section `ra`. */
struct ra_settings {
	const char *certificate;
	const char *key;
	struct bytes passphrase;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct ra_settings, field)

static const struct conf_key ra_keys[] = {
	{ SETTING(certificate), .type = CONF_PATH, .required = true },
	{ SETTING(key), .type = CONF_PATH, .required = true },
	{ SETTING(passphrase), .type = CONF_KEY_SECRET },
	{ 0 },
};

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
		err = conf_refuse(section, key, problems,
		    "this certificate's key can't decrypt, so it can't serve "
		    "SCEP; make an RSA RA certificate for this CA with: "
		    "scepctl init --ra-for");
	if ((extensions_key_usage(certificate->extensions) & needed) != needed)
		err = conf_refuse(section, key, problems,
		    "this certificate's keyUsage lacks digitalSignature or "
		    "keyEncipherment, so that iPhones, Windows and others "
		    "refuse it; make an RA certificate for this CA with: "
		    "scepctl init --ra-for");
	return err;
}

/* An RA that the CA did not issue is one that clients don't trust. */
static enum err
check_ra_issuer(const struct conf_section *section,
    const struct authority *authority, const struct provider *provider,
    struct problems *problems)
{
	if (!certificate_is_issued_by(provider, authority->ra.certificate,
		backend_certificate(authority->backend)))
		return conf_refuse(section, "certificate", problems,
		    "the RA certificate is not issued by this endpoint's CA");
	return ERR_OK;
}

/* Everything that is wrong with an RA is reported in one go, as far as the
 * files can be read. */
static enum err
load_ra(const struct conf_section *section, struct authority *authority,
    const struct crypto_setup *setup, struct problems *problems)
{
	struct ra_settings settings = { 0 };
	struct credential_files files;
	enum err err = conf_read(section, ra_keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	files = (struct credential_files){ settings.certificate, settings.key,
		settings.passphrase };
	if (credential_load(setup, &files, &authority->ra, problems) != ERR_OK)
		return ERR_CONFIGURATION;
	err = check_identity(section, "certificate", authority->ra.certificate,
	    problems);
	if (certificate_check_validity(authority->ra.certificate,
		"RA certificate", setup->now, problems) != ERR_OK)
		err = ERR_CONFIGURATION;
	if (authority->backend != NULL &&
	    check_ra_issuer(section, authority, setup->provider, problems) !=
		ERR_OK)
		err = ERR_CONFIGURATION;
	return err;
}

/* Without an RA, devices seal for the CA itself, whose key must then decrypt
 * and must be here. */
static enum err
check_ca_serves(const struct conf_section *section,
    const struct authority *authority, struct problems *problems)
{
	if (backend_key(authority->backend) == NULL)
		return conf_refuse(section, NULL, problems,
		    "this CA's key is not at hand, so the endpoint needs an "
		    "RA; set ra");
	return check_identity(section, "certificate",
	    backend_certificate(authority->backend), problems);
}

/* All parts are read even where one fails, so that one run reports all. */
static enum err
open_parts(const struct authority_sections *sections,
    const struct crypto_setup *setup, struct authority *authority,
    struct problems *problems)
{
	bool good = true;

	/* Before the RA, which is checked against this CA. */
	if (backend_open(sections->ca, setup, &authority->backend, problems) !=
	    ERR_OK)
		good = false;
	if (sections->ra != NULL &&
	    load_ra(sections->ra, authority, setup, problems) != ERR_OK)
		good = false;
	/* A CA that could not be opened has been reported already. */
	if (sections->ra == NULL && authority->backend != NULL &&
	    check_ca_serves(sections->ca, authority, problems) != ERR_OK)
		good = false;
	return good ? ERR_OK : ERR_CONFIGURATION;
}

enum err
authority_open(const struct authority_sections *sections,
    const struct crypto_setup *setup, struct authority *authority,
    struct problems *problems)
{
	const struct certificate *ca;
	enum err err = open_parts(sections, setup, authority, problems);

	if (err != ERR_OK)
		return err;
	ca = authority_certificate(authority);
	err = certificate_key_id(setup->provider, ca, &authority->ca_key_id);
	if (err != ERR_OK)
		return err;
	provider_digest(setup->provider, DIGEST_SHA256, &ca->spki, 1,
	    authority->hash);
	get_ca_prepare(authority);
	return ERR_OK;
}

void
authority_clear(struct authority *authority)
{
	credential_clear(&authority->ra);
	backend_close(authority->backend);
	buf_clear(&authority->ca_key_id);
	buf_clear(&authority->ca_certificates);
	buf_clear(&authority->ca_chain);
}

const struct certificate *
authority_certificate(const struct authority *authority)
{
	return backend_certificate(authority->backend);
}

struct cms_identity
authority_identity(const struct authority *authority)
{
	const struct credential *ra = &authority->ra;

	if (ra->certificate != NULL)
		return (struct cms_identity){ ra->certificate, ra->key };
	return (struct cms_identity){ authority_certificate(authority),
		backend_key(authority->backend) };
}

struct certificate_record
authority_record(const struct authority *authority,
    const struct provider *provider, const struct certificate *certificate,
    struct record_hashes *hashes)
{
	provider_digest(provider, DIGEST_SHA256, &certificate->spki, 1,
	    hashes->key);
	duplicates_identity_of(provider, certificate, hashes->identity);
	return (struct certificate_record){
		.authority = BYTES_ARRAY(authority->hash),
		.serial = serial_number(certificate->serial),
		.subject = certificate->subject,
		.key = BYTES_ARRAY(hashes->key),
		.identity = BYTES_ARRAY(hashes->identity),
		.not_before = certificate->not_before,
		.not_after = certificate->not_after,
	};
}

void
authority_add_identities(const struct authority *authority,
    struct cms_keyring *keyring)
{
	const struct key *ca_key = backend_key(authority->backend);

	keyring->identities[keyring->count++] = authority_identity(authority);
	if (authority->ra.certificate != NULL && ca_key != NULL)
		keyring->identities[keyring->count++] = (struct cms_identity){
			authority_certificate(authority), ca_key
		};
}

/* What has expired is of no consequence here: each request is refused. */
void
authority_check_validity(const struct authority *authority, int64_t now,
    struct problems *problems)
{
	enum err err =
	    certificate_check_validity(authority_certificate(authority),
		"CA certificate", now, problems);

	if (authority->ra.certificate != NULL)
		err = certificate_check_validity(authority->ra.certificate,
		    "RA certificate", now, problems);
	(void)err;
}
