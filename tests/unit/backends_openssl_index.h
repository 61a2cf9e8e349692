/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_INDEX_H
#define SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_INDEX_H

#include "backends/openssl_index.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_codec.h"

/* What the tests of the OpenSSL CA directory share; each runs in a new
 * folder. */

/* 2027-11-21T00:00:00Z, as index.txt has it. */
#define EXPIRES 1826755200
#define EXPIRES_TEXT "271121000000Z"

/* The text of a file. */
static inline struct buf
text_of(const char *name)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };

	if (file_read_now(name, 1 << 20, &text, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return text;
}

static inline void
assert_text(const char *name, const char *expected)
{
	struct buf text = text_of(name);

	assert_string_equal(buf_string(&text), expected);
	buf_clear(&text);
}

/* Fails unless the findings are exactly these, and forgets them. */
static inline void
assert_problems(struct problems *problems, const char *expected)
{
	assert_string_equal(problems_text(problems), expected);
	problems_free(problems);
}

/* Names, whole: CN=a and so on. */
static inline struct bytes
name_cn(char letter)
{
	static char names[256][15];
	char *name = names[(unsigned char)letter];

	memcpy(name, "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01",
	    13);
	name[13] = letter;
	return bytes_of(name, 14);
}

/* A certificate of one octet's serial number, CN=letter. */
static inline struct openssl_index_entry
entry_of(const char *serial, char letter)
{
	return (struct openssl_index_entry){
		.serial = bytes_of_string(serial),
		.subject = name_cn(letter),
		.not_after = EXPIRES,
		.issued_at = 1000,
	};
}

#endif
