/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_pending.h"

#include "base/clock.h"
#include "tests/unit/tools_state_fixture.h"

#define STATE " --state state.db"
#define HASH_8 "7272727272727272"
#define HASH HASH_8 HASH_8 HASH_8 HASH_8
#define KEY_8 "7373737373737373"
#define KEY KEY_8 KEY_8 KEY_8 KEY_8

static int64_t
held(struct store *store, const char *id, const char *common_name, int64_t now)
{
	struct transaction_order order = order_of(id);
	struct buf subject = name_of(common_name);
	int64_t number;

	order.subject = buf_bytes(&subject);
	order.now = now;
	number = begun(store, &order);
	buf_clear(&subject);
	return number;
}

/* A device that tries to write a line, a column and a title of its own. */
#define HOSTILE "a\x1b]0;x\x07\nb   c \"\xc3\xa4"

static void
list_shows_what_is_held(void **state)
{
	struct store *store = new_store();

	(void)state;
	held(store, "tx-1", "router-17", clock_now() - 7300);
	held(store, "a\x1b[2J", HOSTILE, clock_now() - 3 * 86400);
	made(store, "tx-3", TRANSACTION_REJECTED);
	store_close(store);
	assert_output(scepctl_pending, "pending list" STATE,
	    "NUMBER  AGE  STATE  ENDPOINT  HASH              PEER        "
	    "TRANSACTION  SUBJECT\n"
	    "1       2h   held   /scep     " HASH_8 "  192.0.2.17  "
	    "tx-1         CN=router-17\n"
	    "2       3d   held   /scep     " HASH_8 "  192.0.2.17  "
	    "a\\x1b[2J     CN=a\\x1b]0\\;x\\x07\\x0ab \\x20\\x20c "
	    "\\\"\\xc3\\xa4\n");
}

static void
list_shows_the_others_where_asked(void **state)
{
	static const struct {
		const char *line;
		size_t lines;
	} rows[] = {
		{ "pending list" STATE, 3 },
		{ "pending list --all" STATE, 8 },
		{ "pending list --all --endpoint /scep" STATE, 8 },
		{ "pending list --all --endpoint /other" STATE, 1 },
	};
	struct store *store = new_store();

	(void)state;
	made(store, "lapsed", TRANSACTION_LAPSED);
	made(store, "held", TRANSACTION_HELD);
	made(store, "approved", TRANSACTION_APPROVED);
	made(store, "signing", TRANSACTION_SIGNING);
	made(store, "issued", TRANSACTION_ISSUED);
	made(store, "rejected", TRANSACTION_REJECTED);
	made(store, "submitted", TRANSACTION_SUBMITTED);
	store_close(store);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf output = output_of(scepctl_pending, rows[i].line);
		size_t lines = 0;

		for (size_t j = 0; j < output.size; j++)
			lines += output.data[j] == '\n';
		assert_int_equal(lines, rows[i].lines);
		buf_clear(&output);
	}
}

#define JSON_REST \
	"\"peer\": \"192.0.2.17\", \"request_hash\": \"" HASH \
	"\", \"signer_key\": \"" KEY "\"}"
#define JSON_1 \
	"{\"number\": 1, \"state\": \"held\", " \
	"\"created\": \"2026-12-01T00:00:00Z\", " \
	"\"changed\": \"2026-12-01T00:00:00Z\", \"endpoint\": \"/scep\", " \
	"\"subject\": \"CN=a\\u001b]0\\\\;x\\u0007\\u000ab   c " \
	"\\\\\\\"\\u00e4\", \"transaction_id\": \"t\\ufffd1\", " JSON_REST
#define JSON_2 \
	"{\"number\": 2, \"state\": \"held\", " \
	"\"created\": \"2026-12-01T00:00:00Z\", " \
	"\"changed\": \"2026-12-01T00:00:00Z\", \"endpoint\": \"/scep\", " \
	"\"subject\": \"CN=b\", \"transaction_id\": \"t2\", " JSON_REST

static void
scripts_get_json(void **state)
{
	struct store *store = new_store();

	(void)state;
	assert_output(scepctl_pending, "pending list --json" STATE, "[]\n");
	held(store,
	    "t\xff"
	    "1",
	    HOSTILE, NOW);
	held(store, "t2", "b", NOW);
	store_close(store);
	assert_output(scepctl_pending, "pending show 1 --json" STATE,
	    JSON_1 "\n");
	assert_output(scepctl_pending, "pending list --json" STATE,
	    "[\n" JSON_1 ",\n" JSON_2 "\n]\n");
}

static void
show_tells_what_a_ca_was_asked(void **state)
{
	struct store *store = new_store();
	int64_t number = made(store, "tx-1", TRANSACTION_SUBMITTED);
	struct transaction transaction = { 0 };
	struct buf output;

	(void)state;
	assert_int_equal(store_take(store, number, NOW, NOW + 1, &transaction),
	    ERR_OK);
	transaction_clear(&transaction);
	assert_int_equal(store_put_off(store, number, BYTES_LITERAL("a\x1b#"),
			     NOW + 60),
	    ERR_OK);
	store_close(store);
	output = output_of(scepctl_pending, "pending show 1" STATE);
	assert_non_null(strstr(buf_string(&output),
	    "\nca:             6161616161616161616161616161616161616161616161616"
	    "161616161616161\n"
	    "tried:          2026-12-01T00:00:00Z\n"
	    "due:            2026-12-01T00:01:00Z\n"
	    "cookie:         a\\x1b#\n"));
	buf_clear(&output);
}

static void
show_tells_all_of_one(void **state)
{
	struct store *store = new_store();

	(void)state;
	held(store, "tx-1", HOSTILE, NOW);
	store_close(store);
	assert_output(scepctl_pending, "pending show 1" STATE,
	    "number:         1\n"
	    "state:          held\n"
	    "created:        2026-12-01T00:00:00Z\n"
	    "changed:        2026-12-01T00:00:00Z\n"
	    "endpoint:       /scep\n"
	    "subject:        CN=a\\x1b]0\\;x\\x07\\x0ab \\x20\\x20c "
	    "\\\"\\xc3\\xa4\n"
	    "transaction id: tx-1\n"
	    "peer:           192.0.2.17\n"
	    "request hash:   " HASH "\n"
	    "signer key:     " KEY "\n");
}

static void
a_held_request_is_decided_about(void **state)
{
	static const struct {
		const char *line;
		enum transaction_state state;
		const char *reason;
	} rows[] = {
		{ "pending approve 1" STATE, TRANSACTION_APPROVED, "" },
		{ "pending approve 2 --hash " HASH STATE, TRANSACTION_APPROVED,
		    "" },
		{ "pending approve --hash " HASH_8 " 3" STATE,
		    TRANSACTION_APPROVED, "" },
		{ "pending reject 4" STATE, TRANSACTION_REJECTED, "" },
		{ "pending reject 5 --reason stolen --hash " HASH STATE,
		    TRANSACTION_REJECTED, "stolen" },
	};
	static const char *const ids[] = { "1", "2", "3", "4", "5" };
	struct store *store = new_store();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct transaction transaction = { 0 };
		struct buf output;

		assert_int_equal(held(store, ids[i], "r", NOW), i + 1);
		output = output_of(scepctl_pending, rows[i].line);
		buf_clear(&output);
		assert_int_equal(store_get(store, (int64_t)i + 1, &transaction),
		    ERR_OK);
		assert_int_equal(transaction.state, rows[i].state);
		assert_same_bytes(buf_bytes(&transaction.reason),
		    bytes_of_string(rows[i].reason));
		transaction_clear(&transaction);
	}
	store_close(store);
}

static void
what_can_not_be_decided_is_said_and_left(void **state)
{
	static const struct {
		const char *line;
		const char *insert;
		enum err err;
		const char *findings;
	} rows[] = {
		{ "pending approve 7" STATE, NULL, ERR_STORE_NONE,
		    "error: there is no request 7\n" },
		{ "pending show 7" STATE, NULL, ERR_STORE_NONE,
		    "error: there is no request 7\n" },
		{ "pending approve 2" STATE, NULL, ERR_STORE_NONE,
		    "error: request 2 does not wait for that: it is rejected\n" },
		{ "pending reject 3" STATE, NULL, ERR_STORE_NONE,
		    "error: request 3 does not wait for that: it is issued\n" },
		{ "pending approve 1 --hash 7272727272727273" STATE, NULL,
		    ERR_STORE_NONE, "error: request 1 has another hash\n" },
		{ "pending approve 1 --hash 72727272727272" STATE, NULL,
		    ERR_CONFIGURATION,
		    "error: --hash \"72727272727272\": is not a hash as list "
		    "or show print it\n" },
		{ "pending reject 1 --reason %" STATE, "a\033b",
		    ERR_CONFIGURATION,
		    "error: --reason is not UTF-8 or has a control "
		    "character\n" },
		{ "pending reject 1 --reason %" STATE, "a\xff",
		    ERR_CONFIGURATION,
		    "error: --reason is not UTF-8 or has a control "
		    "character\n" },
		{ "pending approve 0" STATE, NULL, ERR_CONFIGURATION,
		    "error: request \"0\": is not a number from 1 on\n" },
		{ "pending approve 1x" STATE, NULL, ERR_CONFIGURATION,
		    "error: request \"1x\": is not a number from 1 on\n" },
		{ "pending approve 1 2" STATE, NULL, ERR_CONFIGURATION,
		    "error: \"2\" is one word too many\n" },
		{ "pending approve" STATE, NULL, ERR_CONFIGURATION,
		    "error: approve needs a NUMBER\n" },
		{ "pending approve 1 --reason x" STATE, NULL, ERR_CONFIGURATION,
		    "error: unknown option \"--reason\"\n" },
		{ "pending", NULL, ERR_CONFIGURATION,
		    "error: no action is named; \"scepctl pending --help\" "
		    "lists them\n" },
		{ "pending lst", NULL, ERR_CONFIGURATION,
		    "error: unknown action \"lst\"; \"scepctl pending "
		    "--help\" lists them\n" },
	};
	struct store *store = new_store();

	(void)state;
	held(store, "1", "r", NOW);
	made(store, "2", TRANSACTION_REJECTED);
	made(store, "3", TRANSACTION_ISSUED);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_fails(scepctl_pending, rows[i].line, rows[i].insert,
		    rows[i].err, rows[i].findings);
	assert_int_equal(state_of(store, 1), TRANSACTION_HELD);
	store_close(store);
}

/* The rest of a configuration is none of this command's business. */
static void
the_configuration_names_the_database(void **state)
{
	struct store *store = new_store();

	(void)state;
	made(store, "1", TRANSACTION_HELD);
	store_close(store);
	put("a.conf", "nonsense = 1; state = \"state.db\";");
	put("c.conf", "state = 1;");
	assert_output(scepctl_pending, "pending reject 1 --config a.conf",
	    "request 1 is rejected\n");
	setenv("SCEPD_CONFIG", "a.conf", 1);
	assert_fails(scepctl_pending, "pending approve 1", NULL, ERR_STORE_NONE,
	    "error: request 1 does not wait for that: it is rejected\n");
	unsetenv("SCEPD_CONFIG");
	assert_fails(scepctl_pending, "pending list --config c.conf", NULL,
	    ERR_FILE,
	    "error: c.conf:1: \"state\" must be a file name in quotes, not a "
	    "number without quotes\n"
	    "error: the state database is not known; name it by --state "
	    "FILE\n");
}

/* What the request's endpoint has is looked up where that can be done, whatever
 * else is wrong there. */
static void
a_profile_is_one_of_the_endpoints(void **state)
{
	static const struct failing_line rows[] = {
		{ "pending approve 1 --profile phones --config a.conf",
		    ERR_FILE, "error: /scep: has no profile \"phones\"\n" },
		{ "pending approve 1 --profile phone --config a.conf", ERR_OK,
		    "" },
		{ "pending approve 2 --profile x --config b.conf" STATE, ERR_OK,
		    "warning: --profile is not checked: b.conf can't be read "
		    "or has no endpoint \"/scep\"\n" },
		{ "pending approve 3 --profile x --config none.conf" STATE,
		    ERR_OK,
		    "warning: --profile is not checked: none.conf can't be "
		    "read or has no endpoint \"/scep\"\n" },
	};
	struct store *store = new_store();

	(void)state;
	held(store, "1", "r", NOW);
	held(store, "2", "r", NOW);
	held(store, "3", "r", NOW);
	put("a.conf",
	    "state = \"state.db\"; endpoints = ( { path = \"/scep\"; "
	    "profile = ( { name = \"router\"; }, { name = \"phone\"; } ); } "
	    ");");
	put("b.conf", "endpoints = ( { path = \"/other\"; } );");
	assert_fails(scepctl_pending, rows[0].line, NULL, rows[0].err,
	    rows[0].findings);
	assert_int_equal(state_of(store, 1), TRANSACTION_HELD);
	assert_all_fail(scepctl_pending, &rows[1], COUNT(rows) - 1);
	assert_int_equal(state_of(store, 3), TRANSACTION_APPROVED);
	store_close(store);
}

/* It exists: there is nothing to choose. */
static void
what_is_withheld_is_given_or_taken_back(void **state)
{
	struct store *store = new_store();

	(void)state;
	made(store, "1", TRANSACTION_WITHHELD);
	made(store, "2", TRANSACTION_WITHHELD);
	made(store, "3", TRANSACTION_SUBMITTED);
	made(store, "4", TRANSACTION_SIGNING);
	store_close(store);
	assert_fails(scepctl_pending,
	    "pending approve 1 --profile phone --state state.db", NULL,
	    ERR_CONFIGURATION,
	    "error: request 1 has its certificate already, and --profile "
	    "changes nothing of that; leave it out\n");
	assert_output(scepctl_pending, "pending approve 1 --state state.db",
	    "request 1 is approved; its client gets the certificate when it "
	    "asks again\n");
	assert_output(scepctl_pending, "pending reject 2 --state state.db",
	    "request 2 is rejected, and its certificate revoked here; if a "
	    "program has issued it, revoke it there, too\n");
	assert_output(scepctl_pending, "pending reject 4 --state state.db",
	    "request 4 is rejected\n");
	assert_fails(scepctl_pending, "pending approve 3 --state state.db",
	    NULL, ERR_STORE_NONE,
	    "error: request 3 does not wait for that: it is submitted\n");
}

static void
a_database_that_is_not_there_is_not_made(void **state)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };

	(void)state;
	assert_int_equal(run_words(scepctl_pending,
			     "pending list --state none.db", NULL, &output,
			     problems),
	    ERR_FILE);
	assert_non_null(strstr(problems_text(problems), "none.db"));
	assert_int_equal(access("none.db", F_OK), -1);
	problems_free(problems);
	buf_clear(&output);
}

static void
help_lists_actions_and_options(void **state)
{
	static const char *const lines[][2] = {
		{ "pending --help", "  approve    let a request have" },
		{ "pending approve --help",
		    "usage: scepctl pending approve [OPTION]... NUMBER\n" },
		{ "pending approve --help", "--profile NAME" },
		{ "pending reject --help", "--reason TEXT" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct buf output = output_of(scepctl_pending, lines[i][0]);

		assert_non_null(strstr(buf_string(&output), lines[i][1]));
		buf_clear(&output);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(list_shows_what_is_held),
		CONF_TEST(list_shows_the_others_where_asked),
		CONF_TEST(scripts_get_json),
		CONF_TEST(show_tells_all_of_one),
		CONF_TEST(show_tells_what_a_ca_was_asked),
		CONF_TEST(a_held_request_is_decided_about),
		CONF_TEST(what_can_not_be_decided_is_said_and_left),
		CONF_TEST(the_configuration_names_the_database),
		CONF_TEST(a_profile_is_one_of_the_endpoints),
		CONF_TEST(what_is_withheld_is_given_or_taken_back),
		CONF_TEST(a_database_that_is_not_there_is_not_made),
		CONF_TEST(help_lists_actions_and_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
