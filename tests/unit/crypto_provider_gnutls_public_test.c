/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/der.h"
#include "tests/unit/crypto_keys.h"
#include "tests/unit/unit.h"

/*
 * Public keys of the "gnutls" provider: crypto/provider_gnutls_public.c.
 *
 * Signatures over SIGNED_MESSAGE made with OpenSSL 3.0:
 *     openssl dgst -DIGEST -sign KEY
 * and for PSS besides
 *     -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:SALT
 *     -sigopt rsa_mgf1_md:DIGEST
 */
static const struct row {
	const char *key;
	struct signature_algorithm algorithm;
	const char *signature;
} rows[] = {
	{ "rsa.pem", { SIGNATURE_RSA, DIGEST_MD5, 0 },
	    "be7abb2aa266ab8d0af41ce0468fe8674edf64a030a86c0eaadb890be3a2"
	    "4ddb252fb12414dfe6a82377c6ff0ce96e7b707bf295e147459de6575869"
	    "cedb78b020429749a2b93841546bd861c22c2c3f8dfb76750088ae4b0843"
	    "27a8aadeddae60ba2491951d5bcbec2a63824c7773db9ff30fcc2f97aa2f"
	    "919527b0c2c4fabb" },
	{ "rsa.pem", { SIGNATURE_RSA, DIGEST_SHA1, 0 },
	    "b6ead6ed0b7de54bfc8dd467d4588a6f0cf3e86f63bf0cf53b60ea22c558"
	    "4dc5bf5f016f177e2f198e74c6598369a4f033852a801ce88ee7f289ea01"
	    "7735dd721767cf10f79edfee41f72eba2b0c7789ca10de336991f0a2e32d"
	    "56c851127cf52a674577b4cd4e10ea4457c962b3b26740637a24f1d17487"
	    "d40124a24a9abc04" },
	{ "rsa.pem", { SIGNATURE_RSA, DIGEST_SHA224, 0 },
	    "0f84fbc4aadebd7df64079fcc42415701994ea8634421069071c68e47837"
	    "5cd955ccceb133caf88629d375300af8058f5279966eba66180c50287c87"
	    "961b0810361d288b5307b6e58d2e7b5f20d9c97227c531478e94c149a14c"
	    "68e576e68faffc20f66f8cc66e2d574ac26785c668347e48f8641d9b2253"
	    "ddbc6fd17fcf2c01" },
	{ "rsa.pem", { SIGNATURE_RSA, DIGEST_SHA256, 0 },
	    "9ea7c0cb6b5f5c4d00632004668fb42bfbbd51370d6b9c6d750cd1fb2838"
	    "2bb2d0dd0232da8c6e018e9a8ba3e2df5af535b72abcc3576f2f3c1d87ef"
	    "1bf06abc2bd1c57cc569b14b27b52831b9492fc2eab0f48fe7681b21799b"
	    "419f59daf81726a38613f8a55911d9bf50f30a8f7b244326c98e383dd5cc"
	    "1261b7c23fb7b267" },
	{ "rsa.pem", { SIGNATURE_RSA, DIGEST_SHA384, 0 },
	    "80690291ac27f2ee950a203740f523e0cfab264959842ffc6395a51c318a"
	    "296cfe35381df79a0894c25f9b64318c08a5f21eafbc3561f001ae32624a"
	    "3a62398bf6c58fa8371353cec56c5883a3615eebffd53fd34cf75b2f6ea0"
	    "edad69c18184ccf3b3bae1c614c0be6d9ede5ab725e79353fa6afa3cdee1"
	    "4e344f2669dbefa4" },
	{ "rsa.pem", { SIGNATURE_RSA, DIGEST_SHA512, 0 },
	    "741bf14e49630c7d0fd98342426dd5b9c7445bfbc0da00dc258bad2043f3"
	    "a617a2ab283017d3dfd2eb08d3c52166fc175eb7f0d667deda4c4767e5f7"
	    "089506a8c9c107ed54410c3e5e9e4b7a325dc11afd0a30e68ad9b8fa44a1"
	    "228541c84c035a2cef103ab1ac13940705388215b4e0fca454e2bda62a55"
	    "50833888a3a9f359" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_MD5, 16 },
	    "bda2f7465bbd46e1f12abd1be44b09845ba7bc0a82527de3a07746f950a7"
	    "e7beca777694666cdf55b99705ceb57cf8c429f30293c478e01e03b428a3"
	    "f3cdb7f80c5f3884adb4a9c2974120b8dda08800eb8fcc70e75030d285b7"
	    "4df4e4cd8ef30bd1930cb8f25700d3d93d6e42f7bfa2dbb38f8aedb37d5c"
	    "fb51ea8f7074ca6f" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA1, 0 },
	    "3b985223f0caeaf848456df813a4eca421b0005374f8a19bd08e73a6e3be"
	    "eae083e9b6c6f1a6a9e593e5b8671b7b787056659b0821b71af966b9272e"
	    "84cd9cad54deec778b3414b3d7ba89dabfa9b35d4f00cc39eab3e11361d3"
	    "5df8e2dea49791cda301804f4f4cc0d99b783d813ab7a27b64d997f9a84b"
	    "0e14e12d45805ca9" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA1, 20 },
	    "647fb6209cc567e9b2aa3f54ac7b16334131b0a12fb719e44a2346c5c80a"
	    "8bbff6189f90107d326f1d85c8036e5279e95c3759acbb76bef5bc681d5f"
	    "68a915602a000250ea93160236bb49140a9f265b4aeb8f890828b6574b1f"
	    "602b2097e9b1edf8dd3d61df2adafd45889e2d32663f4f351b4747addd5e"
	    "0cf4485ea8a942af" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA1, 106 },
	    "3168f39e1377da46329ef82652e95dc0327b192e3ca90b89b2208bb0048a"
	    "0e443078116379114780bfa15626e1bf7c45b7e4728600a2d69b5bc0e3d7"
	    "a33c78bf3f54208adf74eba7276074858ae69b840c102216954b73f79926"
	    "d35f5bec8800d89ca2cee715e57c08d4a5ee740ddddde49bf01f77f34b62"
	    "29a98fa92702d191" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA224, 28 },
	    "5dcd6512703f050b39953da5fae93198577837a4f9c4dbfa2bad031a2a13"
	    "c6132d03e1b10c4dbabb43b1740cf9b83e26957a032bcf34f554f1d65778"
	    "3b1b32b31a177d19c84625c4eeb6b5397d58c1b1337a3989e27324b13624"
	    "05cc6d65c7e493561625ff4391fc96b29ea7349c2279d52537ad198ca875"
	    "95c463bd1988985d" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA256, 0 },
	    "9a7a1146fcf551b78fe7ac45d2ec66d529d6cd843b86a4cb01af24980d70"
	    "13eff40715ce3bff5c03a777ae0920737c83abda04a6b7022b9e1e687de7"
	    "93a2ccd685c6482d27862e44e0fa4255d429fb6b55dfa86e2e12e3ea54ae"
	    "7a42733e5790fc75afbed175309d537e30538599ac484438e9f8f3296c36"
	    "9901a17472800bf1" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA256, 32 },
	    "061601bd7b8f2b6f2873d035b832d06d2626beb714b035766004323a0feb"
	    "78b56ed933d3a0473d9471e581f76d2c38fff845355a037a0377e909ab7b"
	    "c594147a79687a1aa75de16f1df8c98298ca910e1bededa9eac271c9cbc3"
	    "7b0c74947fa6506c3da7eee8e1ee0c44dedc6fe7262ad8ec3b951d498b15"
	    "d87c26fd618c8f57" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA256, 94 },
	    "1d0efbeb0c26075e7716f66ba6297ff276660ccb2b3e6904df67fda87ea9"
	    "4e7a6d1197da9e6dbe1500e1a1a38f68c951807fa6c98219a6d7b4442e12"
	    "ca4b079a64d05490f00a79d7f30206fcf1847f446c546220a3619a2156fb"
	    "dcfc939e425f2c0d78bbd7e753fe9403c0fb18ee234647a0bfe9d87407d1"
	    "aa4a437eb3f0d964" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA384, 48 },
	    "14fb61196226abd118d7e75814812460c58687378ccbbf9e6f82fd6bacdb"
	    "3f7cc856f68384b272e89aed20839f72f6a72d372bc284930fab74f5013c"
	    "ef249566466a614a558e2f7bc013532d8970316c497c8f38b8d479ddedb6"
	    "80db18087e822d9d1549a47a63ada1962bee9f81908f80a800f27745f807"
	    "855b7f9a5f54f4c6" },
	{ "rsa.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA512, 62 },
	    "7f64b02c7673e9d0e74b0227212d8f375ccbf7e32297a5a3efcd4de66fb5"
	    "140077bc917419dfc2002867762aa98a2ce71ed45e961dbb100f51a91552"
	    "8c35e3d001d383b0118953e04867d5e973e11cc2523768d318d025017cd8"
	    "fb1c92c8cb23d52b21d9b7c52b48af182d952a3d0401e1b434c265f3f4ea"
	    "6ee319addb9cc623" },
	{ "rsa-1025.pem", { SIGNATURE_RSA_PSS, DIGEST_SHA256, 32 },
	    "005078a01a688ed988786c45d22acefa48fa60b7c58718233b39367903a08e6c"
	    "f7f340603d45222255349fa165079b01b67f0d0ca9c266c9ae87c5797990cc60"
	    "d013ad46fff52b307c4f1cc9e6b5b06652cf3b837d4d26af6edaae601d70776d"
	    "fa33abab59e4a4ab223d344919f82994a3dd6bab5d163761efc06b653541998f"
	    "52" },
	{ "p256.pem", { SIGNATURE_ECDSA, DIGEST_SHA1, 0 },
	    "304402201c38a9014a03173704ed63892ad7103b02cecf3373d7712730e5f1fa"
	    "698142f802202b5c04ca72e8385c54821b578faa9df910b81137b8c89967407b"
	    "d0cfacc6fd19" },
	{ "p256.pem", { SIGNATURE_ECDSA, DIGEST_SHA256, 0 },
	    "3045022100c01a1f5b07bf0bb93b8fbcdb25f6694663c16fc7be27398500cd55"
	    "9c605cc74902206a2d3fe580ece5b7f1b160ea96f0d8e85820039e642e0634d9"
	    "e15546ec626884" },
	{ "p256.pem", { SIGNATURE_ECDSA, DIGEST_SHA512, 0 },
	    "3046022100d03bc765654012ca072ed0349c00dcccf6f446d833812863723033"
	    "8740b9920c022100c7e316f6dc511200620cd08bf7e27c308ba281f4ba918734"
	    "c8763cec60f8ee72" },
	{ "p384.pem", { SIGNATURE_ECDSA, DIGEST_SHA384, 0 },
	    "30660231008d3fbea0a76602c67d0f93527b06886183f52bdbdb5bd0d4690a57"
	    "dbb46ae98e791daf8f36544dfb9b34317a9a1af4070231008282c70e6fa3b8de"
	    "9434a4bba40b310cb1142ae405abfce6d575d9be223d3fa0b4ecc0c1c237c3ae"
	    "8d658c20f13cac55" },
	{ "p521.pem", { SIGNATURE_ECDSA, DIGEST_SHA256, 0 },
	    "3081880242016cc59e67f6e42d7d9be305377e33c69877723bbd6caf89e85ffe"
	    "b45b1af3675d67c414a5714712279c51244a479ef201fffc0f692e2e5a57dd4a"
	    "7ead982b9e8d3a0242015d4215873e2604bb09e8a3731924c1ecfb3efc7fe298"
	    "05a6213b84bf8edac28b0524705c09e6a2d2891b0d91fd564a0aaece9a542111"
	    "af82ad02731bf8a2be2855" },
	{ "p521.pem", { SIGNATURE_ECDSA, DIGEST_SHA512, 0 },
	    "308188024201b209a90cf24c212cf7401b1d80f17f08190e1f3b4a2d61f9e34c"
	    "0c3d91152de2ea07d3e332cb6abe825383a0290e4c561bd0f1c182decbd4f8ba"
	    "8f4284e3940245024200fe9c9afe1f59ada9498dff5b4686e3a8a1348cc016db"
	    "2ad435257f4562403267eebc858cf695614b1c60bafffac6832f34961c2925bf"
	    "e3eef15b231df77470a032" },
	{ "p256.pem", { SIGNATURE_ECDSA, DIGEST_MD5, 0 },
	    "3044022058da06c9ce0c4429dc95a94cfa9ab2760d347206a7dc441448ed4eb3"
	    "519c6ab2022032d7760f0093f0ac241f76a5254fe62ef1856d11dac10f4e62ca"
	    "f8040390f533" },
};

#define FIRST_ECDSA 17

/* The row's parts, ready for use. */
struct signed_row {
	struct public_key *key;
	struct buf signature;
};

static struct signed_row
open_row(const struct row *row)
{
	return (struct signed_row){ public_key_of(row->key),
		octets_of(row->signature) };
}

static void
close_row(struct signed_row *opened)
{
	provider_public_key_free(gnutls(), opened->key);
	buf_clear(&opened->signature);
}

static void
assert_verdict(const struct signed_row *opened, const struct row *row,
    struct bytes signature, enum err verdict)
{
	assert_int_equal(verify_message(opened->key, row->algorithm,
			     SIGNED_MESSAGE, signature),
	    verdict);
}

static void
verify_accepts_what_openssl_signed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signed_row opened = open_row(&rows[i]);

		assert_verdict(&opened, &rows[i], buf_bytes(&opened.signature),
		    ERR_OK);
		close_row(&opened);
	}
}

static void
verify_refuses_each_changed_octet(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signed_row opened = open_row(&rows[i]);

		for (size_t at = 0; at < opened.signature.size; at++) {
			opened.signature.data[at] ^= 1;
			assert_verdict(&opened, &rows[i],
			    buf_bytes(&opened.signature), ERR_SIGNED_SIGNATURE);
			opened.signature.data[at] ^= 1;
		}
		close_row(&opened);
	}
}

static void
verify_refuses_another_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signed_row opened = open_row(&rows[i]);

		assert_int_equal(verify_message(opened.key, rows[i].algorithm,
				     BYTES_LITERAL("scepd signs that"),
				     buf_bytes(&opened.signature)),
		    ERR_SIGNED_SIGNATURE);
		close_row(&opened);
	}
}

static void
verify_refuses_another_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signed_row opened = open_row(&rows[i]);
		struct bytes whole = buf_bytes(&opened.signature);
		struct buf longer = { 0 };

		buf_append_octet(&longer, 0);
		buf_append(&longer, whole);
		assert_verdict(&opened, &rows[i], buf_bytes(&longer),
		    ERR_SIGNED_SIGNATURE);
		buf_append_octet(&longer, 0);
		assert_verdict(&opened, &rows[i],
		    bytes_from(buf_bytes(&longer), 1), ERR_SIGNED_SIGNATURE);
		assert_verdict(&opened, &rows[i], bytes_from(whole, 1),
		    ERR_SIGNED_SIGNATURE);
		assert_verdict(&opened, &rows[i],
		    bytes_of(whole.data, whole.size - 1), ERR_SIGNED_SIGNATURE);
		assert_verdict(&opened, &rows[i], bytes_of(NULL, 0),
		    ERR_SIGNED_SIGNATURE);
		buf_clear(&longer);
		close_row(&opened);
	}
}

static void
verify_refuses_another_digest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signed_row opened = open_row(&rows[i]);
		struct row other = rows[i];

		other.algorithm.digest = (other.algorithm.digest + 1) %
		    DIGEST_COUNT;
		assert_verdict(&opened, &other, buf_bytes(&opened.signature),
		    ERR_SIGNED_SIGNATURE);
		close_row(&opened);
	}
}

static void
verify_refuses_another_salt_length(void **state)
{
	static const size_t changes[] = { 1, (size_t)-1, 512, SIZE_MAX / 2 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signed_row opened = open_row(&rows[i]);

		for (size_t j = 0; j < COUNT(changes); j++) {
			struct row other = rows[i];

			if (other.algorithm.scheme != SIGNATURE_RSA_PSS)
				continue;
			other.algorithm.salt_length += changes[j];
			assert_verdict(&opened, &other,
			    buf_bytes(&opened.signature), ERR_SIGNED_SIGNATURE);
		}
		close_row(&opened);
	}
}

static void
verify_tells_pss_from_pkcs1(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signed_row opened = open_row(&rows[i]);
		struct row other = rows[i];

		other.algorithm.scheme = other.algorithm.scheme ==
			SIGNATURE_RSA ?
		    SIGNATURE_RSA_PSS :
		    SIGNATURE_RSA;
		assert_verdict(&opened, &other, buf_bytes(&opened.signature),
		    rows[i].algorithm.scheme == SIGNATURE_ECDSA ?
			ERR_PUBLIC_KEY :
			ERR_SIGNED_SIGNATURE);
		close_row(&opened);
	}
}

static void
verify_wants_an_ec_key_for_ecdsa(void **state)
{
	struct public_key *key = public_key_of("rsa.pem");
	struct signature_algorithm ecdsa = { SIGNATURE_ECDSA, DIGEST_SHA256,
		0 };

	(void)state;
	assert_int_equal(verify_message(key, ecdsa, SIGNED_MESSAGE,
			     SIGNED_MESSAGE),
	    ERR_PUBLIC_KEY);
	provider_public_key_free(gnutls(), key);
}

/* Made without the key, from its exponent 3 alone: the cube root of
 * 00 01 FF*8 00 DigestInfo, rounded so that only what follows differs. */
static void
verify_refuses_a_forged_padding(void **state)
{
	static const struct row forged = { "rsa-e3.pem",
		{ SIGNATURE_RSA, DIGEST_SHA256, 0 },
		"000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000"
		"00000000000000000000000000000000000000000032cbfd4a7adc790558"
		"3d767520f51640759176d37826f2ef63ae3dc7a922add7a30e502b3bb0be"
		"4eb53adbe8206a8a4d6b9980336c6f7e45f2e191beac62dbf516fa4b7fde"
		"2c2e17cc2007b2ca060c1b770026341a" };
	struct signed_row opened = open_row(&forged);

	(void)state;
	assert_verdict(&opened, &forged, buf_bytes(&opened.signature),
	    ERR_SIGNED_SIGNATURE);
	close_row(&opened);
}

/* Most of these yield a number of 1025 bits, one more than PSS has. */
static void
verify_survives_numbers_too_large_for_pss(void **state)
{
	struct public_key *key = public_key_of("rsa-1025.pem");
	struct signature_algorithm pss = { SIGNATURE_RSA_PSS, DIGEST_SHA256,
		32 };
	uint8_t signature[129] = { 0 };

	(void)state;
	for (int i = 0; i < 256; i++) {
		signature[128] = (uint8_t)i;
		assert_int_equal(verify_message(key, pss, SIGNED_MESSAGE,
				     BYTES_ARRAY(signature)),
		    ERR_SIGNED_SIGNATURE);
	}
	provider_public_key_free(gnutls(), key);
}

static void
verify_refuses_numbers_beyond_the_modulus(void **state)
{
	struct public_key *key = public_key_of("rsa.pem");
	uint8_t signature[128];

	(void)state;
	memset(signature, 0xff, sizeof(signature));
	for (int scheme = SIGNATURE_RSA; scheme <= SIGNATURE_RSA_PSS;
	     scheme++) {
		struct signature_algorithm algorithm = {
			(enum signature_scheme)scheme, DIGEST_SHA256, 32
		};

		assert_int_equal(verify_message(key, algorithm, SIGNED_MESSAGE,
				     BYTES_ARRAY(signature)),
		    ERR_SIGNED_SIGNATURE);
	}
	provider_public_key_free(gnutls(), key);
}

/* The order of P-256's group, FIPS 186-4 appendix D.1.2.3. */
#define P256_ORDER \
	"00ffffffff00000000ffffffffffffffff" \
	"bce6faada7179e84f3b9cac2fc632551"

static void
verify_wants_ecdsa_numbers_in_range_and_in_der(void **state)
{
	static const struct {
		const char *r; /* content octets; NULL: those of the row */
		const char *s;
		const char *behind; /* inside the SEQUENCE */
		enum err verdict;
	} changes[] = {
		{ NULL, NULL, "", ERR_OK },
		{ NULL, NULL, "020101", ERR_SIGNED_SIGNATURE },
		{ NULL, NULL, "00", ERR_SIGNED_SIGNATURE },
		{ "00", NULL, "", ERR_SIGNED_SIGNATURE },
		{ NULL, "00", "", ERR_SIGNED_SIGNATURE },
		{ "00", "00", "", ERR_SIGNED_SIGNATURE },
		{ "01", "01", "", ERR_SIGNED_SIGNATURE },
		{ "ff", NULL, "", ERR_SIGNED_SIGNATURE },
		{ "", NULL, "", ERR_SIGNED_SIGNATURE },
		{ "0000", NULL, "", ERR_SIGNED_SIGNATURE },
		{ P256_ORDER, NULL, "", ERR_SIGNED_SIGNATURE },
		{ NULL, P256_ORDER, "", ERR_SIGNED_SIGNATURE },
		{ P256_ORDER "00", NULL, "", ERR_SIGNED_SIGNATURE },
	};
	const struct row *row = &rows[FIRST_ECDSA];
	struct signed_row opened = open_row(row);
	struct der outer = der_of(buf_bytes(&opened.signature)), inner;
	struct bytes r, s;

	(void)state;
	assert_int_equal(der_enter(&outer, DER_SEQUENCE, &inner), ERR_OK);
	assert_int_equal(der_read_integer(&inner, &r), ERR_OK);
	assert_int_equal(der_read_integer(&inner, &s), ERR_OK);
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct buf new_r = octets_of(changes[i].r ? changes[i].r : "");
		struct buf new_s = octets_of(changes[i].s ? changes[i].s : "");
		struct buf behind = octets_of(changes[i].behind);
		struct buf der = { 0 };
		size_t start = der_open(&der, DER_SEQUENCE);

		der_append(&der, DER_INTEGER,
		    changes[i].r != NULL ? buf_bytes(&new_r) : r);
		der_append(&der, DER_INTEGER,
		    changes[i].s != NULL ? buf_bytes(&new_s) : s);
		buf_append(&der, buf_bytes(&behind));
		der_close(&der, start);
		assert_verdict(&opened, row, buf_bytes(&der),
		    changes[i].verdict);
		buf_clear(&new_r);
		buf_clear(&new_s);
		buf_clear(&behind);
		buf_clear(&der);
	}
	close_row(&opened);
}

static void
verify_wants_shortest_integers(void **state)
{
	const struct row *row = &rows[FIRST_ECDSA];
	struct signed_row opened = open_row(row);
	struct der outer = der_of(buf_bytes(&opened.signature)), inner;
	struct bytes numbers[2];

	(void)state;
	assert_int_equal(der_enter(&outer, DER_SEQUENCE, &inner), ERR_OK);
	assert_int_equal(der_read_integer(&inner, &numbers[0]), ERR_OK);
	assert_int_equal(der_read_integer(&inner, &numbers[1]), ERR_OK);
	for (size_t padded = 0; padded < 2; padded++) {
		struct buf der = { 0 };
		size_t start = der_open(&der, DER_SEQUENCE);

		for (size_t i = 0; i < 2; i++) {
			size_t number = der_open(&der, DER_INTEGER);

			if (i == padded)
				buf_append_octet(&der, 0);
			buf_append(&der, numbers[i]);
			der_close(&der, number);
		}
		der_close(&der, start);
		assert_verdict(&opened, row, buf_bytes(&der),
		    ERR_SIGNED_SIGNATURE);
		buf_clear(&der);
	}
	close_row(&opened);
}

static void
load_refuses(struct bytes spki)
{
	struct public_key *key = NULL;

	assert_int_equal(provider_public_key_load(gnutls(), spki, &key),
	    ERR_PUBLIC_KEY);
	assert_null(key);
}

static void
load_refuses_a_point_off_its_curve(void **state)
{
	static const char *const names[] = { "p256.pem", "p384.pem",
		"p521.pem" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct private_key *key = private_key_of(names[i]);
		struct buf spki = spki_of(key);
		size_t octets = i == 0 ? 64 : i == 1 ? 96 : 132;
		uint8_t *point = spki.data + spki.size - octets;

		point[octets - 1] ^= 1;
		load_refuses(buf_bytes(&spki));
		point[octets - 1] ^= 1;
		/* x as large as can be, beyond the field. */
		memset(point, 0xff, octets / 2);
		load_refuses(buf_bytes(&spki));
		memset(point, 0, octets);
		load_refuses(buf_bytes(&spki));
		buf_clear(&spki);
		provider_private_key_free(gnutls(), key);
	}
}

static void
load_refuses_what_spki_read_refuses(void **state)
{
	struct private_key *key = private_key_of("rsa.pem");
	struct buf spki = spki_of(key);

	(void)state;
	load_refuses(bytes_of(NULL, 0));
	load_refuses(SIGNED_MESSAGE);
	load_refuses(bytes_of(spki.data, spki.size - 1));
	buf_append_octet(&spki, 0);
	load_refuses(buf_bytes(&spki));
	buf_clear(&spki);
	provider_private_key_free(gnutls(), key);
}

static void
load_survives_each_changed_octet(void **state)
{
	static const char *const names[] = { "rsa.pem", "p256.pem" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct private_key *private_key = private_key_of(names[i]);
		struct buf spki = spki_of(private_key);

		for (size_t at = 0; at < spki.size * 8; at++) {
			struct public_key *key = NULL;
			enum err err;

			spki.data[at / 8] ^= (uint8_t)(1 << at % 8);
			err = provider_public_key_load(gnutls(),
			    buf_bytes(&spki), &key);
			assert_int_equal(err == ERR_OK, key != NULL);
			provider_public_key_free(gnutls(), key);
			spki.data[at / 8] ^= (uint8_t)(1 << at % 8);
		}
		buf_clear(&spki);
		provider_private_key_free(gnutls(), private_key);
	}
}

static void
wrap_never_gives_the_same_twice(void **state)
{
	struct public_key *key = public_key_of("rsa.pem");
	struct buf first = { 0 }, second = { 0 };

	(void)state;
	buf_append_octet(&first, 'x');
	assert_int_equal(provider_wrap(gnutls(), key,
			     BYTES_LITERAL("0123456789abcdef"), &first),
	    ERR_OK);
	assert_int_equal(provider_wrap(gnutls(), key,
			     BYTES_LITERAL("0123456789abcdef"), &second),
	    ERR_OK);
	assert_int_equal(first.size, 1 + 128);
	assert_int_equal(first.data[0], 'x');
	assert_int_equal(second.size, 128);
	assert_memory_not_equal(first.data + 1, second.data, 128);
	buf_clear(&first);
	buf_clear(&second);
	provider_public_key_free(gnutls(), key);
}

static void
wrap_wants_an_rsa_key(void **state)
{
	struct public_key *key = public_key_of("p256.pem");
	struct buf encrypted = { 0 };

	(void)state;
	assert_int_equal(provider_wrap(gnutls(), key,
			     BYTES_LITERAL("0123456789abcdef"), &encrypted),
	    ERR_PUBLIC_KEY);
	assert_int_equal(encrypted.size, 0);
	provider_public_key_free(gnutls(), key);
}

static void
free_of_null_is_nothing(void **state)
{
	(void)state;
	provider_public_key_free(gnutls(), NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify_accepts_what_openssl_signed),
		cmocka_unit_test(verify_refuses_each_changed_octet),
		cmocka_unit_test(verify_refuses_another_message),
		cmocka_unit_test(verify_refuses_another_length),
		cmocka_unit_test(verify_refuses_another_digest),
		cmocka_unit_test(verify_refuses_another_salt_length),
		cmocka_unit_test(verify_tells_pss_from_pkcs1),
		cmocka_unit_test(verify_wants_an_ec_key_for_ecdsa),
		cmocka_unit_test(verify_refuses_a_forged_padding),
		cmocka_unit_test(verify_survives_numbers_too_large_for_pss),
		cmocka_unit_test(verify_refuses_numbers_beyond_the_modulus),
		cmocka_unit_test(
		    verify_wants_ecdsa_numbers_in_range_and_in_der),
		cmocka_unit_test(verify_wants_shortest_integers),
		cmocka_unit_test(load_refuses_a_point_off_its_curve),
		cmocka_unit_test(load_refuses_what_spki_read_refuses),
		cmocka_unit_test(load_survives_each_changed_octet),
		cmocka_unit_test(wrap_never_gives_the_same_twice),
		cmocka_unit_test(wrap_wants_an_rsa_key),
		cmocka_unit_test(free_of_null_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
