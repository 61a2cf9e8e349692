/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_CAPS_H
#define SCEPD_TOOLS_CLIENT_CAPS_H

#include "base/problems.h"
#include "crypto/algorithm.h"

/*
 * What a server says that it can (GetCACaps, RFC 8894 section 3.5.2), and what
 * a client makes of it.  The answer is not signed: whoever sits on the wire
 * can take words away, so what is broken is never chosen because of it.
 */
struct client_caps {
	struct algorithms algorithms; /* those that it names */
	bool post;
	bool renewal;
	bool next_ca;
	struct buf words; /* all of them, one a line, as shown.h has it */
};

#define CLIENT_CAPS_MAX_WORDS 64

/* Reads the answer, whatever it is; words of either case, unknown ones are
 * only kept, and those past CLIENT_CAPS_MAX_WORDS not even that. */
void client_caps_read(struct bytes text, struct client_caps *caps);

void client_caps_clear(struct client_caps *caps);

/* What the operator wants, as options name it; NULL: the best there is. */
struct client_caps_wishes {
	const char *digest; /* "sha-256", as in the configuration */
	const char *cipher; /* "aes-128" */
	const char *method; /* "get", "post" */
};

/* How messages are made. */
struct client_choice {
	enum digest digest;
	enum cipher cipher;
	bool post;
	bool takes_des; /* answers may be broken in these ways, since the */
	bool takes_md5; /* operator has named them */
};

/*
 * Chooses.  Where the server names nothing better, SHA-1 and 3DES are taken,
 * with a warning; single DES and MD5 only where they are wished for.
 * ERR_CONFIGURATION, with a line in `problems`, for a wish that is none.
 */
CHECKED enum err client_caps_choose(const struct client_caps *caps,
    const struct client_caps_wishes *wishes, struct client_choice *choice,
    struct problems *problems);

#endif
