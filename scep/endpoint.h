/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_ENDPOINT_H
#define SCEPD_SCEP_ENDPOINT_H

#include "backends/backend.h"
#include "crypto/cms_envelope.h"
#include "crypto/credential.h"
#include "policy/policy.h"

/*
 * One endpoint: a path, the CA behind it, the identity it serves SCEP with,
 * and its rules.  Constant once assembled.
 */
struct endpoint {
	const char *path; /* "/scep/devices", whole segments */
	const struct provider *provider;
	struct backend *backend;
	struct buf ca_key_id;       /* of the CA's certificate */
	struct credential ra;       /* empty: the CA serves SCEP itself */
	struct cms_keyring keyring; /* first: what clients are told of */
	struct algorithms algorithms;
	struct policy policy;
	struct buf capabilities;          /* the answer to GetCACaps */
	struct buf ca_certificates;       /* the answer to GetCACert */
	const char *ca_certificates_type; /* its Content-Type */
	struct buf ca_chain;              /* the answer to GetCACertChain */
};

/*
 * Assembles the endpoint that `section` describes, at the time setup->now:
 * reads the files, and checks that real clients can use what they hold: an RSA
 * key with digitalSignature and keyEncipherment to serve SCEP with.  The
 * result is the caller's, to endpoint_free.  ERR_CONFIGURATION with all
 * findings in `problems`.
 */
CHECKED enum err endpoint_new(const struct conf_section *section,
    const struct crypto_setup *setup, struct endpoint **endpoint,
    struct problems *problems);

void endpoint_free(struct endpoint *endpoint);

/* Adds lines about certificates of the endpoint that have expired or will so
 * soon, as at its start. */
void endpoint_check_validity(const struct endpoint *endpoint, int64_t now,
    struct problems *problems);

/* Who signs this endpoint's answers. */
const struct cms_identity *endpoint_identity(const struct endpoint *endpoint);

/* Whether `path` is the endpoint's, or begins with it and then has further
 * segments, whatever they are (T2: "/pkiclient.exe"). */
bool endpoint_has_path(const struct endpoint *endpoint, struct bytes path);

#endif
