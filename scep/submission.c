/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/submission.h"

#include "base/clock.h"
#include "base/log.h"

/* How long a client is kept waiting: no longer than for other CAs. */
#define TIMEOUT_MS 8000

/* Nobody else asks for one meanwhile; longer than it can take. */
#define TAKEN_FOR 30

/* When a CA that was not to be had is asked again, and one that was busy. */
#define RETRY 60
#define RETRY_BUSY 2

/* So long the keeper's errands wait at most. */
#define TURN_US INT64_C(2000000)

/* An errand: the number, most significant octet first. */
#define NUMBER_SIZE 8

static void
append_number(struct buf *to, int64_t number)
{
	for (int shift = (NUMBER_SIZE - 1) * 8; shift >= 0; shift -= 8)
		buf_append_octet(to, (uint8_t)((uint64_t)number >> shift));
}

static enum err
read_number(struct bytes octets, int64_t *number)
{
	uint64_t read = 0;

	if (octets.size != NUMBER_SIZE || octets.data[0] >= 0x80)
		return ERR_ERRAND_REFUSED;
	for (size_t i = 0; i < NUMBER_SIZE; i++)
		read = read << 8 | octets.data[i];
	*number = (int64_t)read;
	return ERR_OK;
}

/* Whoever is late, or fails, has the client come again. */
void
submission_await(const struct endpoint *endpoint, int64_t number)
{
	struct buf request = { 0 }, reply = { 0 };
	struct errand errand = { .kind = SUBMISSION_ERRAND,
		.timeout_ms = TIMEOUT_MS };

	append_number(&request, number);
	errand.request = buf_bytes(&request);
	if (errands_run(endpoint->errands, &errand, &reply) != ERR_OK)
		buf_clear(&reply);
	buf_clear(&request);
	buf_clear(&reply);
}

/* What is asked for, and of whom. */
struct submission {
	const struct endpoint *endpoint;
	const struct authority *authority;
	const struct transaction *transaction;
	int64_t now;
};

/* It is made, and the store must know it: a transaction that somebody has
 * rejected meanwhile does not take it. */
static enum err
complete(const struct submission *submission, struct bytes der)
{
	const struct endpoint *endpoint = submission->endpoint;
	struct certificate *certificate = NULL;
	uint8_t key[STORE_HASH_SIZE];
	struct certificate_record record;
	enum err err = certificate_read(der, &certificate);

	if (err != ERR_OK)
		return err;
	record = authority_record(submission->authority, endpoint->provider,
	    certificate, key);
	err = store_complete(endpoint->store, submission->transaction->number,
	    &record, der, submission->now);
	if (err == ERR_STORE_NONE) {
		log_event(LOG_LEVEL_WARNING,
		    "request %lld has got a certificate from its CA, and was "
		    "rejected meanwhile: revoke it",
		    (long long)submission->transaction->number);
		err = store_certificate_add(endpoint->store, &record, der);
	}
	certificate_free(certificate);
	return err;
}

static enum err
reject(const struct submission *submission, struct bytes reason)
{
	const struct transaction *transaction = submission->transaction;

	return store_decide(submission->endpoint->store, transaction->number,
	    buf_bytes(&transaction->request_hash), false, reason,
	    submission->now);
}

static enum err
put_off(const struct submission *submission, enum err why)
{
	const struct transaction *transaction = submission->transaction;
	bool is_busy = why == ERR_INDEX_LOCKED;
	enum err err = store_put_off(submission->endpoint->store,
	    transaction->number, buf_bytes(&transaction->cookie),
	    submission->now + (is_busy ? RETRY_BUSY : RETRY));

	if (!is_busy)
		log_event(LOG_LEVEL_ERROR,
		    "the CA of %s has no answer to request %lld, and is asked "
		    "again in a minute: %s",
		    submission->endpoint->path, (long long)transaction->number,
		    err_meaning(why));
	return err == ERR_OK || err == ERR_STORE_NONE ? why : err;
}

static enum err
ask(const struct submission *submission)
{
	const struct transaction *transaction = submission->transaction;
	const struct backend_request request = {
		.number = transaction->number,
		.csr = buf_bytes(&transaction->csr),
		.cookie = buf_bytes(&transaction->cookie),
		.tried_at = transaction->tried_at,
	};
	struct backend_answer answer = { 0 };
	enum err err = backend_issue(submission->authority->backend,
	    submission->endpoint->store, &request, submission->now, &answer);

	if (err == ERR_OK)
		err = complete(submission, buf_bytes(&answer.certificate));
	else if (err == ERR_CA_POLICY)
		err = reject(submission, buf_bytes(&answer.reason));
	if (err != ERR_OK)
		err = put_off(submission, err);
	backend_answer_clear(&answer);
	return err;
}

/* Or NULL. */
static const struct endpoint *
find_endpoint(struct endpoints endpoints, struct bytes path)
{
	for (size_t i = 0; i < endpoints.count; i++)
		if (bytes_equal_string(path, endpoints.items[i]->path))
			return endpoints.items[i];
	return NULL;
}

/* Or NULL. */
static const struct authority *
find_authority(const struct endpoint *endpoint, struct bytes hash)
{
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(&endpoint->succession, list);

	for (size_t i = 0; i < count; i++)
		if (bytes_equal(BYTES_ARRAY(list[i]->hash), hash))
			return list[i];
	return NULL;
}

/* A configuration may have changed since. */
static enum err
ask_whoever_it_is_for(struct endpoints endpoints,
    const struct transaction *transaction, int64_t now)
{
	const struct endpoint *endpoint = find_endpoint(endpoints,
	    buf_bytes(&transaction->endpoint));
	const struct submission submission = {
		.endpoint = endpoint,
		.authority = endpoint != NULL ?
		    find_authority(endpoint,
			buf_bytes(&transaction->authority)) :
		    NULL,
		.transaction = transaction,
		.now = now,
	};

	if (submission.authority != NULL)
		return ask(&submission);
	log_event(LOG_LEVEL_WARNING,
	    "request %lld is submitted to a CA that the configuration does not "
	    "have any more; reject it, by scepctl pending reject",
	    (long long)transaction->number);
	return store_put_off(endpoints.items[0]->store, transaction->number,
	    buf_bytes(&transaction->cookie), now + RETRY);
}

/* Of several that would, one does. */
static enum err
ask_if_due(struct endpoints endpoints, int64_t number, int64_t now)
{
	struct transaction transaction = { 0 };
	enum err err = store_take(endpoints.items[0]->store, number, now,
	    now + TAKEN_FOR, &transaction);

	if (err == ERR_OK)
		err = ask_whoever_it_is_for(endpoints, &transaction, now);
	else if (err == ERR_STORE_NONE)
		err = ERR_OK;
	transaction_clear(&transaction);
	return err;
}

enum err
submission_do_errand(struct endpoints endpoints, struct bytes request,
    int64_t now)
{
	int64_t number;
	enum err err = read_number(request, &number);

	return err == ERR_OK ? ask_if_due(endpoints, number, now) : err;
}

struct turn {
	struct endpoints endpoints;
	int64_t now;
	int64_t until_us;
};

/* What went wrong is logged there, and tried again. */
static bool
ask_next(void *context, const struct transaction *transaction)
{
	const struct turn *turn = context;
	enum err err = ERR_OK;

	if (transaction->due_at <= turn->now)
		err = ask_if_due(turn->endpoints, transaction->number,
		    turn->now);
	(void)err;
	return clock_monotonic_us() < turn->until_us;
}

void
submission_run_due(struct endpoints endpoints, int64_t now)
{
	const struct transaction_filter filter = {
		.states = 1U << TRANSACTION_SUBMITTED,
	};
	struct turn turn = { endpoints, now, clock_monotonic_us() + TURN_US };
	enum err err = store_list(endpoints.items[0]->store, &filter, INT64_MAX,
	    ask_next, &turn);

	(void)err;
}
