/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_KNOWN_CAS_H
#define SCEPD_TOOLS_KNOWN_CAS_H

#include "crypto/certificate.h"
#include "store/store.h"

/* No chain of a real PKI is longer. */
#define KNOWN_CA_MAX 16

/* A CA by its certificate, and those above it. */
struct known_ca {
	struct certificate *certificates[KNOWN_CA_MAX]; /* its own first */
	size_t count;
	uint8_t id[STORE_HASH_SIZE]; /* what the store knows it by */
};

/* Begin with all zeroes; to be cleared by known_cas_clear. */
struct known_cas {
	const struct provider *provider;
	struct known_ca *items;
	size_t count;
};

/*
 * Loads the CA whose certificate the PEM file at `path` begins with; what else
 * is in it are those above it.  ERR_FILE with a line in `problems`.
 */
CHECKED enum err known_cas_load_file(struct known_cas *cas, const char *path,
    struct problems *problems);

/* Loads the CAs of all endpoints of a configuration, those to come and former
 * ones too, each once; whatever else is in there may be wrong.  ERR_FILE with a
 * line in `problems`. */
CHECKED enum err known_cas_load_config(struct known_cas *cas, const char *path,
    struct problems *problems);

void known_cas_clear(struct known_cas *cas);

/* The one that the store knows by `id`, or NULL. */
const struct known_ca *known_cas_find(const struct known_cas *cas,
    struct bytes id);

/* The one that has issued the certificate, as its signature proves; or NULL. */
const struct known_ca *known_cas_issuer(const struct known_cas *cas,
    const struct certificate *certificate);

#endif
