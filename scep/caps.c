/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/caps.h"

#include <stdlib.h>
#include <string.h>

#include "scep/pki_operation.h"

#define MAX_WORDS (DIGEST_COUNT + CIPHER_COUNT + 32)

struct words {
	const char *items[MAX_WORDS];
	size_t count;
};

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

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
caps_append(struct buf *to, struct algorithms algorithms)
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
	if (is_standard(algorithms))
		add(&words, "SCEPStandard");
	qsort(words.items, words.count, sizeof(words.items[0]), compare);
	for (size_t i = 0; i < words.count; i++)
		buf_printf(to, "%s\n", words.items[i]);
}
