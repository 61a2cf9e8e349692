/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_BACKEND_CA_H
#define SCEPD_BACKENDS_BACKEND_CA_H

#include "backends/backend_internal.h"
#include "crypto/credential.h"

/* No chain of a real PKI is longer. */
#define BACKEND_MAX_CHAIN 8

/* What all CAs have; all zeroes before. */
struct backend_ca {
	const struct provider *provider;
	struct credential ca; /* without a key where that is not to be had */
	struct certificate *chain[BACKEND_MAX_CHAIN];
	size_t chain_count;
	struct buf key_id; /* of the CA's certificate */
	struct backend_crl crl;
};

struct backend_ca_files {
	struct credential_files ca;
	const char *chain;              /* or NULL */
	const struct conf_section *crl; /* or NULL */
	int64_t crl_life;               /* as backend_crl_read has it */
	const char *no_crl; /* why scepd can't make CRLs, and what to do;
	                     * NULL: it can */
};

/*
 * Loads what backend_open promises of a CA, as at the time setup->now.  To be
 * cleared in any case.  ERR_CONFIGURATION, with lines in `problems`.
 */
CHECKED enum err backend_ca_load(const struct backend_ca_files *files,
    const struct crypto_setup *setup, struct backend_ca *ca,
    struct problems *problems);

void backend_ca_clear(struct backend_ca *ca);

/* The row of the key `certificate` for a table whose struct has a field for
 * it, where the configuration names the file. */
#define BACKEND_CERTIFICATE_KEY(settings_type, field) \
	{ \
		.name = "certificate", .type = CONF_PATH, .required = true, \
		.offset = offsetof(settings_type, field) \
	}

/* As backend_find_certificate, by that key. */
CHECKED enum err backend_ca_find_certificate(const struct conf_section *section,
    char **path, struct problems *problems);

/*
 * Appends the TBSCertificate that `order` says, of which the serial number (127
 * random bits, where the order has none), the issuer, both key identifiers and
 * the end, if the CA's is sooner, are filled in here.  ERR_PUBLIC_KEY.
 */
CHECKED enum err backend_ca_append_tbs(const struct backend_ca *ca,
    const struct certificate_order *order, struct buf *tbs);

/* Whether the CA's certificate is valid: a process runs for months.
 * ERR_CA_VALIDITY. */
CHECKED enum err backend_ca_check_now(const struct backend_ca *ca, int64_t now);

/* As backend_make_crl. */
CHECKED enum err backend_ca_make_crl(const struct backend_ca *ca,
    const struct crl_order *order, struct buf *crl);

#endif
