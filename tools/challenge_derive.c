/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/pem.h"
#include "conf/conf_value.h"
#include "conf/defaults.h"
#include "crypto/csr.h"
#include "crypto/key.h"
#include "policy/challenge_derived.h"
#include "tools/challenge.h"
#include "tools/client_key.h"
#include "tools/endpoint_rules.h"
#include "tools/names.h"

#define FILE_LIMIT 65536
#define HOUR 3600

/* What a password is derived for. */
struct derivation {
	const struct state_call *call;
	const struct provider *provider;
	struct endpoint_rules rules;
	struct challenge_key key;
	struct challenge_names names;
	struct buf public_key;
	int64_t expires_at;
};

static enum err
complain(const struct state_call *call, const char *what)
{
	problem_add(call->problems, PROBLEM_ERROR, "%s", what);
	return ERR_CONFIGURATION;
}

enum err
challenge_expiry(const struct state_call *call, int64_t now, int64_t lifetime,
    int64_t *expires_at)
{
	const struct challenge_wishes *wishes = challenge_wishes(call);

	if (wishes->expires != NULL && wishes->lifetime != NULL)
		return complain(call,
		    "--expires and --lifetime exclude each other");
	if (wishes->expires != NULL)
		return state_time("--expires", wishes->expires, expires_at,
		    call->problems);
	if (wishes->lifetime != NULL &&
	    (!conf_value_read_duration(wishes->lifetime, &lifetime) ||
		lifetime == 0)) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "--lifetime \"%s\": is not a time like 30s, 10m, 12h or 30d",
		    wishes->lifetime);
		return ERR_CONFIGURATION;
	}
	*expires_at = now + lifetime;
	return ERR_OK;
}

/* As they are in a request, so that they become the same text. */
static enum err
read_names(struct derivation *derivation)
{
	const struct state_call *call = derivation->call;
	const struct challenge_wishes *wishes = challenge_wishes(call);
	struct buf subject = { 0 }, extensions = { 0 };
	enum err err;

	if (wishes->subject == NULL)
		return complain(call,
		    "no name is given: --subject CN=router-17,O=Example, as "
		    "the device will ask for it");
	err = names_append_subject(&subject, wishes->subject, call->problems);
	if (err == ERR_OK && wishes->san != NULL)
		err = names_append_san(&extensions, wishes->san,
		    call->problems);
	if (err == ERR_OK)
		challenge_names_read(buf_bytes(&subject),
		    buf_bytes(&extensions), &derivation->names);
	if (err == ERR_OK && !derivation->names.is_readable)
		err = complain(call, "these are more names than a request has");
	buf_clear(&subject);
	buf_clear(&extensions);
	return err;
}

static enum err
read_request_key(struct derivation *derivation, const char *path,
    struct bytes der)
{
	struct csr *csr = NULL;

	if (csr_read(derivation->provider, der, &csr) != ERR_OK) {
		problem_add(derivation->call->problems, PROBLEM_ERROR,
		    "%s: is no request that is signed with its own key", path);
		return ERR_FILE;
	}
	buf_append(&derivation->public_key, csr->spki);
	csr_free(csr);
	return ERR_OK;
}

static enum err
read_private_key(struct derivation *derivation, const char *path)
{
	struct key *key = NULL;
	enum err err = client_key_load(derivation->provider, path, &key,
	    derivation->call->problems);

	if (err == ERR_OK)
		buf_append(&derivation->public_key, key_spki(key));
	key_free(key);
	return err;
}

/* What makes a password that no device can use, but may be meant. */
static void
warn(const struct derivation *derivation, int64_t now)
{
	const struct state_call *call = derivation->call;

	if (derivation->expires_at < now)
		problem_add(call->problems, PROBLEM_WARNING,
		    "--expires is past: the password is good no more");
	if (strchr(challenge_wishes(call)->subject, '*') != NULL)
		problem_add(call->problems, PROBLEM_WARNING,
		    "the \"*\" of --subject stands for itself: a derived "
		    "password is for exactly this subject; \"scepctl challenge "
		    "new\" makes such for patterns");
}

/* Whatever somebody has of the device's key. */
static enum err
read_key(struct derivation *derivation)
{
	const char *path = challenge_wishes(derivation->call)->key;
	struct buf text = { 0 }, der = { 0 };
	struct bytes rest, again;
	enum err err;

	if (path == NULL)
		return ERR_OK;
	err = file_read(path, FILE_PUBLIC, FILE_LIMIT, &text,
	    derivation->call->problems);
	rest = again = buf_bytes(&text);
	if (err != ERR_OK)
		goto out;
	if (pem_next(&rest, "PUBLIC KEY", &der) == ERR_OK)
		buf_append(&derivation->public_key, buf_bytes(&der));
	else if (pem_next(&again, "CERTIFICATE REQUEST", &der) == ERR_OK)
		err = read_request_key(derivation, path, buf_bytes(&der));
	else
		err = read_private_key(derivation, path);
out:
	buf_clear(&text);
	buf_clear(&der);
	return err;
}

static enum err
read_rules(struct derivation *derivation)
{
	const struct state_call *call = derivation->call;
	const struct challenge_wishes *wishes = challenge_wishes(call);
	enum err err =
	    endpoint_rules_read(defaults_config(wishes->state.config),
		wishes->endpoint, &derivation->rules, call->problems);

	if (err != ERR_OK)
		return err;
	if (challenges_find_key(derivation->rules.enrol.challenges,
		wishes->key_id, &derivation->key))
		return ERR_OK;
	problem_add(call->problems, PROBLEM_ERROR,
	    wishes->key_id != NULL ?
		"%s: no challenge of the type \"derived\" has this key" :
		"%s: takes no challenge of the type \"derived\"",
	    derivation->rules.path);
	return ERR_FILE;
}

static void
append(const struct derivation *derivation)
{
	const struct challenge_derivation made_for = {
		.key_id = derivation->key.id,
		.secret = derivation->key.secret,
		.endpoint = derivation->rules.path,
		.names = &derivation->names,
		.public_key = buf_bytes(&derivation->public_key),
		.expires_at = derivation->expires_at,
	};

	challenge_derived_append(derivation->call->output, derivation->provider,
	    &made_for);
	buf_append_octet(derivation->call->output, '\n');
}

/* What is in the configuration but no concern of this is not complained of. */
enum err
challenge_derive(const struct state_call *call)
{
	struct derivation derivation = { .call = call,
		.provider = provider_find("gnutls") };
	int64_t now = clock_now();
	enum err err;

	if (derivation.provider == NULL)
		return complain(call, "GnuTLS can't be used on this machine");
	err = challenge_expiry(call, now, HOUR, &derivation.expires_at);
	if (err == ERR_OK)
		err = read_names(&derivation);
	if (err == ERR_OK)
		err = read_key(&derivation);
	if (err == ERR_OK)
		err = read_rules(&derivation);
	if (err == ERR_OK) {
		warn(&derivation, now);
		append(&derivation);
	}
	endpoint_rules_clear(&derivation.rules);
	challenge_names_clear(&derivation.names);
	buf_clear(&derivation.public_key);
	return err;
}
