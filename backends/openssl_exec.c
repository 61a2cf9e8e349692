/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/openssl_index.h"
#include "backends/openssl_index_merge.h"
#include "backends/openssl_latest.h"
#include "backends/openssl_lock.h"
#include "base/command.h"
#include "base/count.h"
#include "base/log.h"
#include "base/pem.h"
#include "base/xalloc.h"

/* It reads and writes an index of a million lines in two seconds. */
#define DEADLINE_MS 15000

/* It says why it refuses behind all that is in the subject. */
#define ERRORS_LIMIT ((size_t)256 * 1024)

/* What of that is logged. */
#define SAID_LIMIT 2048

/* Refusals: why it ends without a certificate, by what OpenSSL 3.0 says then
 * (apps/ca.c).  Whatever else it says is trouble of the CA's own. */
static const struct {
	const char *phrase;
	const char *reason;
} refusals[] = {
	{ "field needed to be supplied and was missing",
	    "the subject lacks an attribute that the CA's policy wants" },
	{ "The mandatory ",
	    "the subject lacks an attribute that the CA's policy wants" },
	{ "field is different between",
	    "an attribute of the subject is to be as the CA has it" },
	{ "field does not exist in the CA certificate",
	    "an attribute of the subject is to be as the CA has it" },
	{ "contains characters that are illegal for the ASN.1 type",
	    "the subject has characters that its string type does not allow" },
	{ "type needs to be of type IA5STRING",
	    "the subject has an e-mail address of a wrong string type" },
	{ "ERROR:There is already a certificate for ",
	    "there is a valid certificate of this subject" },
};

/* NULL: it is no refusal. */
static const char *
find_refusal(struct bytes errors)
{
	for (size_t i = 0; i < COUNT(refusals); i++)
		if (errors.size > 0 &&
		    memmem(errors.data, errors.size, refusals[i].phrase,
			strlen(refusals[i].phrase)) != NULL)
			return refusals[i].reason;
	return NULL;
}

/* Where the reason is. */
static struct bytes
end_of(struct bytes text)
{
	return text.size > SAID_LIMIT ?
	    bytes_from(text, text.size - SAID_LIMIT) :
	    text;
}

/* What it wrote may have a device's bytes in it, which the log escapes. */
static void
log_failure(const struct backend_request *request,
    const struct command_result *result)
{
	struct buf line = { 0 }, how = { 0 };

	buf_printf(&how,
	    "openssl ca has made no certificate for request %lld: it ",
	    (long long)request->number);
	command_result_describe(result, &how);
	log_field(&line, "event", buf_bytes(&how));
	log_field(&line, "said", end_of(buf_bytes(&result->errors)));
	log_line(LOG_LEVEL_ERROR, buf_bytes(&line));
	buf_clear(&line);
	buf_clear(&how);
}

/* Its exit status is no proof: it is 0 also where it has refused. */
static enum err
read_result(const struct backend_request *request,
    const struct command_result *result, struct backend_answer *answer)
{
	struct bytes output = buf_bytes(&result->output);
	const char *reason = find_refusal(buf_bytes(&result->errors));

	if (pem_next(&output, "CERTIFICATE", &answer->certificate) == ERR_OK)
		return ERR_OK;
	buf_truncate(&answer->certificate, 0);
	if (reason == NULL) {
		log_failure(request, result);
		return ERR_CA_COMMAND;
	}
	buf_append_string(&answer->reason, reason);
	return ERR_CA_POLICY;
}

/* Running it */

/* What it is started with; strings that are its own. */
struct call {
	char *program;
	char *config;     /* absolute */
	char *directory;  /* absolute */
	char *passphrase; /* how openssl gets it; NULL: not at all */
	struct environment_variable *variables;
	size_t variable_count;
};

static void
clear_call(struct call *call)
{
	free(call->program);
	free(call->config);
	free(call->directory);
	free(call->passphrase);
	free(call->variables);
}

/* Where programs are, and a language that `refusals` is in. */
static const struct openssl_variable own[] = {
	{ "PATH", ENVIRONMENT_PATH },
	{ "LC_ALL", "C" },
};

static bool
is_own(const char *name)
{
	for (size_t i = 0; i < COUNT(own); i++)
		if (bytes_equal_string(bytes_of_string(name), own[i].name))
			return true;
	return false;
}

static void
add_variable(struct call *call, const struct openssl_variable *variable)
{
	call->variables[call->variable_count++] =
	    (struct environment_variable){ .name = variable->name,
		    .value = bytes_of_string(variable->value) };
}

/* No more than what openssl.cnf asks for, so that it says there what it does
 * for us. */
static void
set_variables(const struct openssl_exec *exec, struct call *call)
{
	size_t count;
	const struct openssl_variable *asked =
	    openssl_conf_variables(exec->conf, &count);

	call->variables = xcalloc(COUNT(own) + count, sizeof(*call->variables));
	for (size_t i = 0; i < COUNT(own); i++)
		add_variable(call, &own[i]);
	for (size_t i = 0; i < count; i++)
		if (!is_own(asked[i].name))
			add_variable(call, &asked[i]);
}

/* It is run in another folder than we are. */
static enum err
find_path(const char *path, char **absolute)
{
	*absolute = realpath(path, NULL);
	if (*absolute != NULL)
		return ERR_OK;
	log_event(LOG_LEVEL_ERROR,
	    "openssl ca can't be run, for lack of %s: %s", path,
	    strerror(errno));
	return ERR_CA_COMMAND;
}

/* Only openssl reads the passphrase: neither its arguments nor its environment
 * have it, nor has any process of ours. */
static enum err
prepare_passphrase(const char *file, struct call *call)
{
	char *path = NULL;
	enum err err = find_path(file, &path);

	if (err == ERR_OK)
		call->passphrase = xasprintf("file:%s", path);
	free(path);
	return err;
}

/* One that is not named is looked for where programs are. */
static enum err
prepare_program(const char *program, struct call *call)
{
	if (program != NULL)
		return find_path(program, &call->program);
	call->program = xstrdup("openssl");
	return ERR_OK;
}

static enum err
prepare_call(const struct openssl_exec *exec, struct call *call)
{
	enum err err = prepare_program(exec->program, call);

	if (err == ERR_OK)
		err = find_path(openssl_conf_file(exec->conf), &call->config);
	if (err == ERR_OK)
		err = find_path(exec->directory, &call->directory);
	if (err == ERR_OK && exec->passphrase_file != NULL)
		err = prepare_passphrase(exec->passphrase_file, call);
	if (err == ERR_OK)
		set_variables(exec, call);
	return err;
}

/* The request comes in and the certificate goes out by file names, as openssl
 * wants them. */
static enum err
run(const struct openssl_exec *exec, const struct call *call,
    struct bytes request, struct command_result *result)
{
	const char *arguments[] = { call->program, "ca", "-batch", "-notext",
		"-config", call->config, "-name", exec->section, "-in",
		"/dev/stdin", "-out", "/dev/stdout",
		call->passphrase != NULL ? "-passin" : NULL, call->passphrase,
		NULL };
	const struct command_spec spec = {
		.arguments = (char *const *)(uintptr_t)arguments,
		.directory = call->directory,
		.deadline_ms = DEADLINE_MS,
		.errors_limit = ERRORS_LIMIT,
	};
	const struct command_order order = {
		.spec = &spec,
		.variables = call->variables,
		.variable_count = call->variable_count,
		.input = request,
		/* Whatever becomes of us, nobody is at work there beside it. */
		.held = exec->lock,
	};

	return command_run(&order, result);
}

static enum err
make(const struct openssl_exec *exec, const struct backend_request *request,
    struct backend_answer *answer)
{
	struct command_result result = { 0 };
	struct call call = { 0 };
	struct buf pem = { 0 };
	enum err err = prepare_call(exec, &call);

	pem_append(&pem, "CERTIFICATE REQUEST", request->csr);
	if (err == ERR_OK)
		err = run(exec, &call, buf_bytes(&pem), &result);
	if (err == ERR_OK)
		err = read_result(request, &result, answer);
	command_result_clear(&result);
	clear_call(&call);
	buf_clear(&pem);
	return err;
}

/* What others have written while openssl was at work is in what it has put
 * aside. */
static enum err
merge(const struct openssl_exec *exec, const struct openssl_index_state *before)
{
	const struct openssl_books *books = &exec->books;
	struct openssl_index_merge_report report = { 0 };
	struct problems *problems;
	struct openssl_index_state after;
	char *earlier;
	enum err err;

	if (openssl_index_state_read(books->index, &after) == ERR_OK &&
	    openssl_index_state_equal(before, &after))
		return ERR_OK;
	problems = problems_new();
	earlier = xasprintf("%s.old", books->index);
	err = openssl_index_merge(books->index, earlier, books->unique_subject,
	    &report, problems);
	if (report.appended + report.revoked > 0)
		log_event(LOG_LEVEL_INFO,
		    "%s: %zu rows and %zu revocations that openssl ca has "
		    "crossed are put back",
		    books->index, report.appended, report.revoked);
	problems_log(problems);
	problems_free(problems);
	free(earlier);
	return err;
}

/* The certificate is made, whatever became of the index: that is seen to when it
 * is looked at the next time. */
static enum err
make_and_merge(const struct openssl_exec *exec,
    const struct backend_request *request, struct backend_answer *answer)
{
	struct openssl_index_state before = { 0 };
	enum err err = openssl_index_state_read(exec->books.index, &before),
		 merged;

	if (err != ERR_OK)
		return err;
	err = make(exec, request, answer);
	merged = merge(exec, &before);
	(void)merged;
	return err;
}

/* Whoever was killed while openssl ran has not heard of the certificate. */
static enum err
make_once(const struct openssl_exec *exec, struct store *store,
    const struct backend_request *request, const struct csr *csr,
    struct backend_answer *answer)
{
	enum err err = ERR_STORE_NONE;

	if (request->tried_at != 0)
		err = openssl_latest_find(&exec->books, store, csr->spki,
		    &answer->certificate);
	return err == ERR_STORE_NONE ? make_and_merge(exec, request, answer) :
				       err;
}

static enum err
take_lock(const struct openssl_exec *exec, struct openssl_lock *lock)
{
	struct problems *problems = problems_new();
	enum err err = openssl_lock_take_beside(exec->books.index, lock,
	    problems);

	problems_log(problems);
	problems_free(problems);
	return err;
}

enum err
openssl_exec_issue(const struct openssl_exec *exec, struct store *store,
    const struct backend_request *request, const struct csr *csr,
    struct backend_answer *answer)
{
	struct openssl_exec locked = *exec;
	struct openssl_lock lock;
	enum err err = take_lock(exec, &lock);

	if (err != ERR_OK)
		return err;
	locked.lock = lock.fd;
	err = make_once(&locked, store, request, csr, answer);
	openssl_lock_release(&lock);
	return err;
}
