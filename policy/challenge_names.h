/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_NAMES_H
#define SCEPD_POLICY_CHALLENGE_NAMES_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * The names that a request asks for, in text:
 *     CN=router-17,O=Example     the subject, as RFC 4514 writes it (name.h)
 *     dns:router-17.example.org  an alternative name; also email:, uri:, upn:,
 *                                ip:192.0.2.17, ip:2001:db8::17
 *     other:a00f...              any other, its DER in hexadecimal
 */

/* Texts, each its own buf. */
struct challenge_texts {
	struct buf *items;
	size_t count;
};

struct challenge_names {
	struct buf subject;
	struct challenge_texts alternative; /* in the order of their octets,
	                                     * each once */
	struct bytes subject_name;          /* Name, whole: a view */
	struct bytes alternative_names;     /* GeneralNames, whole, or nothing:
	                                 * a view */
	bool is_readable; /* else nothing of this is to be looked at: they are
	                   * malformed, or larger than any certificate gets */
};

/* Finds the names in a request's subject, a Name, whole, and extensions, which
 * it views.  To be cleared by challenge_names_clear. */
void challenge_names_read(struct bytes subject, struct bytes extensions,
    struct challenge_names *names);

void challenge_names_clear(struct challenge_names *names);

/* Whether they fit the patterns, each one of them (name_patterns.h); NULL: they
 * do.  Those that are not readable fit none. */
struct name_patterns;
bool challenge_names_fit(const struct challenge_names *names,
    const struct name_patterns *patterns);

#endif
