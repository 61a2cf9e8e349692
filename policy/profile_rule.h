/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_PROFILE_RULE_H
#define SCEPD_POLICY_PROFILE_RULE_H

#include "conf/conf.h"
#include "crypto/csr.h"

/*
 * Which requests a profile is for: its section `for`.
 *     for = { template = ("Phone", "1.3.6.1.4.1.311.21.8.7.8"); key = "ec"; };
 * All that is set has to fit, and of each list one.  It is what devices say of
 * themselves: it may choose among what all of them may have, and keeps nobody
 * from anything.
 */
struct profile_rule {
	const struct conf_section *section; /* NULL: there is none */
	struct conf_strings templates;      /* none: whatever the template */
	unsigned key_types; /* 1u << enum key_type, or-ed; 0: of any */
};

/* Reads the section, or sets the rule that fits nothing where it is NULL.
 * ERR_CONFIGURATION. */
CHECKED enum err profile_rule_read(const struct conf_section *section,
    struct profile_rule *rule, struct problems *problems);

/* Whether the profile is for that request; one without a section is for
 * none. */
bool profile_rule_fits(const struct profile_rule *rule, const struct csr *csr);

#endif
