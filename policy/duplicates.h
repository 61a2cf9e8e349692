/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_DUPLICATES_H
#define SCEPD_POLICY_DUPLICATES_H

#include "conf/conf.h"
#include "crypto/certificate.h"
#include "crypto/provider.h"

/*
 * How many certificates of the same names may be active, which is neither
 * expired nor revoked: the settings `max_active` and `duplicates` of the
 * section `enrol`.
 *     max_active = 1; duplicates = "refuse";
 * One that is renewed does not count against its renewal.  Nothing here makes
 * another certificate give way: that takes its key (`renew.revoke`) or an
 * operator, or whoever has a challenge could have others' revoked.
 */
enum duplicates {
	DUPLICATES_REFUSE,
	DUPLICATES_HOLD, /* somebody has to approve it */
	DUPLICATES_WARN  /* it is issued, and the log says so */
};

struct duplicate_rules {
	int64_t max_active; /* the new one included; 0: any number */
	enum duplicates action;
};

#define DUPLICATES_MAX_ACTIVE 1000

/* The words for them, by their index; NULL at the end. */
extern const char *const duplicates_words[];

/* What the section says of them; `action` an enum duplicates, or -1 where it
 * says nothing.  ERR_CONFIGURATION where that is of no use. */
CHECKED enum err duplicate_rules_set(const struct conf_section *section,
    int64_t max_active, int64_t action, struct duplicate_rules *rules,
    struct problems *problems);

#define DUPLICATES_IDENTITY_SIZE 32 /* SHA-256 */

/*
 * What certificates of the same names have in common, and others don't.  It is
 * of the subject (a Name, whole), as name_equal compares; or, where that is
 * empty, of the set of alternative names (GeneralNames, whole; or nothing),
 * whatever their order and their ASCII case.
 */
void duplicates_identity(const struct provider *provider, struct bytes subject,
    struct bytes alt_names, uint8_t identity[DUPLICATES_IDENTITY_SIZE]);

/* That of a certificate. */
void duplicates_identity_of(const struct provider *provider,
    const struct certificate *certificate,
    uint8_t identity[DUPLICATES_IDENTITY_SIZE]);

/* Whether one more may be issued where `active` others are; *hold says that
 * somebody has to look.  ERR_DUPLICATE. */
CHECKED enum err duplicates_check(const struct duplicate_rules *rules,
    int64_t active, bool *hold);

#endif
