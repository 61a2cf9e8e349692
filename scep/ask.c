/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/ask.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/commands.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "scep/outcome.h"

/* Nobody else asks meanwhile: longer than whoever is asked can take, and a while
 * for those that wait for their turn. */
#define TAKEN_FOR 30
#define QUEUED_FOR 3600

/* When it is looked for whom to ask again, as there is nobody; a new
 * configuration has it looked for at once. */
#define RETRY 3600

/* By backend_issue */

static enum err
ask_backend(const struct question *question)
{
	const struct transaction *transaction = &question->transaction;
	const struct backend_request request = {
		.number = transaction->number,
		.csr = buf_bytes(&transaction->csr),
		.tried_at = transaction->tried_at,
	};
	struct backend_answer answer = { 0 };
	enum err err = backend_issue(question->authority->backend,
	    question->endpoint->store, &request, question->now, &answer);

	err = outcome_of_issue(question, err, &answer);
	backend_answer_clear(&answer);
	return err;
}

/* By a hook */

/* How long whoever is asked may take. */
static int64_t
longest_answer(const struct question *question)
{
	return TAKEN_FOR +
	    (question->hook != NULL ? hook_deadline(question->hook) : 0);
}

/* Whether nobody else has taken it since, decided, or put it off. */
static bool
is_ours(const struct question *question)
{
	struct transaction now = { 0 };
	bool is = store_get(question->endpoint->store,
		      question->transaction.number, &now) == ERR_OK &&
	    now.state == question->transaction.state &&
	    now.due_at == question->transaction.due_at;

	transaction_clear(&now);
	return is;
}

/* Its turn may come long after it was taken. */
static bool
starting(void *context)
{
	return is_ours(context);
}

/* One that was cancelled, as the keeper ends, is asked again by the next. */
static void
ended(void *context, const struct command_result *result)
{
	struct question *question = context;
	enum err err = ERR_OK;

	question->now = clock_now();
	if (result->ending != COMMAND_CANCELLED)
		err = outcome_of_run(question, result);
	else if (is_ours(question))
		err = outcome_of_cancelling(question);
	(void)err;
	question_clear(question);
	free(question);
}

static enum err
run_and_wait(struct question *question)
{
	struct command_result result = { 0 };
	enum err err = commands_run_alone(hook_call_order(question->call),
	    &result);

	question->now = clock_now();
	err = err == ERR_OK ? outcome_of_run(question, &result) :
			      outcome_of_trouble(question, err);
	command_result_clear(&result);
	return err;
}

/* The question is handed over. */
static enum err
run_aside(struct commands *commands, struct question *question)
{
	struct question *own = xalloc(sizeof(*own));
	const struct command_listener listener = { starting, ended, own };
	enum err err;

	*own = *question;
	*question = (struct question){ 0 };
	err = commands_add(commands, hook_call_order(own->call), &listener);
	if (err == ERR_OK)
		return ERR_OK;
	err = outcome_of_trouble(own, err);
	question_clear(own);
	free(own);
	return err;
}

/* The certificate that is renewed, where the store has it. */
static enum err
read_renewed(struct question *question)
{
	const struct transaction *transaction = &question->transaction;
	struct stored_certificate stored = { 0 };
	enum err err;

	if (transaction->renews_serial.size == 0)
		return ERR_OK;
	err = store_certificate_get(question->endpoint->store,
	    buf_bytes(&transaction->renews_authority),
	    buf_bytes(&transaction->renews_serial), &stored);
	if (err == ERR_OK && stored.der.size > 0)
		err = certificate_read(buf_bytes(&stored.der),
		    &question->certificate);
	stored_certificate_clear(&stored);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static enum err
read_request(struct question *question)
{
	return csr_read(question->endpoint->provider,
	    buf_bytes(&question->transaction.csr), &question->csr);
}

static enum err
read_held(struct question *question)
{
	enum err err = read_request(question);

	return err == ERR_OK ? read_renewed(question) : err;
}

static enum err
read_made(struct question *question)
{
	return certificate_read(buf_bytes(&question->transaction.certificate),
	    &question->certificate);
}

/* What a hook gets to see, by the state that a transaction waits in. */
static enum err (*const readers[TRANSACTION_STATES])(
    struct question *question) = {
	[TRANSACTION_HELD] = read_held,
	[TRANSACTION_SUBMITTED] = read_request,
	[TRANSACTION_WITHHELD] = read_made,
};

static enum hook_operation
operation_of(const struct transaction *transaction)
{
	static const enum hook_operation operations[] = {
		[TRANSACTION_HELD] = HOOK_AUTHORIZE,
		[TRANSACTION_SUBMITTED] = HOOK_SUBMIT,
		[TRANSACTION_WITHHELD] = HOOK_ISSUED,
	};
	enum hook_operation operation = operations[transaction->state];

	return operation == HOOK_SUBMIT && transaction->cookie.size > 0 ?
	    HOOK_POLL :
	    operation;
}

/* The chosen one, or the default; nothing where that has no name. */
static struct bytes
profile_of(const struct question *question)
{
	const struct profiles *profiles = &question->endpoint->policy.profiles;
	struct bytes chosen = buf_bytes(&question->transaction.profile);

	return chosen.size > 0 ? chosen :
				 bytes_of_string(profiles->items[0].name);
}

static struct hook_call *
call_of(const struct question *question)
{
	const struct transaction *transaction = &question->transaction;
	const struct endpoint *endpoint = question->endpoint;
	const struct hook_request request = {
		.operation = operation_of(transaction),
		.endpoint = endpoint->path,
		.number = transaction->number,
		.transaction_id = buf_bytes(&transaction->transaction_id),
		.peer = buf_bytes(&transaction->peer),
		.cookie = buf_bytes(&transaction->cookie),
		.profile = profile_of(question),
		.renews_serial = buf_bytes(&transaction->renews_serial),
		.csr = question->csr,
		.certificate = question->certificate,
	};

	return hook_call_new(endpoint->provider, question->hook, &request);
}

static enum err
ask_hook(const struct submissions *submissions, struct question *question,
    bool *is_running)
{
	enum err err = readers[question->transaction.state](question);

	if (err != ERR_OK)
		return outcome_of_trouble(question, err);
	question->call = call_of(question);
	if (submissions->commands == NULL)
		return run_and_wait(question);
	err = run_aside(submissions->commands, question);
	*is_running = err == ERR_OK;
	return err;
}

/* Who is asked */

/* Or NULL. */
static const struct endpoint *
find_endpoint(const struct submissions *submissions, struct bytes path)
{
	for (size_t i = 0; i < submissions->count; i++)
		if (bytes_equal_string(path, submissions->endpoints[i]->path))
			return submissions->endpoints[i];
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

static bool
find_decider(struct question *question)
{
	question->hook = hooks_decider(&question->endpoint->hooks,
	    question->transaction.renews_serial.size > 0);
	return question->hook != NULL;
}

static bool
find_ca(struct question *question)
{
	question->authority = find_authority(question->endpoint,
	    buf_bytes(&question->transaction.authority));
	if (question->authority == NULL ||
	    backend_requests(question->authority->backend) ==
		BACKEND_REQUESTS_NONE)
		return false;
	question->hook = backend_hook(question->authority->backend);
	return true;
}

static bool
find_witness(struct question *question)
{
	question->hook = question->endpoint->hooks.issued;
	return question->hook != NULL;
}

static bool (*const finders[TRANSACTION_STATES])(struct question *question) = {
	[TRANSACTION_HELD] = find_decider,
	[TRANSACTION_SUBMITTED] = find_ca,
	[TRANSACTION_WITHHELD] = find_witness,
};

/* A configuration may have changed since: false where nobody is left. */
static bool
find_whom(const struct submissions *submissions, struct question *question)
{
	bool (*find)(struct question *) = finders[question->transaction.state];

	question->endpoint = find_endpoint(submissions,
	    buf_bytes(&question->transaction.endpoint));
	return question->endpoint != NULL && find != NULL && find(question);
}

/* What a CA has that is gone is not known; a certificate that nobody has to know
 * of any more is its device's. */
static enum err
leave_alone(const struct submissions *submissions,
    const struct question *question)
{
	const struct transaction *transaction = &question->transaction;
	struct store *store = submissions->endpoints[0]->store;

	if (transaction->state == TRANSACTION_WITHHELD &&
	    question->endpoint != NULL)
		return store_release(store, transaction->number, question->now);
	if (transaction->state == TRANSACTION_SUBMITTED)
		log_event(LOG_LEVEL_WARNING,
		    "request %lld is submitted to a CA that the configuration "
		    "does not have any more; reject it, by scepctl pending "
		    "reject",
		    (long long)transaction->number);
	return store_put_off(store, transaction->number,
	    buf_bytes(&transaction->cookie), question->now + RETRY);
}

/* As it is before it is taken, which says who would be asked. */
static enum err
look_at(const struct submissions *submissions, int64_t number,
    struct question *question)
{
	return store_get(submissions->endpoints[0]->store, number,
	    &question->transaction);
}

static enum err
ask_whom(const struct submissions *submissions, struct question *question,
    bool is_known, bool *is_running)
{
	if (!is_known || question->transaction.revoked)
		return leave_alone(submissions, question);
	if (question->hook != NULL)
		return ask_hook(submissions, question, is_running);
	return ask_backend(question);
}

static enum err
put_back(const struct submissions *submissions, const struct question *question)
{
	return store_put_off(submissions->endpoints[0]->store,
	    question->transaction.number,
	    buf_bytes(&question->transaction.cookie), 0);
}

enum err
ask_if_due(const struct submissions *submissions, int64_t number, int64_t now,
    bool *is_running)
{
	struct question question = { .asked_at = now, .now = now };
	enum transaction_state state = TRANSACTION_STATES;
	bool is_known = false;
	enum err err = look_at(submissions, number, &question);

	*is_running = false;
	if (err == ERR_OK) {
		state = question.transaction.state;
		is_known = find_whom(submissions, &question);
		err = store_take(submissions->endpoints[0]->store, number, now,
		    now + longest_answer(&question) + QUEUED_FOR,
		    &question.transaction);
	}
	/* Others are asked now, where somebody was faster. */
	if (err == ERR_OK && question.transaction.state != state)
		err = put_back(submissions, &question);
	else if (err == ERR_OK)
		err = ask_whom(submissions, &question, is_known, is_running);
	question_clear(&question);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}
