/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook_call.h"

#include "tests/unit/backends_fixture.h"

/* What a hook is told. */

#define ALL_NAMES \
	SAN("82{'a.lab'} 82{'b.lab'} 81{'a@lab'} 86{'urn:a'} 87{0a000001} " \
	    "87{20010db8000000000000000000000001} 88{2a03}")

static const char *
value_of(const struct command_order *order, const char *name)
{
	static char text[512];

	for (size_t i = 0; i < order->variable_count; i++) {
		struct bytes value = order->variables[i].value;

		if (strcmp(order->variables[i].name, name) != 0)
			continue;
		assert_true(value.size < sizeof(text));
		if (value.size > 0)
			memcpy(text, value.data, value.size);
		text[value.size] = '\0';
		return text;
	}
	return NULL;
}

/* The hook of a section with these settings beside the command. */
static struct hook *
hook_of(const char *settings, struct conf **conf)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };
	struct hook *hook = NULL;

	buf_printf(&text, "command = ( \"/bin/sh\", \"-e\" ); %s", settings);
	put("hook.conf", buf_string(&text));
	*conf = open_well("hook.conf");
	assert_int_equal(hook_read(conf_root(*conf), &hook, problems), ERR_OK);
	problems_free(problems);
	buf_clear(&text);
	return hook;
}

static void
a_hook_is_told_of_the_request(void **state)
{
	static const struct row {
		const char *name;
		const char *value;
	} rows[] = {
		{ "LC_ALL", "C.UTF-8" },
		{ "SCEP_HOOK_VERSION", "1" },
		{ "SCEP_OPERATION", "POLL" },
		{ "SCEP_ENDPOINT", "/scep" },
		{ "SCEP_REQUEST", "17" },
		{ "SCEP_TRANSACTION_ID", "Ab-1.2_3" },
		{ "SCEP_REMOTE_ADDR", "192.0.2.17" },
		{ "SCEP_REQ_SUBJECT", "CN=device" },
		{ "SCEP_REQ_DNS", "a.lab\nb.lab" },
		{ "SCEP_REQ_EMAIL", "a@lab" },
		{ "SCEP_REQ_URI", "urn:a" },
		{ "SCEP_REQ_IP", "10.0.0.1\n2001:db8::1" },
		{ "SCEP_KEY_TYPE", "rsa:2048" },
		{ "SCEP_PROFILE", "phone" },
		{ "SCEP_RENEWS_SERIAL", "0aff" },
		{ "SCEP_SERIAL", "" },
		{ "SCEP_COOKIE", "cookie" },
		{ "SCEP_CHALLENGE_FD", NULL },
	};
	struct csr *csr = csr_of((struct wanted){ .extensions = ALL_NAMES,
	    .challenge = "secret" });
	const struct hook_request request = {
		.operation = HOOK_POLL,
		.endpoint = "/scep",
		.number = 17,
		.transaction_id = BYTES_LITERAL("Ab-1.2_3"),
		.peer = BYTES_LITERAL("192.0.2.17"),
		.cookie = BYTES_LITERAL("cookie"),
		.profile = BYTES_LITERAL("phone"),
		.renews_serial = BYTES_LITERAL("\x0a\xff"),
		.csr = csr,
	};
	struct conf *conf;
	struct hook *hook = hook_of("", &conf);
	struct hook_call *call = hook_call_new(gnutls(), hook, &request);
	const struct command_order *order = hook_call_order(call);
	struct buf der = { 0 };
	struct bytes input = order->input;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *value = value_of(order, rows[i].name);

		if (rows[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, rows[i].value);
	}
	assert_int_equal(strlen(value_of(order, "SCEP_KEY_HASH")), 64);
	assert_null(order->secret);
	assert_int_equal(pem_next(&input, "CERTIFICATE REQUEST", &der), ERR_OK);
	assert_same_bytes(buf_bytes(&der), buf_bytes(&csr->der));
	assert_string_equal(hook_program(hook), "/bin/sh");
	assert_int_equal(hook_deadline(hook), 300);
	buf_clear(&der);
	hook_call_free(call);
	hook_free(hook);
	conf_free(conf);
	csr_free(csr);
}

/* The values are as in the environment, of which none is left but what is the
 * same for all requests. */
static void
a_hook_that_runs_on_is_told_by_a_line(void **state)
{
	static const char *const parts[] = {
		"\"operation\": \"POLL\", \"endpoint\": \"/scep\", "
		"\"request\": 17, \"transaction_id\": \"hex:3b\", "
		"\"remote_addr\": \"192.0.2.17\", "
		"\"subject\": \"CN=device\", \"dns\": [\"a.lab\", \"b.lab\"], "
		"\"email\": [\"a@lab\"], \"uri\": [\"urn:a\"], "
		"\"ip\": [\"10.0.0.1\", \"2001:db8::1\"], "
		"\"key_type\": \"rsa:2048\", \"key_hash\": \"",
		", \"profile\": \"\", \"renews_serial\": \"\", "
		"\"serial\": \"\", \"cookie\": \"a\\\"b\", \"csr\": "
		"\"-----BEGIN CERTIFICATE REQUEST-----\\u000a",
		"\\u000a-----END CERTIFICATE REQUEST-----\\u000a\"",
	};
	static const struct row {
		const char *settings;
		const char *end;
	} rows[] = {
		{ "mode = \"coprocess\";", "\\u000a\"}" },
		{ "mode = \"coprocess\"; challenge = true;",
		    "\\u000a\", \"challenge\": \"s\\\"\\u000a\"}" },
	};
	struct csr *csr = csr_of((struct wanted){ .extensions = ALL_NAMES,
	    .challenge = "s\"\n" });
	const struct hook_request request = {
		.operation = HOOK_POLL,
		.endpoint = "/scep",
		.number = 17,
		.transaction_id = BYTES_LITERAL(";"),
		.peer = BYTES_LITERAL("192.0.2.17"),
		.cookie = BYTES_LITERAL("a\"b"),
		.csr = csr,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf *conf;
		struct hook *hook = hook_of(rows[i].settings, &conf);
		struct hook_call *call = hook_call_new(gnutls(), hook,
		    &request);
		const struct command_order *order = hook_call_order(call);
		struct buf line = { 0 };
		const char *at;

		buf_append(&line, order->input);
		at = buf_string(&line);
		assert_null(strchr(at, '\n'));
		for (size_t j = 0; j < COUNT(parts); j++) {
			const char *found = strstr(at, parts[j]);

			if (found == NULL || (j == 0 && found != at))
				fail_msg("want %s in %s", parts[j], at);
			at = found + strlen(parts[j]);
		}
		at = buf_string(&line) + line.size - strlen(rows[i].end);
		assert_string_equal(at, rows[i].end);
		assert_int_equal(order->variable_count, 3);
		assert_non_null(value_of(order, "PATH"));
		assert_string_equal(value_of(order, "LC_ALL"), "C.UTF-8");
		assert_string_equal(value_of(order, "SCEP_HOOK_VERSION"), "1");
		assert_null(order->secret);
		buf_clear(&line);
		hook_call_free(call);
		hook_free(hook);
		conf_free(conf);
	}
	csr_free(csr);
}

static void
nothing_of_a_strangers_gets_where_it_could_do_harm(void **state)
{
	struct csr *csr = csr_of((struct wanted){
	    .subject = "30{ 31{ 30{ 06{550403} 0c{'a$(id)' 0a 'x=y'} } } }",
	    .extensions = SAN("82{'a.lab' 0a 'b.lab'}"),
	    .challenge = "secret" });
	const struct hook_request request = {
		.operation = HOOK_AUTHORIZE,
		.endpoint = "/scep",
		.number = 17,
		.transaction_id = BYTES_LITERAL("a;b\n"),
		.peer = BYTES_LITERAL("192.0.2.17"),
		.csr = csr,
	};
	struct conf *conf;
	struct hook *hook = hook_of("challenge = true; deadline = \"7s\";",
	    &conf);
	struct hook_call *call = hook_call_new(gnutls(), hook, &request);
	const struct command_order *order = hook_call_order(call);
	char **environment = NULL;

	(void)state;
	assert_string_equal(value_of(order, "SCEP_OPERATION"), "AUTHORIZE");
	assert_string_equal(value_of(order, "SCEP_TRANSACTION_ID"),
	    "hex:613b620a");
	assert_string_equal(value_of(order, "SCEP_REQ_DNS"), "");
	assert_non_null(strstr(value_of(order, "SCEP_REQ_SUBJECT"), "\\0Ax"));
	assert_string_equal(value_of(order, "SCEP_CHALLENGE_FD"), "3");
	assert_bytes(*order->secret, "secret");
	for (size_t i = 0; i < order->variable_count; i++)
		assert_false(bytes_equal_string(order->variables[i].value,
		    "secret"));
	assert_int_equal(environment_new(order->variables,
			     order->variable_count, &environment),
	    ERR_OK);
	assert_int_equal(hook_deadline(hook), 7);
	environment_free(environment);
	hook_call_free(call);
	hook_free(hook);
	conf_free(conf);
	csr_free(csr);
}

/* One of the lab's, to be freed. */
static struct certificate *
some_certificate(void)
{
	struct certificate *certificate = NULL;
	struct buf pem = vector("ca/ca.pem"), der = { 0 };
	struct bytes rest = buf_bytes(&pem);

	assert_int_equal(pem_next(&rest, "CERTIFICATE", &der), ERR_OK);
	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	buf_clear(&pem);
	buf_clear(&der);
	return certificate;
}

/* Of a renewal that is to be allowed, the request comes first; of what was
 * issued there is no request any more. */
static void
a_certificate_is_told_where_there_is_one(void **state)
{
	struct csr *csr = csr_of((struct wanted){ .challenge = "secret" });
	struct certificate *certificate = some_certificate();
	const struct row {
		enum hook_operation operation;
		const struct csr *csr;
		const char *subject;
		const char *label;
		bool has_serial;
	} rows[] = {
		{ HOOK_AUTHORIZE, csr, "CN=device", "CERTIFICATE REQUEST",
		    false },
		{ HOOK_ISSUED, NULL, "CN=Lab SCEP CA,O=Lab,C=US", "CERTIFICATE",
		    true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hook_request request = {
			.operation = rows[i].operation,
			.endpoint = "/scep",
			.number = 17,
			.csr = rows[i].csr,
			.certificate = certificate,
		};
		struct conf *conf;
		struct hook *hook = hook_of("", &conf);
		struct hook_call *call = hook_call_new(gnutls(), hook,
		    &request);
		const struct command_order *order = hook_call_order(call);
		struct bytes input = order->input;
		struct buf der = { 0 }, begin = { 0 };

		assert_string_equal(value_of(order, "SCEP_REQ_SUBJECT"),
		    rows[i].subject);
		assert_int_equal(strlen(value_of(order, "SCEP_SERIAL")) > 0,
		    rows[i].has_serial);
		buf_printf(&begin, "-----BEGIN %s-----", rows[i].label);
		assert_true(bytes_begin_with(input, buf_string(&begin)));
		assert_int_equal(pem_next(&input, "CERTIFICATE", &der), ERR_OK);
		assert_same_bytes(buf_bytes(&der),
		    buf_bytes(&certificate->der));
		buf_clear(&begin);
		buf_clear(&der);
		hook_call_free(call);
		hook_free(hook);
		conf_free(conf);
	}
	certificate_free(certificate);
	csr_free(csr);
}

static void
a_certificate_is_in_a_line_as_well(void **state)
{
	struct certificate *certificate = some_certificate();
	const struct hook_request request = { .operation = HOOK_ISSUED,
		.endpoint = "/scep",
		.number = 17,
		.certificate = certificate };
	struct conf *conf;
	struct hook *hook = hook_of("mode = \"coprocess\";", &conf);
	struct hook_call *call = hook_call_new(gnutls(), hook, &request);
	struct buf line = { 0 };

	(void)state;
	buf_append(&line, hook_call_order(call)->input);
	assert_non_null(strstr(buf_string(&line), "\"operation\": \"ISSUED\""));
	assert_non_null(strstr(buf_string(&line),
	    "\"certificate\": \"-----BEGIN CERTIFICATE-----"));
	assert_null(strstr(buf_string(&line), "\"csr\""));
	buf_clear(&line);
	hook_call_free(call);
	hook_free(hook);
	conf_free(conf);
	certificate_free(certificate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_hook_is_told_of_the_request),
		CONF_TEST(a_hook_that_runs_on_is_told_by_a_line),
		CONF_TEST(nothing_of_a_strangers_gets_where_it_could_do_harm),
		CONF_TEST(a_certificate_is_told_where_there_is_one),
		CONF_TEST(a_certificate_is_in_a_line_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
