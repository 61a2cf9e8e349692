/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/base64.h"

#include "tests/unit/unit.h"

/* RFC 4648 section 10. */
static const struct {
	const char *plain;
	const char *encoded;
} vectors[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void
append_and_decode_agree_with_rfc_4648(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct buf encoded = { 0 }, plain = { 0 };

		base64_append(&encoded, bytes_of_string(vectors[i].plain));
		assert_string_equal(buf_string(&encoded), vectors[i].encoded);
		assert_true(base64_decode(&plain,
		    bytes_of_string(vectors[i].encoded)));
		assert_string_equal(buf_string(&plain), vectors[i].plain);
		buf_clear(&encoded);
		buf_clear(&plain);
	}
}

static void
assert_there_and_back(struct bytes bytes)
{
	struct buf text = { 0 }, back = { 0 };

	base64_append(&text, bytes);
	assert_true(base64_decode(&back, buf_bytes(&text)));
	assert_same_bytes(buf_bytes(&back), bytes);
	buf_clear(&text);
	buf_clear(&back);
}

static void
every_string_of_up_to_two_octets_survives(void **state)
{
	(void)state;
	for (unsigned value = 0; value < 65536; value++) {
		uint8_t octets[] = { (uint8_t)(value >> 8), (uint8_t)value };

		assert_there_and_back(BYTES_ARRAY(octets));
		if (value < 256)
			assert_there_and_back(bytes_of(octets + 1, 1));
	}
}

/* Rule T5: what clients make of base64 on its way through a URL. */
static void
decode_takes_what_clients_send(void **state)
{
	static const struct {
		const char *text;
		struct bytes plain;
	} rows[] = {
		/* both alphabets, mixed, and the form-decoded one */
		{ "+/+/", BYTES_LITERAL("\xfb\xff\xbf") },
		{ "-_-_", BYTES_LITERAL("\xfb\xff\xbf") },
		{ "+_-/", BYTES_LITERAL("\xfb\xff\xbf") },
		{ " / /", BYTES_LITERAL("\xfb\xff\xbf") },
		{ "    ", BYTES_LITERAL("\xfb\xef\xbe") },
		/* lines */
		{ "Zm9v\nYmFy\n", BYTES_LITERAL("foobar") },
		{ "Zm9v\r\nYmFy\r\n", BYTES_LITERAL("foobar") },
		{ "\n\r\tZ\nm\r9\tv", BYTES_LITERAL("foo") },
		{ "\n", BYTES_LITERAL("") },
		{ "Zg=\n=\r\n", BYTES_LITERAL("f") },
		/* padding: missing, partly, and behind a line's end */
		{ "Zg", BYTES_LITERAL("f") },
		{ "Zg=", BYTES_LITERAL("f") },
		{ "Zm8", BYTES_LITERAL("fo") },
		{ "Zm8==", BYTES_LITERAL("fo") },
		{ "Zm9v=", BYTES_LITERAL("foo") },
		{ "Zm9v==", BYTES_LITERAL("foo") },
		{ "Zg==\n", BYTES_LITERAL("f") },
		{ "Zg== ", BYTES_LITERAL("f") },
		{ "Zm8= \t\r\n", BYTES_LITERAL("fo") },
		/* bits behind the last octet */
		{ "Zh==", BYTES_LITERAL("f") },
		{ "Zm9=", BYTES_LITERAL("fo") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf to = { 0 };

		assert_true(base64_decode(&to, bytes_of_string(rows[i].text)));
		assert_same_bytes(buf_bytes(&to), rows[i].plain);
		buf_clear(&to);
	}
}

static void
decode_refuses_and_appends_nothing(void **state)
{
	static const struct bytes rows[] = {
		BYTES_LITERAL("Z"),
		BYTES_LITERAL("Zm9vY"),
		BYTES_LITERAL("Z==="),
		BYTES_LITERAL("Zg==="),
		BYTES_LITERAL("Zg=\n=\n="),
		BYTES_LITERAL("==="),
		BYTES_LITERAL("Zg==Zg=="),
		BYTES_LITERAL("Zg==Z"),
		BYTES_LITERAL("Zm8=v"),
		BYTES_LITERAL("=Zm9"),
		BYTES_LITERAL("Zm9v%0A"),
		BYTES_LITERAL("Zm9v*"),
		BYTES_LITERAL("Zm.v"),
		BYTES_LITERAL("Zm9v\0"),
		BYTES_LITERAL("Zm9v\x0b"),
		BYTES_LITERAL("Zm9v\x0c"),
		BYTES_LITERAL("Zm9v\x7f"),
		BYTES_LITERAL("Zm9\xc3\xb6"),
		BYTES_LITERAL("Zm9v\xff"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf to = { 0 };

		buf_append_string(&to, "kept");
		assert_false(base64_decode(&to, rows[i]));
		assert_bytes(buf_bytes(&to), "kept");
		buf_clear(&to);
	}
}

static void
decode_knows_all_characters(void **state)
{
	static const char known[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+/-_ ";

	(void)state;
	for (int c = 0; c < 256; c++) {
		uint8_t text[] = { 'A', 'A', 'A', (uint8_t)c };
		bool digit = c != 0 && strchr(known, c) != NULL;
		bool passed_over = c == '\r' || c == '\n' || c == '\t';
		struct buf to = { 0 };

		assert_int_equal(base64_decode(&to, BYTES_ARRAY(text)),
		    digit || passed_over || c == '=');
		assert_int_equal(to.size,
		    digit                       ? 3 :
			passed_over || c == '=' ? 2 :
						  0);
		buf_clear(&to);
	}
}

static void
decode_appends(void **state)
{
	struct buf to = { 0 };

	(void)state;
	assert_true(base64_decode(&to, BYTES_LITERAL("Zm9v")));
	assert_true(base64_decode(&to, bytes_of(NULL, 0)));
	assert_true(base64_decode(&to, BYTES_LITERAL("YmFy")));
	assert_bytes(buf_bytes(&to), "foobar");
	buf_clear(&to);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(append_and_decode_agree_with_rfc_4648),
		cmocka_unit_test(every_string_of_up_to_two_octets_survives),
		cmocka_unit_test(decode_takes_what_clients_send),
		cmocka_unit_test(decode_refuses_and_appends_nothing),
		cmocka_unit_test(decode_knows_all_characters),
		cmocka_unit_test(decode_appends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
