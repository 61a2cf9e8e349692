/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook_call.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/hex.h"
#include "base/json_line.h"
#include "base/pem.h"
#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"

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
	VARIABLE_PROFILE,
	VARIABLE_RENEWS_SERIAL,
	VARIABLE_SERIAL,
	VARIABLE_COOKIE,
	VARIABLE_CHALLENGE_FD, /* only with a challenge */
	VARIABLE_EVENT,
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
	[VARIABLE_PROFILE] = "SCEP_PROFILE",
	[VARIABLE_RENEWS_SERIAL] = "SCEP_RENEWS_SERIAL",
	[VARIABLE_SERIAL] = "SCEP_SERIAL",
	[VARIABLE_COOKIE] = "SCEP_COOKIE",
	[VARIABLE_CHALLENGE_FD] = "SCEP_CHALLENGE_FD",
	[VARIABLE_EVENT] = "SCEP_EVENT",
	[VARIABLE_REASON] = "SCEP_REASON",
};

/* What a hook is told of a request, the last only with a challenge; and of an
 * event. */
static const enum variable of_request[] = { VARIABLE_PATH, VARIABLE_LC_ALL,
	VARIABLE_VERSION, VARIABLE_OPERATION, VARIABLE_ENDPOINT,
	VARIABLE_REQUEST, VARIABLE_TRANSACTION_ID, VARIABLE_REMOTE_ADDR,
	VARIABLE_SUBJECT, VARIABLE_DNS, VARIABLE_EMAIL, VARIABLE_URI,
	VARIABLE_IP, VARIABLE_KEY_TYPE, VARIABLE_KEY_HASH, VARIABLE_PROFILE,
	VARIABLE_RENEWS_SERIAL, VARIABLE_SERIAL, VARIABLE_COOKIE,
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
	[HOOK_ISSUED] = "ISSUED",
};

struct hook_call {
	struct command_order order;
	struct environment_variable variables[VARIABLES];
	struct buf values[VARIABLES];
	struct buf request;     /* PEM, or nothing; */
	struct buf certificate; /* likewise */
	struct buf input;       /* what it reads of them */
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
append_names(struct buf *to, struct bytes extensions, enum general_name kind)
{
	struct buf list = { 0 };
	struct bytes names_asked = { 0 };
	struct der outer, inner;
	struct der_element name;

	if (!extensions_find(extensions, OID_SUBJECT_ALT_NAME, &names_asked) ||
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
append_key(const struct provider *provider, struct bytes spki,
    struct buf values[VARIABLES])
{
	uint8_t hash[DIGEST_MAX_SIZE];
	struct key_facts facts;

	if (spki_read(spki, &facts) == ERR_OK) {
		if (facts.type == KEY_TYPE_RSA)
			buf_printf(&values[VARIABLE_KEY_TYPE], "rsa:%u",
			    facts.bits);
		else
			buf_printf(&values[VARIABLE_KEY_TYPE], "ec:%s",
			    facts.curve);
	}
	provider_digest(provider, DIGEST_SHA256, &spki, 1, hash);
	hex_append(&values[VARIABLE_KEY_HASH],
	    bytes_of(hash, digest_facts(DIGEST_SHA256)->size));
}

static void
set_common(const char *operation, struct buf values[VARIABLES])
{
	buf_append_string(&values[VARIABLE_PATH], ENVIRONMENT_PATH);
	buf_append_string(&values[VARIABLE_LC_ALL], "C.UTF-8");
	buf_append_string(&values[VARIABLE_VERSION], "1");
	buf_append_string(&values[VARIABLE_OPERATION], operation);
}

/* Whom a request or a certificate is about. */
struct whom {
	struct bytes subject;
	struct bytes spki;
	struct bytes extensions;
};

static struct whom
whom_of(const struct hook_request *request)
{
	const struct csr *csr = request->csr;
	const struct certificate *certificate = request->certificate;

	return csr != NULL ?
	    (struct whom){ csr->subject, csr->spki, csr->extensions } :
	    (struct whom){ certificate->subject, certificate->spki,
		    certificate->extensions };
}

static void
set_whom(const struct provider *provider, const struct whom *whom,
    struct buf values[VARIABLES])
{
	append_subject(&values[VARIABLE_SUBJECT], whom->subject);
	append_names(&values[VARIABLE_DNS], whom->extensions, GENERAL_NAME_DNS);
	append_names(&values[VARIABLE_EMAIL], whom->extensions,
	    GENERAL_NAME_EMAIL);
	append_names(&values[VARIABLE_URI], whom->extensions, GENERAL_NAME_URI);
	append_names(&values[VARIABLE_IP], whom->extensions, GENERAL_NAME_IP);
	append_key(provider, whom->spki, values);
}

static void
set_values(const struct provider *provider, const struct hook_request *request,
    struct buf values[VARIABLES])
{
	const struct whom whom = whom_of(request);

	set_common(operations[request->operation], values);
	set_whom(provider, &whom, values);
	buf_append_string(&values[VARIABLE_ENDPOINT], request->endpoint);
	buf_printf(&values[VARIABLE_REQUEST], "%lld",
	    (long long)request->number);
	append_id(&values[VARIABLE_TRANSACTION_ID], request->transaction_id);
	buf_append(&values[VARIABLE_REMOTE_ADDR], request->peer);
	buf_append(&values[VARIABLE_PROFILE], request->profile);
	hex_append(&values[VARIABLE_RENEWS_SERIAL], request->renews_serial);
	if (request->operation == HOOK_ISSUED)
		hex_append(&values[VARIABLE_SERIAL],
		    serial_number(request->certificate->serial));
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
	[VARIABLE_PROFILE] = "profile",
	[VARIABLE_RENEWS_SERIAL] = "renews_serial",
	[VARIABLE_SERIAL] = "serial",
	[VARIABLE_COOKIE] = "cookie",
};

static void
append_value(struct buf *to, enum variable which, struct bytes value)
{
	if (which == VARIABLE_REQUEST)
		buf_append(to, value);
	else if (is_list(which))
		json_line_append_lines(to, value);
	else
		json_line_append_string(to, value);
}

static void
append_member(struct buf *to, const char *name, const struct buf *value)
{
	buf_printf(to, ", \"%s\": ", name);
	json_line_append_string(to, buf_bytes(value));
}

/* The runner has begun the object, with its id. */
static void
set_line(struct hook_call *call, bool with_challenge)
{
	struct buf *line = &call->input;

	for (enum variable i = 0; i < VARIABLES; i++) {
		if (members[i] == NULL)
			continue;
		buf_printf(line, "%s\"%s\": ", line->size > 0 ? ", " : "",
		    members[i]);
		append_value(line, i, buf_bytes(&call->values[i]));
	}
	if (call->request.size > 0)
		append_member(line, "csr", &call->request);
	if (call->certificate.size > 0)
		append_member(line, "certificate", &call->certificate);
	if (with_challenge)
		append_member(line, "challenge", &call->challenge);
	buf_append_octet(line, '}');
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
		.spec = hook_spec(hook),
		.variables = call->variables,
		.variable_count = count,
		.input = buf_bytes(&call->input),
	};
}

static void
set_papers(struct hook_call *call, const struct hook_request *request)
{
	if (request->csr != NULL) {
		pem_append(&call->request, "CERTIFICATE REQUEST",
		    buf_bytes(&request->csr->der));
		buf_append(&call->challenge,
		    buf_bytes(&request->csr->challenge));
	}
	if (request->certificate != NULL)
		pem_append(&call->certificate, "CERTIFICATE",
		    buf_bytes(&request->certificate->der));
	call->secret = buf_bytes(&call->challenge);
}

struct hook_call *
hook_call_new(const struct provider *provider, const struct hook *hook,
    const struct hook_request *request)
{
	struct hook_call *call = xalloc(sizeof(*call));
	bool with_challenge = hook_wants_challenge(hook);

	set_values(provider, request, call->values);
	set_papers(call, request);
	if (hook_spec(hook)->protocol != NULL) {
		set_line(call, with_challenge);
		set_order(call, hook, of_request, COMMON);
		return call;
	}
	buf_append(&call->input, buf_bytes(&call->request));
	buf_append(&call->input, buf_bytes(&call->certificate));
	set_order(call, hook, of_request,
	    with_challenge ? COUNT(of_request) : COUNT(of_request) - 1);
	call->order.secret = with_challenge ? &call->secret : NULL;
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
	buf_clear(&call->request);
	buf_clear(&call->certificate);
	buf_clear(&call->input);
	buf_clear(&call->challenge);
	free(call);
}

const struct command_order *
hook_call_order(const struct hook_call *call)
{
	return &call->order;
}
