/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_BOOKS_H
#define SCEPD_SCEP_BOOKS_H

#include "scep/endpoint.h"

/*
 * The books of a CA that keeps any (backend_has_books).  A worker opens no
 * file, so it has its certificates entered there by an errand: the authority's
 * hash, the certificate, and the serial number of the one whose place it takes,
 * if there is one.  The reply is the certificate that was entered.
 */

#define BOOKS_ERRAND 1

/*
 * Has a certificate entered that the authority has signed, in the place of the
 * one that `replaces` names, if that is anything and of the same authority; and
 * appends the one that is to be given away.  What errands_run returns, and backend_enter.
 */
CHECKED enum err books_enter(const struct endpoint *endpoint,
    const struct authority *authority, struct bytes certificate,
    const struct certificate_id *replaces, struct buf *entered);

/* Numbers of a CA that counts them: the authority's hash is asked, and the
 * octets are the reply. */
#define SERIAL_ERRAND 3

/* Has the keeper reserve one, if the authority counts them, and appends it.
 * What errands_run returns, and backend_reserve_serial. */
CHECKED enum err books_reserve_serial(const struct endpoint *endpoint,
    const struct authority *authority, struct buf *serial);

/* What an errand is about. */
struct books_request {
	struct bytes authority; /* its hash */
	struct bytes certificate;
	struct bytes replaces; /* a serial number, or nothing */
};

/* Views `octets`.  ERR_ERRAND_REFUSED where they are too few, or the
 * certificate is no element of DER. */
CHECKED enum err books_read_request(struct bytes octets,
    struct books_request *request);

/*
 * Has the books of all CAs of the endpoint, and the store, learn from each
 * other what others have changed.  What goes wrong is an alarm in the store, or
 * the store's own to log; then nothing is done until a minute has passed, which
 * *retry_at, 0 at first, is for.
 */
void books_update(const struct endpoint *endpoint, int64_t now,
    int64_t *retry_at);

#endif
