/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_POLICY_H
#define SCEPD_POLICY_POLICY_H

#include "policy/authorisation.h"
#include "policy/challenge.h"
#include "policy/keys.h"
#include "policy/profile.h"

/*
 * Who may enrol, and for what: facts in, verdict out.  A pure function of the
 * rules and the facts, which keeps nothing and asks nobody.
 */

#define POLICY_MAX_OWN 4

/* The rules of one endpoint; constant once made. */
struct policy {
	struct challenges *challenges;
	struct key_rules keys;
	struct profile profile;
	struct algorithms algorithms;
	struct bytes own_keys[POLICY_MAX_OWN];     /* SPKIs of CA and RA */
	struct bytes own_subjects[POLICY_MAX_OWN]; /* and their names */
	size_t own_count;
};

/* The sections of an endpoint that are policy's; NULL: not there. */
struct policy_sections {
	const struct conf_section *enrol; /* required */
	const struct conf_section *profile;
	const struct conf_section *keys;
};

/* Reads the sections into `policy`, whose other fields are the caller's. To
 * be cleared by policy_clear, also after ERR_CONFIGURATION. */
CHECKED enum err policy_read(const struct policy_sections *sections,
    struct policy *policy, struct problems *problems);

void policy_clear(struct policy *policy);

/* What is known of a request for a certificate. Views are borrowed. */
struct facts {
	const struct csr *csr;            /* proof of possession was checked */
	const struct certificate *signer; /* of the message; proves nothing
	                                   * but the possession of its key */
	int64_t now;
};

/*
 * Decides.  On ERR_OK *authorisation is the caller's, to authorisation_free;
 * it views the facts and the policy, which must outlive it.  Otherwise the
 * reason for the refusal, the first that applies: ERR_CHALLENGE_MISSING,
 * ERR_CHALLENGE_WRONG, ERR_SIGNER_KEY, ERR_CSR_DIGEST, ERR_KEY_*,
 * ERR_PUBLIC_KEY, ERR_SUBJECT, ERR_SAN.
 */
CHECKED enum err policy_decide(const struct policy *policy,
    const struct facts *facts, struct authorisation **authorisation);

#endif
