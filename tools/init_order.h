/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_INIT_ORDER_H
#define SCEPD_TOOLS_INIT_ORDER_H

#include <stdbool.h>

#include "base/problems.h"
#include "crypto/provider.h"

/*
 * What `scepctl init` is asked for: as it stands on the command line, and
 * checked, with the defaults filled in.
 */
struct init_wishes {
	/* Of both kinds of order; NULL: not given. */
	const char *name;
	const char *organisation;
	const char *country;
	const char *key;
	const char *days;
	/* Of a new CA. */
	const char *path;
	const char *url;
	const char *socket;
	const char *group;
	const char *user;
	const char *key_user;
	const char *state;
	bool ra;
	/* Of an RA for a CA that is there. */
	const char *ra_for;
	const char *ca_key;
	const char *ca_passphrase_file;
	bool help;
};

/* The longest common name and organisation, in characters (X.520's upper
 * bounds; OpenSSL and others refuse longer ones). */
#define INIT_NAME_LENGTH 64

/* Whether `text` may be a name: UTF-8 of 1 to INIT_NAME_LENGTH characters,
 * none of them a control character. */
bool init_name_is_usable(const char *text);

/* A checked order. Strings without an owner named are borrowed from the
 * wishes. */
struct init_order {
	char *folder; /* owned; no "/" at its end */
	char *name;   /* owned; NULL: to be derived from the CA's */
	const char *organisation;
	char *country; /* owned; upper case */
	const struct key_spec *key;
	int64_t days; /* 0: as long as the CA */
	/* Of a new CA. */
	bool ra;
	char *url;           /* owned; whole, with the path of the endpoint */
	const char *path;    /* the end of url */
	bool url_is_guessed; /* its host is this machine's own name */
	char *socket; /* owned, absolute; NULL: one that is handed over */
	const char *group;
	const char *user; /* NULL for either: scepd's default */
	const char *key_user;
	const char *state; /* NULL: scepd's default */
	/* Of an RA for a CA that is there; NULL: of a new CA. */
	const char *ra_for;
	const char *ca_key;
	const char *ca_passphrase_file;
};

/*
 * Checks wishes and folder.  The order is the caller's, to init_order_clear.
 * `provider` makes the end of the default name, which no two CAs shall share.
 * ERR_CONFIGURATION, with every finding in `problems`.
 */
CHECKED enum err init_order_read(const struct init_wishes *wishes,
    const char *folder, const struct provider *provider,
    struct init_order *order, struct problems *problems);

void init_order_clear(struct init_order *order);

#endif
