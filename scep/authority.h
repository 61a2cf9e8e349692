/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_AUTHORITY_H
#define SCEPD_SCEP_AUTHORITY_H

#include "backends/backend.h"
#include "crypto/cms_envelope.h"
#include "crypto/credential.h"
#include "store/store.h"

/*
 * A CA and, where there is one, its RA, as SCEP is served with them.  An
 * endpoint has one of them, and a second one while its CA is about to be
 * replaced.  Constant once opened.
 */
struct authority {
	struct backend *backend;
	struct credential ra;             /* empty: the CA serves SCEP itself */
	struct buf ca_key_id;             /* of the CA's certificate */
	uint8_t hash[STORE_HASH_SIZE];    /* SHA-256 of the CA's SPKI: what the
	                                * store knows it by */
	struct buf ca_certificates;       /* the answer to GetCACert */
	const char *ca_certificates_type; /* its Content-Type */
	struct buf ca_chain;              /* the answer to GetCACertChain */
};

/* The sections that describe one. */
struct authority_sections {
	const struct conf_section *ca;
	const struct conf_section *ra; /* NULL: there is no RA */
};

/*
 * Opens the CA and the RA as at the time setup->now: reads the files, and
 * checks that real clients can use what they hold: an RSA key with
 * digitalSignature and keyEncipherment to serve SCEP with.  To be cleared by
 * authority_clear in any case.  ERR_CONFIGURATION with all findings in
 * `problems`.
 */
CHECKED enum err authority_open(const struct authority_sections *sections,
    const struct crypto_setup *setup, struct authority *authority,
    struct problems *problems);

void authority_clear(struct authority *authority);

/* The CA's certificate. */
const struct certificate *
authority_certificate(const struct authority *authority);

/* Who signs answers, and what envelopes are for: the RA, or the CA itself. */
struct cms_identity authority_identity(const struct authority *authority);

/* What the record of a certificate views besides. */
struct record_hashes {
	uint8_t key[STORE_HASH_SIZE];
	uint8_t identity[STORE_HASH_SIZE];
};

/*
 * What the store finds a certificate of this CA by: views into it, into the
 * authority, and into `hashes`, which get filled in.
 */
struct certificate_record authority_record(const struct authority *authority,
    const struct provider *provider, const struct certificate *certificate,
    struct record_hashes *hashes);

/* Appends all identities that envelopes may be addressed to, the one that
 * answers first; the keyring must have room for two. */
void authority_add_identities(const struct authority *authority,
    struct cms_keyring *keyring);

/* Adds lines about certificates that are not valid at the time `now`, or will
 * not be so soon. */
void authority_check_validity(const struct authority *authority, int64_t now,
    struct problems *problems);

#endif
