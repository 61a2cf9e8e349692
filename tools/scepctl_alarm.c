/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_alarm.h"

#include "base/count.h"
#include "tools/listing.h"
#include "tools/shown.h"
#include "tools/state.h"

static void
record_alarm(struct record *record, const struct stored_alarm *stored)
{
	record_begin(record);
	record_time(record, "since", stored->since);
	record_time(record, "seen", stored->seen);
	record_text(record, "kind", buf_bytes(&stored->kind));
	record_text(record, "subject", buf_bytes(&stored->subject));
	record_text(record, "detail", buf_bytes(&stored->detail));
	record_text(record, "text", buf_bytes(&stored->text));
	record_end(record);
}

/* The last column, which is never cut, has what the log has of it. */
static void
add_row(struct table *table, const struct stored_alarm *stored)
{
	struct buf since = { 0 }, what = { 0 };

	shown_append_time(&since, stored->since);
	buf_append(&what, buf_bytes(&stored->subject));
	if (stored->detail.size > 0)
		buf_append_string(&what, ": ");
	buf_append(&what, buf_bytes(&stored->detail));
	buf_append_string(&what, ": ");
	buf_append(&what, buf_bytes(&stored->text));
	table_add(table, buf_bytes(&since));
	table_add(table, buf_bytes(&stored->kind));
	table_add(table, buf_bytes(&what));
	buf_clear(&since);
	buf_clear(&what);
}

static bool
list_one(void *context, const struct stored_alarm *stored)
{
	struct listing *listing = context;

	if (listing_next(listing))
		record_alarm(&listing->record, stored);
	else
		add_row(&listing->table, stored);
	return true;
}

static enum err
run_list(const struct state_call *call)
{
	static const char *const head[] = { "SINCE", "KIND", "ALARM" };
	struct listing listing = { 0 };
	enum err err;

	listing_begin(&listing, call->output, call->wishes->json, head,
	    COUNT(head));
	err = store_alarm_list(call->store, NULL, list_one, &listing);
	listing_end(&listing);
	return err == ERR_OK && listing.count > 0 ? ERR_STORE_ALARMS : err;
}

static const struct options_row list_options[] = {
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

/* Not STATE_WHOLE: what fails for there being alarms has listed them. */
static const struct state_action actions[] = {
	{ "list", NULL, "list what is wrong, and fail where anything is",
	    list_options, run_list, STATE_PARTLY },
	{ 0 },
};

enum err
scepctl_alarm(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "alarm", actions };
	struct options_words words = { argv, (size_t)argc };
	struct state_wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
