/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/poller.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fakes/echo_handler.h"
#include "tests/fakes/fcgi_client.h"
#include "tests/fakes/fcgi_server.h"
#include "tests/unit/unit.h"

#define CROWD 40

static struct fcgi_server *
start(unsigned threads)
{
	return fcgi_server_start(&(struct fcgi_server_settings){
	    .threads = threads });
}

static int
connect_to(const struct fcgi_server *server)
{
	int fd = fcgi_connect(server->path);

	assert_true(fd >= 0);
	return fd;
}

/* Sends a request; its path is "/wait" where the server is to wait. */
static void
ask(int fd, bool keep, const char *path, const char *query)
{
	struct buf request = { 0 };

	fcgi_append_request(&request,
	    &(struct fcgi_request){ .keep = keep,
		.script_name = path,
		.query = query });
	assert_true(fcgi_send(fd, buf_bytes(&request)));
	buf_clear(&request);
}

static void
assert_answered(int fd, const char *body)
{
	struct fcgi_answer answer = { 0 };

	assert_true(fcgi_receive(fd, &answer));
	assert_same_bytes(fcgi_answer_body(&answer), bytes_of_string(body));
	fcgi_answer_clear(&answer);
}

/* A request on a connection of its own, from its begin to its end. */
static void
assert_serves(const struct fcgi_server *server)
{
	int fd = connect_to(server);

	ask(fd, false, "/", "f");
	assert_answered(fd, "|/|f||");
	assert_int_equal(fcgi_server_entered(server), 'f');
	assert_true(fcgi_is_closed(fd));
	close(fd);
}

static void
assert_stops(struct fcgi_server *server)
{
	fcgi_server_signal(server, SIGTERM);
	assert_int_equal(fcgi_server_end(server), 0);
}

static void
requests_are_served_one_after_the_other(void **state)
{
	struct fcgi_server *server = start(1);

	(void)state;
	for (unsigned i = 0; i < 50; i++)
		assert_serves(server);
	assert_stops(server);
}

static void
a_crowd_is_served(void **state)
{
	struct fcgi_server *server = start(4);
	int fds[CROWD];

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < CROWD; i++) {
			if (round == 0 || i % 2 == 0)
				fds[i] = connect_to(server);
			ask(fds[i], i % 2 != 0, "/", "c");
		}
		for (unsigned i = 0; i < CROWD; i++) {
			assert_answered(fds[i], "|/|c||");
			assert_int_equal(fcgi_server_entered(server), 'c');
			if (i % 2 == 0)
				close(fds[i]);
		}
	}
	for (unsigned i = 1; i < CROWD; i += 2)
		close(fds[i]);
	assert_stops(server);
}

static void
two_threads_serve_in_parallel(void **state)
{
	struct fcgi_server *server = start(2);
	int one = connect_to(server), two = connect_to(server);

	(void)state;
	ask(one, false, "/wait", "p");
	ask(two, false, "/wait", "p");
	assert_int_equal(fcgi_server_entered(server), 'p');
	assert_int_equal(fcgi_server_entered(server), 'p');
	assert_true(fcgi_server_go(server, 2));
	assert_answered(one, "|/wait|p||");
	assert_answered(two, "|/wait|p||");
	close(one);
	close(two);
	assert_stops(server);
}

static void
idle_kept_connections_occupy_no_thread(void **state)
{
	struct fcgi_server *server = start(2);
	int kept[6];

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < COUNT(kept); i++) {
			if (round == 0)
				kept[i] = connect_to(server);
			ask(kept[i], true, "/", "k");
			assert_answered(kept[i], "|/|k||");
			assert_int_equal(fcgi_server_entered(server), 'k');
		}
		assert_serves(server);
	}
	for (unsigned i = 0; i < COUNT(kept); i++)
		close(kept[i]);
	assert_stops(server);
}

/*
 * Each kept connection has its next request under way before the one before
 * is let go, so there is never a moment in which the thread has nothing else
 * to do than to serve the fresh connection.
 */
static void
kept_connections_that_never_rest_do_not_starve_fresh_ones(void **state)
{
	static const char *const queries[] = { "0", "1" };
	struct fcgi_server *server = start(1);
	int kept[2] = { connect_to(server), connect_to(server) };
	int fresh;
	char next = 0;

	(void)state;
	ask(kept[0], true, "/wait", queries[0]);
	assert_int_equal(fcgi_server_entered(server), '0');
	ask(kept[1], true, "/wait", queries[1]);
	fresh = connect_to(server);
	ask(fresh, false, "/", "f");
	next = '0';
	for (unsigned rounds = 0; next != 'f'; rounds++) {
		unsigned i = (unsigned)(next - '0');
		struct fcgi_answer answer = { 0 };

		assert_true(rounds < 10);
		ask(kept[i], true, "/wait", queries[i]);
		assert_true(fcgi_server_go(server, 1));
		assert_true(fcgi_receive(kept[i], &answer));
		fcgi_answer_clear(&answer);
		next = fcgi_server_entered(server);
		assert_true(next != 0);
	}
	assert_answered(fresh, "|/|f||");
	close(fresh);
	close(kept[0]);
	close(kept[1]);
	assert_true(fcgi_server_go(server, 2));
	assert_stops(server);
}

static void
a_silent_connection_occupies_no_thread(void **state)
{
	struct fcgi_server *server = start(1);
	int silent[3];

	(void)state;
	for (unsigned i = 0; i < COUNT(silent); i++)
		silent[i] = connect_to(server);
	assert_serves(server);
	ask(silent[2], false, "/", "s");
	assert_answered(silent[2], "|/|s||");
	for (unsigned i = 0; i < COUNT(silent); i++)
		close(silent[i]);
	assert_stops(server);
}

/* Which leaves the others to other processes that share the socket. */
static void
connections_are_accepted_only_while_a_thread_is_idle(void **state)
{
	struct fcgi_server *server =
	    fcgi_server_start(&(struct fcgi_server_settings){ .threads = 1,
		.is_handed_over = true });
	int kept = connect_to(server), served = connect_to(server);
	int waiting, accepted;

	(void)state;
	ask(kept, true, "/", "k");
	assert_answered(kept, "|/|k||");
	assert_int_equal(fcgi_server_entered(server), 'k');
	ask(served, false, "/wait", "s");
	assert_int_equal(fcgi_server_entered(server), 's');
	waiting = connect_to(server);
	assert_true(fcgi_send(kept, BYTES_LITERAL("garbage")));
	assert_true(fcgi_is_closed(kept)); /* so it has looked around */
	accepted = accept(server->listening, NULL, NULL);
	assert_true(accepted >= 0);
	close(accepted);
	close(waiting);
	close(kept);
	assert_true(fcgi_server_go(server, 1));
	assert_answered(served, "|/wait|s||");
	close(served);
	assert_stops(server);
}

static void
a_stalled_request_frees_its_thread_in_time(void **state)
{
	struct fcgi_server *server = fcgi_server_start(
	    &(struct fcgi_server_settings){ .threads = 1, .timeout_ms = 50 });
	int stalled = connect_to(server);
	struct buf begin = { 0 };

	(void)state;
	fcgi_append_begin(&begin, 1, FCGI_RESPOND, true);
	assert_true(fcgi_send(stalled, buf_bytes(&begin)));
	assert_serves(server);
	assert_true(fcgi_is_closed(stalled));
	close(stalled);
	buf_clear(&begin);
	assert_stops(server);
}

static void
a_request_sent_before_the_answer_waits_its_turn(void **state)
{
	struct fcgi_server *server = start(2);
	int fd = connect_to(server);

	(void)state;
	ask(fd, true, "/wait", "1");
	assert_int_equal(fcgi_server_entered(server), '1');
	ask(fd, true, "/", "2");
	assert_serves(server);
	assert_true(fcgi_server_go(server, 1));
	assert_answered(fd, "|/wait|1||");
	assert_answered(fd, "|/|2||");
	close(fd);
	assert_stops(server);
}

static void
web_servers_that_misbehave_are_survived(void **state)
{
	static const char *const garbage[] = {
		"",
		"GET / HTTP/1.0\r\n\r\n",
		"\1\1",
		"\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1",
		"\1\x09\1\1\1\1\1\1",
	};
	struct fcgi_server *server = start(1);
	struct buf request = { 0 };

	(void)state;
	fcgi_append_request(&request,
	    &(struct fcgi_request){ .content_length = "4",
		.body = BYTES_LITERAL("body") });
	for (unsigned i = 0; i < COUNT(garbage); i++) {
		int fd = connect_to(server);

		fcgi_send(fd, bytes_of_string(garbage[i]));
		close(fd);
		fd = connect_to(server); /* hangs up in the body */
		fcgi_send(fd, bytes_of(request.data, request.size - 20));
		close(fd);
		fd = connect_to(server); /* does not wait for the answer */
		fcgi_send(fd, buf_bytes(&request));
		close(fd);
		assert_int_equal(fcgi_server_entered(server), ' ');
		assert_serves(server);
	}
	buf_clear(&request);
	assert_stops(server);
}

static void
without_descriptors_the_longest_idle_connection_makes_room(void **state)
{
	struct fcgi_server *server = fcgi_server_start(
	    &(struct fcgi_server_settings){ .threads = 1, .descriptors = 32 });
	int idle[CROWD];

	(void)state;
	for (unsigned i = 0; i < CROWD; i++)
		idle[i] = connect_to(server);
	assert_serves(server);
	assert_true(fcgi_is_closed(idle[0]));
	ask(idle[CROWD - 1], true, "/", "i");
	assert_answered(idle[CROWD - 1], "|/|i||");
	for (unsigned i = 0; i < CROWD; i++)
		close(idle[i]);
	assert_stops(server);
}

/* Two are being served, the others wait for a thread or to be accepted. */
static void
each_signal_to_stop_lets_all_requests_be_answered(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1 };

	(void)state;
	for (unsigned i = 0; i < COUNT(signals); i++) {
		struct fcgi_server *server = start(2);
		int fds[CROWD];

		for (unsigned j = 0; j < CROWD; j++) {
			fds[j] = connect_to(server);
			ask(fds[j], j % 2 == 0, "/wait", "t");
		}
		assert_int_equal(fcgi_server_entered(server), 't');
		assert_int_equal(fcgi_server_entered(server), 't');
		fcgi_server_signal(server, signals[i]);
		assert_true(fcgi_server_go(server, CROWD));
		for (unsigned j = 0; j < CROWD; j++) {
			assert_answered(fds[j], "|/wait|t||");
			assert_true(fcgi_is_closed(fds[j]));
			close(fds[j]);
		}
		assert_int_equal(fcgi_server_end(server), 0);
	}
}

/* The path goes first, so that a successor can take its place. */
static void
to_stop_makes_the_path_free_at_once(void **state)
{
	struct fcgi_server *server = start(1);
	int served = connect_to(server);

	(void)state;
	ask(served, false, "/wait", "s");
	assert_int_equal(fcgi_server_entered(server), 's');
	fcgi_server_signal(server, SIGTERM);
	for (int fd = 0; (fd = fcgi_connect(server->path)) >= 0;)
		close(fd);
	assert_true(fcgi_server_go(server, 1));
	assert_answered(served, "|/wait|s||");
	close(served);
	assert_int_equal(fcgi_server_end(server), 0);
}

static void
to_stop_ends_idle_connections(void **state)
{
	struct fcgi_server *server = fcgi_server_start(
	    &(struct fcgi_server_settings){ .threads = 1, .grace_ms = 50 });
	int kept = connect_to(server), silent = connect_to(server);

	(void)state;
	ask(kept, true, "/", "k");
	assert_answered(kept, "|/|k||");
	fcgi_server_signal(server, SIGTERM);
	assert_true(fcgi_is_closed(kept));
	assert_true(fcgi_is_closed(silent));
	close(kept);
	close(silent);
	assert_int_equal(fcgi_server_end(server), 0);
}

/* What has connected before the stop may speak after it. */
static void
to_stop_waits_for_a_connection_that_has_just_been_made(void **state)
{
	struct fcgi_server *server = start(1);
	int fresh = connect_to(server), kept = connect_to(server);

	(void)state;
	ask(kept, true, "/", "k");
	assert_answered(kept, "|/|k||");
	fcgi_server_signal(server, SIGTERM);
	assert_true(fcgi_is_closed(kept)); /* so it is stopping */
	ask(fresh, true, "/", "f");
	assert_answered(fresh, "|/|f||");
	assert_true(fcgi_is_closed(fresh));
	close(fresh);
	close(kept);
	assert_int_equal(fcgi_server_end(server), 0);
}

static void
to_stop_leaves_a_shared_socket_to_others(void **state)
{
	struct fcgi_server *server =
	    fcgi_server_start(&(struct fcgi_server_settings){ .threads = 1,
		.is_handed_over = true });
	int served = connect_to(server), waiting, accepted;

	(void)state;
	ask(served, false, "/wait", "s");
	assert_int_equal(fcgi_server_entered(server), 's');
	waiting = connect_to(server);
	fcgi_server_signal(server, SIGTERM);
	assert_true(fcgi_server_go(server, 1));
	assert_answered(served, "|/wait|s||");
	assert_int_equal(waitpid(server->process, NULL, 0), server->process);
	accepted = accept(server->listening, NULL, NULL);
	assert_true(accepted >= 0);
	close(accepted);
	close(waiting);
	close(served);
	fcgi_server_end(server);
}

/* One request is being served, and another waits to be accepted.  Each way to
 * end an adopted socket's poller: whether it lets in who waits. */
static void
to_retire_leaves_who_waits_to_others_and_to_stop_does_not(void **state)
{
	static const struct row {
		int signal; /* 0: a failure */
		bool lets_in;
	} rows[] = { { SIGUSR2, false }, { 0, false }, { SIGTERM, true } };

	(void)state;
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct fcgi_server *server = fcgi_server_start(
		    &(struct fcgi_server_settings){ .threads = 1,
			.is_adopted = true });
		int served = connect_to(server), waiting, accepted;

		ask(served, false, "/wait", "s");
		assert_int_equal(fcgi_server_entered(server), 's');
		waiting = connect_to(server);
		ask(waiting, false, "/", "w");
		if (rows[i].signal != 0)
			fcgi_server_signal(server, rows[i].signal);
		else
			assert_int_equal(write(server->failure, "!", 1), 1);
		assert_true(fcgi_server_go(server, 1));
		assert_answered(served, "|/wait|s||");
		if (rows[i].lets_in)
			assert_answered(waiting, "|/|w||");
		close(served);
		assert_int_equal(waitpid(server->process, NULL, 0),
		    server->process);
		accepted = accept(server->listening, NULL, NULL);
		assert_int_equal(accepted >= 0, !rows[i].lets_in);
		close(accepted);
		close(waiting);
		fcgi_server_end(server);
	}
}

static void
hang_up_is_no_reason_to_stop(void **state)
{
	struct fcgi_server *server = start(1);

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		fcgi_server_signal(server, SIGHUP);
		assert_serves(server);
	}
	assert_stops(server);
}

/* With no, one, two and three descriptors left. */
static void
what_it_needs_and_can_not_have_is_a_problem(void **state)
{
	char folder[] = "/tmp/scepd-poller-XXXXXX";
	char path[sizeof(folder) + 5];
	const struct listen_settings socket = { path, 0600, NULL };
	int status = -1;
	pid_t child;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/sock", folder);
	fflush(NULL);
	child = fork();
	if (child == 0)
		alarm(10);
	for (unsigned spare = 0; child == 0 && spare < 4; spare++) {
		struct problems *problems = problems_new();
		struct poller_settings settings = { .threads = 1,
			.limits = { 1, 1, 1 },
			.handler = echo_handler };
		const struct rlimit all = { 1000, 1000 };
		struct rlimit few = all;
		int filler;

		if (listen_open(&socket, &settings.listener, problems) !=
		    ERR_OK)
			_exit(1);
		filler = dup(STDIN_FILENO); /* where the lock was */
		few.rlim_cur = (rlim_t)listen_descriptor(settings.listener) +
		    1 + spare;
		setrlimit(RLIMIT_NOFILE, &few);
		if (poller_run(&settings, problems) != ERR_CONFIGURATION ||
		    problems_count(problems, PROBLEM_ERROR) != 1)
			_exit(2);
		setrlimit(RLIMIT_NOFILE, &all);
		close(filler);
		listen_close(settings.listener);
		problems_free(problems);
	}
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_served_one_after_the_other),
		cmocka_unit_test(a_crowd_is_served),
		cmocka_unit_test(two_threads_serve_in_parallel),
		cmocka_unit_test(idle_kept_connections_occupy_no_thread),
		cmocka_unit_test(
		    kept_connections_that_never_rest_do_not_starve_fresh_ones),
		cmocka_unit_test(a_silent_connection_occupies_no_thread),
		cmocka_unit_test(
		    connections_are_accepted_only_while_a_thread_is_idle),
		cmocka_unit_test(a_stalled_request_frees_its_thread_in_time),
		cmocka_unit_test(
		    a_request_sent_before_the_answer_waits_its_turn),
		cmocka_unit_test(web_servers_that_misbehave_are_survived),
		cmocka_unit_test(
		    without_descriptors_the_longest_idle_connection_makes_room),
		cmocka_unit_test(
		    each_signal_to_stop_lets_all_requests_be_answered),
		cmocka_unit_test(to_stop_makes_the_path_free_at_once),
		cmocka_unit_test(to_stop_ends_idle_connections),
		cmocka_unit_test(
		    to_stop_waits_for_a_connection_that_has_just_been_made),
		cmocka_unit_test(to_stop_leaves_a_shared_socket_to_others),
		cmocka_unit_test(
		    to_retire_leaves_who_waits_to_others_and_to_stop_does_not),
		cmocka_unit_test(hang_up_is_no_reason_to_stop),
		cmocka_unit_test(what_it_needs_and_can_not_have_is_a_problem),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
