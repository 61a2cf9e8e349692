/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_WHOLE_H
#define SCEPD_POLICY_WHOLE_H

#include "crypto/certificate.h"
#include "crypto/csr.h"

/*
 * A request that goes to its CA whole.  A CA that makes certificates itself
 * gets the request as the device has signed it, and nothing can be left out of
 * that or put in its place, as is done for other CAs: so what would have been
 * is refused.
 *
 * `order` is what policy has granted for the request, and `part` what of the
 * request gets into the certificate, besides its key.
 *
 * ERR_SUBJECT  the certificate was to have another subject
 * ERR_SAN      it was not to have all of the alternative names
 * ERR_CSR_EXTENSION  one of another extension
 */
enum whole_part {
	WHOLE_SUBJECT,
	WHOLE_NAMES,     /* and alternative names */
	WHOLE_EXTENSIONS /* and all other extensions */
};

CHECKED enum err whole_check(const struct certificate_order *order,
    const struct csr *csr, enum whole_part part);

#endif
