/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/outcome.h"

#include "base/log.h"
#include "base/pem.h"

/* When those are asked again that were not to be had, that were busy, and that
 * have said to come again without saying when. */
#define RETRY 60
#define LONGEST_RETRY 3600
#define RETRY_BUSY 2
#define RETRY_PENDING 30

void
question_clear(struct question *question)
{
	hook_call_free(question->call);
	csr_free(question->csr);
	certificate_free(question->certificate);
	transaction_clear(&question->transaction);
}

/* Whoever is faster has decided. */
static enum err
unless_decided(enum err err)
{
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static enum err
put_off(const struct question *question, struct bytes cookie, int64_t wait)
{
	return unless_decided(store_put_off(question->endpoint->store,
	    question->transaction.number, cookie, question->now + wait));
}

enum err
outcome_of_cancelling(const struct question *question)
{
	return put_off(question, buf_bytes(&question->transaction.cookie), 0);
}

/* A certificate */

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
	int64_t number = question->transaction.number;
	struct certificate *certificate = NULL;
	struct record_hashes hashes;
	struct certificate_record record;
	enum err err = certificate_read(der, &certificate);

	if (err != ERR_OK)
		return err;
	record = authority_record(question->authority, endpoint->provider,
	    certificate, &hashes);
	err = endpoint->hooks.issued != NULL ?
	    store_withhold(endpoint->store, number, &record, der,
		question->now) :
	    store_complete(endpoint->store, number, &record, der,
		question->now);
	if (err == ERR_STORE_NONE)
		err = keep_unwanted(question, &record, der);
	certificate_free(certificate);
	return err;
}

/* A chain may follow, which the configuration has already. */
static enum err
take_certificate(const struct question *question,
    const struct hook_answer *answer)
{
	struct bytes output = answer->output;
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

/* A decision */

/* Whether a certificate can be made by the profile that was chosen: a device
 * would be refused for good. */
static enum err
check_choice(const struct question *question, struct bytes profile)
{
	struct verdict verdict = { 0 };
	struct buf name = { 0 };
	enum err err;

	if (profile.size == 0)
		return ERR_OK;
	err = policy_resume(&question->endpoint->policy,
	    buf_bytes(&question->transaction.request), profile, question->now,
	    &verdict);
	verdict_clear(&verdict);
	if (err == ERR_OK)
		return ERR_OK;
	buf_append(&name, profile);
	log_event(LOG_LEVEL_ERROR,
	    "request %lld: %s has chosen the profile \"%s\", by which it can't "
	    "have a certificate: %s",
	    (long long)question->transaction.number,
	    hook_program(question->hook), buf_string(&name), err_meaning(err));
	buf_clear(&name);
	return ERR_CA_COMMAND;
}

static enum err
take_leave(const struct question *question, const struct hook_answer *answer)
{
	const struct transaction *transaction = &question->transaction;
	const struct decision decision = { .profile = answer->profile,
		.now = question->now };
	enum err err = check_choice(question, answer->profile);

	if (err != ERR_OK)
		return err;
	return unless_decided(store_approve(question->endpoint->store,
	    transaction->number, buf_bytes(&transaction->request_hash),
	    &decision));
}

static enum err
reject(const struct question *question, struct bytes reason,
    enum fail_info fail_info)
{
	const struct transaction *transaction = &question->transaction;
	const struct decision decision = { .reason = reason,
		.fail_info = fail_info,
		.now = question->now };

	return unless_decided(store_reject(question->endpoint->store,
	    transaction->number, buf_bytes(&transaction->request_hash),
	    &decision));
}

static enum err
take_refusal(const struct question *question, const struct hook_answer *answer)
{
	return reject(question, buf_bytes(&answer->reason), answer->fail_info);
}

/* A certificate that is made already */

static enum err
release(const struct question *question, const struct hook_answer *answer)
{
	(void)answer;
	return unless_decided(store_release(question->endpoint->store,
	    question->transaction.number, question->now));
}

/* A CA elsewhere does not hear of it. */
static void
log_withdrawal(const struct question *question, const char *why)
{
	log_event(LOG_LEVEL_WARNING,
	    "request %lld: its certificate is revoked before its device has "
	    "got it, as %s %s; if a program has issued it, revoke it there, "
	    "too",
	    (long long)question->transaction.number,
	    hook_program(question->hook), why);
}

static enum err
take_objection(const struct question *question,
    const struct hook_answer *answer)
{
	const struct decision decision = { .reason = buf_bytes(&answer->reason),
		.fail_info = answer->fail_info,
		.now = question->now };

	enum err err = store_withdraw(question->endpoint->store,
	    question->transaction.number, &decision);

	if (err == ERR_OK)
		log_withdrawal(question, "refuses it");
	return unless_decided(err);
}

/* Trouble */

/* What is in trouble for long is asked about less and less often. */
static int64_t
retry_after(const struct question *question)
{
	int64_t after = (question->now - question->transaction.changed_at) / 4;

	if (after < RETRY)
		return RETRY;
	return after < LONGEST_RETRY ? after : LONGEST_RETRY;
}

/* What is busy for a moment is no news. */
static void
log_retry(const struct question *question, enum err why)
{
	if (why != ERR_INDEX_LOCKED)
		log_event(LOG_LEVEL_ERROR,
		    "%s: request %lld has no answer yet, and is asked about "
		    "again: %s",
		    question->endpoint->path,
		    (long long)question->transaction.number, err_meaning(why));
}

static enum err
retry(const struct question *question, enum err why)
{
	log_retry(question, why);
	return put_off(question, buf_bytes(&question->transaction.cookie),
	    why == ERR_INDEX_LOCKED ? RETRY_BUSY : retry_after(question));
}

/* It was told, in vain, and not only because of a restart: these come in
 * quick succession. */
static bool
counts_as_try(const struct question *question, enum err why)
{
	int64_t tried_at = question->transaction.tried_at;

	return why == ERR_CA_COMMAND &&
	    (tried_at == 0 || question->asked_at - tried_at >= RETRY);
}

/* Nobody waits for ever for a certificate that exists. */
static enum err
retry_or_give_up(const struct question *question, enum err why)
{
	static const char words[] = "has not taken notice of it";
	const struct endpoint *endpoint = question->endpoint;
	int64_t number = question->transaction.number, tries = 0;
	struct buf reason = { 0 };
	enum err err;

	if (!counts_as_try(question, why))
		return retry(question, why);
	err = store_count_try(endpoint->store, number,
	    question->now + retry_after(question), &tries);
	if (err != ERR_OK)
		return unless_decided(err);
	if (tries < endpoint->hooks.issued_tries) {
		log_retry(question, why);
		return ERR_OK;
	}
	buf_printf(&reason, "%s %s", hook_program(question->hook), words);
	err = store_give_up(endpoint->store, number, buf_bytes(&reason),
	    question->now);
	if (err == ERR_OK)
		log_withdrawal(question, words);
	buf_clear(&reason);
	return unless_decided(err);
}

/* Answers */

/* What comes of an answer, by the state that a transaction waits in. */
static const struct outcome {
	enum err (*done)(const struct question *question,
	    const struct hook_answer *answer);
	enum err (*refused)(const struct question *question,
	    const struct hook_answer *answer);
	enum err (*trouble)(const struct question *question, enum err why);
} outcomes[TRANSACTION_STATES] = {
	[TRANSACTION_HELD] = { take_leave, take_refusal, retry },
	[TRANSACTION_SUBMITTED] = { take_certificate, take_refusal, retry },
	[TRANSACTION_WITHHELD] = { release, take_objection, retry_or_give_up },
};

static const struct outcome *
outcome_of(const struct question *question)
{
	return &outcomes[question->transaction.state];
}

static enum err
take_done(const struct question *question, const struct hook_answer *answer)
{
	return outcome_of(question)->done(question, answer);
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
	return outcome_of(question)->refused(question, answer);
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

enum err
outcome_of_trouble(const struct question *question, enum err why)
{
	enum err err = outcome_of(question)->trouble(question, why);

	return err == ERR_OK ? why : err;
}

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

enum err
outcome_of_run(const struct question *question,
    const struct command_result *result)
{
	struct hook_answer answer;
	enum err err;

	hook_answer_read(result, &answer);
	log_run(question, result, &answer);
	err = takers[answer.verdict](question, &answer);
	if (err != ERR_OK)
		err = outcome_of_trouble(question, err);
	hook_answer_clear(&answer);
	return err;
}

enum err
outcome_of_issue(const struct question *question, enum err issued,
    const struct backend_answer *answer)
{
	enum err err = issued;

	if (err == ERR_OK)
		err = complete(question, buf_bytes(&answer->certificate));
	else if (err == ERR_CA_POLICY)
		err = reject(question, buf_bytes(&answer->reason),
		    FAIL_INFO_BAD_REQUEST);
	return err == ERR_OK ? ERR_OK : outcome_of_trouble(question, err);
}
