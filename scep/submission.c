/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/submission.h"

#include "base/clock.h"
#include "base/log.h"
#include "scep/ask.h"

/* How long the keeper may take to begin. */
#define TIMEOUT_MS 8000

/* So long the keeper's errands wait at most. */
#define TURN_US INT64_C(2000000)

/* How often a worker looks whether there is an answer: at first soon, as most
 * are quick. */
#define FIRST_PAUSE_US 2000
#define LONGEST_PAUSE_US 100000

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

/* A worker */

/* Whether somebody is at work on it. */
static bool
have_asked(const struct endpoint *endpoint, int64_t number)
{
	struct buf request = { 0 }, reply = { 0 };
	struct errand errand = { .kind = SUBMISSION_ERRAND,
		.timeout_ms = TIMEOUT_MS };
	bool is_running;

	append_number(&request, number);
	errand.request = buf_bytes(&request);
	is_running = errands_run(endpoint->errands, &errand, &reply) ==
		ERR_OK &&
	    bytes_equal_string(buf_bytes(&reply), SUBMISSION_RUNNING);
	buf_clear(&request);
	buf_clear(&reply);
	return is_running;
}

/* As long as it is taken, and in the state that it was in. */
static enum err
look_until_answered(const struct endpoint *endpoint, int64_t until_us,
    struct transaction *transaction)
{
	const enum transaction_state before = transaction->state;
	int64_t pause_us = FIRST_PAUSE_US, due_at;
	enum err err = store_get(endpoint->store, transaction->number,
	    transaction);

	due_at = transaction->due_at;
	while (err == ERR_OK && transaction->state == before &&
	    transaction->due_at == due_at && clock_monotonic_us() < until_us) {
		clock_sleep_us(pause_us);
		pause_us = pause_us * 2 < LONGEST_PAUSE_US ? pause_us * 2 :
							     LONGEST_PAUSE_US;
		err = store_get(endpoint->store, transaction->number,
		    transaction);
	}
	return err;
}

enum err
submission_await(const struct endpoint *endpoint, int64_t until_us,
    struct transaction *transaction)
{
	enum err err;

	if (!have_asked(endpoint, transaction->number) ||
	    !errands_begin_wait(endpoint->errands))
		return store_get(endpoint->store, transaction->number,
		    transaction);
	err = look_until_answered(endpoint, until_us, transaction);
	errands_end_wait(endpoint->errands);
	return err;
}

/* The keeper */

enum err
submission_do_errand(const struct submissions *submissions,
    struct bytes request, int64_t now, struct buf *reply)
{
	int64_t number;
	bool is_running = false;
	enum err err = read_number(request, &number);

	if (err == ERR_OK)
		err = ask_if_due(submissions, number, now, &is_running);
	if (err == ERR_OK && is_running)
		buf_append_string(reply, SUBMISSION_RUNNING);
	return err;
}

struct turn {
	const struct submissions *submissions;
	int64_t now;
	int64_t until_us;
};

/* A request that only a person decides about is kept without its octets. */
static bool
is_asked_about(const struct transaction *transaction)
{
	return transaction->state != TRANSACTION_HELD ||
	    transaction->csr.size > 0;
}

/* What went wrong is logged there, and tried again. */
static bool
ask_next(void *context, const struct transaction *transaction)
{
	const struct turn *turn = context;
	bool is_running;
	enum err err = ERR_OK;

	if (transaction->due_at <= turn->now && is_asked_about(transaction))
		err = ask_if_due(turn->submissions, transaction->number,
		    turn->now, &is_running);
	(void)err;
	return clock_monotonic_us() < turn->until_us;
}

void
submission_run_due(const struct submissions *submissions, int64_t now)
{
	const struct transaction_filter filter = {
		.states = 1U << TRANSACTION_SUBMITTED | 1U << TRANSACTION_HELD |
		    1U << TRANSACTION_WITHHELD,
	};
	struct turn turn = { submissions, now, clock_monotonic_us() + TURN_US };
	enum err err = store_list(submissions->endpoints[0]->store, &filter,
	    INT64_MAX, ask_next, &turn);

	(void)err;
}
