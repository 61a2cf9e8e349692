/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/pem.h"

#include "tests/unit/unit.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static void
append_breaks_lines_at_64_characters(void **state)
{
	static const struct {
		size_t size;
		const char *lines;
	} rows[] = {
		{ 0, "" },
		{ 1, "AA==\n" },
		{ 48,
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" },
		{ 49,
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nAA==\n" },
	};
	static const uint8_t zeroes[49];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text = { 0 }, expected = { 0 };

		pem_append(&text, "CERTIFICATE",
		    bytes_of(zeroes, rows[i].size));
		buf_printf(&expected, BEGIN "\n%s" END "\n", rows[i].lines);
		assert_same_bytes(buf_bytes(&text), buf_bytes(&expected));
		buf_clear(&text);
		buf_clear(&expected);
	}
}

static void
next_reads_what_append_wrote(void **state)
{
	uint8_t der[200];

	(void)state;
	for (size_t i = 0; i < sizeof(der); i++)
		der[i] = (uint8_t)(i * 37);
	for (size_t size = 0; size <= sizeof(der); size++) {
		struct buf text = { 0 }, back = { 0 };
		struct bytes rest;

		pem_append(&text, "X509 CRL", bytes_of(der, size));
		rest = buf_bytes(&text);
		assert_int_equal(pem_next(&rest, "X509 CRL", &back), ERR_OK);
		assert_same_bytes(buf_bytes(&back), bytes_of(der, size));
		assert_bytes(rest, "\n");
		buf_clear(&text);
		buf_clear(&back);
	}
}

static void
next_takes_one_block_after_the_other(void **state)
{
	static const char blocks[] = "subject=CN = a\n" BEGIN "\nYQ==\n" END
				     "\n"
				     "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n"
				     "-----END PRIVATE KEY-----\n"
				     "more text\n" BEGIN "\nYg==\n" END;
	struct bytes text = bytes_of_string(blocks);
	struct buf der = { 0 };

	(void)state;
	assert_int_equal(pem_next(&text, "CERTIFICATE", &der), ERR_OK);
	assert_bytes(buf_bytes(&der), "a");
	assert_int_equal(pem_next(&text, "CERTIFICATE", &der), ERR_OK);
	assert_bytes(buf_bytes(&der), "ab");
	assert_int_equal(text.size, 0);
	assert_int_equal(pem_next(&text, "CERTIFICATE", &der), ERR_PEM);
	assert_bytes(buf_bytes(&der), "ab");
	buf_clear(&der);
}

static void
next_takes_what_editors_and_mailers_make_of_lines(void **state)
{
	static const char *const rows[] = {
		BEGIN "\nZm9v\nYmFy\n" END "\n",
		BEGIN "\r\nZm9v\r\nYmFy\r\n" END "\r\n",
		BEGIN "\rZm9v\rYmFy\r" END "\r",
		BEGIN "Zm9vYmFy" END,
		BEGIN "\n\nZm9vYmFy\n\n" END "\n",
		"\t" BEGIN "\n\tZm9v\n\tYmFy\n\t" END "\n",
		"  " BEGIN "\n  Zm9v  \n  YmFy  \n  " END "\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes text = bytes_of_string(rows[i]);
		struct buf der = { 0 };

		assert_int_equal(pem_next(&text, "CERTIFICATE", &der), ERR_OK);
		assert_bytes(buf_bytes(&der), "foobar");
		buf_clear(&der);
	}
}

static void
next_refuses_and_leaves_all_as_it_was(void **state)
{
	static const char *const rows[] = {
		"",
		"no block at all",
		BEGIN,
		BEGIN "\nYQ==\n",
		END "\n" BEGIN "\nYQ==\n",
		"-----BEGIN CERTIFICATE----\nYQ==\n" END,
		BEGIN "\nYQ==\n-----END CERTIFICATE----",
		BEGIN "\nYQ==\n-----END X509 CRL-----",
		"-----BEGIN X509 CERTIFICATE-----\nYQ==\n"
		"-----END X509 CERTIFICATE-----",
		"-----BEGIN certificate-----\nYQ==\n"
		"-----END certificate-----",
		/* bad base64 */
		BEGIN "\nY\n" END,
		BEGIN "\nYQ==YQ==\n" END,
		BEGIN "\nY!==\n" END,
		BEGIN "\nY-__\n" END,
		BEGIN "\nProc-Type: 4,ENCRYPTED\n\nYQ==\n" END,
		/* the end of the first block is missing */
		BEGIN "\nYWJj\n" BEGIN "\nYWJj\n" END,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes text = bytes_of_string(rows[i]);
		struct buf der = { 0 };

		buf_append_string(&der, "kept");
		assert_int_equal(pem_next(&text, "CERTIFICATE", &der), ERR_PEM);
		assert_bytes(buf_bytes(&der), "kept");
		assert_ptr_equal(text.data, rows[i]);
		assert_int_equal(text.size, strlen(rows[i]));
		buf_clear(&der);
	}
}

static void
next_finds_nothing_in_nothing(void **state)
{
	struct bytes text = bytes_of(NULL, 0);
	struct buf der = { 0 };

	(void)state;
	assert_int_equal(pem_next(&text, "CERTIFICATE", &der), ERR_PEM);
	assert_null(der.data);
}

static void
next_passes_over_nul_bytes_between_blocks(void **state)
{
	struct bytes text = BYTES_LITERAL("\0\0" BEGIN "\nYQ==\n" END "\0");
	struct buf der = { 0 };

	(void)state;
	assert_int_equal(pem_next(&text, "CERTIFICATE", &der), ERR_OK);
	assert_bytes(buf_bytes(&der), "a");
	assert_bytes(text, "\0");
	buf_clear(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(append_breaks_lines_at_64_characters),
		cmocka_unit_test(next_reads_what_append_wrote),
		cmocka_unit_test(next_takes_one_block_after_the_other),
		cmocka_unit_test(
		    next_takes_what_editors_and_mailers_make_of_lines),
		cmocka_unit_test(next_refuses_and_leaves_all_as_it_was),
		cmocka_unit_test(next_finds_nothing_in_nothing),
		cmocka_unit_test(next_passes_over_nul_bytes_between_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
