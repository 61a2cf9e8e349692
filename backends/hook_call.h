/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_HOOK_CALL_H
#define SCEPD_BACKENDS_HOOK_CALL_H

#include "backends/hook.h"
#include "crypto/certificate.h"
#include "crypto/csr.h"

/*
 * What a hook is told, as scepd-hooks(7) has it: variables and standard input,
 * or a line of JSON.  No octet that a client has chosen becomes an argument, a
 * variable's name or a line break in a value.
 */

/* What is wanted. */
enum hook_operation {
	HOOK_SUBMIT,    /* a certificate, for the first time */
	HOOK_POLL,      /* that which was submitted, and is pending */
	HOOK_AUTHORIZE, /* whether there may be one */
	HOOK_ISSUED     /* it is to know of one before the device has it */
};

/* What it is about. Views. */
struct hook_request {
	enum hook_operation operation;
	const char *endpoint; /* its path */
	int64_t number;       /* the transaction's, for ever */
	struct bytes transaction_id;
	struct bytes peer;
	struct bytes cookie;        /* what the hook said before; or nothing */
	struct bytes profile;       /* its name; or nothing */
	struct bytes renews_serial; /* octets; nothing: it is no renewal */
	const struct csr *csr;      /* but of ISSUED: NULL */
	/* Of ISSUED the new one, of AUTHORIZE that which is renewed, if it is
	 * known; or NULL. */
	const struct certificate *certificate;
};

/* A call of the hook; made by hook_call_new. */
struct hook_call;

/* The result, which views the hook but nothing of the request, is the caller's,
 * to hook_call_free. */
struct hook_call *hook_call_new(const struct provider *provider,
    const struct hook *hook, const struct hook_request *request);

/* What has happened, for a hook that is told.  Views; what there is none of is
 * nothing, or 0. */
struct hook_notice {
	const char *event;     /* one word: "issued" */
	struct bytes endpoint; /* its path */
	int64_t number;        /* the transaction's */
	struct bytes transaction_id;
	struct bytes peer;
	struct bytes subject;     /* Name, whole */
	struct bytes serial;      /* octets */
	struct bytes reason;      /* UTF-8 */
	struct bytes certificate; /* DER */
};

/* As hook_call_new, for a hook that is told of something. */
struct hook_call *hook_call_new_notice(const struct hook *hook,
    const struct hook_notice *notice);

/* Wipes it. */
void hook_call_free(struct hook_call *call);

/* The command; lives as long as the call. */
const struct command_order *hook_call_order(const struct hook_call *call);

#endif
