/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/ber.h"

#include "tests/unit/crypto_codec.h"

/* `der` is NULL where `err` is what comes of it. */
struct row {
	const char *ber;
	enum err err;
	const char *der;
};

static void
check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf ber = asn1(rows[i].ber), der = { 0 };

		buf_append_string(&der, "before");
		assert_err(ber_normalise(buf_bytes(&ber), &der), rows[i].err,
		    rows[i].ber);
		assert_bytes(bytes_of(der.data, 6), "before");
		assert_asn1(bytes_from(buf_bytes(&der), 6),
		    rows[i].err == ERR_OK ? rows[i].der : "", rows[i].ber);
		buf_clear(&ber);
		buf_clear(&der);
	}
}

static void
normalise_leaves_der_alone(void **state)
{
	static const struct row rows[] = {
		{ "0500", ERR_OK, "0500" },
		{ "3000", ERR_OK, "3000" },
		{ "30{ 02{05} 04{} a0{ 80{0000} } }", ERR_OK,
		    "300b 020105 0400 a004 80020000" },
		/* Neither sorted nor judged: SETs and BOOLEANs. */
		{ "31{ 020102 020101 }", ERR_OK, "31 06 020102 020101" },
		{ "010101", ERR_OK, "010101" },
		/* Private and application classes. */
		{ "61{ c1{ff} }", ERR_OK, "6103 c101ff" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_shortens_lengths(void **state)
{
	static const struct row rows[] = {
		{ "30 81 03 020105", ERR_OK, "3003 020105" },
		{ "30 84 00000003 020105", ERR_OK, "3003 020105" },
		{ "04 8a 00000000000000000001 61", ERR_OK, "040161" },
		{ "30 81 04 02 81 01 05", ERR_OK, "3003 020105" },
		{ "05 81 00", ERR_OK, "0500" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_writes_each_length_in_its_shortest_form(void **state)
{
	static const struct {
		size_t size;
		const char *header;
	} lengths[] = {
		{ 0, "0400" },
		{ 127, "047f" },
		{ 128, "048180" },
		{ 255, "0481ff" },
		{ 256, "04820100" },
		{ 65535, "0482ffff" },
		{ 65536, "0483010000" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct buf ber = asn1("24 80"), der = { 0 };
		size_t size = lengths[i].size;

		/* In segments of 1, 2, 3... octets. */
		for (size_t part = 1, left = size; left > 0; part++) {
			struct buf segment = repeated("61",
			    part < left ? part : left);

			der_append(&ber, DER_OCTET_STRING, buf_bytes(&segment));
			left -= segment.size;
			buf_clear(&segment);
		}
		buf_append(&ber, BYTES_LITERAL("\0\0"));
		assert_int_equal(ber_normalise(buf_bytes(&ber), &der), ERR_OK);
		assert_asn1(bytes_of(der.data, der.size - size),
		    lengths[i].header, lengths[i].header);
		buf_clear(&ber);
		buf_clear(&der);
	}
}

static void
normalise_makes_lengths_definite_at_every_level(void **state)
{
	static const struct row rows[] = {
		{ "3080 0000", ERR_OK, "3000" },
		{ "3080 020105 0000", ERR_OK, "3003 020105" },
		{ "3080 3080 020105 0000 0000", ERR_OK, "30{30{020105}}" },
		{ "30{ 3080 020105 0000 }", ERR_OK, "30{30{020105}}" },
		{ "3080 30{020105} 0000", ERR_OK, "30{30{020105}}" },
		{ "3180 a080 6180 0000 0000 0000", ERR_OK, "31{a0{61{}}}" },
		{ "3080 3080 0000 3080 0000 0000", ERR_OK, "30{3000 3000}" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_joins_the_segments_of_strings(void **state)
{
	static const struct row rows[] = {
		{ "2400", ERR_OK, "0400" },
		{ "2480 0000", ERR_OK, "0400" },
		{ "24{ 04{'ab'} 04{} 04{'c'} }", ERR_OK, "04{'abc'}" },
		{ "2480 04{'ab'} 04{'c'} 0000", ERR_OK, "04{'abc'}" },
		{ "24{ 2480 04{'a'} 24{ 04{'b'} } 0000 04{'c'} }", ERR_OK,
		    "04{'abc'}" },
		/* Segments are of the string's own type, or octets. */
		{ "2c{ 0c{'a'} 04{'b'} }", ERR_OK, "0c{'ab'}" },
		{ "32{ 04{'1'} }", ERR_OK, "12{'1'}" },
		{ "3380 13{'a'} 0000", ERR_OK, "13{'a'}" },
		{ "34{ 04{'a'} }", ERR_OK, "14{'a'}" },
		{ "36{ 04{'a'} }", ERR_OK, "16{'a'}" },
		{ "3a{ 04{'a'} }", ERR_OK, "1a{'a'}" },
		{ "3c{ 04{00000061} }", ERR_OK, "1c{00000061}" },
		{ "3e{ 04{0061} }", ERR_OK, "1e{0061}" },
		/* Only its reader can know what a [0] is. */
		{ "a080 04{'a'} 2480 04{'b'} 0000 0000", ERR_OK,
		    "a0{ 04{'a'} 04{'b'} }" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_refuses_what_ends_early(void **state)
{
	static const struct row rows[] = {
		{ "", ERR_BER_TRUNCATED, NULL },
		{ "30", ERR_BER_TRUNCATED, NULL },
		{ "3081", ERR_BER_TRUNCATED, NULL },
		{ "308201", ERR_BER_TRUNCATED, NULL },
		{ "3005 0201", ERR_BER_TRUNCATED, NULL },
		{ "3003 0202 05", ERR_BER_TRUNCATED, NULL },
		{ "3080", ERR_BER_TRUNCATED, NULL },
		{ "3080 020105", ERR_BER_TRUNCATED, NULL },
		{ "3080 3080 0000", ERR_BER_TRUNCATED, NULL },
		{ "2480 04{'a'}", ERR_BER_TRUNCATED, NULL },
		/* An end of contents that lies outside of its element. */
		{ "3080 3002 0201 0000", ERR_BER_TRUNCATED, NULL },
		{ "30{ 3080 020105 }", ERR_BER_TRUNCATED, NULL },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_refuses_malformed_lengths(void **state)
{
	static const struct row rows[] = {
		{ "04 83 100000", ERR_BER_TRUNCATED, NULL },
		{ "04 83 100001", ERR_BER_LENGTH, NULL },
		{ "04 84 7fffffff", ERR_BER_LENGTH, NULL },
		{ "04 84 ffffffff", ERR_BER_LENGTH, NULL },
		{ "04 85 0100000000", ERR_BER_LENGTH, NULL },
		{ "04 88 7fffffffffffffff", ERR_BER_LENGTH, NULL },
		{ "04 88 ffffffffffffffff", ERR_BER_LENGTH, NULL },
		{ "04 89 010000000000000000", ERR_BER_LENGTH, NULL },
		{ "04 ff 00", ERR_BER_LENGTH, NULL },
		/* Indefinite, and primitive. */
		{ "0480 0000", ERR_BER_LENGTH, NULL },
		{ "8080 0000", ERR_BER_LENGTH, NULL },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_refuses_tags_that_cms_does_not_use(void **state)
{
	static const struct row rows[] = {
		/* Of several octets, of every class. */
		{ "1f01 00", ERR_BER_TAG, NULL },
		{ "3f8101 00", ERR_BER_TAG, NULL },
		{ "5f1f 00", ERR_BER_TAG, NULL },
		{ "9f1f 00", ERR_BER_TAG, NULL },
		{ "30{ bf1f 00 }", ERR_BER_TAG, NULL },
		/* Constructed, but no SEQUENCE, SET or string of characters. */
		{ "2000", ERR_BER_TAG, NULL },
		{ "21{010100}", ERR_BER_TAG, NULL },
		{ "22{020100}", ERR_BER_TAG, NULL },
		{ "23{030100}", ERR_BER_TAG, NULL },
		{ "2500", ERR_BER_TAG, NULL },
		{ "2600", ERR_BER_TAG, NULL },
		{ "2800", ERR_BER_TAG, NULL },
		{ "2b00", ERR_BER_TAG, NULL },
		{ "37{17{'700101000000Z'}}", ERR_BER_TAG, NULL },
		{ "38{18{'19700101000000Z'}}", ERR_BER_TAG, NULL },
		/* Ends of contents where nothing ends. */
		{ "0000", ERR_BER_TAG, NULL },
		{ "3002 0000", ERR_BER_TAG, NULL },
		{ "30{ 020105 0000 }", ERR_BER_TAG, NULL },
		{ "3080 0001 00 0000", ERR_BER_TAG, NULL },
		{ "a080 0081 00 0000", ERR_BER_TAG, NULL },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_refuses_strings_of_other_things_than_segments(void **state)
{
	static const struct row rows[] = {
		{ "24{ 020105 }", ERR_BER_STRING, NULL },
		{ "24{ 0c{'a'} }", ERR_BER_STRING, NULL },
		{ "24{ 0500 }", ERR_BER_STRING, NULL },
		{ "24{ 84{'a'} }", ERR_BER_STRING, NULL },
		{ "24{ 04{'a'} 3000 }", ERR_BER_STRING, NULL },
		{ "24{ 24{ 13{'a'} } }", ERR_BER_STRING, NULL },
		{ "2c{ 13{'a'} }", ERR_BER_STRING, NULL },
		{ "2c{ 24{ 0c{'a'} } }", ERR_BER_STRING, NULL },
		{ "24{ 0000 }", ERR_BER_STRING, NULL },
		{ "2480 0001 00 0000", ERR_BER_STRING, NULL },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
normalise_refuses_what_follows_the_message(void **state)
{
	static const struct row rows[] = {
		{ "0500 00", ERR_BER_TRAILING, NULL },
		{ "0500 0500", ERR_BER_TRAILING, NULL },
		{ "3000 0a", ERR_BER_TRAILING, NULL },
		{ "3080 0000 00", ERR_BER_TRAILING, NULL },
		{ "3080 0000 0000", ERR_BER_TRAILING, NULL },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

/* `count` elements, each the only one inside the one before it. */
static struct buf
nested(size_t count, const char *opening, const char *ending)
{
	struct buf made = repeated(opening, count);
	struct buf end = repeated(ending, count);

	buf_append(&made, buf_bytes(&end));
	buf_clear(&end);
	return made;
}

static void
normalise_allows_elements_so_deep_and_no_deeper(void **state)
{
	static const struct {
		size_t depth;
		enum err err;
	} rows[] = {
		{ BER_MAX_DEPTH, ERR_OK },
		{ BER_MAX_DEPTH + 1, ERR_BER_DEPTH },
		{ 10000, ERR_BER_DEPTH },
	};
	static const char *const openings[] = { "3080", "2480", "a080" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(openings); j++) {
			struct buf ber = nested(rows[i].depth, openings[j],
			    "0000");
			struct buf der = { 0 };

			assert_err(ber_normalise(buf_bytes(&ber), &der),
			    rows[i].err, openings[j]);
			buf_clear(&ber);
			buf_clear(&der);
		}
}

static enum err
normalise_inside(const char *opening, const char *element, size_t count)
{
	struct buf elements = repeated(element, count);
	struct bytes parts[] = { buf_bytes(&elements) };
	struct buf ber = asn1_of(opening, parts), der = { 0 };
	enum err err = ber_normalise(buf_bytes(&ber), &der);

	buf_clear(&elements);
	buf_clear(&ber);
	buf_clear(&der);
	return err;
}

static void
normalise_allows_so_many_elements_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(normalise_inside("30{$0}", "0500",
			     BER_MAX_ELEMENTS - 1),
	    ERR_OK);
	assert_int_equal(normalise_inside("30{$0}", "0500", BER_MAX_ELEMENTS),
	    ERR_BER_SEGMENTS);
	assert_int_equal(normalise_inside("2480 $0 0000", "040161",
			     BER_MAX_ELEMENTS - 1),
	    ERR_OK);
	assert_int_equal(normalise_inside("2480 $0 0000", "0400", 500000),
	    ERR_BER_SEGMENTS);
}

/* Were any read again for each level above it, the limit would be met. */
static void
normalise_counts_each_element_once_however_deep_it_lies(void **state)
{
	static const char opening[] = "30{ 30{ 30{ 30{ 30{ 30{ 30{ 30{ 30{ 30{ "
				      "24{ 24{ 24{ 24{ 24{ 24{ 24{ 24{ 24{ 24{ "
				      "$0 } } } } } } } } } } "
				      "} } } } } } } } } }";

	(void)state;
	assert_int_equal(normalise_inside(opening, "040161",
			     BER_MAX_ELEMENTS - 20),
	    ERR_OK);
	assert_int_equal(normalise_inside(opening, "040161",
			     BER_MAX_ELEMENTS - 19),
	    ERR_BER_SEGMENTS);
}

static void
normalise_allows_a_message_so_large_and_no_larger(void **state)
{
	struct buf content = repeated("61", BER_MAX_SIZE - 5), der = { 0 };
	struct bytes parts[] = { buf_bytes(&content) };
	struct buf ber = asn1_of("04{$0}", parts);

	(void)state;
	assert_int_equal(ber.size, BER_MAX_SIZE);
	assert_int_equal(ber_normalise(buf_bytes(&ber), &der), ERR_OK);
	assert_same_bytes(buf_bytes(&der), buf_bytes(&ber));
	buf_append_octet(&ber, 0);
	assert_int_equal(ber_normalise(buf_bytes(&ber), &der), ERR_BER_SIZE);
	buf_clear(&content);
	buf_clear(&ber);
	buf_clear(&der);
}

static void
normalise_leaves_recorded_messages_alone(void **state)
{
	static const char *const names[] = {
		"apple-2016/message.der",
		"certmonger/message.der",
		"jscep-samples/scep_req0.der",
		"jscep-samples/scep_req1.der",
		"jscep-samples/scep_req2.der",
		"jscep-samples/scep_resp0.der",
		"jscep-samples/scep_resp1.der",
		"jscep-samples/scep_resp2.der",
		"micromdm/message.der",
		"micromdm-head/message.der",
		"sscep/message.der",
		"strongswan/message.der",
		"strongswan-aes/message.der",
		"strongswan-pss/message.der",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct buf message = vector(names[i]), der = { 0 };

		assert_err(ber_normalise(buf_bytes(&message), &der), ERR_OK,
		    names[i]);
		assert_same_bytes(buf_bytes(&der), buf_bytes(&message));
		buf_clear(&message);
		buf_clear(&der);
	}
}

static void
normalise_refuses_a_recorded_message_cut_at_any_octet(void **state)
{
	/* The first has definite lengths, the second has not. */
	struct buf message = vector("sscep/message.der");
	struct buf streamed = vector("codec/signed-stream.ber");
	struct buf der = { 0 };

	(void)state;
	for (size_t size = 0; size < message.size; size++)
		assert_int_equal(ber_normalise(bytes_of(message.data, size),
				     &der),
		    ERR_BER_TRUNCATED);
	for (size_t size = 0; size < streamed.size; size++)
		assert_int_not_equal(
		    ber_normalise(bytes_of(streamed.data, size), &der), ERR_OK);
	assert_int_equal(der.size, 0);
	buf_clear(&message);
	buf_clear(&streamed);
}

static void
normalise_turns_what_openssl_streams_into_der(void **state)
{
	struct buf ber = vector("codec/signed-stream.ber");
	struct buf der = vector("codec/signed-stream.der");
	struct buf made = { 0 };

	(void)state;
	assert_int_equal(ber_normalise(buf_bytes(&ber), &made), ERR_OK);
	assert_same_bytes(buf_bytes(&made), buf_bytes(&der));
	buf_clear(&ber);
	buf_clear(&der);
	buf_clear(&made);
}

static void
normalise_changes_nothing_when_it_is_repeated(void **state)
{
	struct buf ber = vector("codec/enveloped-stream.ber");
	struct buf once = { 0 }, twice = { 0 };

	(void)state;
	assert_int_equal(ber_normalise(buf_bytes(&ber), &once), ERR_OK);
	assert_int_equal(ber_normalise(buf_bytes(&once), &twice), ERR_OK);
	assert_same_bytes(buf_bytes(&once), buf_bytes(&twice));
	buf_clear(&ber);
	buf_clear(&once);
	buf_clear(&twice);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(normalise_leaves_der_alone),
		cmocka_unit_test(normalise_shortens_lengths),
		cmocka_unit_test(
		    normalise_writes_each_length_in_its_shortest_form),
		cmocka_unit_test(
		    normalise_makes_lengths_definite_at_every_level),
		cmocka_unit_test(normalise_joins_the_segments_of_strings),
		cmocka_unit_test(normalise_refuses_what_ends_early),
		cmocka_unit_test(normalise_refuses_malformed_lengths),
		cmocka_unit_test(normalise_refuses_tags_that_cms_does_not_use),
		cmocka_unit_test(
		    normalise_refuses_strings_of_other_things_than_segments),
		cmocka_unit_test(normalise_refuses_what_follows_the_message),
		cmocka_unit_test(
		    normalise_allows_elements_so_deep_and_no_deeper),
		cmocka_unit_test(normalise_allows_so_many_elements_and_no_more),
		cmocka_unit_test(
		    normalise_counts_each_element_once_however_deep_it_lies),
		cmocka_unit_test(
		    normalise_allows_a_message_so_large_and_no_larger),
		cmocka_unit_test(normalise_leaves_recorded_messages_alone),
		cmocka_unit_test(
		    normalise_refuses_a_recorded_message_cut_at_any_octet),
		cmocka_unit_test(normalise_turns_what_openssl_streams_into_der),
		cmocka_unit_test(normalise_changes_nothing_when_it_is_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
