/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/cgi.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/fakes/echo_handler.h"
#include "tests/unit/unit.h"

static const struct gateway_limits limits = { 10, 20, 100 };

static const char *const variables[] = { "REQUEST_METHOD", "SCRIPT_NAME",
	"PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "CONTENT_LENGTH",
	"HTTP_TRANSFER_ENCODING" };

static int
clear_environment(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(variables); i++)
		unsetenv(variables[i]);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

/* The program's stdin holds `body`, and ends there or does not. */
static void
assert_answer(const char *body, bool ends, const char *answer)
{
	char actual[1000];
	int in[2], out[2];
	ssize_t size;

	assert_int_equal(pipe(in) | pipe(out), 0);
	size = write(in[1], body, strlen(body));
	assert_int_equal(size, (ssize_t)strlen(body));
	if (ends)
		close(in[1]);
	cgi_serve(&limits, &echo_handler, in[0], out[1]);
	size = read(out[0], actual, sizeof(actual));
	assert_true(size >= 0);
	assert_same_bytes(bytes_of(actual, (size_t)size),
	    bytes_of_string(answer));
	if (!ends)
		close(in[1]);
	close(in[0]);
	close(out[0]);
	close(out[1]);
}

/* As assert_answer, comparing the status line's number and the body. */
static void
assert_result(const char *body, bool ends, int status, const char *reply)
{
	struct buf answer = { 0 };
	struct scep_exchange expected = { .status = status,
		.content_type = "text/plain" };

	buf_append_string(&expected.reply, reply);
	gateway_append_head(&answer, &expected);
	buf_append(&answer, buf_bytes(&expected.reply));
	assert_answer(body, ends, buf_string(&answer));
	buf_clear(&answer);
	buf_clear(&expected.reply);
}

static void
a_get_is_answered(void **state)
{
	(void)state;
	setenv("REQUEST_METHOD", "GET", 1);
	setenv("SCRIPT_NAME", "/cgi-bin/scep", 1);
	setenv("PATH_INFO", "/tail", 1);
	setenv("QUERY_STRING", "a=%2B+b", 1);
	setenv("REMOTE_ADDR", "::1", 1);
	assert_answer("", true,
	    "Status: 200 OK\r\nContent-Type: text/plain\r\n"
	    "Content-Length: 35\r\nCache-Control: no-store\r\n\r\n"
	    "GET|/cgi-bin/scep/tail|a=%2B+b|::1|");
}

/* Web servers may leave stdin open, or put there what is not ours. */
static void
the_body_is_what_content_length_says(void **state)
{
	static const struct row {
		const char *length;
		const char *encoding;
		const char *in;
		bool ends;
		int status;
		const char *reply;
	} rows[] = {
		{ "4", NULL, "body", true, 200, "||||body" },
		{ "4", NULL, "body", false, 200, "||||body" },
		{ "4", NULL, "bodymore", false, 200, "||||body" },
		{ "4", "chunked", "bodymore", false, 200, "||||body" },
		{ "10", NULL, "0123456789", false, 200, "||||0123456789" },
		{ "0", NULL, "more", false, 200, "||||" },
		{ "", NULL, "more", false, 200, "||||" },
		{ NULL, NULL, "more", false, 200, "||||" },
		{ NULL, "", "more", false, 200, "||||" },
		{ NULL, "chunked", "body", true, 200, "||||body" },
		{ "", "chunked", "body", true, 200, "||||body" },
		{ NULL, "chunked", "", true, 200, "||||" },
		{ NULL, "chunked", "01234567890", true, 413,
		    "body-too-large:||||" },
		{ "11", NULL, "01234567890", false, 413,
		    "body-too-large:||||" },
		{ "11", NULL, "", true, 413, "body-too-large:||||" },
		{ "4", NULL, "bod", true, 400, "content-length:||||" },
		{ "four", NULL, "body", false, 400, "content-length:||||" },
		{ "-4", NULL, "body", false, 400, "content-length:||||" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		clear_environment(state);
		if (rows[i].length != NULL)
			setenv("CONTENT_LENGTH", rows[i].length, 1);
		if (rows[i].encoding != NULL)
			setenv("HTTP_TRANSFER_ENCODING", rows[i].encoding, 1);
		assert_result(rows[i].in, rows[i].ends, rows[i].status,
		    rows[i].reply);
	}
}

static void
a_body_is_waited_for_no_longer_than_allowed(void **state)
{
	(void)state;
	setenv("CONTENT_LENGTH", "4", 1);
	assert_result("bod", false, 400, "content-length:||||");
}

static void
a_query_past_the_limit_is_refused(void **state)
{
	(void)state;
	setenv("QUERY_STRING", "012345678901234567890", 1);
	assert_result("", true, 414,
	    "query-too-long:||012345678901234567890||");
}

static void
a_web_server_that_is_gone_is_survived(void **state)
{
	int in[2], out[2];

	(void)state;
	assert_int_equal(pipe(in) | pipe(out), 0);
	close(in[1]);
	close(out[0]);
	cgi_serve(&limits, &echo_handler, in[0], out[1]);
	close(in[0]);
	close(out[1]);
}

#define CGI_TEST(function) cmocka_unit_test_setup(function, clear_environment)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CGI_TEST(a_get_is_answered),
		CGI_TEST(the_body_is_what_content_length_says),
		CGI_TEST(a_body_is_waited_for_no_longer_than_allowed),
		CGI_TEST(a_query_past_the_limit_is_refused),
		CGI_TEST(a_web_server_that_is_gone_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
