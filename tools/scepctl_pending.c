/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_pending.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "conf/defaults.h"
#include "crypto/der.h"
#include "crypto/name.h"
#include "crypto/text.h"
#include "tools/endpoint_rules.h"
#include "tools/listing.h"
#include "tools/pending_asked.h"
#include "tools/shown.h"
#include "tools/state.h"

/* First, as state.h wants it. */
struct wishes {
	struct state_wishes state;
	const char *endpoint;
	const char *hash;
	const char *reason;
	const char *profile;
	bool all;
};

#define OPTION(field) .offset = offsetof(struct wishes, field)

/* Those that wait, for an operator or for a CA. */
#define WAITING \
	(1U << TRANSACTION_HELD | 1U << TRANSACTION_SUBMITTED | \
	    1U << TRANSACTION_WITHHELD)

/* Those about which something can be decided. */
#define APPROVABLE \
	(1U << TRANSACTION_HELD | 1U << TRANSACTION_APPROVED | \
	    1U << TRANSACTION_WITHHELD)
#define REJECTABLE \
	(APPROVABLE | 1U << TRANSACTION_SUBMITTED | 1U << TRANSACTION_SIGNING)

/* Of a request's hash, in a list: octets. */
#define SHORT_HASH 8

static const struct wishes *
wishes_of(const struct state_call *call)
{
	return (const struct wishes *)(const void *)call->wishes;
}

/* What others were asked; times of 0 are never, or at once. */
static void
record_submission(struct record *record, const struct transaction *transaction)
{
	if (transaction->authority.size > 0)
		record_hex(record, "ca", buf_bytes(&transaction->authority));
	if (transaction->tried_at != 0)
		record_time(record, "tried", transaction->tried_at);
	if (transaction->due_at != 0)
		record_time(record, "due", transaction->due_at);
	if (transaction->tries != 0)
		record_number(record, "tries", transaction->tries);
	if (transaction->cookie.size > 0)
		record_text(record, "cookie", buf_bytes(&transaction->cookie));
}

static void
record_transaction(struct record *record, const struct transaction *transaction)
{
	struct buf subject = { 0 };

	name_append_text(&subject, buf_bytes(&transaction->subject));
	record_begin(record);
	record_number(record, "number", transaction->number);
	record_text(record, "state",
	    bytes_of_string(state_transaction_names[transaction->state]));
	record_time(record, "created", transaction->created_at);
	record_time(record, "changed", transaction->changed_at);
	record_text(record, "endpoint", buf_bytes(&transaction->endpoint));
	record_text(record, "subject", buf_bytes(&subject));
	pending_record_asked(record, transaction);
	record_text(record, "transaction_id",
	    buf_bytes(&transaction->transaction_id));
	record_text(record, "peer", buf_bytes(&transaction->peer));
	record_hex(record, "request_hash",
	    buf_bytes(&transaction->request_hash));
	record_hex(record, "signer_key", buf_bytes(&transaction->signer_key));
	if (transaction->profile.size > 0)
		record_text(record, "profile",
		    buf_bytes(&transaction->profile));
	if (transaction->reason.size > 0)
		record_text(record, "reason", buf_bytes(&transaction->reason));
	if (transaction->renews_serial.size > 0)
		record_hex(record, "renews",
		    buf_bytes(&transaction->renews_serial));
	if (transaction->state == TRANSACTION_SUBMITTED ||
	    transaction->state == TRANSACTION_WITHHELD ||
	    transaction->csr.size > 0)
		record_submission(record, transaction);
	record_end(record);
	buf_clear(&subject);
}

/* A list, and when it is made. */
struct pending_listing {
	struct listing listing;
	int64_t now;
};

/* What we know comes first, what a stranger wrote last: so nobody can draw a
 * false column. */
static void
add_row(struct table *table, const struct transaction *transaction, int64_t now)
{
	struct buf number = { 0 }, age = { 0 }, hash = { 0 }, subject = { 0 };
	struct bytes octets = buf_bytes(&transaction->request_hash);

	if (octets.size > SHORT_HASH)
		octets.size = SHORT_HASH;
	buf_printf(&number, "%lld", (long long)transaction->number);
	shown_append_age(&age, now - transaction->created_at);
	hex_append(&hash, octets);
	name_append_text(&subject, buf_bytes(&transaction->subject));
	table_add(table, buf_bytes(&number));
	table_add(table, buf_bytes(&age));
	table_add(table,
	    bytes_of_string(state_transaction_names[transaction->state]));
	table_add(table, buf_bytes(&transaction->endpoint));
	table_add(table, buf_bytes(&hash));
	table_add(table, buf_bytes(&transaction->peer));
	table_add(table, buf_bytes(&transaction->transaction_id));
	table_add(table, buf_bytes(&subject));
	buf_clear(&number);
	buf_clear(&age);
	buf_clear(&hash);
	buf_clear(&subject);
}

static bool
list_one(void *context, const struct transaction *transaction)
{
	struct pending_listing *pending = context;
	struct listing *listing = &pending->listing;

	if (listing_next(listing))
		record_transaction(&listing->record, transaction);
	else
		add_row(&listing->table, transaction, pending->now);
	return true;
}

static enum err
run_list(const struct state_call *call)
{
	static const char *const head[] = { "NUMBER", "AGE", "STATE",
		"ENDPOINT", "HASH", "PEER", "TRANSACTION", "SUBJECT" };
	const struct wishes *wishes = wishes_of(call);
	struct transaction_filter filter = { .endpoint = wishes->endpoint,
		.states = wishes->all ? ~0U : WAITING };
	struct pending_listing pending = { .now = clock_now() };
	enum err err;

	listing_begin(&pending.listing, call->output, call->wishes->json, head,
	    COUNT(head));
	err = store_list(call->store, &filter, INT64_MAX, list_one, &pending);
	listing_end(&pending.listing);
	return err;
}

/* The request that the operand names. */
static enum err
get(const struct state_call *call, struct transaction *transaction)
{
	int64_t number;
	enum err err = state_number("request", call->operand, &number,
	    call->problems);

	if (err != ERR_OK)
		return err;
	err = store_get(call->store, number, transaction);
	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "there is no request %lld", (long long)number);
	return err;
}

static enum err
run_show(const struct state_call *call)
{
	struct record record = { .to = call->output,
		.json = call->wishes->json };
	struct transaction transaction = { 0 };
	enum err err = get(call, &transaction);

	if (err == ERR_OK)
		record_transaction(&record, &transaction);
	if (err == ERR_OK && record.json)
		buf_append_octet(call->output, '\n');
	transaction_clear(&transaction);
	return err;
}

/* The whole hash, or at least as much of it as a list shows. */
static enum err
check_hash(const struct state_call *call, const struct transaction *transaction)
{
	const char *text = wishes_of(call)->hash;
	struct bytes hash = buf_bytes(&transaction->request_hash);
	struct buf given = { 0 };
	enum err err = ERR_OK;

	if (text == NULL)
		return ERR_OK;
	if (!hex_decode(&given, bytes_of_string(text)) ||
	    given.size < SHORT_HASH || given.size > STORE_HASH_SIZE) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "--hash \"%s\": is not a hash as list or show print it",
		    text);
		err = ERR_CONFIGURATION;
	} else if (hash.size < given.size ||
	    !bytes_equal(bytes_of(hash.data, given.size), buf_bytes(&given))) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "request %lld has another hash",
		    (long long)transaction->number);
		err = ERR_STORE_NONE;
	}
	buf_clear(&given);
	return err;
}

/* The client may be told it, and logs show it. */
static enum err
check_reason(const char *reason, struct problems *problems)
{
	struct bytes text = bytes_of_string(reason);
	struct buf read = { 0 };
	bool good = text_append_utf8(&read, DER_UTF8_STRING, text) == ERR_OK &&
	    !text_has_control(text);

	buf_clear(&read);
	if (good)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "--reason is not UTF-8 or has a control character");
	return ERR_CONFIGURATION;
}

/* Whatever it waits for. */
static enum err
approve(const struct state_call *call, const struct transaction *transaction,
    const struct decision *decision)
{
	return transaction->state == TRANSACTION_WITHHELD ?
	    store_release(call->store, transaction->number, decision->now) :
	    store_approve(call->store, transaction->number,
		buf_bytes(&transaction->request_hash), decision);
}

static enum err
reject(const struct state_call *call, const struct transaction *transaction,
    const struct decision *decision)
{
	return transaction->state == TRANSACTION_WITHHELD ||
		transaction->state == TRANSACTION_SIGNING ?
	    store_withdraw(call->store, transaction->number, decision) :
	    store_reject(call->store, transaction->number,
		buf_bytes(&transaction->request_hash), decision);
}

static enum err
check_profile(const struct state_call *call,
    const struct transaction *transaction)
{
	char *endpoint = xstrdup_bytes(buf_bytes(&transaction->endpoint));
	enum err err =
	    endpoint_rules_check_profile(defaults_config(call->wishes->config),
		endpoint, wishes_of(call)->profile, call->problems);

	free(endpoint);
	return err;
}

static enum err
decide_on(const struct state_call *call, const struct transaction *transaction,
    bool is_approval)
{
	const struct wishes *wishes = wishes_of(call);
	const struct decision decision = {
		.profile = bytes_of_string(wishes->profile),
		.reason = bytes_of_string(wishes->reason),
		.fail_info = FAIL_INFO_BAD_REQUEST,
		.now = clock_now(),
	};
	enum err err = check_hash(call, transaction);

	if (err == ERR_OK && wishes->profile != NULL &&
	    transaction->state == TRANSACTION_WITHHELD) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "request %lld has its certificate already, and --profile "
		    "changes nothing of that; leave it out",
		    (long long)transaction->number);
		err = ERR_CONFIGURATION;
	} else if (err == ERR_OK && wishes->profile != NULL) {
		err = check_profile(call, transaction);
	}
	if (err != ERR_OK)
		return err;
	err = is_approval ? approve(call, transaction, &decision) :
			    reject(call, transaction, &decision);
	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "request %lld does not wait for that: it is %s",
		    (long long)transaction->number,
		    (1U << transaction->state &
			(is_approval ? APPROVABLE : REJECTABLE)) != 0 ?
			"decided about just now" :
			state_transaction_names[transaction->state]);
	return err;
}

/* What has become of a request by that, in words. */
static const char *
result_of(enum transaction_state before, bool is_approval)
{
	bool is_made = before == TRANSACTION_WITHHELD;

	if (is_approval)
		return is_made ?
		    "approved; its client gets the certificate when it asks "
		    "again" :
		    "approved; its certificate is made when the client asks "
		    "again";
	return is_made ? "rejected, and its certificate revoked here; if a "
			 "program has issued it, revoke it there, too" :
			 "rejected";
}

static enum err
decide(const struct state_call *call, bool is_approval)
{
	struct transaction transaction = { 0 };
	enum err err = get(call, &transaction);

	if (err == ERR_OK)
		err = decide_on(call, &transaction, is_approval);
	if (err == ERR_OK)
		buf_printf(call->output, "request %lld is %s\n",
		    (long long)transaction.number,
		    result_of(transaction.state, is_approval));
	transaction_clear(&transaction);
	return err;
}

static enum err
run_approve(const struct state_call *call)
{
	return decide(call, true);
}

static enum err
run_reject(const struct state_call *call)
{
	const char *reason = wishes_of(call)->reason;
	enum err err = ERR_OK;

	if (reason != NULL)
		err = check_reason(reason, call->problems);
	return err == ERR_OK ? decide(call, false) : err;
}

static const struct options_row list_options[] = {
	{ "endpoint", "PATH", OPTION(endpoint),
	    "only those of the endpoint at this path" },
	{ "all", NULL, OPTION(all), "also those that do not wait any more" },
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row show_options[] = {
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

#define HASH_ROW \
	{ \
		"hash", "HEX", OPTION(hash), \
		    "the hash of the request that was looked at, or\n" \
		    "at least the 16 digits of it that list prints" \
	}

static const struct options_row approve_options[] = {
	HASH_ROW,
	{ "profile", "NAME", OPTION(profile),
	    "by which of the endpoint's profiles it is made, if\n"
	    "not by the first" },
	STATE_OPTION_ROWS,
};

static const struct options_row reject_options[] = {
	HASH_ROW,
	{ "reason", "TEXT", OPTION(reason),
	    "why; up to 250 octets of it the device is told" },
	STATE_OPTION_ROWS,
};

static const struct state_action actions[] = {
	{ "list", NULL, "list the requests that wait", list_options, run_list,
	    STATE_WHOLE },
	{ "show", "NUMBER", "show all that is known of a request", show_options,
	    run_show, STATE_WHOLE },
	{ "approve", "NUMBER", "let a request have its certificate",
	    approve_options, run_approve, STATE_WHOLE },
	{ "reject", "NUMBER", "refuse a request that waits", reject_options,
	    run_reject, STATE_WHOLE },
	{ 0 },
};

enum err
scepctl_pending(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "pending", actions };
	struct options_words words = { argv, (size_t)argc };
	struct wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
