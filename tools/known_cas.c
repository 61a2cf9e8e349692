/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/known_cas.h"

#include <stdlib.h>

#include "backends/backend.h"
#include "base/xalloc.h"
#include "conf/conf.h"
#include "crypto/credential.h"

/* What an endpoint's section "ca" says of its certificates. */
struct places {
	const char *certificate;
	const char *chain;
};

static const struct conf_key endpoints_key = { .name = "endpoints",
	.type = CONF_SECTIONS,
	.required = true };
static const struct conf_key ca_key = { .name = "ca",
	.type = CONF_SECTION,
	.required = true };
static const struct conf_key next_key = { .name = "next",
	.type = CONF_SECTION };
static const struct conf_key former_key = { .name = "former",
	.type = CONF_SECTIONS };
static const struct conf_key certificate_key = { .name = "certificate",
	.type = CONF_PATH,
	.required = true,
	.offset = offsetof(struct places, certificate) };
static const struct conf_key chain_key = { .name = "chain",
	.type = CONF_PATH,
	.offset = offsetof(struct places, chain) };

static void
clear(struct known_ca *ca)
{
	for (size_t i = 0; i < ca->count; i++)
		certificate_free(ca->certificates[i]);
	*ca = (struct known_ca){ 0 };
}

void
known_cas_clear(struct known_cas *cas)
{
	for (size_t i = 0; i < cas->count; i++)
		clear(&cas->items[i]);
	free(cas->items);
	*cas = (struct known_cas){ 0 };
}

const struct known_ca *
known_cas_find(const struct known_cas *cas, struct bytes id)
{
	for (size_t i = 0; i < cas->count; i++)
		if (bytes_equal(BYTES_ARRAY(cas->items[i].id), id))
			return &cas->items[i];
	return NULL;
}

static enum err
load_more(struct known_ca *ca, const char *path, struct problems *problems)
{
	size_t count = 0;
	enum err err = certificates_load(path, &ca->certificates[ca->count],
	    KNOWN_CA_MAX - ca->count, &count, problems);

	ca->count += count;
	return err;
}

/* Takes it over, or frees it where it is there already. */
static void
add(struct known_cas *cas, struct known_ca *ca)
{
	provider_digest(cas->provider, DIGEST_SHA256,
	    &ca->certificates[0]->spki, 1, ca->id);
	if (known_cas_find(cas, BYTES_ARRAY(ca->id)) != NULL) {
		clear(ca);
		return;
	}
	cas->items = xrealloc(cas->items, cas->count + 1,
	    sizeof(cas->items[0]));
	cas->items[cas->count++] = *ca;
}

static enum err
find_crypto(struct known_cas *cas, struct problems *problems)
{
	cas->provider = provider_find("gnutls");
	if (cas->provider != NULL)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "GnuTLS can't be used on this machine");
	return ERR_FILE;
}

static enum err
load(struct known_cas *cas, const struct places *places,
    struct problems *problems)
{
	struct known_ca ca = { 0 };
	enum err err = load_more(&ca, places->certificate, problems);

	if (err == ERR_OK && places->chain != NULL)
		err = load_more(&ca, places->chain, problems);
	if (err == ERR_OK)
		add(cas, &ca);
	else
		clear(&ca);
	return err;
}

enum err
known_cas_load_file(struct known_cas *cas, const char *path,
    struct problems *problems)
{
	const struct places places = { .certificate = path };
	enum err err = find_crypto(cas, problems);

	if (err == ERR_OK)
		err = load(cas, &places, problems);
	return err == ERR_OK ? ERR_OK : ERR_FILE;
}

/* A former one, which issues nothing, and so has no backend. */
static enum err
load_former(struct known_cas *cas, const struct conf_section *section,
    struct problems *problems)
{
	struct places places = { 0 };
	enum err err = conf_read_one(section, &certificate_key, &places,
	    problems);

	return err == ERR_OK ? load(cas, &places, problems) : err;
}

/* Of an endpoint, or of the CA that comes next there. */
static enum err
load_ca(struct known_cas *cas, const struct conf_section *parent,
    struct problems *problems)
{
	const struct conf_section *ca = NULL;
	struct places places = { 0 };
	char *certificate = NULL;
	enum err err = conf_read_one(parent, &ca_key, &ca, problems);

	if (err == ERR_OK)
		err = backend_find_certificate(ca, &certificate, problems);
	if (err == ERR_OK)
		err = conf_read_one(ca, &chain_key, &places, problems);
	places.certificate = certificate;
	if (err == ERR_OK)
		err = load(cas, &places, problems);
	free(certificate);
	return err;
}

static enum err
load_endpoint(struct known_cas *cas, const struct conf_section *endpoint,
    struct problems *problems)
{
	const struct conf_section *next = NULL;
	struct conf_sections former = { 0 };
	enum err err = load_ca(cas, endpoint, problems);

	if (err == ERR_OK)
		err = conf_read_one(endpoint, &next_key, &next, problems);
	if (err == ERR_OK && next != NULL)
		err = load_ca(cas, next, problems);
	if (err == ERR_OK)
		err = conf_read_one(endpoint, &former_key, &former, problems);
	for (size_t i = 0; err == ERR_OK && i < former.count; i++)
		err = load_former(cas, former.items[i], problems);
	return err;
}

enum err
known_cas_load_config(struct known_cas *cas, const char *path,
    struct problems *problems)
{
	struct conf_sections endpoints = { 0 };
	struct conf *conf = NULL;
	enum err err = find_crypto(cas, problems);

	if (err == ERR_OK)
		err = conf_open(path, &conf, problems);
	if (err == ERR_OK)
		err = conf_read_one(conf_root(conf), &endpoints_key, &endpoints,
		    problems);
	for (size_t i = 0; err == ERR_OK && i < endpoints.count; i++)
		err = load_endpoint(cas, endpoints.items[i], problems);
	conf_free(conf);
	if (err == ERR_OK)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "the CAs of the configuration are not known; name one by --ca "
	    "FILE");
	return ERR_FILE;
}

const struct known_ca *
known_cas_issuer(const struct known_cas *cas,
    const struct certificate *certificate)
{
	for (size_t i = 0; i < cas->count; i++) {
		const struct known_ca *ca = &cas->items[i];

		if (certificate_is_issued_by(cas->provider, certificate,
			ca->certificates[0]))
			return ca;
	}
	return NULL;
}
