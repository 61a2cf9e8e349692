/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FAKES_LAB_CLIENT_H
#define SCEPD_TESTS_FAKES_LAB_CLIENT_H

#include "crypto/csr.h"
#include "tests/fakes/lab.h"

/* A device in the laboratory: its key, and what it signs its messages with. */
struct lab_client {
	struct key *key;
	struct certificate *certificate;
};

/* The device of tests/vectors/NAME: its key and its message's signer. */
struct lab_client lab_client_recorded(const struct lab *lab, const char *name);

/* A new one with the key of a vector and a self-signed certificate. */
struct lab_client lab_client_new(const struct lab *lab, const char *key);

void lab_client_clear(struct lab_client *client);

/* What a device asks for; lab_request_by says what is usual. */
struct lab_request {
	const struct lab_client *client; /* who signs the message */
	const struct key *key;           /* whose certificate is asked for */
	struct bytes subject;            /* Name, whole */
	struct bytes challenge;
	struct bytes extensions;
	struct bytes data; /* instead of a PKCS#10 request */
	const char *message_type;
	struct bytes transaction_id;
	struct bytes sender_nonce;
	const struct certificate *recipient;
	enum digest digest;
	enum cipher cipher;
};

/* A first enrolment with the right challenge, for CN=device. */
struct lab_request lab_request_by(const struct lab *lab,
    const struct lab_client *client);

/* The PKCS#10 request, and the whole pkiMessage; the caller's, to buf_clear.
 */
struct buf lab_request_csr(const struct lab_request *request);
struct buf lab_request_message(const struct lab *lab,
    const struct lab_request *request);

/* The pkiMessage with these signed attributes instead of SCEP's own. */
struct buf lab_request_with(const struct lab *lab,
    const struct lab_request *request, const struct cms_attribute *attributes,
    size_t count);

/* Reads an answer that `signer` must have made. */
enum err lab_client_read(const struct lab *lab, const struct lab_client *client,
    const struct certificate *signer, struct bytes reply,
    struct cert_rep *cert_rep);

/* The one certificate of a SUCCESS. */
struct certificate *lab_client_certificate(const struct cert_rep *cert_rep);

#endif
