/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_CRL_H
#define SCEPD_TOOLS_CLIENT_CRL_H

#include "tools/client_ca.h"

/* A CRL (RFC 5280 section 5.1) as far as it is shown. Views into its DER. */
struct client_crl {
	struct bytes issuer; /* Name, whole */
	int64_t this_update; /* seconds since 1970 */
	int64_t next_update; /* 0: none */
};

/*
 * Reads a CRL's DER and verifies that a certificate of `ca` which is trusted
 * has signed it.  ERR_CLIENT_TRUST where not, ERR_DER_*.
 */
CHECKED enum err client_crl_read(const struct provider *provider,
    struct bytes der, const struct client_ca *ca, struct client_crl *crl);

#endif
