/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_challenge.h"

#include "base/clock.h"
#include "policy/challenge.h"
#include "policy/challenge_hash.h"
#include "tests/unit/crypto_keys.h"
#include "tests/unit/tools_state_fixture.h"
#include "tests/unit/tools_stdin.h"

#define SECRET "KQ7M-2XRT-88VP-ANNE"
#define ZEROES "00000000000000000000000000000000"
#define HASH CHALLENGE_HASH_NAME ":1500:" ZEROES ":" ZEROES ZEROES

/* The hashes that it makes of these lines, one a line; the caller's. */
static struct buf
hashes_of(const char *line, const char *secrets)
{
	int before = stdin_becomes(bytes_of_string(secrets));
	struct buf output = output_of(scepctl_challenge, line);

	descriptor_again(STDIN_FILENO, before);
	return output;
}

static void
assert_is_hash_of(const struct challenge_hash *hash, const char *secret)
{
	uint8_t value[CHALLENGE_HASH_SIZE];

	challenge_work_do(gnutls(), &hash->work, bytes_of_string(secret),
	    value);
	assert_same_bytes(BYTES_ARRAY(value), BYTES_ARRAY(hash->value));
}

static void
hash_makes_what_checks_the_secret_and_tells_nothing_of_it(void **state)
{
	struct buf output = hashes_of("challenge hash", SECRET "\n");
	struct buf again = hashes_of("challenge hash", SECRET "\n");
	struct bytes rest = buf_bytes(&output);
	struct challenge_hash hash;

	(void)state;
	assert_null(strstr(buf_string(&output), SECRET));
	assert_true(challenge_hash_read(bytes_cut(&rest, '\n'), &hash));
	assert_int_equal(rest.size, 0);
	assert_is_hash_of(&hash, SECRET);
	/* Each time with another salt. */
	assert_string_not_equal(buf_string(&output), buf_string(&again));
	buf_clear(&output);
	buf_clear(&again);
}

static void
hashes_of_several_secrets_have_one_salt(void **state)
{
	struct buf output = hashes_of("challenge hash",
	    "first of two secrets\n" SECRET "\n");
	struct bytes rest = buf_bytes(&output);
	struct challenge_hash first, second;

	(void)state;
	assert_true(challenge_hash_read(bytes_cut(&rest, '\n'), &first));
	assert_true(challenge_hash_read(bytes_cut(&rest, '\n'), &second));
	assert_int_equal(rest.size, 0);
	assert_is_hash_of(&first, "first of two secrets");
	assert_is_hash_of(&second, SECRET);
	assert_true(challenge_work_is_same(&first.work, &second.work));
	buf_clear(&output);
}

static void
a_hash_made_beside_another_has_its_salt_and_iterations(void **state)
{
	struct buf output = hashes_of("challenge hash --beside " HASH,
	    SECRET "\n");
	struct bytes rest = buf_bytes(&output);
	struct challenge_hash beside, hash;

	(void)state;
	assert_true(challenge_hash_read(BYTES_LITERAL(HASH), &beside));
	assert_true(challenge_hash_read(bytes_cut(&rest, '\n'), &hash));
	assert_true(challenge_work_is_same(&hash.work, &beside.work));
	assert_is_hash_of(&hash, SECRET);
	buf_clear(&output);
}

static const struct {
	const char *line;
	const char *secrets;
	enum err expected;
	const char *findings;
} rows[] = {
	{ "challenge hash", "short\n", ERR_OK,
	    "warning: a secret has fewer than 16 characters and can be guessed "
	    "by its hash\n" },
	{ "challenge hash", "", ERR_FILE,
	    "error: standard input: is empty, and has no secret\n" },
	{ "challenge hash", "\xff and the rest of it\n", ERR_CONFIGURATION,
	    "error: a secret is not UTF-8\n" },
	{ "challenge hash " SECRET, SECRET, ERR_CONFIGURATION,
	    "error: \"" SECRET "\" is one word too many\n" },
	{ "challenge hash --beside " SECRET, SECRET, ERR_CONFIGURATION,
	    "error: --beside is no hash of \"scepctl challenge hash\"\n" },
	{ "challenge", "", ERR_CONFIGURATION,
	    "error: no action is named; \"scepctl challenge --help\" lists "
	    "them\n" },
};

static void
what_makes_no_sense_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int before = stdin_becomes(bytes_of_string(rows[i].secrets));

		assert_fails(scepctl_challenge, rows[i].line, NULL,
		    rows[i].expected, rows[i].findings);
		descriptor_again(STDIN_FILENO, before);
	}
}

static void
a_secret_that_no_device_can_send_is_refused(void **state)
{
	char secret[1027];
	int before;

	(void)state;
	memset(secret, 'a', sizeof(secret));
	secret[1025] = '\n';
	secret[1026] = '\0';
	before = stdin_becomes(bytes_of_string(secret));
	assert_fails(scepctl_challenge, "challenge hash", NULL,
	    ERR_CONFIGURATION,
	    "error: a secret has over 1024 octets, which is more than any "
	    "device can send\n");
	descriptor_again(STDIN_FILENO, before);
}

#define DERIVE "challenge derive --config scepd.conf"
#define NAMED DERIVE " --subject CN=router-17,O=Example"
#define KEY_1 "{ id = \"1\"; secret = \"0123456789abcdef0123456789abcdef\"; }"
#define KEY_2 "{ id = \"2\"; secret = \"the second key, long enough for it\"; }"
#define DERIVED(path, keys) \
	"{ path = \"" path "\"; enrol = { challenge = ( { type = " \
	"\"derived\"; keys = ( " keys " ); } ); }; }"

/* Of a date that is past one day, which is warned of. */
static void
assert_derived(const char *line, const char *expected)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };

	assert_int_equal(run_words(scepctl_challenge, line, NULL, &output,
			     problems),
	    ERR_OK);
	assert_string_equal(buf_string(&output), expected);
	buf_clear(&output);
	problems_free(problems);
}

/* As scepd-challenges(7) has it; all else of a configuration may be wrong. */
static void
derive_makes_what_the_manual_says(void **state)
{
	(void)state;
	put("scepd.conf",
	    "nonsense = 1; endpoints = ( " DERIVED("/scep",
		KEY_1 ", " KEY_2) " );");
	assert_derived(NAMED " --san dns:router-17.example.org,ip:192.0.2.17"
			     " --expires 2026-12-01",
	    "D1-1-1796083200-E5E252FF4F7CD2F3A8E92A01B550FC79\n");
	assert_derived(NAMED
	    " --san ip:192.0.2.17,dns:router-17.example.org"
	    " --endpoint /scep --key-id 1 --expires 2026-12-01T00:00:00Z",
	    "D1-1-1796083200-E5E252FF4F7CD2F3A8E92A01B550FC79\n");
	/* Of names with a meaning of their own, too. */
	assert_derived(NAMED
	    " --san uri:tag:microsoft.com\\,2022-09-14:sid:S-1-5,"
	    "upn:a@example.org,dns:*.example.org"
	    " --expires 2026-12-01",
	    "D1-1-1796083200-76B367E1945C74D06C85EF5BF59CB86A\n");
	assert_derived(NAMED " --key-id 2 --expires 2026-12-01",
	    "D1-2-1796083200-6C168A3DD33F69C95EA74EB8761EA581\n");
}

static void
one_lasts_as_long_as_is_said(void **state)
{
	static const struct {
		const char *line;
		int64_t seconds;
	} lives[] = {
		{ NAMED, 3600 },
		{ NAMED " --lifetime 30d", 30 * 86400 },
		{ NAMED " --lifetime 90s", 90 },
	};

	(void)state;
	put("scepd.conf", "endpoints = ( " DERIVED("/scep", KEY_1) " );");
	for (size_t i = 0; i < COUNT(lives); i++) {
		int64_t before = clock_now(), until;
		struct buf output = output_of(scepctl_challenge, lives[i].line);

		until = strtoll(buf_string(&output) + strlen("D1-1-"), NULL,
		    10);
		assert_true(until >= before + lives[i].seconds);
		assert_true(until <= clock_now() + lives[i].seconds);
		buf_clear(&output);
	}
}

static void
a_derived_password_that_is_of_no_use_is_warned_of(void **state)
{
	static const struct failing_line lines[] = {
		{ NAMED " --expires 2001-01-01", ERR_OK,
		    "warning: --expires is past: the password is good no "
		    "more\n" },
		{ DERIVE " --subject CN=*.example.org", ERR_OK,
		    "warning: the \"*\" of --subject stands for itself: a "
		    "derived password is for exactly this subject; \"scepctl "
		    "challenge new\" makes such for patterns\n" },
	};

	(void)state;
	put("scepd.conf", "endpoints = ( " DERIVED("/scep", KEY_1) " );");
	assert_all_fail(scepctl_challenge, lines, COUNT(lines));
}

#define TWO \
	"endpoints = ( " DERIVED("/a", KEY_1) ", " DERIVED("/b", \
	    KEY_2) ", { " \
		   "path = \"/c\"; enrol = { anonymous = true; }; } );"

static const struct failing_line derive_rows[] = {
	{ DERIVE, ERR_CONFIGURATION,
	    "error: no name is given: --subject CN=router-17,O=Example, as the "
	    "device will ask for it\n" },
	{ DERIVE " --subject router-17", ERR_CONFIGURATION, NULL },
	{ NAMED " --san router-17", ERR_CONFIGURATION, NULL },
	{ NAMED, ERR_FILE,
	    "error: the configuration has 3 endpoints; say which one: "
	    "--endpoint PATH\n" },
	{ NAMED " --endpoint /d", ERR_FILE,
	    "error: the configuration has no endpoint \"/d\"\n" },
	{ NAMED " --endpoint /b --key-id 1", ERR_FILE,
	    "error: /b: no challenge of the type \"derived\" has this key\n" },
	{ NAMED " --endpoint /c", ERR_FILE, NULL },
	{ NAMED " --endpoint /a --lifetime 1", ERR_CONFIGURATION,
	    "error: --lifetime \"1\": is not a time like 30s, 10m, 12h or "
	    "30d\n" },
	{ NAMED " --endpoint /a --lifetime 0s", ERR_CONFIGURATION, NULL },
	{ NAMED " --endpoint /a --expires tomorrow", ERR_CONFIGURATION, NULL },
	{ NAMED " --endpoint /a --expires 2026-12-01 --lifetime 1h",
	    ERR_CONFIGURATION,
	    "error: --expires and --lifetime exclude each other\n" },
	{ NAMED " --endpoint /a --key none.pem", ERR_FILE, NULL },
	{ NAMED " --endpoint /a --key scepd.conf", ERR_KEY_FILE, NULL },
	{ NAMED " --endpoint /a --key bad.csr", ERR_FILE,
	    "error: bad.csr: is no request that is signed with its own key\n" },
	{ "challenge derive --config none.conf --subject CN=a", ERR_FILE,
	    NULL },
};

static void
derive_says_what_is_wrong(void **state)
{
	(void)state;
	put("scepd.conf", TWO);
	put("bad.csr",
	    "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n"
	    "-----END CERTIFICATE REQUEST-----\n");
	assert_all_fail(scepctl_challenge, derive_rows, COUNT(derive_rows));
}

#define STATE " --state state.db"
#define NEW "challenge new --config scepd.conf" STATE
#define ONE_TIME(path, more) \
	"{ path = \"" path "\"; enrol = { challenge = ( { type = " \
	"\"one-time\"; " more "} ); }; }"

/* The one of that password, as it is remembered; the caller's. */
static struct stored_challenge
remembered(struct bytes password)
{
	struct store *store = new_store();
	struct stored_challenge stored = { 0 };
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];

	challenge_password_hash(gnutls(), password, hash);
	assert_int_equal(store_challenge_get(store, BYTES_ARRAY(hash), &stored),
	    ERR_OK);
	store_close(store);
	return stored;
}

static void
put_state(const char *endpoints)
{
	char *text = xasprintf("endpoints = ( %s );", endpoints);

	store_close(new_store());
	put("scepd.conf", text);
	free(text);
}

static void
new_mints_a_password_and_remembers_what_it_is_for(void **state)
{
	int64_t before = clock_now();
	struct buf output;
	struct stored_challenge stored;

	(void)state;
	put_state(ONE_TIME("/scep", "lifetime = \"2h\"; "));
	output = output_of(scepctl_challenge,
	    NEW " --subject CN=router-*,O=Lab --san "
		"dns:*.lab,ip:192.0.2.17,uri:a\\,b");
	assert_int_equal(output.size, 26 + 6 + 1);
	assert_int_equal(strspn(buf_string(&output),
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"),
	    output.size - 1);
	stored = remembered(bytes_of(output.data, output.size - 1));
	assert_true(stored.minted);
	assert_bytes(buf_bytes(&stored.endpoint), "/scep");
	assert_bytes(buf_bytes(&stored.subject), "CN=router-*,O=Lab");
	assert_bytes(buf_bytes(&stored.names),
	    "dns:*.lab\nip:192.0.2.17\nuri:a,b");
	assert_int_equal(stored.uses, 1);
	assert_true(stored.expires_at >= before + 7200);
	assert_true(stored.expires_at <= clock_now() + 7200);
	stored_challenge_clear(&stored);
	buf_clear(&output);
}

static void
options_of_new_are_remembered_too(void **state)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buf output;
	struct stored_challenge stored;

	(void)state;
	put_state(ONE_TIME("/a",
	    "") ", { path = \"/b\"; profile = ( { name = "
		"\"router\"; }, { name = \"phone\"; } ); enrol = { "
		"challenge = ( { type = \"one-time\"; } ); }; }");
	output = output_of(scepctl_challenge,
	    NEW " --endpoint /b --ndes --uses 5 --expires 2999-12-01 "
		"--profile phone");
	assert_int_equal(output.size, 17);
	assert_int_equal(strspn(buf_string(&output), digits), 16);
	stored = remembered(bytes_of(output.data, 16));
	assert_bytes(buf_bytes(&stored.endpoint), "/b");
	assert_int_equal(stored.subject.size, 0);
	assert_int_equal(stored.names.size, 0);
	assert_bytes(buf_bytes(&stored.profile), "phone");
	assert_int_equal(stored.allowed, 5);
	assert_int_equal(stored.expires_at, INT64_C(32501001600));
	stored_challenge_clear(&stored);
	buf_clear(&output);
}

/* More than are minted in one step. */
static void
new_mints_as_many_as_are_wanted(void **state)
{
	struct buf output;
	struct bytes rest;
	size_t count = 0;

	(void)state;
	put_state(ONE_TIME("/scep", ""));
	output = output_of(scepctl_challenge, NEW " --count 1001");
	for (rest = buf_bytes(&output); rest.size > 0; count++)
		if (count % 500 == 0) {
			struct stored_challenge stored =
			    remembered(bytes_cut(&rest, '\n'));

			assert_int_equal(stored.number, count + 1);
			stored_challenge_clear(&stored);
		} else {
			(void)bytes_cut(&rest, '\n');
		}
	assert_int_equal(count, 1001);
	buf_clear(&output);
}

static void
json_has_all_that_an_mdm_wants(void **state)
{
	struct buf output;
	const char *end;

	(void)state;
	put_state(ONE_TIME("/scep", ""));
	output = output_of(scepctl_challenge,
	    NEW " --json --count 2 --subject CN=a --san dns:a,dns:b --expires "
		"2999-12-01");
	assert_non_null(strstr(buf_string(&output), "[\n{\"password\": \""));
	end = strstr(buf_string(&output),
	    "\", \"endpoint\": \"/scep\", "
	    "\"expires\": \"2999-12-01T00:00:00Z\", \"uses\": 1, "
	    "\"subject\": \"CN=a\", \"san\": \"dns:a, dns:b\"},\n"
	    "{\"password\": \"");
	assert_non_null(end);
	assert_string_equal(buf_string(&output) + output.size - 4, "}\n]\n");
	buf_clear(&output);
}

static const struct failing_line new_rows[] = {
	{ NEW, ERR_FILE,
	    "error: the configuration has 3 endpoints; say which one: "
	    "--endpoint PATH\n" },
	{ NEW " --endpoint /c", ERR_FILE, NULL },
	{ NEW " --endpoint /a --uses 0", ERR_CONFIGURATION, NULL },
	{ NEW " --endpoint /a --count 1000001", ERR_CONFIGURATION,
	    "error: --count is at most 1000000 at a time\n" },
	{ NEW " --endpoint /a --subject router", ERR_CONFIGURATION,
	    "error: --subject \"router\": a subject is written as "
	    "CN=router-17,O=Example\n" },
	{ NEW " --endpoint /a --san dns:*.lab", ERR_CONFIGURATION,
	    "error: --san needs --subject, as any subject could be asked for "
	    "without; --subject 'CN=*' lets any common name\n" },
	{ NEW " --endpoint /a --subject CN=* --san dns:a,CN=b",
	    ERR_CONFIGURATION,
	    "error: --san \"CN=b\": it begins with none of dns:, ip:, email:, "
	    "uri: and upn:; write \\, for a comma in a name\n" },
	{ NEW " --endpoint /a --subject CN=* --san dns:a,,dns:b",
	    ERR_CONFIGURATION, NULL },
	{ NEW " --endpoint /a --subject CN=* --san dns:a,", ERR_CONFIGURATION,
	    NULL },
	{ NEW " --endpoint /a --subject CN=* --san dns:a,email:b",
	    ERR_CONFIGURATION,
	    "error: --san \"email:b\": an e-mail address has one \"@\", and so "
	    "has its pattern\n" },
	{ NEW " --endpoint /a --expires 2001-01-01", ERR_CONFIGURATION,
	    "error: --expires is past\n" },
	{ NEW " --endpoint /a --lifetime 5", ERR_CONFIGURATION, NULL },
	{ NEW " --endpoint /a --lifetime 366d", ERR_CONFIGURATION,
	    "error: --lifetime is at most 365d\n" },
	{ NEW " --endpoint /a --profile phone", ERR_FILE,
	    "error: /a: has no profile \"phone\"\n" },
	{ NEW " --endpoint /b", ERR_FILE,
	    "error: /b: takes no challenge of the type \"one-time\"\n" },
	{ "challenge list 1" STATE, ERR_CONFIGURATION, NULL },
	{ "challenge revoke" STATE, ERR_CONFIGURATION, NULL },
	{ "challenge revoke x" STATE, ERR_CONFIGURATION, NULL },
	{ "challenge revoke 1" STATE, ERR_STORE_NONE,
	    "error: there is no challenge 1 that could be revoked\n" },
};

static void
what_can_not_be_minted_is_said(void **state)
{
	(void)state;
	put_state(ONE_TIME("/a", "") ", " DERIVED("/b",
	    KEY_1) ", { path = "
		   "\"/c\"; enrol = { anonymous = true; }; }");
	assert_all_fail(scepctl_challenge, new_rows, COUNT(new_rows));
	assert_output(scepctl_challenge, "challenge list --json" STATE, "[]\n");
}

/* Until the year 2999, and one that has expired, one that was used and one that
 * was derived. */
static void
put_challenges(void)
{
	struct store *store = new_store();
	struct transaction_order order = order_of("id");
	struct challenge_record record = { .hash = hash_of('1'),
		.endpoint = "/scep",
		.uses = 2,
		.expires_at = INT64_C(32501001600) };

	assert_int_equal(store_challenges_add(store, &record, 1, NOW), ERR_OK);
	record.hash = hash_of('2');
	record.subject = BYTES_LITERAL("CN=\x1b[31m");
	record.names = BYTES_LITERAL("dns:a\ndns:b");
	record.endpoint = "/other";
	assert_int_equal(store_challenges_add(store, &record, 1, NOW), ERR_OK);
	record.hash = hash_of('3');
	record.expires_at = 1000000000;
	assert_int_equal(store_challenges_add(store, &record, 1, NOW), ERR_OK);
	order.challenge = (struct challenge_use){ .hash = hash_of('4'),
		.expires_at = INT64_C(32501001600) };
	begun(store, &order);
	order.challenge = (struct challenge_use){ .hash = hash_of('1'),
		.minted = true };
	order.key.transaction_id = BYTES_LITERAL("another");
	begun(store, &order);
	store_close(store);
}

#define TWOS "3232323232323232323232323232323232323232323232323232323232323232"
#define THREES \
	"3333333333333333333333333333333333333333333333333333333333333333"
#define HEAD "NUMBER  EXPIRES               LEFT    ENDPOINT  FOR\n"

static void
list_shows_what_can_be_used_still_and_revoke_ends_it(void **state)
{
	(void)state;
	put_challenges();
	assert_output(scepctl_challenge, "challenge list" STATE,
	    HEAD "1       2999-12-01T00:00:00Z  1 of 2  /scep     any name\n"
		 "2       2999-12-01T00:00:00Z  2 of 2  /other    "
		 "CN=\\x1b[31m, dns:a, dns:b\n");
	assert_output(scepctl_challenge,
	    "challenge list --endpoint /scep --all" STATE,
	    HEAD "1       2999-12-01T00:00:00Z  1 of 2  /scep     any name\n"
		 "4       2999-12-01T00:00:00Z  0 of 1  /scep     (derived)\n");
	assert_output(scepctl_challenge, "challenge revoke 1" STATE, "");
	assert_output(scepctl_challenge,
	    "challenge list --endpoint /other --all --json" STATE,
	    "[\n{\"number\": 2, \"type\": \"one-time\", \"endpoint\": "
	    "\"/other\", \"created\": \"2026-12-01T00:00:00Z\", "
	    "\"expires\": \"2999-12-01T00:00:00Z\", \"uses\": 2, "
	    "\"left\": 2, \"hash\": \"" TWOS "\", "
	    "\"subject\": \"CN=\\u001b[31m\", \"san\": \"dns:a, dns:b\"},\n"
	    "{\"number\": 3, \"type\": \"one-time\", \"endpoint\": "
	    "\"/other\", \"created\": \"2026-12-01T00:00:00Z\", "
	    "\"expires\": \"2001-09-09T01:46:40Z\", \"uses\": 2, "
	    "\"left\": 2, \"hash\": \"" THREES "\", "
	    "\"subject\": \"CN=\\u001b[31m\", \"san\": \"dns:a, "
	    "dns:b\"}\n]\n");
	assert_output(scepctl_challenge,
	    "challenge list --endpoint /scep" STATE,
	    "NUMBER  EXPIRES  LEFT  ENDPOINT  FOR\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    hash_makes_what_checks_the_secret_and_tells_nothing_of_it),
		CONF_TEST(hashes_of_several_secrets_have_one_salt),
		CONF_TEST(
		    a_hash_made_beside_another_has_its_salt_and_iterations),
		CONF_TEST(what_makes_no_sense_is_said),
		CONF_TEST(a_secret_that_no_device_can_send_is_refused),
		CONF_TEST(derive_makes_what_the_manual_says),
		CONF_TEST(one_lasts_as_long_as_is_said),
		CONF_TEST(derive_says_what_is_wrong),
		CONF_TEST(a_derived_password_that_is_of_no_use_is_warned_of),
		CONF_TEST(new_mints_a_password_and_remembers_what_it_is_for),
		CONF_TEST(options_of_new_are_remembered_too),
		CONF_TEST(new_mints_as_many_as_are_wanted),
		CONF_TEST(json_has_all_that_an_mdm_wants),
		CONF_TEST(what_can_not_be_minted_is_said),
		CONF_TEST(list_shows_what_can_be_used_still_and_revoke_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
