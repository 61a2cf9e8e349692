/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_DERIVED_H
#define SCEPD_POLICY_CHALLENGE_DERIVED_H

#include "crypto/provider.h"
#include "policy/challenge_names.h"

/*
 * A challenge password that whoever has the key can make without asking scepd,
 * for one device and some time:
 *     D1-KEY-EXPIRY-MAC
 * KEY is which key, EXPIRY in seconds since 1970, and MAC the first 16 octets,
 * in capital hexadecimal, of the HMAC-SHA256 under that key of these fields,
 * each as a netstring (its length in octets in decimal, ":", the field, ","):
 *     D1, KEY, EXPIRY, the endpoint's path, the subject, the key's hash or
 *     nothing, and each alternative name, in the order of their octets
 * scepd-challenges(7) says more, and has examples.
 */
#define CHALLENGE_DERIVED_VERSION "D1"
#define CHALLENGE_KEY_ID_SIZE 16 /* characters at most */

/* What one is made for. Views. */
struct challenge_derivation {
	struct bytes key_id;
	struct bytes secret; /* the key */
	const char *endpoint;
	const struct challenge_names *names;
	struct bytes public_key; /* the device's SubjectPublicKeyInfo, whole;
	                          * nothing: it may have any */
	int64_t expires_at;
};

/* Appends it. */
void challenge_derived_append(struct buf *to, const struct provider *provider,
    const struct challenge_derivation *derivation);

/* What one says of itself, which may be a lie. A view. */
struct challenge_claim {
	struct bytes key_id;
	int64_t expires_at;
};

/* Whether `text` has the form of one; *claim is what it says then. */
bool challenge_derived_read(struct bytes text, struct challenge_claim *claim);

/* Whether this can be the id of a key: 1 to CHALLENGE_KEY_ID_SIZE characters
 * A-Z and 0-9. */
bool challenge_key_id_is_good(struct bytes id);

#endif
