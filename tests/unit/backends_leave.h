/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_LEAVE_H
#define SCEPD_TESTS_UNIT_BACKENDS_LEAVE_H

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
	struct conf *enrol;

	put("enrol.conf", "anonymous = true;");
	put("profile.conf", profile);
	enrol = open_well("enrol.conf");
	leave.conf = open_well("profile.conf");
	sections.enrol = conf_root(enrol);
	sections.profile = conf_root(leave.conf);
	assert_int_equal(policy_read(&sections, &leave.policy, problems),
	    ERR_OK);
	leave.policy.algorithms = ALGORITHMS_DEFAULT;
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

#endif
