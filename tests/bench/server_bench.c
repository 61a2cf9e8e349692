/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "tests/fakes/http_post.h"
#include "tests/fakes/lab.h"
#include "tests/fakes/lab_client.h"

/*
 * How long a SCEP server has its devices wait, one after the other:
 *
 *     server_bench PORT PATH NAME COUNT
 *
 * has COUNT devices, NAME-0 and on, enrol at the recorded CA, and prints how
 * many milliseconds one took, by the mean, from connecting until its answer was
 * there.  Their messages are made before, and the answers read after.  Ends
 * with an error where one of them is not granted its certificate.
 */

struct bench {
	struct lab *lab;
	struct lab_client client;
	in_port_t port;
	const char *path;
	const char *name;
	unsigned count;
};

static void
must(bool good, const char *what, const char *name)
{
	if (good)
		return;
	fprintf(stderr, "server_bench: %s: %s\n", name, what);
	exit(1);
}

static struct buf
message_of(const struct bench *bench, const char *name)
{
	struct lab_request request = lab_request_by(bench->lab, &bench->client);
	struct buf subject = lab_name(name), message;

	request.subject = buf_bytes(&subject);
	request.transaction_id = bytes_of_string(name);
	message = lab_request_message(bench->lab, &request);
	buf_clear(&subject);
	return message;
}

static void
check(const struct bench *bench, struct bytes body, const char *name)
{
	struct cert_rep answer = { 0 };
	enum err err = lab_client_read(bench->lab, &bench->client,
	    bench->lab->ca, body, &answer);

	must(err == ERR_OK, err_name(err), name);
	must(answer.status == PKI_STATUS_SUCCESS, "it is not granted", name);
	certificate_free(lab_client_certificate(&answer));
	cert_rep_clear(&answer);
}

/* In microseconds. */
static int64_t
enrol(const struct bench *bench, unsigned number)
{
	char *name = xasprintf("%s-%u", bench->name, number);
	struct buf message = message_of(bench, name), reply = { 0 };
	struct bytes body = { 0 };
	int64_t start = clock_monotonic_us(), took;
	bool answered = http_post(bench->port, bench->path, buf_bytes(&message),
	    &reply, &body);

	took = clock_monotonic_us() - start;
	must(answered, "there is no answer of status 200", name);
	check(bench, body, name);
	buf_clear(&message);
	buf_clear(&reply);
	free(name);
	return took;
}

static void
measure(const struct bench *bench)
{
	int64_t took = 0;

	for (unsigned i = 0; i < bench->count; i++)
		took += enrol(bench, i);
	printf("%.3f\n", (double)took / 1000 / bench->count);
}

int
main(int argc, char **argv)
{
	struct bench bench = { 0 };

	if (argc != 5 || (bench.count = (unsigned)atoi(argv[4])) == 0) {
		fputs("Usage: server_bench PORT PATH NAME COUNT\n", stderr);
		return EXIT_FAILURE;
	}
	bench.port = (in_port_t)atoi(argv[1]);
	bench.path = argv[2];
	bench.name = argv[3];
	bench.lab = lab_new();
	bench.client = lab_client_new(bench.lab, "strongswan/client.key");
	measure(&bench);
	lab_client_clear(&bench.client);
	lab_free(bench.lab);
	return EXIT_SUCCESS;
}
