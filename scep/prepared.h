/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_PREPARED_H
#define SCEPD_SCEP_PREPARED_H

#include "scep/pki_operation.h"

/* What of a certificate is fixed before it is made, by operation->verdict, which
 * has an authorisation. */

/* What is to be signed, and how it is found again. */
struct prepared {
	struct backend_prepared made;
	struct record_hashes hashes;
	struct certificate_record record;
	struct bytes submit_to; /* or, by which CA itself; see authority.h */
	bool postponed;         /* or not yet */
};

/* Reserves a serial number where the CA counts them, and prepares what is to be
 * signed; to be cleared in any case, and lives as long as the operation.  What
 * books_reserve_serial and backend_prepare return. */
CHECKED enum err prepared_make(struct pki_operation *operation,
    struct prepared *prepared);

void prepared_clear(struct prepared *prepared);

/* Whether its CA makes the certificate itself. */
bool prepared_by_ca(const struct pki_operation *operation);

/* Whether such a CA, which gets the request whole, may have this one.  What
 * whole_check returns. */
CHECKED enum err prepared_check_whole(const struct pki_operation *operation,
    const struct csr *csr);

/* Whether it is a matter of seconds: somebody sits at a prompt of `openssl ca`,
 * or the keeper is started anew.  Clients that poll then get it without doing
 * anything new. */
bool prepared_is_late(enum err err);

#endif
