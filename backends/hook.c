/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/hook_line.h"
#include "base/count.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/json_line.h"
#include "base/pem.h"
#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"

/* From the configuration */

const char *const hook_modes[] = {
	[HOOK_COMMAND] = "command",
	[HOOK_COPROCESS] = "coprocess",
	NULL,
};

static const struct coprocess_protocol lines = { .read = hook_line_read };

struct hook {
	struct command_spec spec;
	const char **arguments; /* NULL at the end */
	bool challenge;
};

/* The processes of a configuration that was checked look for no file any
 * more. */
static enum err
check_program(const struct conf_section *section, const char *program,
    struct problems *problems)
{
	if (program[0] != '/')
		return conf_refuse(section, "command", problems,
		    "\"command\" begins with the whole path of a program, and "
		    "what is not there is looked for nowhere else");
	if (file_is_replayed() || access(program, X_OK) == 0)
		return ERR_OK;
	conf_problem(section, "command", PROBLEM_ERROR, problems,
	    "%s can't be run: %s; name a program, and make it executable: "
	    "chmod +x",
	    program, strerror(errno));
	return ERR_CONFIGURATION;
}

enum err
hook_new(const struct conf_section *section,
    const struct hook_settings *settings, struct hook **hook,
    struct problems *problems)
{
	size_t count = settings->command.count;
	struct hook *made;

	if (count == 0)
		return conf_refuse(section, "command", problems,
		    "\"command\" is empty; name a program");
	if (settings->directory[0] != '/')
		return conf_refuse(section, "directory", problems,
		    "\"directory\" is to be a whole path, from / on");
	if (check_program(section, settings->command.items[0], problems) !=
	    ERR_OK)
		return ERR_CONFIGURATION;
	made = xalloc(sizeof(*made));
	made->arguments = xcalloc(count + 1, sizeof(*made->arguments));
	for (size_t i = 0; i < count; i++)
		made->arguments[i] = settings->command.items[i];
	made->challenge = settings->challenge;
	made->spec = (struct command_spec){
		.arguments = (char *const *)(uintptr_t)made->arguments,
		.directory = settings->directory,
		.deadline_ms = settings->deadline * 1000,
		.running_limit = (unsigned)settings->at_once,
		.protocol = settings->mode == HOOK_COPROCESS ? &lines : NULL,
	};
	*hook = made;
	return ERR_OK;
}

enum err
hook_read(const struct conf_section *section, struct hook **hook,
    struct problems *problems)
{
	struct read {
		struct hook_settings settings;
	} read = { HOOK_SETTINGS_DEFAULT };
	static const struct conf_key keys[] = {
		HOOK_KEYS(struct read, settings),
		{ 0 },
	};
	enum err err = conf_read(section, keys, &read, problems);

	return err == ERR_OK ?
	    hook_new(section, &read.settings, hook, problems) :
	    err;
}

void
hook_free(struct hook *hook)
{
	if (hook == NULL)
		return;
	free(hook->arguments);
	free(hook);
}

int64_t
hook_deadline(const struct hook *hook)
{
	return hook->spec.deadline_ms / 1000;
}

unsigned
hook_at_once(const struct hook *hook)
{
	return hook->spec.running_limit;
}

const char *
hook_program(const struct hook *hook)
{
	return hook->arguments[0];
}

/* Calls */

enum variable {
	VARIABLE_PATH,
	VARIABLE_LC_ALL,
	VARIABLE_VERSION,
	VARIABLE_OPERATION,
	VARIABLE_ENDPOINT,
	VARIABLE_REQUEST,
	VARIABLE_TRANSACTION_ID,
	VARIABLE_REMOTE_ADDR,
	VARIABLE_SUBJECT,
	VARIABLE_DNS,
	VARIABLE_EMAIL,
	VARIABLE_URI,
	VARIABLE_IP,
	VARIABLE_KEY_TYPE,
	VARIABLE_KEY_HASH,
	VARIABLE_COOKIE,
	VARIABLE_CHALLENGE_FD, /* only with a challenge */
	VARIABLE_EVENT,
	VARIABLE_SERIAL,
	VARIABLE_REASON,
	VARIABLES
};

static const char *const names[VARIABLES] = {
	[VARIABLE_PATH] = "PATH",
	[VARIABLE_LC_ALL] = "LC_ALL",
	[VARIABLE_VERSION] = "SCEP_HOOK_VERSION",
	[VARIABLE_OPERATION] = "SCEP_OPERATION",
	[VARIABLE_ENDPOINT] = "SCEP_ENDPOINT",
	[VARIABLE_REQUEST] = "SCEP_REQUEST",
	[VARIABLE_TRANSACTION_ID] = "SCEP_TRANSACTION_ID",
	[VARIABLE_REMOTE_ADDR] = "SCEP_REMOTE_ADDR",
	[VARIABLE_SUBJECT] = "SCEP_REQ_SUBJECT",
	[VARIABLE_DNS] = "SCEP_REQ_DNS",
	[VARIABLE_EMAIL] = "SCEP_REQ_EMAIL",
	[VARIABLE_URI] = "SCEP_REQ_URI",
	[VARIABLE_IP] = "SCEP_REQ_IP",
	[VARIABLE_KEY_TYPE] = "SCEP_KEY_TYPE",
	[VARIABLE_KEY_HASH] = "SCEP_KEY_HASH",
	[VARIABLE_COOKIE] = "SCEP_COOKIE",
	[VARIABLE_CHALLENGE_FD] = "SCEP_CHALLENGE_FD",
	[VARIABLE_EVENT] = "SCEP_EVENT",
	[VARIABLE_SERIAL] = "SCEP_SERIAL",
	[VARIABLE_REASON] = "SCEP_REASON",
};

/* What a hook is told of a request, the last only with a challenge; and of an
 * event. */
static const enum variable of_request[] = { VARIABLE_PATH, VARIABLE_LC_ALL,
	VARIABLE_VERSION, VARIABLE_OPERATION, VARIABLE_ENDPOINT,
	VARIABLE_REQUEST, VARIABLE_TRANSACTION_ID, VARIABLE_REMOTE_ADDR,
	VARIABLE_SUBJECT, VARIABLE_DNS, VARIABLE_EMAIL, VARIABLE_URI,
	VARIABLE_IP, VARIABLE_KEY_TYPE, VARIABLE_KEY_HASH, VARIABLE_COOKIE,
	VARIABLE_CHALLENGE_FD };
static const enum variable of_notice[] = { VARIABLE_PATH, VARIABLE_LC_ALL,
	VARIABLE_VERSION, VARIABLE_OPERATION, VARIABLE_EVENT, VARIABLE_ENDPOINT,
	VARIABLE_REQUEST, VARIABLE_TRANSACTION_ID, VARIABLE_REMOTE_ADDR,
	VARIABLE_SUBJECT, VARIABLE_SERIAL, VARIABLE_REASON };

/* Of those the first, which do not depend on the request, are what a program
 * that runs on is started with. */
#define COMMON 3

static const char *const operations[] = {
	[HOOK_SUBMIT] = "SUBMIT",
	[HOOK_POLL] = "POLL",
	[HOOK_AUTHORIZE] = "AUTHORIZE",
};

struct hook_call {
	struct command_order order;
	struct environment_variable variables[VARIABLES];
	struct buf values[VARIABLES];
	struct buf input;
	struct buf challenge;
	struct bytes secret; /* views it */
};

/* Nothing that a shell could take for anything but a word. */
static bool
is_safe(struct bytes id)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789._-";

	for (size_t i = 0; i < id.size; i++)
		if (id.data[i] == '\0' || strchr(safe, id.data[i]) == NULL)
			return false;
	return id.size > 0;
}

static void
append_id(struct buf *to, struct bytes id)
{
	if (is_safe(id)) {
		buf_append(to, id);
		return;
	}
	buf_append_string(to, "hex:");
	hex_append(to, id);
}

/* Text can have any character in it: what would end a line, or change a
 * terminal, is escaped as RFC 4514 section 2.4 has it. */
static void
append_line(struct buf *to, struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < ' ' || text.data[i] == 0x7f)
			buf_printf(to, "\\%02X", text.data[i]);
		else
			buf_append_octet(to, text.data[i]);
}

static void
append_subject(struct buf *to, struct bytes subject)
{
	struct buf text = { 0 };

	name_append_text(&text, subject);
	append_line(to, buf_bytes(&text));
	buf_clear(&text);
}

static void
append_address(struct buf *to, struct bytes octets)
{
	char text[INET6_ADDRSTRLEN];
	int family = octets.size == 4 ? AF_INET : AF_INET6;

	if (inet_ntop(family, octets.data, text, sizeof(text)) != NULL)
		buf_append_string(to, text);
}

/* Those of one kind, one a line. What is not well formed is not told. */
static void
append_names(struct buf *to, const struct csr *csr, enum general_name kind)
{
	struct buf list = { 0 };
	struct bytes names_asked = { 0 };
	struct der outer, inner;
	struct der_element name;

	if (!extensions_find(csr->extensions, OID_SUBJECT_ALT_NAME,
		&names_asked) ||
	    general_names_filter(&list, names_asked, 1u << kind) != ERR_OK)
		buf_truncate(&list, 0);
	outer = der_of(buf_bytes(&list));
	if (der_enter(&outer, DER_SEQUENCE, &inner) == ERR_OK)
		while (der_read_any(&inner, &name) == ERR_OK) {
			if (to->size > 0)
				buf_append_octet(to, '\n');
			if (kind == GENERAL_NAME_IP)
				append_address(to, name.content);
			else
				buf_append(to, name.content);
		}
	buf_clear(&list);
}

static void
append_key(const struct provider *provider, const struct csr *csr,
    struct buf values[VARIABLES])
{
	uint8_t hash[DIGEST_MAX_SIZE];
	struct key_facts facts;

	if (spki_read(csr->spki, &facts) == ERR_OK) {
		if (facts.type == KEY_TYPE_RSA)
			buf_printf(&values[VARIABLE_KEY_TYPE], "rsa:%u",
			    facts.bits);
		else
			buf_printf(&values[VARIABLE_KEY_TYPE], "ec:%s",
			    facts.curve);
	}
	provider_digest(provider, DIGEST_SHA256, &csr->spki, 1, hash);
	hex_append(&values[VARIABLE_KEY_HASH],
	    bytes_of(hash, digest_facts(DIGEST_SHA256)->size));
}

static void
set_common(const char *operation, struct buf values[VARIABLES])
{
	buf_append_string(&values[VARIABLE_PATH],
	    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	buf_append_string(&values[VARIABLE_LC_ALL], "C.UTF-8");
	buf_append_string(&values[VARIABLE_VERSION], "1");
	buf_append_string(&values[VARIABLE_OPERATION], operation);
}

static void
set_values(const struct provider *provider, const struct hook_request *request,
    struct buf values[VARIABLES])
{
	set_common(operations[request->operation], values);
	buf_append_string(&values[VARIABLE_ENDPOINT], request->endpoint);
	buf_printf(&values[VARIABLE_REQUEST], "%lld",
	    (long long)request->number);
	append_id(&values[VARIABLE_TRANSACTION_ID], request->transaction_id);
	buf_append(&values[VARIABLE_REMOTE_ADDR], request->peer);
	append_subject(&values[VARIABLE_SUBJECT], request->csr->subject);
	append_names(&values[VARIABLE_DNS], request->csr, GENERAL_NAME_DNS);
	append_names(&values[VARIABLE_EMAIL], request->csr, GENERAL_NAME_EMAIL);
	append_names(&values[VARIABLE_URI], request->csr, GENERAL_NAME_URI);
	append_names(&values[VARIABLE_IP], request->csr, GENERAL_NAME_IP);
	append_key(provider, request->csr, values);
	buf_append(&values[VARIABLE_COOKIE], request->cookie);
	buf_append_string(&values[VARIABLE_CHALLENGE_FD], "3");
}

static bool
is_list(enum variable which)
{
	return which >= VARIABLE_DNS && which <= VARIABLE_IP;
}

/* Those of a program that runs on, as members of a JSON object. */
static const char *const members[VARIABLES] = {
	[VARIABLE_OPERATION] = "operation",
	[VARIABLE_ENDPOINT] = "endpoint",
	[VARIABLE_REQUEST] = "request",
	[VARIABLE_TRANSACTION_ID] = "transaction_id",
	[VARIABLE_REMOTE_ADDR] = "remote_addr",
	[VARIABLE_SUBJECT] = "subject",
	[VARIABLE_DNS] = "dns",
	[VARIABLE_EMAIL] = "email",
	[VARIABLE_URI] = "uri",
	[VARIABLE_IP] = "ip",
	[VARIABLE_KEY_TYPE] = "key_type",
	[VARIABLE_KEY_HASH] = "key_hash",
	[VARIABLE_COOKIE] = "cookie",
};

static void
append_list(struct buf *to, struct bytes list)
{
	const char *separator = "";

	buf_append_octet(to, '[');
	while (list.size > 0) {
		buf_append_string(to, separator);
		json_line_append_string(to, bytes_cut(&list, '\n'));
		separator = ", ";
	}
	buf_append_octet(to, ']');
}

static void
append_value(struct buf *to, enum variable which, struct bytes value)
{
	if (which == VARIABLE_REQUEST)
		buf_append(to, value);
	else if (is_list(which))
		append_list(to, value);
	else
		json_line_append_string(to, value);
}

static void
set_line(struct hook_call *call, bool with_challenge)
{
	struct buf line = { 0 };

	for (enum variable i = 0; i < VARIABLES; i++) {
		if (members[i] == NULL)
			continue;
		buf_printf(&line, "\"%s\": ", members[i]);
		append_value(&line, i, buf_bytes(&call->values[i]));
		buf_append_string(&line, ", ");
	}
	buf_append_string(&line, "\"csr\": ");
	json_line_append_string(&line, buf_bytes(&call->input));
	if (with_challenge) {
		buf_append_string(&line, ", \"challenge\": ");
		json_line_append_string(&line, buf_bytes(&call->challenge));
	}
	buf_append_octet(&line, '}');
	buf_clear(&call->input);
	call->input = line;
}

/* Those of `told` are what it is told. */
static void
set_order(struct hook_call *call, const struct hook *hook,
    const enum variable *told, size_t count)
{
	for (size_t i = 0; i < count; i++)
		call->variables[i] = (struct environment_variable){
			.name = names[told[i]],
			.value = buf_bytes(&call->values[told[i]]),
			.is_list = is_list(told[i]),
		};
	call->order = (struct command_order){
		.spec = &hook->spec,
		.variables = call->variables,
		.variable_count = count,
		.input = buf_bytes(&call->input),
	};
}

struct hook_call *
hook_call_new(const struct provider *provider, const struct hook *hook,
    const struct hook_request *request)
{
	struct hook_call *call = xalloc(sizeof(*call));

	set_values(provider, request, call->values);
	pem_append(&call->input, "CERTIFICATE REQUEST",
	    buf_bytes(&request->csr->der));
	buf_append(&call->challenge, buf_bytes(&request->csr->challenge));
	call->secret = buf_bytes(&call->challenge);
	if (hook->spec.protocol != NULL) {
		set_line(call, hook->challenge);
		set_order(call, hook, of_request, COMMON);
		return call;
	}
	set_order(call, hook, of_request,
	    hook->challenge ? COUNT(of_request) : COUNT(of_request) - 1);
	call->order.secret = hook->challenge ? &call->secret : NULL;
	return call;
}

static void
set_notice(const struct hook_notice *notice, struct buf values[VARIABLES])
{
	set_common("NOTIFY", values);
	buf_append_string(&values[VARIABLE_EVENT], notice->event);
	buf_append(&values[VARIABLE_ENDPOINT], notice->endpoint);
	if (notice->number != 0)
		buf_printf(&values[VARIABLE_REQUEST], "%lld",
		    (long long)notice->number);
	if (notice->transaction_id.size > 0)
		append_id(&values[VARIABLE_TRANSACTION_ID],
		    notice->transaction_id);
	buf_append(&values[VARIABLE_REMOTE_ADDR], notice->peer);
	append_subject(&values[VARIABLE_SUBJECT], notice->subject);
	hex_append(&values[VARIABLE_SERIAL], notice->serial);
	append_line(&values[VARIABLE_REASON], notice->reason);
}

struct hook_call *
hook_call_new_notice(const struct hook *hook, const struct hook_notice *notice)
{
	struct hook_call *call = xalloc(sizeof(*call));

	set_notice(notice, call->values);
	if (notice->certificate.size > 0)
		pem_append(&call->input, "CERTIFICATE", notice->certificate);
	set_order(call, hook, of_notice, COUNT(of_notice));
	return call;
}

void
hook_call_free(struct hook_call *call)
{
	if (call == NULL)
		return;
	for (size_t i = 0; i < VARIABLES; i++)
		buf_clear(&call->values[i]);
	buf_clear(&call->input);
	buf_clear(&call->challenge);
	free(call);
}

const struct command_order *
hook_call_order(const struct hook_call *call)
{
	return &call->order;
}
