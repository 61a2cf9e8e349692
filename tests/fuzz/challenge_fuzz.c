/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <string.h>

#include "policy/challenge_derived.h"
#include "policy/challenge_hash.h"
#include "policy/challenge_terms.h"
#include "policy/name_patterns.h"
#include "tests/fuzz/fuzz.h"

/*
 * What a stranger sends for a challenge password, and what it is judged by: the
 * claims of a derived one, a hash that stands in a configuration, the names of a
 * request, and what a password is for.
 */

static void
check_hash(struct bytes bytes)
{
	struct challenge_hash hash;
	struct buf again = { 0 };

	if (!challenge_hash_read(bytes, &hash))
		return;
	assert(hash.work.iterations >= CHALLENGE_ITERATIONS_LEAST);
	assert(hash.work.iterations <= CHALLENGE_ITERATIONS_MOST);
	challenge_hash_append(&again, &hash);
	assert(bytes_equal(buf_bytes(&again), bytes));
	buf_clear(&again);
}

/* What has the form is made again but for its MAC, which is this key's. */
static void
check_claim(struct bytes bytes)
{
	const struct challenge_names none = { .is_readable = true };
	struct challenge_claim claim;
	struct challenge_derivation derivation = {
		.secret = BYTES_LITERAL("secret"),
		.endpoint = "/scep",
		.names = &none,
	};
	struct buf again = { 0 };
	size_t compared;

	if (!challenge_derived_read(bytes, &claim))
		return;
	derivation.key_id = claim.key_id;
	derivation.expires_at = claim.expires_at;
	challenge_derived_append(&again, provider_find("gnutls"), &derivation);
	assert(again.size == bytes.size);
	compared = bytes.size - 32;
	assert(bytes_equal(bytes_of(again.data, compared),
	    bytes_of(bytes.data, compared)));
	buf_clear(&again);
}

/* The alternative names are a set. */
static void
check_names(struct bytes subject, struct bytes extensions)
{
	static const char *const texts[] = { "CN=*.example.org", "dns:*",
		"email:*@*", "ip:192.0.2.0/24" };
	struct name_patterns *patterns = NULL;
	const char *fault = name_patterns_of(texts, 4, &patterns);
	struct challenge_names names;

	assert(fault == NULL);
	challenge_names_read(subject, extensions, &names);
	if (challenge_names_fit(&names, patterns))
		assert(names.is_readable);
	for (size_t i = 1; i < names.alternative.count; i++)
		assert(bytes_compare(buf_bytes(&names.alternative.items[i - 1]),
			   buf_bytes(&names.alternative.items[i])) < 0);
	challenge_names_clear(&names);
	name_patterns_free(patterns);
}

/* The octets as what a password was minted for, with the same as a subject, and
 * without alternative names. */
static void
check_terms(struct bytes bytes)
{
	const struct challenge_terms by_subject = { .subject = bytes };
	const struct challenge_terms by_names = { .names = bytes };
	struct challenge_names names = { .is_readable = true };
	bool has_nul = memchr(bytes.data, 0, bytes.size) != NULL;

	buf_append(&names.subject, bytes);
	if (challenge_terms_fault(&by_subject) == NULL) {
		bool fits = challenge_terms_fit(&by_subject, &names);

		assert(fits || has_nul);
	}
	if (challenge_terms_fault(&by_names) == NULL) {
		bool fits = challenge_terms_fit(&by_names, &names);

		assert(fits);
	}
	buf_clear(&names.subject);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);

	check_hash(bytes);
	check_claim(bytes);
	check_names(bytes, bytes_of(NULL, 0));
	check_names(BYTES_LITERAL("\x30\x00"), bytes);
	if (size > 0)
		check_terms(bytes);
	return 0;
}
