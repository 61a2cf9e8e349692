/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "tests/fakes/http_post.h"
#include "tests/fakes/lab.h"
#include "tests/fakes/lab_client.h"

/*
 * Many devices that enrol at the endpoint /scep behind a web server, at the
 * recorded CA, whatever happens to the server meanwhile:
 *
 *     crowd PORT NAME COUNT
 *
 * Each of COUNT transactions is asked for twice, at about the same time, over
 * 16 connections in all, and again and again until the certificate comes: a
 * server that is killed answers nothing, or that the request is pending.
 * Printed is a line for each, "NAME-NUMBER SERIAL".  Ends with an error where a
 * request is refused, two answers of a transaction differ, or there is none for
 * minutes.
 */

#define LANES 16
#define TWICE 2
#define PAUSE_NS 20000000
#define PATIENCE_US INT64_C(300000000)

struct crowd {
	struct lab *lab;
	struct lab_client client;
	in_port_t port;
	const char *name;
	unsigned count;
	int64_t until_us;
	atomic_uint next;
	struct buf *certificates; /* TWICE of each transaction */
};

static void
must(bool good, const char *what, const char *name)
{
	if (good)
		return;
	fprintf(stderr, "crowd: %s: %s\n", name, what);
	exit(1);
}

static void
take_certificate(const struct cert_rep *answer, struct buf *certificate)
{
	struct certificate *issued = lab_client_certificate(answer);

	buf_append(certificate, buf_bytes(&issued->der));
	certificate_free(issued);
}

/* Whether the answer is the certificate; one that is PENDING is not. */
static bool
read_answer(const struct crowd *crowd, struct bytes body, const char *name,
    struct buf *certificate)
{
	struct cert_rep answer = { 0 };
	enum err err = lab_client_read(crowd->lab, &crowd->client,
	    crowd->lab->ca, body, &answer);
	bool granted = answer.status == PKI_STATUS_SUCCESS;

	must(err == ERR_OK, "an answer can't be read", name);
	must(granted || answer.status == PKI_STATUS_PENDING, "it was refused",
	    name);
	must(bytes_equal_string(buf_bytes(&answer.transaction_id), name),
	    "the answer is another's", name);
	if (granted)
		take_certificate(&answer, certificate);
	cert_rep_clear(&answer);
	return granted;
}

/* Signed anew each time, as many clients do. */
static bool
ask(const struct crowd *crowd, const struct lab_request *request,
    const char *name, struct buf *certificate)
{
	struct buf message = lab_request_message(crowd->lab, request);
	struct buf reply = { 0 };
	struct bytes body;
	bool granted = http_post(crowd->port, "/scep", buf_bytes(&message),
			   &reply, &body) &&
	    read_answer(crowd, body, name, certificate);

	buf_clear(&message);
	buf_clear(&reply);
	return granted;
}

static void
enrol(struct crowd *crowd, unsigned turn)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_NS };
	struct lab_request request = lab_request_by(crowd->lab, &crowd->client);
	char *name = xasprintf("%s-%u", crowd->name, turn / TWICE);
	struct buf subject = lab_name(name);

	request.subject = buf_bytes(&subject);
	request.transaction_id = bytes_of_string(name);
	while (!ask(crowd, &request, name, &crowd->certificates[turn])) {
		must(clock_monotonic_us() < crowd->until_us,
		    "there is no answer", name);
		nanosleep(&pause, NULL);
	}
	buf_clear(&subject);
	free(name);
}

static void *
run_lane(void *context)
{
	struct crowd *crowd = context;
	unsigned turn;

	while ((turn = atomic_fetch_add(&crowd->next, 1)) <
	    crowd->count * TWICE)
		enrol(crowd, turn);
	return NULL;
}

static void
run(struct crowd *crowd)
{
	pthread_t lanes[LANES];

	crowd->until_us = clock_monotonic_us() + PATIENCE_US;
	for (size_t i = 0; i < LANES; i++)
		must(pthread_create(&lanes[i], NULL, run_lane, crowd) == 0,
		    "no threads", crowd->name);
	for (size_t i = 0; i < LANES; i++)
		pthread_join(lanes[i], NULL);
}

static void
print(const struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->count; i++) {
		struct buf *both = &crowd->certificates[i * TWICE];
		struct certificate *certificate = NULL;
		struct buf line = { 0 };
		enum err err = certificate_read(buf_bytes(&both[0]),
		    &certificate);

		buf_printf(&line, "%s-%u ", crowd->name, i);
		must(err == ERR_OK &&
			bytes_equal(buf_bytes(&both[0]), buf_bytes(&both[1])),
		    "it got two certificates", buf_string(&line));
		hex_append(&line, serial_number(certificate->serial));
		puts(buf_string(&line));
		certificate_free(certificate);
		buf_clear(&line);
		buf_clear(&both[0]);
		buf_clear(&both[1]);
	}
}

int
main(int argc, char **argv)
{
	struct crowd crowd = { 0 };

	if (argc != 4) {
		fputs("Usage: crowd PORT NAME COUNT\n", stderr);
		return EXIT_FAILURE;
	}
	crowd.port = (in_port_t)atoi(argv[1]);
	crowd.name = argv[2];
	crowd.count = (unsigned)atoi(argv[3]);
	crowd.certificates = xcalloc(crowd.count * TWICE,
	    sizeof(*crowd.certificates));
	crowd.lab = lab_new();
	crowd.client = lab_client_new(crowd.lab, "strongswan/client.key");
	run(&crowd);
	print(&crowd);
	lab_client_clear(&crowd.client);
	lab_free(crowd.lab);
	free(crowd.certificates);
	return EXIT_SUCCESS;
}
