/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/algorithm.h"

#include "tests/unit/crypto_codec.h"

/* Algorithm identifiers: RFC 3370, 4055, 5754 and 5758. */
#define MD5 "06{2a864886f70d0205}"
#define SHA1 "06{2b0e03021a}"
#define SHA224 "06{608648016503040204}"
#define SHA256 "06{608648016503040201}"
#define SHA384 "06{608648016503040202}"
#define SHA512 "06{608648016503040203}"
#define RSA "06{2a864886f70d010101}"
#define MD5_WITH_RSA "06{2a864886f70d010104}"
#define SHA1_WITH_RSA "06{2a864886f70d010105}"
#define SHA224_WITH_RSA "06{2a864886f70d01010e}"
#define SHA256_WITH_RSA "06{2a864886f70d01010b}"
#define SHA384_WITH_RSA "06{2a864886f70d01010c}"
#define SHA512_WITH_RSA "06{2a864886f70d01010d}"
#define EC "06{2a8648ce3d0201}"
#define SHA1_WITH_ECDSA "06{2a8648ce3d0401}"
#define SHA224_WITH_ECDSA "06{2a8648ce3d040301}"
#define SHA256_WITH_ECDSA "06{2a8648ce3d040302}"
#define SHA384_WITH_ECDSA "06{2a8648ce3d040303}"
#define SHA512_WITH_ECDSA "06{2a8648ce3d040304}"
#define PSS "06{2a864886f70d01010a}"
#define MGF1 "06{2a864886f70d010108}"

static void
facts_are_those_of_the_standards(void **state)
{
	static const struct {
		const char *name;
		size_t size;
		const char *oid;
	} digests[DIGEST_COUNT] = {
		[DIGEST_MD5] = { "md5", 16, MD5 },
		[DIGEST_SHA1] = { "sha-1", 20, SHA1 },
		[DIGEST_SHA224] = { "sha-224", 28, SHA224 },
		[DIGEST_SHA256] = { "sha-256", 32, SHA256 },
		[DIGEST_SHA384] = { "sha-384", 48, SHA384 },
		[DIGEST_SHA512] = { "sha-512", 64, SHA512 },
	};
	static const struct {
		const char *name;
		size_t key_size;
		size_t block_size;
	} ciphers[CIPHER_COUNT] = {
		[CIPHER_DES_CBC] = { "des", 8, 8 },
		[CIPHER_3DES_CBC] = { "3des", 24, 8 },
		[CIPHER_AES128_CBC] = { "aes-128", 16, 16 },
		[CIPHER_AES192_CBC] = { "aes-192", 24, 16 },
		[CIPHER_AES256_CBC] = { "aes-256", 32, 16 },
	};

	(void)state;
	for (unsigned i = 0; i < DIGEST_COUNT; i++) {
		const struct digest_facts *facts = digest_facts(i);
		struct buf oid = { 0 };

		der_append_oid(&oid, facts->oid);
		assert_string_equal(facts->name, digests[i].name);
		assert_int_equal(facts->size, digests[i].size);
		assert_asn1(buf_bytes(&oid), digests[i].oid, facts->name);
		buf_clear(&oid);
	}
	for (unsigned i = 0; i < CIPHER_COUNT; i++) {
		const struct cipher_facts *facts = cipher_facts(i);

		assert_string_equal(facts->name, ciphers[i].name);
		assert_int_equal(facts->key_size, ciphers[i].key_size);
		assert_int_equal(facts->block_size, ciphers[i].block_size);
		assert_true(facts->key_size <= CIPHER_MAX_KEY_SIZE);
		assert_true(facts->block_size <= CIPHER_MAX_BLOCK_SIZE);
	}
}

/* RFC 8894 section 3.5.2, and what strongSwan needs besides (E11). */
static void
capabilities_are_those_of_getcacaps(void **state)
{
	(void)state;
	assert_null(digest_facts(DIGEST_MD5)->capability);
	assert_string_equal(digest_facts(DIGEST_SHA1)->capability, "SHA-1");
	assert_string_equal(digest_facts(DIGEST_SHA256)->capability, "SHA-256");
	assert_string_equal(digest_facts(DIGEST_SHA384)->capability, "SHA-384");
	assert_string_equal(digest_facts(DIGEST_SHA512)->capability, "SHA-512");
	assert_null(cipher_facts(CIPHER_DES_CBC)->capability);
	assert_string_equal(cipher_facts(CIPHER_3DES_CBC)->capability, "DES3");
	assert_string_equal(cipher_facts(CIPHER_AES128_CBC)->capability, "AES");
	assert_null(cipher_facts(CIPHER_AES256_CBC)->capability);
}

static void
add_knows_each_name_and_the_two_lists(void **state)
{
	static const struct {
		const char *name;
		struct algorithms algorithms;
	} rows[] = {
		{ "default", { 0x3a, 0x1e } },
		{ "strict", { 0x38, 0x1c } },
		{ "md5", { 1u << DIGEST_MD5, 0 } },
		{ "sha-1", { 1u << DIGEST_SHA1, 0 } },
		{ "sha-224", { 1u << DIGEST_SHA224, 0 } },
		{ "sha-512", { 1u << DIGEST_SHA512, 0 } },
		{ "des", { 0, 1u << CIPHER_DES_CBC } },
		{ "3des", { 0, 1u << CIPHER_3DES_CBC } },
		{ "aes-128", { 0, 1u << CIPHER_AES128_CBC } },
		{ "aes-192", { 0, 1u << CIPHER_AES192_CBC } },
		{ "aes-256", { 0, 1u << CIPHER_AES256_CBC } },
	};
	static const char *const others[] = { "", "sha", "SHA-1", "sha-256 ",
		"aes", "aes-128-cbc", "none" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct algorithms algorithms = { 0 };

		assert_true(algorithms_add(&algorithms, rows[i].name));
		assert_int_equal(algorithms.digests,
		    rows[i].algorithms.digests);
		assert_int_equal(algorithms.ciphers,
		    rows[i].algorithms.ciphers);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		struct algorithms algorithms = { 0 };

		assert_false(algorithms_add(&algorithms, others[i]));
		assert_int_equal(algorithms.digests | algorithms.ciphers, 0);
	}
}

static void
default_list_is_without_des_and_md5(void **state)
{
	struct algorithms algorithms = ALGORITHMS_DEFAULT;

	(void)state;
	assert_false(algorithms_have_digest(algorithms, DIGEST_MD5));
	assert_true(algorithms_have_digest(algorithms, DIGEST_SHA1));
	assert_false(algorithms_have_cipher(algorithms, CIPHER_DES_CBC));
	assert_true(algorithms_have_cipher(algorithms, CIPHER_3DES_CBC));
	assert_true(algorithms_have_cipher(algorithms, CIPHER_AES192_CBC));
	assert_true(algorithms_add(&algorithms, "des"));
	assert_true(algorithms_have_cipher(algorithms, CIPHER_DES_CBC));
	assert_false(algorithms_have_digest(algorithms, DIGEST_MD5));
}

static void
read_digest_takes_digests_and_signatures_of_them(void **state)
{
	static const struct {
		const char *der;
		enum digest digest;
	} rows[] = {
		{ "30{" MD5 "0500}", DIGEST_MD5 },
		{ "30{" SHA1 "0500}", DIGEST_SHA1 },
		{ "30{" SHA224 "0500}", DIGEST_SHA224 },
		{ "30{" SHA256 "0500}", DIGEST_SHA256 },
		{ "30{" SHA384 "0500}", DIGEST_SHA384 },
		{ "30{" SHA512 "0500}", DIGEST_SHA512 },
		/* Without parameters: Go and .NET (T12). */
		{ "30{" SHA1 "}", DIGEST_SHA1 },
		{ "30{" SHA256 "}", DIGEST_SHA256 },
		{ "30{" SHA256_WITH_RSA "0500}", DIGEST_SHA256 },
		{ "30{" SHA1_WITH_RSA "}", DIGEST_SHA1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		struct bytes unknown = { 0 };
		enum digest digest = DIGEST_COUNT;

		assert_err(algorithm_read_digest(&der, &digest, &unknown),
		    ERR_OK, rows[i].der);
		assert_int_equal(digest, rows[i].digest);
		assert_true(der_at_end(&der));
		assert_int_equal(unknown.size, 0);
		buf_clear(&bytes);
	}
}

static void
read_digest_says_which_it_does_not_know(void **state)
{
	static const struct {
		const char *der;
		const char *unknown;
	} rows[] = {
		{ "30{06{2a864886f70d0202}0500}",
		    "2a864886f70d0202" }, /* MD2 */
		{ "30{06{60864801650304020b}}",
		    "60864801650304020b" }, /* SHAKE */
		{ "30{" RSA "0500}", "2a864886f70d010101" },
		{ "30{" SHA256_WITH_ECDSA "}", "2a8648ce3d040302" },
		{ "30{" PSS "}", "2a864886f70d01010a" },
		/* Malformed: nothing was met. */
		{ "3000", "" },
		{ "30{0500}", "" },
		{ "30{0600}", "" },
		{ "31{" SHA256 "0500}", "" },
		{ SHA256, "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		struct bytes unknown = { 0 };
		enum digest digest = DIGEST_COUNT;

		assert_err(algorithm_read_digest(&der, &digest, &unknown),
		    ERR_DIGEST, rows[i].der);
		assert_int_equal(digest, DIGEST_COUNT);
		assert_asn1(unknown, rows[i].unknown, rows[i].der);
		der = der_of(buf_bytes(&bytes));
		assert_int_equal(algorithm_read_digest(&der, &digest, NULL),
		    ERR_DIGEST);
		buf_clear(&bytes);
	}
}

#define IV8 "04{0001020304050607}"
#define IV16 "04{000102030405060708090a0b0c0d0e0f}"

static void
read_cipher_takes_the_five_with_their_ivs(void **state)
{
	static const struct {
		const char *der;
		enum cipher cipher;
	} rows[] = {
		{ "30{06{2b0e030207}" IV8 "}", CIPHER_DES_CBC },
		{ "30{06{2a864886f70d0307}" IV8 "}", CIPHER_3DES_CBC },
		{ "30{06{608648016503040102}" IV16 "}", CIPHER_AES128_CBC },
		{ "30{06{608648016503040116}" IV16 "}", CIPHER_AES192_CBC },
		{ "30{06{60864801650304012a}" IV16 "}", CIPHER_AES256_CBC },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = asn1(rows[i].der), again = { 0 };
		struct der der = der_of(buf_bytes(&bytes));
		enum cipher cipher = CIPHER_COUNT;
		struct bytes iv;

		assert_err(algorithm_read_cipher(&der, &cipher, &iv, NULL),
		    ERR_OK, rows[i].der);
		assert_int_equal(cipher, rows[i].cipher);
		assert_int_equal(iv.size, cipher_facts(cipher)->block_size);
		assert_int_equal(iv.data[7], 7);
		algorithm_append_cipher(&again, cipher, iv);
		assert_same_bytes(buf_bytes(&again), buf_bytes(&bytes));
		buf_clear(&bytes);
		buf_clear(&again);
	}
}

static void
read_cipher_says_which_it_can_not_use(void **state)
{
	static const struct {
		const char *der;
		const char *unknown;
	} rows[] = {
		/* RC2, RC4, AES-128-GCM. */
		{ "30{06{2a864886f70d0302} 30{02{3a}" IV8 "}}",
		    "2a864886f70d0302" },
		{ "30{06{2a864886f70d0304}}", "2a864886f70d0304" },
		{ "30{06{608648016503040106} 30{04{000102030405060708090a0b}}}",
		    "608648016503040106" },
		/* IVs that are absent, or of another size or type. */
		{ "30{06{608648016503040102}}", "608648016503040102" },
		{ "30{06{608648016503040102}0500}", "608648016503040102" },
		{ "30{06{608648016503040102}0400}", "608648016503040102" },
		{ "30{06{608648016503040102}" IV8 "}", "608648016503040102" },
		{ "30{06{2a864886f70d0307}" IV16 "}", "2a864886f70d0307" },
		{ "30{06{2b0e030207} 0c{'01234567'}}", "2b0e030207" },
		{ "3000", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		struct bytes unknown = { 0 }, iv = { 0 };
		enum cipher cipher = CIPHER_COUNT;

		assert_err(algorithm_read_cipher(&der, &cipher, &iv, &unknown),
		    ERR_CIPHER, rows[i].der);
		assert_int_equal(cipher, CIPHER_COUNT);
		assert_int_equal(iv.size, 0);
		assert_asn1(unknown, rows[i].unknown, rows[i].der);
		buf_clear(&bytes);
	}
}

/* RSASSA-PSS-params with SHA-256, MGF1 of it and a salt of 32 octets. */
#define PSS_HASH(hash) "a0{30{" hash "0500}}"
#define PSS_MGF(hash) "a1{30{" MGF1 "30{" hash "0500}}}"
#define PSS_SALT(number) "a2{02{" number "}}"

/* Reads `der` beside a digestAlgorithm of `digest`. */
struct signature_row {
	const char *der;
	enum digest digest;
	struct signature_algorithm algorithm;
};

static void
read_signature_takes_all_that_agrees_with_the_digest(void **state)
{
	static const struct signature_row rows[] = {
		{ "30{" RSA "0500}", DIGEST_SHA1,
		    { SIGNATURE_RSA, DIGEST_SHA1, 0 } },
		{ "30{" RSA "}", DIGEST_SHA512,
		    { SIGNATURE_RSA, DIGEST_SHA512, 0 } },
		{ "30{" MD5_WITH_RSA "0500}", DIGEST_MD5,
		    { SIGNATURE_RSA, DIGEST_MD5, 0 } },
		{ "30{" SHA1_WITH_RSA "0500}", ANY_DIGEST,
		    { SIGNATURE_RSA, DIGEST_SHA1, 0 } },
		{ "30{" SHA224_WITH_RSA "}", DIGEST_SHA224,
		    { SIGNATURE_RSA, DIGEST_SHA224, 0 } },
		{ "30{" SHA256_WITH_RSA "}", ANY_DIGEST,
		    { SIGNATURE_RSA, DIGEST_SHA256, 0 } },
		{ "30{" SHA384_WITH_RSA "0500}", DIGEST_SHA384,
		    { SIGNATURE_RSA, DIGEST_SHA384, 0 } },
		{ "30{" SHA512_WITH_RSA "0500}", DIGEST_SHA512,
		    { SIGNATURE_RSA, DIGEST_SHA512, 0 } },
		{ "30{" EC "}", DIGEST_SHA256,
		    { SIGNATURE_ECDSA, DIGEST_SHA256, 0 } },
		{ "30{" SHA1_WITH_ECDSA "}", DIGEST_SHA1,
		    { SIGNATURE_ECDSA, DIGEST_SHA1, 0 } },
		{ "30{" SHA224_WITH_ECDSA "}", ANY_DIGEST,
		    { SIGNATURE_ECDSA, DIGEST_SHA224, 0 } },
		{ "30{" SHA256_WITH_ECDSA "}", DIGEST_SHA256,
		    { SIGNATURE_ECDSA, DIGEST_SHA256, 0 } },
		{ "30{" SHA384_WITH_ECDSA "0500}", DIGEST_SHA384,
		    { SIGNATURE_ECDSA, DIGEST_SHA384, 0 } },
		{ "30{" SHA512_WITH_ECDSA "}", ANY_DIGEST,
		    { SIGNATURE_ECDSA, DIGEST_SHA512, 0 } },
		/* PSS: the defaults of RFC 4055 are SHA-1 and 20. */
		{ "30{" PSS "3000}", DIGEST_SHA1,
		    { SIGNATURE_RSA_PSS, DIGEST_SHA1, 20 } },
		{ "30{" PSS "30{" PSS_SALT("00") "}}", ANY_DIGEST,
		    { SIGNATURE_RSA_PSS, DIGEST_SHA1, 0 } },
		{ "30{" PSS "30{" PSS_HASH(SHA256) PSS_MGF(SHA256)
			PSS_SALT("20") "}}",
		    DIGEST_SHA256, { SIGNATURE_RSA_PSS, DIGEST_SHA256, 32 } },
		{ "30{" PSS "30{" PSS_HASH(SHA512) PSS_MGF(SHA512)
			PSS_SALT("0200") "a3{02{01}} }}",
		    ANY_DIGEST, { SIGNATURE_RSA_PSS, DIGEST_SHA512, 512 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		struct signature_algorithm algorithm = { 0 };

		assert_err(algorithm_read_signature(&der, rows[i].digest,
			       &algorithm, NULL),
		    ERR_OK, rows[i].der);
		assert_int_equal(algorithm.scheme, rows[i].algorithm.scheme);
		assert_int_equal(algorithm.digest, rows[i].algorithm.digest);
		assert_int_equal(algorithm.salt_length,
		    rows[i].algorithm.salt_length);
		buf_clear(&bytes);
	}
}

static void
read_signature_refuses_what_is_unknown_or_contradicts(void **state)
{
	static const struct {
		const char *der;
		enum digest digest;
		const char *unknown;
	} rows[] = {
		{ "30{" RSA "0500}", ANY_DIGEST, "2a864886f70d010101" },
		{ "30{" EC "}", ANY_DIGEST, "2a8648ce3d0201" },
		{ "30{" SHA1_WITH_RSA "0500}", DIGEST_SHA256,
		    "2a864886f70d010105" },
		{ "30{" SHA256_WITH_ECDSA "}", DIGEST_SHA384,
		    "2a8648ce3d040302" },
		/* md2WithRSA, DSA with SHA-1, Ed25519, a digest alone. */
		{ "30{06{2a864886f70d010102}0500}", DIGEST_SHA1,
		    "2a864886f70d010102" },
		{ "30{06{2a8648ce380403}}", DIGEST_SHA1, "2a8648ce380403" },
		{ "30{06{2b6570}}", DIGEST_SHA512, "2b6570" },
		{ "30{" SHA256 "0500}", DIGEST_SHA256, "608648016503040201" },
		/* PSS without parameters, or with such as nobody sends. */
		{ "30{" PSS "}", DIGEST_SHA1, "2a864886f70d01010a" },
		{ "30{" PSS "0500}", DIGEST_SHA1, "2a864886f70d01010a" },
		{ "30{" PSS "3000}", DIGEST_SHA256, "2a864886f70d01010a" },
		{ "30{" PSS "30{" PSS_HASH(SHA256) PSS_MGF(SHA1) "}}",
		    DIGEST_SHA256, "2a864886f70d01010a" },
		{ "30{" PSS "30{" PSS_HASH(SHA256) "}}", DIGEST_SHA256,
		    "2a864886f70d01010a" },
		{ "30{" PSS "30{ a0{30{" RSA "}} }}", DIGEST_SHA1,
		    "2a864886f70d01010a" },
		{ "30{" PSS "30{ a1{30{" SHA1 "30{" SHA1 "}}} }}", DIGEST_SHA1,
		    "2a864886f70d01010a" },
		{ "30{" PSS "30{ a1{30{" MGF1 "}} }}", DIGEST_SHA1,
		    "2a864886f70d01010a" },
		{ "30{" PSS "30{" PSS_SALT("0201") "}}", DIGEST_SHA1,
		    "2a864886f70d01010a" },
		{ "30{" PSS "30{" PSS_SALT("ff") "}}", DIGEST_SHA1,
		    "2a864886f70d01010a" },
		{ "30{" PSS "30{" PSS_SALT("7fffffffff") "}}", DIGEST_SHA1,
		    "2a864886f70d01010a" },
		{ "30{" PSS "30{ a000 }}", DIGEST_SHA1, "2a864886f70d01010a" },
		{ "3000", DIGEST_SHA1, "" },
		{ "0500", DIGEST_SHA1, "" },
		{ "", DIGEST_SHA1, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = asn1(rows[i].der);
		struct der der = der_of(buf_bytes(&bytes));
		struct signature_algorithm algorithm = { .salt_length = 7 };
		struct bytes unknown = { 0 };

		assert_err(algorithm_read_signature(&der, rows[i].digest,
			       &algorithm, &unknown),
		    ERR_SIGNATURE_ALGORITHM, rows[i].der);
		assert_int_equal(algorithm.salt_length, 7);
		assert_asn1(unknown, rows[i].unknown, rows[i].der);
		buf_clear(&bytes);
	}
}

static void
append_writes_null_where_rsa_and_digests_have_it(void **state)
{
	struct buf made = { 0 };

	(void)state;
	algorithm_append_digest(&made, DIGEST_SHA1);
	algorithm_append_rsa(&made);
	algorithm_append_signature(&made, SIGNATURE_RSA, DIGEST_SHA256);
	algorithm_append_signature(&made, SIGNATURE_ECDSA, DIGEST_SHA384);
	assert_asn1(buf_bytes(&made),
	    "30{" SHA1 "0500} 30{" RSA "0500} 30{" SHA256_WITH_RSA "0500}"
	    "30{" SHA384_WITH_ECDSA "}",
	    "identifiers");
	buf_clear(&made);
}

static void
what_append_writes_read_understands(void **state)
{
	(void)state;
	for (unsigned i = 0; i < DIGEST_COUNT; i++) {
		struct buf made = { 0 };
		struct signature_algorithm algorithm;
		enum digest digest;
		struct der der;

		algorithm_append_digest(&made, i);
		algorithm_append_signature(&made, SIGNATURE_RSA, i);
		der = der_of(buf_bytes(&made));
		assert_int_equal(algorithm_read_digest(&der, &digest, NULL),
		    ERR_OK);
		assert_int_equal(digest, i);
		assert_int_equal(algorithm_read_signature(&der, ANY_DIGEST,
				     &algorithm, NULL),
		    ERR_OK);
		assert_int_equal(algorithm.digest, i);
		buf_clear(&made);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_those_of_the_standards),
		cmocka_unit_test(capabilities_are_those_of_getcacaps),
		cmocka_unit_test(add_knows_each_name_and_the_two_lists),
		cmocka_unit_test(default_list_is_without_des_and_md5),
		cmocka_unit_test(
		    read_digest_takes_digests_and_signatures_of_them),
		cmocka_unit_test(read_digest_says_which_it_does_not_know),
		cmocka_unit_test(read_cipher_takes_the_five_with_their_ivs),
		cmocka_unit_test(read_cipher_says_which_it_can_not_use),
		cmocka_unit_test(
		    read_signature_takes_all_that_agrees_with_the_digest),
		cmocka_unit_test(
		    read_signature_refuses_what_is_unknown_or_contradicts),
		cmocka_unit_test(
		    append_writes_null_where_rsa_and_digests_have_it),
		cmocka_unit_test(what_append_writes_read_understands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
