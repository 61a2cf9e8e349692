/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CMS_ENVELOPE_H
#define SCEPD_CRYPTO_CMS_ENVELOPE_H

#include "crypto/certificate.h"

/*
 * CMS EnvelopedData (RFC 5652 section 6) by RSA key transport: opened for one
 * of our certificates, sealed for one of a client's.
 */

#define CMS_MAX_RECIPIENTS 16

/* A certificate of ours and its private key. */
struct cms_identity {
	const struct certificate *certificate;
	const struct key *key;
};

/* All that envelopes to us may be addressed to, the one that clients are
 * told of first. */
#define CMS_MAX_IDENTITIES 8

struct cms_keyring {
	const struct provider *provider;
	struct cms_identity identities[CMS_MAX_IDENTITIES];
	size_t count;
};

/* What could be told of an envelope, also where it could not be opened. */
struct cms_envelope_facts {
	bool has_cipher;
	enum cipher cipher;   /* what the reply is sealed with */
	struct bytes unknown; /* the OID that could not be used, if any */
	struct bytes issuer;  /* whom the first recipient names, if that */
	struct bytes serial;  /* way: for the log of a wrong recipient */
	bool bad_padding;     /* cms_envelope_open_blind: it is noise */
	const struct certificate *opened_with; /* of the keyring; NULL: none
	                                        * fits */
};

/*
 * Opens a ContentInfo with EnvelopedData (or a bare EnvelopedData: T18),
 * after ber_normalise, and appends its content to `content`.  The recipient
 * that names one of the keyring is used; where none does and there is just
 * one, it is tried with the first of them (T16).
 *
 * ERR_ENVELOPE_MISSING, ERR_ENVELOPE_RECIPIENTS, ERR_ENVELOPE_RECIPIENT,
 * ERR_KEY_TRANSPORT, ERR_CIPHER (unknown or not in `allowed`), ERR_DER_*: all
 * told by what anybody can see.  ERR_ENVELOPE_DECRYPT is all that is ever
 * said of what the key made of it.
 *
 * For whoever opens what nobody else watches; a server uses the next one.
 */
CHECKED enum err cms_envelope_open(struct bytes der,
    const struct cms_keyring *keyring, struct algorithms allowed,
    struct cms_envelope_facts *facts, struct buf *content);

/*
 * As cms_envelope_open for a server, whose sender measures how long an answer
 * takes: what the key made of it is handed on in any case, noise too, so that
 * all of it goes the same way from here.  Bad padding stays in the content,
 * whose parser will refuse it, and is told by facts->bad_padding, which must
 * change nothing before the answer is made.  An empty content is no error.
 */
CHECKED enum err cms_envelope_open_blind(struct bytes der,
    const struct cms_keyring *keyring, struct algorithms allowed,
    struct cms_envelope_facts *facts, struct buf *content);

/*
 * Appends a ContentInfo with `content` sealed for the key of `recipient`, as
 * E6 wants it: version 0, one recipient by issuer and serial, PKCS#1 v1.5.
 * ERR_PUBLIC_KEY where that key can't encrypt.
 */
CHECKED enum err cms_envelope_append(struct buf *to,
    const struct provider *provider, const struct certificate *recipient,
    enum cipher cipher, struct bytes content);

#endif
