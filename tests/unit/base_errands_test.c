/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errands.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include "base/errand_server.h"
#include "tests/unit/base_errands.h"

/* Longer than anything here takes. */
#define PATIENCE_MS 60000

/* Asks, and what came is appended to what was there before. */
static enum err
ask(struct errands *errands, const struct errand *errand, const char *wanted)
{
	struct buf reply = { 0 };
	enum err err = errands_run(errands, errand, &reply);

	if (err != ERR_OK)
		assert_int_equal(reply.size, 0);
	if (wanted != NULL)
		assert_string_equal(buf_string(&reply), wanted);
	buf_clear(&reply);
	return err;
}

/* A keeper in a thread of its own. */
struct keeper {
	struct errand_server *server;
	int end; /* readable when it is to */
	unsigned count;
	struct errand_table table;
	pthread_t thread;
};

static void *
work(void *context)
{
	struct keeper *keeper = context;
	struct pollfd events[] = {
		{ .fd = keeper->end, .events = POLLIN },
		{ .fd = errand_server_descriptor(keeper->server),
		    .events = POLLIN },
	};

	while (poll(events, 2, -1) > 0 && events[0].revents == 0)
		errand_server_run(keeper->server);
	return NULL;
}

static void
start_keeper(struct keeper *keeper, int fd)
{
	keeper->count = 0;
	keeper->table = errand_test_table(&keeper->count);
	keeper->end = eventfd(0, EFD_CLOEXEC);
	assert_true(keeper->end >= 0);
	assert_int_equal(errand_server_new(&keeper->table, &keeper->server),
	    ERR_OK);
	errand_server_add(keeper->server, fd, 1);
	assert_int_equal(pthread_create(&keeper->thread, NULL, work, keeper),
	    0);
}

static void
end_keeper(struct keeper *keeper)
{
	const uint64_t one = 1;

	assert_int_equal(write(keeper->end, &one, sizeof(one)), sizeof(one));
	pthread_join(keeper->thread, NULL);
	errand_server_free(keeper->server);
	close(keeper->end);
}

/* What is the same wherever errands are done. */
static void
assert_errands_are_done(struct errands *errands)
{
	static const uint8_t large[ERRAND_LIMIT + 1];
	static const struct row {
		uint16_t kind;
		struct bytes request;
		enum err err;
		const char *reply;
	} rows[] = {
		{ ERRAND_ECHO, BYTES_LITERAL("asked"), ERR_OK, "asked" },
		{ ERRAND_ECHO, BYTES_LITERAL(""), ERR_OK, "" },
		{ ERRAND_ECHO, { large, ERRAND_LIMIT }, ERR_OK, NULL },
		{ ERRAND_ECHO, BYTES_ARRAY(large), ERR_ERRAND_REFUSED, "" },
		{ ERRAND_FAIL, BYTES_LITERAL("asked"), ERR_FILE, "" },
		{ ERRAND_TALK_TOO_MUCH, BYTES_LITERAL("asked"),
		    ERR_ERRAND_REFUSED, "" },
		{ ERRAND_UNKNOWN, BYTES_LITERAL("asked"), ERR_ERRAND_REFUSED,
		    "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(ask(errands,
				     &(struct errand){ rows[i].kind,
					 rows[i].request, PATIENCE_MS },
				     rows[i].reply),
		    rows[i].err);
}

/* Has `use` ask a keeper, which in all is to do so many. */
static void
with_keeper(void (*use)(struct errands *errands), unsigned expected)
{
	struct keeper keeper;
	struct errands *errands;
	int ends[2];

	make_errand_channel(ends);
	errands = errands_new(ends[WORKER_END]);
	start_keeper(&keeper, ends[KEEPER_END]);
	use(errands);
	end_keeper(&keeper);
	assert_int_equal(keeper.count, expected);
	errands_free(errands);
}

static void
the_keeper_does_them(void **state)
{
	(void)state;
	with_keeper(assert_errands_are_done, 3);
}

static void
a_single_process_does_its_own(void **state)
{
	unsigned count = 0;
	struct errand_table table = { 0 };
	struct errands *errands = errands_new_local(&table);
	const struct errand echo = { .kind = ERRAND_ECHO };

	(void)state;
	assert_int_equal(ask(errands, &echo, ""), ERR_ERRAND_REFUSED);
	/* The table is looked at when it is needed. */
	table = errand_test_table(&count);
	assert_errands_are_done(errands);
	assert_int_equal(count, 3);
	errands_free(errands);
	errands_free(NULL);
}

/* Threads that ask at once. */
struct crowd {
	struct errands *errands;
	unsigned number;
	pthread_t thread;
	bool is_content;
};

static void *
ask_often(void *context)
{
	struct crowd *one = context;

	one->is_content = true;
	for (unsigned i = 0; i < 200; i++) {
		struct buf reply = { 0 }, request = { 0 };
		struct errand errand = { ERRAND_ECHO, { 0 }, PATIENCE_MS };

		buf_printf(&request, "%u of %u", i, one->number);
		errand.request = buf_bytes(&request);
		if (errands_run(one->errands, &errand, &reply) != ERR_OK ||
		    !bytes_equal(buf_bytes(&reply), errand.request))
			one->is_content = false;
		buf_clear(&reply);
		buf_clear(&request);
	}
	return NULL;
}

static void
assert_all_get_theirs(struct errands *errands)
{
	struct crowd crowd[8];

	for (unsigned i = 0; i < COUNT(crowd); i++) {
		crowd[i] = (struct crowd){ .errands = errands, .number = i };
		assert_int_equal(pthread_create(&crowd[i].thread, NULL,
				     ask_often, &crowd[i]),
		    0);
	}
	for (unsigned i = 0; i < COUNT(crowd); i++) {
		pthread_join(crowd[i].thread, NULL);
		assert_true(crowd[i].is_content);
	}
}

static void
each_of_many_threads_gets_its_own_reply(void **state)
{
	(void)state;
	with_keeper(assert_all_get_theirs, 8 * 200);
}

static void
one_process_does_one_at_a_time(void **state)
{
	unsigned count = 0;
	const struct errand_table table = errand_test_table(&count);
	struct errands *errands = errands_new_local(&table);

	(void)state;
	assert_all_get_theirs(errands);
	assert_int_equal(count, 8 * 200);
	errands_free(errands);
}

static void
who_gets_no_reply_is_late_and_a_late_reply_is_nobodys(void **state)
{
	const struct errand impatient = { ERRAND_ECHO, BYTES_LITERAL("asked"),
		1 };
	const struct errand patient = { ERRAND_ECHO, BYTES_LITERAL("asked"),
		PATIENCE_MS };
	struct errands *errands;
	int ends[2];

	(void)state;
	make_errand_channel(ends);
	errands = errands_new(ends[WORKER_END]);
	assert_int_equal(ask(errands, &impatient, ""), ERR_ERRAND_LATE);
	send_reply(ends[KEEPER_END], 1, ERR_OK, BYTES_LITERAL("too late"));
	send_reply(ends[KEEPER_END], 3, ERR_OK, BYTES_LITERAL("too early"));
	send_message(ends[KEEPER_END], BYTES_LITERAL("nonsense"));
	send_reply(ends[KEEPER_END], 2, ERR_OK, BYTES_LITERAL("in time"));
	assert_int_equal(ask(errands, &patient, "in time"), ERR_OK);
	/* What came early is gone as well. */
	assert_int_equal(ask(errands, &impatient, ""), ERR_ERRAND_LATE);
	errands_free(errands);
	close(ends[KEEPER_END]);
}

static void
who_finds_no_room_for_a_request_is_late(void **state)
{
	static const uint8_t large[ERRAND_LIMIT];
	const struct errand errand = { ERRAND_ECHO, BYTES_ARRAY(large), 1 };
	struct errands *errands;
	int ends[2];

	(void)state;
	make_errand_channel(ends);
	while (send(ends[WORKER_END], large, sizeof(large), MSG_DONTWAIT) >= 0)
		continue;
	errands = errands_new(ends[WORKER_END]);
	assert_int_equal(ask(errands, &errand, ""), ERR_ERRAND_LATE);
	errands_free(errands);
	close(ends[KEEPER_END]);
}

static void
where_nobody_is_at_the_other_end_nobody_waits(void **state)
{
	const struct errand errand = { ERRAND_ECHO, BYTES_LITERAL("asked"),
		PATIENCE_MS };
	struct errands *errands;
	int ends[2];

	(void)state;
	make_errand_channel(ends);
	errands = errands_new(ends[WORKER_END]);
	close(ends[KEEPER_END]);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(ask(errands, &errand, ""), ERR_ERRAND_LATE);
	errands_free(errands);
}

static void *
read_and_hang_up(void *context)
{
	const int *fd = context;
	char octets[100];

	assert_true(recv(*fd, octets, sizeof(octets), 0) > 0);
	close(*fd);
	return NULL;
}

static void
who_waits_learns_that_the_other_end_is_gone(void **state)
{
	const struct errand errand = { ERRAND_ECHO, BYTES_LITERAL("asked"),
		PATIENCE_MS };
	struct errands *errands;
	pthread_t thread;
	int ends[2];

	(void)state;
	make_errand_channel(ends);
	errands = errands_new(ends[WORKER_END]);
	assert_int_equal(pthread_create(&thread, NULL, read_and_hang_up,
			     &ends[KEEPER_END]),
	    0);
	assert_int_equal(ask(errands, &errand, ""), ERR_ERRAND_LATE);
	pthread_join(thread, NULL);
	errands_free(errands);
}

/* Its supervisor keeps the channel. */
static void
a_keeper_that_is_started_anew_goes_on_with_the_same_channel(void **state)
{
	const struct errand patient = { ERRAND_ECHO, BYTES_LITERAL("asked"),
		PATIENCE_MS };
	const struct errand impatient = { ERRAND_ECHO, BYTES_LITERAL("asked"),
		1 };
	struct errands *errands;
	int ends[2];

	(void)state;
	make_errand_channel(ends);
	errands = errands_new(ends[WORKER_END]);
	for (size_t i = 0; i < 3; i++) {
		struct keeper keeper;

		assert_int_equal(ask(errands, &impatient, ""), ERR_ERRAND_LATE);
		start_keeper(&keeper, dup(ends[KEEPER_END]));
		assert_int_equal(ask(errands, &patient, "asked"), ERR_OK);
		end_keeper(&keeper);
		/* What was asked before there was one was done too. */
		assert_int_equal(keeper.count, 2);
	}
	errands_free(errands);
	close(ends[KEEPER_END]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keeper_does_them),
		cmocka_unit_test(a_single_process_does_its_own),
		cmocka_unit_test(each_of_many_threads_gets_its_own_reply),
		cmocka_unit_test(one_process_does_one_at_a_time),
		cmocka_unit_test(
		    who_gets_no_reply_is_late_and_a_late_reply_is_nobodys),
		cmocka_unit_test(who_finds_no_room_for_a_request_is_late),
		cmocka_unit_test(where_nobody_is_at_the_other_end_nobody_waits),
		cmocka_unit_test(who_waits_learns_that_the_other_end_is_gone),
		cmocka_unit_test(
		    a_keeper_that_is_started_anew_goes_on_with_the_same_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
