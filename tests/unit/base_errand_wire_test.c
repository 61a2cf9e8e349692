/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errand_wire.h"

#include "tests/unit/unit.h"

static void
a_request_is_written_and_read_in_one_way(void **state)
{
	struct errand_request request = { 0x01020304, 0x0506,
		BYTES_LITERAL("body") };
	struct buf message = { 0 };

	(void)state;
	errand_wire_append_request(&message, &request);
	assert_bytes(buf_bytes(&message), "\1\2\3\4\5\6body");
	request = (struct errand_request){ 0 };
	assert_int_equal(errand_wire_read_request(buf_bytes(&message),
			     &request),
	    ERR_OK);
	assert_int_equal(request.sequence, 0x01020304);
	assert_int_equal(request.kind, 0x0506);
	assert_bytes(request.body, "body");
	buf_clear(&message);
}

static void
a_reply_is_written_and_read_in_one_way(void **state)
{
	static const struct row {
		enum err result;
		struct bytes body;
	} rows[] = {
		{ ERR_OK, BYTES_LITERAL("body") },
		{ ERR_OK, BYTES_LITERAL("") },
		{ ERR_FILE, BYTES_LITERAL("") },
		{ ERR_COUNT - 1, BYTES_LITERAL("") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct errand_reply reply = { UINT32_MAX, rows[i].result,
			rows[i].body };
		struct buf message = { 0 };

		errand_wire_append_reply(&message, &reply);
		reply = (struct errand_reply){ 0 };
		assert_int_equal(errand_wire_read_reply(buf_bytes(&message),
				     &reply),
		    ERR_OK);
		assert_int_equal(reply.sequence, UINT32_MAX);
		assert_int_equal(reply.result, rows[i].result);
		assert_same_bytes(reply.body, rows[i].body);
		buf_clear(&message);
	}
}

static void
what_is_no_message_is_not_read(void **state)
{
	static const uint8_t large[ERRAND_WIRE_LIMIT + 1];
	static const struct row {
		struct bytes message;
		enum err request;
		enum err reply;
	} rows[] = {
		{ BYTES_LITERAL(""), ERR_ERRAND_CHANNEL, ERR_ERRAND_CHANNEL },
		{ BYTES_LITERAL("\0\0\0\1\0"), ERR_ERRAND_CHANNEL,
		    ERR_ERRAND_CHANNEL },
		{ BYTES_LITERAL("\0\0\0\1\0\0"), ERR_OK, ERR_OK },
		{ BYTES_LITERAL("\0\0\0\1\0\1"), ERR_OK, ERR_OK },
		/* a failure, and more */
		{ BYTES_LITERAL("\0\0\0\1\0\1x"), ERR_OK, ERR_ERRAND_CHANNEL },
		/* a result that is none */
		{ BYTES_LITERAL("\0\0\0\1\xff\xff"), ERR_OK,
		    ERR_ERRAND_CHANNEL },
		{ { large, ERRAND_WIRE_LIMIT }, ERR_OK, ERR_OK },
		{ { large, ERRAND_WIRE_LIMIT + 1 }, ERR_ERRAND_CHANNEL,
		    ERR_ERRAND_CHANNEL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct errand_request request;
		struct errand_reply reply;

		assert_int_equal(errand_wire_read_request(rows[i].message,
				     &request),
		    rows[i].request);
		assert_int_equal(errand_wire_read_reply(rows[i].message,
				     &reply),
		    rows[i].reply);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_written_and_read_in_one_way),
		cmocka_unit_test(a_reply_is_written_and_read_in_one_way),
		cmocka_unit_test(what_is_no_message_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
