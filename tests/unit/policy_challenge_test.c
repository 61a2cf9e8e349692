/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge.h"

#include "tests/unit/policy_challenges.h"

#define STATIC(secret) "{ type = \"static\"; secret = \"" secret "\"; }"

/* By a request for the name of a device. */
static enum err
check_by(const struct challenges *challenges, struct bytes password,
    bool *vouched)
{
	const struct asking asking = { .password = password };
	struct challenge_answer answer = { .vouches = *vouched };
	enum err err = ask(challenges, &asking, &answer);

	*vouched = answer.vouches;
	return err;
}

static enum err
check(const char *settings, struct bytes password, bool *vouched)
{
	struct conf *conf;
	struct challenges *challenges = challenges_of(settings, &conf);
	enum err err = check_by(challenges, password, vouched);

	challenges_free(challenges);
	conf_free(conf);
	return err;
}

static void
any_of_the_listed_passwords_is_taken(void **state)
{
	static const char settings[] = "challenge = ( " STATIC(
	    "first secret") ", " STATIC("second secret") " );";
	bool vouched = false;

	(void)state;
	assert_int_equal(check(settings, BYTES_LITERAL("first secret"),
			     &vouched),
	    ERR_OK);
	assert_true(vouched);
	assert_int_equal(check(settings, BYTES_LITERAL("second secret"),
			     &vouched),
	    ERR_OK);
	assert_true(vouched);
}

static const struct bytes wrong[] = {
	BYTES_LITERAL("secre"),
	BYTES_LITERAL("secrets"),
	BYTES_LITERAL("secret\0"),
	BYTES_LITERAL("secret "),
	BYTES_LITERAL(" secret"),
	BYTES_LITERAL("Secret"),
	BYTES_LITERAL("\0ecret"),
	BYTES_LITERAL("\0"),
	BYTES_LITERAL("secretsecret"),
	BYTES_LITERAL("static"),
};

static void
every_other_password_is_refused(void **state)
{
	struct conf *conf;
	struct challenges *challenges =
	    challenges_of("challenge = ( " STATIC("secret") " );", &conf);

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		bool vouched = true;

		assert_int_equal(check_by(challenges, wrong[i], &vouched),
		    ERR_CHALLENGE_WRONG);
		assert_false(vouched);
	}
	challenges_free(challenges);
	conf_free(conf);
}

static void
no_password_is_not_a_wrong_one(void **state)
{
	bool vouched = true;

	(void)state;
	assert_int_equal(check("challenge = ( " STATIC("secret") " );",
			     (struct bytes){ NULL, 0 }, &vouched),
	    ERR_CHALLENGE_MISSING);
	assert_false(vouched);
}

static void
a_password_beyond_ascii_is_compared_as_utf8(void **state)
{
	bool vouched = false;

	(void)state;
	assert_int_equal(check("challenge = ( " STATIC("gr\xc3\xbc\xc3\x9f"
						       "e, Welt") " );",
			     BYTES_LITERAL("gr\xc3\xbc\xc3\x9f"
					   "e, Welt"),
			     &vouched),
	    ERR_OK);
	assert_true(vouched);
}

static void
an_anonymous_endpoint_takes_all_and_vouches_for_nobody(void **state)
{
	bool vouched = true;

	(void)state;
	assert_int_equal(check("anonymous = true;", (struct bytes){ NULL, 0 },
			     &vouched),
	    ERR_OK);
	assert_false(vouched);
	vouched = true;
	assert_int_equal(check("anonymous = true;", BYTES_LITERAL("secret"),
			     &vouched),
	    ERR_OK);
	assert_false(vouched);
}

static const struct {
	const char *settings;
	const char *finding;
} refused[] = {
	{ "", "nothing authenticates a device here" },
	{ "anonymous = false;", "nothing authenticates a device here" },
	{ "anonymous = true; challenge = ( " STATIC("secret") " );",
	    "can't be anonymous" },
	{ "challenge = ();", "challenge" },
	{ "challenge = ( " STATIC("") " );", "secret" },
	{ "challenge = ( { type = \"static\"; } );", "secret" },
	{ "challenge = ( { secret = \"secret\"; } );", "type" },
	{ "challenge = ( { type = \"statik\"; secret = \"secret\"; } );",
	    "static" },
	{ "challenge = ( { type = \"static\"; secret = 5; } );", "secret" },
	{ "challenge = ( { type = \"static\"; secret = { file = \"none\"; }; "
	  "} );",
	    "none" },
	{ "challenge = ( { type = \"static\"; secret = \"x\"; hash = \"y\"; } );",
	    "needs one of" },
	{ "challange = ( " STATIC("secret") " );",
	    "did you mean \"challenge\"?" },
	{ "anonymous = \"true\";", "anonymous" },
};

static void
read_refuses_what_would_let_everybody_in_or_nobody(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_found(refused[i].settings, ERR_CONFIGURATION,
		    refused[i].finding);
}

static void
one_bad_entry_spoils_the_list(void **state)
{
	(void)state;
	assert_found("challenge = ( { type = \"static\"; }, " STATIC(
			 "a long enough secret") " );",
	    ERR_CONFIGURATION, "secret");
}

static void
a_password_that_can_be_guessed_is_warned_of(void **state)
{
	(void)state;
	assert_found("challenge = ( " STATIC("hunter2") " );", ERR_OK,
	    "fewer than 16 characters");
	assert_found("anonymous = true;", ERR_OK, "everybody");
}

static void
no_finding_shows_the_password(void **state)
{
	struct problems *problems = problems_new();
	struct challenges *challenges = NULL;
	struct conf *conf;

	(void)state;
	put("a.conf",
	    "challenge = ( " STATIC(
		"hunter2") ", { type = "
			   "\"hook\"; secret = \"hunter3\"; } );");
	conf = open_well("a.conf");
	assert_int_equal(read_challenges(conf_root(conf), &challenges,
			     problems),
	    ERR_CONFIGURATION);
	assert_null(strstr(problems_text(problems), "hunter"));
	assert_null(challenges);
	problems_free(problems);
	conf_free(conf);
}

static void
a_password_may_stand_in_a_file_of_its_own(void **state)
{
	static const char settings[] =
	    "challenge = ( { type = \"static\"; "
	    "secret = { file = \"password\"; }; } );";
	bool vouched = false;

	(void)state;
	put_mode("password", BYTES_LITERAL("from a file\n"), 0640);
	assert_int_equal(check(settings, BYTES_LITERAL("from a file"),
			     &vouched),
	    ERR_OK);
	assert_true(vouched);
	put_mode("password", BYTES_LITERAL("from a file\n"), 0644);
	assert_found(settings, ERR_CONFIGURATION, "password");
}

#define DERIVED \
	"{ type = \"derived\"; keys = ( { id = \"1\"; " \
	"secret = \"0123456789abcdef0123456789abcdef\"; } ); }"
/* For NAME_DEVICE at "/scep", until an hour after NOW. */
#define DERIVED_PASSWORD "D1-1-1796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9"
#define NAMED(secret, name) \
	"{ type = \"static\"; secret = \"" secret "\"; names = \"" name "\"; }"

static const struct {
	const char *list;
	const char *password;
	int64_t after;
	enum err expected;
	bool exact;
} kinds[] = {
	/* One kind is enough, in whatever order they are listed. */
	{ STATIC("a static one") "," DERIVED, "a static one", 0, ERR_OK,
	    false },
	{ STATIC("a static one") "," DERIVED, DERIVED_PASSWORD, 0, ERR_OK,
	    true },
	{ DERIVED "," STATIC("a static one"), "a static one", 0, ERR_OK,
	    false },
	{ DERIVED "," STATIC("a static one"), DERIVED_PASSWORD, 0, ERR_OK,
	    true },
	{ DERIVED "," STATIC("a static one"), "another", 0, ERR_CHALLENGE_WRONG,
	    false },
	{ DERIVED "," STATIC("a static one"), "", 0, ERR_CHALLENGE_MISSING,
	    false },
	/* What is not listed is not taken. */
	{ STATIC("a static one"), DERIVED_PASSWORD, 0, ERR_CHALLENGE_WRONG,
	    false },
	{ DERIVED, "a static one", 0, ERR_CHALLENGE_WRONG, false },
	/* The reason of the one that knows it is what is told, */
	{ STATIC("a static one") "," DERIVED, DERIVED_PASSWORD, 3601,
	    ERR_CHALLENGE_EXPIRED, false },
	{ NAMED("one", "CN=bank") "," DERIVED, "one", 0, ERR_CHALLENGE_NAME,
	    false },
	/* unless another takes it. */
	{ STATIC(DERIVED_PASSWORD) "," DERIVED, DERIVED_PASSWORD, 3601, ERR_OK,
	    false },
	{ NAMED("one", "CN=bank") "," STATIC("one"), "one", 0, ERR_OK, false },
};

static void
one_kind_has_to_recognise_the_password(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		char *text = xasprintf("challenge = ( %s );", kinds[i].list);
		struct asking asking = { .after = kinds[i].after,
			.password = bytes_of_string(kinds[i].password) };
		struct conf *conf;
		struct challenges *challenges = challenges_of(text, &conf);
		struct challenge_answer answer;

		assert_err(ask(challenges, &asking, &answer), kinds[i].expected,
		    text);
		assert_int_equal(answer.vouches, kinds[i].expected == ERR_OK);
		assert_int_equal(answer.names_are_exact, kinds[i].exact);
		challenges_free(challenges);
		conf_free(conf);
		free(text);
	}
}

static void
a_password_that_strangers_could_read_is_none(void **state)
{
	static const struct {
		const char *settings;
		const char *password;
		enum err expected;
	} rows[] = {
		{ "challenge = ( " STATIC("secret") " );", "secret",
		    ERR_CHALLENGE_VISIBLE },
		{ "challenge = ( " STATIC("secret") " );", "wrong",
		    ERR_CHALLENGE_VISIBLE },
		{ "challenge = ( " STATIC("secret") " );", "",
		    ERR_CHALLENGE_VISIBLE },
		{ "challenge = ( " STATIC("secret") " ); "
						    "visible_challenge = true;",
		    "secret", ERR_OK },
		{ "challenge = ( " STATIC("secret") " ); "
						    "visible_challenge = true;",
		    "", ERR_CHALLENGE_MISSING },
		{ "anonymous = true;", "", ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asking asking = { .is_visible = true,
			.password = bytes_of_string(rows[i].password) };
		struct conf *conf;
		struct challenges *challenges = challenges_of(rows[i].settings,
		    &conf);
		struct challenge_answer answer;

		assert_int_equal(ask(challenges, &asking, &answer),
		    rows[i].expected);
		challenges_free(challenges);
		conf_free(conf);
	}
}

/* Who guesses learns nothing by the answers. */
static void
all_reasons_look_alike_to_the_device(void **state)
{
	static const enum err reasons[] = { ERR_CHALLENGE_MISSING,
		ERR_CHALLENGE_WRONG, ERR_CHALLENGE_NAME, ERR_CHALLENGE_EXPIRED,
		ERR_CHALLENGE_VISIBLE, ERR_CHALLENGE_USED };

	(void)state;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		assert_string_equal(err_public_text(reasons[i]),
		    err_public_text(ERR_CHALLENGE_WRONG));
		assert_int_equal(err_fail_info(reasons[i]),
		    FAIL_INFO_BAD_REQUEST);
		assert_int_equal(err_http_status(reasons[i]), 400);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(any_of_the_listed_passwords_is_taken),
		CONF_TEST(every_other_password_is_refused),
		CONF_TEST(no_password_is_not_a_wrong_one),
		CONF_TEST(a_password_beyond_ascii_is_compared_as_utf8),
		CONF_TEST(
		    an_anonymous_endpoint_takes_all_and_vouches_for_nobody),
		CONF_TEST(read_refuses_what_would_let_everybody_in_or_nobody),
		CONF_TEST(one_bad_entry_spoils_the_list),
		CONF_TEST(a_password_that_can_be_guessed_is_warned_of),
		CONF_TEST(no_finding_shows_the_password),
		CONF_TEST(a_password_may_stand_in_a_file_of_its_own),
		CONF_TEST(one_kind_has_to_recognise_the_password),
		CONF_TEST(a_password_that_strangers_could_read_is_none),
		CONF_TEST(all_reasons_look_alike_to_the_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
