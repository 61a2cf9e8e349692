/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_certs.h"

#include "crypto/certificate.h"
#include "crypto/name.h"
#include "tests/unit/crypto_codec.h"

#define DATA "06{2a864886f70d010701}"
#define DEGENERATE(content, sets) \
	"30{06{2a864886f70d010702} a0{30{020101 3100" content sets "3100}}}"

static void
append_writes_what_rfc_8894_asks_for(void **state)
{
	static const struct {
		size_t count;
		const char *der;
	} rows[] = {
		{ 0, DEGENERATE("30{" DATA "}", "a000") },
		{ 1, DEGENERATE("30{" DATA "}", "a0{30{'z'}}") },
		/* In their order, not in that of DER (E8). */
		{ 3, DEGENERATE("30{" DATA "}", "a0{30{'z'} 30{'yy'} 3000}") },
	};
	static const struct bytes certificates[] = {
		BYTES_LITERAL("\x30\x01z"),
		BYTES_LITERAL("\x30\x02yy"),
		BYTES_LITERAL("\x30\x00"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf made = { 0 };
		struct bytes read[3];
		size_t count = 77;

		buf_append_string(&made, "before");
		cms_certs_append(&made, certificates, rows[i].count);
		assert_bytes(bytes_of(made.data, 6), "before");
		assert_asn1(bytes_from(buf_bytes(&made), 6), rows[i].der,
		    rows[i].der);
		assert_int_equal(cms_certs_read(bytes_from(buf_bytes(&made), 6),
				     read, COUNT(read), &count),
		    ERR_OK);
		assert_int_equal(count, rows[i].count);
		for (size_t j = 0; j < count; j++)
			assert_same_bytes(read[j], certificates[j]);
		buf_clear(&made);
	}
}

/* Reads the first certificate of the vector and checks whose it is. */
static void
assert_first_is(const char *name, const char *subject, size_t certificates)
{
	struct buf der = vector(name), text = { 0 };
	struct bytes found[4];
	struct certificate *certificate = NULL;
	size_t count = 0;

	assert_err(cms_certs_read(buf_bytes(&der), found, COUNT(found), &count),
	    ERR_OK, name);
	assert_int_equal(count, certificates);
	assert_int_equal(certificate_read(found[0], &certificate), ERR_OK);
	name_append_text(&text, certificate->subject);
	assert_string_equal(buf_string(&text), subject);
	certificate_free(certificate);
	buf_clear(&text);
	buf_clear(&der);
}

static void
read_takes_recorded_ones(void **state)
{
	(void)state;
	assert_first_is("codec/degenerate.der", "CN=p256,O=Example", 2);
	assert_first_is("jscep-samples/scep_resp0.der",
	    "CN=Test SCEP PKI user,OU=Procurement,O=Dave's Wetaburgers,C=NZ",
	    1);
	/* Of one with a signer, too. */
	assert_first_is("codec/signed-sha256.der", "CN=rsa,O=Example", 1);
}

static void
read_finds_certificates_beside_other_things(void **state)
{
	static const struct {
		const char *der;
		size_t count;
	} rows[] = {
		/* digestedData, as GnuTLS writes; CRLs; no certificates. */
		{ DEGENERATE("30{06{2a864886f70d010705}}", "a0{30{'a'}}"), 1 },
		{ DEGENERATE("30{" DATA "}", "a0{30{'a'} 30{'b'}} a1{3000}"),
		    2 },
		{ DEGENERATE("30{" DATA "}", "a1{3000}"), 0 },
		{ DEGENERATE("30{" DATA "}", ""), 0 },
		{ DEGENERATE("30{" DATA "a0{04{}}}", "a0{30{'a'}}"), 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);
		struct bytes found[2];
		size_t count = 77;

		assert_err(cms_certs_read(buf_bytes(&der), found, COUNT(found),
			       &count),
		    ERR_OK, rows[i].der);
		assert_int_equal(count, rows[i].count);
		buf_clear(&der);
	}
}

static void
read_takes_so_many_certificates_and_no_more(void **state)
{
	struct buf der = asn1(DEGENERATE("30{" DATA "}",
	    "a0{30{'a'} 30{'b'} 30{'c'}}"));
	struct bytes found[3];
	size_t count = 77;

	(void)state;
	for (size_t limit = 0; limit < 3; limit++)
		assert_int_equal(cms_certs_read(buf_bytes(&der), found, limit,
				     &count),
		    ERR_SIGNED_CERTIFICATES);
	assert_int_equal(count, 77);
	assert_int_equal(cms_certs_read(buf_bytes(&der), found, 3, &count),
	    ERR_OK);
	assert_int_equal(count, 3);
	buf_clear(&der);
}

static void
read_refuses_what_is_no_signed_data(void **state)
{
	static const struct {
		const char *der;
		enum err err;
	} rows[] = {
		{ "30{06{2a864886f70d010703} a0{3000}}", ERR_SIGNED_TYPE },
		{ "30{" DATA "}", ERR_SIGNED_TYPE },
		{ "", ERR_DER_TAG },
		{ "3000", ERR_DER_TAG },
		/* A certificate by itself. */
		{ "30{30{a0{020102}}}", ERR_DER_TAG },
		{ DEGENERATE("", ""), ERR_DER_TAG },
		{ DEGENERATE("30{" DATA "}", "a0{0500}"), ERR_DER_TAG },
		{ DEGENERATE("30{" DATA "}", "a0{a2{30{'a'}}}"), ERR_DER_TAG },
		{ DEGENERATE("30{" DATA "}", "a0{3005}"), ERR_DER_TRUNCATED },
		{ DEGENERATE("30{" DATA "}", "a0{3080 0000}"), ERR_DER_LENGTH },
		{ DEGENERATE("30{" DATA "}", "a0{3000}") "00",
		    ERR_DER_TRAILING },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);
		struct bytes found[2];
		size_t count = 77;

		assert_err(cms_certs_read(buf_bytes(&der), found, COUNT(found),
			       &count),
		    rows[i].err, rows[i].der);
		assert_int_equal(count, 77);
		buf_clear(&der);
	}
}

static void
read_refuses_one_cut_at_any_octet(void **state)
{
	struct buf whole = vector("codec/degenerate.der");

	(void)state;
	for (size_t size = 0; size < whole.size; size++) {
		struct buf cut = { 0 };
		struct bytes found[2];
		size_t count = 77;

		buf_append(&cut, bytes_of(whole.data, size));
		assert_int_not_equal(cms_certs_read(buf_bytes(&cut), found,
					 COUNT(found), &count),
		    ERR_OK);
		assert_int_equal(count, 77);
		buf_clear(&cut);
	}
	buf_clear(&whole);
}

static void
a_crl_is_alone_and_found_again(void **state)
{
	static const struct {
		const char *der;
		enum err err;
	} rows[] = {
		{ DEGENERATE("30{" DATA "}", "a1{30{'b'}}"), ERR_OK },
		{ DEGENERATE("30{" DATA "}", "a0{30{'a'}} a1{30{'b'} 3000}"),
		    ERR_OK },
		{ DEGENERATE("30{" DATA "}", ""), ERR_CRL_MALFORMED },
		{ DEGENERATE("30{" DATA "}", "a100"), ERR_CRL_MALFORMED },
		{ DEGENERATE("30{" DATA "}", "a0{30{'a'}}"),
		    ERR_CRL_MALFORMED },
		/* Another kind of revocation information. */
		{ DEGENERATE("30{" DATA "}", "a1{a1{30{'a'}}}"),
		    ERR_CRL_MALFORMED },
		{ "30{06{2a864886f70d010703} a0{3000}}", ERR_SIGNED_TYPE },
		{ "", ERR_DER_TAG },
	};
	struct buf made = { 0 };
	struct bytes crl = { 0 };

	(void)state;
	cms_certs_append_crl(&made,
	    BYTES_LITERAL("\x30\x01"
			  "b"));
	assert_asn1(buf_bytes(&made), rows[0].der, "made");
	buf_clear(&made);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);

		assert_err(cms_certs_read_crl(buf_bytes(&der), &crl),
		    rows[i].err, rows[i].der);
		if (rows[i].err == ERR_OK)
			assert_bytes(crl,
			    "\x30\x01"
			    "b");
		buf_clear(&der);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(append_writes_what_rfc_8894_asks_for),
		cmocka_unit_test(read_takes_recorded_ones),
		cmocka_unit_test(read_finds_certificates_beside_other_things),
		cmocka_unit_test(read_takes_so_many_certificates_and_no_more),
		cmocka_unit_test(read_refuses_what_is_no_signed_data),
		cmocka_unit_test(read_refuses_one_cut_at_any_octet),
		cmocka_unit_test(a_crl_is_alone_and_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
