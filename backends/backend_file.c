/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend_internal.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/credential.h"
#include "crypto/name.h"

/*
 * The CA as files: a certificate, its key, and the certificates above it.
 *     ca = { backend = "file"; certificate = "ca.pem"; key = "ca.key";
 *         passphrase = { file = "ca.pass"; }; chain = "root.pem";
 *         crl = { life = "7d"; path = "/scep/ca.crl"; }; };
 */

/* No chain of a real PKI is longer. */
#define MAX_CHAIN 8

struct file_ca {
	const struct provider *provider;
	struct credential ca;
	struct certificate *chain[MAX_CHAIN];
	size_t chain_count;
	struct buf key_id;
	struct backend_crl crl;
};

struct settings {
	int64_t backend;
	const char *certificate;
	const char *key;
	struct bytes passphrase;
	const char *chain;
	const struct conf_section *crl;
};

static const struct conf_key keys[] = {
	BACKEND_KEY(struct settings, backend),
	{ .name = "certificate",
	    .type = CONF_PATH,
	    .required = true,
	    .offset = offsetof(struct settings, certificate) },
	{ .name = "key",
	    .type = CONF_PATH,
	    .required = true,
	    .offset = offsetof(struct settings, key) },
	{ .name = "passphrase",
	    .type = CONF_KEY_SECRET,
	    .offset = offsetof(struct settings, passphrase) },
	{ .name = "chain",
	    .type = CONF_PATH,
	    .offset = offsetof(struct settings, chain) },
	{ .name = "crl",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct settings, crl) },
	{ 0 },
};

static void
file_close(void *state)
{
	struct file_ca *ca = state;

	if (ca == NULL)
		return;
	credential_clear(&ca->ca);
	for (size_t i = 0; i < ca->chain_count; i++)
		certificate_free(ca->chain[i]);
	buf_clear(&ca->key_id);
	free(ca);
}

/* Each certificate of the chain issued the one before it, the first the
 * CA's own: clients take the bundle as it stands. */
static enum err
check_chain(const struct file_ca *ca, const char *path,
    struct problems *problems)
{
	const struct certificate *below = ca->ca.certificate;

	for (size_t i = 0; i < ca->chain_count; i++) {
		const struct certificate *above = ca->chain[i];

		if (!name_equal(below->issuer, above->subject) ||
		    signed_object_verify(ca->provider, &below->outer,
			above->spki) != ERR_OK) {
			problem_add(problems, PROBLEM_ERROR,
			    "%s: certificate "
			    "%zu did not issue the one below it; the order is "
			    "from the CA's issuer up to the root",
			    path, i + 1);
			return ERR_CONFIGURATION;
		}
		below = above;
	}
	return ERR_OK;
}

/* The chain is checked by names and signatures, and not for validity, which is
 * the clients' to judge. */
static enum err
load_chain(struct file_ca *ca, const char *path, struct problems *problems)
{
	enum err err = certificates_load(path, ca->chain, MAX_CHAIN,
	    &ca->chain_count, problems);

	return err == ERR_OK ? check_chain(ca, path, problems) : err;
}

static enum err
load_crl(struct file_ca *ca, const struct conf_section *section,
    struct problems *problems)
{
	enum err err = backend_crl_read(section, &ca->crl, problems);

	if (err != ERR_OK || ca->crl.kind != BACKEND_CRL_MADE ||
	    (extensions_key_usage(ca->ca.certificate->extensions) &
		KEY_USAGE_CRL_SIGN) != 0)
		return err;
	return conf_refuse(section, NULL, problems,
	    "the CA certificate's keyUsage lacks cRLSign, so nobody would "
	    "accept the CRLs that scepd makes; leave \"crl\" out, or name a "
	    "\"file\" in it that others make");
}

/* In the order in which the findings make sense: a CA that is none need not be
 * checked for its dates. */
static enum err
load(struct file_ca *ca, const struct settings *settings,
    const struct crypto_setup *setup, struct problems *problems)
{
	struct credential_files files = { settings->certificate, settings->key,
		settings->passphrase };
	enum err err = credential_load(setup, &files, &ca->ca, problems);

	if (err == ERR_OK)
		err = certificate_check_ca(ca->ca.certificate,
		    settings->certificate, problems);
	if (err == ERR_OK)
		err = certificate_check_validity(ca->ca.certificate,
		    "CA certificate", setup->now, problems);
	if (err == ERR_OK && settings->chain != NULL)
		err = load_chain(ca, settings->chain, problems);
	if (err == ERR_OK)
		err = load_crl(ca, settings->crl, problems);
	if (err == ERR_OK)
		err = certificate_key_id(ca->provider, ca->ca.certificate,
		    &ca->key_id);
	return err;
}

/* Whatever failed has left a line in `problems`; the error tells only that. */
static enum err
file_open(const struct conf_section *section, const struct crypto_setup *setup,
    void **state, struct problems *problems)
{
	struct settings settings = { 0 };
	struct file_ca *ca;
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	ca = xalloc(sizeof(*ca));
	ca->provider = setup->provider;
	if (load(ca, &settings, setup, problems) != ERR_OK) {
		file_close(ca);
		return ERR_CONFIGURATION;
	}
	*state = ca;
	return ERR_OK;
}

static const struct certificate *
file_certificate(const void *state)
{
	const struct file_ca *ca = state;

	return ca->ca.certificate;
}

static const struct certificate *const *
file_chain(const void *state, size_t *count)
{
	const struct file_ca *ca = state;

	*count = ca->chain_count;
	return (const struct certificate *const *)ca->chain;
}

static const struct key *
file_key(const void *state)
{
	const struct file_ca *ca = state;

	return ca->ca.key;
}

/* What is the CA's to say: who issued it, how long at most, the key ids. */
static enum err
complete(const struct file_ca *ca, const struct certificate_order *authorised,
    uint8_t serial[CERTIFICATE_SERIAL_SIZE], struct buf *key_id,
    struct certificate_order *order)
{
	const struct certificate *issuer = ca->ca.certificate;
	enum err err = certificate_new_key_id(ca->provider, authorised->spki,
	    key_id);

	if (err != ERR_OK)
		return err;
	*order = *authorised;
	order->serial = certificate_new_serial(ca->provider, serial);
	order->issuer = issuer->subject;
	order->subject_key_id = buf_bytes(key_id);
	order->authority_key_id = buf_bytes(&ca->key_id);
	certificate_limit_validity(order, issuer);
	return ERR_OK;
}

/*
 * The CA's dates are asked each time: a process runs for months.  What is
 * signed is built from the authorisation alone; the request itself never comes
 * here.
 */
static enum err
file_prepare(const void *state, const struct authorisation *authorisation,
    int64_t now, struct buf *tbs)
{
	const struct file_ca *ca = state;
	struct certificate_order order;
	uint8_t serial[CERTIFICATE_SERIAL_SIZE];
	struct buf key_id = { 0 };
	enum err err;

	if (now < ca->ca.certificate->not_before ||
	    now > ca->ca.certificate->not_after)
		return ERR_CA_VALIDITY;
	err = complete(ca, authorisation_order(authorisation), serial, &key_id,
	    &order);
	if (err == ERR_OK)
		certificate_append_tbs(tbs, &order, key_scheme(ca->ca.key),
		    key_digest(ca->ca.key));
	buf_clear(&key_id);
	return err;
}

static enum err
file_sign(const void *state, struct bytes tbs, struct buf *certificate)
{
	const struct file_ca *ca = state;

	return signed_object_append(certificate, ca->ca.key, tbs);
}

static const struct backend_crl *
file_crl(const void *state)
{
	const struct file_ca *ca = state;

	return &ca->crl;
}

static enum err
file_make_crl(const void *state, const struct crl_order *order, struct buf *crl)
{
	const struct file_ca *ca = state;
	struct crl_order completed = *order;
	struct buf tbs = { 0 };
	enum err err;

	completed.issuer = ca->ca.certificate->subject;
	completed.authority_key_id = buf_bytes(&ca->key_id);
	crl_append_tbs(&tbs, &completed, key_scheme(ca->ca.key),
	    key_digest(ca->ca.key));
	err = signed_object_append(crl, ca->ca.key, buf_bytes(&tbs));
	buf_clear(&tbs);
	return err;
}

const struct backend_ops backend_file = {
	.open = file_open,
	.close = file_close,
	.certificate = file_certificate,
	.chain = file_chain,
	.key = file_key,
	.prepare = file_prepare,
	.sign = file_sign,
	.crl = file_crl,
	.make_crl = file_make_crl,
};
