/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_TEMPLATE_INTERNAL_H
#define SCEPD_POLICY_TEMPLATE_INTERNAL_H

#include "crypto/name.h"
#include "policy/name_kind.h"

/* What template_read.c makes of a text, and template.c uses. */

#define TEMPLATE_MAX_SIZE 1024 /* octets of the text */
#define TEMPLATE_MAX_ATTRIBUTES 16
#define TEMPLATE_MAX_PARTS 8 /* of an attribute's value */
#define TEMPLATE_MAX_INDEX 63

struct template_part {
	bool is_variable;
	struct buf text;       /* as it stands; or the variable, "san.dns[1]" */
	struct name_kind kind; /* of a variable */
	size_t index;          /* the how-manieth, from 0 */
};

struct template_attribute {
	const struct name_type *type;
	struct template_part parts[TEMPLATE_MAX_PARTS];
	size_t count;
};

/* In the order of the text, the most specific first. */
struct template
{
	struct template_attribute attributes[TEMPLATE_MAX_ATTRIBUTES];
	size_t count;
};

/* Reads the text; the result is the caller's, to template_free.  Why it is no
 * template, as words for a finding; or NULL. */
const char *template_parse(const char *text, struct template **template);

#endif
