/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/ask.h"

#include <stdlib.h>

#include "backends/hook_answer.h"
#include "backends/hook_call.h"
#include "base/clock.h"
#include "base/commands.h"
#include "base/log.h"
#include "base/pem.h"
#include "base/xalloc.h"

/* Nobody else asks meanwhile: longer than whoever is asked can take, and a while
 * for those that wait for their turn. */
#define TAKEN_FOR 30
#define QUEUED_FOR 3600

/* When those are asked again that were not to be had, that were busy, and that
 * have said to come again without saying when. */
#define RETRY 60
#define LONGEST_RETRY 3600
#define RETRY_BUSY 2
#define RETRY_PENDING 30

/* Who is asked, and about what; on its own while a hook runs. */
struct question {
	const struct endpoint *endpoint;
	const struct authority *authority; /* NULL: about a decision */
	const struct hook *hook;           /* NULL: by backend_issue */
	struct transaction transaction;
	struct csr *csr;
	struct hook_call *call;
	int64_t now;
};

static void
question_clear(struct question *question)
{
	hook_call_free(question->call);
	csr_free(question->csr);
	transaction_clear(&question->transaction);
}

/* What has come of it */

/* Whether the transaction has this certificate already, by somebody else who
 * has asked. */
static bool
is_complete(const struct question *question, struct bytes der)
{
	struct transaction now = { 0 };
	bool is = store_get(question->endpoint->store,
		      question->transaction.number, &now) == ERR_OK &&
	    bytes_equal(buf_bytes(&now.certificate), der);

	transaction_clear(&now);
	return is;
}

/* What its transaction does not take can be revoked all the same. */
static enum err
keep_unwanted(const struct question *question,
    const struct certificate_record *record, struct bytes der)
{
	if (is_complete(question, der))
		return ERR_OK;
	log_event(LOG_LEVEL_WARNING,
	    "request %lld has got a certificate from its CA, and was rejected, "
	    "or got another, meanwhile: revoke it",
	    (long long)question->transaction.number);
	return store_certificate_add(question->endpoint->store, record, der);
}

/* It is made, and the store must know it: a transaction that somebody has
 * rejected meanwhile does not take it. */
static enum err
complete(const struct question *question, struct bytes der)
{
	const struct endpoint *endpoint = question->endpoint;
	struct certificate *certificate = NULL;
	uint8_t key[STORE_HASH_SIZE];
	struct certificate_record record;
	enum err err = certificate_read(der, &certificate);

	if (err != ERR_OK)
		return err;
	record = authority_record(question->authority, endpoint->provider,
	    certificate, key);
	err = store_complete(endpoint->store, question->transaction.number,
	    &record, der, question->now);
	if (err == ERR_STORE_NONE)
		err = keep_unwanted(question, &record, der);
	certificate_free(certificate);
	return err;
}

static enum err
decide(const struct question *question, bool approve, struct bytes reason)
{
	const struct transaction *transaction = &question->transaction;
	enum err err = store_decide(question->endpoint->store,
	    transaction->number, buf_bytes(&transaction->request_hash), approve,
	    reason, question->now);

	/* Somebody has been faster. */
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static enum err
put_off(const struct question *question, struct bytes cookie, int64_t wait)
{
	enum err err = store_put_off(question->endpoint->store,
	    question->transaction.number, cookie, question->now + wait);

	return err == ERR_STORE_NONE ? ERR_OK : err;
}

/* What is in trouble for long is asked about less and less often. */
static int64_t
retry_after(const struct question *question)
{
	int64_t after = (question->now - question->transaction.changed_at) / 4;

	if (after < RETRY)
		return RETRY;
	return after < LONGEST_RETRY ? after : LONGEST_RETRY;
}

static enum err
retry(const struct question *question, enum err why)
{
	bool is_busy = why == ERR_INDEX_LOCKED;
	enum err err = put_off(question,
	    buf_bytes(&question->transaction.cookie),
	    is_busy ? RETRY_BUSY : retry_after(question));

	if (!is_busy)
		log_event(LOG_LEVEL_ERROR,
		    "%s: request %lld has no answer, and is asked about again "
		    "later: %s",
		    question->endpoint->path,
		    (long long)question->transaction.number, err_meaning(why));
	return err == ERR_OK ? why : err;
}

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

	if (err == ERR_OK)
		err = complete(question, buf_bytes(&answer.certificate));
	else if (err == ERR_CA_POLICY)
		err = decide(question, false, buf_bytes(&answer.reason));
	if (err != ERR_OK)
		err = retry(question, err);
	backend_answer_clear(&answer);
	return err;
}

/* By a hook */

/* A chain may follow, which the configuration has already. */
static enum err
take_certificate(const struct question *question, struct bytes output)
{
	struct buf der = { 0 };
	enum err err = pem_next(&output, "CERTIFICATE", &der) == ERR_OK ?
	    backend_check_made(question->authority->backend,
		question->transaction.number, question->csr, question->now,
		buf_bytes(&der)) :
	    ERR_CA_ANSWER;

	if (err == ERR_OK)
		err = complete(question, buf_bytes(&der));
	buf_clear(&der);
	return err;
}

static enum err
take_done(const struct question *question, const struct hook_answer *answer)
{
	return question->authority != NULL ?
	    take_certificate(question, answer->output) :
	    decide(question, true, bytes_of_string(NULL));
}

static enum err
take_pending(const struct question *question, const struct hook_answer *answer)
{
	return put_off(question, answer->cookie,
	    answer->wait != 0 ? answer->wait : RETRY_PENDING);
}

static enum err
take_refused(const struct question *question, const struct hook_answer *answer)
{
	return decide(question, false, buf_bytes(&answer->reason));
}

static enum err
take_trouble(const struct question *question, const struct hook_answer *answer)
{
	(void)question;
	(void)answer;
	return ERR_CA_COMMAND;
}

static enum err (*const takers[])(const struct question *question,
    const struct hook_answer *answer) = {
	[HOOK_DONE] = take_done,
	[HOOK_PENDING] = take_pending,
	[HOOK_REFUSED] = take_refused,
	[HOOK_TROUBLE] = take_trouble,
};

/* What it has said to an administrator; a device's bytes may be in it, which
 * the log escapes. */
static void
log_run(const struct question *question, const struct command_result *result,
    const struct hook_answer *answer)
{
	bool is_well = answer->verdict != HOOK_TROUBLE;
	struct buf line = { 0 };

	if (is_well && result->errors.size == 0)
		return;
	log_field(&line, "hook", bytes_of_string(hook_program(question->hook)));
	log_field_number(&line, "request", question->transaction.number);
	if (answer->reason.size > 0)
		log_field(&line, "event", buf_bytes(&answer->reason));
	if (result->errors.size > 0)
		log_field(&line, "said", buf_bytes(&result->errors));
	log_line(is_well ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, buf_bytes(&line));
	buf_clear(&line);
}

static enum err
take_result(struct question *question, const struct command_result *result)
{
	struct hook_answer answer;
	enum err err;

	question->now = clock_now();
	hook_answer_read(result, &answer);
	log_run(question, result, &answer);
	err = takers[answer.verdict](question, &answer);
	if (err != ERR_OK)
		err = retry(question, err);
	hook_answer_clear(&answer);
	return err;
}

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
	if (result->ending == COMMAND_CANCELLED && !is_ours(question))
		err = ERR_OK;
	else if (result->ending == COMMAND_CANCELLED)
		err = put_off(question,
		    buf_bytes(&question->transaction.cookie), 0);
	else
		err = take_result(question, result);
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

	err = err == ERR_OK ? take_result(question, &result) :
			      retry(question, err);
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
	err = retry(own, err);
	question_clear(own);
	free(own);
	return err;
}

static enum err
ask_hook(const struct submissions *submissions, struct question *question,
    bool *is_running)
{
	const struct transaction *transaction = &question->transaction;
	struct hook_request request = {
		.operation = HOOK_AUTHORIZE,
		.endpoint = question->endpoint->path,
		.number = transaction->number,
		.transaction_id = buf_bytes(&transaction->transaction_id),
		.peer = buf_bytes(&transaction->peer),
		.cookie = buf_bytes(&transaction->cookie),
	};
	enum err err = csr_read(question->endpoint->provider,
	    buf_bytes(&transaction->csr), &question->csr);

	if (err != ERR_OK)
		return retry(question, err);
	if (question->authority != NULL)
		request.operation = transaction->cookie.size > 0 ? HOOK_POLL :
								   HOOK_SUBMIT;
	request.csr = question->csr;
	question->call = hook_call_new(question->endpoint->provider,
	    question->hook, &request);
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

/* A configuration may have changed since: false where nobody is left. */
static bool
find_whom(const struct submissions *submissions, struct question *question)
{
	const struct transaction *transaction = &question->transaction;

	question->endpoint = find_endpoint(submissions,
	    buf_bytes(&transaction->endpoint));
	if (question->endpoint == NULL)
		return false;
	if (transaction->state == TRANSACTION_HELD) {
		question->hook = question->endpoint->hook;
		return question->hook != NULL;
	}
	question->authority = find_authority(question->endpoint,
	    buf_bytes(&transaction->authority));
	if (question->authority == NULL ||
	    backend_requests(question->authority->backend) ==
		BACKEND_REQUESTS_NONE)
		return false;
	question->hook = backend_hook(question->authority->backend);
	return true;
}

static enum err
leave_alone(const struct submissions *submissions,
    const struct question *question)
{
	const struct transaction *transaction = &question->transaction;

	if (transaction->state == TRANSACTION_SUBMITTED)
		log_event(LOG_LEVEL_WARNING,
		    "request %lld is submitted to a CA that the configuration "
		    "does not have any more; reject it, by scepctl pending "
		    "reject",
		    (long long)transaction->number);
	return store_put_off(submissions->endpoints[0]->store,
	    transaction->number, buf_bytes(&transaction->cookie),
	    question->now + RETRY);
}

/* As it is before it is taken: whom it is for does not change. */
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
	if (!is_known)
		return leave_alone(submissions, question);
	if (question->hook != NULL)
		return ask_hook(submissions, question, is_running);
	return ask_backend(question);
}

enum err
ask_if_due(const struct submissions *submissions, int64_t number, int64_t now,
    bool *is_running)
{
	struct question question = { .now = now };
	bool is_known = false;
	enum err err = look_at(submissions, number, &question);

	*is_running = false;
	if (err == ERR_OK) {
		is_known = find_whom(submissions, &question);
		err = store_take(submissions->endpoints[0]->store, number, now,
		    now + longest_answer(&question) + QUEUED_FOR,
		    &question.transaction);
	}
	if (err == ERR_OK)
		err = ask_whom(submissions, &question, is_known, is_running);
	question_clear(&question);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}
