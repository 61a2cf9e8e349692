/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_hash.h"

#include <string.h>

#include "base/hex.h"

/* Digits without a sign or a leading zero, within the bounds. */
static bool
read_iterations(struct bytes text, unsigned *iterations)
{
	unsigned number = 0;

	if (text.size == 0 || text.size > 4 || text.data[0] == '0')
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (unsigned)(text.data[i] - '0');
	}
	*iterations = number;
	return number >= CHALLENGE_ITERATIONS_LEAST &&
	    number <= CHALLENGE_ITERATIONS_MOST;
}

/* Exactly `size` octets, as hex_append writes them. */
static bool
read_octets(struct bytes text, uint8_t *octets, size_t size)
{
	struct buf decoded = { 0 }, again = { 0 };
	bool good = text.size == 2 * size && hex_decode(&decoded, text);

	if (good) {
		hex_append(&again, buf_bytes(&decoded));
		good = bytes_equal(buf_bytes(&again), text);
		memcpy(octets, decoded.data, size);
	}
	buf_clear(&decoded);
	buf_clear(&again);
	return good;
}

bool
challenge_hash_read(struct bytes text, struct challenge_hash *hash)
{
	struct challenge_hash read;

	if (!bytes_equal_string(bytes_cut(&text, ':'), CHALLENGE_HASH_NAME) ||
	    !read_iterations(bytes_cut(&text, ':'), &read.work.iterations) ||
	    !read_octets(bytes_cut(&text, ':'), read.work.salt,
		sizeof(read.work.salt)) ||
	    !read_octets(text, read.value, sizeof(read.value)))
		return false;
	*hash = read;
	return true;
}

void
challenge_hash_append(struct buf *to, const struct challenge_hash *hash)
{
	buf_printf(to, "%s:%u:", CHALLENGE_HASH_NAME, hash->work.iterations);
	hex_append(to, BYTES_ARRAY(hash->work.salt));
	buf_append_octet(to, ':');
	hex_append(to, BYTES_ARRAY(hash->value));
}

bool
challenge_work_is_same(const struct challenge_work *a,
    const struct challenge_work *b)
{
	return a->iterations == b->iterations &&
	    bytes_equal(BYTES_ARRAY(a->salt), BYTES_ARRAY(b->salt));
}

void
challenge_work_do(const struct provider *provider,
    const struct challenge_work *work, struct bytes password,
    uint8_t value[CHALLENGE_HASH_SIZE])
{
	provider_pbkdf2(provider, password, BYTES_ARRAY(work->salt),
	    work->iterations, value);
}
