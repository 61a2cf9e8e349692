/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_POLICY_CHALLENGES_H
#define SCEPD_TESTS_UNIT_POLICY_CHALLENGES_H

/*
 * What the tests of challenge passwords share: the settings of an endpoint,
 * and who asks with which password for which names.
 */
#include "policy/enrol.h"
#include "tests/unit/policy_requests.h"

/* By way of the section that they stand in. */
static inline enum err
read_challenges(const struct conf_section *section,
    struct challenges **challenges, struct problems *problems)
{
	struct enrol_rules rules = { 0 };
	enum err err = enrol_rules_read(section, &rules, problems);

	on_behalf_free(rules.on_behalf);
	*challenges = rules.challenges;
	return err;
}

/* The section `enrol` with these settings, which must be taken; both are the
 * caller's. */
static inline struct challenges *
challenges_of(const char *settings, struct conf **conf)
{
	struct problems *problems = problems_new();
	struct challenges *challenges = NULL;

	put("a.conf", settings);
	*conf = open_well("a.conf");
	if (read_challenges(conf_root(*conf), &challenges, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return challenges;
}

/* The one line that the section's settings lead to. */
static inline void
assert_found(const char *settings, enum err expected, const char *finding)
{
	struct problems *problems = problems_new();
	struct challenges *challenges = NULL;
	struct conf *conf;

	put("a.conf", settings);
	conf = open_well("a.conf");
	assert_int_equal(read_challenges(conf_root(conf), &challenges,
			     problems),
	    expected);
	if (strstr(problems_text(problems), finding) == NULL)
		fail_msg("want %s: %s", finding, problems_text(problems));
	challenges_free(challenges);
	problems_free(problems);
	conf_free(conf);
}

/* Who asks; what is NULL is a device with a common name and no other. */
struct asking {
	const char *subject;      /* in the notation of crypto_codec.h */
	const char *alternatives; /* GeneralNames, in a row */
	struct bytes password;
	const char *endpoint;   /* NULL: "/scep" */
	const char *public_key; /* NULL: "key"; any octets will do */
	int64_t after;          /* seconds after NOW */
	bool is_visible;
	struct challenge_known known;
};

static inline enum err
ask(const struct challenges *challenges, const struct asking *asking,
    struct challenge_answer *answer)
{
	struct buf subject = asn1(asking->subject != NULL ? asking->subject :
							    NAME_DEVICE);
	struct buf names =
	    asn1(asking->alternatives != NULL ? asking->alternatives : "");
	struct bytes parts[] = { buf_bytes(&names) };
	struct buf extensions = asn1_of("30{" SAN("$0") "}", parts);
	const struct challenge_request request = {
		.provider = gnutls(),
		.endpoint = asking->endpoint != NULL ? asking->endpoint :
						       "/scep",
		.now = NOW + asking->after,
		.password = asking->password,
		.is_visible = asking->is_visible,
		.known = asking->known,
		.public_key = bytes_of_string(asking->public_key != NULL ?
			asking->public_key :
			"key"),
		.subject = buf_bytes(&subject),
		.extensions = asking->alternatives != NULL ?
		    buf_bytes(&extensions) :
		    bytes_of_string(NULL),
	};
	enum err err = challenges_check(challenges, &request, answer);

	buf_clear(&subject);
	buf_clear(&names);
	buf_clear(&extensions);
	return err;
}

#endif
