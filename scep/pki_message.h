/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_PKI_MESSAGE_H
#define SCEPD_SCEP_PKI_MESSAGE_H

#include "crypto/cms_envelope.h"
#include "crypto/cms_signed.h"

/*
 * pkiMessage (RFC 8894 section 3.2), requests: opened by the server, made by
 * clients and tests.
 */

#define TRANSACTION_ID_LIMIT 256
#define SENDER_NONCE_LIMIT 64

/* RFC 8894 section 3.2.1.2: the types that have a name.  Only rows of the
 * table in scep/pki_operation.c are served. */
enum message_type {
	MESSAGE_TYPE_CERT_REP = 3,
	MESSAGE_TYPE_RENEWAL_REQ = 17,
	MESSAGE_TYPE_PKCS_REQ = 19,
	MESSAGE_TYPE_CERT_POLL = 20,
	MESSAGE_TYPE_GET_CERT = 21,
	MESSAGE_TYPE_GET_CRL = 22
};

/*
 * What an answer needs to know of a request, filled as far as it could be
 * read, also where the request was then refused.  Owns what it holds.
 */
struct pki_header {
	struct buf transaction_id; /* empty: none, and no CertRep can be made */
	uint8_t transaction_id_tag; /* the string type it came in */
	struct buf sender_nonce;    /* empty: none was sent */
	bool has_random_nonce;      /* an attribute that cryptlib alone sends */
	bool has_challenge;      /* a challengePassword, outside the envelope */
	struct buf message_type; /* as sent, for the log */
	bool has_digest;
	enum digest digest; /* what the message is signed with */
	bool has_cipher;
	enum cipher cipher;         /* what it is enveloped with */
	struct certificate *signer; /* or NULL; certifies nothing by itself */
	struct buf detail;          /* for the log: what was wrong, or empty */
	struct buf recipient;       /* for the log: whom the envelope names */
	const struct certificate *recipient_certificate; /* of the keyring:
	                             * whose key opened it, or NULL */
	bool bad_padding; /* what it held is noise: to be told to
	                             * nobody before the answer is made */
};

void pki_header_clear(struct pki_header *header);

/*
 * A request that has been verified and decrypted: there is no other way to
 * get one than pki_message_open.
 */
struct pki_request;

/* What an endpoint opens messages with. */
struct pki_rules {
	const struct cms_keyring *keyring;
	struct algorithms allowed;
	bool (*is_served)(enum message_type type);
};

/*
 * Opens a pkiMessage as a client sent it, BER and all: signature verified,
 * messageType one that is served, envelope opened with the keyring.  `header`
 * is filled as far as possible, whatever comes of it; on ERR_OK *request is
 * the caller's, to pki_request_free.
 *
 * The message type is looked at before the envelope, so that no private key
 * works for a type that nobody serves.
 */
CHECKED enum err pki_message_open(struct bytes message,
    const struct pki_rules *rules, struct pki_header *header,
    struct pki_request **request);

void pki_request_free(struct pki_request *request);

enum message_type pki_request_type(const struct pki_request *request);

/* What the envelope held: the messageData. */
struct bytes pki_request_data(const struct pki_request *request);

/* The certificate that the request is signed with; lives as long as the
 * header that was filled with it. */
const struct certificate *pki_request_signer(const struct pki_request *request);

/* A request to be made. */
struct pki_message_order {
	const char *message_type; /* "19": as text, so that tests may lie */
	struct bytes transaction_id;
	struct bytes sender_nonce;
	struct bytes message_data;
	enum digest digest;
	enum cipher cipher;
	const struct certificate *signer;
	const struct key *signer_key;
	const struct certificate *recipient; /* the CA's or RA's */
	int64_t signing_time;
};

/* Appends the pkiMessage. ERR_SIGN, ERR_PUBLIC_KEY. */
CHECKED enum err pki_message_append(struct buf *to,
    const struct provider *provider, const struct pki_message_order *order);

#endif
