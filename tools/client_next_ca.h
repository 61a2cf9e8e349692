/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_NEXT_CA_H
#define SCEPD_TOOLS_CLIENT_NEXT_CA_H

#include "tools/client_ca.h"

/*
 * Reads the answer to GetNextCACert (RFC 8894 section 4.7): a SignedData by
 * one of those certificates of `ca` that are trusted, whose content is another
 * one, without a signer, with the certificates to come.  Those are trusted
 * then.  To be cleared by client_ca_clear.  ERR_CLIENT_TRUST where the
 * signature is nobody's who is trusted, or the message one of SCEP's own;
 * ERR_BER_*, ERR_DER_*, ERR_SIGNED_*, ERR_DIGEST (broken ones too) and the
 * errors of client_ca_read.
 */
CHECKED enum err client_next_ca_read(const struct provider *provider,
    struct bytes body, const struct client_ca *ca, struct client_ca *next);

#endif
