/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/crl.h"

#include "tests/unit/crypto_codec.h"

#define ISSUER "30{31{30{06{550403} 0c{'rsa'}}}}"
#define ALGORITHM "30{06{2a864886f70d01010b}0500}"
#define DATES "17{'261122100654Z'} 17{'261129100654Z'}"
#define NUMBER "30{06{551d14} 04{020107}}"
#define CRL(fields) "30{ 30{" fields "}" ALGORITHM "030100 }"
#define V2 "020101" ALGORITHM ISSUER
#define ENTRY "30{020105 17{'261121000000Z'}}"

static void
a_crl_that_openssl_made_is_read(void **state)
{
	static const struct {
		struct bytes serial;
		int64_t revoked_at;
		int reason;
	} rows[] = {
		{ BYTES_LITERAL("\x06"), 1795341600,
		    CRL_REASON_CERTIFICATE_HOLD },
		{ BYTES_LITERAL("\x1a\x2b"), 1795168800, 1 },
		{ BYTES_LITERAL("\xff\x01\x02\x03\x04\x05\x06\x07"), 1795255200,
		    CRL_REASON_UNSPECIFIED },
	};
	struct certificate *ca = certificate_vector("ca/ca.pem");
	struct buf der = vector("codec/crl.der");
	struct crl *crl = NULL;

	(void)state;
	assert_int_equal(crl_read(buf_bytes(&der), &crl), ERR_OK);
	assert_same_bytes(crl->issuer, ca->subject);
	assert_same_bytes(crl->number, BYTES_LITERAL("\x10\x03"));
	assert_int_equal(crl->this_update, 1795392000);
	assert_int_equal(crl->next_update, 1797984000);
	assert_false(crl->is_partial);
	assert_int_equal(signed_object_verify(gnutls(), &crl->outer, ca->spki),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct crl_entry entry;

		assert_int_equal(crl_next_entry(&crl->entries, &entry), ERR_OK);
		assert_same_bytes(entry.serial, rows[i].serial);
		assert_int_equal(entry.revoked_at, rows[i].revoked_at);
		assert_int_equal(entry.reason, rows[i].reason);
	}
	assert_true(der_at_end(&crl->entries));
	crl_free(crl);
	buf_clear(&der);
	certificate_free(ca);
}

/* Whether it is read, whether it has what is optional, and speaks of all. */
static void
crls_are_read_in_every_form(void **state)
{
	static const struct {
		const char *what;
		const char *notation;
		enum err err;
		bool has_number;
		bool is_partial;
	} rows[] = {
		{ "whole",
		    CRL(V2 DATES "30{" ENTRY "}"
				 "a0{30{" NUMBER "}}"),
		    ERR_OK, true, false },
		{ "version 1", CRL(ALGORITHM ISSUER DATES "30{" ENTRY "}"),
		    ERR_OK, false, false },
		{ "nothing revoked", CRL(V2 DATES "a0{30{" NUMBER "}}"), ERR_OK,
		    true, false },
		{ "no nextUpdate", CRL(V2 "17{'261122100654Z'}"), ERR_OK, false,
		    false },
		{ "something that does not matter",
		    CRL(V2 DATES "a0{30{30{06{2a03} 04{0500}}" NUMBER "}}"),
		    ERR_OK, true, false },
		{ "changes alone",
		    CRL(V2 DATES "a0{30{30{06{551d1b} 0101ff 04{020101}}}}"),
		    ERR_OK, false, true },
		{ "no date", CRL(V2), ERR_CRL_MALFORMED, false, false },
		{ "no issuer", CRL("020101" ALGORITHM DATES), ERR_CRL_MALFORMED,
		    false, false },
		{ "number of another type",
		    CRL(V2 DATES "a0{30{30{06{551d14} 04{0500}}}}"),
		    ERR_CRL_MALFORMED, false, false },
		{ "something behind", CRL(V2 DATES "a0{3000} 0500"),
		    ERR_CRL_MALFORMED, false, false },
		{ "something behind the extensions",
		    CRL(V2 DATES "a0{3000 0500}"), ERR_CRL_MALFORMED, false,
		    false },
		{ "no frame", "30{" V2 DATES "}", ERR_CRL_MALFORMED, false,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].notation);
		struct crl *crl = NULL;

		assert_err(crl_read(buf_bytes(&der), &crl), rows[i].err,
		    rows[i].what);
		if (crl != NULL) {
			assert_int_equal(crl->number.size > 0,
			    rows[i].has_number);
			assert_int_equal(crl->is_partial, rows[i].is_partial);
		}
		crl_free(crl);
		buf_clear(&der);
	}
}

/* certificateIssuer would make the entry one of another CA. */
static void
entries_that_say_something_else_are_refused(void **state)
{
	static const struct {
		const char *notation;
		enum err err;
	} rows[] = {
		{ ENTRY, ERR_OK },
		{ "30{020105 17{'261121000000Z'} 30{30{06{2a03} 04{0500}}}}",
		    ERR_OK },
		{ "30{020105 17{'261121000000Z'} 30{30{06{551d1d} 0101ff "
		  "04{3000}}}}",
		    ERR_CRL_MALFORMED },
		{ "30{020105 17{'261121000000Z'} 30{30{06{551d15} "
		  "04{0a020101}}}}",
		    ERR_CRL_MALFORMED },
		{ "30{020105 17{'261121000000Z'} 30{0500}}",
		    ERR_CRL_MALFORMED },
		{ "30{020105 17{'261121000000Z'} 3000 0500}",
		    ERR_CRL_MALFORMED },
		{ "30{020105}", ERR_CRL_MALFORMED },
		{ "020105", ERR_CRL_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].notation);
		struct der entries = der_of(buf_bytes(&der));
		struct crl_entry entry;

		assert_err(crl_next_entry(&entries, &entry), rows[i].err,
		    rows[i].notation);
		buf_clear(&der);
	}
}

static void
entries_are_written_with_a_reason_where_there_is_one(void **state)
{
	static const struct {
		struct crl_entry entry;
		const char *expected;
	} rows[] = {
		{ { BYTES_LITERAL("\x05"), 0, CRL_REASON_UNSPECIFIED },
		    "30{020105 17{'700101000000Z'}}" },
		{ { BYTES_LITERAL("\xff"), 2524608000, 1 },
		    "30{020200ff 18{'20500101000000Z'} "
		    "30{30{06{551d15} 04{0a0101}}}}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf made = { 0 };

		crl_append_entry(&made, &rows[i].entry);
		assert_asn1(buf_bytes(&made), rows[i].expected, "entry");
		buf_clear(&made);
	}
}

static void
check_tbs(int64_t number, const char *entries, const char *expected)
{
	struct buf issuer = asn1(ISSUER), list = asn1(entries), tbs = { 0 };
	const struct crl_order order = {
		.issuer = buf_bytes(&issuer),
		.authority_key_id = BYTES_LITERAL("ca"),
		.number = number,
		.next_update = 86400,
		.entries = buf_bytes(&list),
	};

	crl_append_tbs(&tbs, &order, SIGNATURE_RSA, DIGEST_SHA256);
	assert_asn1(buf_bytes(&tbs), expected, "TBSCertList");
	buf_clear(&issuer);
	buf_clear(&list);
	buf_clear(&tbs);
}

#define MADE(entries, number) \
	"30{" V2 "17{'700101000000Z'} 17{'700102000000Z'}" entries \
	"a0{30{ 30{06{551d23} 04{30{80{'ca'}}}}" \
	"30{06{551d14} 04{02{" number "}}}}}}"

static void
tbs_has_its_number_and_key_and_no_empty_list(void **state)
{
	(void)state;
	check_tbs(7, ENTRY, MADE("30{" ENTRY "}", "07"));
	check_tbs(1795341600, "", MADE("", "6b02bd20"));
}

static void
extensions_of_the_ca_s_own_stand_in_for_the_key_id(void **state)
{
	static const char own[] = "30{06{551d12} 04{30{82{'a'}}}}"
				  "30{06{551d23} 04{30{820105}}}";
	struct buf issuer = asn1(ISSUER), extensions = asn1(own), tbs = { 0 };
	const struct crl_order order = {
		.issuer = buf_bytes(&issuer),
		.authority_key_id = BYTES_LITERAL("ca"),
		.extensions = buf_bytes(&extensions),
		.number = 7,
		.next_update = 86400,
	};

	(void)state;
	crl_append_tbs(&tbs, &order, SIGNATURE_RSA, DIGEST_SHA256);
	assert_asn1(buf_bytes(&tbs),
	    "30{" V2 "17{'700101000000Z'} 17{'700102000000Z'} a0{30{"
	    "30{06{551d12} 04{30{82{'a'}}}} 30{06{551d23} 04{30{820105}}}"
	    "30{06{551d14} 04{02{07}}}}}}",
	    "TBSCertList");
	buf_clear(&issuer);
	buf_clear(&extensions);
	buf_clear(&tbs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crl_that_openssl_made_is_read),
		cmocka_unit_test(crls_are_read_in_every_form),
		cmocka_unit_test(entries_that_say_something_else_are_refused),
		cmocka_unit_test(
		    entries_are_written_with_a_reason_where_there_is_one),
		cmocka_unit_test(tbs_has_its_number_and_key_and_no_empty_list),
		cmocka_unit_test(
		    extensions_of_the_ca_s_own_stand_in_for_the_key_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
