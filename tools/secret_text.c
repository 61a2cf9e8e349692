/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/secret_text.h"

#define GROUP 4

/* Neither I and 1 nor O and 0. The letters come first. */
static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/* The alphabet has 32 characters and its first 16 are letters, so the low bits
 * of an octet choose each with the same chance. */
void
secret_text_append(struct buf *to, const struct provider *provider,
    size_t length)
{
	for (size_t i = 0; i < length; i++) {
		uint8_t random;

		provider_random(provider, &random, 1);
		random &= i == 0 ? 15 : 31;
		if (i > 0 && i % GROUP == 0)
			buf_append_octet(to, '-');
		buf_append_octet(to, (uint8_t)alphabet[random]);
		bytes_wipe(&random, sizeof(random));
	}
}
