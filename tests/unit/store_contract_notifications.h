/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_CONTRACT_NOTIFICATIONS_H
#define SCEPD_TESTS_UNIT_STORE_CONTRACT_NOTIFICATIONS_H

/* What store.h promises of notifications; see store_contract.h. */
#include "tests/unit/decided.h"
#include "tests/unit/store_contract_replaces.h"

#define ALL_EVENTS ((1U << NOTIFICATION_EVENTS) - 1)
#define DAY INT64_C(86400)

static const char *const event_names[NOTIFICATION_EVENTS] = { "issued",
	"refused", "held", "revoked", "expiring" };

/* Appends one, as "issued+TIME #REQUEST serial:der reason;", counted from NOW
 * on. */
static inline bool
note_waiting(void *context, const struct stored_notification *stored)
{
	buf_printf(context, "%s%+d", event_names[stored->event],
	    (int)(stored->happened_at - NOW));
	if (stored->request != 0)
		buf_printf(context, " #%d", (int)stored->request);
	if (stored->serial.size > 0) {
		buf_append_octet(context, ' ');
		buf_append(context, buf_bytes(&stored->serial));
		buf_append_octet(context, ':');
		buf_append(context, buf_bytes(&stored->certificate));
	}
	if (stored->event == NOTIFICATION_REVOKED)
		buf_printf(context, " (%d)", stored->revoked_for);
	if (stored->reason.size > 0)
		buf_append_octet(context, ' ');
	buf_append(context, buf_bytes(&stored->reason));
	buf_append_octet(context, ';');
	return true;
}

static inline void
assert_waiting(struct store *store, const char *expected)
{
	struct buf waiting = { 0 };

	assert_int_equal(store_notification_list(store, note_waiting, &waiting),
	    ERR_OK);
	assert_string_equal(buf_string(&waiting), expected);
	buf_clear(&waiting);
}

/* All that can happen, to requests and certificates whose names begin so. */
static inline void
let_all_happen(struct store *store, char name)
{
	const char held[] = { name, 'h', '\0' },
		   signing[] = { name, 's', '\0' },
		   asked[] = { name, 'a', '\0' }, no[] = { name, 'n', '\0' };
	struct transaction_order order = signing_order_of(signing, signing);
	struct transaction transaction = { 0 };
	int64_t number;

	made(store, held, TRANSACTION_LAPSED);
	order.renews = (struct certificate_id){ hash_of('o'),
		bytes_of_string(signing) };
	order.supersedes = true;
	put_old(store, signing);
	assert_int_equal(store_issue(store, begun(store, &order),
			     BYTES_LITERAL("der"), NOW, &transaction),
	    ERR_OK);
	transaction_clear(&transaction);
	order = submitted_order_of(asked);
	go_on(store, COMPLETE, begun(store, &order));
	order = submitted_order_of(no);
	number = begun(store, &order);
	assert_int_equal(decided(store, number, hash_of('r'), false,
			     BYTES_LITERAL("no such device"), NOW),
	    ERR_OK);
	/* The second is no news. */
	for (int reason = 6; reason > 0; reason -= 5)
		assert_int_equal(store_certificate_revoke(store, hash_of('a'),
				     bytes_of_string(signing), reason, NOW + 3),
		    ERR_OK);
}

static inline void
what_is_wanted_becomes_a_notification_as_it_happens(void **state)
{
	static const struct row {
		unsigned events;
		const char *waiting;
	} rows[] = {
		{ 0, "" },
		{ 1U << NOTIFICATION_EXPIRING, "" },
		{ 1U << NOTIFICATION_HELD, "held-1796082200 #9;" },
		{ 1U << NOTIFICATION_REFUSED,
		    "refused-1796082199 #13 it was not decided, fetched or made in "
		    "time;"
		    "refused+0 #16 no such device;" },
		{ 1U << NOTIFICATION_ISSUED,
		    "issued+0 #18 es:der;issued+1 #19 step 19:der of step;" },
		{ 1U << NOTIFICATION_REVOKED,
		    "revoked+0 fs:der (4);revoked+3 #22 fs:der (1);" },
		{ 0, "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t count;

		assert_int_equal(store_notify(*state, rows[i].events), ERR_OK);
		let_all_happen(*state, (char)('a' + i));
		assert_waiting(*state, rows[i].waiting);
		assert_int_equal(store_notifications_drop(*state, NOW + YEAR,
				     &count),
		    ERR_OK);
	}
}

static inline void
a_notification_has_what_is_known_also_when_the_request_is_forgotten(
    void **state)
{
	struct stored_notification stored = { 0 };
	struct transaction_order order = signing_order_of("id", "serial");
	int64_t number, count;

	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	number = begun(*state, &order);
	go_on(*state, ISSUE, number);
	assert_int_equal(store_purge(*state, NOW + YEAR, 1, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_notification_take(*state, NOW, NOW + 9, &stored),
	    ERR_OK);
	assert_int_equal(stored.event, NOTIFICATION_ISSUED);
	assert_int_equal(stored.request, number);
	assert_bytes(buf_bytes(&stored.endpoint), "/scep");
	assert_bytes(buf_bytes(&stored.transaction_id), "id");
	assert_bytes(buf_bytes(&stored.peer), "192.0.2.17");
	assert_bytes(buf_bytes(&stored.subject), "CN=router-17");
	assert_bytes(buf_bytes(&stored.serial), "serial");
	assert_bytes(buf_bytes(&stored.certificate), "der of step");
	assert_int_equal(stored.due_at, NOW + 9);
	stored_notification_clear(&stored);
}

/* Takes the next, and revokes the certificate if it is one that expires. */
static inline void
assert_told_of(struct store *store, enum notification_event event,
    int64_t number, const char *id)
{
	struct stored_notification stored = { 0 };

	assert_int_equal(store_notification_take(store, NOW, NOW + 9, &stored),
	    ERR_OK);
	assert_int_equal(stored.event, event);
	assert_int_equal(stored.request, number);
	assert_same_bytes(buf_bytes(&stored.endpoint),
	    bytes_of_string(number == 0 ? "" : "/scep"));
	assert_same_bytes(buf_bytes(&stored.transaction_id),
	    bytes_of_string(id));
	assert_bytes(buf_bytes(&stored.subject), "CN=router-17");
	assert_true(stored.certificate.size > 0);
	if (event == NOTIFICATION_EXPIRING)
		assert_int_equal(store_certificate_revoke(store, hash_of('a'),
				     buf_bytes(&stored.serial), 1, NOW),
		    ERR_OK);
	stored_notification_clear(&stored);
}

/* However it was made; the transactions are forgotten by then. */
static inline void
what_happens_to_a_certificate_is_told_with_its_request(void **state)
{
	static const struct row {
		bool is_signing;
		int steps[4];
	} rows[] = {
		{ true, { ISSUE, AT_ITS_END } },
		{ false, { APPROVE, SIGN, ISSUE, AT_ITS_END } },
		{ false, { APPROVE, SUBMIT, COMPLETE, AT_ITS_END } },
	};
	struct certificate_record foreign = record_of("foreign");
	int64_t numbers[COUNT(rows)], count;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char id[] = { (char)('a' + i), '\0' };
		struct transaction_order order = rows[i].is_signing ?
		    signing_order_of(id, id) :
		    order_of(id);

		numbers[i] = begun(*state, &order);
		for (const int *step = rows[i].steps; *step != AT_ITS_END;
		     step++)
			go_on(*state, *step, numbers[i]);
	}
	assert_int_equal(store_certificate_add(*state, &foreign,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_int_equal(store_purge(*state, NOW + YEAR, 10, &count), ERR_OK);
	assert_int_equal(count, COUNT(rows));
	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	assert_int_equal(store_notify_expiring(*state, NOW + YEAR, NOW),
	    ERR_OK);
	for (enum notification_event event = NOTIFICATION_EXPIRING;
	     event >= NOTIFICATION_REVOKED; event--) {
		for (size_t i = 0; i < COUNT(rows); i++)
			assert_told_of(*state, event, numbers[i],
			    (const char[]){ (char)('a' + i), '\0' });
		assert_told_of(*state, event, 0, "");
	}
}

/* What a CA makes that was known by then keeps whose it is. */
static inline void
a_certificate_remains_that_of_the_first_request(void **state)
{
	struct certificate_record record = record_of("serial");
	struct transaction_order orders[] = { submitted_order_of("first"),
		submitted_order_of("second") };
	int64_t first = 0;

	assert_int_equal(store_certificate_add(*state, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(orders); i++) {
		int64_t number = begun(*state, &orders[i]);

		first = i == 0 ? number : first;
		assert_int_equal(store_complete(*state, number, &record,
				     BYTES_LITERAL("der"), NOW),
		    ERR_OK);
	}
	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	assert_int_equal(store_certificate_revoke(*state, hash_of('a'),
			     record.serial, 1, NOW),
	    ERR_OK);
	assert_told_of(*state, NOTIFICATION_REVOKED, first, "first");
}

/* One that came so many seconds after NOW. */
static inline struct refusal
refusal_at(int after)
{
	return (struct refusal){
		.endpoint = BYTES_LITERAL("/scep"),
		.transaction_id = BYTES_LITERAL("id"),
		.peer = BYTES_LITERAL("192.0.2.17"),
		.subject = BYTES_LITERAL("CN=router-17"),
		.reason = BYTES_LITERAL("challenge-wrong: it is wrong"),
		.now = NOW + after,
	};
}

static inline void
what_is_refused_at_once_is_told_without_a_request(void **state)
{
	const struct refusal refusal = refusal_at(0);
	struct stored_notification stored = { 0 };
	int64_t untold = -1;

	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	assert_int_equal(store_notify_refused(*state, &refusal, 1, &untold),
	    ERR_OK);
	assert_int_equal(untold, 0);
	assert_int_equal(store_notification_take(*state, NOW, NOW + 9, &stored),
	    ERR_OK);
	assert_int_equal(stored.event, NOTIFICATION_REFUSED);
	assert_int_equal(stored.happened_at, NOW);
	assert_int_equal(stored.request, 0);
	assert_bytes(buf_bytes(&stored.endpoint), "/scep");
	assert_bytes(buf_bytes(&stored.transaction_id), "id");
	assert_bytes(buf_bytes(&stored.peer), "192.0.2.17");
	assert_bytes(buf_bytes(&stored.subject), "CN=router-17");
	assert_bytes(buf_bytes(&stored.reason), "challenge-wrong: it is wrong");
	assert_int_equal(stored.certificate.size, 0);
	stored_notification_clear(&stored);
}

static inline void
of_what_is_refused_at_once_no_more_wait_than_the_limit(void **state)
{
	static const struct row {
		unsigned events;
		int after;
		bool ends_one; /* before */
		int64_t untold;
	} rows[] = {
		/* Nobody wants to know. */
		{ ALL_EVENTS & ~(1U << NOTIFICATION_REFUSED), 0, false, 0 },
		{ 1U << NOTIFICATION_REFUSED, 0, false, 0 },
		{ ALL_EVENTS, 0, false, 0 },
		/* There are two by now; it is said at once, */
		{ ALL_EVENTS, 1, false, 1 },
		{ ALL_EVENTS, 1, false, 0 },
		{ ALL_EVENTS, 60, false, 0 },
		/* then once a minute, */
		{ ALL_EVENTS, 61, false, 3 },
		{ ALL_EVENTS, 62, true, 0 },
		{ ALL_EVENTS, 120, false, 0 },
		/* also when the clock is set back. */
		{ ALL_EVENTS, 50, false, 2 },
		{ 0, 500, false, 0 },
	};
	int64_t untold = -1;

	/* Others do not count. */
	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	made(*state, "a", TRANSACTION_REJECTED);
	made(*state, "b", TRANSACTION_HELD);
	assert_int_equal(store_notification_end(*state, 3), ERR_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct refusal refusal = refusal_at(rows[i].after);

		if (rows[i].ends_one)
			assert_int_equal(store_notification_end(*state, 4),
			    ERR_OK);
		assert_int_equal(store_notify(*state, rows[i].events), ERR_OK);
		assert_int_equal(store_notify_refused(*state, &refusal, 2,
				     &untold),
		    ERR_OK);
		assert_int_equal(untold, rows[i].untold);
	}
	assert_waiting(*state,
	    "held+0 #1;refused+0 #1;"
	    "refused+0 challenge-wrong: it is wrong;"
	    "refused+62 challenge-wrong: it is wrong;");
}

static inline void
what_others_have_revoked_was_revoked_when_they_say(void **state)
{
	const struct revocation revocations[] = {
		{ BYTES_LITERAL("1"), NOW - DAY, 1 },
		{ BYTES_LITERAL("2"), NOW - 2 * DAY, 4 },
	};

	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(store_certificates_revoke(*state, hash_of('a'),
				     revocations, COUNT(revocations)),
		    ERR_OK);
	assert_waiting(*state, "revoked-86400 1: (1);revoked-172800 2: (4);");
}

/* Takes the next; 0 where none is due. */
static inline int64_t
taken(struct store *store, int64_t now)
{
	struct stored_notification stored = { 0 };
	enum err err = store_notification_take(store, now, now + 100, &stored);
	int64_t number = stored.number;

	assert_int_equal(err, number == 0 ? ERR_STORE_NONE : ERR_OK);
	stored_notification_clear(&stored);
	return number;
}

static inline void
the_one_that_is_due_for_the_longest_time_is_taken_by_one(void **state)
{
	assert_int_equal(taken(*state, NOW), 0);
	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	made(*state, "a", TRANSACTION_HELD);
	made(*state, "b", TRANSACTION_HELD);
	assert_int_equal(taken(*state, NOW), 1);
	assert_int_equal(taken(*state, NOW), 2);
	assert_int_equal(taken(*state, NOW + 99), 0);
	assert_int_equal(store_notification_put_off(*state, 1, 1, NOW + 60),
	    ERR_OK);
	assert_int_equal(store_notification_put_off(*state, 2, 1, NOW + 50),
	    ERR_OK);
	assert_int_equal(taken(*state, NOW + 49), 0);
	assert_int_equal(taken(*state, NOW + 70), 2);
	assert_int_equal(taken(*state, NOW + 70), 1);
	/* Whoever has taken them is gone. */
	assert_int_equal(store_make_due(*state), ERR_OK);
	assert_int_equal(taken(*state, NOW + 70), 1);
	assert_int_equal(store_notification_end(*state, 1), ERR_OK);
	assert_int_equal(store_notification_end(*state, 1), ERR_OK);
	assert_int_equal(store_notification_put_off(*state, 1, 0, 0),
	    ERR_STORE_NONE);
	assert_int_equal(taken(*state, NOW + 70), 2);
	assert_int_equal(taken(*state, NOW + 70), 0);
}

static inline void
notifications_of_what_is_long_past_are_dropped(void **state)
{
	struct transaction_order order = order_of("late");
	int64_t count = -1;

	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	made(*state, "a", TRANSACTION_HELD);
	order.now = NOW + 5;
	begun(*state, &order);
	assert_int_equal(store_notifications_drop(*state, NOW, &count), ERR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_notifications_drop(*state, NOW + 5, &count),
	    ERR_OK);
	assert_int_equal(count, 1);
	assert_waiting(*state, "held+5 #2;");
}

static inline void
put_expiring(struct store *store, const char *serial, int64_t not_after)
{
	struct certificate_record record = record_of(serial);

	record.not_after = not_after;
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
}

static inline void
what_expires_is_told_once(void **state)
{
	const struct revocation known = { BYTES_LITERAL("revoked"), NOW, 1 };
	static const struct row {
		int64_t until, now; /* in days, in this order */
		const char *waiting;
	} rows[] = {
		{ 30, 0, "expiring+0 1:der;expiring+0 30:der;" },
		{ 30, 0, "" },
		{ 31, 1, "expiring+86400 31:der;" },
		{ 10, 2, "" },
		/* What has expired meanwhile is no news. */
		{ 70, 40, "expiring+3456000 70:der;" },
	};

	put_expiring(*state, "now", NOW);
	put_expiring(*state, "70", NOW + 70 * DAY);
	put_expiring(*state, "30", NOW + 30 * DAY);
	put_expiring(*state, "1", NOW + 1);
	put_expiring(*state, "31", NOW + 30 * DAY + 1);
	put_expiring(*state, "35", NOW + 35 * DAY);
	put_expiring(*state, "revoked", NOW + 30 * DAY);
	assert_int_equal(store_certificates_revoke(*state, hash_of('a'), &known,
			     1),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t count;

		assert_int_equal(store_notify_expiring(*state,
				     NOW + rows[i].until * DAY,
				     NOW + rows[i].now * DAY),
		    ERR_OK);
		assert_waiting(*state, rows[i].waiting);
		assert_int_equal(store_notifications_drop(*state, NOW + YEAR,
				     &count),
		    ERR_OK);
	}
}

static inline bool
stop_at_forty_notifications(void *context,
    const struct stored_notification *stored)
{
	(void)stored;
	return ++*(int *)context < 40;
}

static inline void
notifications_are_listed_in_pages_until_that_is_enough(void **state)
{
	char id[10];
	int count = 0;

	assert_int_equal(store_notify(*state, ALL_EVENTS), ERR_OK);
	for (int i = 0; i < 70; i++) {
		snprintf(id, sizeof(id), "%d", i);
		made(*state, id, TRANSACTION_HELD);
	}
	assert_int_equal(store_notification_list(*state,
			     stop_at_forty_notifications, &count),
	    ERR_OK);
	assert_int_equal(count, 40);
	count = -100;
	assert_int_equal(store_notification_list(*state,
			     stop_at_forty_notifications, &count),
	    ERR_OK);
	assert_int_equal(count, -30);
}

#define CONTRACT_NOTIFICATIONS \
	CONTRACT_TEST(what_is_wanted_becomes_a_notification_as_it_happens), \
	    CONTRACT_TEST( \
		a_notification_has_what_is_known_also_when_the_request_is_forgotten), \
	    CONTRACT_TEST( \
		what_happens_to_a_certificate_is_told_with_its_request), \
	    CONTRACT_TEST(a_certificate_remains_that_of_the_first_request), \
	    CONTRACT_TEST(what_is_refused_at_once_is_told_without_a_request), \
	    CONTRACT_TEST( \
		of_what_is_refused_at_once_no_more_wait_than_the_limit), \
	    CONTRACT_TEST(what_others_have_revoked_was_revoked_when_they_say), \
	    CONTRACT_TEST( \
		the_one_that_is_due_for_the_longest_time_is_taken_by_one), \
	    CONTRACT_TEST(notifications_of_what_is_long_past_are_dropped), \
	    CONTRACT_TEST(what_expires_is_told_once), \
	    CONTRACT_TEST( \
		notifications_are_listed_in_pages_until_that_is_enough)

#endif
