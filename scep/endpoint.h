/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_ENDPOINT_H
#define SCEPD_SCEP_ENDPOINT_H

#include "backends/backend.h"
#include "crypto/cms_envelope.h"
#include "crypto/credential.h"
#include "policy/policy.h"
#include "scep/cert_rep.h"
#include "store/store.h"

/* Who gets a certificate by GetCert. */
enum get_cert {
	GET_CERT_OWN, /* whoever it, or one of the same subject, belongs to */
	GET_CERT_ANY, /* everybody who knows its number */
	GET_CERT_OFF
};

/* What assembling endpoints takes besides their sections. */
struct endpoint_setup {
	struct crypto_setup crypto;
	struct store *store; /* must outlive them; NULL: nothing is served,
	                      * they are only looked at */
};

/*
 * One endpoint: a path, the CA behind it, the identity it serves SCEP with,
 * and its rules.  Constant once assembled.
 */
struct endpoint {
	const char *path; /* "/scep/devices", whole segments */
	const struct provider *provider;
	struct backend *backend;
	struct buf ca_key_id;               /* of the CA's certificate */
	uint8_t authority[STORE_HASH_SIZE]; /* SHA-256 of its SPKI */
	struct store *store;                /* borrowed */
	struct credential ra;       /* empty: the CA serves SCEP itself */
	struct cms_keyring keyring; /* first: what clients are told of */
	struct algorithms algorithms;
	struct policy policy;
	enum get_cert get_cert;
	enum empty_content empty_content;
	struct buf capabilities;          /* the answer to GetCACaps */
	struct buf ca_certificates;       /* the answer to GetCACert */
	const char *ca_certificates_type; /* its Content-Type */
	struct buf ca_chain;              /* the answer to GetCACertChain */
};

/*
 * Assembles the endpoint that `section` describes, at the time setup->crypto.now:
 * reads the files, and checks that real clients can use what they hold: an RSA
 * key with digitalSignature and keyEncipherment to serve SCEP with.  The
 * result is the caller's, to endpoint_free.  ERR_CONFIGURATION with all
 * findings in `problems`.
 */
CHECKED enum err endpoint_new(const struct conf_section *section,
    const struct endpoint_setup *setup, struct endpoint **endpoint,
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
