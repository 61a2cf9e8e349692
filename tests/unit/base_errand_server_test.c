/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errand_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "base/clock.h"
#include "tests/unit/base_errands.h"
#include "tests/unit/descriptors.h"

/* More workers than are looked at in a turn. */
#define WORKERS 40

struct keeper {
	unsigned count;
	struct errand_table table;
	struct errand_server *server;
	int workers[WORKERS];
	int stderr_before;
	FILE *log;
	struct buf logged;
};

/* From now on, and until it is ended, stderr goes to a file. */
static void
start(struct keeper *keeper, unsigned workers)
{
	*keeper = (struct keeper){ .log = tmpfile() };
	assert_non_null(keeper->log);
	keeper->stderr_before = dup(STDERR_FILENO);
	assert_true(dup2(fileno(keeper->log), STDERR_FILENO) >= 0);
	keeper->table = errand_test_table(&keeper->count);
	assert_int_equal(errand_server_new(&keeper->table, &keeper->server),
	    ERR_OK);
	for (unsigned i = 0; i < workers; i++) {
		int ends[2];

		make_errand_channel(ends);
		errand_server_add(keeper->server, ends[KEEPER_END], i + 1);
		keeper->workers[i] = ends[WORKER_END];
	}
}

static void
end(struct keeper *keeper)
{
	char text[4096];
	size_t got;

	errand_server_free(keeper->server);
	assert_true(dup2(keeper->stderr_before, STDERR_FILENO) >= 0);
	close(keeper->stderr_before);
	rewind(keeper->log);
	while ((got = fread(text, 1, sizeof(text), keeper->log)) > 0)
		buf_append(&keeper->logged, bytes_of(text, got));
	fclose(keeper->log);
	for (unsigned i = 0; i < WORKERS; i++)
		if (keeper->workers[i] > 0)
			close(keeper->workers[i]);
}

static size_t
count_lines(struct keeper *keeper, const char *text)
{
	const char *at = buf_string(&keeper->logged);
	size_t count = 0;

	while ((at = strstr(at, text)) != NULL) {
		count++;
		at += strlen(text);
	}
	return count;
}

static bool
has_work(const struct keeper *keeper)
{
	struct pollfd event = {
		.fd = errand_server_descriptor(keeper->server),
		.events = POLLIN,
	};

	return poll(&event, 1, 0) == 1;
}

static void
do_all(const struct keeper *keeper)
{
	while (has_work(keeper))
		errand_server_run(keeper->server);
}

/* Whether there is a reply, which is read. */
static bool
take_reply(int fd, struct errand_reply *reply)
{
	static uint8_t message[ERRAND_WIRE_LIMIT];
	ssize_t size = recv(fd, message, sizeof(message), MSG_DONTWAIT);

	return size > 0 &&
	    errand_wire_read_reply(bytes_of(message, (size_t)size), reply) ==
	    ERR_OK;
}

static void
assert_reply(int fd, uint32_t sequence, enum err result, const char *body)
{
	struct errand_reply reply;

	assert_true(take_reply(fd, &reply));
	assert_int_equal(reply.sequence, sequence);
	assert_int_equal(reply.result, result);
	assert_same_bytes(reply.body, bytes_of_string(body));
}

static void
assert_nothing_comes(int fd)
{
	char octet;

	assert_int_equal(recv(fd, &octet, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static void
each_request_has_a_reply_on_its_own_channel(void **state)
{
	struct keeper keeper;

	(void)state;
	start(&keeper, 2);
	assert_false(has_work(&keeper));
	send_request(keeper.workers[0], 1, ERRAND_ECHO, BYTES_LITERAL("one"));
	send_request(keeper.workers[1], 1, ERRAND_FAIL, BYTES_LITERAL("two"));
	send_request(keeper.workers[0], 7, ERRAND_UNKNOWN, BYTES_LITERAL("x"));
	do_all(&keeper);
	assert_reply(keeper.workers[0], 1, ERR_OK, "one");
	assert_reply(keeper.workers[0], 7, ERR_ERRAND_REFUSED, "");
	assert_reply(keeper.workers[1], 1, ERR_FILE, "");
	for (size_t i = 0; i < 2; i++)
		assert_nothing_comes(keeper.workers[i]);
	end(&keeper);
	assert_int_equal(count_lines(&keeper,
			     "event=errand worker=2 kind=2 reason=file"),
	    1);
	assert_int_equal(
	    count_lines(&keeper,
		"event=errand worker=1 kind=4 reason=errand-refused"),
	    1);
	buf_clear(&keeper.logged);
}

/* Whoever sends it, the others are none the worse. */
static void
what_is_no_request_ends_its_channel_alone(void **state)
{
	static const uint8_t large[ERRAND_WIRE_LIMIT + 1];
	static const struct bytes nonsense[] = {
		BYTES_LITERAL("x"),
		BYTES_LITERAL("\0\0\0\1\0"),
		BYTES_ARRAY(large),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(nonsense); i++) {
		struct keeper keeper;
		char octet;

		start(&keeper, 2);
		send_message(keeper.workers[0], nonsense[i]);
		send_request(keeper.workers[0], 1, ERRAND_ECHO,
		    BYTES_LITERAL("never done"));
		send_request(keeper.workers[1], 1, ERRAND_ECHO,
		    BYTES_LITERAL("done"));
		do_all(&keeper);
		assert_true(recv(keeper.workers[0], &octet, 1, 0) <= 0);
		assert_reply(keeper.workers[1], 1, ERR_OK, "done");
		assert_int_equal(keeper.count, 1);
		end(&keeper);
		assert_int_equal(count_lines(&keeper, "\"attack: "), 1);
		assert_int_equal(count_lines(&keeper,
				     "worker=1 reason=errand-channel"),
		    1);
		buf_clear(&keeper.logged);
	}
}

static void
an_empty_message_or_an_end_that_is_closed_ends_the_channel(void **state)
{
	struct keeper keeper;
	char octet;

	(void)state;
	start(&keeper, 3);
	send_message(keeper.workers[0], BYTES_LITERAL(""));
	send_request(keeper.workers[1], 1, ERRAND_ECHO, BYTES_LITERAL("asked"));
	close(keeper.workers[1]);
	keeper.workers[1] = -1;
	do_all(&keeper);
	assert_int_equal(recv(keeper.workers[0], &octet, 1, 0), 0);
	/* It was asked for before. */
	assert_int_equal(keeper.count, 1);
	send_request(keeper.workers[2], 1, ERRAND_ECHO, BYTES_LITERAL("asked"));
	do_all(&keeper);
	assert_reply(keeper.workers[2], 1, ERR_OK, "asked");
	end(&keeper);
	assert_int_equal(keeper.logged.size, 0);
}

static void
a_channel_that_another_has_open_too_is_left_when_its_worker_is_gone(
    void **state)
{
	struct keeper keeper;
	int ends[2], supervisor;

	(void)state;
	start(&keeper, 0);
	make_errand_channel(ends);
	supervisor = dup(ends[KEEPER_END]);
	errand_server_add(keeper.server, ends[KEEPER_END], 1);
	close(ends[WORKER_END]);
	assert_true(has_work(&keeper));
	errand_server_run(keeper.server);
	assert_false(has_work(&keeper));
	assert_int_equal(fcntl(ends[KEEPER_END], F_GETFD), -1);
	close(supervisor);
	end(&keeper);
}

/* Descriptors that come with a message. */

static void
send_with_descriptors(int fd, const int *descriptors, size_t count)
{
	uint8_t octets[] = { 0, 0, 0, 1, 0, ERRAND_ECHO };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} control = { 0 };
	struct iovec part = { octets, sizeof(octets) };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *header = &control.header;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
	assert_int_equal(sendmsg(fd, &message, MSG_NOSIGNAL), sizeof(octets));
}

/* How many descriptors this process has. */
static unsigned
count_open(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1000; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Of a pipe, the end to read tells that no writer is left. */
static void
descriptors_that_come_along_are_closed(void **state)
{
	struct keeper keeper;
	unsigned open_before;
	int pipe_ends[2];
	char octet;

	(void)state;
	start(&keeper, 1);
	assert_int_equal(pipe(pipe_ends), 0);
	send_with_descriptors(keeper.workers[0],
	    (int[]){ pipe_ends[1], keeper.workers[0] }, 2);
	send_with_descriptors(keeper.workers[0],
	    (int[]){ pipe_ends[1], pipe_ends[1], pipe_ends[1], pipe_ends[1] },
	    4);
	close(pipe_ends[1]);
	open_before = count_open();
	do_all(&keeper);
	assert_int_equal(count_open(), open_before);
	assert_int_equal(read(pipe_ends[0], &octet, 1), 0);
	assert_reply(keeper.workers[0], 1, ERR_OK, "");
	assert_reply(keeper.workers[0], 1, ERR_OK, "");
	close(pipe_ends[0]);
	end(&keeper);
}

/* Floods */

/* As many requests as the channel holds. */
static unsigned
flood(int fd, struct bytes message)
{
	unsigned count = 0;

	while (send(fd, message.data, message.size,
		   MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		count++;
	return count;
}

static void
nobody_waits_longer_for_his_turn_because_another_asks_for_much(void **state)
{
	static const uint8_t echo[] = { 0, 0, 0, 1, 0, ERRAND_ECHO };
	struct keeper keeper;

	(void)state;
	start(&keeper, WORKERS);
	for (size_t i = 0; i < WORKERS; i++)
		assert_true(flood(keeper.workers[i], BYTES_ARRAY(echo)) > 3);
	/* All have had one turn when it is anybody's second. */
	for (size_t i = 0; i < 3; i++)
		errand_server_run(keeper.server);
	for (size_t i = 0; i < WORKERS; i++)
		assert_reply(keeper.workers[i], 1, ERR_OK, "");
	assert_in_range(keeper.count, WORKERS, 3 * WORKERS);
	end(&keeper);
}

static void
who_does_not_read_loses_replies_and_nobody_waits_for_him(void **state)
{
	struct keeper keeper;
	struct buf message = { 0 };
	unsigned sent = 0;

	(void)state;
	start(&keeper, 2);
	errand_wire_append_request(&message,
	    &(struct errand_request){ .kind = ERRAND_ECHO });
	buf_extend(&message, 10000);
	for (size_t i = 0; i < 20; i++) {
		sent += flood(keeper.workers[0], buf_bytes(&message));
		do_all(&keeper);
	}
	assert_int_equal(keeper.count, sent);
	send_request(keeper.workers[1], 1, ERRAND_ECHO, BYTES_LITERAL("asked"));
	do_all(&keeper);
	assert_reply(keeper.workers[1], 1, ERR_OK, "asked");
	buf_clear(&message);
	end(&keeper);
	assert_in_range(count_lines(&keeper, "to an errand is not taken"), 1,
	    sent - 1);
	buf_clear(&keeper.logged);
}

static void
of_many_refusals_few_are_told_and_the_others_counted(void **state)
{
	static const uint8_t unknown[] = { 0, 0, 0, 1, 0, ERRAND_UNKNOWN };
	struct keeper keeper;
	int64_t began = clock_now(), seconds;

	(void)state;
	start(&keeper, 1);
	for (size_t i = 0; i < 10; i++) {
		struct errand_reply reply;

		flood(keeper.workers[0], BYTES_ARRAY(unknown));
		do_all(&keeper);
		while (take_reply(keeper.workers[0], &reply))
			continue;
	}
	seconds = clock_now() - began + 1;
	end(&keeper);
	assert_in_range(count_lines(&keeper, "reason=errand-refused"), 10,
	    10 * (uintmax_t)seconds);
	assert_in_range(count_lines(&keeper, "more errands were refused"), 1,
	    (uintmax_t)seconds);
	buf_clear(&keeper.logged);
}

static void
without_a_descriptor_there_is_no_server(void **state)
{
	const struct errand_table table = { 0 };
	struct errand_server *server;
	rlim_t before;

	(void)state;
	before = limit_descriptors(0);
	assert_int_equal(errand_server_new(&table, &server),
	    ERR_ERRAND_CHANNEL);
	limit_descriptors(before);
	errand_server_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_has_a_reply_on_its_own_channel),
		cmocka_unit_test(what_is_no_request_ends_its_channel_alone),
		cmocka_unit_test(
		    an_empty_message_or_an_end_that_is_closed_ends_the_channel),
		cmocka_unit_test(
		    a_channel_that_another_has_open_too_is_left_when_its_worker_is_gone),
		cmocka_unit_test(descriptors_that_come_along_are_closed),
		cmocka_unit_test(
		    nobody_waits_longer_for_his_turn_because_another_asks_for_much),
		cmocka_unit_test(
		    who_does_not_read_loses_replies_and_nobody_waits_for_him),
		cmocka_unit_test(
		    of_many_refusals_few_are_told_and_the_others_counted),
		cmocka_unit_test(without_a_descriptor_there_is_no_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
