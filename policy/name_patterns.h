/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_NAME_PATTERNS_H
#define SCEPD_POLICY_NAME_PATTERNS_H

#include "base/buf.h"
#include "conf/conf.h"
#include "policy/name_kind.h"

/*
 * Which names a certificate may have, a setting that is a list of patterns
 * (pattern.h), each with the kind of name (name_kind.h) that it is for:
 *     names = ( "CN=*.example.org", "O=Example", "serialNumber=*",
 *               "dns:*.example.org", "email:*@example.org",
 *               "ip:192.0.2.0/24", "uri:urn:uuid:*" );
 * Each name has to fit one of them.  Case is ignored but in URIs, and before
 * the "@" of an e-mail address.  An IP address is written out, or is a network,
 * or "*".
 */
struct name_patterns;

/* Reads the setting `key`; the result is the caller's, to name_patterns_free,
 * and views `texts`.  ERR_CONFIGURATION. */
CHECKED enum err name_patterns_read(const struct conf_section *section,
    const char *key, const struct conf_strings *texts,
    struct name_patterns **patterns, struct problems *problems);

/* The same of `count` texts that are no setting's, which must outlive it.  NULL,
 * or why the first that is none is none: then there is nothing to free. */
const char *name_patterns_of(const char *const *texts, size_t count,
    struct name_patterns **patterns);

void name_patterns_free(struct name_patterns *patterns);

/* The bits for general_names_filter of those kinds that there are patterns
 * for. */
unsigned name_patterns_kinds(const struct name_patterns *patterns);

/* Whether there is a pattern for names of this kind. */
bool name_patterns_have(const struct name_patterns *patterns,
    const struct name_kind *kind);

/* Whether an attribute of this type, with this text, UTF-8, fits. */
bool name_patterns_fit_attribute(const struct name_patterns *patterns,
    struct bytes oid, struct bytes text);

/*
 * Whether each attribute of `subject`, a Name, and each of `alt_names`,
 * GeneralNames or nothing, fits; both are well-formed.  ERR_SUBJECT, ERR_SAN:
 * then the name is appended to `detail`.
 */
CHECKED enum err name_patterns_check(const struct name_patterns *patterns,
    struct bytes subject, struct bytes alt_names, struct buf *detail);

#endif
