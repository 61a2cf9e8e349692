/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_ALARMS_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_ALARMS_H

/* What store.h promises of alarms; see store_contract.h. */
#include "tests/unit/store_contract_certificates.h"

static const char *const kinds_ab[] = { "a", "b", NULL };
static const char *const kinds_b[] = { "b", NULL };

/* Appends one, as "kind/detail text since+seen", counted from NOW on. */
static inline void
append_alarm(struct buf *to, const struct stored_alarm *stored)
{
	buf_append(to, buf_bytes(&stored->kind));
	buf_append_octet(to, '/');
	buf_append(to, buf_bytes(&stored->detail));
	buf_append_octet(to, ' ');
	buf_append(to, buf_bytes(&stored->text));
	buf_printf(to, " %d+%d", (int)(stored->since - NOW),
	    (int)(stored->seen - NOW));
}

static inline void
note_change(void *context, const struct stored_alarm *stored, bool is_over)
{
	buf_append_octet(context, is_over ? '-' : '+');
	append_alarm(context, stored);
	buf_append_octet(context, ';');
}

static inline bool
note_standing(void *context, const struct stored_alarm *stored)
{
	append_alarm(context, stored);
	buf_append_octet(context, ';');
	return true;
}

static inline void
assert_standing(struct store *store, const char *subject, const char *expected)
{
	struct buf standing = { 0 };

	assert_int_equal(store_alarm_list(store, subject, note_standing,
			     &standing),
	    ERR_OK);
	assert_string_equal(buf_string(&standing), expected);
	buf_clear(&standing);
}

static inline void
an_alarm_stands_from_when_it_was_found_first_until_it_is_not_found(void **state)
{
	/* In this order. */
	static const struct row {
		const char *subject;
		const char *const *kinds;
		struct {
			const char *kind, *detail, *text;
		} found[3];
		int64_t now;
		const char *changes;
		const char *standing; /* of "x" */
	} rows[] = {
		{ "x", kinds_ab, { { NULL, NULL, NULL } }, 1, "", "" },
		{ "x", kinds_ab, { { "a", "", "one" } }, 2, "+a/ one 2+2;",
		    "a/ one 2+2;" },
		{ "x", kinds_ab, { { "a", "", "won" }, { "b", "7", "two" } }, 3,
		    "+b/7 two 3+3;", "a/ won 2+3;b/7 two 3+3;" },
		/* Another subject's are others. */
		{ "y", kinds_ab, { { "a", "", "one" } }, 4, "+a/ one 4+4;",
		    "a/ won 2+3;b/7 two 3+3;" },
		{ "y", kinds_ab, { { NULL, NULL, NULL } }, 4, "-a/ one 4+4;",
		    "a/ won 2+3;b/7 two 3+3;" },
		/* So are those of a kind that was not looked for. */
		{ "x", kinds_b, { { "b", "8", "three" } }, 5,
		    "-b/7 two 3+3;+b/8 three 5+5;",
		    "a/ won 2+3;b/8 three 5+5;" },
		/* Of two that are the same one counts. */
		{ "x", kinds_b, { { "b", "8", "four" }, { "b", "8", "five" } },
		    6, "", "a/ won 2+3;b/8 four 5+6;" },
		/* In the same second. */
		{ "x", kinds_ab, { { "b", "8", "six" } }, 6, "-a/ won 2+3;",
		    "b/8 six 5+6;" },
		{ "x", kinds_ab, { { NULL, NULL, NULL } }, 7, "-b/8 six 5+6;",
		    "" },
		/* What comes again begins anew. */
		{ "x", kinds_ab, { { "b", "8", "six" } }, 8, "+b/8 six 8+8;",
		    "b/8 six 8+8;" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct alarm found[3];
		struct alarm_sweep sweep = { .subject = rows[i].subject,
			.kinds = rows[i].kinds,
			.found = found,
			.now = NOW + rows[i].now };
		struct buf changes = { 0 };

		for (; rows[i].found[sweep.count].kind != NULL; sweep.count++)
			found[sweep.count] = (struct alarm){
				rows[i].found[sweep.count].kind,
				bytes_of_string(
				    rows[i].found[sweep.count].detail),
				bytes_of_string(
				    rows[i].found[sweep.count].text),
			};
		assert_int_equal(store_alarms_sweep(*state, &sweep, note_change,
				     &changes),
		    ERR_OK);
		assert_string_equal(buf_string(&changes), rows[i].changes);
		assert_standing(*state, "x", rows[i].standing);
		buf_clear(&changes);
	}
}

#define MANY (2 * STORE_ALARMS_MOST)

/* As many of kind "a" as there are numbers, from the first on, and one of kind
 * "b" behind them. */
static inline void
sweep_many(struct store *store, int first, int count, struct buf *changes)
{
	static struct alarm found[MANY + 1];
	static char details[MANY][8];
	const struct alarm_sweep sweep = { .subject = "x",
		.kinds = kinds_ab,
		.found = found,
		.count = (size_t)count + 1,
		.now = NOW };

	for (int i = 0; i < count; i++) {
		snprintf(details[i], sizeof(details[i]), "%d", first + i);
		found[i] = (struct alarm){ "a", bytes_of_string(details[i]),
			bytes_of_string("") };
	}
	found[count] = (struct alarm){ .kind = "b" };
	assert_int_equal(store_alarms_sweep(store, &sweep,
			     changes != NULL ? note_change : NULL, changes),
	    ERR_OK);
}

static inline bool
count_alarm(void *context, const struct stored_alarm *stored)
{
	size_t *count = context;

	(void)stored;
	return ++*count < 2 * MANY;
}

static inline void
no_more_alarms_of_a_kind_are_kept_than_there_is_room_for(void **state)
{
	struct buf changes = { 0 };
	size_t count = 0;

	sweep_many(*state, 0, MANY, NULL);
	assert_int_equal(store_alarm_list(*state, "x", count_alarm, &count),
	    ERR_OK);
	assert_int_equal(count, STORE_ALARMS_MOST + 1);
	/* The next one comes in where one goes. */
	sweep_many(*state, 1, MANY, &changes);
	assert_string_equal(buf_string(&changes), "-a/0  0+0;+a/1000  0+0;");
	sweep_many(*state, 0, 0, NULL);
	assert_standing(*state, "x", "b/  0+0;");
	buf_clear(&changes);
}

static inline bool
stop_at_forty(void *context, const struct stored_alarm *stored)
{
	size_t *count = context;

	assert_int_equal(stored->number, *count + 1);
	return ++*count < 40;
}

static inline void
alarms_are_listed_in_pages_until_that_is_enough(void **state)
{
	static const struct {
		const char *subject;
		size_t count;
	} rows[] = { { NULL, 65 }, { "x", 65 }, { "y", 0 } };
	size_t count = 0;

	sweep_many(*state, 0, 64, NULL);
	for (size_t i = 0; i < COUNT(rows); i++) {
		count = 0;
		assert_int_equal(store_alarm_list(*state, rows[i].subject,
				     count_alarm, &count),
		    ERR_OK);
		assert_int_equal(count, rows[i].count);
	}
	count = 0;
	assert_int_equal(store_alarm_list(*state, NULL, stop_at_forty, &count),
	    ERR_OK);
	assert_int_equal(count, 40);
}

static inline void
alarms_that_nobody_looks_for_any_more_are_forgotten(void **state)
{
	const struct alarm found = { .kind = "a" }, other = { .kind = "b" };
	struct alarm_sweep sweep = { "x", kinds_ab, &found, 1, NOW };
	int64_t count = -1;

	assert_int_equal(store_alarms_sweep(*state, &sweep, NULL, NULL),
	    ERR_OK);
	sweep.subject = "y";
	sweep.now = NOW + 4;
	assert_int_equal(store_alarms_sweep(*state, &sweep, NULL, NULL),
	    ERR_OK);
	assert_int_equal(store_alarms_forget(*state, NOW, &count), ERR_OK);
	assert_int_equal(count, 0);
	sweep.now = NOW + 5;
	/* The other kind of "y" was not looked for any more. */
	sweep.kinds = kinds_b;
	sweep.found = &other;
	assert_int_equal(store_alarms_sweep(*state, &sweep, NULL, NULL),
	    ERR_OK);
	assert_int_equal(store_alarms_forget(*state, NOW + 5, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_standing(*state, NULL, "a/  4+4;b/  5+5;");
}

#define CONTRACT_ALARMS \
	CONTRACT_TEST( \
	    an_alarm_stands_from_when_it_was_found_first_until_it_is_not_found), \
	    CONTRACT_TEST( \
		no_more_alarms_of_a_kind_are_kept_than_there_is_room_for), \
	    CONTRACT_TEST(alarms_are_listed_in_pages_until_that_is_enough), \
	    CONTRACT_TEST(alarms_that_nobody_looks_for_any_more_are_forgotten)

#endif
