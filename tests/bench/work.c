/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "tests/fakes/lab.h"
#include "tests/fakes/lab_client.h"
#include "tests/fakes/null_store.h"

/* Of the ways, each has what it needs. */
struct work {
	enum way way;
	struct lab *lab;
	const struct certificate *answering; /* the CA or RA: borrowed */

	struct private_key *certifying_key;
	struct private_key *answering_key;
	struct buf encrypted; /* a key transport, for it */

	struct lab_client client;
	struct buf message;
	size_t reply_size; /* of an answer with a certificate in it */
};

/* Whatever goes to stderr, processes of a crew have it go to nowhere. */
void
bench_must(bool good, const char *what)
{
	if (good)
		return;
	dprintf(STDOUT_FILENO, "# %s\n", what);
	abort();
}

static struct private_key *
private_key(const struct lab *lab, const char *vector)
{
	struct buf text = lab_vector(vector);
	struct private_key *key = NULL;
	enum err err = provider_private_key_load(lab->provider,
	    buf_bytes(&text), bytes_of(NULL, 0), &key);

	bench_must(err == ERR_OK, "a private key can't be loaded");
	buf_clear(&text);
	return key;
}

static void
prepare_bare(struct work *work, bool ra)
{
	const struct provider *provider = work->lab->provider;
	struct bytes content_key = BYTES_LITERAL("0123456789abcdef");
	struct public_key *public_key = NULL;
	enum err err = provider_public_key_load(provider, work->answering->spki,
	    &public_key);

	work->certifying_key = private_key(work->lab, "ca/ca.key.pem");
	work->answering_key = private_key(work->lab,
	    ra ? "ca/ra.key.pem" : "ca/ca.key.pem");
	if (err == ERR_OK)
		err = provider_wrap(provider, public_key, content_key,
		    &work->encrypted);
	bench_must(err == ERR_OK, "a key transport can't be made");
	provider_public_key_free(provider, public_key);
}

/* Now, and not at the time of the laboratory: key processes look at the
 * clock. */
static void
prepare_endpoint(struct work *work, bool ra)
{
	struct problems *problems = problems_new();
	struct lab_request request;
	enum err err;

	work->lab->now = clock_now();
	store_close(work->lab->store);
	work->lab->store = null_store_new();
	work->lab->keeps_store = true;
	err = lab_start(work->lab,
	    ra ? LAB_ENDPOINT(LAB_SIGNING_CA LAB_RA LAB_CHALLENGE) :
		 LAB_DEFAULT,
	    problems);
	bench_must(err == ERR_OK, problems_text(problems));
	problems_free(problems);
	work->client = lab_client_new(work->lab, "strongswan/client.key");
	request = lab_request_by(work->lab, &work->client);
	request.recipient = work->answering;
	work->message = lab_request_message(work->lab, &request);
}

struct work *
work_new(enum way way, bool ra, struct key_channels *channels)
{
	struct work *work = xalloc(sizeof(*work));

	work->way = way;
	work->lab = lab_new();
	work->lab->channels = channels;
	work->answering = ra ? work->lab->ra : work->lab->ca;
	if (way == WAY_BARE)
		prepare_bare(work, ra);
	else
		prepare_endpoint(work, ra);
	return work;
}

void
work_free(struct work *work)
{
	if (work == NULL)
		return;
	if (work->way == WAY_BARE) {
		provider_private_key_free(work->lab->provider,
		    work->certifying_key);
		provider_private_key_free(work->lab->provider,
		    work->answering_key);
	} else {
		lab_client_clear(&work->client);
	}
	buf_clear(&work->encrypted);
	buf_clear(&work->message);
	lab_free(work->lab);
	free(work);
}

const struct scep *
work_scep(const struct work *work)
{
	return work->lab->scep;
}

static void
sign(const struct work *work, const struct private_key *key)
{
	static const uint8_t value[32] = { 0 }; /* as good as any SHA-256 */
	struct buf signature = { 0 };
	enum err err = provider_sign(work->lab->provider, key, DIGEST_SHA256,
	    BYTES_ARRAY(value), &signature);

	bench_must(err == ERR_OK, "a private key can't sign");
	buf_clear(&signature);
}

static void
do_bare(const struct work *work)
{
	uint8_t content_key[16] = { 0 };

	provider_unwrap(work->lab->provider, work->answering_key,
	    buf_bytes(&work->encrypted), content_key, sizeof(content_key));
	bench_must(content_key[0] == '0', "a private key can't decrypt");
	sign(work, work->certifying_key);
	sign(work, work->answering_key);
}

static struct scep_exchange
enrol(const struct work *work)
{
	struct scep_exchange exchange = {
		.method = BYTES_LITERAL("POST"),
		.path = BYTES_LITERAL("/scep"),
		.query = BYTES_LITERAL("operation=PKIOperation"),
		.body = buf_bytes(&work->message),
		.peer = BYTES_LITERAL("192.0.2.7"),
		.received_at = clock_now(),
	};

	scep_serve(work->lab->scep, &exchange);
	bench_must(exchange.status == 200, "an enrolment failed");
	return exchange;
}

void
work_prove(struct work *work)
{
	struct scep_exchange exchange;
	struct cert_rep answer = { 0 };
	enum err err;

	if (work->way == WAY_BARE)
		return;
	exchange = enrol(work);
	err = lab_client_read(work->lab, &work->client, work->answering,
	    buf_bytes(&exchange.reply), &answer);
	bench_must(err == ERR_OK && answer.status == PKI_STATUS_SUCCESS,
	    "an enrolment was refused");
	work->reply_size = exchange.reply.size;
	cert_rep_clear(&answer);
	buf_clear(&exchange.reply);
}

/* A refusal has half the size. */
void
work_do(const struct work *work)
{
	struct scep_exchange exchange;

	if (work->way == WAY_BARE) {
		do_bare(work);
		return;
	}
	exchange = enrol(work);
	bench_must(exchange.reply.size > work->reply_size * 3 / 4,
	    "an enrolment was refused");
	buf_clear(&exchange.reply);
}
