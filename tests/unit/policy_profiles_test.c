/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profiles.h"

#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_codec.h"

struct root {
	struct conf_sections profile;
};

static const struct conf_key root_keys[] = {
	{ .name = "profile",
	    .type = CONF_SECTIONS,
	    .offset = offsetof(struct root, profile) },
	{ 0 },
};

/* Reads what a.conf, with this text, has; both are the caller's. */
static enum err
read_text(const char *text, struct conf **conf, struct profiles *profiles,
    struct problems *problems)
{
	struct root root = { 0 };

	put("a.conf", text);
	*conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(*conf), root_keys, &root,
			     problems),
	    ERR_OK);
	return profiles_read(&root.profile, profiles, problems);
}

#define NAMED(name) "{ name = \"" name "\"; }"
#define LETTERS_32 "abcdefghijklmnopqrstuvwxyzABCDEF"
#define LETTERS_64 LETTERS_32 LETTERS_32

static void
profiles_come_alone_and_in_lists_the_first_is_the_default(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		const char *names[3];
	} rows[] = {
		{ "", 1, { NULL } },
		{ "profile = { };", 1, { NULL } },
		{ "profile = ( { } );", 1, { NULL } },
		{ "profile = " NAMED("router") ";", 1, { "router" } },
		{ "profile = ( " NAMED("router") " );", 1, { "router" } },
		{ "profile = ( " NAMED("router") ", " NAMED(
		      "Router") ", " NAMED("a.b-c_9") " );",
		    3, { "router", "Router", "a.b-c_9" } },
		{ "profile = " NAMED(LETTERS_64) ";", 1, { LETTERS_64 } },
		/* The example of scepd.conf(5). */
		{ "profile = ( { name = \"router\"; days = 365; "
		  "extended_key_usage = ( \"clientAuth\", \"ipsecIKE\" ); }, "
		  "{ name = \"phone\"; days = 90; for = { template = ( "
		  "\"Phone\", \"Tablet\" ); }; }, "
		  "{ name = \"curve\"; days = 90; for = { key = \"ec\"; }; } "
		  ");",
		    3, { "router", "phone", "curve" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct profiles profiles = { 0 };
		struct conf *conf;

		assert_int_equal(read_text(rows[i].text, &conf, &profiles,
				     problems),
		    ERR_OK);
		assert_string_equal(problems_text(problems), "");
		assert_int_equal(profiles.count, rows[i].count);
		assert_ptr_equal(profiles_find(&profiles, bytes_of(NULL, 0)),
		    &profiles.items[0]);
		for (size_t j = 0; j < profiles.count; j++) {
			struct bytes name = bytes_of_string(rows[i].names[j]);

			assert_ptr_equal(profiles_find(&profiles, name),
			    &profiles.items[j]);
			assert_same_bytes(
			    bytes_of_string(profiles.items[j].name), name);
		}
		profiles_clear(&profiles);
		problems_free(problems);
		conf_free(conf);
	}
}

static void
each_has_what_its_section_says(void **state)
{
	struct problems *problems = problems_new();
	struct profiles profiles = { 0 };
	struct conf *conf;

	(void)state;
	assert_int_equal(read_text("profile = ( { name = \"a\"; days = 7; }, "
				   "{ name = \"b\"; backdate = \"0s\"; } );",
			     &conf, &profiles, problems),
	    ERR_OK);
	assert_int_equal(profiles.items[0].days, 7);
	assert_int_equal(profiles.items[0].backdate, 600);
	assert_int_equal(profiles.items[1].days, 365);
	assert_int_equal(profiles.items[1].backdate, 0);
	profiles_clear(&profiles);
	problems_free(problems);
	conf_free(conf);
}

static void
no_other_name_finds_one(void **state)
{
	static const struct bytes names[] = { BYTES_LITERAL("A"),
		BYTES_LITERAL("a\0"), BYTES_LITERAL("\0"), BYTES_LITERAL("ab"),
		BYTES_LITERAL("c"), BYTES_LITERAL(" a") };
	static const char *const texts[] = {
		"profile = ( " NAMED("a") ", " NAMED("b") " );", ""
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct problems *problems = problems_new();
		struct profiles profiles = { 0 };
		struct conf *conf;

		assert_int_equal(read_text(texts[i], &conf, &profiles,
				     problems),
		    ERR_OK);
		for (size_t j = 0; j < COUNT(names); j++)
			assert_null(profiles_find(&profiles, names[j]));
		profiles_clear(&profiles);
		problems_free(problems);
		conf_free(conf);
	}
}

#define ERROR(line) "error: a.conf:" line ": "
#define NEEDED "each of several profiles needs a name: name = \"...\"\n"
#define FORM \
	"the name of a profile has ASCII letters, digits, \"-\", \"_\" and " \
	"\".\", and at most 64 of them\n"
#define FIRST \
	"the first profile is for all requests that no other is for; leave " \
	"\"for\" out, or put another profile first\n"
#define TAKEN "another profile before this one has the same name\n"

static const struct {
	const char *text;
	const char *findings;
} refused[] = {
	{ "profile = ( { }, { } );", ERROR("1") NEEDED ERROR("1") NEEDED },
	{ "profile = ( " NAMED("a") ",\n{ } );", ERROR("2") NEEDED },
	{ "profile = (\n{ },\n" NAMED("a") " );", ERROR("2") NEEDED },
	{ "profile = ( " NAMED("a") ", " NAMED("b") ",\n" NAMED("a") " );",
	    ERROR("2") TAKEN },
	{ "profile = ( " NAMED("a") ",\n" NAMED("a") ",\n" NAMED("a") " );",
	    ERROR("2") TAKEN ERROR("3") TAKEN },
	{ "profile = " NAMED("") ";", ERROR("1") "\"name\" is empty\n" },
	{ "profile = {\nname = \"a b\"; };", ERROR("2") FORM },
	{ "profile = " NAMED("a/b") ";", ERROR("1") FORM },
	{ "profile = " NAMED("a\\nb") ";", ERROR("1") FORM },
	{ "profile = " NAMED("b\xc3\xbc"
			     "ro") ";",
	    ERROR("1") FORM },
	{ "profile = " NAMED(LETTERS_64 "a") ";", ERROR("1") FORM },
	{ "profile = { name = 7; };",
	    ERROR("1") "\"name\" must be text in quotes, not a number without "
		       "quotes\n" },
	{ "profile = { for = { key = \"ec\"; }; };", ERROR("1") FIRST },
	{ "profile = ( { name = \"a\";\nfor = { key = \"ec\"; }; }, { name = "
	  "\"b\"; for = { key = \"rsa\"; }; } );",
	    ERROR("2") FIRST },
	{ "profile = ( { name = \"a\"; }, { name = \"b\"; for = { }; } );",
	    ERROR("1") "\"for\" says nothing of the requests that the profile "
		       "is for: set \"template\" or \"key\"\n" },
	/* All are told of, and no name is missed where it is there. */
	{ "profile = ( { name = \"a\"; days = 0; },\n{ name = \"b\"; "
	  "san = \"sids\"; },\n{ } );",
	    ERROR("1") "\"days\" must be from 1 to 36500, not 0\n" ERROR(
		"2") "unknown value \"sids\" of \"san\"; known are \"email\", "
		     "\"dns\", \"uri\", \"ip\", \"upn\", \"sid\", "
		     "\"wildcard\"\n" ERROR("3") NEEDED },
};

static void
several_have_good_names_of_their_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		struct profiles profiles = { 0 };
		struct conf *conf;

		assert_err(read_text(refused[i].text, &conf, &profiles,
			       problems),
		    ERR_CONFIGURATION, refused[i].text);
		assert_string_equal(problems_text(problems),
		    refused[i].findings);
		profiles_clear(&profiles);
		profiles_clear(&profiles);
		problems_free(problems);
		conf_free(conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    profiles_come_alone_and_in_lists_the_first_is_the_default),
		CONF_TEST(each_has_what_its_section_says),
		CONF_TEST(no_other_name_finds_one),
		CONF_TEST(several_have_good_names_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
