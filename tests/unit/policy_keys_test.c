/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/keys.h"

#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_codec.h"

/* Reads the section `keys` with these settings; the conf is the caller's. */
static struct key_rules
rules_of(const char *settings, struct conf **conf)
{
	struct problems *problems = problems_new();
	struct key_rules rules = { 0 };

	put("a.conf", settings);
	*conf = open_well("a.conf");
	if (key_rules_read(conf_root(*conf), &rules, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return rules;
}

/* `key` is a private key of keys/, or the public one of weak-keys/. */
static struct buf
public_half(const char *key)
{
	struct buf spki = { 0 };

	if (strstr(key, ".der") != NULL) {
		char *name = xasprintf("weak-keys/%s", key);

		spki = vector(name);
		free(name);
	} else {
		char *name = xasprintf("keys/%s", key);
		struct key *loaded = key_vector(name);

		buf_append(&spki, key_spki(loaded));
		key_free(loaded);
		free(name);
	}
	return spki;
}

static enum err
check(const struct key_rules *rules, const char *key)
{
	struct buf spki = public_half(key), detail = { 0 };
	enum err err = key_rules_check(rules, buf_bytes(&spki), &detail);

	assert_int_equal(detail.size > 0, err != ERR_OK);
	buf_clear(&spki);
	buf_clear(&detail);
	return err;
}

static void
without_a_section_2048_bits_and_two_curves_are_asked_for(void **state)
{
	struct problems *problems = problems_new();
	struct key_rules rules = { 0 };

	(void)state;
	assert_int_equal(key_rules_read(NULL, &rules, problems), ERR_OK);
	assert_int_equal(check(&rules, "rsa.pem"), ERR_KEY_SIZE);
	assert_int_equal(check(&rules, "rsa-1025.pem"), ERR_KEY_SIZE);
	assert_int_equal(check(&rules, "rsa-e3.pem"), ERR_OK);
	assert_int_equal(check(&rules, "good-4096.der"), ERR_OK);
	assert_int_equal(check(&rules, "roca-2048.der"), ERR_KEY_WEAK);
	assert_int_equal(check(&rules, "p256.pem"), ERR_OK);
	assert_int_equal(check(&rules, "p384.pem"), ERR_OK);
	assert_int_equal(check(&rules, "p521.pem"), ERR_KEY_TYPE);
	problems_free(problems);
}

static const struct {
	const char *settings;
	const char *key;
	enum err expected;
} vectors[] = {
	{ "", "rsa.pem", ERR_KEY_SIZE },
	{ "rsa_min = 1024;", "rsa.pem", ERR_OK },
	{ "rsa_min = 1025;", "rsa.pem", ERR_KEY_SIZE },
	{ "rsa_min = 1025;", "rsa-1025.pem", ERR_OK },
	{ "rsa_min = 2048;", "rsa-e3.pem", ERR_OK },
	{ "rsa_min = 2049;", "rsa-e3.pem", ERR_KEY_SIZE },
	{ "rsa_max = 4095;", "good-4096.der", ERR_KEY_SIZE },
	{ "rsa_max = 4096;", "good-4096.der", ERR_OK },
	{ "rsa_min = 2048; rsa_max = 2048;", "good-2048.der", ERR_OK },
	{ "rsa_min = 2048; rsa_max = 2048;", "good-2057.der", ERR_KEY_SIZE },
	{ "rsa_exponent_min = 3;", "rsa-e3.pem", ERR_OK },
	{ "rsa_exponent_min = 4;", "rsa-e3.pem", ERR_KEY_EXPONENT },
	{ "rsa_exponent_min = 65537;", "good-2048.der", ERR_OK },
	{ "rsa_exponent_min = 65537;", "p256.pem", ERR_OK },
	/* Size and exponent before what takes a while to find out. */
	{ "rsa_min = 1024;", "roca-1024.der", ERR_KEY_WEAK },
	{ "", "roca-1024.der", ERR_KEY_SIZE },
	{ "", "roca-4096.der", ERR_KEY_WEAK },
	{ "", "roca-half.der", ERR_OK },
	{ "", "factor-751.der", ERR_KEY_WEAK },
	{ "", "factor-757.der", ERR_OK },
	{ "", "square.der", ERR_KEY_WEAK },
	{ "ec = ();", "p256.pem", ERR_KEY_TYPE },
	{ "ec = ();", "rsa-e3.pem", ERR_OK },
	{ "ec = \"secp521r1\";", "p521.pem", ERR_OK },
	{ "ec = \"secp521r1\";", "p256.pem", ERR_KEY_TYPE },
	{ "ec = ( \"secp384r1\", \"secp256r1\" );", "p256.pem", ERR_OK },
};

static void
check_asks_for_what_the_section_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct conf *conf;
		struct key_rules rules = rules_of(vectors[i].settings, &conf);

		assert_err(check(&rules, vectors[i].key), vectors[i].expected,
		    vectors[i].settings);
		conf_free(conf);
	}
}

static void
check_refuses_what_no_key_may_be(void **state)
{
	struct key_rules rules = { .rsa_min = 1024 };
	struct buf not_a_key = asn1("30{ 30{ 06{2b6570} } 03{00 01} }");
	struct buf detail = { 0 };

	(void)state;
	assert_int_equal(key_rules_check(&rules, buf_bytes(&not_a_key),
			     &detail),
	    ERR_PUBLIC_KEY);
	assert_int_equal(key_rules_check(&rules, (struct bytes){ NULL, 0 },
			     &detail),
	    ERR_PUBLIC_KEY);
	buf_clear(&not_a_key);
	buf_clear(&detail);
}

static const struct {
	const char *key;
	const char *detail;
} details[] = {
	{ "rsa.pem", "RSA key of 1024 bits" },
	{ "rsa-e3.pem", "RSA key with the exponent 3" },
	{ "p521.pem", "EC key over secp521r1" },
	{ "roca-2048.der",
	    "its modulus has the form of CVE-2017-15361 (ROCA)" },
	{ "good-2048.der", "" },
};

static void
check_says_what_is_wrong_with_a_key(void **state)
{
	struct conf *conf;
	struct key_rules rules = rules_of("rsa_exponent_min = 65537;", &conf);

	(void)state;
	for (size_t i = 0; i < COUNT(details); i++) {
		struct buf spki = public_half(details[i].key), detail = { 0 };
		enum err err = key_rules_check(&rules, buf_bytes(&spki),
		    &detail);

		assert_int_equal(err == ERR_OK, details[i].detail[0] == '\0');
		assert_string_equal(buf_string(&detail), details[i].detail);
		buf_clear(&spki);
		buf_clear(&detail);
	}
	conf_free(conf);
}

static const struct {
	const char *settings;
	const char *finding;
} refused[] = {
	{ "rsa_min = 1023;", "rsa_min" },
	{ "rsa_min = 8193;", "rsa_min" },
	{ "rsa_min = \"2048\";", "rsa_min" },
	{ "rsa_max = 2047;", "\"rsa_max\" is smaller than \"rsa_min\"" },
	{ "rsa_max = 1023; rsa_min = 1024;", "rsa_max" },
	{ "rsa_max = 8193;", "rsa_max" },
	{ "rsa_exponent_min = 2;", "rsa_exponent_min" },
	{ "rsa_exponent_min = 65538;", "rsa_exponent_min" },
	{ "ec = \"prime256v1\";", "known are secp256r1" },
	{ "ec = ( \"secp256r1\", \"ed25519\" );", "ed25519" },
};

static void
read_refuses_what_it_does_not_know(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		struct key_rules rules = { 0 };
		struct conf *conf;

		put("a.conf", refused[i].settings);
		conf = open_well("a.conf");
		assert_err(key_rules_read(conf_root(conf), &rules, problems),
		    ERR_CONFIGURATION, refused[i].settings);
		if (strstr(problems_text(problems), refused[i].finding) == NULL)
			fail_msg("%s", problems_text(problems));
		problems_free(problems);
		conf_free(conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    without_a_section_2048_bits_and_two_curves_are_asked_for),
		CONF_TEST(check_asks_for_what_the_section_says),
		CONF_TEST(check_refuses_what_no_key_may_be),
		CONF_TEST(check_says_what_is_wrong_with_a_key),
		CONF_TEST(read_refuses_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
