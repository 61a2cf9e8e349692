/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FUZZ_FUZZ_KEY_H
#define SCEPD_TESTS_FUZZ_FUZZ_KEY_H

#include <assert.h>

#include "crypto/key.h"

/*
 * The key of the targets that need one: of an elliptic curve, since that
 * signs fast, and opens every envelope with a key of its own making
 * (key_unwrap), which is all that a target can hope for.
 */
static inline const struct key *
fuzz_key(void)
{
	static const char pem[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCG/b/degocSVcna/\n"
	    "QnkC2GkIbY23nLezhRyONDmETgChRANCAASj+DTfs2BgDM275WeA97uxsfN9nBjh\n"
	    "V8aCgsVpMPyKxRfvK7rndprF6sI2XelTAgaWz9+UNwW9wvQDGh8M8SZc\n"
	    "-----END PRIVATE KEY-----\n";
	static struct key *key;
	const struct provider *provider = provider_find("gnutls");

	assert(provider != NULL);
	if (key == NULL)
		assert(key_load(provider, BYTES_LITERAL(pem), bytes_of(NULL, 0),
			   &key) == ERR_OK);
	return key;
}

#endif
