/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_ENDPOINT_H
#define SCEPD_SCEP_ENDPOINT_H

#include "base/errands.h"
#include "policy/policy.h"
#include "scep/cert_rep.h"
#include "scep/guesses.h"
#include "scep/hooks.h"
#include "scep/succession.h"

/* Who gets a certificate by GetCert. */
enum get_cert {
	GET_CERT_OWN, /* whoever it, or one of the same subject, belongs to */
	GET_CERT_ANY, /* everybody who knows its number */
	GET_CERT_OFF
};

/* What assembling endpoints takes besides their sections. */
struct endpoint_setup {
	struct crypto_setup crypto;
	struct store *store;     /* must outlive them; NULL: nothing is served,
	                      * they are only looked at */
	struct errands *errands; /* what has errands done, and must outlive
	                          * them; NULL where they are only looked at */
	struct guesses *guesses; /* likewise; NULL: wrong challenges slow nobody
	                          * down */
};

/*
 * One endpoint: a path, the CAs behind it, and its rules.  Constant once
 * assembled.
 */
struct endpoint {
	const char *path; /* "/scep/devices", whole segments */
	const struct provider *provider;
	struct store *store;     /* borrowed, */
	struct errands *errands; /* and this as well, */
	struct guesses *guesses; /* and this */
	struct hooks hooks;
	int64_t answer_within; /* seconds that a device waits for others */
	struct succession succession;
	struct algorithms algorithms;
	struct policy policy;
	enum get_cert get_cert;
	enum empty_content empty_content;
	struct buf capabilities;        /* the answer to GetCACaps, */
	struct buf staged_capabilities; /* and while a next CA is staged */
};

/*
 * Assembles the endpoint that `section` describes, at the time
 * setup->crypto.now.  The result is the caller's, to endpoint_free.
 * ERR_CONFIGURATION with all findings in `problems`.
 */
CHECKED enum err endpoint_new(const struct conf_section *section,
    const struct endpoint_setup *setup, struct endpoint **endpoint,
    struct problems *problems);

void endpoint_free(struct endpoint *endpoint);

/* Whether `path` is the endpoint's, or begins with it and then has further
 * segments, whatever they are (T2: "/pkiclient.exe"). */
bool endpoint_has_path(const struct endpoint *endpoint, struct bytes path);

#endif
