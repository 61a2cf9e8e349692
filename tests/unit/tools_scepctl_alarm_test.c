/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_alarm.h"

#include "tests/unit/tools_state_fixture.h"

#define STATE " --state state.db"
#define FOUND \
	"error: There are alarms: each says what is wrong, and what to do " \
	"about it.\n"

static void
sweep(struct store *store, const struct alarm *found, size_t count, int64_t now)
{
	static const char *const kinds[] = { "index-missing", "row-pruned",
		NULL };
	const struct alarm_sweep sweep = { "/etc/ssl/demoCA of us/index.txt",
		kinds, found, count, now };

	assert_int_equal(store_alarms_sweep(store, &sweep, NULL, NULL), ERR_OK);
}

/* One that stands, and one that began later. */
static void
put_alarms(void)
{
	const struct alarm found[] = {
		{ "row-pruned", BYTES_LITERAL("05"),
		    BYTES_LITERAL("gone; put it \x1b back") },
		{ "index-missing", { 0 }, BYTES_LITERAL("gone") },
	};
	struct store *store = new_store();

	sweep(store, found, 1, NOW);
	sweep(store, found, 2, NOW + 60);
	store_close(store);
}

static void
assert_lists(const char *line, enum err expected, const char *list,
    const char *findings)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };

	assert_int_equal(run_words(scepctl_alarm, line, NULL, &output,
			     problems),
	    expected);
	assert_string_equal(buf_string(&output), list);
	assert_string_equal(problems_text(problems), findings);
	buf_clear(&output);
	problems_free(problems);
}

static void
list_fails_with_the_list_where_there_are_alarms(void **state)
{
	(void)state;
	put_alarms();
	assert_lists("alarm list" STATE, ERR_STORE_ALARMS,
	    "SINCE                 KIND           ALARM\n"
	    "2026-12-01T00:00:00Z  row-pruned     "
	    "/etc/ssl/demoCA of us/index.txt: 05: gone; put it \\x1b back\n"
	    "2026-12-01T00:01:00Z  index-missing  "
	    "/etc/ssl/demoCA of us/index.txt: gone\n",
	    FOUND);
	assert_lists("alarm list --json" STATE, ERR_STORE_ALARMS,
	    "[\n{\"since\": \"2026-12-01T00:00:00Z\", "
	    "\"seen\": \"2026-12-01T00:01:00Z\", \"kind\": \"row-pruned\", "
	    "\"subject\": \"/etc/ssl/demoCA of us/index.txt\", "
	    "\"detail\": \"05\", \"text\": \"gone; put it \\u001b back\"},\n"
	    "{\"since\": \"2026-12-01T00:01:00Z\", "
	    "\"seen\": \"2026-12-01T00:01:00Z\", "
	    "\"kind\": \"index-missing\", "
	    "\"subject\": \"/etc/ssl/demoCA of us/index.txt\", "
	    "\"detail\": \"\", \"text\": \"gone\"}\n]\n",
	    FOUND);
}

static void
list_succeeds_where_nothing_is_wrong(void **state)
{
	struct store *store = new_store();

	(void)state;
	store_close(store);
	assert_output(scepctl_alarm, "alarm list" STATE,
	    "SINCE  KIND  ALARM\n");
	assert_output(scepctl_alarm, "alarm list --json" STATE, "[]\n");
}

static void
what_makes_no_sense_is_said(void **state)
{
	static const struct failing_line rows[] = {
		{ "alarm", ERR_CONFIGURATION,
		    "error: no action is named; \"scepctl alarm --help\" lists "
		    "them\n" },
		{ "alarm list 1" STATE, ERR_CONFIGURATION,
		    "error: \"1\" is one word too many\n" },
		{ "alarm list --state none.db", ERR_FILE, NULL },
	};

	(void)state;
	assert_all_fail(scepctl_alarm, rows, COUNT(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(list_fails_with_the_list_where_there_are_alarms),
		CONF_TEST(list_succeeds_where_nothing_is_wrong),
		CONF_TEST(what_makes_no_sense_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
