/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/http_op.h"

#include "base/base64.h"
#include "tests/unit/scep_reply.h"

static struct scep_exchange
request(const char *method, const char *query, const char *body)
{
	return (struct scep_exchange){
		.method = bytes_of_string(method),
		.query = bytes_of_string(query),
		.body = bytes_of_string(body),
	};
}

static const struct {
	const char *method;
	const char *query;
	const char *body;
	enum err reason;
} refused[] = {
	{ "HEAD", "operation=GetCACaps", "", ERR_HTTP_METHOD },
	{ "PUT", "operation=PKIOperation", "0", ERR_HTTP_METHOD },
	{ "OPTIONS", "", "", ERR_HTTP_METHOD },
	{ "DELETE", "operation=GetCACert", "", ERR_HTTP_METHOD },
	{ "get", "operation=GetCACert", "", ERR_HTTP_METHOD },
	{ "GETX", "operation=GetCACert", "", ERR_HTTP_METHOD },
	{ "", "operation=GetCACert", "", ERR_HTTP_METHOD },
	{ "GET", "", "", ERR_HTTP_OPERATION },
	{ "GET", "operation", "", ERR_HTTP_OPERATION },
	{ "GET", "operation=", "", ERR_HTTP_OPERATION },
	{ "GET", "message=MA", "", ERR_HTTP_OPERATION },
	{ "GET", "operation=GetCACerts", "", ERR_HTTP_OPERATION },
	{ "GET", "operation=GetCA", "", ERR_HTTP_OPERATION },
	{ "GET", "operation=GetNextCACert", "", ERR_NEXT_CA_NONE },
	{ "GET", "operation=../../etc/passwd", "", ERR_HTTP_OPERATION },
	{ "POST", "operation=Enrol", "0", ERR_HTTP_OPERATION },
	/* The first one counts (T6). */
	{ "GET", "operation=x&operation=GetCACert", "", ERR_HTTP_OPERATION },
	{ "GET", "operation=PKIOperation", "", ERR_HTTP_MESSAGE },
	{ "GET", "operation=PKIOperation&message", "", ERR_HTTP_MESSAGE },
	{ "GET", "operation=PKIOperation&message=", "", ERR_HTTP_MESSAGE },
	{ "GET", "operation=PKIOperation&message=%0A", "", ERR_HTTP_MESSAGE },
	{ "GET", "operation=PKIOperation&message=&message=MAA", "",
	    ERR_HTTP_MESSAGE },
	{ "POST", "operation=PKIOperation", "", ERR_HTTP_MESSAGE },
	{ "POST", "", "", ERR_HTTP_MESSAGE },
	{ "GET", "operation=PKIOperation&message=%", "", ERR_HTTP_BASE64 },
	{ "GET", "operation=PKIOperation&message=!", "", ERR_HTTP_BASE64 },
	{ "POST", "", "<html>", ERR_HTTP_BASE64 },
	{ "POST", "", "message=MAA", ERR_HTTP_BASE64 },
	{ "GET", "operation=PKIOperation&message=MAA", "", ERR_DER_TAG },
	{ "GET", "operation=PKIOperation&message=MA", "", ERR_BER_TRUNCATED },
	{ "POST", "", "0", ERR_BER_TRUNCATED },
	{ "POST", "operation=PKIOperation", "MAAA", ERR_BER_TRAILING },
};

static void
what_is_no_scep_request_is_a_plain_http_error(void **state)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct scep_exchange exchange = request(refused[i].method,
		    refused[i].query, refused[i].body);

		lab_serve(*state, &exchange);
		assert_http_error(*state, &exchange, refused[i].reason);
	}
}

static const struct {
	const char *method;
	const char *query;
	const char *operation;
} answered[] = {
	{ "GET", "operation=GetCACaps", "GetCACaps" },
	{ "GET", "operation=GETCACAPS&message=x", "GetCACaps" },
	{ "POST", "operation=GetCACaps", "GetCACaps" },
	{ "GET", "message=%&operation=getcacert&operation=x", "GetCACert" },
	{ "GET", "&&operation=GetCACertChain", "GetCACertChain" },
	{ "GET", "operation=GetCAChain&message=0", "GetCAChain" },
};

static void
operations_are_found_in_any_case_and_place(void **state)
{
	for (size_t i = 0; i < COUNT(answered); i++) {
		struct scep_exchange exchange = request(answered[i].method,
		    answered[i].query, "");
		char *line = xasprintf("endpoint=/scep operation=%s "
				       "peer=192.0.2.7 result=ok ms=",
		    answered[i].operation);

		lab_serve(*state, &exchange);
		assert_int_equal(exchange.status, 200);
		if (!lab_logged(*state, line))
			fail_msg("want %s", line);
		free(line);
		buf_clear(&exchange.reply);
	}
}

static void
capabilities_are_plain_text(void **state)
{
	struct scep_exchange exchange = request("GET", "operation=GetCACaps",
	    "");

	lab_serve(*state, &exchange);
	assert_string_equal(exchange.content_type, "text/plain");
	assert_bytes(buf_bytes(&exchange.reply),
	    "AES\nDES3\nPOSTPKIOperation\nRenewal\nSCEPStandard\n"
	    "SHA-1\nSHA-256\nSHA-384\nSHA-512\n");
	buf_clear(&exchange.reply);
}

/* Ways to bring the same message; %s is it in base64. */
static const struct {
	const char *method;
	const char *query;
	const char *body; /* NULL: the message itself */
} ways[] = {
	{ "POST", "operation=PKIOperation", NULL },
	{ "POST", "operation=PKIOperation&message=", NULL },
	{ "POST", "operation=PKIOperation&message=%s", "" },
	{ "POST", "operation=PKIOperation&message=ignored", NULL },
	{ "POST", "", NULL },                       /* T3 */
	{ "POST", "operation=PKIOperation", "%s" }, /* T8 */
	{ "GET", "operation=PKIOperation&message=%s", "" },
	{ "GET", "message=%s&operation=PKIOperation&message=x", "" },
	{ "GET", "operation=PKIOperation&message=%s", "a body" }, /* T7 */
	{ "GET", "operation=PKIOperation&message=%s", "0a body" },
	{ "GET", "operation=PKIOperation", NULL },
};

static void
put(struct buf *to, const char *form, const struct buf *message)
{
	struct buf text = { 0 };
	const char *at = form == NULL ? NULL : strstr(form, "%s");

	base64_append(&text, buf_bytes(message));
	if (form == NULL)
		buf_append(to, buf_bytes(message));
	else if (at == NULL)
		buf_append_string(to, form);
	else {
		buf_append(to, bytes_of(form, (size_t)(at - form)));
		buf_append(to, buf_bytes(&text));
		buf_append_string(to, at + 2);
	}
	buf_clear(&text);
}

static void
a_message_is_found_wherever_clients_put_it(void **state)
{
	struct lab *lab = *state;
	struct buf message = lab_vector("sscep/message.der");

	for (size_t i = 0; i < COUNT(ways); i++) {
		struct buf query = { 0 }, body = { 0 };
		struct scep_exchange exchange = { 0 };

		put(&query, ways[i].query, &message);
		put(&body, ways[i].body, &message);
		exchange.method = bytes_of_string(ways[i].method);
		exchange.query = buf_bytes(&query);
		exchange.body = buf_bytes(&body);
		lab_serve(lab, &exchange);
		if (!lab_logged(lab, " result=success "))
			fail_msg("way %zu: %s", i, buf_string(&lab->log));
		buf_clear(&exchange.reply);
		buf_clear(&query);
		buf_clear(&body);
	}
	buf_clear(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(what_is_no_scep_request_is_a_plain_http_error),
		LAB_TEST(operations_are_found_in_any_case_and_place),
		LAB_TEST(capabilities_are_plain_text),
		LAB_TEST(a_message_is_found_wherever_clients_put_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
