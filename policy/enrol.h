/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_ENROL_H
#define SCEPD_POLICY_ENROL_H

#include "policy/challenge.h"
#include "policy/duplicates.h"
#include "policy/on_behalf.h"

/*
 * The section `enrol` of an endpoint: who gets a first certificate.
 *     enrol = { challenge = ( ... ); approval = "manual"; max_held = 100; };
 *     enrol = { challenge = ( ... ); max_active = 1; duplicates = "hold"; };
 *     enrol = { approval = "hook"; hook = { command = ( "/..." ); }; };
 * An endpoint without any challenge is open to everybody and must say so:
 *     enrol = { anonymous = true; };
 */
struct enrol_rules {
	struct challenges *challenges;
	struct on_behalf *on_behalf;
	bool on_behalf_only;             /* nobody else is authenticated */
	bool manual;                     /* somebody approves each one, */
	const struct conf_section *hook; /* or this program does; or NULL */
	int64_t max_held; /* how many may wait for that; 0: any number */
	struct duplicate_rules duplicates; /* renewals are judged by too */
};

/* Reads the section. To be cleared by enrol_rules_clear, also after
 * ERR_CONFIGURATION, which has lines in `problems`. */
CHECKED enum err enrol_rules_read(const struct conf_section *section,
    struct enrol_rules *rules, struct problems *problems);

void enrol_rules_clear(struct enrol_rules *rules);

#endif
