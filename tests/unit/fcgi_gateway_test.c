/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/gateway.h"

#include "tests/fakes/echo_handler.h"
#include "tests/unit/unit.h"

static const struct gateway_limits limits = { 10, 20, 1000 };

/* A request in memory, whose body comes in parts of at most `part` octets. */
struct memory {
	const char *variables[8][2];
	const char *body;
	size_t part;     /* 0: all at once */
	bool is_cut;     /* no end comes after the body */
	unsigned at_end; /* how often it was read to its end */
};

static const char *
variable(void *context, const char *name)
{
	const struct memory *memory = context;

	for (size_t i = 0; memory->variables[i][0] != NULL; i++)
		if (strcmp(memory->variables[i][0], name) == 0)
			return memory->variables[i][1];
	return NULL;
}

static ssize_t
read_body(void *context, void *into, size_t size)
{
	struct memory *memory = context;
	size_t part = memory->body == NULL ? 0 : strlen(memory->body);

	if (memory->part > 0 && part > memory->part)
		part = memory->part;
	if (part > size)
		part = size;
	memory->at_end += part == 0;
	if (part == 0)
		return memory->is_cut ? -1 : 0;
	memcpy(into, memory->body, part);
	memory->body += part;
	return (ssize_t)part;
}

static enum err
receive(struct memory *memory, struct gateway_request *request)
{
	const struct gateway_source source = { variable, read_body, memory };

	return gateway_receive(&source, &limits, request);
}

static void
length_is_a_number_of_digits_alone(void **state)
{
	static const struct row {
		const char *text;
		enum gateway_length kind;
		int64_t length;
	} rows[] = {
		{ NULL, GATEWAY_LENGTH_ABSENT, -1 },
		{ "", GATEWAY_LENGTH_ABSENT, -1 },
		{ "0", GATEWAY_LENGTH_NUMBER, 0 },
		{ "007", GATEWAY_LENGTH_NUMBER, 7 },
		{ "262144", GATEWAY_LENGTH_NUMBER, 262144 },
		{ "-1", GATEWAY_LENGTH_MALFORMED, -1 },
		{ "+1", GATEWAY_LENGTH_MALFORMED, -1 },
		{ " 1", GATEWAY_LENGTH_MALFORMED, -1 },
		{ "1 ", GATEWAY_LENGTH_MALFORMED, -1 },
		{ "1, 1", GATEWAY_LENGTH_MALFORMED, -1 },
		{ "0x10", GATEWAY_LENGTH_MALFORMED, -1 },
		{ "1e3", GATEWAY_LENGTH_MALFORMED, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t length = -1;

		assert_int_equal(gateway_length(bytes_of_string(rows[i].text),
				     &length),
		    rows[i].kind);
		assert_int_equal(length, rows[i].length);
	}
}

static void
length_past_all_numbers_is_past_all_limits(void **state)
{
	static const char *const texts[] = { "9223372036854775807",
		"9223372036854775808", "18446744073709551616",
		"18446744073709551617",
		"100000000000000000000000000000000000000000000000000000" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		int64_t length = 0;

		assert_int_equal(gateway_length(bytes_of_string(texts[i]),
				     &length),
		    GATEWAY_LENGTH_NUMBER);
		assert_true(length > INT64_MAX / 20);
	}
}

static void
receive_fills_in_what_the_variables_say(void **state)
{
	struct memory memory = {
		.variables = { { "REQUEST_METHOD", "POST" },
		    { "SCRIPT_NAME", "/scep" }, { "PATH_INFO", "/a/b" },
		    { "QUERY_STRING", "operation=x%2B" },
		    { "REMOTE_ADDR", "::1" }, { "CONTENT_LENGTH", "4" } },
		.body = "body",
	};
	struct gateway_request request = { 0 };

	(void)state;
	assert_int_equal(receive(&memory, &request), ERR_OK);
	assert_bytes(request.exchange.method, "POST");
	assert_bytes(request.exchange.path, "/scep/a/b");
	assert_bytes(request.exchange.query, "operation=x%2B");
	assert_bytes(request.exchange.peer, "::1");
	assert_bytes(request.exchange.body, "body");
	assert_true(request.exchange.received_at > 0);
	gateway_clear(&request);
}

static void
receive_takes_a_request_without_any_variable(void **state)
{
	struct memory memory = { .body = NULL };
	struct gateway_request request = { 0 };

	(void)state;
	assert_int_equal(receive(&memory, &request), ERR_OK);
	assert_bytes(request.exchange.method, "");
	assert_bytes(request.exchange.path, "");
	assert_bytes(request.exchange.query, "");
	assert_bytes(request.exchange.body, "");
	gateway_clear(&request);
}

static void
receive_counts_the_body_and_the_query(void **state)
{
	static const struct row {
		const char *length;
		const char *body;
		bool is_cut;
		const char *query;
		enum err err;
	} rows[] = {
		{ NULL, "", false, "", ERR_OK },
		{ "", "", false, "", ERR_OK },
		{ "0", "", false, "", ERR_OK },
		{ NULL, "0123456789", false, "", ERR_OK },
		{ "10", "0123456789", false, "", ERR_OK },
		{ "", "0123456789", false, "", ERR_OK },
		{ "11", "01234567890", false, "", ERR_HTTP_BODY_LIMIT },
		{ "11", "", false, "", ERR_HTTP_BODY_LIMIT },
		{ NULL, "01234567890", false, "", ERR_HTTP_BODY_LIMIT },
		{ "1", "01234567890", false, "", ERR_HTTP_BODY_LIMIT },
		{ "99999999999999999999", "", false, "", ERR_HTTP_BODY_LIMIT },
		{ "3", "0123", false, "", ERR_HTTP_LENGTH },
		{ "5", "0123", false, "", ERR_HTTP_LENGTH },
		{ "0", "0123", false, "", ERR_HTTP_LENGTH },
		{ "4", "", false, "", ERR_HTTP_LENGTH },
		{ "four", "0123", false, "", ERR_HTTP_LENGTH },
		{ "-4", "0123", false, "", ERR_HTTP_LENGTH },
		{ "4", "0123", true, "", ERR_HTTP_LENGTH },
		{ NULL, "", true, "", ERR_HTTP_LENGTH },
		{ "11", "", true, "", ERR_HTTP_BODY_LIMIT },
		{ NULL, "", false, "01234567890123456789", ERR_OK },
		{ NULL, "", false, "012345678901234567890",
		    ERR_HTTP_QUERY_LIMIT },
		{ "11", "01234567890", false, "012345678901234567890",
		    ERR_HTTP_QUERY_LIMIT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		const struct row *row = &rows[i / 2];
		struct memory memory = {
			.variables = { { "QUERY_STRING", row->query },
			    { "CONTENT_LENGTH", row->length } },
			.body = row->body,
			.part = i % 2,
			.is_cut = row->is_cut,
		};
		struct gateway_request request = { 0 };

		assert_int_equal(receive(&memory, &request), row->err);
		assert_same_bytes(request.exchange.body,
		    bytes_of_string(row->err == ERR_OK ? row->body : ""));
		assert_same_bytes(request.exchange.query,
		    bytes_of_string(row->query));
		assert_int_equal(memory.at_end, 1);
		gateway_clear(&request);
	}
}

static void
answer_has_the_handler_serve_or_refuse(void **state)
{
	struct gateway_request request = { 0 };

	(void)state;
	request.exchange.method = BYTES_LITERAL("GET");
	gateway_answer(&echo_handler, &request.exchange, ERR_OK);
	assert_int_equal(request.exchange.status, 200);
	assert_bytes(buf_bytes(&request.exchange.reply), "GET||||");
	buf_clear(&request.exchange.reply);
	gateway_answer(&echo_handler, &request.exchange, ERR_HTTP_BODY_LIMIT);
	assert_int_equal(request.exchange.status, 413);
	assert_bytes(buf_bytes(&request.exchange.reply),
	    "body-too-large:GET||||");
	gateway_clear(&request);
}

static void
head_tells_status_type_and_length(void **state)
{
	static const struct row {
		int status;
		const char *type;
		const char *reply;
		const char *head;
		unsigned cached_for;
		int64_t retry_after;
	} rows[] = {
		{ 200, "application/pkix-crl", "1",
		    "Status: 200 OK\r\n"
		    "Content-Type: application/pkix-crl\r\n"
		    "Content-Length: 1\r\n"
		    "Cache-Control: max-age=60\r\n\r\n",
		    60, 0 },
		{ 200, "application/x-pki-message", "12345",
		    "Status: 200 OK\r\n"
		    "Content-Type: application/x-pki-message\r\n"
		    "Content-Length: 5\r\n"
		    "Cache-Control: no-store\r\n\r\n",
		    0, 0 },
		{ 405, "text/plain", "",
		    "Status: 405 Method Not Allowed\r\n"
		    "Content-Type: text/plain\r\n"
		    "Content-Length: 0\r\n"
		    "Cache-Control: no-store\r\n"
		    "Allow: GET, POST\r\n\r\n",
		    0, 0 },
		{ 503, "text/plain", "",
		    "Status: 503 Service Unavailable\r\n"
		    "Content-Type: text/plain\r\n"
		    "Content-Length: 0\r\n"
		    "Cache-Control: no-store\r\n"
		    "Retry-After: 60\r\n\r\n",
		    0, 60 },
		{ 299, "text/plain", "",
		    "Status: 299 Unspecified\r\n"
		    "Content-Type: text/plain\r\n"
		    "Content-Length: 0\r\n"
		    "Cache-Control: no-store\r\n\r\n",
		    0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scep_exchange exchange = {
			.status = rows[i].status,
			.content_type = rows[i].type,
			.cached_for = rows[i].cached_for,
			.retry_after = rows[i].retry_after,
		};
		struct buf head = { 0 };

		buf_append_string(&exchange.reply, rows[i].reply);
		gateway_append_head(&head, &exchange);
		assert_same_bytes(buf_bytes(&head),
		    bytes_of_string(rows[i].head));
		buf_clear(&head);
		buf_clear(&exchange.reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_is_a_number_of_digits_alone),
		cmocka_unit_test(length_past_all_numbers_is_past_all_limits),
		cmocka_unit_test(receive_fills_in_what_the_variables_say),
		cmocka_unit_test(receive_takes_a_request_without_any_variable),
		cmocka_unit_test(receive_counts_the_body_and_the_query),
		cmocka_unit_test(answer_has_the_handler_serve_or_refuse),
		cmocka_unit_test(head_tells_status_type_and_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
