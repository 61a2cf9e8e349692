/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_AUTHORISATION_H
#define SCEPD_POLICY_AUTHORISATION_H

#include "crypto/certificate.h"

/*
 * The leave to issue one certificate.  Only policy_decide makes one, and a
 * backend issues nothing without one: there is no way around the rules.
 */
struct authorisation;

void authorisation_free(struct authorisation *authorisation);

/*
 * What the certificate shall say: all but serial, issuer and the two key
 * identifiers, which are the backend's to fill in a copy, and a validity that
 * the CA's own may cut short.  Lives as long as the authorisation.
 */
const struct certificate_order *
authorisation_order(const struct authorisation *authorisation);

#endif
