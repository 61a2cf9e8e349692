/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_CRL_H
#define SCEPD_TOOLS_CLIENT_CRL_H

#include "crypto/crl.h"
#include "tools/client_ca.h"

/*
 * Reads a CRL's DER and verifies that a certificate of `ca` which is trusted
 * has signed it.  The result is the caller's, to crl_free.  ERR_CLIENT_TRUST
 * where not, ERR_CRL_MALFORMED.
 */
CHECKED enum err client_crl_read(const struct provider *provider,
    struct bytes der, const struct client_ca *ca, struct crl **crl);

#endif
