/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_derived.h"

#include "tests/unit/policy_challenges.h"

#define SECRET_A "0123456789abcdef0123456789abcdef"
#define SECRET_B "the second key, which is as long as the first"
#define KEY(id, secret) "{ id = \"" id "\"; secret = \"" secret "\"; }"
#define DERIVED(keys) \
	"challenge = ( { type = \"derived\"; keys = ( " keys " ); } );"
#define SETTINGS DERIVED(KEY("1", SECRET_A) ", " KEY("OLD2025", SECRET_B))

/*
 * By Python's hmac, as scepd-challenges(7) has it; good until an hour after NOW
 * at "/scep": PLAIN for NAME_DEVICE, OLD with the second key, BOUND to the
 * public key "key", NAMED for dns:a, dns:b and ip:192.0.2.17 too, LONG for a
 * name that is escaped, and FOREIGN with a key of which nobody here knows.
 */
#define PLAIN "D1-1-1796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9"
#define OLD "D1-OLD2025-1796086800-D72CBEA28B755DD056B263A4CBA13453"
#define BOUND "D1-1-1796086800-943663AC2A882610B65A9A7EDDED8C37"
#define NAMED "D1-1-1796086800-B5B63BE8E5BF26594863A1F55566D363"
#define LONG "D1-1-1796086800-245B849BDE40DBB533051AADC47D3CBE"
#define FOREIGN "D1-1-1796086800-02DB9CB97818F745429E0211669071A0"

#define NAMED_SAN "82{'b'} 87{c0000211} 82{'a'}"
#define LONG_NAME \
	"30{ 31{ 30{ 06{55040a} 13{'Lab'} } } " \
	"31{ 30{ 06{550403} 0c{'gr'c3bcc39f', Gott'} } } }"
#define BANK "30{ 31{ 30{ 06{550403} 0c{'bank'} } } }"

static const struct {
	const char *password;
	struct asking asking;
	enum err expected;
} rows[] = {
	{ PLAIN, { 0 }, ERR_OK },
	{ OLD, { 0 }, ERR_OK },
	{ BOUND, { 0 }, ERR_OK },
	{ NAMED, { .alternatives = NAMED_SAN }, ERR_OK },
	{ LONG, { .subject = LONG_NAME }, ERR_OK },
	/* The same names in another order, and one of them twice. */
	{ NAMED, { .alternatives = "82{'a'} 82{'b'} 82{'a'} 87{c0000211}" },
	    ERR_OK },
	/* The last second, and the next one. */
	{ PLAIN, { .after = 3600 }, ERR_OK },
	{ PLAIN, { .after = 3601 }, ERR_CHALLENGE_EXPIRED },
	{ BOUND, { .after = 3601 }, ERR_CHALLENGE_EXPIRED },
	/* For somebody else, or with a name more or less. */
	{ PLAIN, { .subject = BANK }, ERR_CHALLENGE_NAME },
	{ PLAIN, { .subject = "30{}" }, ERR_CHALLENGE_NAME },
	{ PLAIN, { .alternatives = "82{'a'}" }, ERR_CHALLENGE_NAME },
	{ PLAIN, { .alternatives = "a0{ 06{2a03} a0{ 0c{'a'} } }" },
	    ERR_CHALLENGE_NAME },
	{ NAMED, { 0 }, ERR_CHALLENGE_NAME },
	{ NAMED, { .alternatives = "82{'a'} 82{'b'}" }, ERR_CHALLENGE_NAME },
	{ NAMED, { .alternatives = NAMED_SAN " 82{'c'}" }, ERR_CHALLENGE_NAME },
	{ NAMED, { .alternatives = "82{'ab'} 87{c0000211}" },
	    ERR_CHALLENGE_NAME },
	{ NAMED, { .alternatives = "82{'A'} 82{'b'} 87{c0000211}" },
	    ERR_CHALLENGE_NAME },
	{ NAMED, { .subject = BANK, .alternatives = NAMED_SAN },
	    ERR_CHALLENGE_NAME },
	{ NAMED, { .alternatives = "30" }, ERR_CHALLENGE_NAME },
	{ PLAIN, { .subject = "0500" }, ERR_CHALLENGE_NAME },
	/* Elsewhere, or with another key. */
	{ PLAIN, { .endpoint = "/scep/" }, ERR_CHALLENGE_NAME },
	{ PLAIN, { .endpoint = "/" }, ERR_CHALLENGE_NAME },
	{ BOUND, { .public_key = "kez" }, ERR_CHALLENGE_NAME },
	{ FOREIGN, { 0 }, ERR_CHALLENGE_NAME },
	/* Made up, of one that is good. */
	{ "D1-1-1796086801-78152E9F2D20B2EBB22BA5E0AAD97CB9", { 0 },
	    ERR_CHALLENGE_NAME },
	{ "D1-1-9999999999-78152E9F2D20B2EBB22BA5E0AAD97CB9", { 0 },
	    ERR_CHALLENGE_NAME },
	{ "D1-OLD2025-1796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9", { 0 },
	    ERR_CHALLENGE_NAME },
	{ "D1-1-1796086800-00000000000000000000000000000000", { 0 },
	    ERR_CHALLENGE_NAME },
	/* Of a key that is not here, or not of the form. */
	{ "D1-2-1796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9", { 0 },
	    ERR_CHALLENGE_WRONG },
	{ "D2-1-1796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9", { 0 },
	    ERR_CHALLENGE_WRONG },
	{ "D1-1-01796086800-78152E9F2D20B2EBB22BA5E0AAD97CB9", { 0 },
	    ERR_CHALLENGE_WRONG },
	{ PLAIN " ", { 0 }, ERR_CHALLENGE_WRONG },
	{ " " PLAIN, { 0 }, ERR_CHALLENGE_WRONG },
	{ PLAIN "-", { 0 }, ERR_CHALLENGE_WRONG },
	{ SECRET_A, { 0 }, ERR_CHALLENGE_WRONG },
	{ "1", { 0 }, ERR_CHALLENGE_WRONG },
};

static void
a_derived_password_is_for_its_request_alone(void **state)
{
	struct conf *conf;
	struct challenges *challenges = challenges_of(SETTINGS, &conf);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asking asking = rows[i].asking;
		struct challenge_answer answer;

		asking.password = bytes_of_string(rows[i].password);
		assert_err(ask(challenges, &asking, &answer), rows[i].expected,
		    rows[i].password);
		assert_int_equal(answer.vouches, rows[i].expected == ERR_OK);
		assert_int_equal(answer.names_are_exact,
		    rows[i].expected == ERR_OK);
	}
	challenges_free(challenges);
	conf_free(conf);
}

static void
a_derived_password_is_used_once_unless_it_may_be_used_until_it_expires(
    void **state)
{
	static const struct {
		const char *settings;
		int64_t uses; /* that are left; -1: nothing is remembered */
		enum err expected;
		bool is_counted;
	} uses[] = {
		{ DERIVED(KEY("1", SECRET_A)), -1, ERR_OK, true },
		/* It was given back. */
		{ DERIVED(KEY("1", SECRET_A)), 1, ERR_OK, true },
		{ DERIVED(KEY("1", SECRET_A)), 0, ERR_CHALLENGE_USED, true },
		{ "challenge = ( { type = \"derived\"; single_use = false; "
		  "keys = ( " KEY("1", SECRET_A) " ); } );",
		    0, ERR_OK, false },
		/* Each entry says it for its own keys. */
		{ "challenge = ( { type = \"derived\"; single_use = false; "
		  "keys = ( " KEY("1",
		      SECRET_A) " ); }, { type = "
				"\"derived\"; keys = ( " KEY("2",
				    SECRET_B) " ); } );",
		    0, ERR_OK, true },
		{ "challenge = ( { type = \"derived\"; single_use = false; "
		  "keys = ( " KEY("2",
		      SECRET_B) " ); }, { type = "
				"\"derived\"; keys = ( " KEY("1",
				    SECRET_A) " ); } );",
		    0, ERR_CHALLENGE_USED, true },
	};
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];

	(void)state;
	challenge_password_hash(gnutls(), BYTES_LITERAL(PLAIN), hash);
	for (size_t i = 0; i < COUNT(uses); i++) {
		struct asking asking = { .password = BYTES_LITERAL(PLAIN),
			.known = { .is_known = uses[i].uses >= 0,
			    .uses = uses[i].uses } };
		struct conf *conf;
		struct challenges *challenges = challenges_of(uses[i].settings,
		    &conf);
		struct challenge_answer answer;

		assert_int_equal(challenges_are_counted(challenges),
		    uses[i].is_counted);
		assert_int_equal(ask(challenges, &asking, &answer),
		    uses[i].expected);
		assert_int_equal(answer.spent.is_spent,
		    uses[i].expected == ERR_OK && uses[i].uses != 0);
		if (answer.spent.is_spent) {
			assert_false(answer.spent.minted);
			assert_int_equal(answer.spent.expires_at, NOW + 3600);
			assert_same_bytes(BYTES_ARRAY(answer.spent.hash),
			    BYTES_ARRAY(hash));
		}
		challenges_free(challenges);
		conf_free(conf);
	}
}

/* What is made here is what Python makes. */
static void
one_is_made_as_it_is_checked(void **state)
{
	struct challenge_names names;
	struct buf subject = asn1(NAME_DEVICE), made = { 0 };
	struct challenge_derivation derivation = {
		.key_id = BYTES_LITERAL("1"),
		.secret = BYTES_LITERAL(SECRET_A),
		.endpoint = "/scep",
		.names = &names,
		.expires_at = NOW + 3600,
	};

	(void)state;
	challenge_names_read(buf_bytes(&subject), bytes_of(NULL, 0), &names);
	challenge_derived_append(&made, gnutls(), &derivation);
	assert_string_equal(buf_string(&made), PLAIN);
	buf_clear(&made);
	derivation.public_key = BYTES_LITERAL("key");
	challenge_derived_append(&made, gnutls(), &derivation);
	assert_string_equal(buf_string(&made), BOUND);
	challenge_names_clear(&names);
	buf_clear(&subject);
	buf_clear(&made);
}

#define MAC "00000000000000000000000000000000"

static const struct {
	const char *text;
	const char *key_id; /* NULL: it has not the form */
	int64_t expires_at;
} forms[] = {
	{ "D1-1-1-" MAC, "1", 1 },
	{ "D1-ABCDEFGHIJKLMNOP-999999999999-" MAC, "ABCDEFGHIJKLMNOP",
	    999999999999 },
	{ "", NULL, 0 },
	{ "D1", NULL, 0 },
	{ "D1-1-1", NULL, 0 },
	{ "D1-1-1-", NULL, 0 },
	{ "D1--1-" MAC, NULL, 0 },
	{ "D1-1--" MAC, NULL, 0 },
	{ "D1-1-0-" MAC, NULL, 0 },
	{ "D1-1-1000000000000-" MAC, NULL, 0 },
	{ "D1-1--1-" MAC, NULL, 0 },
	{ "D1-1-+1-" MAC, NULL, 0 },
	{ "D1-1-1A-" MAC, NULL, 0 },
	{ "D1-ABCDEFGHIJKLMNOPQ-1-" MAC, NULL, 0 },
	{ "D1-a-1-" MAC, NULL, 0 },
	{ "D1-\xc3\x84-1-" MAC, NULL, 0 },
	{ "D1-1-1-" MAC "0", NULL, 0 },
	{ "D1-1-1-G0000000000000000000000000000000", NULL, 0 },
	{ "D1-1-1-a0000000000000000000000000000000", NULL, 0 },
	{ "d1-1-1-" MAC, NULL, 0 },
	{ "D1-1-1-" MAC "-", NULL, 0 },
};

static void
what_has_not_the_form_is_not_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct challenge_claim claim;
		bool has_form =
		    challenge_derived_read(bytes_of_string(forms[i].text),
			&claim);

		if (has_form != (forms[i].key_id != NULL))
			fail_msg("%s", forms[i].text);
		if (!has_form)
			continue;
		assert_same_bytes(claim.key_id,
		    bytes_of_string(forms[i].key_id));
		assert_int_equal(claim.expires_at, forms[i].expires_at);
	}
}

static const struct {
	const char *settings;
	const char *finding;
} refused[] = {
	{ "challenge = ( { type = \"derived\"; } );", "keys" },
	{ DERIVED(""), "keys" },
	{ DERIVED("{ secret = \"" SECRET_A "\"; }"), "id" },
	{ DERIVED("{ id = \"1\"; }"), "secret" },
	{ DERIVED(KEY("1", "")), "secret" },
	{ DERIVED(KEY("1", "0123456789abcdef0123456789abcde")),
	    "openssl rand -hex 32" },
	{ DERIVED(KEY("a", SECRET_A)), "A-Z and 0-9" },
	{ DERIVED(KEY("A-B", SECRET_A)), "A-Z and 0-9" },
	{ DERIVED(KEY("ABCDEFGHIJKLMNOPQ", SECRET_A)), "A-Z and 0-9" },
	{ DERIVED(KEY("1", SECRET_A) ", " KEY("1", SECRET_B)),
	    "another key of this id" },
	/* Of another entry too. */
	{ "challenge = ( { type = \"derived\"; keys = ( " KEY("1",
	      SECRET_A) " ); }, { type = \"derived\"; keys = ( " KEY("1",
	      SECRET_B) " ); } );",
	    "another key of this id" },
	{ DERIVED(KEY("1", SECRET_A) ", { id = \"2\"; key = \"x\"; }"),
	    "\"key\"" },
};

static void
read_refuses_keys_that_protect_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_found(refused[i].settings, ERR_CONFIGURATION,
		    refused[i].finding);
}

static void
an_endpoint_has_so_many_keys_and_no_more(void **state)
{
	struct buf text = { 0 };
	struct conf *conf;
	struct challenges *challenges;

	(void)state;
	buf_append_string(&text,
	    "challenge = ( { type = \"derived\"; keys = ( ");
	for (int i = 0; i < 16; i++)
		buf_printf(&text, "%s{ id = \"K%d\"; secret = \"%s\"; }",
		    i > 0 ? ", " : "", i, SECRET_A);
	buf_append_string(&text, " ); } );");
	challenges = challenges_of(buf_string(&text), &conf);
	challenges_free(challenges);
	conf_free(conf);
	buf_truncate(&text, text.size - strlen(" ); } );"));
	buf_append_string(&text, ", " KEY("K", SECRET_A) " ); } );");
	assert_found(buf_string(&text), ERR_CONFIGURATION, "at most 16 keys");
	buf_clear(&text);
}

static void
a_key_is_found_by_its_id(void **state)
{
	struct conf *conf;
	struct challenges *challenges = challenges_of(SETTINGS, &conf);
	struct challenge_key key;

	(void)state;
	assert_true(challenges_find_key(challenges, NULL, &key));
	assert_bytes(key.id, "1");
	assert_bytes(key.secret, SECRET_A);
	assert_true(challenges_find_key(challenges, "OLD2025", &key));
	assert_bytes(key.secret, SECRET_B);
	assert_false(challenges_find_key(challenges, "2", &key));
	challenges_free(challenges);
	conf_free(conf);
	challenges = challenges_of("anonymous = true;", &conf);
	assert_false(challenges_find_key(challenges, NULL, &key));
	challenges_free(challenges);
	conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_derived_password_is_for_its_request_alone),
		CONF_TEST(
		    a_derived_password_is_used_once_unless_it_may_be_used_until_it_expires),
		CONF_TEST(one_is_made_as_it_is_checked),
		CONF_TEST(what_has_not_the_form_is_not_read),
		CONF_TEST(read_refuses_keys_that_protect_nothing),
		CONF_TEST(an_endpoint_has_so_many_keys_and_no_more),
		CONF_TEST(a_key_is_found_by_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
