/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_AUTHORITIES_H
#define SCEPD_TOOLS_AUTHORITIES_H

#include "crypto/certificate.h"
#include "store/store.h"

/* No chain of a real PKI is longer. */
#define AUTHORITY_MAX 16

/* A CA by its certificate, and those above it. */
struct authority {
	struct certificate *certificates[AUTHORITY_MAX]; /* its own first */
	size_t count;
	uint8_t id[STORE_HASH_SIZE]; /* what the store knows it by */
};

/* Begin with all zeroes; to be cleared by authorities_clear. */
struct authorities {
	const struct provider *provider;
	struct authority *items;
	size_t count;
};

/*
 * Loads the CA whose certificate the PEM file at `path` begins with; what else
 * is in it are those above it.  ERR_FILE with a line in `problems`.
 */
CHECKED enum err authorities_load_file(struct authorities *authorities,
    const char *path, struct problems *problems);

/* Loads the CAs of all endpoints of a configuration, each once; whatever else
 * is in there may be wrong. ERR_FILE with a line in `problems`. */
CHECKED enum err authorities_load_config(struct authorities *authorities,
    const char *path, struct problems *problems);

void authorities_clear(struct authorities *authorities);

/* The one that the store knows by `id`, or NULL. */
const struct authority *authorities_find(const struct authorities *authorities,
    struct bytes id);

/* The one that has issued the certificate, as its signature proves; or NULL. */
const struct authority *
authorities_issuer(const struct authorities *authorities,
    const struct certificate *certificate);

#endif
