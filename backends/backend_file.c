/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend_ca.h"

#include <stdlib.h>

#include "base/xalloc.h"

/*
 * The CA as files: a certificate, its key, and the certificates above it.
 *     ca = { backend = "file"; certificate = "ca.pem"; key = "ca.key";
 *         passphrase = { file = "ca.pass"; }; chain = "root.pem";
 *         crl = { life = "7d"; path = "/scep/ca.crl"; }; };
 */

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
	BACKEND_CERTIFICATE_KEY(struct settings, certificate),
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
	struct backend_ca *ca = state;

	if (ca == NULL)
		return;
	backend_ca_clear(ca);
	free(ca);
}

static enum err
file_open(const struct conf_section *section, const struct crypto_setup *setup,
    void **state, struct problems *problems)
{
	struct settings settings = { 0 };
	struct backend_ca_files files;
	struct backend_ca *ca;
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	files = (struct backend_ca_files){
		.ca = { settings.certificate, settings.key,
		    settings.passphrase },
		.chain = settings.chain,
		.crl = settings.crl,
	};
	ca = xalloc(sizeof(*ca));
	err = backend_ca_load(&files, setup, ca, problems);
	if (err == ERR_OK)
		*state = ca;
	else
		file_close(ca);
	return err;
}

static const struct backend_ca *
file_ca(const void *state)
{
	return state;
}

/* What is signed is built from the authorisation alone; the request itself
 * never comes here. */
static enum err
file_prepare(const void *state, const struct authorisation *authorisation,
    int64_t now, struct backend_prepared *prepared)
{
	const struct backend_ca *ca = state;
	enum err err = backend_ca_check_now(ca, now);

	return err == ERR_OK ?
	    backend_ca_append_tbs(ca, authorisation_order(authorisation),
		&prepared->tbs) :
	    err;
}

static enum err
file_sign(const void *state, struct bytes tbs, struct buf *certificate)
{
	const struct backend_ca *ca = state;

	return signed_object_append(certificate, ca->ca.key, tbs);
}

static enum err
file_make_crl(const void *state, const struct crl_order *order, struct buf *crl)
{
	return backend_ca_make_crl(state, order, crl);
}

const struct backend_ops backend_file = {
	.find_certificate = backend_ca_find_certificate,
	.open = file_open,
	.close = file_close,
	.ca = file_ca,
	.prepare = file_prepare,
	.sign = file_sign,
	.make_crl = file_make_crl,
};
