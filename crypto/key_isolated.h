/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_KEY_ISOLATED_H
#define SCEPD_CRYPTO_KEY_ISOLATED_H

#include "crypto/key.h"
#include "crypto/key_channels.h"

/*
 * Makes the key whose public half is `spki` and whose private half the key
 * process at the other end of `channels` has, or else will refuse to use.  The
 * channels are borrowed, and must outlive the key; which is the caller's, to
 * key_free.  ERR_KEY_FILE where the public half is none that spki_read knows.
 *
 * key_sign: ERR_SIGN, with a line in the log, where the key process refuses
 * or is gone.  key_unwrap: as of a local key; random octets where the key
 * process is gone, which fit nothing either.
 */
CHECKED enum err key_isolated_new(struct key_channels *channels,
    const struct provider *provider, struct bytes spki, struct key **key);

#endif
