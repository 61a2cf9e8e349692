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

static enum err
check(const struct key_rules *rules, const char *key)
{
	char *name = xasprintf("keys/%s", key);
	struct key *loaded = key_vector(name);
	enum err err = key_rules_check(rules, key_spki(loaded));

	key_free(loaded);
	free(name);
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

	(void)state;
	assert_int_equal(key_rules_check(&rules, buf_bytes(&not_a_key)),
	    ERR_PUBLIC_KEY);
	assert_int_equal(key_rules_check(&rules, (struct bytes){ NULL, 0 }),
	    ERR_PUBLIC_KEY);
	buf_clear(&not_a_key);
}

static const struct {
	const char *settings;
	const char *finding;
} refused[] = {
	{ "rsa_min = 1023;", "rsa_min" },
	{ "rsa_min = 8193;", "rsa_min" },
	{ "rsa_min = \"2048\";", "rsa_min" },
	{ "rsa_max = 2048;", "rsa_max" },
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
		CONF_TEST(read_refuses_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
