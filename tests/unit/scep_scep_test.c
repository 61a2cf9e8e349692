/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/scep.h"

#include <pthread.h>

#include "tests/unit/scep_reply.h"

#define ENDPOINT(path, algorithms) \
	"{ path = \"" path "\"; algorithms = (\"aes-128\", \"sha-256\", " \
	"\"" algorithms "\"); " LAB_CA LAB_CHALLENGE " }"

/* Each tells who it is by its capabilities. */
static const char endpoints[] = "endpoints = ( " ENDPOINT("/scep",
    "sha-1") ", " ENDPOINT("/scep/devices",
    "sha-384") ", " ENDPOINT("/scep/devices/old", "sha-512") " );";

static const struct {
	const char *path;
	const char *endpoint; /* NULL: none */
	const char *word;
} paths[] = {
	{ "/scep", "/scep", "SHA-1\n" },
	{ "/scep/pkiclient.exe", "/scep", "SHA-1\n" },
	{ "/scep/device", "/scep", "SHA-1\n" },
	{ "/scep/devices", "/scep/devices", "SHA-384" },
	{ "/scep/devices/", "/scep/devices", "SHA-384" },
	{ "/scep/devices/pkiclient.exe", "/scep/devices", "SHA-384" },
	{ "/scep/devices/older", "/scep/devices", "SHA-384" },
	{ "/scep/devices/old/certsrv/mscep/mscep.dll", "/scep/devices/old",
	    "SHA-512" },
	{ "/scepter", NULL, NULL },
	{ "/", NULL, NULL },
	{ "", NULL, NULL },
	{ "/cgi-bin/pkiclient.exe", NULL, NULL },
};

static void
the_longest_path_of_whole_segments_answers(void **state)
{
	struct lab *lab = *state;

	lab_restart(lab, endpoints);
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct scep_exchange exchange = {
			.path = bytes_of_string(paths[i].path),
			.query = BYTES_LITERAL("operation=GetCACaps"),
		};
		char *field = xasprintf("endpoint=%s ", paths[i].endpoint);

		lab_serve(lab, &exchange);
		if (paths[i].endpoint == NULL) {
			assert_http_error(lab, &exchange, ERR_HTTP_PATH);
		} else {
			assert_true(lab_logged(lab, field));
			assert_non_null(strstr(buf_string(&exchange.reply),
			    paths[i].word));
		}
		free(field);
		buf_clear(&exchange.reply);
	}
}

static void
a_path_of_nobodys_is_on_the_log_but_forges_nothing(void **state)
{
	struct lab *lab = *state;
	struct scep_exchange exchange = {
		.path = BYTES_LITERAL("/x\nlevel=info \xff"),
	};

	lab_serve(lab, &exchange);
	assert_true(lab_logged(lab, "detail=\"/x\\x0alevel=info \\xff\""));
	assert_http_error(lab, &exchange, ERR_HTTP_PATH);
}

/* What fcgi/ refuses before the request is here. */
static const enum err early[] = { ERR_HTTP_LENGTH, ERR_HTTP_BODY_LIMIT,
	ERR_HTTP_QUERY_LIMIT };

static void
refuse_answers_what_was_never_taken_in(void **state)
{
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT(early); i++) {
		struct scep_exchange exchange = {
			.path = BYTES_LITERAL("/scep"),
			.peer = BYTES_LITERAL("192.0.2.8"),
		};

		scep_refuse(&exchange, early[i]);
		assert_int_equal(exchange.status, err_http_status(early[i]));
		assert_string_equal(exchange.content_type, "text/plain");
		buf_clear(&exchange.reply);
	}
	assert_int_equal(lab->log.size, 0);
}

static void
an_anonymous_endpoint_beside_others_opens_none_of_them(void **state)
{
	struct lab *lab = *state;
	struct lab_client client = lab_client_new(lab, "strongswan/client.key");
	struct lab_request request = lab_request_by(lab, &client);
	struct buf message;

	lab_restart(lab,
	    "endpoints = ( { path = \"/scep/lab\"; " LAB_CA LAB_ANONYMOUS
	    " }, { path = \"/scep\"; " LAB_CA LAB_CHALLENGE " } );");
	request.challenge = bytes_of(NULL, 0);
	message = lab_request_message(lab, &request);
	assert_refused(lab, &client, buf_bytes(&message),
	    ERR_CHALLENGE_MISSING);
	buf_clear(&message);
	lab_client_clear(&client);
}

struct job {
	const struct lab *lab;
	struct bytes message;
	unsigned answered;
};

static void *
post_some(void *argument)
{
	struct job *job = argument;

	for (int i = 0; i < 5; i++) {
		struct scep_exchange exchange = {
			.method = BYTES_LITERAL("POST"),
			.path = BYTES_LITERAL("/scep"),
			.body = job->message,
			.received_at = LAB_NOW,
		};

		scep_serve(job->lab->scep, &exchange);
		job->answered += exchange.status == 200;
		buf_clear(&exchange.reply);
	}
	return NULL;
}

static void
several_threads_are_served_at_once(void **state)
{
	struct buf message = lab_vector("sscep/message.der");
	struct job jobs[4];
	pthread_t threads[COUNT(jobs)];

	for (size_t i = 0; i < COUNT(jobs); i++) {
		jobs[i] = (struct job){ *state, buf_bytes(&message), 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, post_some,
				     &jobs[i]),
		    0);
	}
	for (size_t i = 0; i < COUNT(jobs); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(jobs[i].answered, 5);
	}
	buf_clear(&message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(the_longest_path_of_whole_segments_answers),
		LAB_TEST(a_path_of_nobodys_is_on_the_log_but_forges_nothing),
		LAB_TEST(refuse_answers_what_was_never_taken_in),
		LAB_TEST(
		    an_anonymous_endpoint_beside_others_opens_none_of_them),
		LAB_TEST(several_threads_are_served_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
