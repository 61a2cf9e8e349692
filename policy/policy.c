/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/policy.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/oid.h"
#include "crypto/spki.h"
#include "policy/held.h"
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
	profile_buffers_clear(&authorisation->buffers);
	free(authorisation);
}

const struct certificate_order *
authorisation_order(const struct authorisation *authorisation)
{
	return &authorisation->order;
}

void
verdict_clear(struct verdict *verdict)
{
	authorisation_free(verdict->authorisation);
	authorisation_free(verdict->uncounted);
	buf_clear(&verdict->detail);
	*verdict = (struct verdict){ 0 };
}

/* A device knows the subject that it has asked for, and not what was made of
 * that. */
static void
warn_of_renewals(const struct policy *policy, struct problems *problems)
{
	const struct profiles *profiles = &policy->profiles;

	for (size_t i = 0; i < profiles->count; i++)
		if (policy->renewal.names == RENEWAL_NAMES_SAME &&
		    profiles->items[i].names.subject != NULL)
			conf_problem(profiles->items[i].section, "subject",
			    PROBLEM_WARNING, problems,
			    "a device that renews will ask for the subject "
			    "that it knows, and be refused, as it has got "
			    "another; let it: renew = { names = \"keep\"; }");
}

/* Who is let in for certain names can have others by his next certificate. */
static void
warn_of_free_names(const struct policy *policy,
    const struct conf_section *section, struct problems *problems)
{
	const struct challenges *challenges = policy->enrol.challenges;
	bool is_free = policy->renewal.names == RENEWAL_NAMES_PROFILE &&
	    !policy->renewal.challenge && challenges != NULL &&
	    challenges_are_for_names(challenges);

	for (size_t i = 0; is_free && i < policy->profiles.count; i++)
		if (policy->profiles.items[i].names.patterns == NULL) {
			conf_problem(section, "names", PROBLEM_WARNING,
			    problems,
			    "challenge passwords are for certain names here, "
			    "but whoever has a certificate may renew it for "
			    "any; limit them by the profile's \"names\", ask "
			    "for a password by challenge = true, or leave "
			    "\"names\" at \"same\"");
			return;
		}
}

/* An old certificate with a SID can be renewed for all that, so this is no
 * error. */
static void
warn_of_sids(const struct policy *policy, struct problems *problems)
{
	const struct challenges *challenges = policy->enrol.challenges;

	if (challenges == NULL || challenges_are_for_names(challenges))
		return;
	for (size_t i = 0; i < policy->profiles.count; i++) {
		const struct profile *profile = &policy->profiles.items[i];

		if ((profile->names.san & GENERAL_NAMES_SID) != 0)
			conf_problem(profile->section, "san", PROBLEM_WARNING,
			    problems,
			    "whoever enrols with a \"sid\" is refused: it takes "
			    "a challenge for just these names; list one of the "
			    "type \"derived\" or \"one-time\" in \"enrol\", or "
			    "leave \"sid\" out");
	}
}

/* A challenge that nobody asks for, or one that nobody can have. */
static enum err
check_renewals(const struct policy *policy, const struct conf_section *section,
    struct problems *problems)
{
	const struct challenges *challenges = policy->enrol.challenges;

	if (!policy->renewal.challenge || challenges == NULL ||
	    challenges_are_there(challenges))
		return ERR_OK;
	return conf_refuse(section, "challenge", problems,
	    "a renewal can't be asked for a challenge password, as this "
	    "endpoint takes none; list one as \"challenge\" in \"enrol\", or "
	    "leave \"challenge\" out here");
}

static void
warn_of_purposes(const struct policy *policy, const struct profile *profile,
    struct problems *problems)
{
	on_behalf_warn_of_purposes(policy->enrol.on_behalf,
	    buf_bytes(&profile->extended_key_usage), profile->section,
	    problems);
}

/* All sections are read even where one fails, so that one start reports all;
 * the first error is what is returned. */
enum err
policy_read(const struct policy_sections *sections, struct policy *policy,
    struct problems *problems)
{
	enum err errs[] = {
		enrol_rules_read(sections->enrol, &policy->enrol, problems),
		renewal_rules_read(sections->renew, &policy->renewal, problems),
		profiles_read(&sections->profile, &policy->profiles, problems),
		key_rules_read(sections->keys, &policy->keys, problems),
		ERR_OK,
	};

	errs[COUNT(errs) - 1] = check_renewals(policy, sections->renew,
	    problems);
	warn_of_renewals(policy, problems);
	warn_of_free_names(policy, sections->renew, problems);
	warn_of_sids(policy, problems);
	for (size_t i = 0; i < policy->profiles.count; i++)
		warn_of_purposes(policy, &policy->profiles.items[i], problems);
	return err_first(errs, COUNT(errs));
}

void
policy_clear(struct policy *policy)
{
	enrol_rules_clear(&policy->enrol);
	profiles_clear(&policy->profiles);
	*policy = (struct policy){ 0 };
}

bool
policy_has_profile(const struct policy *policy, struct bytes name)
{
	return profiles_find(&policy->profiles, name) != NULL;
}

static enum err
check_challenge(const struct policy *policy, const struct facts *facts,
    struct verdict *verdict, bool *vouches)
{
	const struct challenge_request request = {
		.provider = policy->provider,
		.endpoint = policy->endpoint,
		.now = facts->now,
		.password = buf_bytes(&facts->csr->challenge),
		.subject = facts->csr->subject,
		.extensions = facts->csr->extensions,
		.public_key = facts->csr->spki,
		.is_visible = facts->challenge_is_visible,
		.known = facts->challenge,
	};
	struct challenge_answer answer;
	enum err err = challenges_check(policy->enrol.challenges, &request,
	    &answer);

	verdict->spent = answer.spent;
	verdict->request.names_are_vouched = answer.names_are_exact;
	*vouches = answer.vouches;
	return err;
}

/*
 * Who asks: the challenge must fit, and the message must be signed with the
 * key that is to be certified, or somebody could put another's request under a
 * signature of his own and have the answer sealed for himself.  macOS signs
 * with another key than the request's; then the challenge has to vouch for it
 * (T26).  Keys are compared, never names: Cisco's differ between the two.
 */
static enum err
check_newcomer(const struct policy *policy, const struct facts *facts,
    struct verdict *verdict)
{
	bool vouches;
	enum err err;

	if (policy->enrol.on_behalf_only)
		return ERR_BEHALF_SIGNER;
	err = check_challenge(policy, facts, verdict, &vouches);
	if (err != ERR_OK)
		return err;
	if (!vouches &&
	    !bytes_equal(facts->csr->spki, facts->signer.certificate->spki))
		return ERR_SIGNER_KEY;
	return ERR_OK;
}

/* What has to be right of a renewal besides. */
static enum err
check_owner(const struct policy *policy, const struct facts *facts,
    struct verdict *verdict, bool *hold)
{
	enum err err = renewal_check(&policy->renewal, &facts->signer,
	    facts->csr, facts->now, hold);
	bool vouches;

	if (err == ERR_OK && policy->renewal.challenge)
		err = check_challenge(policy, facts, verdict, &vouches);
	return err;
}

/* Who is listed renews his own certificate by a renewal of that type alone:
 * another request of his for another key is a device's. */
static const struct on_behalf_entry *
find_behalf(const struct policy *policy, const struct facts *facts)
{
	if (facts->is_renewal_req ||
	    spki_is_same_key(facts->csr->spki, facts->signer.certificate->spki))
		return NULL;
	return on_behalf_find(policy->enrol.on_behalf, &facts->signer);
}

/* As with a renewal that is none: whoever has expired may have a password, but
 * who was revoked shall not come back with it. */
static enum err
check_behalf(const struct policy *policy, const struct facts *facts,
    struct verdict *verdict)
{
	enum err err = on_behalf_check(&facts->signer, facts->now);

	verdict->is_on_behalf = err == ERR_OK;
	if (err != ERR_BEHALF_EXPIRED || facts->csr->challenge.size == 0 ||
	    policy->enrol.on_behalf_only)
		return err;
	verdict->fallback = err;
	return check_newcomer(policy, facts, verdict);
}

/*
 * By the certificate alone, whatever the type says (T25).  A renewal that is
 * none may still be a good enrolment: macOS renews by a new challenge and an
 * old signer.  But who has lost a certificate by revocation shall not come back
 * with it.
 */
static enum err
check_requester(const struct policy *policy, const struct facts *facts,
    struct verdict *verdict, bool *hold)
{
	enum err err;

	*hold = policy->enrol.manual;
	if (find_behalf(policy, facts) != NULL)
		return check_behalf(policy, facts, verdict);
	if (!facts->signer.is_issued)
		return facts->is_renewal_req ?
		    ERR_RENEWAL_SIGNER :
		    check_newcomer(policy, facts, verdict);
	err = check_owner(policy, facts, verdict, hold);
	verdict->is_renewal = err == ERR_OK;
	verdict->replaces = err == ERR_OK && policy->renewal.revoke;
	if (err == ERR_OK || err == ERR_RENEWAL_REVOKED ||
	    facts->csr->challenge.size == 0)
		return err;
	verdict->fallback = err;
	*hold = policy->enrol.manual;
	return check_newcomer(policy, facts, verdict);
}

/*
 * The signature of the request is checked when it is read; here is what the
 * endpoint thinks of its digest.
 */
static enum err
check_digest(const struct policy *policy, const struct facts *facts)
{
	return algorithms_have_digest(policy->algorithms,
		   facts->csr->algorithm.digest) ?
	    ERR_OK :
	    ERR_CSR_DIGEST;
}

/* A device's certificate for the CA's or RA's own key would give that key a
 * second name. */
static enum err
check_key(const struct policy *policy, struct bytes spki, struct buf *detail)
{
	for (size_t i = 0; i < policy->own_count; i++)
		if (spki_is_same_key(spki, policy->own_keys[i]))
			return ERR_KEY_OURS;
	return key_rules_check(&policy->keys, spki, detail);
}

/* Names that a certificate has already are not judged anew: rules that have
 * become stricter since would strand those who have it. */
static enum err
check_subject(const struct policy *policy,
    const struct profile_request *request, struct bytes chosen)
{
	return request->names_are_settled ?
	    ERR_OK :
	    subject_check(chosen, policy->own_subjects, policy->own_count);
}

/* What is asked for, but with the old certificate's names in a renewal that
 * keeps them. */
static struct profile_request
request_of(const struct policy *policy, const struct facts *facts,
    const struct verdict *verdict)
{
	const struct certificate *old = facts->signer.certificate;
	struct profile_request request = profile_request_of(facts->csr);

	request.names_are_vouched = verdict->request.names_are_vouched;
	if (!verdict->is_renewal ||
	    policy->renewal.names == RENEWAL_NAMES_PROFILE)
		return request;
	request.subject = old->subject;
	request.alt_names = bytes_of(NULL, 0);
	request.names_are_settled = true;
	(void)extensions_find(old->extensions, OID_SUBJECT_ALT_NAME,
	    &request.alt_names);
	return request;
}

/* The only one that its challenge is for, where that was accepted: a password
 * that nobody has looked at says nothing.  Else, whoever renews has what he had
 * before, whatever his request says of itself now.  NULL: there is none of the
 * challenge's name. */
static const struct profile *
choose_profile(const struct policy *policy, const struct facts *facts,
    const struct verdict *verdict)
{
	const struct profiles *profiles = &policy->profiles;
	const struct profile *found = NULL;

	if (verdict->spent.is_spent && verdict->spent.minted &&
	    facts->challenge.profile.size > 0)
		return profiles_find(profiles, facts->challenge.profile);
	if (verdict->is_renewal && facts->signer.profile[0] != '\0')
		found = profiles_find(profiles,
		    bytes_of_string(facts->signer.profile));
	return found != NULL ? found : profiles_choose(profiles, facts->csr);
}

/* The profile comes last, and has a say too: it may find no name to certify.
 * Fills in the authorisation, or else the detail. */
static enum err
authorise(const struct policy *policy, const struct profile *profile,
    const struct profile_request *request, int64_t now, struct verdict *verdict)
{
	struct authorisation *made;
	enum err err = check_key(policy, request->spki, &verdict->detail);

	if (err != ERR_OK)
		return err;
	made = xalloc(sizeof(*made));
	err = profile_apply(profile, request, now, &made->buffers,
	    &made->order);
	if (err == ERR_OK)
		err = check_subject(policy, request, made->order.subject);
	buf_append(&verdict->detail, buf_bytes(&made->buffers.detail));
	if (err == ERR_OK)
		verdict->authorisation = made;
	else
		authorisation_free(made);
	return err;
}

/* Those that the certificate would have: whatever else was asked for is of no
 * consequence. */
static enum err
check_behalf_names(const struct policy *policy, const struct facts *facts,
    struct verdict *verdict)
{
	const struct certificate_order *order = &verdict->authorisation->order;

	return on_behalf_check_names(find_behalf(policy, facts), order->subject,
	    order->subject_alt_name, &verdict->detail);
}

/* Makes an authorisation of what was not counted, unless somebody has to look
 * first. */
static void
settle(struct verdict *verdict, bool hold)
{
	if (verdict->uncounted != NULL) {
		verdict->authorisation = verdict->uncounted;
		verdict->uncounted = NULL;
	}
	if (!hold && !verdict->is_held)
		return;
	authorisation_free(verdict->authorisation);
	verdict->authorisation = NULL;
}

/* Who is not authenticated learns nothing of what the other rules think of
 * the request.  One that is held has passed all of them. */
enum err
policy_decide(const struct policy *policy, const struct facts *facts,
    struct verdict *verdict)
{
	const struct profile *profile;
	struct verdict made = { 0 };
	bool hold;
	enum err err = check_requester(policy, facts, &made, &hold);

	if (err == ERR_OK && facts->key_is_revoked)
		err = ERR_KEY_REVOKED;
	if (err == ERR_OK)
		err = check_digest(policy, facts);
	verdict->fallback = made.fallback;
	if (err != ERR_OK)
		return err;
	profile = choose_profile(policy, facts, &made);
	if (profile == NULL)
		return ERR_PROFILE;
	made.profile = profile->name;
	made.request = request_of(policy, facts, &made);
	err = authorise(policy, profile, &made.request, facts->now, &made);
	if (err == ERR_OK && made.is_on_behalf)
		err = check_behalf_names(policy, facts, &made);
	if (err != ERR_OK) {
		authorisation_free(made.authorisation);
		verdict->detail = made.detail;
		return err;
	}
	made.is_held = hold;
	made.uncounted = made.authorisation;
	made.authorisation = NULL;
	if (policy->enrol.duplicates.max_active == 0)
		settle(&made, false);
	*verdict = made;
	return ERR_OK;
}

enum err
policy_count(const struct policy *policy, int64_t active,
    struct verdict *verdict)
{
	const struct duplicate_rules *rules = &policy->enrol.duplicates;
	bool hold = false;
	enum err err = duplicates_check(rules, active, &hold);

	if (err != ERR_OK)
		return err;
	verdict->is_duplicate = active >= rules->max_active;
	settle(verdict, hold);
	return ERR_OK;
}

enum err
policy_resume(const struct policy *policy, struct bytes held,
    struct bytes profile, int64_t now, struct verdict *verdict)
{
	const struct profile *chosen = profiles_find(&policy->profiles,
	    profile);
	struct profile_request request;
	enum err err = held_read(held, &request);

	if (err != ERR_OK)
		return err;
	return chosen != NULL ?
	    authorise(policy, chosen, &request, now, verdict) :
	    ERR_PROFILE;
}
