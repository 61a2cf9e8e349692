/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_NAMES_H
#define SCEPD_POLICY_NAMES_H

#include "base/buf.h"
#include "conf/conf.h"
#include "policy/name_kind.h"

/*
 * What a profile says of names: its settings
 *     subject = "keep";  or a template (template.h)
 *     san = ( "dns", "email" );
 *     names = ( "CN=*.example.org", "dns:*.example.org" );
 *     require = ( "CN", "dns" );
 */
struct name_settings {
	const char *subject;     /* NULL: keep */
	struct conf_strings san; /* preset them to name_settings_default */
	struct conf_strings names;
	struct conf_strings require;
};

extern const struct name_settings name_settings_default;

struct template;
struct name_patterns;

struct name_rules {
	unsigned san;                   /* as general_names_filter takes them */
	struct template *subject;       /* NULL: it is kept */
	struct name_patterns *patterns; /* NULL: every name fits */
	struct name_kind *required;
	size_t required_count;
};

/* Takes the settings of `section`; NULL: none were made.  To be cleared by
 * name_rules_clear, also after ERR_CONFIGURATION. */
CHECKED enum err name_rules_read(const struct conf_section *section,
    const struct name_settings *settings, struct name_rules *rules,
    struct problems *problems);

void name_rules_clear(struct name_rules *rules);

/* The names of a request. */
struct asked_names {
	struct bytes subject;   /* Name, whole */
	struct bytes alt_names; /* GeneralNames, whole; or nothing */
	bool are_settled;       /* not judged anew: a certificate has them */
	bool are_vouched;       /* a challenge is for these and no others */
};

/* Those of a certificate; both empty before. */
struct chosen_names {
	struct buf subject;   /* nothing: that which was asked for */
	struct buf alt_names; /* GeneralNames, whole; or nothing */
};

/*
 * Chooses: the alternative names are those of the listed kinds, a SID only of
 * names that are vouched for; the subject is
 * made of them and of the one that was asked for; all that are required have to
 * be there, and all to fit a pattern.  Of settled names, kinds that could not
 * be listed are left out, and that is all.
 *
 * ERR_SAN, ERR_SUBJECT (also where there is no name at all): then words may be
 * appended to `detail`.
 */
CHECKED enum err name_rules_apply(const struct name_rules *rules,
    const struct asked_names *asked, struct chosen_names *chosen,
    struct buf *detail);

#endif
