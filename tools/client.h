/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_H
#define SCEPD_TOOLS_CLIENT_H

#include "scep/cert_rep.h"
#include "tools/client_caps.h"
#include "tools/client_trust.h"
#include "tools/http.h"

/*
 * A client of a SCEP server (RFC 8894 sections 3 and 4): what commands have in
 * common that ask one.
 */

/* What a client has of the world around it; tests have another world. */
struct client_world {
	enum err (*exchange)(const struct http_request *request,
	    struct http_answer *answer, struct problems *problems);
	void (*wait)(int64_t seconds);
	void (*tell)(const char *line); /* while it is going on */
	int64_t (*now)(void);           /* seconds since 1970 */
};

/* What the operator wants of it. Strings are borrowed; NULL: the usual. */
struct client_wishes {
	const char *url;           /* the server's, without a query */
	const char *ca_identifier; /* for servers with several CAs */
	const char *timeout;       /* of a request: "30s" */
	const char *tls_ca;
	struct client_caps_wishes caps;
	struct client_trust trust;
};

struct client {
	const struct client_world *world;
	const struct client_wishes *wishes;
	const struct provider *provider;
	struct problems *problems;
	int64_t timeout; /* seconds */
	struct client_caps caps;
	struct client_choice choice;
	struct client_ca ca;
};

/*
 * Begins one: nothing is asked yet.  To be cleared by client_clear.
 * ERR_CONFIGURATION, with a line in `problems`, where the URL or a wish is
 * none.  All below have a line in `problems` too, where they fail.
 */
CHECKED enum err client_begin(struct client *client,
    const struct client_world *world, const struct client_wishes *wishes,
    struct problems *problems);

void client_clear(struct client *client);

/* GetCACaps.  A server that answers by an HTTP error can nothing (RFC 8894
 * section 3.5.1). ERR_CLIENT_HTTP. */
CHECKED enum err client_get_caps(struct client *client);

/* GetCACert, trusted or not. ERR_CLIENT_HTTP, ERR_CLIENT_ANSWER. */
CHECKED enum err client_get_ca(struct client *client);

/* Both of these, a choice of algorithms, and certificates that are trusted:
 * what comes before messages. Errors of all of them. */
CHECKED enum err client_prepare(struct client *client);

/* GetNextCACert: *next is what the CA will be, by a message that the present
 * one has signed. ERR_CLIENT_HTTP, ERR_CLIENT_ANSWER, ERR_CLIENT_TRUST. */
CHECKED enum err client_get_next_ca(struct client *client,
    struct client_ca *next);

/* A message to be sent. */
struct client_message {
	enum message_type type;
	struct bytes transaction_id;
	struct bytes data;          /* what its envelope holds */
	struct cms_identity signer; /* the answer is encrypted for it */
};

/*
 * PKIOperation.  The answer is verified to be one to this message by a
 * trusted certificate, and made with nothing that is broken unless that was
 * wished for; to be cleared by cert_rep_clear.  What it says is the caller's
 * to look at.  ERR_CLIENT_HTTP, ERR_CLIENT_ANSWER, ERR_CLIENT_TRUST,
 * ERR_SIGN, ERR_PUBLIC_KEY.
 */
CHECKED enum err client_ask(struct client *client,
    const struct client_message *message, struct cert_rep *cert_rep);

/* Adds a line about a FAILURE. ERR_CLIENT_REFUSED. */
CHECKED enum err client_tell_failure(struct client *client,
    const struct cert_rep *cert_rep);

#endif
