/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_GET_H
#define SCEPD_TOOLS_GET_H

#include "tools/client_options.h"

/* What `scepctl get` does: one function for each thing to ask for. */

/* What the command line says. First, as client_options.h wants it. */
struct get_wishes {
	struct client_options common;
	const char *cert;
	const char *key;
};

struct get_call {
	const struct client_world *world;
	const struct get_wishes *wishes;
	const char *operand; /* behind the URL; or NULL */
	struct buf *output;
	struct problems *problems;
};

/*
 * Each asks and appends what is to be printed: PEM or a report, or writes it
 * to the file that is wished for.  ERR_CONFIGURATION for wishes that make no
 * sense, ERR_FILE, ERR_KEY_FILE, and the errors of client.h.
 */
CHECKED enum err get_caps(const struct get_call *call);
CHECKED enum err get_ca(const struct get_call *call);
CHECKED enum err get_next_ca(const struct get_call *call);

/* ERR_CLIENT_REFUSED, and ERR_CLIENT_ANSWER for another certificate. */
CHECKED enum err get_cert(const struct get_call *call);

/* ERR_CLIENT_REFUSED, and ERR_CLIENT_TRUST for a CRL of somebody else. */
CHECKED enum err get_crl(const struct get_call *call);

#endif
