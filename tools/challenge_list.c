/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"
#include "base/count.h"
#include "tools/challenge.h"
#include "tools/listing.h"
#include "tools/shown.h"

/* A list, and when it is made. */
struct challenge_listing {
	struct listing listing;
	const struct challenge_wishes *wishes;
	int64_t now;
};

/* "dns:a, dns:b" of lines. */
static void
append_names(struct buf *to, struct bytes lines)
{
	while (lines.size > 0) {
		buf_append(to, bytes_cut(&lines, '\n'));
		if (lines.size > 0)
			buf_append_string(to, ", ");
	}
}

void
challenge_record_terms(struct record *record,
    const struct challenge_terms *terms)
{
	struct buf names = { 0 };

	append_names(&names, terms->names);
	if (terms->subject.size > 0)
		record_text(record, "subject", terms->subject);
	if (names.size > 0)
		record_text(record, "san", buf_bytes(&names));
	buf_clear(&names);
}

static struct challenge_terms
terms_of(const struct stored_challenge *stored)
{
	return (struct challenge_terms){ buf_bytes(&stored->subject),
		buf_bytes(&stored->names) };
}

/* The hash tells nobody the password, but whose it is where somebody has that.
 */
static void
record_challenge(struct record *record, const struct stored_challenge *stored)
{
	struct challenge_terms terms = terms_of(stored);

	record_begin(record);
	record_number(record, "number", stored->number);
	record_text(record, "type",
	    bytes_of_string(stored->minted ? "one-time" : "derived"));
	record_text(record, "endpoint", buf_bytes(&stored->endpoint));
	record_time(record, "created", stored->created_at);
	record_time(record, "expires", stored->expires_at);
	record_number(record, "uses", stored->allowed);
	record_number(record, "left", stored->uses);
	record_hex(record, "hash", buf_bytes(&stored->hash));
	challenge_record_terms(record, &terms);
	if (stored->profile.size > 0)
		record_text(record, "profile", buf_bytes(&stored->profile));
	record_end(record);
}

static void
append_terms(struct buf *to, const struct challenge_terms *terms)
{
	buf_append(to, terms->subject);
	if (terms->subject.size > 0 && terms->names.size > 0)
		buf_append_string(to, ", ");
	append_names(to, terms->names);
	if (to->size == 0)
		buf_append_string(to, "any name");
}

static void
add_row(struct table *table, const struct stored_challenge *stored)
{
	struct challenge_terms terms = terms_of(stored);
	struct buf number = { 0 }, expires = { 0 }, left = { 0 }, names = { 0 };

	buf_printf(&number, "%lld", (long long)stored->number);
	shown_append_time(&expires, stored->expires_at);
	buf_printf(&left, "%lld of %lld", (long long)stored->uses,
	    (long long)stored->allowed);
	if (stored->minted)
		append_terms(&names, &terms);
	else
		buf_append_string(&names, "(derived)");
	table_add(table, buf_bytes(&number));
	table_add(table, buf_bytes(&expires));
	table_add(table, buf_bytes(&left));
	table_add(table, buf_bytes(&stored->endpoint));
	table_add(table, buf_bytes(&names));
	buf_clear(&number);
	buf_clear(&expires);
	buf_clear(&left);
	buf_clear(&names);
}

/* Those that somebody could still get something for. */
static bool
is_wanted(const struct challenge_listing *list,
    const struct stored_challenge *stored)
{
	const char *endpoint = list->wishes->endpoint;

	if (endpoint != NULL &&
	    !bytes_equal_string(buf_bytes(&stored->endpoint), endpoint))
		return false;
	return list->wishes->all ||
	    (stored->minted && stored->uses > 0 &&
		stored->expires_at >= list->now);
}

static bool
list_one(void *context, const struct stored_challenge *stored)
{
	struct challenge_listing *list = context;

	if (!is_wanted(list, stored))
		return true;
	if (listing_next(&list->listing))
		record_challenge(&list->listing.record, stored);
	else
		add_row(&list->listing.table, stored);
	return true;
}

enum err
challenge_list(const struct state_call *call)
{
	static const char *const head[] = { "NUMBER", "EXPIRES", "LEFT",
		"ENDPOINT", "FOR" };
	struct challenge_listing list = { .wishes = challenge_wishes(call),
		.now = clock_now() };
	enum err err;

	listing_begin(&list.listing, call->output, call->wishes->json, head,
	    COUNT(head));
	err = store_challenge_list(call->store, list_one, &list);
	listing_end(&list.listing);
	return err;
}

enum err
challenge_revoke(const struct state_call *call)
{
	int64_t number;
	enum err err = state_number("NUMBER", call->operand, &number,
	    call->problems);

	if (err != ERR_OK)
		return err;
	err = store_challenge_revoke(call->store, number);
	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "there is no challenge %lld that could be revoked",
		    (long long)number);
	return err;
}
