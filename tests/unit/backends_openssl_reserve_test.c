/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_reserve.h"

#include <sys/stat.h>

#include "base/hex.h"
#include "tests/unit/backends_openssl_index.h"
#include "tests/unit/store_orders.h"

/* Serial numbers that are counted, in the file of `openssl ca`. */

#define CERTIFICATE_FILE "ca/ca.pem"

static struct openssl_books
books_here(void)
{
	assert_int_equal(mkdir("newcerts", 0700), 0);
	return (struct openssl_books){ .index = "index.txt",
		.new_certs_dir = "newcerts",
		.serial = "serial",
		.authority = hash_of('a') };
}

/* Octets of one number are known as a certificate's. */
static void
know(struct store *store, struct bytes serial)
{
	struct certificate_record record = record_of("");

	record.serial = serial;
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
}

static void
put_newcert(const char *name)
{
	struct buf pem = vector(CERTIFICATE_FILE);

	put_mode(name, buf_bytes(&pem), 0600);
	buf_clear(&pem);
}

static void
assert_reserved(const struct openssl_books *books, struct store *store,
    const char *expected)
{
	struct buf serial = { 0 }, text = { 0 };

	assert_int_equal(openssl_reserve_serial(books, store, &serial), ERR_OK);
	hex_append(&text, buf_bytes(&serial));
	assert_string_equal(buf_string(&text), expected);
	buf_clear(&serial);
	buf_clear(&text);
}

static void
numbers_are_counted_as_openssl_does(void **state)
{
	static const struct row {
		const char *text;
		const char *reserved;
		const char *left;
	} rows[] = {
		{ "1000\n", "1000", "1001\n" },
		{ "0a\r\n", "0a", "0B\n" },
		{ "FF", "ff", "0100\n" },
		{ "7FFFFF\n", "7fffff", "800000\n" },
		{ "00\n", "01", "02\n" },
	};
	const struct openssl_books books = books_here();
	struct store *store = store_new_memory();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("serial", rows[i].text);
		assert_reserved(&books, store, rows[i].reserved);
		assert_text("serial", rows[i].left);
	}
	store_close(store);
}

static void
numbers_that_somebody_has_are_passed_over(void **state)
{
	const struct openssl_books books = books_here();
	struct store *store = store_new_memory();

	(void)state;
	put("serial", "1000\n");
	know(store, BYTES_LITERAL("\x10\x00"));
	put_newcert("newcerts/1001.pem");
	know(store, BYTES_LITERAL("\x10\x02"));
	assert_reserved(&books, store, "1003");
	assert_reserved(&books, store, "1004");
	assert_text("serial", "1005\n");
	store_close(store);
}

static void
what_is_no_number_is_told(void **state)
{
	static const struct row {
		const char *text; /* NULL: there is none */
		enum err err;
	} rows[] = {
		{ NULL, ERR_INDEX },
		{ "", ERR_INDEX_DAMAGED },
		{ "100\n", ERR_INDEX_DAMAGED },
		{ "-01\n", ERR_INDEX_DAMAGED },
		{ "what\n", ERR_INDEX_DAMAGED },
		{ "8000000000000000000000000000000000000000\n",
		    ERR_INDEX_DAMAGED },
	};
	const struct openssl_books books = books_here();
	struct store *store = store_new_memory();
	struct buf serial = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unlink("serial");
		if (rows[i].text != NULL)
			put("serial", rows[i].text);
		assert_int_equal(openssl_reserve_serial(&books, store, &serial),
		    rows[i].err);
		assert_int_equal(serial.size, 0);
		if (rows[i].text != NULL)
			assert_text("serial", rows[i].text);
	}
	store_close(store);
}

static void
a_file_that_lags_far_behind_is_told(void **state)
{
	const struct openssl_books books = books_here();
	struct store *store = store_new_memory();
	struct buf serial = { 0 };

	(void)state;
	for (unsigned i = 1; i <= 1000; i++) {
		const uint8_t octets[] = { (uint8_t)(i >> 8), (uint8_t)i };

		know(store, serial_number(BYTES_ARRAY(octets)));
	}
	put("serial", "01\n");
	assert_int_equal(openssl_reserve_serial(&books, store, &serial),
	    ERR_INDEX_DAMAGED);
	assert_int_equal(serial.size, 0);
	/* It has come further, all the same. */
	assert_reserved(&books, store, "03e9");
	store_close(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(numbers_are_counted_as_openssl_does),
		CONF_TEST(numbers_that_somebody_has_are_passed_over),
		CONF_TEST(what_is_no_number_is_told),
		CONF_TEST(a_file_that_lags_far_behind_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
