/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/csr.h"

#include "crypto/extension.h"
#include "crypto/name.h"
#include "tests/unit/crypto_codec.h"

#define SUBJECT "30{31{30{06{550403} 0c{'router'}}}}"
#define UNSORTED "30{31{30{06{55040b}0c{'z'}} 30{06{550403}0c{'a'}}}}"

/* Attributes of these values. */
#define PASSWORD(values) "30{06{2a864886f70d010907} 31{" values "}}"
#define PKCS9(values) "30{06{2a864886f70d01090e} 31{" values "}}"
#define MICROSOFT(values) "30{06{2b06010401823702010e} 31{" values "}}"
#define VERISIGN(values) "30{06{6086480186f845010908} 31{" values "}}"
#define UNKNOWN "30{06{2b0601040182370d0203} 31{16{'6.1.7601.2'}}}"
#define EXTENSIONS "30{30{06{551d11} 04{30{82{'a.example.org'}}}}}"

/* A request of this CertificationRequestInfo, $0 being the key's, signed. */
static struct buf
signed_request(const char *info, const char *key_name)
{
	struct key *key = key_vector(key_name);
	struct bytes parts[] = { key_spki(key) };
	struct buf octets = asn1_of(info, parts), made = { 0 };

	assert_int_equal(signed_object_append(&made, key, buf_bytes(&octets)),
	    ERR_OK);
	buf_clear(&octets);
	key_free(key);
	return made;
}

static struct buf
request_with(const char *attributes)
{
	char *info = xasprintf("30{020100 %s $0 a0{%s}}", SUBJECT, attributes);
	struct buf made = signed_request(info, "keys/rsa.pem");

	free(info);
	return made;
}

static void
assert_read_fails(struct buf *der, enum err expected, const char *what)
{
	struct csr *csr = NULL;

	assert_err(csr_read(gnutls(), buf_bytes(der), &csr), expected, what);
	assert_null(csr);
	buf_clear(der);
}

static struct csr *
read_or_fail(struct buf *der, const char *what)
{
	struct csr *csr = NULL;

	assert_err(csr_read(gnutls(), buf_bytes(der), &csr), ERR_OK, what);
	/* It keeps a copy. */
	memset(der->data, 0xee, der->size);
	buf_clear(der);
	return csr;
}

static void
read_takes_the_requests_of_recorded_clients(void **state)
{
	static const struct {
		const char *name;
		const char *subject;
		enum signature_scheme scheme;
		bool extensions;
	} rows[] = {
		{ "certmonger/csr.der",
		    "O=Lab Clients,CN=certmonger-1795342014-5445",
		    SIGNATURE_RSA, true },
		{ "micromdm/csr.der",
		    "CN=micromdm-1795341964-3419,OU=MDM,O=Lab Clients,C=US",
		    SIGNATURE_RSA, false },
		{ "micromdm-head/csr.der",
		    "CN=micromdm-1795342410-5756,OU=MDM,O=Lab Clients,C=US",
		    SIGNATURE_RSA, false },
		{ "sscep/csr.der", "CN=sscep-1795342014-5287,O=Lab Clients",
		    SIGNATURE_RSA, false },
		{ "strongswan/csr.der",
		    "CN=strongswan-1795342083-13757,O=Lab Clients",
		    SIGNATURE_RSA, false },
		{ "strongswan-aes/csr.der",
		    "CN=strongswan-1795342438-6539,O=Lab Clients",
		    SIGNATURE_RSA, false },
		{ "strongswan-pss/csr.der",
		    "CN=strongswan-1795342439-6625,O=Lab Clients",
		    SIGNATURE_RSA_PSS, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = vector(rows[i].name), subject = { 0 };
		struct csr *csr = read_or_fail(&der, rows[i].name);

		name_append_text(&subject, csr->subject);
		assert_string_equal(buf_string(&subject), rows[i].subject);
		assert_bytes(buf_bytes(&csr->challenge), "secret");
		assert_int_equal(csr->algorithm.scheme, rows[i].scheme);
		assert_int_equal(csr->algorithm.digest, DIGEST_SHA256);
		assert_int_equal(csr->extensions.size > 0, rows[i].extensions);
		buf_clear(&subject);
		csr_free(csr);
	}
}

static void
read_takes_the_requests_of_openssl(void **state)
{
	static const struct {
		const char *name;
		struct signature_algorithm algorithm;
		const char *subject;
	} rows[] = {
		{ "codec/csr-rsa.der", { SIGNATURE_RSA, DIGEST_SHA256, 0 },
		    "CN=router,O=Example" },
		{ "codec/csr-md5.der", { SIGNATURE_RSA, DIGEST_MD5, 0 },
		    "CN=router,O=Example" },
		{ "codec/csr-p256.der", { SIGNATURE_ECDSA, DIGEST_SHA256, 0 },
		    "CN=router" },
		{ "codec/csr-p384.der", { SIGNATURE_ECDSA, DIGEST_SHA384, 0 },
		    "CN=router" },
		{ "codec/csr-p521.der", { SIGNATURE_ECDSA, DIGEST_SHA512, 0 },
		    "CN=router" },
		{ "codec/csr-pss.der", { SIGNATURE_RSA_PSS, DIGEST_SHA256, 32 },
		    "CN=router" },
		{ "codec/csr-extensions.der", { SIGNATURE_RSA, DIGEST_SHA1, 0 },
		    "" },
		{ "codec/csr-multivalued.der",
		    { SIGNATURE_RSA, DIGEST_SHA256, 0 },
		    "OU=b+CN=router+O=Example" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = vector(rows[i].name), subject = { 0 };
		struct csr *csr = read_or_fail(&der, rows[i].name);

		assert_int_equal(csr->algorithm.scheme,
		    rows[i].algorithm.scheme);
		assert_int_equal(csr->algorithm.digest,
		    rows[i].algorithm.digest);
		assert_int_equal(csr->algorithm.salt_length,
		    rows[i].algorithm.salt_length);
		name_append_text(&subject, csr->subject);
		assert_string_equal(buf_string(&subject), rows[i].subject);
		assert_int_equal(csr->challenge.size, 0);
		buf_clear(&subject);
		csr_free(csr);
	}
}

static void
read_converts_the_password_from_every_string_type(void **state)
{
	static const struct {
		const char *value;
		const char *challenge;
	} rows[] = {
		{ "13{'secret'}", "'secret'" },
		{ "0c{'secret'}", "'secret'" },
		{ "0c{'s' c3a9 'cret'}", "'s' c3a9 'cret'" },
		{ "16{'secret'}", "'secret'" },
		{ "1a{'secret'}", "'secret'" },
		{ "12{'1234'}", "'1234'" },
		{ "14{'s' e9 'cret'}", "'s' c3a9 'cret'" },
		{ "1e{0073 00e9 0063}", "'s' c3a9 'c'" },
		{ "1c{00000073 000000e9}", "'s' c3a9" },
		/* What RFC 4514 would escape stays as it is. */
		{ "0c{' a,b+c\"<>;\\#= '}", "' a,b+c\"<>;\\#= '" },
		/* An empty one is none. */
		{ "0c{}", "" },
		{ "1e{}", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *attributes = xasprintf(PASSWORD("%s"), rows[i].value);
		struct buf der = request_with(attributes);
		struct csr *csr = read_or_fail(&der, rows[i].value);

		assert_asn1(buf_bytes(&csr->challenge), rows[i].challenge,
		    rows[i].value);
		free(attributes);
		csr_free(csr);
	}
}

static void
read_finds_extensions_under_each_of_their_names(void **state)
{
	static const char *const rows[] = { PKCS9(EXTENSIONS),
		MICROSOFT(EXTENSIONS), VERISIGN(EXTENSIONS),
		UNKNOWN MICROSOFT(EXTENSIONS) PASSWORD("0c{'a'}") };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = request_with(rows[i]);
		struct csr *csr = read_or_fail(&der, rows[i]);

		assert_asn1(csr->extensions, EXTENSIONS, rows[i]);
		csr_free(csr);
	}
}

static void
read_passes_over_what_it_does_not_understand(void **state)
{
	static const char *const rows[] = {
		"",
		UNKNOWN,
		UNKNOWN UNKNOWN,
		"30{06{2a03} 3100}",
		"30{06{2a03} 31{020101 020102}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = request_with(rows[i]);
		struct csr *csr = read_or_fail(&der, rows[i]);

		assert_int_equal(csr->challenge.size, 0);
		assert_int_equal(csr->extensions.size, 0);
		csr_free(csr);
	}
}

/* DER would have all of these sorted, and be without the first. */
static void
read_takes_requests_that_are_not_quite_der(void **state)
{
	static const char *const rows[] = {
		"30{020100 " SUBJECT " $0}",
		"30{020101 " SUBJECT " $0 a000}",
		"30{020102 " SUBJECT " $0 a000}",
		"30{020100 3000 $0 a000}",
		"30{020100 " SUBJECT " $0 a0{" PKCS9(EXTENSIONS)
		    PASSWORD("0c{'a'}") "}}",
		"30{020100 " SUBJECT " $0 a0{" PASSWORD("0c{'a'}")
		    PKCS9(EXTENSIONS) "}}",
		"30{020100 " UNSORTED " $0 a000}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = signed_request(rows[i], "keys/rsa.pem");
		struct csr *csr = read_or_fail(&der, rows[i]);

		csr_free(csr);
	}
}

#define PAIRS(pairs) "30{06{2b0601040182370d0201} 31{" pairs "}}"
#define PERIOD "30{0c{'ValidityPeriod'} 0c{'Weeks'}}"
#define UNITS "30{0c{'ValidityPeriodUnits'} 0c{'2'}}"

/* In one attribute or in two; and nothing of it is refused. */
static void
read_finds_for_how_long_the_certificate_is_to_be_valid(void **state)
{
	static const struct {
		const char *attributes;
		int days;
	} rows[] = {
		{ "", 0 },
		{ PAIRS(PERIOD UNITS), 14 },
		{ PAIRS(PERIOD) PAIRS(UNITS), 14 },
		{ PAIRS(UNITS) PAIRS(PERIOD), 14 },
		{ PAIRS(PERIOD) PAIRS(PERIOD) PAIRS(UNITS) PAIRS(""), 14 },
		{ PAIRS(PERIOD) PAIRS("0500"), 0 },
		{ "30{06{2b0601040182370d0202} 31{" PERIOD UNITS "}}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = request_with(rows[i].attributes);
		struct csr *csr = read_or_fail(&der, rows[i].attributes);

		assert_int_equal(validity_wish_days(&csr->validity),
		    rows[i].days);
		csr_free(csr);
	}
}

static void
read_refuses_attributes_that_are_doubled_or_malformed(void **state)
{
	static const char *const rows[] = {
		/* Two passwords, whichever of them is empty. */
		PASSWORD("0c{'a'}") PASSWORD("0c{'a'}"),
		PASSWORD("0c{'a'}") PASSWORD("0c{}"),
		PASSWORD("0c{}") PASSWORD("0c{'a'}"),
		PASSWORD("0c{}") PASSWORD("0c{}"),
		PASSWORD("0c{'a'} 0c{'b'}"),
		PASSWORD("0c{'a'} 0c{'a'}"),
		PASSWORD(""),
		/* Of a type that is no text, or not valid in its type. */
		PASSWORD("04{'a'}"),
		PASSWORD("020101"),
		PASSWORD("30{0c{'a'}}"),
		PASSWORD("0c{ff}"),
		PASSWORD("0c{'a' 00}"),
		PASSWORD("16{e9}"),
		PASSWORD("1e{00}"),
		PASSWORD("0c05"),
		/* Two lists of extensions, under whichever names. */
		PKCS9(EXTENSIONS) PKCS9(EXTENSIONS),
		PKCS9(EXTENSIONS) MICROSOFT(EXTENSIONS),
		MICROSOFT("3000") VERISIGN("3000"),
		PKCS9(EXTENSIONS EXTENSIONS),
		PKCS9(""),
		PKCS9("31{30{06{551d11} 04{3000}}}"),
		PKCS9("30{30{06{551d11} 04{3000}} 30{06{551d11} 04{3000}}}"),
		PKCS9("30{0500}"),
		PKCS9("3002"),
		/* No attributes at all. */
		"0500",
		"3000",
		"30{06{2a03}}",
		"30{06{2a03} 30{}}",
		"30{06{2a03} 3100 0500}",
		"30{0600 3100}",
		"30{0c{'a'} 3100}",
		"30",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = request_with(rows[i]);

		assert_read_fails(&der, ERR_CSR_ATTRIBUTE, rows[i]);
	}
}

/* A request with a password of `size` octets, and `count` attributes. */
static struct buf
large_request(size_t size, size_t count)
{
	struct key *key = key_vector("keys/p256.pem");
	struct buf password = repeated("61", size);
	struct buf others = repeated(UNKNOWN, count - 1);
	struct bytes parts[] = { key_spki(key), buf_bytes(&password),
		buf_bytes(&others) };
	struct buf made = { 0 },
		   info = asn1_of("30{020100 " SUBJECT
				  " $0 a0{$2" PASSWORD("0c{$1}") "}}",
		       parts);

	assert_int_equal(signed_object_append(&made, key, buf_bytes(&info)),
	    ERR_OK);
	buf_clear(&password);
	buf_clear(&others);
	buf_clear(&info);
	key_free(key);
	return made;
}

static void
read_takes_so_long_a_password_and_so_many_attributes(void **state)
{
	struct buf der = large_request(1024, 64);
	struct csr *csr = read_or_fail(&der, "1024 octets, 64 attributes");

	(void)state;
	assert_int_equal(csr->challenge.size, 1024);
	csr_free(csr);
	der = large_request(1025, 1);
	assert_read_fails(&der, ERR_CSR_ATTRIBUTE, "1025 octets");
	der = large_request(500000, 1);
	assert_read_fails(&der, ERR_CSR_ATTRIBUTE, "500000 octets");
	der = large_request(1, 65);
	assert_read_fails(&der, ERR_CSR_ATTRIBUTE, "65 attributes");
}

static void
read_refuses_malformed_requests(void **state)
{
	static const char *const rows[] = {
		"3000",
		"30{020100}",
		"30{0200 " SUBJECT " $0 a000}",
		"30{040100 " SUBJECT " $0 a000}",
		"30{" SUBJECT " $0 a000}",
		"30{020100 $0 a000}",
		"30{020100 " SUBJECT " a000}",
		"30{020100 3100 $0 a000}",
		"30{020100 " SUBJECT " $0 a100}",
		"30{020100 " SUBJECT " $0 3100}",
		"30{020100 " SUBJECT " $0 a000 0500}",
		"30{020100 " SUBJECT " $0 a001}",
		/* Subjects that name_check refuses. */
		"30{020100 30{3100} $0 a000}",
		"30{020100 30{31{30{06{550403} 0c{ff}}}} $0 a000}",
	};
	struct buf trailing = vector("codec/csr-rsa.der");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = signed_request(rows[i], "keys/rsa.pem");

		assert_read_fails(&der, ERR_CSR_MALFORMED, rows[i]);
	}
	buf_append_octet(&trailing, 0);
	assert_read_fails(&trailing, ERR_CSR_MALFORMED, "trailing octet");
	buf_append_octet(&trailing, 0x30);
	assert_read_fails(&trailing, ERR_CSR_MALFORMED, "one octet");
	assert_read_fails(&trailing, ERR_CSR_MALFORMED, "nothing");
}

static void
read_refuses_a_recorded_request_cut_at_any_octet(void **state)
{
	struct buf whole = vector("certmonger/csr.der");

	(void)state;
	for (size_t size = 0; size < whole.size; size++) {
		struct buf cut = { 0 };

		buf_append(&cut, bytes_of(whole.data, size));
		assert_read_fails(&cut, ERR_CSR_MALFORMED, "cut");
	}
	buf_clear(&whole);
}

static void
read_refuses_keys_and_algorithms_that_are_never_accepted(void **state)
{
	static const struct {
		const char *name;
		enum err err;
	} rows[] = {
		{ "codec/csr-rsa-512.der", ERR_CSR_KEY },
		{ "codec/csr-p224.der", ERR_CSR_KEY },
		{ "codec/csr-ed25519.der", ERR_CSR_ALGORITHM },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = vector(rows[i].name);

		assert_read_fails(&der, rows[i].err, rows[i].name);
	}
}

/* A request whose signature is named $0, and is the octets $1. */
#define UNSIGNED "30{ 30{020100 " SUBJECT " $2 a000} $0 03{00 $1} }"

static void
read_refuses_what_is_not_signed_by_its_own_key(void **state)
{
	static const struct {
		const char *algorithm;
		const char *signature;
		enum err err;
	} rows[] = {
		{ "30{06{2a864886f70d01010b}0500}", "", ERR_CSR_SIGNATURE },
		{ "30{06{2a864886f70d01010b}0500}", "00", ERR_CSR_SIGNATURE },
		/* An algorithm of another kind of key. */
		{ "30{06{2a8648ce3d040302}}", "00", ERR_CSR_KEY },
		/* rsaEncryption says nothing of a digest. */
		{ "30{06{2a864886f70d010101}0500}", "00", ERR_CSR_ALGORITHM },
		{ "3000", "00", ERR_CSR_ALGORITHM },
	};
	struct key *key = key_vector("keys/rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf algorithm = asn1(rows[i].algorithm);
		struct buf signature = asn1(rows[i].signature);
		struct bytes parts[] = { buf_bytes(&algorithm),
			buf_bytes(&signature), key_spki(key) };
		struct buf der = asn1_of(UNSIGNED, parts);

		assert_read_fails(&der, rows[i].err, rows[i].algorithm);
		buf_clear(&algorithm);
		buf_clear(&signature);
	}
	key_free(key);
}

static void
read_refuses_a_request_in_which_one_octet_changed(void **state)
{
	struct buf whole = vector("codec/csr-rsa.der");

	(void)state;
	for (size_t i = 0; i < whole.size; i++) {
		struct buf changed = { 0 };
		struct csr *csr = NULL;

		buf_append(&changed, buf_bytes(&whole));
		changed.data[i] ^= 1;
		/* NULL or another parameter of no meaning in the frame. */
		if (csr_read(gnutls(), buf_bytes(&changed), &csr) == ERR_OK)
			assert_in_range(i, whole.size - 128 - 6,
			    whole.size - 128 - 4);
		csr_free(csr);
		buf_clear(&changed);
	}
	buf_clear(&whole);
}

static struct csr_order
order_of(const struct buf *subject, const struct buf *extensions)
{
	return (struct csr_order){ buf_bytes(subject),
		BYTES_LITERAL("s\xc3\xa9"
			      "cret"),
		buf_bytes(extensions) };
}

static void
what_append_makes_can_be_read(void **state)
{
	static const char *const keys[] = { "keys/rsa.pem", "keys/p256.pem",
		"keys/p384.pem", "keys/p521.pem" };
	struct buf subject = asn1(SUBJECT), extensions = asn1(EXTENSIONS);
	struct csr_order order = order_of(&subject, &extensions);

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct key *key = key_vector(keys[i]);
		struct buf made = { 0 };
		struct csr *csr;

		assert_int_equal(csr_append(&made, &order, key), ERR_OK);
		csr = read_or_fail(&made, keys[i]);
		assert_asn1(csr->subject, SUBJECT, "subject");
		assert_asn1(csr->extensions, EXTENSIONS, "extensions");
		assert_same_bytes(buf_bytes(&csr->challenge), order.challenge);
		assert_same_bytes(csr->spki, key_spki(key));
		csr_free(csr);
		key_free(key);
	}
	buf_clear(&subject);
	buf_clear(&extensions);
}

static void
what_append_makes_is_what_openssl_verified(void **state)
{
	struct buf subject = asn1(SUBJECT), extensions = asn1(EXTENSIONS);
	struct csr_order order = order_of(&subject, &extensions);
	struct key *key = key_vector("keys/rsa.pem");
	struct buf made = { 0 }, verified = vector("codec/csr-made.der");

	(void)state;
	assert_int_equal(csr_append(&made, &order, key), ERR_OK);
	assert_same_bytes(buf_bytes(&made), buf_bytes(&verified));
	buf_clear(&made);
	buf_clear(&verified);
	buf_clear(&subject);
	buf_clear(&extensions);
	key_free(key);
}

static void
append_leaves_out_what_is_not_ordered(void **state)
{
	struct buf subject = asn1("3000");
	struct csr_order order = { .subject = buf_bytes(&subject) };
	struct key *key = key_vector("keys/rsa.pem");
	struct bytes parts[] = { key_spki(key) };
	struct buf made = { 0 },
		   info = asn1_of("30{020100 3000 $0 a000}", parts);
	struct csr *csr;

	(void)state;
	assert_int_equal(csr_append(&made, &order, key), ERR_OK);
	csr = read_or_fail(&made, "an empty order");
	assert_same_bytes(csr->outer.signed_part, buf_bytes(&info));
	csr_free(csr);
	csr_free(NULL);
	buf_clear(&subject);
	buf_clear(&info);
	key_free(key);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_takes_the_requests_of_recorded_clients),
		cmocka_unit_test(read_takes_the_requests_of_openssl),
		cmocka_unit_test(
		    read_converts_the_password_from_every_string_type),
		cmocka_unit_test(
		    read_finds_extensions_under_each_of_their_names),
		cmocka_unit_test(read_passes_over_what_it_does_not_understand),
		cmocka_unit_test(read_takes_requests_that_are_not_quite_der),
		cmocka_unit_test(
		    read_finds_for_how_long_the_certificate_is_to_be_valid),
		cmocka_unit_test(
		    read_refuses_attributes_that_are_doubled_or_malformed),
		cmocka_unit_test(
		    read_takes_so_long_a_password_and_so_many_attributes),
		cmocka_unit_test(read_refuses_malformed_requests),
		cmocka_unit_test(
		    read_refuses_a_recorded_request_cut_at_any_octet),
		cmocka_unit_test(
		    read_refuses_keys_and_algorithms_that_are_never_accepted),
		cmocka_unit_test(
		    read_refuses_what_is_not_signed_by_its_own_key),
		cmocka_unit_test(
		    read_refuses_a_request_in_which_one_octet_changed),
		cmocka_unit_test(what_append_makes_can_be_read),
		cmocka_unit_test(what_append_makes_is_what_openssl_verified),
		cmocka_unit_test(append_leaves_out_what_is_not_ordered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
