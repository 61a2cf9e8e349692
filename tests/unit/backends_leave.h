/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_LEAVE_H
#define SCEPD_TESTS_UNIT_BACKENDS_LEAVE_H

#include "crypto/sign_guard.h"
#include "policy/policy.h"
#include "tests/unit/backends_fixture.h"

/* A leave to issue what `wanted` says, and what it rests on. */
struct leave {
	struct csr *csr;
	struct policy policy;
	struct conf *conf;
	struct verdict verdict;
};

static inline struct leave
leave_for(const char *profile, struct wanted wanted)
{
	struct problems *problems = problems_new();
	struct leave leave = { .csr = csr_of(wanted) };
	struct policy_sections sections = { 0 };
	struct certificate signer = { .spki = leave.csr->spki };
	struct facts facts = { .csr = leave.csr,
		.signer.certificate = &signer,
		.now = NOW };
	const struct conf_section *root;
	struct conf *enrol;

	put("enrol.conf", "anonymous = true;");
	put("profile.conf", profile);
	enrol = open_well("enrol.conf");
	leave.conf = open_well("profile.conf");
	sections.enrol = conf_root(enrol);
	root = conf_root(leave.conf);
	sections.profile = (struct conf_sections){ &root, 1 };
	assert_int_equal(policy_read(&sections, &leave.policy, problems),
	    ERR_OK);
	leave.policy.algorithms = ALGORITHMS_DEFAULT;
	leave.policy.provider = gnutls();
	leave.policy.endpoint = "/scep";
	assert_int_equal(policy_decide(&leave.policy, &facts, &leave.verdict),
	    ERR_OK);
	conf_free(enrol);
	problems_free(problems);
	return leave;
}

static inline void
leave_clear(struct leave *leave)
{
	verdict_clear(&leave->verdict);
	policy_clear(&leave->policy);
	csr_free(leave->csr);
	conf_free(leave->conf);
}

/* What the CA makes of it, the key's process must be ready to sign. */
static inline void
assert_may_be_signed(const struct backend *backend,
    const struct profile *profile, struct bytes tbs)
{
	const struct certificate *ca = backend_certificate(backend);
	const struct key *key = backend_key(backend);
	struct buf key_id = { 0 };
	struct sign_rule rule = {
		.issuer = ca->subject,
		.ca_not_before = ca->not_before,
		.ca_not_after = ca->not_after,
		.backdate = profile->backdate,
		.life = profile->days * DAY,
		.key_usage = profile->key_usage,
		.purposes = buf_bytes(&profile->extended_key_usage),
	};
	struct sign_guard guard = {
		.scheme = key_scheme(key),
		.digest = key_digest(key),
		.kinds = SIGN_CERTIFICATE,
		.rules = &rule,
		.rule_count = 1,
		.own_keys = &ca->spki,
		.own_count = 1,
	};
	enum sign_kind kind;

	assert_int_equal(certificate_key_id(gnutls(), ca, &key_id), ERR_OK);
	rule.authority_key_id = buf_bytes(&key_id);
	backend_sign_rule(backend, &rule);
	assert_int_equal(sign_guard_check(&guard, guard.digest, tbs, NOW,
			     &kind),
	    ERR_OK);
	assert_int_equal(kind, SIGN_CERTIFICATE);
	buf_clear(&key_id);
}

#endif
