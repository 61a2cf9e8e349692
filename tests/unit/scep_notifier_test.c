/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/notifier.h"

#include <poll.h>

#include "base/commands.h"
#include "crypto/name.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/decided.h"
#include "tests/unit/store_orders.h"

/* A program that is told, in the folder of each test. */

#define ALL_EVENTS ((1U << NOTIFICATION_EVENTS) - 1)
#define DAY INT64_C(86400)

struct witness {
	struct conf *conf;
	struct notifier_order order;
};

static struct problems *
try_notifier(struct witness *witness, const char *settings)
{
	struct problems *problems = problems_new();
	struct root {
		const struct conf_section *notify;
	} root = { NULL };
	static const struct conf_key keys[] = {
		{ .name = "notify",
		    .type = CONF_SECTION,
		    .offset = offsetof(struct root, notify) },
		{ 0 },
	};
	struct buf text = { 0 };
	enum err err;

	buf_printf(&text, "notify = { %s };\n", settings);
	put("conf", buf_string(&text));
	witness->conf = open_well("conf");
	assert_int_equal(conf_read(conf_root(witness->conf), keys, &root,
			     problems),
	    ERR_OK);
	err = notifier_new(root.notify, &witness->order.notifier, problems);
	assert_int_equal(err,
	    witness->order.notifier == NULL ? ERR_CONFIGURATION : ERR_OK);
	buf_clear(&text);
	return problems;
}

static void
end_witness(struct witness *witness)
{
	notifier_free(witness->order.notifier);
	store_close(witness->order.store);
	conf_free(witness->conf);
}

static void
put_program(const char *lines)
{
	struct buf text = { 0 };

	buf_printf(&text, "#!/bin/sh\n%s\n", lines);
	put_mode("program", buf_bytes(&text), 0700);
	buf_clear(&text);
}

/* One that is told what these settings say, and runs in the test's folder. */
static struct witness
begin_witness(const char *folder, const char *settings)
{
	struct witness witness = { .order = { .now = NOW } };
	struct buf text = { 0 };
	struct problems *problems;

	put_program("exit 3");
	buf_printf(&text,
	    "command = ( \"%s/program\" ); directory = \"%s\"; %s", folder,
	    folder, settings);
	problems = try_notifier(&witness, buf_string(&text));
	assert_string_equal(problems_text(problems), "");
	problems_free(problems);
	buf_clear(&text);
	witness.order.store = store_new_memory();
	assert_int_equal(store_notify(witness.order.store,
			     notifier_events(witness.order.notifier)),
	    ERR_OK);
	return witness;
}

/* The file's text, "" where there is none; the caller's. */
static struct buf
text_of(const char *name)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };
	enum err err = access(name, F_OK) == 0 ?
	    file_read(name, FILE_PUBLIC, 1 << 20, &text, problems) :
	    ERR_OK;

	assert_int_equal(err, ERR_OK);
	problems_free(problems);
	return text;
}

static void
assert_file(const char *name, const char *expected)
{
	struct buf text = text_of(name);

	assert_string_equal(buf_string(&text), expected);
	buf_clear(&text);
}

/* Its tries, or -1 where there is no notification of that number. */
struct look {
	int64_t number;
	int64_t tries;
	int64_t due_at;
	size_t count;
};

static bool
look_at(void *context, const struct stored_notification *stored)
{
	struct look *look = context;

	look->count++;
	if (stored->number == look->number) {
		look->tries = stored->tries;
		look->due_at = stored->due_at;
	}
	return true;
}

static struct look
look_for(const struct witness *witness, int64_t number)
{
	struct look look = { .number = number, .tries = -1 };

	assert_int_equal(store_notification_list(witness->order.store, look_at,
			     &look),
	    ERR_OK);
	return look;
}

/* Settings */

static void
what_is_wrong_with_the_settings_is_said(void **state)
{
	static const struct row {
		const char *settings;
		const char *findings;
	} rows[] = {
		{ "", "\"command\" is missing in \"notify\"" },
		{ "command = ( \"/bin/true\" ); events = ( \"issued\", "
		  "\"born\", \"lost\" );",
		    "\"born\" is no event; there are \"issued\", \"refused\", "
		    "\"held\", \"revoked\" and \"expiring\"\nerror: conf:1: "
		    "\"lost\" is no event" },
		{ "command = ( \"/bin/true\" ); challenge = true;",
		    "\"challenge\"" },
		{ "command = ( \"/bin/true\" ); keep = \"1s\";", "\"keep\"" },
		{ "command = ( \"/bin/true\" ); expiring = \"1h\";",
		    "\"expiring\"" },
		{ "command = ( \"/nowhere\" );", "/nowhere can't be run" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct witness witness = { 0 };
		struct problems *problems = try_notifier(&witness,
		    rows[i].settings);

		assert_null(witness.order.notifier);
		if (strstr(problems_text(problems), rows[i].findings) == NULL)
			fail_msg("%s: %s", rows[i].settings,
			    problems_text(problems));
		problems_free(problems);
		end_witness(&witness);
	}
}

static void
the_events_that_are_named_are_told_and_by_default_all(void **state)
{
	static const struct row {
		const char *settings;
		unsigned events;
	} rows[] = {
		{ "", ALL_EVENTS },
		{ "events = ( \"held\", \"revoked\" );",
		    1U << NOTIFICATION_HELD | 1U << NOTIFICATION_REVOKED },
		{ "events = \"expiring\";", 1U << NOTIFICATION_EXPIRING },
		{ "events = ();", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct witness witness = begin_witness(*state,
		    rows[i].settings);

		assert_int_equal(notifier_events(witness.order.notifier),
		    rows[i].events);
		end_witness(&witness);
	}
	assert_int_equal(notifier_events(NULL), 0);
}

/* What it is told */

#define TELL \
	"env | grep ^SCEP_ | LC_ALL=C sort >seen\n" \
	"cat >certificate"

static void
run_and_expect(struct witness *witness, const char *seen,
    const char *certificate)
{
	notifier_run_due(&witness->order);
	assert_file("seen", seen);
	assert_file("certificate", certificate);
	assert_int_equal(look_for(witness, 0).count, 0);
}

static void
a_program_is_told_what_has_happened(void **state)
{
	struct witness witness = begin_witness(*state, "");
	struct store *store = witness.order.store;
	struct name_part part = { "CN", "router\n17" };
	struct buf name = { 0 };
	struct transaction_order order = order_of("a;b");
	struct transaction transaction = { 0 };
	int64_t number;

	assert_int_equal(name_append(&name, &part, 1), ERR_OK);
	put_program(TELL);
	order.subject = buf_bytes(&name);
	begun(store, &order);
	run_and_expect(&witness,
	    "SCEP_ENDPOINT=/scep\nSCEP_EVENT=held\nSCEP_HOOK_VERSION=1\n"
	    "SCEP_OPERATION=NOTIFY\nSCEP_REASON=\n"
	    "SCEP_REMOTE_ADDR=192.0.2.17\nSCEP_REQUEST=1\n"
	    "SCEP_REQ_SUBJECT=CN=router\\0A17\nSCEP_SERIAL=\n"
	    "SCEP_TRANSACTION_ID=hex:613b62\n",
	    "");
	assert_int_equal(decided(store, 1, hash_of('r'), false,
			     BYTES_LITERAL("no\nsuch"), NOW),
	    ERR_OK);
	run_and_expect(&witness,
	    "SCEP_ENDPOINT=/scep\nSCEP_EVENT=refused\nSCEP_HOOK_VERSION=1\n"
	    "SCEP_OPERATION=NOTIFY\nSCEP_REASON=no\\0Asuch\n"
	    "SCEP_REMOTE_ADDR=192.0.2.17\nSCEP_REQUEST=1\n"
	    "SCEP_REQ_SUBJECT=CN=router\\0A17\nSCEP_SERIAL=\n"
	    "SCEP_TRANSACTION_ID=hex:613b62\n",
	    "");
	order = signing_order_of("id", "\x0a\xff");
	order.subject = buf_bytes(&name);
	order.certificate.subject = buf_bytes(&name);
	number = begun(store, &order);
	assert_int_equal(store_issue(store, number, BYTES_LITERAL("der"), NOW,
			     &transaction),
	    ERR_OK);
	run_and_expect(&witness,
	    "SCEP_ENDPOINT=/scep\nSCEP_EVENT=issued\nSCEP_HOOK_VERSION=1\n"
	    "SCEP_OPERATION=NOTIFY\nSCEP_REASON=\n"
	    "SCEP_REMOTE_ADDR=192.0.2.17\nSCEP_REQUEST=2\n"
	    "SCEP_REQ_SUBJECT=CN=router\\0A17\nSCEP_SERIAL=0aff\n"
	    "SCEP_TRANSACTION_ID=id\n",
	    "-----BEGIN CERTIFICATE-----\nZGVy\n-----END CERTIFICATE-----\n");
	assert_int_equal(store_certificate_revoke(store, hash_of('a'),
			     BYTES_LITERAL("\x0a\xff"), 1, NOW),
	    ERR_OK);
	run_and_expect(&witness,
	    "SCEP_ENDPOINT=/scep\nSCEP_EVENT=revoked\nSCEP_HOOK_VERSION=1\n"
	    "SCEP_OPERATION=NOTIFY\nSCEP_REASON=keyCompromise\n"
	    "SCEP_REMOTE_ADDR=\nSCEP_REQUEST=2\n"
	    "SCEP_REQ_SUBJECT=CN=router\\0A17\nSCEP_SERIAL=0aff\n"
	    "SCEP_TRANSACTION_ID=id\n",
	    "-----BEGIN CERTIFICATE-----\nZGVy\n-----END CERTIFICATE-----\n");
	transaction_clear(&transaction);
	buf_clear(&name);
	end_witness(&witness);
}

static void
what_expires_is_told_where_that_is_wanted(void **state)
{
	static const struct row {
		const char *settings;
		const char *told;
	} rows[] = {
		{ "expiring = \"20d\";", "0a\n" },
		{ "expiring = \"21d\";", "0a\n0b\n" },
		{ "events = \"issued\";", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct witness witness = begin_witness(*state,
		    rows[i].settings);
		struct certificate_record record = record_of("\x0a");

		unlink("told");
		put_program("echo $SCEP_SERIAL >>told");
		record.not_after = NOW + 20 * DAY;
		assert_int_equal(store_certificate_add(witness.order.store,
				     &record, BYTES_LITERAL("der")),
		    ERR_OK);
		record = record_of("\x0b");
		record.not_after = NOW + 20 * DAY + 1;
		assert_int_equal(store_certificate_add(witness.order.store,
				     &record, BYTES_LITERAL("der")),
		    ERR_OK);
		for (int n = 0; n < 2; n++) {
			notifier_look_ahead(&witness.order);
			notifier_run_due(&witness.order);
		}
		assert_file("told", rows[i].told);
		end_witness(&witness);
	}
}

/* What it answers */

static void
each_answer_has_its_end(void **state)
{
	static const struct row {
		const char *program;
		bool is_kept;
	} rows[] = {
		{ "exit 0", false },
		{ "echo; exit 0", false },
		{ "exit 6", false },
		{ "exit 1", true },
		{ "exit 2", true },
		{ "exit 3", true },
		{ "exit 4", true },
		{ "exit 5", true },
		{ "exit 77", true },
		{ "kill -9 $$", true },
		{ "yes", true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct witness witness = begin_witness(*state, "");

		put_program(rows[i].program);
		made(witness.order.store, "id", TRANSACTION_HELD);
		notifier_run_due(&witness.order);
		if (look_for(&witness, 1).tries != (rows[i].is_kept ? 1 : -1))
			fail_msg("%s", rows[i].program);
		end_witness(&witness);
	}
}

static void
a_program_that_is_gone_is_tried_again(void **state)
{
	struct witness witness = begin_witness(*state, "");

	assert_int_equal(unlink("program"), 0);
	made(witness.order.store, "id", TRANSACTION_HELD);
	notifier_run_due(&witness.order);
	assert_int_equal(look_for(&witness, 1).tries, 1);
	end_witness(&witness);
}

static void
each_failure_doubles_the_wait_up_to_an_hour(void **state)
{
	static const int64_t minutes[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	struct witness witness = begin_witness(*state, "");

	made(witness.order.store, "id", TRANSACTION_HELD);
	for (size_t i = 0; i < COUNT(minutes); i++) {
		struct look look;

		notifier_run_due(&witness.order);
		look = look_for(&witness, 1);
		assert_int_equal(look.tries, i + 1);
		assert_int_equal(look.due_at - witness.order.now,
		    60 * minutes[i]);
		/* Not before that. */
		witness.order.now = look.due_at - 1;
		notifier_run_due(&witness.order);
		assert_int_equal(look_for(&witness, 1).tries, i + 1);
		witness.order.now = look.due_at;
	}
	put_program("exit 0");
	notifier_run_due(&witness.order);
	assert_int_equal(look_for(&witness, 1).tries, -1);
	end_witness(&witness);
}

static void
what_could_not_be_told_in_time_is_given_up(void **state)
{
	struct witness witness = begin_witness(*state, "keep = \"2d\";");

	made(witness.order.store, "id", TRANSACTION_HELD);
	witness.order.now = NOW + 2 * DAY;
	notifier_drop_old(&witness.order);
	assert_int_equal(look_for(&witness, 1).tries, 0);
	witness.order.now++;
	notifier_drop_old(&witness.order);
	assert_int_equal(look_for(&witness, 1).tries, -1);
	end_witness(&witness);
}

/* In a loop, as the keeper has it */

static void
run_until_none_is_left(struct commands *commands, const struct witness *witness)
{
	while (look_for(witness, 0).count > 0) {
		struct pollfd event = { commands_descriptor(commands), POLLIN,
			0 };

		assert_true(poll(&event, 1, -1) > 0);
		commands_run(commands);
	}
}

static void
no_more_run_at_once_than_may_and_all_are_told(void **state)
{
	struct witness witness = begin_witness(*state, "at_once = 2;");
	struct commands *commands = NULL;
	char id[12];

	put_program("mkdir run.$$ && set -- run.* && echo $# >>told && "
		    "rmdir run.$$");
	for (int i = 0; i < 9; i++) {
		snprintf(id, sizeof(id), "%d", i);
		made(witness.order.store, id, TRANSACTION_HELD);
	}
	assert_int_equal(commands_new(&commands), ERR_OK);
	witness.order.commands = commands;
	notifier_run_due(&witness.order);
	run_until_none_is_left(commands, &witness);
	commands_free(commands);
	{
		struct buf told = text_of("told");

		assert_int_equal(told.size, 2 * 9);
		assert_null(strchr(buf_string(&told), '3'));
		buf_clear(&told);
	}
	end_witness(&witness);
}

/* The next keeper tells it, and the try does not count. */
static void
what_was_cancelled_is_told_after_a_restart(void **state)
{
	struct witness witness = begin_witness(*state, "");
	struct commands *commands = NULL;

	put_program("sleep 1000");
	made(witness.order.store, "id", TRANSACTION_HELD);
	assert_int_equal(commands_new(&commands), ERR_OK);
	witness.order.commands = commands;
	notifier_run_due(&witness.order);
	commands_run(commands);
	assert_int_equal(look_for(&witness, 1).tries, 0);
	assert_true(look_for(&witness, 1).due_at > NOW);
	commands_free(commands);
	assert_int_equal(look_for(&witness, 1).tries, 0);
	assert_int_equal(look_for(&witness, 1).due_at, 0);
	put_program("exit 0");
	witness.order.commands = NULL;
	notifier_run_due(&witness.order);
	assert_int_equal(look_for(&witness, 1).tries, -1);
	end_witness(&witness);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_is_wrong_with_the_settings_is_said),
		CONF_TEST(
		    the_events_that_are_named_are_told_and_by_default_all),
		CONF_TEST(a_program_is_told_what_has_happened),
		CONF_TEST(what_expires_is_told_where_that_is_wanted),
		CONF_TEST(each_answer_has_its_end),
		CONF_TEST(a_program_that_is_gone_is_tried_again),
		CONF_TEST(each_failure_doubles_the_wait_up_to_an_hour),
		CONF_TEST(what_could_not_be_told_in_time_is_given_up),
		CONF_TEST(no_more_run_at_once_than_may_and_all_are_told),
		CONF_TEST(what_was_cancelled_is_told_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
