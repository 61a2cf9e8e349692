/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/errand_desk.h"

#include <fcntl.h>

#include "fcgi/hand_over.h"
#include "tests/unit/base_errands.h"
#include "tests/unit/descriptors.h"

struct desk {
	unsigned count;
	struct errand_table table;
	struct errand_desk *desk;
	int supervisor;
};

static void
begin(struct desk *desk)
{
	int ends[2];

	*desk = (struct desk){ 0 };
	desk->table = errand_test_table(&desk->count);
	assert_true(hand_over_open(ends));
	desk->supervisor = ends[0];
	assert_int_equal(errand_desk_new(&desk->table, ends[1], &desk->desk),
	    ERR_OK);
}

static void
end(struct desk *desk)
{
	errand_desk_free(desk->desk);
	close(desk->supervisor);
}

/* Works until there is nothing to do. */
static void
work(struct desk *desk)
{
	struct pollfd events[ERRAND_DESK_EVENTS];

	errand_desk_await(desk->desk, events);
	while (poll(events, COUNT(events), 0) > 0) {
		errand_desk_work(desk->desk, events);
		errand_desk_await(desk->desk, events);
	}
}

/* A worker is started: its end of the channel. */
static int
introduce(const struct desk *desk, unsigned worker)
{
	int ends[2];

	make_errand_channel(ends);
	assert_true(hand_over(desk->supervisor, ends[KEEPER_END], worker));
	close(ends[KEEPER_END]);
	return ends[WORKER_END];
}

static void
assert_is_answered(struct desk *desk, int worker)
{
	uint8_t reply[16];

	send_request(worker, 1, ERRAND_ECHO, BYTES_LITERAL("asked"));
	work(desk);
	assert_int_equal(recv(worker, reply, sizeof(reply), MSG_DONTWAIT), 11);
}

static void
workers_that_the_supervisor_introduces_are_answered(void **state)
{
	struct desk desk;
	int workers[3];

	(void)state;
	begin(&desk);
	for (unsigned i = 0; i < COUNT(workers); i++) {
		workers[i] = introduce(&desk, i + 1);
		for (unsigned j = 0; j <= i; j++)
			assert_is_answered(&desk, workers[j]);
	}
	close(workers[0]);
	work(&desk);
	assert_is_answered(&desk, workers[2]);
	end(&desk);
	close(workers[1]);
	close(workers[2]);
}

static void
without_a_supervisor_those_that_are_known_go_on(void **state)
{
	struct desk desk;
	int worker;

	(void)state;
	begin(&desk);
	worker = introduce(&desk, 1);
	close(desk.supervisor);
	desk.supervisor = -1;
	work(&desk);
	assert_is_answered(&desk, worker);
	end(&desk);
	close(worker);
}

static void
without_a_descriptor_there_is_no_desk(void **state)
{
	const struct errand_table table = { 0 };
	struct errand_desk *desk;
	rlim_t before;

	(void)state;
	before = limit_descriptors(0);
	assert_int_equal(errand_desk_new(&table, STDIN_FILENO, &desk),
	    ERR_ERRAND_CHANNEL);
	limit_descriptors(before);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	errand_desk_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    workers_that_the_supervisor_introduces_are_answered),
		cmocka_unit_test(
		    without_a_supervisor_those_that_are_known_go_on),
		cmocka_unit_test(without_a_descriptor_there_is_no_desk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
