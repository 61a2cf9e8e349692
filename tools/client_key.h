/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_KEY_H
#define SCEPD_TOOLS_CLIENT_KEY_H

#include "base/problems.h"
#include "crypto/credential.h"
#include "crypto/key.h"

/* The private keys of a client, in PEM files that are its owner's alone. */

/* Reads one. ERR_FILE, ERR_KEY_FILE, with a line in `problems`. */
CHECKED enum err client_key_load(const struct provider *provider,
    const char *path, struct key **key, struct problems *problems);

/*
 * Reads the key at `path` or, where no file is there, makes one of the kind
 * `type` (key_types.h; NULL: rsa-2048) and writes it there, before anything is
 * done with it: what is interrupted goes on with the same key.
 * ERR_CONFIGURATION where `type` is unknown, or not what is there;
 * ERR_FILE, ERR_KEY_FILE.
 */
CHECKED enum err client_key_obtain(const struct provider *provider,
    const char *path, const char *type, struct key **key,
    struct problems *problems);

/* Makes a key that is written nowhere, RSA of 2048 bits. ERR_KEY_FILE. */
CHECKED enum err client_key_make(const struct provider *provider,
    struct key **key);

bool client_key_is_rsa(const struct key *key);

/*
 * Makes the certificate that a first request is signed with, by the key itself
 * and for `subject`, as RFC 8894 section 2.3 wants it.  The caller's, to
 * certificate_free.  ERR_SIGN.
 */
CHECKED enum err client_key_certify(const struct provider *provider,
    const struct key *key, struct bytes subject, int64_t now,
    struct certificate **certificate);

#endif
