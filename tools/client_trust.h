/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_TRUST_H
#define SCEPD_TOOLS_CLIENT_TRUST_H

#include "tools/client_ca.h"

/*
 * GetCACert is answered without any signature, so what vouches for a CA has to
 * come another way (RFC 8894 section 2.2).
 */
struct client_trust {
	const char *fingerprints; /* SHA-256 in hexadecimal, colons or not,
	                           * divided by commas; or NULL */
	const char *ca_file;      /* certificates in PEM; or NULL */
	/* Where neither of these two is there: */
	const struct certificate *own; /* its CA is trusted; or NULL */
	bool first_use;                /* take what comes */
};

/*
 * Decides which of the certificates are trusted: those that `trust` names,
 * and what they vouch for.  A CA vouches for CAs below it, and for an RA that
 * says of itself that it is one: any other certificate by that CA may be a
 * device's, which could pose as the RA and read challenge passwords.
 *
 * ERR_CLIENT_TRUST where that leaves out whom requests are encrypted for, with
 * a line in `problems` that has the fingerprint to compare; ERR_CONFIGURATION,
 * ERR_FILE, ERR_PEM, ERR_CERTIFICATE_MALFORMED for what `trust` names.
 */
CHECKED enum err client_trust_decide(const struct provider *provider,
    const struct client_trust *trust, struct client_ca *ca,
    struct problems *problems);

/* Appends the certificate's SHA-256 as people compare it, "AB:CD:...". */
void client_trust_append_fingerprint(struct buf *to,
    const struct provider *provider, const struct certificate *certificate);

#endif
