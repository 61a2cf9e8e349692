/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_hash.h"

#include "tests/unit/policy_challenges.h"

/* By Python: hashlib.pbkdf2_hmac("sha256", b"KQ7M-2XRT-88VP-ANNE", salt,
 * 1000), and of another password with the same salt. */
#define SALT_A "000102030405060708090a0b0c0d0e0f"
#define SALT_B "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define HASH_OF(salt, value) CHALLENGE_HASH_NAME ":1000:" salt ":" value
#define HASH_A \
	HASH_OF(SALT_A, \
	    "5eeb7dc125d3e1d949f0616f05bc03a2" \
	    "b16602de28a0058d292b718b1f6776e3")
#define HASH_A_OTHER \
	HASH_OF(SALT_A, \
	    "931148b94464b1b26bbe75d9da267443" \
	    "edd3884313c61d427f362fead9986a12")
#define HASH_B \
	HASH_OF(SALT_B, \
	    "b151f75488e5530c7d00ec45bd6202c6" \
	    "1a576ea0e447e803507e9b4f7a7a92e8")
#define PASSWORD "KQ7M-2XRT-88VP-ANNE"
#define OTHER_PASSWORD \
	"gr\xc3\xbc\xc3\x9f" \
	"e an alle hier"

#define HASHED(hash) "{ type = \"static\"; hash = \"" hash "\"; }"
#define ZEROES \
	"0000000000000000000000000000000000000000000000000000000000000000"

static enum err
check(const char *settings, struct asking asking)
{
	struct conf *conf;
	struct challenges *challenges = challenges_of(settings, &conf);
	struct challenge_answer answer;
	enum err err = ask(challenges, &asking, &answer);

	assert_int_equal(answer.vouches, err == ERR_OK);
	challenges_free(challenges);
	conf_free(conf);
	return err;
}

static const struct {
	const char *list;
	const char *password;
	enum err expected;
} hashed[] = {
	{ HASHED(HASH_A), PASSWORD, ERR_OK },
	{ HASHED(HASH_A), OTHER_PASSWORD, ERR_CHALLENGE_WRONG },
	/* Nobody gets in by what the configuration shows. */
	{ HASHED(HASH_A), HASH_A, ERR_CHALLENGE_WRONG },
	{ HASHED(HASH_A) "," HASHED(HASH_A_OTHER), PASSWORD, ERR_OK },
	{ HASHED(HASH_A) "," HASHED(HASH_A_OTHER), OTHER_PASSWORD, ERR_OK },
	{ HASHED(HASH_A) "," HASHED(HASH_B), PASSWORD, ERR_OK },
	{ HASHED(HASH_A) "," HASHED(HASH_B), OTHER_PASSWORD, ERR_OK },
	{ HASHED(HASH_A) "," HASHED(HASH_B), "another", ERR_CHALLENGE_WRONG },
	{ HASHED(HASH_A) ", { type = \"static\"; secret = \"another one "
			 "that is long\"; }",
	    "another one that is long", ERR_OK },
	{ HASHED(HASH_A) ", { type = \"static\"; secret = \"another one "
			 "that is long\"; }",
	    PASSWORD, ERR_OK },
};

static void
a_password_is_taken_by_its_hash(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hashed); i++) {
		char *text = xasprintf("challenge = ( %s );", hashed[i].list);
		struct asking asking = {
			.password = bytes_of_string(hashed[i].password)
		};

		assert_int_equal(check(text, asking), hashed[i].expected);
		free(text);
	}
}

#define NAMED(names) \
	"challenge = ( { type = \"static\"; secret = \"first of two " \
	"secrets\"; names = ( " names " ); }, { type = \"static\"; " \
	"secret = \"second of two secrets\"; } );"
#define FIRST BYTES_LITERAL("first of two secrets")
#define SECOND BYTES_LITERAL("second of two secrets")
#define WRONG BYTES_LITERAL("third of two secrets")

static void
a_password_buys_only_the_names_that_it_is_for(void **state)
{
	static const char settings[] = NAMED("\"CN=dev*\", \"dns:dev*\"");
	static const char other[] = "30{ 31{ 30{ 06{550403} 0c{'bank'} } } }";
	const struct {
		struct bytes password;
		const char *subject;
		const char *alternatives;
		enum err expected;
	} rows[] = {
		{ FIRST, NAME_DEVICE, NULL, ERR_OK },
		{ FIRST, NAME_DEVICE, "82{'device'}", ERR_OK },
		{ FIRST, NAME_DEVICE, "82{'bank'}", ERR_CHALLENGE_NAME },
		{ FIRST, other, NULL, ERR_CHALLENGE_NAME },
		{ SECOND, other, "82{'bank'}", ERR_OK },
		{ WRONG, NAME_DEVICE, NULL, ERR_CHALLENGE_WRONG },
		{ WRONG, other, NULL, ERR_CHALLENGE_WRONG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(check(settings,
				     (struct asking){
					 .subject = rows[i].subject,
					 .alternatives = rows[i].alternatives,
					 .password = rows[i].password }),
		    rows[i].expected);
}

/* One password for two kinds of names, in two entries. */
static void
the_same_password_may_be_for_other_names_too(void **state)
{
	static const char settings[] =
	    "challenge = ( { type = \"static\"; secret = \"one for two "
	    "kinds\"; names = \"CN=dev*\"; }, { type = \"static\"; secret = "
	    "\"one for two kinds\"; names = \"CN=router*\"; } );";
	struct asking asking = {
		.password = BYTES_LITERAL("one for two kinds")
	};

	(void)state;
	assert_int_equal(check(settings, asking), ERR_OK);
	asking.subject = "30{ 31{ 30{ 06{550403} 0c{'router'} } } }";
	assert_int_equal(check(settings, asking), ERR_OK);
	asking.subject = "30{ 31{ 30{ 06{550403} 0c{'bank'} } } }";
	assert_int_equal(check(settings, asking), ERR_CHALLENGE_NAME);
}

static const char *const no_hashes[] = {
	"",
	PASSWORD,
	CHALLENGE_HASH_NAME,
	CHALLENGE_HASH_NAME ":::",
	CHALLENGE_HASH_NAME ":1000:" SALT_A,
	CHALLENGE_HASH_NAME ":1000:" SALT_A ":",
	"pbkdf2-sha512:1000:" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":999:" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":2001:" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":4294968296:" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":01000:" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":+1000:" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":1000 :" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":0000:" SALT_A ":" ZEROES,
	CHALLENGE_HASH_NAME ":1000:" SALT_A "00:" ZEROES,
	CHALLENGE_HASH_NAME ":1000:00:" ZEROES,
	CHALLENGE_HASH_NAME ":1000:" SALT_A ":" ZEROES "00",
	CHALLENGE_HASH_NAME ":1000:" SALT_A ":" ZEROES ":",
	CHALLENGE_HASH_NAME ":1000:" SALT_A ":00",
	CHALLENGE_HASH_NAME ":1000:000102030405060708090A0B0C0D0E0F:" ZEROES,
	CHALLENGE_HASH_NAME ":1000:0001020304050607_8090a0b0c0d0e0f:" ZEROES,
};

static void
what_is_no_hash_is_not_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(no_hashes); i++) {
		struct challenge_hash hash;

		if (challenge_hash_read(bytes_of_string(no_hashes[i]), &hash))
			fail_msg("%s", no_hashes[i]);
	}
}

static void
a_hash_is_written_as_it_is_read(void **state)
{
	struct challenge_hash hash;
	struct buf text = { 0 };

	(void)state;
	assert_true(challenge_hash_read(BYTES_LITERAL(HASH_A), &hash));
	assert_int_equal(hash.work.iterations, 1000);
	challenge_hash_append(&text, &hash);
	assert_string_equal(buf_string(&text), HASH_A);
	buf_clear(&text);
}

#define SECRET "secret = \"one that is long enough\"; "

static const struct {
	const char *list;
	const char *finding;
} refused[] = {
	{ "{ type = \"static\"; hash = \"\"; }", "hash" },
	{ HASHED(PASSWORD), "hash is none of a password" },
	{ HASHED(CHALLENGE_HASH_NAME ":100000:" SALT_A ":" ZEROES),
	    "1000 to 2000 iterations" },
	{ "{ type = \"static\"; secret = \"" HASH_A "\"; }",
	    "write hash = instead of secret =" },
	{ "{ type = \"static\"; " SECRET "hash = \"" HASH_A "\"; }",
	    "needs one of \"secret\" and \"hash\"" },
	{ HASHED(HASH_A) "," HASHED(HASH_B) "," HASHED(CHALLENGE_HASH_NAME
	      ":1000:00000000000000000000000000000000:" ZEROES),
	    "would let strangers keep this server busy" },
	{ HASHED(HASH_A) "," HASHED(CHALLENGE_HASH_NAME ":1001:" SALT_A
							":" ZEROES),
	    "\"scepctl challenge hash --beside\"" },
	{ "{ type = \"static\"; " SECRET "names = (); }",
	    "a.conf:1: \"names\" is empty" },
	{ "{ type = \"static\"; " SECRET "names = \"router-17\"; }",
	    "\"router-17\" is no pattern of names" },
	{ "{ type = \"static\"; " SECRET "names = ( \"CN=*\", \"DNS:a\" ); }",
	    "\"DNS:a\"" },
	{ "{ type = \"static\"; " SECRET "names = \"cn=a\"; }", "\"cn=a\"" },
	{ "{ type = \"static\"; " SECRET "names = \"=a\"; }", "\"=a\"" },
	{ "{ type = \"static\"; " SECRET "names = \"*=a\"; }", "\"*=a\"" },
	{ "{ type = \"static\"; " SECRET "names = \"*\"; }", "\"*\"" },
	{ "{ type = \"static\"; " SECRET "names = \"CN=\"; }",
	    "\"CN=\" is no pattern of names: it is empty" },
	{ "{ type = \"static\"; " SECRET "names = \"email:*\"; }",
	    "\"email:*\" is no pattern of names: an e-mail address" },
	{ "{ type = \"static\"; " SECRET "iterations = 5; }", "iterations" },
};

static void
read_refuses_what_protects_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		char *text = xasprintf("challenge = ( %s );", refused[i].list);

		assert_found(text, ERR_CONFIGURATION, refused[i].finding);
		free(text);
	}
}

/* Also where there are more than two: the salt is what costs. */
static void
many_hashes_of_one_salt_are_fine(void **state)
{
	struct conf *conf;
	struct challenges *challenges = challenges_of(
	    "challenge = ( " HASHED(HASH_A) "," HASHED(HASH_A_OTHER) "," HASHED(
		HASH_B) "," HASHED(HASH_OF(SALT_B,
		ZEROES)) "," HASHED(HASH_OF(SALT_A, ZEROES)) " );",
	    &conf);

	(void)state;
	challenges_free(challenges);
	conf_free(conf);
}

/* All attributes that have a short name, and any by its number. */
static void
patterns_may_be_of_every_kind(void **state)
{
	struct conf *conf;
	struct challenges *challenges = challenges_of(
	    "challenge = ( { type = \"static\"; " SECRET
	    "names = ( \"CN=*\", \"C=DE\", \"DC=org\", \"E=*@example.org\", "
	    "\"serialNumber=?\", \"1.2.840.113549.1.9.2=*\", \"dns:*\", "
	    "\"ip:192.0.2.0/24\", \"email:*@*\", \"uri:*\", \"upn:*\" ); } );",
	    &conf);

	(void)state;
	challenges_free(challenges);
	conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_password_is_taken_by_its_hash),
		CONF_TEST(a_password_buys_only_the_names_that_it_is_for),
		CONF_TEST(the_same_password_may_be_for_other_names_too),
		CONF_TEST(what_is_no_hash_is_not_read),
		CONF_TEST(a_hash_is_written_as_it_is_read),
		CONF_TEST(read_refuses_what_protects_nothing),
		CONF_TEST(many_hashes_of_one_salt_are_fine),
		CONF_TEST(patterns_may_be_of_every_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
