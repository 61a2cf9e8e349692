/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <string.h>

#include "policy/challenge_derived.h"
#include "policy/challenge_hash.h"
#include "policy/challenge_terms.h"
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
	static const char *const items[] = { "CN=*.example.org", "dns:*",
		"email:*@*", "other:*" };
	const struct conf_strings patterns = { items, 4 };
	struct challenge_names names;

	challenge_names_read(subject, extensions, &names);
	if (challenge_names_fit(&names, &patterns))
		assert(names.is_readable);
	for (size_t i = 1; i < names.alternative.count; i++)
		assert(bytes_compare(buf_bytes(&names.alternative.items[i - 1]),
			   buf_bytes(&names.alternative.items[i])) < 0);
	challenge_names_clear(&names);
}

/* The octets as a pattern, for a name that is made of them too. */
static void
check_pattern(struct bytes bytes)
{
	struct buf text = { 0 }, name = { 0 };
	struct challenge_names names = { .is_readable = true };
	const char *pattern;
	struct conf_strings patterns;

	buf_append(&text, bytes);
	buf_append(&name, bytes);
	names.attributes = (struct challenge_texts){ &name, 1 };
	pattern = buf_string(&text);
	patterns = (struct conf_strings){ &pattern, 1 };
	if (challenge_pattern_fault(pattern) == NULL) {
		bool fits = challenge_names_fit(&names, &patterns);

		assert(fits || strlen(pattern) != bytes.size);
	}
	buf_clear(&text);
	buf_clear(&name);
}

/* The octets as what a password was minted for, asked for as they are. */
static void
check_terms(struct bytes bytes)
{
	const struct challenge_terms by_subject = { .subject = bytes };
	const struct challenge_terms by_names = { .names = bytes };
	struct bytes rest = bytes;
	struct buf text = { 0 }, line = { 0 };
	struct challenge_names names = { .is_readable = true };
	bool has_nul = memchr(bytes.data, 0, bytes.size) != NULL;

	buf_append(&text, bytes);
	names.subject = text;
	if (challenge_terms_fault(&by_subject) == NULL) {
		bool fits = challenge_terms_fit(&by_subject, &names);

		assert(fits || has_nul);
	}
	buf_append(&line, bytes_cut(&rest, '\n'));
	names.alternative = (struct challenge_texts){ &line, 1 };
	if (challenge_terms_fault(&by_names) == NULL) {
		bool fits = challenge_terms_fit(&by_names, &names);

		assert(fits || has_nul);
	}
	buf_clear(&text);
	buf_clear(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);

	check_hash(bytes);
	check_claim(bytes);
	check_names(bytes, bytes_of(NULL, 0));
	check_names(BYTES_LITERAL("\x30\x00"), bytes);
	check_pattern(bytes);
	if (size > 0)
		check_terms(bytes);
	return 0;
}
