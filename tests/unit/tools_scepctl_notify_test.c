/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_notify.h"

#include "tests/unit/tools_state_fixture.h"

#define STATE " --state state.db"

/* One that has failed twice and waits for its third try, and two that are new,
 * of a device with a name to deceive. */
static void
put_notifications(void)
{
	struct store *store = new_store();
	struct name_part part = { "CN", "router\x1b[31m" };
	struct transaction_order order = order_of("id");
	struct certificate_record record = record_of("\x0a\xff");
	struct buf name = { 0 };
	struct refusal refusal = { .reason = BYTES_LITERAL("key-size: short"),
		.endpoint = BYTES_LITERAL("/scep"),
		.peer = BYTES_LITERAL("192.0.2.17"),
		.now = NOW + 2 };
	int64_t untold;

	assert_int_equal(name_append(&name, &part, 1), ERR_OK);
	assert_int_equal(store_notify(store,
			     1U << NOTIFICATION_HELD |
				 1U << NOTIFICATION_REFUSED |
				 1U << NOTIFICATION_REVOKED),
	    ERR_OK);
	record.subject = order.subject = buf_bytes(&name);
	begun(store, &order);
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_int_equal(store_certificate_revoke(store, hash_of('a'),
			     record.serial, 1, NOW + 1),
	    ERR_OK);
	refusal.subject = buf_bytes(&name);
	assert_int_equal(store_notify_refused(store, &refusal, 1, &untold),
	    ERR_OK);
	assert_int_equal(store_notification_put_off(store, 1, 2, NOW + 240),
	    ERR_OK);
	buf_clear(&name);
	store_close(store);
}

static void
list_shows_what_waits_how_often_it_was_tried_and_when_next(void **state)
{
	(void)state;
	put_notifications();
	assert_output(scepctl_notify, "notify list" STATE,
	    "NUMBER  EVENT    HAPPENED              TRIES  "
	    "NEXT                  REQUEST  SUBJECT\n"
	    "1       held     2026-12-01T00:00:00Z  2      "
	    "2026-12-01T00:04:00Z  1        CN=router\\x1b[31m\n"
	    "2       revoked  2026-12-01T00:00:01Z  0      "
	    "now                   -        CN=router\\x1b[31m\n"
	    "3       refused  2026-12-01T00:00:02Z  0      "
	    "now                   -        CN=router\\x1b[31m\n");
	assert_output(scepctl_notify, "notify list --json" STATE,
	    "[\n{\"number\": 1, \"event\": \"held\", "
	    "\"happened\": \"2026-12-01T00:00:00Z\", \"tries\": 2, "
	    "\"due\": \"2026-12-01T00:04:00Z\", \"request\": 1, "
	    "\"endpoint\": \"/scep\", \"peer\": \"192.0.2.17\", "
	    "\"subject\": \"CN=router\\u001b[31m\"},\n"
	    "{\"number\": 2, \"event\": \"revoked\", "
	    "\"happened\": \"2026-12-01T00:00:01Z\", \"tries\": 0, "
	    "\"serial\": \"0aff\", \"subject\": \"CN=router\\u001b[31m\"},\n"
	    "{\"number\": 3, \"event\": \"refused\", "
	    "\"happened\": \"2026-12-01T00:00:02Z\", \"tries\": 0, "
	    "\"endpoint\": \"/scep\", \"peer\": \"192.0.2.17\", "
	    "\"reason\": \"key-size: short\", "
	    "\"subject\": \"CN=router\\u001b[31m\"}\n]\n");
}

static void
list_is_empty_where_nothing_waits(void **state)
{
	struct store *store = new_store();

	(void)state;
	store_close(store);
	assert_output(scepctl_notify, "notify list" STATE,
	    "NUMBER  EVENT  HAPPENED  TRIES  NEXT  REQUEST  SUBJECT\n");
	assert_output(scepctl_notify, "notify list --json" STATE, "[]\n");
}

static void
what_makes_no_sense_is_said(void **state)
{
	static const struct failing_line rows[] = {
		{ "notify", ERR_CONFIGURATION,
		    "error: no action is named; \"scepctl notify --help\" "
		    "lists them\n" },
		{ "notify list 1" STATE, ERR_CONFIGURATION,
		    "error: \"1\" is one word too many\n" },
		{ "notify list --state none.db", ERR_FILE, NULL },
	};

	(void)state;
	assert_all_fail(scepctl_notify, rows, COUNT(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    list_shows_what_waits_how_often_it_was_tried_and_when_next),
		CONF_TEST(list_is_empty_where_nothing_waits),
		CONF_TEST(what_makes_no_sense_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
