/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/exchange.h"

#include "tests/unit/unit.h"

static const struct {
	enum err err;
	int status;
	const char *text;
} refusals[] = {
	{ ERR_HTTP_PATH, 404,
	    "No SCEP endpoint is configured at this path.\n" },
	{ ERR_HTTP_METHOD, 405, "Use GET or POST.\n" },
	{ ERR_HTTP_BODY_LIMIT, 413, "The request is too large.\n" },
	{ ERR_HTTP_QUERY_LIMIT, 414, "The query is too long.\n" },
	{ ERR_BER_TRUNCATED, 400, "The request could not be read.\n" },
	{ ERR_ENVELOPE_DECRYPT, 400, "The request could not be read.\n" },
	{ ERR_SIGN, 500, "The server could not complete the request.\n" },
};

static void
refuse_answers_with_status_and_public_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct scep_exchange exchange = { 0 };

		scep_exchange_refuse(&exchange, refusals[i].err);
		assert_int_equal(exchange.status, refusals[i].status);
		assert_string_equal(exchange.content_type, "text/plain");
		assert_string_equal(buf_string(&exchange.reply),
		    refusals[i].text);
		buf_clear(&exchange.reply);
	}
}

static void
refuse_drops_what_was_written_so_far(void **state)
{
	struct scep_exchange exchange = { .status = 200,
		.content_type = "application/x-pki-message" };

	(void)state;
	buf_append_string(&exchange.reply, "half an answer");
	scep_exchange_refuse(&exchange, ERR_HTTP_METHOD);
	assert_string_equal(exchange.content_type, "text/plain");
	assert_string_equal(buf_string(&exchange.reply), "Use GET or POST.\n");
	buf_clear(&exchange.reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuse_answers_with_status_and_public_text),
		cmocka_unit_test(refuse_drops_what_was_written_so_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
