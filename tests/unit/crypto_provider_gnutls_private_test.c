/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/crypto_keys.h"
#include "tests/unit/unit.h"

/* Private keys of the "gnutls" provider: crypto/provider_gnutls_private.c. */

/* SHA-256 of `openssl pkey -in KEY -pubout -outform DER`. */
#define RSA_SPKI \
	"982aa30d485e15f92bce56ebf17ec5ede582fb9b34950be44197c97c48607d73"
#define P256_SPKI \
	"cf553abf32ee21eebda77751bd65931f898cce4f70a83c7cae976ebbf6ba4846"
#define P384_SPKI \
	"53ab7ecac6e7d259b2e18511fa4656b5d9cd92c733ab99cf5dd6fa5031a23e5d"
#define P521_SPKI \
	"d2d99c1d8cce66f9d33db6a8085ffaef6baf39ce52aac75efc95b7023de1db76"

static enum err
load(const char *name, const char *passphrase, struct private_key **key)
{
	struct buf text = key_file(name);
	enum err err = provider_private_key_load(gnutls(), buf_bytes(&text),
	    bytes_of_string(passphrase), key);

	buf_clear(&text);
	return err;
}

static void
load_reads_every_form(void **state)
{
	static const struct {
		const char *name;
		const char *passphrase;
		const char *spki_digest;
	} rows[] = {
		{ "rsa.pem", "", RSA_SPKI },
		{ "rsa.pem", "not needed", RSA_SPKI },
		{ "rsa-crlf.pem", "", RSA_SPKI },
		{ "rsa-behind-certificates.pem", "", RSA_SPKI },
		{ "rsa-pkcs1.pem", "", RSA_SPKI },
		{ "rsa-pkcs1.pem", "not needed", RSA_SPKI },
		{ "rsa-pbes2.pem", PASSPHRASE, RSA_SPKI },
		{ "rsa-pbes2-des3.pem", PASSPHRASE, RSA_SPKI },
		{ "rsa-old.pem", PASSPHRASE, RSA_SPKI },
		{ "rsa-old-des3.pem", PASSPHRASE, RSA_SPKI },
		{ "p256.pem", "", P256_SPKI },
		{ "p256-pkcs8.pem", "", P256_SPKI },
		{ "p256-old.pem", PASSPHRASE, P256_SPKI },
		{ "p256-between-certificates.pem", "", P256_SPKI },
		{ "p384.pem", "", P384_SPKI },
		{ "p384-pbes2.pem", PASSPHRASE, P384_SPKI },
		{ "p521.pem", "", P521_SPKI },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct private_key *key = NULL;
		uint8_t digest[32];
		struct buf spki;
		struct bytes part;

		assert_int_equal(load(rows[i].name, rows[i].passphrase, &key),
		    ERR_OK);
		spki = spki_of(key);
		part = buf_bytes(&spki);
		provider_digest(gnutls(), DIGEST_SHA256, &part, 1, digest);
		assert_hex(BYTES_ARRAY(digest), rows[i].spki_digest);
		buf_clear(&spki);
		provider_private_key_free(gnutls(), key);
	}
}

static const struct {
	const char *name;
	const char *passphrase;
} refused[] = {
	{ "rsa-pbes2.pem", "" },
	{ "rsa-pbes2.pem", "wrong" },
	{ "rsa-pbes2.pem", PASSPHRASE "s" },
	{ "rsa-pbes2.pem", "\xff\xfe no UTF-8" },
	{ "rsa-pbes2-des3.pem", "" },
	{ "rsa-pbes2-des3.pem", "wrong" },
	{ "rsa-old.pem", "" },
	{ "rsa-old.pem", "wrong" },
	{ "p256-old.pem", "" },
	{ "p256-old.pem", "wrong" },
	{ "p384-pbes2.pem", "wrong" },
	{ "rsa-cut.pem", "" },
	{ "rsa-damaged.pem", "" },
	{ "rsa-512.pem", "" },
	{ "p224.pem", "" },
	{ "ed25519.pem", "" },
	{ "README", PASSPHRASE },
};

static void
load_refuses_what_it_can_not_use(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct private_key *key = NULL;

		assert_int_equal(load(refused[i].name, refused[i].passphrase,
				     &key),
		    ERR_KEY_FILE);
		assert_null(key);
	}
}

static void
load_refuses_texts_without_a_key(void **state)
{
	static const char *const texts[] = { "", "\n", "-----BEGIN ",
		"-----BEGIN PRIVATE KEY-----",
		"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n"
		"-----END PRIVATE KEY-----\n",
		"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
		"DEK-Info: AES-128-CBC,00\n\nAAAA\n"
		"-----END RSA PRIVATE KEY-----\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct private_key *key = NULL;

		assert_int_equal(provider_private_key_load(gnutls(),
				     bytes_of_string(texts[i]),
				     BYTES_LITERAL(PASSPHRASE), &key),
		    ERR_KEY_FILE);
		assert_null(key);
	}
}

/* What `work` writes to stderr; the caller's, to buf_clear. */
static struct buf
log_of(void (*work)(void **), void **state)
{
	FILE *file = tmpfile();
	int log = fileno(file), before = dup(STDERR_FILENO);
	struct buf text = { 0 };
	off_t size;

	assert_true(dup2(log, STDERR_FILENO) >= 0);
	work(state);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	size = lseek(log, 0, SEEK_END);
	assert_true(size >= 0);
	assert_int_equal(pread(log, buf_extend(&text, (size_t)size),
			     (size_t)size, 0),
	    size);
	fclose(file);
	close(before);
	return text;
}

/* Whether any 16 characters in a row of `secret` stand in `text`. */
static bool
leaks(struct buf *text, struct bytes secret)
{
	for (size_t at = 0; at + 16 <= secret.size; at++)
		if (memmem(text->data, text->size, secret.data + at, 16))
			return true;
	return false;
}

static void
load_logs_the_cause_and_no_secret(void **state)
{
	struct buf text = log_of(load_refuses_what_it_can_not_use, state);
	const char *log = buf_string(&text);

	assert_non_null(strstr(log, "passphrase is missing or wrong"));
	assert_non_null(strstr(log, "it is damaged"));
	assert_non_null(strstr(log, "is not supported"));
	assert_non_null(strstr(log, "holds no private key"));
	assert_null(strstr(log, "horse"));
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct buf file = key_file(refused[i].name);

		assert_false(leaks(&text, buf_bytes(&file)));
		buf_clear(&file);
	}
	buf_clear(&text);
}

static const struct key_spec specs[] = {
	{ true, 2048, NULL },
	{ false, 0, "secp256r1" },
	{ false, 0, "secp384r1" },
	{ false, 0, "secp521r1" },
};

static struct private_key *
generate(const struct key_spec *spec)
{
	struct private_key *key = NULL;

	assert_int_equal(provider_private_key_generate(gnutls(), spec, &key),
	    ERR_OK);
	return key;
}

static struct public_key *
public_half(const struct private_key *private_key)
{
	struct buf spki = spki_of(private_key);
	struct public_key *key = NULL;

	assert_int_equal(provider_public_key_load(gnutls(), buf_bytes(&spki),
			     &key),
	    ERR_OK);
	buf_clear(&spki);
	return key;
}

/* Signs SIGNED_MESSAGE; the signature is appended. */
static enum err
sign(const struct private_key *key, enum digest digest, struct buf *signature)
{
	struct bytes message = SIGNED_MESSAGE;
	uint8_t value[DIGEST_MAX_SIZE];

	provider_digest(gnutls(), digest, &message, 1, value);
	return provider_sign(gnutls(), key, digest,
	    bytes_of(value, digest_facts(digest)->size), signature);
}

static void
assert_signs(const struct private_key *key, enum signature_scheme scheme,
    enum digest digest)
{
	struct signature_algorithm algorithm = { scheme, digest, 0 };
	struct public_key *public_key = public_half(key);
	struct buf signature = { 0 };

	assert_int_equal(sign(key, digest, &signature), ERR_OK);
	assert_int_equal(verify_message(public_key, algorithm, SIGNED_MESSAGE,
			     buf_bytes(&signature)),
	    ERR_OK);
	buf_clear(&signature);
	provider_public_key_free(gnutls(), public_key);
}

static void
generate_makes_keys_that_sign(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(specs); i++) {
		struct private_key *key = generate(&specs[i]);

		assert_signs(key,
		    specs[i].rsa ? SIGNATURE_RSA : SIGNATURE_ECDSA,
		    DIGEST_SHA256);
		provider_private_key_free(gnutls(), key);
	}
}

static void
generate_makes_another_key_each_time(void **state)
{
	struct private_key *first = generate(&specs[1]);
	struct private_key *second = generate(&specs[1]);
	struct buf one = spki_of(first), other = spki_of(second);

	(void)state;
	assert_false(bytes_equal(buf_bytes(&one), buf_bytes(&other)));
	buf_clear(&one);
	buf_clear(&other);
	provider_private_key_free(gnutls(), first);
	provider_private_key_free(gnutls(), second);
}

static void
generate_refuses_other_kinds(void **state)
{
	static const struct key_spec others[] = {
		{ true, 0, NULL },
		{ true, 1024, NULL },
		{ true, 2047, NULL },
		{ true, 8192, NULL },
		{ false, 0, "" },
		{ false, 256, "secp224r1" },
		{ false, 0, "SECP256R1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		struct private_key *key = NULL;

		assert_int_equal(provider_private_key_generate(gnutls(),
				     &others[i], &key),
		    ERR_KEY_FILE);
		assert_null(key);
	}
}

static void
export_is_a_file_that_load_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(specs); i++) {
		struct private_key *key = generate(&specs[i]), *again = NULL;
		struct buf pem = { 0 }, spki = spki_of(key), spki_again;

		assert_int_equal(provider_private_key_export(gnutls(), key,
				     &pem),
		    ERR_OK);
		assert_int_equal(strncmp(buf_string(&pem),
				     "-----BEGIN PRIVATE KEY-----\n", 28),
		    0);
		assert_int_equal(provider_private_key_load(gnutls(),
				     buf_bytes(&pem), no_passphrase, &again),
		    ERR_OK);
		spki_again = spki_of(again);
		assert_same_bytes(buf_bytes(&spki_again), buf_bytes(&spki));
		buf_clear(&pem);
		buf_clear(&spki);
		buf_clear(&spki_again);
		provider_private_key_free(gnutls(), key);
		provider_private_key_free(gnutls(), again);
	}
}

static void
sign_works_with_all_digests(void **state)
{
	struct private_key *rsa = private_key_of("rsa.pem");
	static const char *const names[] = { "p256.pem", "p384.pem",
		"p521.pem" };

	(void)state;
	for (int i = DIGEST_MD5; i < DIGEST_COUNT; i++)
		assert_signs(rsa, SIGNATURE_RSA, (enum digest)i);
	provider_private_key_free(gnutls(), rsa);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct private_key *ec = private_key_of(names[i]);

		for (int j = DIGEST_SHA1; j < DIGEST_COUNT; j++)
			assert_signs(ec, SIGNATURE_ECDSA, (enum digest)j);
		provider_private_key_free(gnutls(), ec);
	}
}

/* There is no ECDSA with MD5. */
static void
sign_says_what_it_can_not(void **state)
{
	struct private_key *key = private_key_of("p256.pem");
	struct buf signature = { 0 };

	(void)state;
	assert_int_equal(sign(key, DIGEST_MD5, &signature), ERR_SIGN);
	assert_int_equal(signature.size, 0);
	provider_private_key_free(gnutls(), key);
}

static void
sign_logs_the_cause(void **state)
{
	struct buf text = log_of(sign_says_what_it_can_not, state);

	assert_non_null(strstr(buf_string(&text), "can't sign: "));
	buf_clear(&text);
}

/* What the key transports below hold, as much of it as fits. */
#define CONTENT_KEY \
	"\x40\x41\x42\x43\x44\x45\x46\x47\x48\x49\x4a\x4b\x4c\x4d\x4e\x4f" \
	"\x50\x51\x52\x53\x54\x55\x56\x57\x58\x59\x5a\x5b\x5c\x5d\x5e\x5f"

/* Made with
 *     openssl pkeyutl -encrypt -pkeyopt rsa_padding_mode:pkcs1 */
static const struct wrapped_row {
	size_t size;
	const char *encrypted;
} wrapped_rows[] = {
	{ 8,
	    "ab3fca9612a2ecc55109786f1ea5ebd39e456b9bdce194b23f71fb4d2770"
	    "ea682b8ba265ed29bdac2af8a8e286840ac692870a05258131a618d6e1a3"
	    "5a2dff5b404b3ec238fc548200a09ef0fe5ffdf407689c34ecce601279f1"
	    "2a4fe87f1de3ffd8faf3522a776ba061d9c8f1d025215f266d3b5e9d9dfe"
	    "8577efa0e2dac426" },
	{ 16,
	    "83eaeaed8c707b1ea8dee6be3e7c1f291d1be3427821d8124d1bdcdda1d8"
	    "31af1ca1a906aaea31ad6fd5902e8fdeed834819fb3f3cb192dca3027cba"
	    "f9c86b78c9635a53f8f9c69ddcf39e8d5ae55d74ba9d210570ca99003388"
	    "5a377a1fa5f11765b90fe49f2d5da49c4d17e32d80d1b418887842540c1c"
	    "25978e6d0edecbe4" },
	{ 24,
	    "2d02f5e1ae2788e6c870df2867d6d0b932cfc68f5716f7f0330246119062"
	    "64ed2a433e99733180f369c2d0a5b819f8128bc31c21b892251afaaef3e0"
	    "6f10b476a5210154b5adf1fda308f558181fc7a95a4763ecffa3f8eeb310"
	    "8f1cea7790b8712a34188e1a6b21b1027aa30ba5bc91301667aaf2d4769f"
	    "901c20a025d9c219" },
	{ 32,
	    "7e6009a67289350d3e0879acab0777f5e790ff9a9f8caee76de35bdec6fc"
	    "ae184e82b18c5820930c32d144d9f53295ea806a5db9d9a2b697ce90a421"
	    "2c377abf4d62911e90d92c6449d8590167cbd44234650b23a3e9b5a8ea0f"
	    "d2d1b75f71deeb4989fa9f9e349c6797af1b3df6bf4b1fc12a9bb71212f2"
	    "0c0a2fbca526fee1" },
};

/* Whether unwrapping over a fallback of octets EE leaves `expected` there,
 * and the octet behind as it was. */
static bool
unwraps(const struct private_key *key, struct bytes encrypted, size_t size,
    const uint8_t *expected)
{
	uint8_t content_key[CIPHER_MAX_KEY_SIZE + 1];

	memset(content_key, 0xee, sizeof(content_key));
	provider_unwrap(gnutls(), key, encrypted, content_key, size);
	return memcmp(content_key, expected, size) == 0 &&
	    content_key[size] == 0xee;
}

static bool
leaves_fallback(const struct private_key *key, struct bytes encrypted,
    size_t size)
{
	uint8_t fallback[CIPHER_MAX_KEY_SIZE];

	memset(fallback, 0xee, sizeof(fallback));
	return unwraps(key, encrypted, size, fallback);
}

static void
unwrap_opens_what_openssl_wrapped(void **state)
{
	struct private_key *key = private_key_of("rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(wrapped_rows); i++) {
		struct buf encrypted = octets_of(wrapped_rows[i].encrypted);

		assert_true(unwraps(key, buf_bytes(&encrypted),
		    wrapped_rows[i].size, (const uint8_t *)CONTENT_KEY));
		buf_clear(&encrypted);
	}
	provider_private_key_free(gnutls(), key);
}

static void
unwrap_opens_what_wrap_wrapped(void **state)
{
	struct private_key *key = private_key_of("rsa.pem");
	struct public_key *public_key = public_half(key);

	(void)state;
	for (int i = 0; i < CIPHER_COUNT; i++) {
		size_t size = cipher_facts((enum cipher)i)->key_size;
		struct buf encrypted = { 0 };

		assert_int_equal(provider_wrap(gnutls(), public_key,
				     bytes_of(CONTENT_KEY, size), &encrypted),
		    ERR_OK);
		assert_true(unwraps(key, buf_bytes(&encrypted), size,
		    (const uint8_t *)CONTENT_KEY));
		buf_clear(&encrypted);
	}
	provider_public_key_free(gnutls(), public_key);
	provider_private_key_free(gnutls(), key);
}

static void
unwrap_of_another_size_leaves_the_fallback(void **state)
{
	static const size_t sizes[] = { 1, 7, 8, 15, 16, 17, 24, 31, 32 };
	struct private_key *key = private_key_of("rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(wrapped_rows); i++) {
		struct buf encrypted = octets_of(wrapped_rows[i].encrypted);

		for (size_t j = 0; j < COUNT(sizes); j++)
			if (sizes[j] != wrapped_rows[i].size)
				assert_true(leaves_fallback(key,
				    buf_bytes(&encrypted), sizes[j]));
		buf_clear(&encrypted);
	}
	provider_private_key_free(gnutls(), key);
}

/* Each asked for 16 octets.  The first half was padded as named and raised to
 * the public exponent without further ado, the rest is what is sent. */
static const struct bad_row {
	const char *what;
	const char *encrypted;
} bad_rows[] = {
	{ "the first octet is not 0",
	    "28fbd43809318dbc1294e01c7b176068a00ff36528ce78161239fe55a981"
	    "236c04742027cc5c141ec727a4b13b604d2efc810b4848f9eda0193488ac"
	    "bf9cef55088aa953337815b077f0d9b4bc00bba60c24a24b10e7b430134b"
	    "10aa06ce4b7dafebc36644a8973d3af6ec2344a71a5cc32594193ea490f0"
	    "2d3d3b1a250dfeac" },
	{ "block type 1",
	    "9d2c9ed60c4a4e1ddb5ff11ceedb992f63e1dab2beb066233683ea1d0eeb"
	    "b8d927447aeb5acc6510059833371479c670304763b277c43e3f2238a6a9"
	    "55151a07c1be599f1bfc083f709b434403b8b33968d389388ae1b60c1e8a"
	    "491cf5c514ad7e7d6bcd4976c58c1fa37cf90ab45f7a5ab579339f8d5ff7"
	    "23f412c85917dfd1" },
	{ "block type 0",
	    "410bbaf730c846e9db6ef53b2bac72f3164097c093edcd9afedc0f1024ec"
	    "337a5f6b69824ec46c00a23e76a8a612dadae541d82b246cba818cbfdf49"
	    "af5e3dc6f1a2e3a9fb413b35c8e46a5740eb81e085d04f0ead3be84596fb"
	    "967aee49b09a79c73355d6246740b329a1459a3df8df181af3c37aa4e9f4"
	    "d5fa23c6964a4b22" },
	{ "no zero behind the padding",
	    "4b9d250edc844c34efe3c9d5ff56e1518c4896933dd28fca6a6450eeb019"
	    "b91dfea7b24e7dcdaea4f9d2915d7e2f9f9db38bb25e23d02e3705fddfd4"
	    "ba217f595d8ab9fd3158deb0eb0363d8c83db6ff20d2f17a417826929b62"
	    "39b4adf3bda6bc1189c8dafbad04aa824864e6b7cb385fb18b59360a14a4"
	    "646e78d0437c4464" },
	{ "a zero in the first octet of the padding",
	    "5c593db47c912ac06e60dc2e93fd55fdf4f281c40e0e41af88cd3e9164a2"
	    "677843f81daab509de117d273219ee397de3297285ca43a72de8fba126ba"
	    "dde7052ec945bc7f86fd239b174bff50aab245fdeb62f701b0749de3e569"
	    "4816fffb8d05020ebf2ad9895a6caeadd853bbbca96529a655eee532525f"
	    "467aa98cbe5daa94" },
	{ "a zero in the eighth octet of the padding",
	    "a5e4d783f6449eb8f25bfb31cf068250610c14ed2106014ef7fe6e578c20"
	    "9fe3628e0662271ab354bfbdb13cee4011548499cdd9b09603df9b097bc2"
	    "0e4e4f635559ee376d3ade140854aed0adc3f28ef9998649f57edb88b9e4"
	    "15f04fac3ad0e16e51a6b07154db1cfe6f9bdd9c4a3f716f3780360f1e00"
	    "4f29f4c61a79f90f" },
	{ "a zero one octet before the key",
	    "5240eed1198465830c0ba850ea7faa624eb31330425eeeaf37611358f424"
	    "bac820092c41a4799b1746aabbc8aa8c7cc4b2c94b49958169a3f48ef525"
	    "d627113d5d6fd80e6889c05bd85f0a706c8b1cf1fa983979521e1996bf64"
	    "842d525f423d1717c2c45c6e51fa54c0f81cfecb668b72ca439b0efa5be3"
	    "711c8fe9aec87322" },
	{ "a key of 15 octets",
	    "24d7ba5265b6e593bd97bfb9275f59f8c0413a317673f3d07935c1bb9353"
	    "a82e66f39ea56130005b54ba3dd8ee3826dcf9f9c7fc8b395f7bfdcdd34c"
	    "f1895b6a5ec6b4da6890593a8d7da9022059081e56c83ffcdb2e66d8d132"
	    "9816b28da3970213ce5822cc13b73920c2a2b022d1fc6c3e291f06cca56e"
	    "721015915183dda9" },
	{ "a key of 17 octets",
	    "0c1dc205e91c35786840c4e3bd2f2d204de592104818506d66ce6aab032c"
	    "e60e58be0c3778061d3eb1af2258fed92541da15b249ecc082c1e3e6441a"
	    "f8a85d333d6f915ac73ec1f737eeeb2ac78df8e22a569665933eca0d6741"
	    "d41c1df4a3d1a763ff590430a76520bf455e6c45536612f1656bdab60155"
	    "77fed487bda856c4" },
	{ "a key of 0 octets",
	    "15b328b935127963d590d6c1b274ed63759b0ac8021f06cee12a278bacf4"
	    "a6fa31bacc6a4dc84972fbfbd793694e07e6ef4f0705bb47847bb9242274"
	    "18928a28b70bb71fef2832914bc39371267470c76068b6030231455cbb9d"
	    "61998100a492f144f45490c1ee9e945324978157afa2b61247b17b6ce2a0"
	    "3b65a5031904664c" },
	{ "a key of 117 octets, padding at its shortest",
	    "88226f05333466bcaa81f59f0268fa29cfe99c2e469bb686aa011595972e"
	    "ecfbe459d6a8eb138c11bc115967e84c7af879757655d3f959408ec73369"
	    "c2914f9a735d53ba4661cda0e04cb0b5bdf836abaaa071a3e6c76bd1a6f9"
	    "8d89bc3a8ea1ae4ed738d95bb09836f16e0858adfab996603aaefae867d8"
	    "f25832586175d3d0" },
	{ "all zero but for the separator",
	    "2dca6712d8c8743c10a695e72901785e5523367c82c737a509030a31575b"
	    "42b9907ea47ae6f21390524f73c0f3c7c901645de8f2dfb47d7ad384af8d"
	    "df24371a5c4db55d4abba222e42a4f84ad87ac6adcd273377b5343093c47"
	    "d6e83270c8a72b8cb96e031e5982bac871e38eaf45ac7a4bd61bb7a2c1c1"
	    "8e018e506d3d80ea" },
	{ "the number 0",
	    "000000000000000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000000000"
	    "0000000000000000" },
	{ "the modulus",
	    "bf09734dc512b2b5833a58045cb8ea7dc01f66cfef3c5e48e3e6eac5a216"
	    "84e99eb69c5bacd78b53eacd97e7bbd120674b42f7d958a8afc7c641ef13"
	    "f43fe59b86ac02a88a8da902fc6fb9d545b246dfcf1492af1045ad31e802"
	    "dc0c876b7021b32004cb209b87f7a603aa414601c2f5d183e6dd7833bfe7"
	    "b732ff565d4170a7" },
	{ "more than the modulus",
	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ffffffffffffffff" },
	{ "an octet too few",
	    "eaeaed8c707b1ea8dee6be3e7c1f291d1be3427821d8124d1bdcdda1d831af1c"
	    "a1a906aaea31ad6fd5902e8fdeed834819fb3f3cb192dca3027cbaf9c86b78c9"
	    "635a53f8f9c69ddcf39e8d5ae55d74ba9d210570ca990033885a377a1fa5f117"
	    "65b90fe49f2d5da49c4d17e32d80d1b418887842540c1c25978e6d0edecbe4" },
	{ "an octet too many",
	    "0083eaeaed8c707b1ea8dee6be3e7c1f291d1be3427821d8124d1bdcdda1d831"
	    "af1ca1a906aaea31ad6fd5902e8fdeed834819fb3f3cb192dca3027cbaf9c86b"
	    "78c9635a53f8f9c69ddcf39e8d5ae55d74ba9d210570ca990033885a377a1fa5"
	    "f11765b90fe49f2d5da49c4d17e32d80d1b418887842540c1c25978e6d0edecb"
	    "e4" },
	{ "twice as long",
	    "83eaeaed8c707b1ea8dee6be3e7c1f291d1be3427821d8124d1bdcdda1d8"
	    "31af1ca1a906aaea31ad6fd5902e8fdeed834819fb3f3cb192dca3027cba"
	    "f9c86b78c9635a53f8f9c69ddcf39e8d5ae55d74ba9d210570ca99003388"
	    "5a377a1fa5f11765b90fe49f2d5da49c4d17e32d80d1b418887842540c1c"
	    "25978e6d0edecbe483eaeaed8c707b1ea8dee6be3e7c1f291d1be3427821"
	    "d8124d1bdcdda1d831af1ca1a906aaea31ad6fd5902e8fdeed834819fb3f"
	    "3cb192dca3027cbaf9c86b78c9635a53f8f9c69ddcf39e8d5ae55d74ba9d"
	    "210570ca990033885a377a1fa5f11765b90fe49f2d5da49c4d17e32d80d1"
	    "b418887842540c1c25978e6d0edecbe4" },
	{ "nothing", "" },
	{ "one octet", "01" },
};

static void
unwrap_of_anything_bad_leaves_the_fallback(void **state)
{
	struct private_key *key = private_key_of("rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(bad_rows); i++) {
		struct buf encrypted = octets_of(bad_rows[i].encrypted);

		if (!leaves_fallback(key, buf_bytes(&encrypted), 16))
			fail_msg("%s", bad_rows[i].what);
		buf_clear(&encrypted);
	}
	provider_private_key_free(gnutls(), key);
}

static void
unwrap_by_another_key_leaves_the_fallback(void **state)
{
	static const char *const names[] = { "rsa-1025.pem", "rsa-e3.pem",
		"p256.pem" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct private_key *key = private_key_of(names[i]);
		struct buf encrypted = octets_of(wrapped_rows[1].encrypted);

		assert_true(leaves_fallback(key, buf_bytes(&encrypted), 16));
		buf_clear(&encrypted);
		provider_private_key_free(gnutls(), key);
	}
}

static void
unwrap_logs_nothing(void **state)
{
	struct buf text = log_of(unwrap_of_anything_bad_leaves_the_fallback,
	    state);

	assert_int_equal(text.size, 0);
	buf_clear(&text);
}

static void
free_of_null_is_nothing(void **state)
{
	(void)state;
	provider_private_key_free(gnutls(), NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(load_reads_every_form),
		cmocka_unit_test(load_refuses_what_it_can_not_use),
		cmocka_unit_test(load_refuses_texts_without_a_key),
		cmocka_unit_test(load_logs_the_cause_and_no_secret),
		cmocka_unit_test(generate_makes_keys_that_sign),
		cmocka_unit_test(generate_makes_another_key_each_time),
		cmocka_unit_test(generate_refuses_other_kinds),
		cmocka_unit_test(export_is_a_file_that_load_reads),
		cmocka_unit_test(sign_works_with_all_digests),
		cmocka_unit_test(sign_says_what_it_can_not),
		cmocka_unit_test(sign_logs_the_cause),
		cmocka_unit_test(unwrap_opens_what_openssl_wrapped),
		cmocka_unit_test(unwrap_opens_what_wrap_wrapped),
		cmocka_unit_test(unwrap_of_another_size_leaves_the_fallback),
		cmocka_unit_test(unwrap_of_anything_bad_leaves_the_fallback),
		cmocka_unit_test(unwrap_by_another_key_leaves_the_fallback),
		cmocka_unit_test(unwrap_logs_nothing),
		cmocka_unit_test(free_of_null_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
