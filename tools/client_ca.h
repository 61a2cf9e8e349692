/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_CA_H
#define SCEPD_TOOLS_CLIENT_CA_H

#include "base/problems.h"
#include "crypto/certificate.h"

/*
 * The certificates that a server has sent (GetCACert, RFC 8894 section 4.2),
 * and which of them is for what.  That says nothing about trust, which
 * client_trust.h is about.
 */
#define CLIENT_MAX_CERTIFICATES 20

struct client_ca {
	struct certificate *certificates[CLIENT_MAX_CERTIFICATES];
	bool trusted[CLIENT_MAX_CERTIFICATES]; /* client_trust.h */
	size_t count;
	size_t recipient; /* index: whom requests are encrypted for */
	size_t issuer;    /* index: whose certificates devices get; where the
	                   * server has not sent it, the recipient */
};

/*
 * Reads the answer: one certificate, or a degenerate SignedData (BER too) of
 * at most CLIENT_MAX_CERTIFICATES in any order, and finds who is who.  An RA
 * is what is no CA; of CAs, the one below the others issues.  ERR_DER_*,
 * ERR_BER_*, ERR_SIGNED_*, ERR_CERTIFICATE_MALFORMED; ERR_PUBLIC_KEY where
 * none can be encrypted for.  To be cleared by client_ca_clear.
 */
CHECKED enum err client_ca_read(struct bytes body, struct client_ca *ca);

void client_ca_clear(struct client_ca *ca);

/* What the certificate with this index is, for people: "RA", "CA". */
const char *client_ca_role(const struct client_ca *ca, size_t index);

/* Adds warnings about what real devices stumble over: validity at the time
 * `now`, and usages that certificates which serve SCEP should have. */
void client_ca_check(const struct client_ca *ca, int64_t now,
    struct problems *problems);

/* Whether the key of the CA's certificate `by` has signed `certificate`, and
 * the names fit. */
bool client_ca_is_issued_by(const struct provider *provider,
    const struct certificate *certificate, const struct certificate *by);

/* Appends the certificates as PEM blocks, in their order. */
void client_ca_append_pem(struct buf *to, const struct client_ca *ca);

#endif
