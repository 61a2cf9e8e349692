/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/exchange.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fakes/echo_handler.h"
#include "tests/fakes/fcgi_client.h"
#include "tests/unit/unit.h"

static const struct gateway_limits limits = { 1000, 70000, 100 };

/* Both ends of one connection, and the exchange at one of them. */
struct line {
	int client;
	int server;
	struct exchange *exchange;
	struct buf sent;
	struct fcgi_answer answer;
};

static int
open_line(void **state)
{
	struct line *line = test_calloc(1, sizeof(*line));
	int fds[2];

	assert_int_equal(exchange_start(), ERR_OK);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	line->client = fds[0];
	line->server = fds[1];
	line->exchange = exchange_new(&limits);
	assert_non_null(line->exchange);
	*state = line;
	return 0;
}

static int
close_line(void **state)
{
	struct line *line = *state;

	if (line->client >= 0)
		close(line->client);
	if (line->server >= 0)
		close(line->server);
	exchange_free(line->exchange);
	buf_clear(&line->sent);
	fcgi_answer_clear(&line->answer);
	test_free(line);
	return 0;
}

static void
flush(struct line *line)
{
	assert_true(fcgi_send(line->client, buf_bytes(&line->sent)));
	buf_clear(&line->sent);
}

/* Sends what was appended and hangs up without waiting for an answer. */
static void
flush_and_hang_up(struct line *line)
{
	flush(line);
	shutdown(line->client, SHUT_WR);
}

static void
send_request(struct line *line, const struct fcgi_request *request)
{
	fcgi_append_request(&line->sent, request);
	flush(line);
}

/* Has one request answered; false: there was none. */
static bool
serve(struct line *line, bool *kept)
{
	enum err err;

	if (!exchange_receive(line->exchange, line->server, &err)) {
		line->server = -1;
		return false;
	}
	gateway_answer(&echo_handler, exchange_request(line->exchange), err);
	*kept = exchange_send(line->exchange);
	if (!*kept)
		line->server = -1;
	return true;
}

/* Serves one request and compares its answer. */
static void
assert_served(struct line *line, const char *body, bool keep)
{
	bool kept = !keep;

	assert_true(serve(line, &kept));
	assert_int_equal(kept, keep);
	fcgi_answer_clear(&line->answer);
	assert_true(fcgi_receive(line->client, &line->answer));
	assert_int_equal(line->answer.application_status, 0);
	assert_int_equal(line->answer.protocol_status, 0);
	assert_same_bytes(fcgi_answer_body(&line->answer),
	    bytes_of_string(body));
}

/* Finds no request, and closes. */
static void
assert_not_served(struct line *line)
{
	bool kept;

	assert_false(serve(line, &kept));
	assert_true(fcgi_is_closed(line->client));
}

static void
start_leaves_signals_as_they_should_be(void **state)
{
	static const int signals[] = { SIGTERM, SIGUSR1, SIGINT, SIGHUP };
	struct sigaction action;

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		assert_int_equal(sigaction(signals[i], NULL, &action), 0);
		assert_true(action.sa_handler == SIG_DFL);
	}
	assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
	assert_true(action.sa_handler == SIG_IGN);
}

static void
a_request_is_decoded_and_its_answer_encoded(void **state)
{
	struct line *line = *state;

	send_request(line,
	    &(struct fcgi_request){ .id = 513,
		.method = "POST",
		.script_name = "/scep",
		.path_info = "/pkiclient.exe",
		.query = "operation=PKIOperation",
		.content_length = "4",
		.peer = "192.0.2.1",
		.body = BYTES_LITERAL("body") });
	assert_served(line,
	    "POST|/scep/pkiclient.exe|operation=PKIOperation|192.0.2.1|body",
	    false);
	assert_int_equal(line->answer.id, 513);
	assert_same_bytes(buf_bytes(&line->answer.output),
	    bytes_of_string("Status: 200 OK\r\n"
			    "Content-Type: text/plain\r\n"
			    "Content-Length: 62\r\n"
			    "Cache-Control: no-store\r\n\r\n"
			    "POST|/scep/pkiclient.exe|operation=PKIOperation|"
			    "192.0.2.1|body"));
	assert_true(fcgi_is_closed(line->client));
}

static void
a_kept_connection_carries_one_request_after_the_other(void **state)
{
	struct line *line = *state;

	for (unsigned id = 1; id <= 100; id++) {
		send_request(line,
		    &(struct fcgi_request){ .id = id,
			.keep = true,
			.method = "GET",
			.content_length = "" });
		assert_served(line, "GET||||", true);
		assert_int_equal(line->answer.id, id);
	}
	send_request(line, &(struct fcgi_request){ .method = "GET" });
	assert_served(line, "GET||||", false);
	assert_true(fcgi_is_closed(line->client));
}

static void
requests_without_any_parameter_are_served(void **state)
{
	struct line *line = *state;

	send_request(line, &(struct fcgi_request){ .keep = true });
	assert_served(line, "||||", true);
}

static void
unknown_parameters_are_passed_over(void **state)
{
	struct line *line = *state;
	struct buf parameters = { 0 };

	fcgi_append_pair(&parameters, "", BYTES_LITERAL("nameless"));
	fcgi_append_pair(&parameters, "SCEP", BYTES_LITERAL(""));
	fcgi_append_pair(&parameters, "QUERY", BYTES_LITERAL("no"));
	fcgi_append_pair(&parameters, "QUERY_STRING", BYTES_LITERAL("yes"));
	fcgi_append_pair(&parameters, "QUERY_STRING_", BYTES_LITERAL("no"));
	fcgi_append_pair(&parameters, "=", BYTES_LITERAL("="));
	fcgi_append_pair(&parameters, "HTTP_\xff\x01", BYTES_LITERAL("\0\n"));
	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1,
	    buf_bytes(&parameters));
	fcgi_append_stream(&line->sent, FCGI_INPUT, 1, bytes_of(NULL, 0));
	flush(line);
	assert_served(line, "||yes||", true);
	buf_clear(&parameters);
}

static void
of_doubled_parameters_the_first_counts(void **state)
{
	struct line *line = *state;
	struct buf parameters = { 0 };

	fcgi_append_pair(&parameters, "SCRIPT_NAME", BYTES_LITERAL("/a"));
	fcgi_append_pair(&parameters, "SCRIPT_NAME", BYTES_LITERAL("/b"));
	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1,
	    buf_bytes(&parameters));
	fcgi_append_stream(&line->sent, FCGI_INPUT, 1, bytes_of(NULL, 0));
	flush(line);
	assert_served(line, "|/a|||", true);
	buf_clear(&parameters);
}

/* Lengths from 128 on take four octets, for names as for values. */
static void
long_names_and_values_are_taken(void **state)
{
	struct line *line = *state;
	struct buf parameters = { 0 };
	char name[201] = "HTTP_";
	char query[40001] = "";
	struct buf answer = { 0 };

	memset(name + 5, 'X', 195);
	memset(query, 'q', 40000);
	buf_printf(&answer, "||%s||", query);
	fcgi_append_pair(&parameters, name, bytes_of(query, 200));
	fcgi_append_pair(&parameters, name, bytes_of(query, 40000));
	fcgi_append_pair(&parameters, "QUERY_STRING", bytes_of(query, 40000));
	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1,
	    buf_bytes(&parameters));
	fcgi_append_stream(&line->sent, FCGI_INPUT, 1, bytes_of(NULL, 0));
	flush(line);
	assert_served(line, buf_string(&answer), true);
	buf_clear(&parameters);
	buf_clear(&answer);
}

/* Records may end anywhere, also inside a length or a name. */
static void
records_of_one_octet_are_put_together(void **state)
{
	struct line *line = *state;
	struct buf parameters = { 0 };
	const char *const body = "0123456789";

	fcgi_append_pair(&parameters, "REMOTE_ADDR", BYTES_LITERAL("::1"));
	fcgi_append_pair(&parameters, "CONTENT_LENGTH", BYTES_LITERAL("10"));
	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	for (size_t i = 0; i < parameters.size; i++)
		fcgi_append_record(&line->sent, FCGI_PARAMETERS, 1,
		    bytes_of(parameters.data + i, 1));
	fcgi_append_record(&line->sent, FCGI_PARAMETERS, 1, bytes_of("", 0));
	for (size_t i = 0; i < 10; i++)
		fcgi_append_record(&line->sent, FCGI_INPUT, 1,
		    bytes_of(body + i, 1));
	fcgi_append_record(&line->sent, FCGI_INPUT, 1, bytes_of("", 0));
	flush(line);
	assert_served(line, "|||::1|0123456789", true);
	buf_clear(&parameters);
}

static void
a_refused_request_leaves_the_connection_in_step(void **state)
{
	static const struct row {
		const char *length;
		size_t size;
		const char *answer;
	} rows[] = {
		{ "9", 10, "content-length:POST||||" },
		{ "11", 10, "content-length:POST||||" },
		{ "10", 50, "content-length:POST||||" },
		{ "ten", 10, "content-length:POST||||" },
		{ "1001", 1001, "body-too-large:POST||||" },
		{ NULL, 1001, "body-too-large:POST||||" },
		{ "1000000", 100000, "body-too-large:POST||||" },
	};
	static const uint8_t body[100000];
	struct line *line = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		send_request(line,
		    &(struct fcgi_request){ .keep = true,
			.method = "POST",
			.content_length = rows[i].length,
			.body = bytes_of(body, rows[i].size) });
		assert_served(line, rows[i].answer, true);
		send_request(line,
		    &(struct fcgi_request){ .keep = true, .method = "GET" });
		assert_served(line, "GET||||", true);
	}
}

static void
a_query_past_the_limit_is_refused(void **state)
{
	struct line *line = *state;
	struct buf answer = { 0 };
	char query[70002] = "";

	memset(query, 'q', 70001);
	buf_printf(&answer, "query-too-long:GET||%s||", query);
	send_request(line,
	    &(struct fcgi_request){ .keep = true,
		.method = "GET",
		.query = query });
	assert_served(line, buf_string(&answer), true);
	assert_true(bytes_equal(bytes_of(line->answer.output.data, 16),
	    BYTES_LITERAL("Status: 414 URI ")));
	buf_clear(&answer);
}

static void
an_answer_larger_than_a_record_arrives(void **state)
{
	struct line *line = *state;
	char query[65001] = "";
	struct buf answer = { 0 };

	memset(query, 'q', 65000);
	buf_printf(&answer, "||%s||", query);
	send_request(line,
	    &(struct fcgi_request){ .keep = true, .query = query });
	assert_served(line, buf_string(&answer), true);
	buf_clear(&answer);
}

static void
an_aborted_request_is_refused_and_its_connection_closed(void **state)
{
	struct line *line = *state;
	struct buf parameters = { 0 };

	fcgi_append_pair(&parameters, "CONTENT_LENGTH", BYTES_LITERAL("4"));
	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1,
	    buf_bytes(&parameters));
	fcgi_append_record(&line->sent, FCGI_INPUT, 1, BYTES_LITERAL("bo"));
	fcgi_append_record(&line->sent, FCGI_ABORT, 1, bytes_of(NULL, 0));
	flush(line);
	assert_served(line, "content-length:||||", false);
	assert_true(fcgi_is_closed(line->client));
	buf_clear(&parameters);
}

static void
a_request_aborted_after_its_body_is_refused(void **state)
{
	struct line *line = *state;

	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1, bytes_of(NULL, 0));
	fcgi_append_record(&line->sent, FCGI_INPUT, 1, BYTES_LITERAL("body"));
	fcgi_append_record(&line->sent, FCGI_ABORT, 1, bytes_of(NULL, 0));
	flush(line);
	assert_served(line, "content-length:||||", false);
}

static void
a_hang_up_at_any_octet_is_survived(void **state)
{
	struct line *line = *state;
	struct buf whole = { 0 };
	struct fcgi_request request = { .method = "POST",
		.peer = "::1",
		.content_length = "4",
		.body = BYTES_LITERAL("body") };

	fcgi_append_request(&whole, &request);
	for (size_t size = 1; size < whole.size; size++) {
		void *cut_state;
		struct line *cut;
		bool kept = false;

		assert_int_equal(open_line(&cut_state), 0);
		cut = cut_state;
		buf_append(&cut->sent, bytes_of(whole.data, size));
		flush_and_hang_up(cut);
		assert_true(exchange_is_request(cut->server));
		if (serve(cut, &kept)) {
			assert_false(kept);
			assert_true(fcgi_receive(cut->client, &cut->answer));
			assert_bytes(fcgi_answer_body(&cut->answer),
			    "content-length:POST|||::1|");
		}
		assert_true(fcgi_is_closed(cut->client));
		close_line(&cut_state);
	}
	fcgi_append_request(&line->sent, &request);
	flush(line);
	assert_served(line, "POST|||::1|body", false);
	buf_clear(&whole);
}

static void
a_web_server_that_does_not_wait_for_the_answer_is_survived(void **state)
{
	struct line *line = *state;
	bool kept = true;

	send_request(line, &(struct fcgi_request){ .keep = true });
	close(line->client);
	line->client = -1;
	assert_true(serve(line, &kept));
	assert_false(kept);
}

static void
silence_after_the_begin_ends_with_the_time_limit(void **state)
{
	struct line *line = *state;

	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	flush(line);
	assert_not_served(line);
}

static void
silence_in_the_body_ends_with_the_time_limit(void **state)
{
	struct line *line = *state;

	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1, bytes_of(NULL, 0));
	fcgi_append_record(&line->sent, FCGI_INPUT, 1, BYTES_LITERAL("b"));
	flush(line);
	assert_served(line, "content-length:||||", false);
}

/* Sends octets of a body for as long as somebody takes them. */
static void *
drip(void *context)
{
	struct line *line = context;
	struct buf record = { 0 };

	fcgi_append_record(&record, FCGI_INPUT, 1, BYTES_LITERAL("b"));
	while (fcgi_send(line->client, buf_bytes(&record)))
		continue;
	buf_clear(&record);
	return NULL;
}

/* Likewise the content of one record, an octet every millisecond. */
static void *
trickle(void *context)
{
	struct line *line = context;

	while (fcgi_send(line->client, BYTES_LITERAL("\1")))
		usleep(1000);
	return NULL;
}

static void
parameters_that_trickle_in_end_with_the_time_limit(void **state)
{
	struct line *line = *state;
	pthread_t trickling;
	bool kept;

	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	buf_append(&line->sent, BYTES_LITERAL("\1\4\0\1\xff\xff\0\0"));
	flush(line);
	assert_int_equal(pthread_create(&trickling, NULL, trickle, line), 0);
	assert_false(serve(line, &kept));
	pthread_join(trickling, NULL);
}

/* Parameters, as many as somebody takes. */
static void *
pour(void *context)
{
	static const uint8_t content[65528];
	struct line *line = context;
	struct buf record = { 0 };

	fcgi_append_record(&record, FCGI_PARAMETERS, 1, BYTES_ARRAY(content));
	while (fcgi_send(line->client, buf_bytes(&record)))
		continue;
	buf_clear(&record);
	return NULL;
}

static void
parameters_past_all_limits_end_the_connection(void **state)
{
	struct line *line = *state;
	pthread_t pouring;
	bool kept;

	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	flush(line);
	assert_int_equal(pthread_create(&pouring, NULL, pour, line), 0);
	assert_false(serve(line, &kept));
	pthread_join(pouring, NULL);
}

/* Each read succeeds, so only a limit for all of them together helps. */
static void
a_body_without_end_ends_with_the_time_limit(void **state)
{
	struct line *line = *state;
	pthread_t dripping;
	bool kept = true;

	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1, bytes_of(NULL, 0));
	flush(line);
	assert_int_equal(pthread_create(&dripping, NULL, drip, line), 0);
	assert_true(serve(line, &kept));
	assert_false(kept);
	pthread_join(dripping, NULL);
	assert_true(fcgi_receive(line->client, &line->answer));
	assert_bytes(fcgi_answer_body(&line->answer), "body-too-large:||||");
}

static void
a_request_sent_before_the_answer_waits_its_turn(void **state)
{
	struct line *line = *state;
	enum err err;

	send_request(line,
	    &(struct fcgi_request){ .keep = true, .query = "first" });
	assert_true(exchange_receive(line->exchange, line->server, &err));
	assert_int_equal(err, ERR_OK);
	send_request(line,
	    &(struct fcgi_request){ .keep = true, .query = "second" });
	gateway_answer(&echo_handler, exchange_request(line->exchange), err);
	assert_true(exchange_send(line->exchange));
	assert_true(fcgi_receive(line->client, &line->answer));
	assert_bytes(fcgi_answer_body(&line->answer), "||first||");
	assert_served(line, "||second||", true);
}

/* libfcgi would read ahead and throw away what it finds behind a request. */
static void
two_requests_in_one_write_are_both_answered(void **state)
{
	struct line *line = *state;

	fcgi_append_request(&line->sent,
	    &(struct fcgi_request){ .id = 1, .keep = true, .query = "first" });
	send_request(line,
	    &(struct fcgi_request){ .id = 2, .keep = true, .query = "second" });
	assert_served(line, "||first||", true);
	assert_int_equal(line->answer.id, 1);
	assert_true(exchange_is_request(line->server));
	assert_served(line, "||second||", true);
	assert_int_equal(line->answer.id, 2);
}

/* What libfcgi must never see, at each place of a request. */
static void
records_that_no_web_server_sends_end_the_connection(void **state)
{
	static const struct row {
		unsigned type;
		unsigned id;
		size_t size;
	} rows[] = {
		{ FCGI_QUESTION, 0, 80 }, /* overruns libfcgi's stack */
		{ FCGI_QUESTION, 1, 80 },
		{ FCGI_PARAMETERS, 0, 0 },
		{ FCGI_INPUT, 1, 0 }, /* before the parameters' end */
		{ FCGI_PARAMETERS, 2, 0 },
		{ FCGI_BEGIN, 1, 8 },
		{ FCGI_BEGIN, 2, 8 },
		{ FCGI_ABORT, 1, 0 },
		{ FCGI_END, 1, 8 },
		{ 8, 1, 4 }, /* DATA, for filters */
		{ 12, 0, 0 },
		{ 255, 1, 0 },
	};
	static const uint8_t content[80];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		void *row_state;
		struct line *line;

		assert_int_equal(open_line(&row_state), 0);
		line = row_state;
		fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
		fcgi_append_record(&line->sent, rows[i].type, rows[i].id,
		    bytes_of(content, rows[i].size));
		fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1,
		    bytes_of(NULL, 0));
		fcgi_append_stream(&line->sent, FCGI_INPUT, 1,
		    bytes_of(NULL, 0));
		flush(line);
		shutdown(line->client, SHUT_WR);
		assert_not_served(line);
		close_line(&row_state);
	}
}

/* They cut the body short, and nothing behind them is believed. */
static void
other_records_within_the_body_end_the_connection(void **state)
{
	static const struct row {
		unsigned type;
		unsigned id;
	} rows[] = { { FCGI_QUESTION, 0 }, { FCGI_PARAMETERS, 1 },
		{ FCGI_BEGIN, 1 }, { FCGI_BEGIN, 2 }, { FCGI_INPUT, 2 },
		{ FCGI_INPUT, 0 } };
	static const uint8_t content[80];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		void *row_state;
		struct line *line;

		assert_int_equal(open_line(&row_state), 0);
		line = row_state;
		fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
		fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1,
		    bytes_of(NULL, 0));
		fcgi_append_record(&line->sent, rows[i].type, rows[i].id,
		    BYTES_ARRAY(content));
		fcgi_append_stream(&line->sent, FCGI_INPUT, 1,
		    bytes_of(NULL, 0));
		flush(line);
		assert_served(line, "content-length:||||", false);
		close_line(&row_state);
	}
}

/* libfcgi would allocate what the lengths say, or wait for it. */
static void
parameters_past_their_end_end_the_connection(void **state)
{
	static const struct bytes rows[] = {
		{ (const uint8_t *)"\xff\xff\xff\xfe\xff\xff\xff\xfe", 8 },
		{ (const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
		{ (const uint8_t *)"\1\1a", 3 },
		{ (const uint8_t *)"\1\2ab", 4 },
		{ (const uint8_t *)"\1\1aba", 5 },
		{ (const uint8_t *)"\1", 1 },
		{ (const uint8_t *)"\x80\0\0", 3 },
		{ (const uint8_t *)"\1\x80\0\0", 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		void *row_state;
		struct line *line;

		assert_int_equal(open_line(&row_state), 0);
		line = row_state;
		fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
		fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1, rows[i]);
		fcgi_append_stream(&line->sent, FCGI_INPUT, 1,
		    bytes_of(NULL, 0));
		flush(line);
		shutdown(line->client, SHUT_WR);
		assert_not_served(line);
		close_line(&row_state);
	}
}

static void
other_roles_than_responder_are_not_answered(void **state)
{
	static const enum fcgi_role roles[] = { 0, FCGI_AUTHORIZE,
		FCGI_FILTERING, 255 };

	(void)state;
	for (size_t i = 0; i < COUNT(roles); i++) {
		void *role_state;
		struct line *line;

		assert_int_equal(open_line(&role_state), 0);
		line = role_state;
		fcgi_append_begin(&line->sent, 1, roles[i], true);
		fcgi_append_stream(&line->sent, FCGI_PARAMETERS, 1,
		    bytes_of(NULL, 0));
		fcgi_append_stream(&line->sent, FCGI_INPUT, 1,
		    bytes_of(NULL, 0));
		flush(line);
		assert_not_served(line);
		close_line(&role_state);
	}
}

static void
without_descriptors_there_is_no_exchange(void **state)
{
	struct rlimit before;
	struct exchange *exchange;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE,
			     &(struct rlimit){ 0, before.rlim_max }),
	    0);
	exchange = exchange_new(&limits);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_null(exchange);
}

static void
only_the_begin_of_a_request_is_taken_for_one(void **state)
{
	struct line *line = *state;

	assert_false(exchange_is_request(line->server));
	fcgi_append_begin(&line->sent, 1, FCGI_RESPOND, true);
	flush(line);
	assert_true(exchange_is_request(line->server));
	assert_true(exchange_is_request(line->server));
}

static void
a_question_for_values_is_no_request(void **state)
{
	struct line *line = *state;
	struct buf names = { 0 };

	for (unsigned i = 0; i < 20; i++)
		fcgi_append_pair(&names, "FCGI_MPXS_CONNS", bytes_of(NULL, 0));
	fcgi_append_record(&line->sent, FCGI_QUESTION, 0, buf_bytes(&names));
	flush(line);
	assert_false(exchange_is_request(line->server));
	buf_clear(&names);
}

static void
the_end_of_a_connection_is_no_request(void **state)
{
	struct line *line = *state;

	flush_and_hang_up(line);
	assert_false(exchange_is_request(line->server));
}

static void
garbage_ends_the_connection(void **state)
{
	static const struct row {
		const char *octets;
		size_t size;
		bool is_request;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 18, false },
		{ "\0\0\0\0\0\0\0\0", 8, false }, { "\x16\x03\x01", 3, false },
		{ "\1\5\0\1\0\0\0\0", 8, false },                   /* INPUT */
		{ "\1\2\0\1\0\0\0\0", 8, false },                   /* ABORT */
		{ "\1\1\0\0\0\x08\0\0\0\1\0\0\0\0\0\0", 16, true }, /* id 0 */
		{ "\1\1\0\1\0\x07\0\0\0\1\0\0\0\0\0", 15, true },   /* short */
		{ "\1\1\0\1\0\x08\0\0\0\1\1\0\0\0\0\0"
		  "\1\5\0\1\0\0\0\0",
		    24, true }, /* INPUT without PARAMS */
		{ "\1\1\0\1\0\x08\0\0\0\1\1\0\0\0\0\0"
		  "\1\4\0\1\0\4\0\0\x7f\xff\xff\xff",
		    28, true },
		{ "\1\1\0\1\0\x08\0\0\0\1\1\0\0\0\0\0"
		  "\1\4\0\1\0\3\0\0\5\5a\1\4\0\1\0\0\0\0",
		    35, true },
		{ "\1\1\0\1\0\x08\0\0\0\1\1\0\0\0\0\0"
		  "\2\4\0\1\0\0\0\0",
		    24, true }, /* version 2 */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		void *garbage_state;
		struct line *line;

		assert_int_equal(open_line(&garbage_state), 0);
		line = garbage_state;
		buf_append(&line->sent, bytes_of(rows[i].octets, rows[i].size));
		flush_and_hang_up(line);
		assert_int_equal(exchange_is_request(line->server),
		    rows[i].is_request);
		assert_not_served(line);
		close_line(&garbage_state);
	}
}

#define LINE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, open_line, close_line)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(start_leaves_signals_as_they_should_be),
		LINE_TEST(a_request_is_decoded_and_its_answer_encoded),
		LINE_TEST(
		    a_kept_connection_carries_one_request_after_the_other),
		LINE_TEST(requests_without_any_parameter_are_served),
		LINE_TEST(unknown_parameters_are_passed_over),
		LINE_TEST(of_doubled_parameters_the_first_counts),
		LINE_TEST(long_names_and_values_are_taken),
		LINE_TEST(records_of_one_octet_are_put_together),
		LINE_TEST(a_refused_request_leaves_the_connection_in_step),
		LINE_TEST(a_query_past_the_limit_is_refused),
		LINE_TEST(an_answer_larger_than_a_record_arrives),
		LINE_TEST(
		    an_aborted_request_is_refused_and_its_connection_closed),
		LINE_TEST(a_request_aborted_after_its_body_is_refused),
		LINE_TEST(a_hang_up_at_any_octet_is_survived),
		LINE_TEST(
		    a_web_server_that_does_not_wait_for_the_answer_is_survived),
		LINE_TEST(silence_after_the_begin_ends_with_the_time_limit),
		LINE_TEST(silence_in_the_body_ends_with_the_time_limit),
		LINE_TEST(parameters_that_trickle_in_end_with_the_time_limit),
		LINE_TEST(parameters_past_all_limits_end_the_connection),
		LINE_TEST(a_body_without_end_ends_with_the_time_limit),
		LINE_TEST(a_request_sent_before_the_answer_waits_its_turn),
		LINE_TEST(two_requests_in_one_write_are_both_answered),
		LINE_TEST(records_that_no_web_server_sends_end_the_connection),
		LINE_TEST(other_records_within_the_body_end_the_connection),
		LINE_TEST(parameters_past_their_end_end_the_connection),
		LINE_TEST(other_roles_than_responder_are_not_answered),
		LINE_TEST(without_descriptors_there_is_no_exchange),
		LINE_TEST(only_the_begin_of_a_request_is_taken_for_one),
		LINE_TEST(a_question_for_values_is_no_request),
		LINE_TEST(the_end_of_a_connection_is_no_request),
		LINE_TEST(garbage_ends_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
