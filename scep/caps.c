/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/caps.h"

#include <stdlib.h>
#include <string.h>

#include "scep/pki_operation.h"

/*
 * GetCACaps is not authenticated, so whoever sits on the wire can take words
 * away; but what is not accepted is refused whatever was announced (RFC 8894
 * section 7.5).  The words are made from the tables that the server itself
 * obeys, so that none of them promises what is not there.
 *
 * Each is there by itself although SCEPStandard implies some: iOS does not
 * know that word, and sscep and certmonger fall back to DES or MD5 where they
 * miss theirs (E11).
 */

#define MAX_WORDS (DIGEST_COUNT + CIPHER_COUNT + 32)

struct words {
	const char *items[MAX_WORDS];
	size_t count;
};

/* A digest, a cipher or a message type without a word is simply there. */
static void
add(struct words *words, const char *word)
{
	if (word != NULL && words->count < MAX_WORDS)
		words->items[words->count++] = word;
}

/* RFC 8894 section 2.9 and 3.5.2: what SCEPStandard promises. */
static bool
is_standard(struct algorithms algorithms)
{
	return algorithms_have_cipher(algorithms, CIPHER_AES128_CBC) &&
	    algorithms_have_digest(algorithms, DIGEST_SHA256);
}

/* In a fixed order, so that answers can be compared by people and caches. */
static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
caps_append(struct buf *to, struct algorithms algorithms, bool has_next)
{
	struct words words = { 0 };

	for (unsigned i = 0; i < CIPHER_COUNT; i++)
		if (algorithms_have_cipher(algorithms, (enum cipher)i))
			add(&words, cipher_facts((enum cipher)i)->capability);
	for (unsigned i = 0; i < DIGEST_COUNT; i++)
		if (algorithms_have_digest(algorithms, (enum digest)i))
			add(&words, digest_facts((enum digest)i)->capability);
	for (size_t i = 0; pki_operation_rows[i].handle != NULL; i++)
		add(&words, pki_operation_rows[i].capability);
	add(&words, "POSTPKIOperation");
	if (has_next)
		add(&words, "GetNextCACert");
	if (is_standard(algorithms))
		add(&words, "SCEPStandard");
	qsort(words.items, words.count, sizeof(words.items[0]), compare);
	for (size_t i = 0; i < words.count; i++)
		/*
		 * LF and not CR LF, which a Ruby client splits badly; and no
		 * empty line, which strongSwan 5.9.8 takes for every word
		 * there is (E11).
		 */
		buf_printf(to, "%s\n", words.items[i]);
}
