/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/spki.h"

#include "crypto/der.h"
#include "tests/unit/crypto_codec.h"

#define RSA "30{06{2a864886f70d010101}0500}"
#define P256 "30{06{2a8648ce3d0201} 06{2a8648ce3d030107}}"
#define P384 "30{06{2a8648ce3d0201} 06{2b81040022}}"

static void
read_knows_the_keys_of_files(void **state)
{
	static const struct {
		const char *name;
		enum key_type type;
		unsigned bits;
		const char *curve;
		unsigned exponent;
	} rows[] = {
		{ "rsa.pem", KEY_TYPE_RSA, 1024, NULL, 65537 },
		{ "rsa-1025.pem", KEY_TYPE_RSA, 1025, NULL, 65537 },
		{ "rsa-e3.pem", KEY_TYPE_RSA, 2048, NULL, 3 },
		{ "p256.pem", KEY_TYPE_EC, 256, "secp256r1", 0 },
		{ "p384.pem", KEY_TYPE_EC, 384, "secp384r1", 0 },
		{ "p521.pem", KEY_TYPE_EC, 521, "secp521r1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct private_key *key = private_key_of(rows[i].name);
		struct buf spki = spki_of(key);
		struct key_facts facts = { 0 };

		assert_err(spki_read(buf_bytes(&spki), &facts), ERR_OK,
		    rows[i].name);
		assert_int_equal(facts.type, rows[i].type);
		assert_int_equal(facts.bits, rows[i].bits);
		if (rows[i].curve == NULL)
			assert_null(facts.curve);
		else
			assert_string_equal(facts.curve, rows[i].curve);
		assert_int_equal(facts.exponent, rows[i].exponent);
		assert_int_equal(facts.modulus.size,
		    (rows[i].exponent == 0 ? 0 : (rows[i].bits + 7) / 8));
		buf_clear(&spki);
		provider_private_key_free(gnutls(), key);
	}
}

/* An RSA key whose modulus has `size` octets, the first and last as given,
 * with this exponent. */
static enum err
read_rsa(size_t size, unsigned first, unsigned last, const char *exponent)
{
	struct buf modulus = { 0 }, number = asn1(exponent), spki;
	struct key_facts facts = { .bits = 77 };
	struct bytes parts[2];
	enum err err;

	memset(buf_extend(&modulus, size), 0x55, size);
	modulus.data[0] = (uint8_t)first;
	modulus.data[size - 1] = (uint8_t)last;
	parts[0] = buf_bytes(&modulus);
	parts[1] = buf_bytes(&number);
	spki = asn1_of("30{" RSA "03{00 30{ 02{00 $0} 02{$1} }}}", parts);
	err = spki_read(buf_bytes(&spki), &facts);
	assert_int_equal(facts.bits == 77, err != ERR_OK);
	buf_clear(&modulus);
	buf_clear(&number);
	buf_clear(&spki);
	return err;
}

static void
read_bounds_rsa_keys(void **state)
{
	static const struct {
		size_t size;
		unsigned first, last;
		const char *exponent;
		enum err err;
	} rows[] = {
		{ 128, 0x80, 0xff, "010001", ERR_OK },
		{ 1024, 0xff, 0x01, "010001", ERR_OK },
		{ 128, 0x80, 0xff, "03", ERR_OK },
		{ 128, 0x80, 0xff, "05", ERR_OK },
		{ 128, 0x80, 0xff, "00ffffffff", ERR_OK },
		/* 1023 and 8200 bits. */
		{ 128, 0x7f, 0xff, "010001", ERR_PUBLIC_KEY },
		{ 64, 0xff, 0xff, "010001", ERR_PUBLIC_KEY },
		{ 1, 0xff, 0xff, "010001", ERR_PUBLIC_KEY },
		{ 1025, 0xff, 0xff, "010001", ERR_PUBLIC_KEY },
		{ 2048, 0xff, 0xff, "010001", ERR_PUBLIC_KEY },
		/* An even modulus, two zeros before it. */
		{ 128, 0x80, 0xfe, "010001", ERR_PUBLIC_KEY },
		{ 129, 0x00, 0xff, "010001", ERR_PUBLIC_KEY },
		/* Exponents. */
		{ 128, 0x80, 0xff, "00", ERR_PUBLIC_KEY },
		{ 128, 0x80, 0xff, "01", ERR_PUBLIC_KEY },
		{ 128, 0x80, 0xff, "02", ERR_PUBLIC_KEY },
		{ 128, 0x80, 0xff, "010000", ERR_PUBLIC_KEY },
		{ 128, 0x80, 0xff, "ff", ERR_PUBLIC_KEY },
		{ 128, 0x80, 0xff, "00010001", ERR_PUBLIC_KEY },
		{ 128, 0x80, 0xff, "0100000001", ERR_PUBLIC_KEY },
		{ 128, 0x80, 0xff, "", ERR_PUBLIC_KEY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_err(read_rsa(rows[i].size, rows[i].first, rows[i].last,
			       rows[i].exponent),
		    rows[i].err, rows[i].exponent);
}

static void
the_same_key_is_the_same_without_its_null(void **state)
{
	struct buf with = asn1("30{" RSA "03{00 30{ 02{05} 02{03} }}}");
	struct buf without = asn1("30{30{06{2a864886f70d010101}} "
				  "03{00 30{ 02{05} 02{03} }}}");
	struct buf other = asn1("30{" RSA "03{00 30{ 02{07} 02{03} }}}");
	struct bytes nothing = { 0 };

	(void)state;
	assert_true(spki_is_same_key(buf_bytes(&with), buf_bytes(&without)));
	assert_false(spki_is_same_key(buf_bytes(&with), buf_bytes(&other)));
	assert_false(spki_is_same_key(nothing, nothing));
	buf_clear(&with);
	buf_clear(&without);
	buf_clear(&other);
}

static void
rsa_keys_of_one_modulus_are_one_key(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ RSA "03{00 30{ 02{00 $0} 02{03} }}",
		    RSA "03{00 30{ 02{00 $0} 02{010001} }}", true },
		{ RSA "03{00 30{ 02{00 $0} 02{03} }}",
		    RSA "03{00 30{ 02{00 $1} 02{03} }}", false },
		{ RSA "03{00 30{ 02{00 $0} 02{03} }}",
		    RSA "03{00 30{ 02{00 $0} 02{02} }}", false },
		{ "30{ 06{2a8648ce3d0201} 06{2a8648ce3d030107} } 03{00 04 $2}",
		    "30{ 06{2a8648ce3d0201} 06{2a8648ce3d030107} } 03{00 04 $3}",
		    false },
	};
	struct buf n = repeated("ff", 128), m = repeated("f1", 128);
	struct buf x = repeated("11", 64), y = repeated("12", 64);
	struct bytes parts[] = { buf_bytes(&n), buf_bytes(&m), buf_bytes(&x),
		buf_bytes(&y) };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf a_parts = asn1_of(rows[i].a, parts), a = { 0 };
		struct buf b_parts = asn1_of(rows[i].b, parts), b = { 0 };

		der_append(&a, DER_SEQUENCE, buf_bytes(&a_parts));
		der_append(&b, DER_SEQUENCE, buf_bytes(&b_parts));
		assert_int_equal(spki_is_same_key(buf_bytes(&a), buf_bytes(&b)),
		    rows[i].same);
		buf_clear(&a_parts);
		buf_clear(&b_parts);
		buf_clear(&a);
		buf_clear(&b);
	}
	buf_clear(&n);
	buf_clear(&m);
	buf_clear(&x);
	buf_clear(&y);
}

static void
read_refuses_malformed_and_foreign_keys(void **state)
{
	struct buf x = repeated("11", 32), n = repeated("ff", 128);
	struct bytes parts[] = { buf_bytes(&x), buf_bytes(&n) };
	static const char *const rows[] = {
		"",
		"0500",
		"3000",
		"30{" P256 "}",
		/* Compressed, of another size, infinite, trailing. */
		"30{" P256 "03{00 02 $0}}",
		"30{" P256 "03{00 04 $0}}",
		"30{" P256 "03{00 04 $0 $0 00}}",
		"30{" P256 "03{00 00}}",
		"30{" P256 "03{00}}",
		"30{" P256 "03{00 06 $0 $0}}",
		"30{" P384 "03{00 04 $0 $0}}",
		"30{" P256 "03{01 04 $0 $0}}",
		"30{" P256 "04{00 04 $0 $0}}",
		"30{" P256 "03{00 04 $0 $0} 0500}",
		"30{" P256 "03{00 04 $0 $0}} 0500",
		/* secp224r1, secp256k1, curve parameters, none. */
		"30{30{06{2a8648ce3d0201} 06{2b81040021}} 03{00 04 $0 $0}}",
		"30{30{06{2a8648ce3d0201} 06{2b8104000a}} 03{00 04 $0 $0}}",
		"30{30{06{2a8648ce3d0201} 30{020101}} 03{00 04 $0 $0}}",
		"30{30{06{2a8648ce3d0201} 0500} 03{00 04 $0 $0}}",
		"30{30{06{2a8648ce3d0201}} 03{00 04 $0 $0}}",
		"30{30{06{2a8648ce3d0201} 06{2a8648ce3d030107} 0500} "
		"03{00 04 $0 $0}}",
		/* RSA with parameters that are more than NULL. */
		"30{30{06{2a864886f70d010101} 04{$0}} 03{00 30{ 02{00 $1} "
		"02{010001} }}}",
		"30{30{06{2a864886f70d010101} 05{00}} 03{00 30{ 02{00 $1} "
		"02{010001} }}}",
		"30{30{06{2a864886f70d010101} 0500 0500} 03{00 30{ 02{00 $1} "
		"02{010001} }}}",
		/* Ed25519, DSA, X25519, RSASSA-PSS. */
		"30{30{06{2b6570}} 03{00 $0}}",
		"30{30{06{2a8648ce380401}} 03{00 $0}}",
		"30{30{06{2b656e}} 03{00 $0}}",
		"30{30{06{2a864886f70d01010a}} 03{00 30{ 02{00 $1} "
		"02{010001} }}}",
		/* RSAPublicKey: negative, without exponent, trailing. */
		"30{" RSA "03{00 30{ 02{$1} 02{010001} }}}",
		"30{" RSA "03{00 30{ 02{00 $1} }}}",
		"30{" RSA "03{00 30{ 02{00 $1} 02{010001} 0500 }}}",
		"30{" RSA "03{00 30{ 02{00 $1} 02{010001} } 00}}",
		"30{" RSA "03{00 31{ 02{00 $1} 02{010001} }}}",
		"30{" RSA "03{00 $1}}",
		"30{" RSA "03{00}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf spki = asn1_of(rows[i], parts);
		struct key_facts facts = { .bits = 77 };

		assert_err(spki_read(buf_bytes(&spki), &facts), ERR_PUBLIC_KEY,
		    rows[i]);
		assert_int_equal(facts.bits, 77);
		buf_clear(&spki);
	}
	buf_clear(&x);
	buf_clear(&n);
}

static void
key_octets_are_those_of_the_bit_string(void **state)
{
	struct buf spki = asn1("30{" P256 "03{00 'key'}}");
	struct bytes octets;

	(void)state;
	assert_int_equal(spki_key_octets(buf_bytes(&spki), &octets), ERR_OK);
	assert_bytes(octets, "key");
	octets = bytes_of_string("untouched");
	assert_int_equal(spki_key_octets(BYTES_LITERAL("\x05\x00"), &octets),
	    ERR_PUBLIC_KEY);
	assert_bytes(octets, "untouched");
	buf_clear(&spki);
}

static void
curves_are_known_by_their_exact_names(void **state)
{
	(void)state;
	assert_true(spki_curve_is_known("secp256r1"));
	assert_true(spki_curve_is_known("secp384r1"));
	assert_true(spki_curve_is_known("secp521r1"));
	assert_false(spki_curve_is_known("prime256v1"));
	assert_false(spki_curve_is_known("SECP256R1"));
	assert_false(spki_curve_is_known("secp224r1"));
	assert_false(spki_curve_is_known(""));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_knows_the_keys_of_files),
		cmocka_unit_test(read_bounds_rsa_keys),
		cmocka_unit_test(the_same_key_is_the_same_without_its_null),
		cmocka_unit_test(rsa_keys_of_one_modulus_are_one_key),
		cmocka_unit_test(read_refuses_malformed_and_foreign_keys),
		cmocka_unit_test(key_octets_are_those_of_the_bit_string),
		cmocka_unit_test(curves_are_known_by_their_exact_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
