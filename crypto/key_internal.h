/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_KEY_INTERNAL_H
#define SCEPD_CRYPTO_KEY_INTERNAL_H

#include "crypto/key.h"

/*
 * What an implementation fills in: one const struct at the end of its file,
 * every slot filled.  `state` is what it gave to key_new.  sign and unwrap are
 * called from several threads at once, also with one key.
 */
struct key_ops {
	/* Appends the signature of the whole message, which is digested where
	 * the key is. Answers ERR_OK or ERR_SIGN. */
	enum err (*sign)(const void *state, enum digest digest,
	    struct bytes message, struct buf *signature);

	/* Fills the `size` octets at `content_key` (1 to CIPHER_MAX_KEY_SIZE)
	 * whatever `encrypted` is; key_unwrap says with what. */
	void (*unwrap)(const void *state, struct bytes encrypted,
	    uint8_t *content_key, size_t size);

	/* Once, at the end: wipes and frees the state. */
	void (*free)(void *state);
};

/*
 * Makes the key whose public half is `spki`, which is copied.  `state` is
 * taken over, also where it fails.  ERR_KEY_FILE where the public half is
 * none that spki_read knows.
 */
CHECKED enum err key_new(const struct key_ops *ops, void *state,
    struct bytes spki, struct key **key);

#endif
