/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/der.h"

#include "tests/unit/crypto_codec.h"

static void
read_any_takes_one_element_off(void **state)
{
	struct buf bytes = asn1("30{ 02{05} } 0500");
	struct der der = der_of(buf_bytes(&bytes));
	struct der_element element;

	(void)state;
	assert_int_equal(der_read_any(&der, &element), ERR_OK);
	assert_int_equal(element.tag, DER_SEQUENCE);
	assert_asn1(element.content, "020105", "content");
	assert_asn1(element.whole, "3003020105", "whole");
	assert_false(der_at_end(&der));
	assert_int_equal(der_end(&der), ERR_DER_TRAILING);
	assert_true(der_next_is(&der, DER_NULL));
	assert_int_equal(der_read_any(&der, &element), ERR_OK);
	assert_int_equal(element.content.size, 0);
	assert_true(der_at_end(&der));
	assert_int_equal(der_end(&der), ERR_OK);
	assert_false(der_next_is(&der, DER_NULL));
	assert_int_equal(der_read_any(&der, &element), ERR_DER_TAG);
	buf_clear(&bytes);
}

static void
read_any_is_strict(void **state)
{
	static const struct {
		const char *der;
		enum err err;
	} rows[] = {
		{ "", ERR_DER_TAG },
		{ "0000", ERR_DER_TAG },
		{ "1f0100", ERR_DER_TAG },
		{ "bf8101 00", ERR_DER_TAG },
		{ "30", ERR_DER_TRUNCATED },
		{ "3001", ERR_DER_TRUNCATED },
		{ "0481", ERR_DER_TRUNCATED },
		{ "048201", ERR_DER_TRUNCATED },
		{ "048180", ERR_DER_TRUNCATED },
		{ "0484 ffffffff 00", ERR_DER_TRUNCATED },
		{ "0480 0000", ERR_DER_LENGTH },
		{ "3080 0000", ERR_DER_LENGTH },
		{ "0481 00", ERR_DER_LENGTH },
		{ "0481 01 61", ERR_DER_LENGTH },
		{ "0481 7f", ERR_DER_LENGTH },
		{ "0482 0080", ERR_DER_LENGTH },
		{ "0482 00ff", ERR_DER_LENGTH },
		{ "0483 00ffff", ERR_DER_LENGTH },
		{ "0485 0100000000", ERR_DER_LENGTH },
		{ "0488 ffffffffffffffff", ERR_DER_LENGTH },
		{ "04ff", ERR_DER_LENGTH },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		struct der_element element = { .tag = 0xee };

		assert_err(der_read_any(&der, &element), rows[i].err,
		    rows[i].der);
		assert_int_equal(element.tag, 0xee);
		assert_same_bytes(der.left, buf_bytes(&bytes));
		buf_clear(&bytes);
	}
}

static void
read_wants_the_tag_it_is_told(void **state)
{
	struct buf bytes = asn1("30{02{05}}");
	struct der der = der_of(buf_bytes(&bytes)), inner;
	struct bytes content, whole;

	(void)state;
	assert_int_equal(der_read(&der, DER_SET, &content), ERR_DER_TAG);
	assert_int_equal(der_enter(&der, DER_OCTET_STRING, &inner),
	    ERR_DER_TAG);
	assert_int_equal(der_read_whole(&der, 0x10, &whole), ERR_DER_TAG);
	assert_int_equal(der_enter(&der, DER_SEQUENCE, &inner), ERR_OK);
	assert_true(der_at_end(&der));
	assert_int_equal(der_read_whole(&inner, DER_INTEGER, &whole), ERR_OK);
	assert_asn1(whole, "020105", "whole");
	assert_int_equal(der_read(&inner, DER_INTEGER, &content), ERR_DER_TAG);
	buf_clear(&bytes);
}

/* What one of the readers below makes of some DER: what it read, in the
 * notation or as a number. */
struct reader_row {
	const char *der;
	enum err err;
	const char *octets;
	int64_t number;
};

static void
check_octets(const struct reader_row *rows, size_t count,
    enum err (*read)(struct der *der, struct bytes *octets))
{
	for (size_t i = 0; i < count; i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		struct bytes octets = bytes_of_string("untouched");

		assert_err(read(&der, &octets), rows[i].err, rows[i].der);
		if (rows[i].err == ERR_OK)
			assert_asn1(octets, rows[i].octets, rows[i].der);
		else
			assert_bytes(octets, "untouched");
		buf_clear(&bytes);
	}
}

static void
check_numbers(const struct reader_row *rows, size_t count,
    enum err (*read)(struct der *der, int64_t *number))
{
	for (size_t i = 0; i < count; i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		int64_t number = -77;

		assert_err(read(&der, &number), rows[i].err, rows[i].der);
		if (number != (rows[i].err == ERR_OK ? rows[i].number : -77))
			fail_msg("%s: got %lld", rows[i].der,
			    (long long)number);
		buf_clear(&bytes);
	}
}

static void
read_oid_checks_the_form(void **state)
{
	static const struct reader_row rows[] = {
		{ "0603 55040a", ERR_OK, "55040a", 0 },
		{ "0601 00", ERR_OK, "00", 0 },
		{ "06{2a 8fffffff7f}", ERR_OK, "2a8fffffff7f", 0 },
		{ "0600", ERR_DER_OID, NULL, 0 },
		{ "0601 80", ERR_DER_OID, NULL, 0 },
		{ "0602 5584", ERR_DER_OID, NULL, 0 },
		/* A leading zero in the arc. */
		{ "0603 2a8001", ERR_DER_OID, NULL, 0 },
		{ "0602 8001", ERR_DER_OID, NULL, 0 },
		/* A UUID's arc of 19 octets, and one of 20. */
		{ "06{69 83ffffffffffffffffffffffffffffffffff7f}", ERR_OK,
		    "6983ffffffffffffffffffffffffffffffffff7f", 0 },
		{ "06{69 81ffffffffffffffffffffffffffffffffffff7f}",
		    ERR_DER_OID, NULL, 0 },
		/* 129 octets. */
		{ "06 8181 2a 0101010101010101 0101010101010101"
		  "0101010101010101 0101010101010101 0101010101010101"
		  "0101010101010101 0101010101010101 0101010101010101"
		  "0101010101010101 0101010101010101 0101010101010101"
		  "0101010101010101 0101010101010101 0101010101010101"
		  "0101010101010101 0101010101010101",
		    ERR_DER_OID, NULL, 0 },
		{ "0d03 55040a", ERR_DER_TAG, NULL, 0 },
		{ "0603 5504", ERR_DER_TRUNCATED, NULL, 0 },
	};

	(void)state;
	check_octets(rows, COUNT(rows), der_read_oid);
}

static void
read_integer_takes_any_number_as_it_stands(void **state)
{
	static const struct reader_row rows[] = {
		{ "020100", ERR_OK, "00", 0 },
		{ "0201ff", ERR_OK, "ff", 0 },
		{ "0203 000001", ERR_OK, "000001", 0 },
		{ "0200", ERR_DER_INTEGER, NULL, 0 },
		{ "0a0101", ERR_DER_TAG, NULL, 0 },
	};

	(void)state;
	check_octets(rows, COUNT(rows), der_read_integer);
}

static enum err
read_number(struct der *der, int64_t *number)
{
	int value;
	enum err err = der_read_number(der, &value);

	if (err == ERR_OK)
		*number = value;
	return err;
}

static void
read_number_takes_what_an_int_holds(void **state)
{
	static const struct reader_row rows[] = {
		{ "020100", ERR_OK, NULL, 0 },
		{ "02017f", ERR_OK, NULL, 127 },
		{ "02020080", ERR_OK, NULL, 128 },
		{ "0204 7fffffff", ERR_OK, NULL, INT32_MAX },
		{ "0205 0080000000", ERR_DER_INTEGER, NULL, 0 },
		{ "0201 80", ERR_DER_INTEGER, NULL, 0 },
		{ "0204 ffffffff", ERR_DER_INTEGER, NULL, 0 },
		{ "0200", ERR_DER_INTEGER, NULL, 0 },
	};

	(void)state;
	check_numbers(rows, COUNT(rows), read_number);
}

static enum err
read_boolean(struct der *der, int64_t *number)
{
	bool value;
	enum err err = der_read_boolean(der, &value);

	if (err == ERR_OK)
		*number = value;
	return err;
}

static void
read_boolean_takes_the_two_of_der(void **state)
{
	static const struct reader_row rows[] = {
		{ "010100", ERR_OK, NULL, 0 },
		{ "0101ff", ERR_OK, NULL, 1 },
		{ "010101", ERR_DER_BOOLEAN, NULL, 0 },
		{ "0100", ERR_DER_BOOLEAN, NULL, 0 },
		{ "0102ffff", ERR_DER_BOOLEAN, NULL, 0 },
		{ "0201ff", ERR_DER_TAG, NULL, 0 },
	};

	(void)state;
	check_numbers(rows, COUNT(rows), read_boolean);
}

static void
read_bit_string_wants_whole_octets(void **state)
{
	static const struct reader_row rows[] = {
		{ "0301 00", ERR_OK, "", 0 },
		{ "0303 00abcd", ERR_OK, "abcd", 0 },
		{ "0300", ERR_DER_BIT_STRING, NULL, 0 },
		{ "0303 01abcc", ERR_DER_BIT_STRING, NULL, 0 },
		{ "0303 08abcd", ERR_DER_BIT_STRING, NULL, 0 },
		{ "2303 00abcd", ERR_DER_TAG, NULL, 0 },
	};

	(void)state;
	check_octets(rows, COUNT(rows), der_read_bit_string);
}

static enum err
read_named_bits(struct der *der, int64_t *number)
{
	unsigned bits;
	enum err err = der_read_named_bits(der, &bits);

	if (err == ERR_OK)
		*number = bits;
	return err;
}

static void
read_named_bits_numbers_them_from_the_first(void **state)
{
	static const struct reader_row rows[] = {
		{ "0301 00", ERR_OK, NULL, 0 },
		{ "0302 0780", ERR_OK, NULL, 1 << 0 },
		{ "0302 05a0", ERR_OK, NULL, 1 << 0 | 1 << 2 },
		{ "0302 0106", ERR_OK, NULL, 1 << 5 | 1 << 6 },
		{ "0303 070080", ERR_OK, NULL, 1 << 8 },
		{ "0303 00ffff", ERR_OK, NULL, 0xffff },
		/* Zeros behind the last bit that is set: not DER, but said. */
		{ "0303 008000", ERR_OK, NULL, 1 << 0 },
		/* Bits that do not count do not count. */
		{ "0302 07ff", ERR_OK, NULL, 1 << 0 },
		{ "0303 07ffff", ERR_OK, NULL, 0x1ff },
		{ "0300", ERR_DER_BIT_STRING, NULL, 0 },
		{ "0301 01", ERR_DER_BIT_STRING, NULL, 0 },
		{ "0302 0880", ERR_DER_BIT_STRING, NULL, 0 },
		{ "0304 00ffffff", ERR_DER_BIT_STRING, NULL, 0 },
	};

	(void)state;
	check_numbers(rows, COUNT(rows), read_named_bits);
}

static void
read_time_takes_both_forms(void **state)
{
	static const struct reader_row rows[] = {
		{ "17{'700101000000Z'}", ERR_OK, NULL, 0 },
		{ "17{'500101000000Z'}", ERR_OK, NULL, -631152000 },
		{ "17{'491231235959Z'}", ERR_OK, NULL, 2524607999 },
		{ "18{'20491231235959Z'}", ERR_OK, NULL, 2524607999 },
		{ "18{'20500101000000Z'}", ERR_OK, NULL, 2524608000 },
		{ "18{'99991231235959Z'}", ERR_OK, NULL, 253402300799 },
		{ "17{'000229120000Z'}", ERR_OK, NULL, 951825600 },
		{ "18{'20240229000000Z'}", ERR_OK, NULL, 1709164800 },
	};

	(void)state;
	check_numbers(rows, COUNT(rows), der_read_time);
}

static void
read_time_refuses_what_is_no_date(void **state)
{
	static const struct reader_row rows[] = {
		{ "1700", ERR_DER_TIME, NULL, 0 },
		{ "1800", ERR_DER_TIME, NULL, 0 },
		{ "17{'Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'7001010000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700101000000'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'7001010000000'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700101000000+0000'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'19700101000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700001000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'701301000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700100000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700132000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700431000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700230000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700229000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "18{'21000229000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700101240000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700101006000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'700101000060Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'7001010000 0Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'-00101000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "17{'7:0101000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "18{'700101000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "18{'19700101000000.0Z'}", ERR_DER_TIME, NULL, 0 },
		{ "18{'/9700101000000Z'}", ERR_DER_TIME, NULL, 0 },
		{ "16{'700101000000Z'}", ERR_DER_TAG, NULL, 0 },
		{ "", ERR_DER_TAG, NULL, 0 },
	};

	(void)state;
	check_numbers(rows, COUNT(rows), der_read_time);
}

static void
time_of_takes_the_content_alone(void **state)
{
	static const struct {
		const char *text;
		enum err err;
		int64_t seconds;
	} rows[] = {
		{ "700101000000Z", ERR_OK, 0 },
		{ "20500101000000Z", ERR_OK, 2524608000 },
		{ "00000101000000Z", ERR_OK, -62167219200 },
		{ "280229000000Z", ERR_OK, 1835395200 },
		{ "270229000000Z", ERR_DER_TIME, 1 },
		{ "20500101000000", ERR_DER_TIME, 1 },
		{ "0101000000Z", ERR_DER_TIME, 1 },
		{ "Z", ERR_DER_TIME, 1 },
		{ "", ERR_DER_TIME, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t seconds = 1;

		assert_int_equal(der_time_of(bytes_of_string(rows[i].text),
				     &seconds),
		    rows[i].err);
		assert_int_equal(seconds, rows[i].seconds);
	}
}

static void
open_and_close_nest(void **state)
{
	struct buf made = { 0 };
	size_t outer = der_open(&made, DER_SEQUENCE);
	size_t inner = der_open(&made, DER_SET);

	(void)state;
	der_append_number(&made, 5);
	der_close(&made, inner);
	der_append_null(&made);
	der_close(&made, outer);
	assert_asn1(buf_bytes(&made), "3007 3103020105 0500", "nested");
	buf_clear(&made);
}

static void
close_writes_lengths_of_every_size(void **state)
{
	static const struct {
		size_t size;
		const char *header;
	} rows[] = {
		{ 0, "3000" },
		{ 127, "307f" },
		{ 128, "308180" },
		{ 255, "3081ff" },
		{ 256, "30820100" },
		{ 65535, "3082ffff" },
		{ 65536, "3083010000" },
		{ 16777216, "308401000000" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf made = { 0 }, appended = { 0 };
		size_t start = der_open(&made, DER_SEQUENCE), header;

		buf_extend(&made, rows[i].size);
		der_close(&made, start);
		header = made.size - rows[i].size;
		assert_asn1(bytes_of(made.data, header), rows[i].header,
		    rows[i].header);
		der_append(&appended, DER_SEQUENCE,
		    bytes_from(buf_bytes(&made), header));
		assert_true(bytes_equal(buf_bytes(&appended),
		    buf_bytes(&made)));
		buf_clear(&made);
		buf_clear(&appended);
	}
}

static void
close_sorted_puts_elements_into_der_order(void **state)
{
	static const struct {
		const char *elements;
		const char *sorted;
	} rows[] = {
		{ "", "3100" },
		{ "0500", "31{0500}" },
		{ "020102 020101", "31{020101 020102}" },
		{ "04{'b'} 020101 04{'a'} 0101ff",
		    "31{0101ff 020101 040161 "
		    "040162}" },
		/* By the octets: a shorter one comes first. */
		{ "04{'aa'} 04{'b'}", "31{04{'b'} 04{'aa'}}" },
		{ "020101 020101", "31{020101 020101}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf elements = asn1(rows[i].elements), made = { 0 };
		size_t start = der_open(&made, DER_SET);

		buf_append(&made, buf_bytes(&elements));
		der_close_sorted(&made, start);
		assert_asn1(buf_bytes(&made), rows[i].sorted, rows[i].elements);
		buf_clear(&made);
		buf_clear(&elements);
	}
}

static void
append_number_and_append_unsigned_are_minimal(void **state)
{
	static const struct {
		const char *octets;
		const char *der;
	} rows[] = {
		{ "", "020100" },
		{ "00", "020100" },
		{ "0000", "020100" },
		{ "7f", "02017f" },
		{ "80", "02020080" },
		{ "0080", "02020080" },
		{ "00007f", "02017f" },
		{ "ff00", "020300ff00" },
		{ "000102030405060708090a", "020a0102030405060708090a" },
	};
	struct buf made = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf octets = asn1(rows[i].octets);

		der_append_unsigned(&made, buf_bytes(&octets));
		assert_asn1(buf_bytes(&made), rows[i].der, rows[i].octets);
		buf_clear(&made);
		buf_clear(&octets);
	}
	der_append_number(&made, 0);
	der_append_number(&made, 128);
	der_append_number(&made, INT32_MAX);
	assert_asn1(buf_bytes(&made), "020100 02020080 02047fffffff", "int");
	buf_clear(&made);
}

static void
append_named_bits_leaves_no_zeros_behind(void **state)
{
	static const struct {
		unsigned bits;
		const char *der;
	} rows[] = {
		{ 0, "030100" },
		{ 1 << 0, "03020780" },
		{ 1 << 0 | 1 << 2, "030205a0" },
		{ 1 << 7, "03020001" },
		{ 1 << 8, "0303070080" },
		{ 1 << 0 | 1 << 8, "0303078080" },
		{ 1 << 15, "0303000001" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf made = { 0 };
		unsigned bits = 77;
		struct der der;

		der_append_named_bits(&made, rows[i].bits);
		assert_asn1(buf_bytes(&made), rows[i].der, rows[i].der);
		der = der_of(buf_bytes(&made));
		assert_int_equal(der_read_named_bits(&der, &bits), ERR_OK);
		assert_int_equal(bits, rows[i].bits);
		buf_clear(&made);
	}
}

static void
append_time_changes_its_form_in_2050(void **state)
{
	static const struct {
		int64_t seconds;
		const char *der;
	} rows[] = {
		{ 0, "17{'700101000000Z'}" },
		{ 951825600, "17{'000229120000Z'}" },
		{ 1795342014, "17{'261122100654Z'}" },
		{ 2524607999, "17{'491231235959Z'}" },
		{ 2524608000, "18{'20500101000000Z'}" },
		{ 253402300799, "18{'99991231235959Z'}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf made = { 0 };
		int64_t seconds = -1;
		struct der der;

		der_append_time(&made, rows[i].seconds);
		assert_asn1(buf_bytes(&made), rows[i].der, rows[i].der);
		der = der_of(buf_bytes(&made));
		assert_int_equal(der_read_time(&der, &seconds), ERR_OK);
		assert_int_equal(seconds, rows[i].seconds);
		buf_clear(&made);
	}
}

static void
append_writes_the_simple_types(void **state)
{
	struct buf made = { 0 };

	(void)state;
	der_append_null(&made);
	der_append_oid(&made, BYTES_LITERAL("\x55\x04\x03"));
	der_append_boolean(&made, true);
	der_append_boolean(&made, false);
	der_append_bit_string(&made, BYTES_LITERAL("\xab"));
	der_append_bit_string(&made, bytes_of(NULL, 0));
	der_append(&made, DER_UTF8_STRING, bytes_of_string("ab"));
	assert_asn1(buf_bytes(&made),
	    "0500 06{550403} 0101ff 010100 03{00ab} 03{00} 0c{'ab'}",
	    "simple types");
	buf_clear(&made);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_any_takes_one_element_off),
		cmocka_unit_test(read_any_is_strict),
		cmocka_unit_test(read_wants_the_tag_it_is_told),
		cmocka_unit_test(read_oid_checks_the_form),
		cmocka_unit_test(read_integer_takes_any_number_as_it_stands),
		cmocka_unit_test(read_number_takes_what_an_int_holds),
		cmocka_unit_test(read_boolean_takes_the_two_of_der),
		cmocka_unit_test(read_bit_string_wants_whole_octets),
		cmocka_unit_test(read_named_bits_numbers_them_from_the_first),
		cmocka_unit_test(read_time_takes_both_forms),
		cmocka_unit_test(read_time_refuses_what_is_no_date),
		cmocka_unit_test(time_of_takes_the_content_alone),
		cmocka_unit_test(open_and_close_nest),
		cmocka_unit_test(close_writes_lengths_of_every_size),
		cmocka_unit_test(close_sorted_puts_elements_into_der_order),
		cmocka_unit_test(append_number_and_append_unsigned_are_minimal),
		cmocka_unit_test(append_named_bits_leaves_no_zeros_behind),
		cmocka_unit_test(append_time_changes_its_form_in_2050),
		cmocka_unit_test(append_writes_the_simple_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
