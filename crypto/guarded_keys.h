/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_GUARDED_KEYS_H
#define SCEPD_CRYPTO_GUARDED_KEYS_H

#include "crypto/key.h"
#include "crypto/key_wire.h"
#include "crypto/sign_guard.h"

/*
 * The keys of a key process, and what each may do for those who ask: the
 * answers to the requests of key_wire.h.  Filled at start; from then on it may
 * be used from several threads at once.
 */
struct guarded_keys;

/* `extra_kinds` (enum sign_kind, or-ed) is what certifying keys sign beside
 * certificates: SIGN_CRL for the keeper, else 0.  The result is the caller's,
 * to guarded_keys_free. */
struct guarded_keys *guarded_keys_new(const struct provider *provider,
    unsigned extra_kinds);

void guarded_keys_free(struct guarded_keys *keys);

/*
 * Lets `key` sign the certificates that `rule`, which is copied, allows; or
 * sign answers with one of `digests` (1u << enum digest, or-ed) and open
 * envelopes; or open envelopes alone.  The key is borrowed.  One that is added
 * again, for another endpoint or purpose, may do what it may by each of them.
 * No key that was added is ever certified by any.
 */
void guarded_keys_add_certifying(struct guarded_keys *keys,
    const struct key *key, const struct sign_rule *rule);
void guarded_keys_add_replying(struct guarded_keys *keys, const struct key *key,
    unsigned digests);
void guarded_keys_add_opening(struct guarded_keys *keys, const struct key *key);

/* A request as it came. */
struct guarded_request {
	struct bytes payload; /* what stands behind the frame's length */
	uint32_t sequence;    /* the number that it must have */
	int64_t now;
};

/* What became of it, for the log. */
struct guarded_report {
	enum err err;
	enum key_wire_operation operation;
	struct bytes key_id;     /* a view into the payload */
	enum sign_kind kind;     /* of what was signed */
	struct bytes serial;     /* of a certificate; a view into the payload */
	uint8_t fingerprint[32]; /* SHA-256 of the whole certificate */
};

/*
 * Does what is asked, or refuses; appends the frame of the reply, and fills
 * the report.  Its `err` is
 *
 * ERR_OK: it is done; the report says what was signed.
 * ERR_KEY_WIRE: no reply; the request is malformed or out of turn, and whoever
 * sent it is not to be answered any more.
 * ERR_KEY_UNKNOWN, ERR_KEY_UNWRAP, ERR_GUARD_*: refused; nothing of ours asks
 * for such a thing.
 * ERR_SIGN: refused, since the key could not sign.
 */
void guarded_keys_answer(const struct guarded_keys *keys,
    const struct guarded_request *request, struct buf *reply,
    struct guarded_report *report);

#endif
