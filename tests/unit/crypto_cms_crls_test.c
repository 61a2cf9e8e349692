/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_crls.h"

#include "tests/unit/crypto_codec.h"

#define DEGENERATE(sets) \
	"30{06{2a864886f70d010702} a0{30{020101 3100 " \
	"30{06{2a864886f70d010701}}" sets "3100}}}"

static void
read_finds_crls_beside_other_things(void **state)
{
	static const struct {
		const char *der;
		size_t count;
	} rows[] = {
		{ DEGENERATE(""), 0 },
		{ DEGENERATE("a100"), 0 },
		{ DEGENERATE("a0{30{'a'}}"), 0 },
		{ DEGENERATE("a1{30{'a'}}"), 1 },
		{ DEGENERATE("a0{30{'a'}} a1{30{'b'} 30{'c'}}"), 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);
		struct bytes found[2];
		size_t count = 77;

		assert_err(cms_crls_read(buf_bytes(&der), found, COUNT(found),
			       &count),
		    ERR_OK, rows[i].der);
		assert_int_equal(count, rows[i].count);
		buf_clear(&der);
	}
}

static void
read_refuses_what_has_none_that_can_be_read(void **state)
{
	static const struct {
		const char *der;
		enum err err;
	} rows[] = {
		{ "", ERR_DER_TAG },
		{ "30{06{2a864886f70d010703} a0{3000}}", ERR_SIGNED_TYPE },
		{ DEGENERATE("a1{0500}"), ERR_DER_TAG },
		/* Another kind of revocation information. */
		{ DEGENERATE("a1{a1{30{'a'}}}"), ERR_DER_TAG },
		{ DEGENERATE("a1{3005}"), ERR_DER_TRUNCATED },
		{ DEGENERATE("a1{30{'a'} 30{'b'} 30{'c'}}"),
		    ERR_SIGNED_CERTIFICATES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);
		struct bytes found[2];
		size_t count = 77;

		assert_err(cms_crls_read(buf_bytes(&der), found, COUNT(found),
			       &count),
		    rows[i].err, rows[i].der);
		assert_int_equal(count, 77);
		buf_clear(&der);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_finds_crls_beside_other_things),
		cmocka_unit_test(read_refuses_what_has_none_that_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
