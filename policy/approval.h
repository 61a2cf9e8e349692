/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_APPROVAL_H
#define SCEPD_POLICY_APPROVAL_H

#include "conf/conf.h"

/*
 * Who approves a request that is in order: the settings `approval` and `hook`
 * of the sections `enrol` and `renew`, each of which has its own.
 *     approval = "manual";
 *     approval = "hook"; hook = { command = ( "/..." ); };
 */
enum approval {
	APPROVAL_AUTOMATIC, /* nobody has to */
	APPROVAL_MANUAL,    /* somebody */
	APPROVAL_HOOK       /* a program, or somebody */
};

/* The words for them, by their index; NULL at the end. */
extern const char *const approval_words[];

/* Checks that there is a hook where it is asked, and only there: `approval` is
 * an enum approval, and `hook` NULL where `section` has none.
 * ERR_CONFIGURATION. */
CHECKED enum err approval_check(const struct conf_section *section,
    int64_t approval, const struct conf_section *hook,
    struct problems *problems);

#endif
