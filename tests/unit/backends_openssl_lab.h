/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_LAB_H
#define SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_LAB_H

#include "backends/openssl_extensions.h"
#include "backends/openssl_list.h"
#include "backends/openssl_policy.h"
#include "crypto/csr.h"
#include "tests/unit/policy_requests.h"

/* What the tests of the OpenSSL CA share: a CA of tests/vectors/openssl-ca with
 * a configuration, the plan and the policy in it. */

#define CA_FOLDER "openssl-ca/"

struct openssl_lab {
	struct certificate *ca;
	struct openssl_conf *conf;
	struct openssl_settings settings;
	struct openssl_extensions *plan;
	struct openssl_policy *policy;
	struct problems *problems;
};

/* To be cleared by lab_clear. */
static inline struct openssl_lab
lab_of(const char *path, const char *ca)
{
	struct openssl_lab lab = {
		.ca = certificate_vector(ca),
		.settings.email_in_dn = true,
		.problems = problems_new(),
	};

	if (openssl_conf_open(path, NULL, &lab.conf, lab.problems) != ERR_OK)
		fail_msg("%s", problems_text(lab.problems));
	return lab;
}

/* With the configuration in a.cnf, which is `head` and then these lines. */
static inline struct openssl_lab
lab_of_text(const char *head, const char *lines, const char *ca)
{
	char *text = xasprintf("%s%s\n", head, lines);
	struct openssl_lab lab;

	put("a.cnf", text);
	lab = lab_of("a.cnf", ca);
	free(text);
	return lab;
}

static inline void
lab_clear(struct openssl_lab *lab)
{
	openssl_extensions_free(lab->plan);
	openssl_policy_free(lab->policy);
	openssl_conf_free(lab->conf);
	certificate_free(lab->ca);
	problems_free(lab->problems);
}

static inline enum err
lab_read_plan(struct openssl_lab *lab, const char *section)
{
	struct openssl_extensions_source source = { lab->conf, section,
		&lab->settings, lab->ca };

	return openssl_extensions_read(&source, &lab->plan, lab->problems);
}

static inline enum err
lab_read_policy(struct openssl_lab *lab, const char *section)
{
	lab->settings.policy = openssl_conf_find(lab->conf, section, "policy");
	assert_non_null(lab->settings.policy);
	return openssl_policy_read(lab->conf, &lab->settings, lab->ca,
	    &lab->policy, lab->problems);
}

#endif
