/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/policy.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/spki.h"
#include "policy/subject.h"

/*
 * Facts in, verdict out.  Nothing here looks at a clock, a file or a client:
 * whatever a rule needs is in the facts, so the same facts have the same
 * verdict, today and in a test.
 */

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

/* All three sections are read even where one fails, so that one start reports
 * all; the first error is what is returned. */
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
 * key that is to be certified, or somebody could put another's request under a
 * signature of his own and have the answer sealed for himself.  macOS signs
 * with another key than the request's; then the challenge has to vouch for it
 * (T26).  Keys are compared, never names: Cisco's differ between the two.
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

/*
 * The signature of the request is checked when it is read; here is what the
 * endpoint thinks of its digest.  A device's certificate for the CA's or RA's
 * own key would give that key a second name.
 */
static enum err
check_key(const struct policy *policy, const struct facts *facts)
{
	struct bytes spki = facts->csr->spki;

	if (!algorithms_have_digest(policy->algorithms,
		facts->csr->algorithm.digest))
		return ERR_CSR_DIGEST;
	for (size_t i = 0; i < policy->own_count; i++)
		if (spki_is_same_key(spki, policy->own_keys[i]))
			return ERR_KEY_OURS;
	return key_rules_check(&policy->keys, spki);
}

static enum err
check_subject(const struct policy *policy, const struct facts *facts)
{
	return subject_check(facts->csr->subject, policy->own_subjects,
	    policy->own_count);
}

/* The rules in the order in which they are asked: who is not authenticated
 * learns nothing of what the others think of his request. */
static enum err (*const rules[])(const struct policy *policy,
    const struct facts *facts) = {
	check_requester,
	check_key,
	check_subject,
};

/* The profile comes last, and has a say too: it may find no name to certify. */
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
