/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/guess_alarms.h"

#include "tests/unit/unit.h"

#define NOW 1796083200

static const struct guess_limits limits = { true, { 10, 600, 60 }, 5 };

static void
guess_wrongly(const struct endpoint *endpoint, unsigned times, int64_t at)
{
	const struct guess guess = { endpoint->path, BYTES_LITERAL("192.0.2.7"),
		GUESS_WRONG, NOW + at };

	for (unsigned i = 0; i < times; i++)
		(void)guesses_settle(endpoint->guesses, &guess);
}

static bool
append_one(void *context, const struct stored_alarm *stored)
{
	buf_append(context, buf_bytes(&stored->subject));
	buf_append_octet(context, ' ');
	buf_append(context, buf_bytes(&stored->kind));
	buf_printf(context, " %d+%d;", (int)(stored->since - NOW),
	    (int)(stored->seen - NOW));
	return true;
}

/* What stands after a look at that time. */
static void
assert_stands(const struct endpoint *endpoint, int64_t at, const char *expected)
{
	struct buf standing = { 0 };

	assert_int_equal(guess_alarms_keep(endpoint, NOW + at), ERR_OK);
	assert_int_equal(store_alarm_list(endpoint->store, NULL, append_one,
			     &standing),
	    ERR_OK);
	assert_string_equal(buf_string(&standing), expected);
	buf_clear(&standing);
}

static struct guesses *
make(const struct guess_limits *with, bool is_shared)
{
	int shared = is_shared ? guesses_new_shared() : -1;
	struct guesses *guesses = guesses_new(with, provider_find("gnutls"),
	    shared);

	if (shared >= 0)
		close(shared);
	assert_non_null(guesses);
	return guesses;
}

static void
an_alarm_stands_until_guessing_has_stopped(void **state)
{
	struct endpoint one = { .path = "/scep",
		.guesses = make(&limits, true),
		.store = store_new_memory() };
	struct endpoint other = { .path = "/other",
		.guesses = one.guesses,
		.store = one.store };

	(void)state;
	assert_stands(&one, 0, "");
	guess_wrongly(&one, 5, 0);
	assert_stands(&one, 10, "");
	guess_wrongly(&one, 1, 20);
	assert_stands(&other, 25, "");
	assert_stands(&one, 30, "/scep wrong-challenges 30+30;");
	assert_stands(&other, 35, "/scep wrong-challenges 30+30;");
	assert_stands(&one, 40, "/scep wrong-challenges 30+40;");
	assert_stands(&one, 1199, "/scep wrong-challenges 30+1199;");
	assert_stands(&one, 1200, "");
	store_close(one.store);
	guesses_free(one.guesses);
}

/* One that another keeper has raised is not for this process to end. */
static void
who_sees_only_his_own_says_nothing(void **state)
{
	struct endpoint endpoint = { .path = "/scep",
		.guesses = make(&limits, false),
		.store = store_new_memory() };
	struct endpoint none = { .path = "/scep", .store = endpoint.store };
	struct endpoint shared = { .path = "/scep",
		.guesses = make(&limits, true),
		.store = endpoint.store };

	(void)state;
	guess_wrongly(&endpoint, 100, 0);
	assert_stands(&endpoint, 0, "");
	assert_stands(&none, 0, "");
	guess_wrongly(&shared, 100, 0);
	assert_stands(&shared, 0, "/scep wrong-challenges 0+0;");
	assert_stands(&endpoint, 5000, "/scep wrong-challenges 0+0;");
	assert_stands(&none, 5000, "/scep wrong-challenges 0+0;");
	store_close(endpoint.store);
	guesses_free(endpoint.guesses);
	guesses_free(shared.guesses);
}

static void
there_is_none_where_it_is_off(void **state)
{
	static const struct guess_limits off = { true, { 10, 600, 60 }, 0 };
	struct endpoint endpoint = { .path = "/scep",
		.guesses = make(&off, true),
		.store = store_new_memory() };

	(void)state;
	guess_wrongly(&endpoint, 1000, 0);
	assert_stands(&endpoint, 0, "");
	store_close(endpoint.store);
	guesses_free(endpoint.guesses);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alarm_stands_until_guessing_has_stopped),
		cmocka_unit_test(who_sees_only_his_own_says_nothing),
		cmocka_unit_test(there_is_none_where_it_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
