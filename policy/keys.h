/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_KEYS_H
#define SCEPD_POLICY_KEYS_H

#include "base/buf.h"
#include "conf/conf.h"

/*
 * The section `keys` of an endpoint: which keys a device may have.
 *     keys = { rsa_min = 2048; rsa_max = 8192; rsa_exponent_min = 3;
 *         ec = ("secp256r1", "secp384r1"); };
 */
struct key_rules {
	int64_t rsa_min; /* bits */
	int64_t rsa_max;
	int64_t rsa_exponent_min;
	struct conf_strings curves;
};

/* Reads the section, or sets the defaults of the example above where it is
 * NULL. ERR_CONFIGURATION. */
CHECKED enum err key_rules_read(const struct conf_section *section,
    struct key_rules *rules, struct problems *problems);

/*
 * Whether a device may have this key; where not, what it is is appended to
 * `detail`, for the log.  ERR_KEY_TYPE, ERR_KEY_SIZE, ERR_KEY_EXPONENT,
 * ERR_KEY_WEAK (weak_keys.h), and ERR_PUBLIC_KEY for what spki.h never
 * accepts.
 */
CHECKED enum err key_rules_check(const struct key_rules *rules,
    struct bytes spki, struct buf *detail);

#endif
