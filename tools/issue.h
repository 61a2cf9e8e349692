/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_ISSUE_H
#define SCEPD_TOOLS_ISSUE_H

#include "crypto/credential.h"
#include "crypto/provider.h"

/*
 * New keys and the certificates of CAs and RAs, in the shapes that SCEP
 * clients accept (rules E12 and E13).
 */
struct issue_order {
	const char *name;         /* common name, UTF-8 */
	const char *organisation; /* or NULL */
	const char *country;      /* two letters, or NULL */
	const struct key_spec *key;
	int64_t now;
	int64_t days; /* how long it is valid; 0: as long as its CA */
};

/* What was made. */
struct issued {
	struct credential credential;
	struct buf key_pem; /* the key's file: a secret */
};

void issued_clear(struct issued *issued);

/*
 * Makes the key and self-signed certificate of a CA.  A CA that
 * `serves_scep` does without an RA: devices encrypt to it, and its key must
 * be RSA.  ERR_KEY_FILE, ERR_STRING (a name that no certificate can hold),
 * ERR_SIGN.  To be cleared by issued_clear.
 */
CHECKED enum err issue_ca(const struct provider *provider,
    const struct issue_order *order, bool serves_scep, struct issued *issued);

/* Makes an RSA key and an RA certificate for it by `ca`, which it does not
 * outlive. The same errors. */
CHECKED enum err issue_ra(const struct provider *provider,
    const struct issue_order *order, const struct credential *ca,
    struct issued *issued);

#endif
