/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend_ca.h"

#include <stdlib.h>

#include "base/xalloc.h"

/*
 * A CA that is asked by a command: scepd-hooks(7) says how.
 *     ca = { backend = "command"; command = ( "/usr/local/lib/issue" );
 *         certificate = "ca.pem"; chain = "root.pem";
 *         crl = { file = "ca.crl"; path = "/scep/ca.crl"; };
 *         deadline = "5m"; at_once = 4; };
 */

struct settings {
	int64_t backend;
	const char *certificate;
	const char *chain;
	const struct conf_section *crl;
	struct hook_settings hook;
};

static const struct conf_key keys[] = {
	BACKEND_KEY(struct settings, backend),
	BACKEND_CERTIFICATE_KEY(struct settings, certificate),
	{ .name = "chain",
	    .type = CONF_PATH,
	    .offset = offsetof(struct settings, chain) },
	{ .name = "crl",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct settings, crl) },
	HOOK_KEYS(struct settings, hook),
	{ 0 },
};

struct command_ca {
	struct backend_ca ca; /* without its key */
	struct hook *hook;
};

static void
command_close(void *state)
{
	struct command_ca *ca = state;

	if (ca == NULL)
		return;
	backend_ca_clear(&ca->ca);
	hook_free(ca->hook);
	free(ca);
}

static enum err
load(const struct conf_section *section, const struct settings *settings,
    const struct crypto_setup *setup, struct command_ca *ca,
    struct problems *problems)
{
	const struct backend_ca_files files = {
		.ca.certificate = settings->certificate,
		.chain = settings->chain,
		.crl = settings->crl,
		.no_crl =
		    "scepd has not the key of this CA, and so can't make "
		    "its CRLs; have the CA put them into a file, and name "
		    "that: crl = { file = \"...\"; }",
	};
	enum err err = hook_new(section, &settings->hook, &ca->hook, problems);

	return backend_ca_load(&files, setup, &ca->ca, problems) == ERR_OK ?
	    err :
	    ERR_CONFIGURATION;
}

static enum err
command_open(const struct conf_section *section,
    const struct crypto_setup *setup, void **state, struct problems *problems)
{
	struct settings settings = { .hook = HOOK_SETTINGS_DEFAULT };
	struct command_ca *ca;
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	ca = xalloc(sizeof(*ca));
	err = load(section, &settings, setup, ca, problems);
	if (err == ERR_OK)
		*state = ca;
	else
		command_close(ca);
	return err;
}

static const struct backend_ca *
command_ca(const void *state)
{
	const struct command_ca *ca = state;

	return &ca->ca;
}

static enum backend_requests
command_requests(const void *state)
{
	(void)state;
	return BACKEND_REQUESTS_NAMES;
}

static const struct hook *
command_hook(const void *state)
{
	const struct command_ca *ca = state;

	return ca->hook;
}

const struct backend_ops backend_command = {
	.find_certificate = backend_ca_find_certificate,
	.open = command_open,
	.close = command_close,
	.ca = command_ca,
	.requests = command_requests,
	.hook = command_hook,
};
