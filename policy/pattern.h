/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_PATTERN_H
#define SCEPD_POLICY_PATTERN_H

#include "base/bytes.h"
#include "conf/conf.h"

/*
 * Patterns for names, in settings: "*" stands for any characters or none, "?"
 * for any one, everything else for itself.  A pattern is about the whole of a
 * value: what is only a part of it does not fit.  There are no regular
 * expressions: nobody leaves out an anchor or a backslash here, and no value
 * makes the time explode.
 *     "*.example.org"   "router-??"   "*@example.org"
 */

#define PATTERN_MAX 256 /* characters */

/* What may differ in case, of the letters A to Z alone. */
enum pattern_case {
	PATTERN_CASE_COUNTS,  /* nothing */
	PATTERN_CASE_IGNORED, /* everything: hosts, and attributes of subjects
	                       * (RFC 5280 section 7.1) */
	PATTERN_EMAIL         /* what follows the "@", of which pattern and
	                       * value have one each */
};

/* Why `text` is no pattern, as words for a finding; NULL where it is one. */
const char *pattern_fault(const char *text, enum pattern_case letters);

/*
 * Whether the pattern, in which there is no fault, fits all of `value`: UTF-8,
 * or nothing fits it.  The time taken grows with the product of their lengths
 * at most.
 */
bool pattern_matches(const char *text, enum pattern_case letters,
    struct bytes value);

/* The patterns of one setting; any of them may fit. */
bool pattern_list_matches(const struct conf_strings *patterns,
    enum pattern_case letters, struct bytes value);

/* ERR_CONFIGURATION, with a line in `problems` for each that is at fault. */
CHECKED enum err pattern_list_check(const struct conf_section *section,
    const char *key, const struct conf_strings *patterns,
    enum pattern_case letters, struct problems *problems);

#endif
