/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/endpoint_guard.h"

#include <assert.h>

#include "scep/pki_message.h"

static_assert(TRANSACTION_ID_LIMIT <= SIGN_GUARD_TRANSACTION_ID_LIMIT &&
	SENDER_NONCE_LIMIT <= SIGN_GUARD_NONCE_LIMIT,
    "what is read of a request can be answered");

/* Views both. */
static struct sign_rule
rule_of(const struct authority *authority, const struct profile *profile)
{
	const struct certificate *ca = authority_certificate(authority);
	struct sign_rule rule = {
		.issuer = ca->subject,
		.authority_key_id = buf_bytes(&authority->ca_key_id),
		.ca_not_before = ca->not_before,
		.ca_not_after = ca->not_after,
	};

	profile_sign_rule(profile, &rule);
	backend_sign_rule(authority->backend, &rule);
	return rule;
}

/* A rule for each profile: no certificate has the life of one and the purposes
 * of another. */
static void
add_certifying(const struct profiles *profiles,
    const struct authority *authority, struct guarded_keys *keys)
{
	for (size_t i = 0; i < profiles->count; i++) {
		struct sign_rule rule = rule_of(authority, &profiles->items[i]);

		guarded_keys_add_certifying(keys,
		    backend_key(authority->backend), &rule);
	}
}

/* With an RA, the CA's own key opens what is addressed to it and answers
 * nothing. */
static void
add_authority(const struct endpoint *endpoint,
    const struct authority *authority, struct guarded_keys *keys)
{
	const struct key *ca_key = backend_key(authority->backend);

	if (ca_key != NULL)
		add_certifying(&endpoint->policy.profiles, authority, keys);
	guarded_keys_add_replying(keys, authority_identity(authority).key,
	    endpoint->algorithms.digests);
	if (ca_key != NULL)
		guarded_keys_add_opening(keys, ca_key);
}

void
endpoint_guard_add(const struct endpoint *endpoint, struct guarded_keys *keys)
{
	const struct succession *succession = &endpoint->succession;
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(succession, list);

	for (size_t i = 0; i < count; i++)
		add_authority(endpoint, list[i], keys);
	for (size_t i = 0; i < succession->former_count; i++)
		if (succession->formers[i].key != NULL)
			guarded_keys_add_opening(keys,
			    succession->formers[i].key);
}

/* What a device that asks for nothing would get: all that the profile has to
 * give, for as long as it can. */
static enum err
append_sample(const struct authority *authority, const struct profile *profile,
    int64_t now, struct buf *tbs)
{
	const struct certificate *ca = authority_certificate(authority);
	const struct key *key = backend_key(authority->backend);
	/* CN=x, which the profile is not asked about. */
	const struct profile_request request = {
		.subject = BYTES_LITERAL("\x30\x0c\x31\x0a\x30\x08"
					 "\x06\x03\x55\x04\x03\x0c\x01x"),
		.spki = ca->spki,
		.names_are_settled = true,
	};
	struct profile_buffers buffers = { 0 };
	struct certificate_order order;
	enum err err = profile_apply(profile, &request, now, &buffers, &order);

	if (err == ERR_OK) {
		order.serial = BYTES_LITERAL("\1");
		order.issuer = ca->subject;
		order.subject_key_id = buf_bytes(&authority->ca_key_id);
		order.authority_key_id = order.subject_key_id;
		certificate_limit_validity(&order, ca);
		certificate_append_tbs(tbs, &order, key_scheme(key),
		    key_digest(key));
	}
	profile_buffers_clear(&buffers);
	return err;
}

/* The CA's own key serves as the device's: here, and only here, it may. */
static enum err
check_profile(const struct authority *authority, const struct profile *profile,
    int64_t now)
{
	const struct key *key = backend_key(authority->backend);
	struct sign_rule rule = rule_of(authority, profile);
	struct sign_guard guard = { .kinds = SIGN_CERTIFICATE,
		.rules = &rule,
		.rule_count = 1 };
	struct buf tbs = { 0 };
	enum sign_kind kind;
	enum err err;

	if (key == NULL || backend_has_sign_rule(authority->backend))
		return ERR_OK;
	guard.scheme = key_scheme(key);
	guard.digest = key_digest(key);
	err = append_sample(authority, profile, now, &tbs);
	if (err == ERR_OK)
		err = sign_guard_check(&guard, guard.digest, buf_bytes(&tbs),
		    now, &kind);
	buf_clear(&tbs);
	return err;
}

/* Of the CA that issues now: by the same profiles, another's are no different.
 */
enum err
endpoint_guard_check(const struct endpoint *endpoint,
    const struct conf_section *section, int64_t now, struct problems *problems)
{
	const struct authority *authority =
	    succession_authority(&endpoint->succession, now);
	const struct profiles *profiles = &endpoint->policy.profiles;
	enum err result = ERR_OK;

	for (size_t i = 0; i < profiles->count; i++) {
		const struct profile *profile = &profiles->items[i];
		enum err err = check_profile(authority, profile, now);

		if (err == ERR_OK)
			continue;
		conf_problem(profile->section != NULL ? profile->section :
							section,
		    NULL, PROBLEM_ERROR, problems,
		    "no certificate by this profile would ever be signed: %s",
		    err_meaning(err));
		result = ERR_CONFIGURATION;
	}
	return result;
}
