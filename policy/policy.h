/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_POLICY_H
#define SCEPD_POLICY_POLICY_H

#include "policy/authorisation.h"
#include "policy/enrol.h"
#include "policy/keys.h"
#include "policy/profiles.h"
#include "policy/renewal.h"

/*
 * Who may enrol, and for what: facts in, verdict out.  A pure function of the
 * rules and the facts, which keeps nothing and asks nobody.
 */

#define POLICY_MAX_OWN 8

/* The rules of one endpoint; constant once made. */
struct policy {
	struct enrol_rules enrol;
	struct renewal_rules renewal;
	struct key_rules keys;
	struct profiles profiles;
	struct algorithms algorithms;
	const struct provider *provider;           /* borrowed, */
	const char *endpoint;                      /* and its path */
	struct bytes own_keys[POLICY_MAX_OWN];     /* SPKIs of CAs and RAs */
	struct bytes own_subjects[POLICY_MAX_OWN]; /* and their names */
	size_t own_count;
};

/* The sections of an endpoint that are policy's; NULL or none: not there. */
struct policy_sections {
	const struct conf_section *enrol; /* required */
	const struct conf_section *renew;
	struct conf_sections profile;
	const struct conf_section *keys;
};

/* Reads the sections into `policy`, whose other fields are the caller's. To
 * be cleared by policy_clear, also after ERR_CONFIGURATION. */
CHECKED enum err policy_read(const struct policy_sections *sections,
    struct policy *policy, struct problems *problems);

void policy_clear(struct policy *policy);

/* Whether there is a profile of that name; nothing is that of the default. */
bool policy_has_profile(const struct policy *policy, struct bytes name);

/* What is known of a request for a certificate. Views are borrowed. */
struct facts {
	const struct csr *csr;        /* proof of possession was checked */
	struct renewal_signer signer; /* of the message; proves nothing but
	                               * the possession of its key, unless
	                               * this CA has issued it */
	bool is_renewal_req;          /* message type 17 */
	bool key_is_revoked;          /* a certificate of this key was */
	bool challenge_is_visible;    /* a challenge password stands where
	                               * everybody can read it as well */
	int64_t now;
	/* What is remembered of its password, where that is counted. */
	struct challenge_known challenge;
};

/* What has been decided; all zeroes before. */
struct verdict {
	struct buf detail; /* for the log: what exactly is wrong, where it is
	                    * refused; nothing where the reason says it all */
	/* The leave to issue; NULL: somebody has to look at it first. */
	struct authorisation *authorisation;
	/* What may become it by policy_count; NULL: nothing is to be counted.
	 * Who forgets to count has a request that is held. */
	struct authorisation *uncounted;
	bool is_held;      /* somebody has to look, whatever is counted */
	bool is_duplicate; /* so many others are active that the log says so */
	const char *profile; /* its name, a view into the configuration; NULL:
	                      * that of an endpoint's one without a name */
	/* What the certificate is made of; held_append keeps it where it has
	 * to wait. */
	struct profile_request request;
	bool is_renewal;   /* by the certificate that it is signed with */
	bool replaces;     /* and that is to be revoked when this is issued */
	bool is_on_behalf; /* that is of one who may request for others */
	enum err fallback; /* why it is no renewal, though it could have been
	                    * one; ERR_OK: it could not */
	/* By this request, when it is begun. */
	struct challenge_spent spent;
};

void verdict_clear(struct verdict *verdict);

/*
 * Decides.  The verdict is to be cleared by verdict_clear, whatever it is; its
 * authorisation and request view the facts and the policy, which must outlive
 * it.  Where it is not ERR_OK, but for the detail nothing is in it, and the
 * result is the reason for the refusal, the first that applies:
 *
 * A request that is signed with a certificate of this CA's is a renewal:
 * ERR_RENEWAL_*.  If it can't be one, and was not refused for a revoked
 * certificate, but has a challenge password, it is judged as a first
 * enrolment, for which that certificate counts nothing.  Type 17 that is
 * signed with any other: ERR_RENEWAL_SIGNER.
 *
 * A request of another type that is signed by one who may request for others
 * (on_behalf.h), and for another key than his, is that, and no renewal; no
 * challenge password is looked at.  ERR_BEHALF_REVOKED, ERR_BEHALF_NAMES.
 * Where he may no longer, as he has expired, it is judged as a first enrolment
 * if it has a challenge password, or else ERR_BEHALF_EXPIRED.  Where nobody
 * else may enrol: ERR_BEHALF_SIGNER.
 *
 * ERR_CHALLENGE_*, ERR_SIGNER_KEY, ERR_CSR_DIGEST, ERR_KEY_*, ERR_PUBLIC_KEY,
 * ERR_SUBJECT, ERR_SAN.
 *
 * The certificate is by the profile that its challenge is for, or ERR_PROFILE
 * where there is none of that name; a renewal is by that of the old one, where
 * that is known and still there; all else is by the profile that the request
 * chooses (profiles_choose).
 */
CHECKED enum err policy_decide(const struct policy *policy,
    const struct facts *facts, struct verdict *verdict);

/*
 * Settles a verdict that has an authorisation uncounted: `active` is how many
 * certificates of the names of its order (duplicates.h) are active at this
 * endpoint's CA, policy->enrol.duplicates.max_active of them at most, but for
 * the one that is renewed.  Also for one that is settled, where another request
 * has been faster since they were counted.  ERR_DUPLICATE.
 */
CHECKED enum err policy_count(const struct policy *policy, int64_t active,
    struct verdict *verdict);

/*
 * Makes the leave for a request that was held, and that somebody has approved
 * since: the verdict's authorisation, or its detail where there is none.  `held`
 * is what held_append has made of a verdict's request, and must outlive it, as
 * must the policy, which may have changed.  The certificate is by the profile of
 * the name `profile`, or by the default where that is nothing (size 0).
 * Nothing is counted, and whoever has requested it for another is not looked at
 * again: who has approved it has the last word.
 *
 * ERR_CSR_MALFORMED where `held` is nothing of ours; ERR_PROFILE where no
 * profile has that name, or none any more; ERR_KEY_*, ERR_PUBLIC_KEY,
 * ERR_SUBJECT, ERR_SAN.
 */
CHECKED enum err policy_resume(const struct policy *policy, struct bytes held,
    struct bytes profile, int64_t now, struct verdict *verdict);

#endif
