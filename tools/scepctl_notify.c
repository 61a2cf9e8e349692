/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_notify.h"

#include "base/count.h"
#include "base/hex.h"
#include "crypto/name.h"
#include "tools/listing.h"
#include "tools/shown.h"
#include "tools/state.h"

/* What is nothing is left out. */
static void
record_notification(struct record *record,
    const struct stored_notification *stored)
{
	record_begin(record);
	record_number(record, "number", stored->number);
	record_text(record, "event",
	    bytes_of_string(notification_event_names[stored->event]));
	record_time(record, "happened", stored->happened_at);
	record_number(record, "tries", stored->tries);
	if (stored->due_at != 0)
		record_time(record, "due", stored->due_at);
	if (stored->request != 0)
		record_number(record, "request", stored->request);
	if (stored->endpoint.size > 0)
		record_text(record, "endpoint", buf_bytes(&stored->endpoint));
	if (stored->peer.size > 0)
		record_text(record, "peer", buf_bytes(&stored->peer));
	if (stored->reason.size > 0)
		record_text(record, "reason", buf_bytes(&stored->reason));
	if (stored->serial.size > 0)
		record_hex(record, "serial", buf_bytes(&stored->serial));
	record_name(record, "subject", buf_bytes(&stored->subject));
	record_end(record);
}

/* 0 is at once. */
static void
append_due(struct buf *to, int64_t due_at)
{
	if (due_at == 0)
		buf_append_string(to, "now");
	else
		shown_append_time(to, due_at);
}

/* What was refused at once has none, nor what scepd has not issued. */
static void
append_request(struct buf *to, int64_t request)
{
	if (request == 0)
		buf_append_string(to, "-");
	else
		buf_printf(to, "%lld", (long long)request);
}

/* What we know comes first, what a stranger wrote last. */
static void
add_row(struct table *table, const struct stored_notification *stored)
{
	struct buf number = { 0 }, happened = { 0 }, tries = { 0 }, due = { 0 },
		   request = { 0 }, subject = { 0 };

	buf_printf(&number, "%lld", (long long)stored->number);
	shown_append_time(&happened, stored->happened_at);
	buf_printf(&tries, "%lld", (long long)stored->tries);
	append_due(&due, stored->due_at);
	append_request(&request, stored->request);
	name_append_text(&subject, buf_bytes(&stored->subject));
	table_add(table, buf_bytes(&number));
	table_add(table,
	    bytes_of_string(notification_event_names[stored->event]));
	table_add(table, buf_bytes(&happened));
	table_add(table, buf_bytes(&tries));
	table_add(table, buf_bytes(&due));
	table_add(table, buf_bytes(&request));
	table_add(table, buf_bytes(&subject));
	buf_clear(&number);
	buf_clear(&happened);
	buf_clear(&tries);
	buf_clear(&due);
	buf_clear(&request);
	buf_clear(&subject);
}

static bool
list_one(void *context, const struct stored_notification *stored)
{
	struct listing *listing = context;

	if (listing_next(listing))
		record_notification(&listing->record, stored);
	else
		add_row(&listing->table, stored);
	return true;
}

static enum err
run_list(const struct state_call *call)
{
	static const char *const head[] = { "NUMBER", "EVENT", "HAPPENED",
		"TRIES", "NEXT", "REQUEST", "SUBJECT" };
	struct listing listing = { 0 };
	enum err err;

	listing_begin(&listing, call->output, call->wishes->json, head,
	    COUNT(head));
	err = store_notification_list(call->store, list_one, &listing);
	listing_end(&listing);
	return err;
}

static const struct options_row list_options[] = {
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct state_action actions[] = {
	{ "list", NULL, "list what a program is still to be told", list_options,
	    run_list, STATE_WHOLE },
	{ 0 },
};

enum err
scepctl_notify(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "notify", actions };
	struct options_words words = { argv, (size_t)argc };
	struct state_wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
