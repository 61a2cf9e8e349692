/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_INIT_H
#define SCEPD_TOOLS_INIT_H

#include "crypto/certificate.h"
#include "tools/init_order.h"

/*
 * The work of `scepctl init`.  All files are made or none; whatever stands
 * at the name of one is left as it is, and noticed before a key is made.
 * Each gives the certificate that it has made, to certificate_free.
 */

/*
 * Makes the files of a new CA in order->folder: its certificate and key,
 * those of an RA where the order has one, a challenge password, and a
 * configuration of them.  Gives the CA's certificate.  ERR_FILE, ERR_KEY_FILE,
 * ERR_SIGN, ERR_STRING, with a line in `problems`.
 */
CHECKED enum err init_ca(const struct init_order *order,
    const struct provider *provider, int64_t now,
    struct certificate **certificate, struct problems *problems);

/*
 * Makes the certificate and key of an RA for the CA that order->ra_for names,
 * whose files are read and never written.  Gives the RA's certificate.
 * Besides the errors of init_ca: those of credential_load, and
 * ERR_CONFIGURATION where the CA can't issue it: it is none, may not sign,
 * is not valid now, or has the RA's name.
 */
CHECKED enum err init_ra(const struct init_order *order,
    const struct provider *provider, int64_t now,
    struct certificate **certificate, struct problems *problems);

#endif
