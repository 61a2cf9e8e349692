/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_NAMES_H
#define SCEPD_POLICY_CHALLENGE_NAMES_H

#include "base/buf.h"
#include "base/problems.h"
#include "conf/conf.h"

/*
 * What a challenge password may be used for is said in the text of names:
 *     CN=router-17.example.org   an attribute of the subject, as RFC 4514
 *                                writes it (name.h)
 *     dns:router-17.example.org  an alternative name; also email:, uri:,
 *                                ip:192.0.2.17, ip:2001:db8::17
 *     other:a00f...              any other, its DER in hexadecimal
 */

/* Texts, each its own buf. */
struct challenge_texts {
	struct buf *items;
	size_t count;
};

/* The names that a request asks for. */
struct challenge_names {
	struct buf subject;                 /* all of it: "CN=router,O=Lab" */
	struct challenge_texts attributes;  /* of it: "CN=router", "O=Lab" */
	struct challenge_texts alternative; /* in the order of their octets,
	                                     * each once */
	bool is_readable; /* else there is nothing in them: they are malformed,
	                   * or larger than any certificate gets */
};

/* Finds the names in a request's subject, a Name, whole, and extensions.  To be
 * cleared by challenge_names_clear. */
void challenge_names_read(struct bytes subject, struct bytes extensions,
    struct challenge_names *names);

void challenge_names_clear(struct challenge_names *names);

/*
 * Whether each name fits one of the patterns, which are such texts, with a
 * pattern (pattern.h) for the name.  None at all: every request fits.  Names
 * that are not readable fit no pattern.  In each there is no fault.
 */
bool challenge_names_fit(const struct challenge_names *names,
    const struct conf_strings *patterns);

/* The same of one pattern, and one such text. */
bool challenge_pattern_fits(const char *pattern, struct bytes text);

/* Why it is none, as words for a finding; NULL where it is one. */
const char *challenge_pattern_fault(const char *pattern);

/* Checks the patterns of the setting `key`. ERR_CONFIGURATION. */
CHECKED enum err challenge_patterns_check(const struct conf_section *section,
    const char *key, const struct conf_strings *patterns,
    struct problems *problems);

#endif
