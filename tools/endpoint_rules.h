/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_ENDPOINT_RULES_H
#define SCEPD_TOOLS_ENDPOINT_RULES_H

#include "policy/enrol.h"

/* Who may enrol at an endpoint, as a configuration has it. */
struct endpoint_rules {
	struct conf *conf;
	const char *path; /* the endpoint's */
	struct enrol_rules enrol;
	struct conf_sections profiles;
};

/*
 * Reads the rules of the endpoint at `path` (NULL: of the only one) from the
 * configuration at `config`, of which all else may be wrong.  To be cleared by
 * endpoint_rules_clear in any case.  ERR_FILE with a line in `problems`.
 */
CHECKED enum err endpoint_rules_read(const char *config, const char *path,
    struct endpoint_rules *rules, struct problems *problems);

/* Whether the endpoint has a profile of that name. */
bool endpoint_rules_have_profile(const struct endpoint_rules *rules,
    const char *name);

/*
 * Whether the endpoint at `path` has a profile of that name.  ERR_FILE with a
 * line in `problems` where it has none; a warning is all where the
 * configuration at `config` can't be read or has no such endpoint.
 */
CHECKED enum err endpoint_rules_check_profile(const char *config,
    const char *path, const char *name, struct problems *problems);

void endpoint_rules_clear(struct endpoint_rules *rules);

#endif
