/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_ENROL_H
#define SCEPD_TOOLS_ENROL_H

#include "tools/client.h"

/* Enrolment and renewal as a client does them (RFC 8894 section 4.3). */

/* What is asked for, and how. Borrowed. */
struct enrol_order {
	struct bytes subject;          /* Name, whole */
	struct bytes extensions;       /* names.h; or nothing */
	struct bytes challenge;        /* UTF-8; or nothing */
	const struct key *key;         /* that is to be certified */
	const struct certificate *old; /* that is renewed; or NULL */
	struct cms_identity signer;    /* of the messages: the old one's in a
	                                * renewal */
	int64_t interval;              /* seconds from one poll to the next */
	int64_t patience;              /* seconds to wait in all */
};

/*
 * The transactionID, in hexadecimal: always the same for the same key and the
 * same certificate that is renewed (or NULL), so that whoever asks again, in
 * another process too, goes on with what was begun.
 */
void enrol_append_transaction_id(struct buf *to,
    const struct provider *provider, const struct key *key,
    const struct certificate *old);

/*
 * Sends the request, polls while it is pending, and finds the certificate in
 * the answer, which is the caller's, to certificate_free.  The client must be
 * prepared.  Where the certificate is not one of the CA's that the server has
 * sent, a line in its problems warns of it.
 *
 * ERR_CLIENT_PENDING where the patience is over, ERR_CLIENT_REFUSED,
 * ERR_CLIENT_ANSWER (also where the certificate is for another key), and the
 * errors of client_ask.
 */
CHECKED enum err enrol(struct client *client, const struct enrol_order *order,
    struct certificate **certificate);

/* IssuerAndSubject and IssuerAndSerialNumber (RFC 8894 sections 3.3.3 to
 * 3.3.5): what polls and queries are about. */
void enrol_append_issuer_and_subject(struct buf *to, struct bytes issuer,
    struct bytes subject);
void enrol_append_issuer_and_serial(struct buf *to, struct bytes issuer,
    struct bytes serial);

#endif
