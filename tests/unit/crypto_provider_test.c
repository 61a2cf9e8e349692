/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/provider.h"

#include "tests/unit/crypto_keys.h"
#include "tests/unit/unit.h"

static void
find_knows_gnutls_by_its_exact_name(void **state)
{
	static const char *const others[] = { "", "gnutl", "gnutlss", "GnuTLS",
		"none" };

	(void)state;
	assert_non_null(provider_find("gnutls"));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_null(provider_find(others[i]));
}

static void
find_may_be_repeated(void **state)
{
	(void)state;
	assert_ptr_equal(gnutls(), gnutls());
}

static void
random_fills_all_octets_anew(void **state)
{
	uint8_t first[64] = { 0 }, second[64] = { 0 }, seen[64] = { 0 };

	(void)state;
	provider_random(gnutls(), first, sizeof(first));
	provider_random(gnutls(), second, sizeof(second));
	assert_memory_not_equal(first, second, sizeof(first));
	/* None of them stays 0 in 20 rounds but once in 2^154 runs. */
	for (int round = 0; round < 20; round++) {
		provider_random(gnutls(), first, sizeof(first));
		for (size_t i = 0; i < sizeof(seen); i++)
			seen[i] |= first[i];
	}
	assert_null(memchr(seen, 0, sizeof(seen)));
}

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

/* RFC 1321 appendix A.5 and FIPS 180-4's examples; those of the empty message
 * and of MD5's last row by `openssl dgst`. */
static const struct digest_row {
	enum digest digest;
	const char *message;
	const char *value;
} digest_rows[] = {
	{ DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ DIGEST_MD5, TWO_BLOCKS, "8215ef0796a20bcaaae116d3876c664a" },
	{ DIGEST_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ DIGEST_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ DIGEST_SHA1, TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	{ DIGEST_SHA224, "",
	    "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f" },
	{ DIGEST_SHA224, "abc",
	    "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7" },
	{ DIGEST_SHA224, TWO_BLOCKS,
	    "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525" },
	{ DIGEST_SHA256, "",
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ DIGEST_SHA256, "abc",
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad" },
	{ DIGEST_SHA256, TWO_BLOCKS,
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1" },
	{ DIGEST_SHA384, "",
	    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
	    "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b" },
	{ DIGEST_SHA384, "abc",
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
	    "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
	{ DIGEST_SHA384, TWO_BLOCKS,
	    "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05ab"
	    "fe8f450de5f36bc6b0455a8520bc4e6f5fe95b1fe3c8452b" },
	{ DIGEST_SHA512, "",
	    "cf83e1357eefb8bdf1542850d66d8007"
	    "d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f"
	    "63b931bd47417a81a538327af927da3e" },
	{ DIGEST_SHA512, "abc",
	    "ddaf35a193617abacc417349ae204131"
	    "12e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd"
	    "454d4423643ce80e2a9ac94fa54ca49f" },
	{ DIGEST_SHA512, TWO_BLOCKS,
	    "204a8fc6dda82f0a0ced7beb8e08a416"
	    "57c16ef468b228a8279be331a703c335"
	    "96fd15c13b1b07f9aa1d3bea57789ca0"
	    "31ad85c7a71dd70354ec631238ca3445" },
};

static struct bytes
value_of(enum digest digest, const uint8_t *octets)
{
	return bytes_of(octets, digest_facts(digest)->size);
}

static void
digest_gives_the_published_values(void **state)
{
	uint8_t value[DIGEST_MAX_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(digest_rows); i++) {
		const struct digest_row *row = &digest_rows[i];
		struct bytes message = bytes_of_string(row->message);

		provider_digest(gnutls(), row->digest, &message, 1, value);
		assert_hex(value_of(row->digest, value), row->value);
	}
}

static void
digest_of_parts_is_that_of_the_whole(void **state)
{
	static const struct bytes parts[] = { BYTES_LITERAL("abcdbcdec"),
		{ NULL, 0 },
		BYTES_LITERAL("defdefgefghfghighijhijkijkljklmklmn"),
		BYTES_LITERAL("lmnomnopnopq") };
	uint8_t value[DIGEST_MAX_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(digest_rows); i++) {
		const struct digest_row *row = &digest_rows[i];

		if (strcmp(row->message, TWO_BLOCKS) != 0)
			continue;
		provider_digest(gnutls(), row->digest, parts, COUNT(parts),
		    value);
		assert_hex(value_of(row->digest, value), row->value);
	}
}

static void
digest_of_no_part_is_that_of_nothing(void **state)
{
	uint8_t value[DIGEST_MAX_SIZE];

	(void)state;
	provider_digest(gnutls(), DIGEST_MD5, NULL, 0, value);
	assert_hex(value_of(DIGEST_MD5, value), digest_rows[0].value);
}

/* RFC 2202 (MD5, SHA-1) test cases 2 and 6, RFC 4231 (SHA-2) test cases 2
 * and 6: a short key, and one that is longer than a block. */
#define SHORT_KEY "Jefe"
#define SHORT_MESSAGE "what do ya want for nothing?"
#define LONG_MESSAGE "Test Using Larger Than Block-Size Key - Hash Key First"

static const struct hmac_row {
	enum digest digest;
	size_t long_key_size; /* of octets AA */
	const char *short_value;
	const char *long_value;
} hmac_rows[] = {
	{ DIGEST_MD5, 80, "750c783e6ab0b503eaa86e310a5db738",
	    "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd" },
	{ DIGEST_SHA1, 80, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
	    "aa4ae5e15272d00e95705637ce8a3b55ed402112" },
	{ DIGEST_SHA224, 131,
	    "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
	    "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e" },
	{ DIGEST_SHA256, 131,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54" },
	{ DIGEST_SHA384, 131,
	    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47"
	    "e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
	    "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f"
	    "3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952" },
	{ DIGEST_SHA512, 131,
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
	    "80b24263c7c1a3ebb71493c1dd7be8b4"
	    "9b46d1f41b4aeec1121b013783f8f352"
	    "6b56d037e05f2598bd0fd2215d6a1e52"
	    "95e64f73f63f0aec8b915a985d786598" },
};

static void
hmac_gives_the_published_values(void **state)
{
	uint8_t value[DIGEST_MAX_SIZE], long_key[131];

	(void)state;
	memset(long_key, 0xaa, sizeof(long_key));
	for (size_t i = 0; i < COUNT(hmac_rows); i++) {
		const struct hmac_row *row = &hmac_rows[i];

		provider_hmac(gnutls(), row->digest, BYTES_LITERAL(SHORT_KEY),
		    BYTES_LITERAL(SHORT_MESSAGE), value);
		assert_hex(value_of(row->digest, value), row->short_value);
		provider_hmac(gnutls(), row->digest,
		    bytes_of(long_key, row->long_key_size),
		    BYTES_LITERAL(LONG_MESSAGE), value);
		assert_hex(value_of(row->digest, value), row->long_value);
	}
}

/* RFC 7914 section 11; the last by Python's hashlib, with a password that is
 * longer than a block. */
static void
pbkdf2_gives_the_published_values(void **state)
{
	static const struct {
		const char *password;
		const char *salt;
		unsigned iterations;
		const char *value;
	} rows[] = {
		{ "passwd", "salt", 1,
		    "55ac046e56e3089fec1691c22544b605"
		    "f94185216dde0465e68b9d57c20dacbc" },
		{ "Password", "NaCl", 80000,
		    "4ddcd8f60b98be21830cee5ef22701f9"
		    "641a4418d04c0414aeff08876b34ab56" },
		{ LONG_MESSAGE LONG_MESSAGE, "salt", 2,
		    "399170c4d03dad0ea97636d6977c75b7"
		    "df7e85eec2059aa66528e9e2ddb8c71c" },
	};
	uint8_t value[32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		provider_pbkdf2(gnutls(), bytes_of_string(rows[i].password),
		    bytes_of_string(rows[i].salt), rows[i].iterations, value);
		assert_hex(BYTES_ARRAY(value), rows[i].value);
	}
}

#define NIST_PLAIN \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" \
	"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define NIST_IV "000102030405060708090a0b0c0d0e0f"

/*
 * DES: FIPS 81 table C1, then a weak key by `openssl enc -des-cbc -nopad`.
 * 3DES by `openssl enc -des-ede3-cbc -nopad`.  AES: NIST SP 800-38A F.2.1 to
 * F.2.6.
 */
static const struct cbc_row {
	enum cipher cipher;
	const char *key;
	const char *iv;
	const char *plain;
	const char *encrypted;
} cbc_rows[] = {
	{ CIPHER_DES_CBC, "0123456789abcdef", "1234567890abcdef",
	    "4e6f77206973207468652074696d6520666f7220616c6c20",
	    "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6" },
	{ CIPHER_DES_CBC, "0101010101010101", "0000000000000000",
	    "0000000000000000", "8ca64de9c1b123a7" },
	{ CIPHER_3DES_CBC, "0123456789abcdef23456789abcdef01456789abcdef0123",
	    "f69f2445df4f9b17", NIST_PLAIN,
	    "2079c3d53aa763e193b79e2569ab5262"
	    "516570481f25b50f73c0bda85c8e0da7"
	    "9bd86425fae429fdbd65a7a21b6e5d20"
	    "925d8b0ef919a428154b96ed90f2bc1e" },
	{ CIPHER_AES128_CBC, "2b7e151628aed2a6abf7158809cf4f3c", NIST_IV,
	    NIST_PLAIN,
	    "7649abac8119b246cee98e9b12e9197d"
	    "5086cb9b507219ee95db113a917678b2"
	    "73bed6b8e3c1743b7116e69e22229516"
	    "3ff1caa1681fac09120eca307586e1a7" },
	{ CIPHER_AES192_CBC, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
	    NIST_IV, NIST_PLAIN,
	    "4f021db243bc633d7178183a9fa071e8"
	    "b4d9ada9ad7dedf4e5e738763f69145a"
	    "571b242012fb7ae07fa9baac3df102e0"
	    "08b0e27988598881d920a9e64f5615cd" },
	{ CIPHER_AES256_CBC,
	    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
	    NIST_IV, NIST_PLAIN,
	    "f58c4c04d6e5f1ba779eabfb5f7bfbd6"
	    "9cfc4e967edb808d679f777bc6702c7d"
	    "39f23369a9d9bacfa530e26304231461"
	    "b2eb05e2c39be9fcda6c19078c6a9d1b" },
};

static void
cbc_works_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cbc_rows); i++) {
		const struct cbc_row *row = &cbc_rows[i];
		struct buf key = octets_of(row->key), iv = octets_of(row->iv);
		struct buf data = octets_of(row->plain);

		provider_cbc_encrypt(gnutls(), row->cipher, buf_bytes(&key),
		    buf_bytes(&iv), data.data, data.size);
		assert_hex(buf_bytes(&data), row->encrypted);
		provider_cbc_decrypt(gnutls(), row->cipher, buf_bytes(&key),
		    buf_bytes(&iv), data.data, data.size);
		assert_hex(buf_bytes(&data), row->plain);
		assert_hex(buf_bytes(&iv), row->iv);
		buf_clear(&key);
		buf_clear(&iv);
		buf_clear(&data);
	}
}

static void
cbc_does_not_touch_what_lies_behind(void **state)
{
	uint8_t key[CIPHER_MAX_KEY_SIZE] = { 0 }, data[40] = { 0 };
	static const uint8_t zeroes[8];

	(void)state;
	provider_cbc_encrypt(gnutls(), CIPHER_AES256_CBC, BYTES_ARRAY(key),
	    bytes_of(key, 16), data, 32);
	assert_memory_equal(data + 32, zeroes, 8);
	assert_memory_not_equal(data + 24, zeroes, 8);
	provider_cbc_decrypt(gnutls(), CIPHER_AES256_CBC, BYTES_ARRAY(key),
	    bytes_of(key, 16), data, 0);
	assert_memory_not_equal(data, zeroes, 8);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(find_knows_gnutls_by_its_exact_name),
		cmocka_unit_test(find_may_be_repeated),
		cmocka_unit_test(random_fills_all_octets_anew),
		cmocka_unit_test(digest_gives_the_published_values),
		cmocka_unit_test(digest_of_parts_is_that_of_the_whole),
		cmocka_unit_test(digest_of_no_part_is_that_of_nothing),
		cmocka_unit_test(hmac_gives_the_published_values),
		cmocka_unit_test(pbkdf2_gives_the_published_values),
		cmocka_unit_test(cbc_works_both_ways),
		cmocka_unit_test(cbc_does_not_touch_what_lies_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
