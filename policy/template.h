/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_TEMPLATE_H
#define SCEPD_POLICY_TEMPLATE_H

#include "base/buf.h"
#include "conf/conf.h"

/*
 * A subject that is made of a request's names, as a setting says:
 *     subject = "CN=${san.dns[0]},OU=${subject.OU},O=Example";
 * Attributes are separated by commas, the most specific first (RFC 4514); a
 * backslash takes away the meaning of what follows: \, \+ \$ \\ and the like.
 * Variables are
 *     ${subject.CN}       an attribute of the subject that is asked for, by its
 *                         short name; the first where there are several
 *     ${subject.OU[1]}    the second
 *     ${san.dns}          an alternative name that the certificate gets: dns,
 *     ${san.dns[1]}       email, uri, ip or upn; and counted likewise
 *
 * It is read once, into attributes and the parts of their values.  What a
 * request says is put into the value of one attribute, and never read for
 * commas and the like.
 */
struct template;

/* Reads the setting `key`; the result is the caller's, to template_free.
 * ERR_CONFIGURATION. */
CHECKED enum err template_read(const struct conf_section *section,
    const char *key, const char *text, struct template **template,
    struct problems *problems);

void template_free(struct template *template);

/* The bits for general_names_filter of the alternative names in it. */
unsigned template_kinds(const struct template *template);

/* One of its attributes. Views. */
struct template_view {
	const char *name; /* "CN" */
	struct bytes oid;
	struct bytes constant; /* its text; nothing: it has variables */
};

/* The attribute with this index, from 0 in the order of the text; false where
 * there is none. */
bool template_attribute(const struct template *template, size_t index,
    struct template_view *view);

/* What the variables are taken from. */
struct template_source {
	struct bytes subject;   /* Name, whole */
	struct bytes alt_names; /* GeneralNames, whole; or nothing */
};

/*
 * Appends the Name.  A value that is one attribute of the request's and nothing
 * else is taken over as it stands, in its string type, but where the type of
 * attribute has a string type of its own; others are written as name_append
 * would.  ERR_SUBJECT, with words appended to `detail`: a variable has no value,
 * or one that is malformed, can't stand where it should, or is longer than
 * SUBJECT_MAX_VALUE.
 */
CHECKED enum err template_apply(const struct template *template,
    const struct template_source *source, struct buf *to, struct buf *detail);

#endif
