/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_caps.h"

#include "tests/unit/unit.h"

#define NO_SHA256 \
	"warning: the server does not announce SHA-256, so messages are " \
	"signed with SHA-1; --digest chooses another\n"
#define NO_AES \
	"warning: the server does not announce AES, so messages are " \
	"encrypted with 3DES; --cipher chooses another\n"

static void
the_best_that_is_announced_is_chosen(void **state)
{
	static const struct {
		const char *text;
		enum digest digest;
		enum cipher cipher;
		bool post;
		bool renewal;
		const char *findings;
	} rows[] = {
		{ "AES\nDES3\nPOSTPKIOperation\nRenewal\nSHA-1\nSHA-256\n"
		  "SHA-512\n",
		    DIGEST_SHA256, CIPHER_AES128_CBC, true, true, "" },
		/* As NDES has it: never AES. */
		{ "POSTPKIOperation\r\nRenewal\r\nSHA-512\r\nSHA-256\r\nSHA-1"
		  "\r\nDES3\r\n",
		    DIGEST_SHA256, CIPHER_3DES_CBC, true, true, NO_AES },
		{ "SCEPStandard", DIGEST_SHA256, CIPHER_AES128_CBC, true, false,
		    "" },
		{ "aes\nsha-512\n\n  postpkioperation ", DIGEST_SHA512,
		    CIPHER_AES128_CBC, true, false, "" },
		{ "SHA-384 AES", DIGEST_SHA384, CIPHER_AES128_CBC, false, false,
		    "" },
		/* Taken away on the wire: still nothing that is broken. */
		{ "", DIGEST_SHA1, CIPHER_3DES_CBC, false, false,
		    NO_SHA256 NO_AES },
		{ "DES\nMD5\nSHA-256x\nAE", DIGEST_SHA1, CIPHER_3DES_CBC, false,
		    false, NO_SHA256 NO_AES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct client_caps_wishes none = { 0 };
		struct client_caps caps = { 0 };
		struct client_choice choice = { 0 };

		client_caps_read(bytes_of_string(rows[i].text), &caps);
		assert_int_equal(client_caps_choose(&caps, &none, &choice,
				     problems),
		    ERR_OK);
		assert_string_equal(problems_text(problems), rows[i].findings);
		assert_int_equal(choice.digest, rows[i].digest);
		assert_int_equal(choice.cipher, rows[i].cipher);
		assert_int_equal(choice.post, rows[i].post);
		assert_int_equal(caps.renewal, rows[i].renewal);
		assert_false(choice.takes_des || choice.takes_md5);
		client_caps_clear(&caps);
		problems_free(problems);
	}
}

static void
wishes_come_before_what_is_announced(void **state)
{
	static const struct {
		struct client_caps_wishes wishes;
		struct client_choice expected;
	} rows[] = {
		{ { "sha-384", "aes-256", "get" },
		    { DIGEST_SHA384, CIPHER_AES256_CBC, false, false, false } },
		{ { "md5", NULL, NULL },
		    { DIGEST_MD5, CIPHER_AES128_CBC, true, false, true } },
		{ { NULL, "des", "post" },
		    { DIGEST_SHA256, CIPHER_DES_CBC, true, true, false } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct client_caps caps = { 0 };
		struct client_choice choice = { 0 };

		client_caps_read(BYTES_LITERAL("SCEPStandard\n"), &caps);
		assert_int_equal(client_caps_choose(&caps, &rows[i].wishes,
				     &choice, problems),
		    ERR_OK);
		assert_string_equal(problems_text(problems), "");
		assert_int_equal(choice.digest, rows[i].expected.digest);
		assert_int_equal(choice.cipher, rows[i].expected.cipher);
		assert_int_equal(choice.post, rows[i].expected.post);
		assert_int_equal(choice.takes_des, rows[i].expected.takes_des);
		assert_int_equal(choice.takes_md5, rows[i].expected.takes_md5);
		client_caps_clear(&caps);
		problems_free(problems);
	}
}

static void
wishes_that_are_none_are_told(void **state)
{
	struct client_caps_wishes wishes = { "sha256", "AES", "put" };
	struct problems *problems = problems_new();
	struct client_caps caps = { 0 };
	struct client_choice choice = { .digest = DIGEST_COUNT };

	(void)state;
	assert_int_equal(client_caps_choose(&caps, &wishes, &choice, problems),
	    ERR_CONFIGURATION);
	assert_string_equal(problems_text(problems),
	    "error: --digest \"sha256\": is unknown; choose sha-256, sha-384, "
	    "sha-512, sha-224, sha-1 or md5\n"
	    "error: --cipher \"AES\": is unknown; choose aes-128, aes-192, "
	    "aes-256, 3des or des\n"
	    "error: --method \"put\": is unknown; choose post or get\n");
	assert_int_equal(choice.digest, DIGEST_COUNT);
	problems_free(problems);
}

/* Words are kept for people, made safe, and not without end. */
static void
words_are_bounded(void **state)
{
	struct client_caps caps = { 0 };
	struct buf many = { 0 };
	size_t lines = 0;

	(void)state;
	client_caps_read(BYTES_LITERAL("\x1b[2J\nAES"), &caps);
	assert_string_equal(buf_string(&caps.words), "\\x1b[2J\nAES\n");
	client_caps_clear(&caps);
	for (size_t i = 0; i < 1000; i++)
		buf_append_string(&many, "word\n");
	for (size_t i = 0; i < 1000; i++)
		buf_append_octet(&many, 'x');
	client_caps_read(buf_bytes(&many), &caps);
	for (size_t i = 0; i < caps.words.size; i++)
		lines += caps.words.data[i] == '\n';
	assert_int_equal(lines, CLIENT_CAPS_MAX_WORDS);
	client_caps_clear(&caps);
	client_caps_read(bytes_from(buf_bytes(&many), 5000), &caps);
	assert_int_equal(caps.words.size, 128 + 1);
	client_caps_clear(&caps);
	buf_clear(&many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_that_is_announced_is_chosen),
		cmocka_unit_test(wishes_come_before_what_is_announced),
		cmocka_unit_test(wishes_that_are_none_are_told),
		cmocka_unit_test(words_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
