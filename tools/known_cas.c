/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/authorities.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "conf/conf.h"
#include "crypto/credential.h"
#include "crypto/name.h"

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
static const struct conf_key certificate_key = { .name = "certificate",
	.type = CONF_PATH,
	.required = true,
	.offset = offsetof(struct places, certificate) };
static const struct conf_key chain_key = { .name = "chain",
	.type = CONF_PATH,
	.offset = offsetof(struct places, chain) };

static void
clear(struct authority *authority)
{
	for (size_t i = 0; i < authority->count; i++)
		certificate_free(authority->certificates[i]);
	*authority = (struct authority){ 0 };
}

void
authorities_clear(struct authorities *authorities)
{
	for (size_t i = 0; i < authorities->count; i++)
		clear(&authorities->items[i]);
	free(authorities->items);
	*authorities = (struct authorities){ 0 };
}

const struct authority *
authorities_find(const struct authorities *authorities, struct bytes id)
{
	for (size_t i = 0; i < authorities->count; i++)
		if (bytes_equal(BYTES_ARRAY(authorities->items[i].id), id))
			return &authorities->items[i];
	return NULL;
}

static enum err
load_more(struct authority *authority, const char *path,
    struct problems *problems)
{
	size_t count = 0;
	enum err err = certificates_load(path,
	    &authority->certificates[authority->count],
	    AUTHORITY_MAX - authority->count, &count, problems);

	authority->count += count;
	return err;
}

/* Takes it over, or frees it where it is there already. */
static void
add(struct authorities *authorities, struct authority *authority)
{
	provider_digest(authorities->provider, DIGEST_SHA256,
	    &authority->certificates[0]->spki, 1, authority->id);
	if (authorities_find(authorities, BYTES_ARRAY(authority->id)) != NULL) {
		clear(authority);
		return;
	}
	authorities->items = xrealloc(authorities->items,
	    authorities->count + 1, sizeof(authorities->items[0]));
	authorities->items[authorities->count++] = *authority;
}

static enum err
find_crypto(struct authorities *authorities, struct problems *problems)
{
	authorities->provider = provider_find("gnutls");
	if (authorities->provider != NULL)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "GnuTLS can't be used on this machine");
	return ERR_FILE;
}

static enum err
load(struct authorities *authorities, const struct places *places,
    struct problems *problems)
{
	struct authority authority = { 0 };
	enum err err = load_more(&authority, places->certificate, problems);

	if (err == ERR_OK && places->chain != NULL)
		err = load_more(&authority, places->chain, problems);
	if (err == ERR_OK)
		add(authorities, &authority);
	else
		clear(&authority);
	return err;
}

enum err
authorities_load_file(struct authorities *authorities, const char *path,
    struct problems *problems)
{
	const struct places places = { .certificate = path };
	enum err err = find_crypto(authorities, problems);

	if (err == ERR_OK)
		err = load(authorities, &places, problems);
	return err == ERR_OK ? ERR_OK : ERR_FILE;
}

static enum err
load_endpoint(struct authorities *authorities,
    const struct conf_section *endpoint, struct problems *problems)
{
	const struct conf_section *ca = NULL;
	struct places places = { 0 };
	enum err err = conf_read_one(endpoint, &ca_key, &ca, problems);

	if (err == ERR_OK)
		err = conf_read_one(ca, &certificate_key, &places, problems);
	if (err == ERR_OK)
		err = conf_read_one(ca, &chain_key, &places, problems);
	return err == ERR_OK ? load(authorities, &places, problems) : err;
}

enum err
authorities_load_config(struct authorities *authorities, const char *path,
    struct problems *problems)
{
	struct conf_sections endpoints = { 0 };
	struct conf *conf = NULL;
	enum err err = find_crypto(authorities, problems);

	if (err == ERR_OK)
		err = conf_open(path, &conf, problems);
	if (err == ERR_OK)
		err = conf_read_one(conf_root(conf), &endpoints_key, &endpoints,
		    problems);
	for (size_t i = 0; err == ERR_OK && i < endpoints.count; i++)
		err = load_endpoint(authorities, endpoints.items[i], problems);
	conf_free(conf);
	if (err == ERR_OK)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "the CAs of the configuration are not known; name one by --ca "
	    "FILE");
	return ERR_FILE;
}

const struct authority *
authorities_issuer(const struct authorities *authorities,
    const struct certificate *certificate)
{
	for (size_t i = 0; i < authorities->count; i++) {
		const struct certificate *ca =
		    authorities->items[i].certificates[0];

		if (name_equal(certificate->issuer, ca->subject) &&
		    signed_object_verify(authorities->provider,
			&certificate->outer, ca->spki) == ERR_OK)
			return &authorities->items[i];
	}
	return NULL;
}
