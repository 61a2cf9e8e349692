/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/policy.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/name.h"

/* Defined here alone: nobody else can make one. */
struct authorisation {
	struct certificate_order order;
	struct profile_buffers buffers;
};

void
authorisation_free(struct authorisation *authorisation)
{
	if (authorisation == NULL)
		return;
	buf_clear(&authorisation->buffers.subject_alt_name);
	buf_clear(&authorisation->buffers.extended_key_usage);
	free(authorisation);
}

const struct certificate_order *
authorisation_order(const struct authorisation *authorisation)
{
	return &authorisation->order;
}

enum err
policy_read(const struct policy_sections *sections, struct policy *policy,
    struct problems *problems)
{
	enum err enrol = challenges_read(sections->enrol, &policy->challenges,
	    problems);
	enum err profile = profile_read(sections->profile, &policy->profile,
	    problems);
	enum err keys = key_rules_read(sections->keys, &policy->keys, problems);

	if (enrol != ERR_OK)
		return enrol;
	return profile != ERR_OK ? profile : keys;
}

void
policy_clear(struct policy *policy)
{
	challenges_free(policy->challenges);
	profile_clear(&policy->profile);
	*policy = (struct policy){ 0 };
}

/*
 * Who asks: the challenge must fit, and the message must be signed with the
 * key that is to be certified.  macOS signs with another one; then the
 * challenge has to vouch for it (T26).
 */
static enum err
check_requester(const struct policy *policy, const struct facts *facts)
{
	bool vouched;
	enum err err = challenges_check(policy->challenges,
	    buf_bytes(&facts->csr->challenge), &vouched);

	if (err != ERR_OK)
		return err;
	if (!vouched && !bytes_equal(facts->csr->spki, facts->signer->spki))
		return ERR_SIGNER_KEY;
	return ERR_OK;
}

static enum err
check_key(const struct policy *policy, const struct facts *facts)
{
	struct bytes spki = facts->csr->spki;

	if (!algorithms_have_digest(policy->algorithms,
		facts->csr->algorithm.digest))
		return ERR_CSR_DIGEST;
	for (size_t i = 0; i < policy->own_key_count; i++)
		if (bytes_equal(spki, policy->own_keys[i]))
			return ERR_KEY_OURS;
	return key_rules_check(&policy->keys, spki);
}

static enum err
check_subject(const struct policy *policy, const struct facts *facts)
{
	return name_equal(facts->csr->subject, policy->ca_subject) ?
	    ERR_SUBJECT :
	    ERR_OK;
}

/* The rules in the order in which they are asked. */
static enum err (*const rules[])(const struct policy *policy,
    const struct facts *facts) = {
	check_requester,
	check_key,
	check_subject,
};

enum err
policy_decide(const struct policy *policy, const struct facts *facts,
    struct authorisation **authorisation)
{
	struct authorisation *made;
	enum err err;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		err = rules[i](policy, facts);
		if (err != ERR_OK)
			return err;
	}
	made = xalloc(sizeof(*made));
	err = profile_apply(&policy->profile, facts->csr, facts->now,
	    &made->buffers, &made->order);
	if (err != ERR_OK) {
		authorisation_free(made);
		return err;
	}
	*authorisation = made;
	return ERR_OK;
}
