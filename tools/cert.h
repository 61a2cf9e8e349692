/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CERT_H
#define SCEPD_TOOLS_CERT_H

#include "tools/known_cas.h"
#include "tools/state.h"

/*
 * What the files of `scepctl cert` share:
 *
 *   scepctl_cert.c   the table of actions, and their options
 *   cert_find.c      which certificate is meant
 *   cert_show.c      list, show
 *   cert_change.c    revoke, allow
 *   cert_foreign.c   certificates that were issued elsewhere
 *   cert_import.c    import
 *   cert_export.c    export, chain
 */

/* The options of all actions; the first field as state.h wants it. */
struct cert_wishes {
	struct state_wishes state;
	const char *subject;
	const char *limit;
	const char *ca;
	const char *reason; /* of a revocation; for import too */
	const char *revoked_at;
	const char *file;
	const char *request;
	const char *form;
	const char *out;
	bool revoked;
	bool chain;
	bool pem;
};

/* Actions */

enum err cert_list(const struct state_call *call);
enum err cert_show(const struct state_call *call);
enum err cert_revoke(const struct state_call *call);
enum err cert_allow(const struct state_call *call);
enum err cert_import(const struct state_call *call);
enum err cert_export(const struct state_call *call);
enum err cert_chain(const struct state_call *call);

/* Finding (cert_find.c) */

const struct cert_wishes *cert_wishes(const struct state_call *call);

/*
 * Finds the certificate whose serial number the operand is; of the CA that
 * --ca names, or of the only one that has it.  ERR_STORE_NONE, where
 * `complain` with a line in `problems`; ERR_CONFIGURATION and ERR_FILE with
 * one in any case.
 */
CHECKED enum err cert_find(const struct state_call *call, bool complain,
    struct stored_certificate *certificate);

/* Loads the CA that --ca names, or those of the configuration. */
CHECKED enum err cert_load_cas(const struct state_call *call,
    struct known_cas *cas);

/* Reasons (cert_find.c) */

#define CERT_REASON_HOLD 6

/* CRLReason (RFC 5280 section 5.3.1). */
const char *cert_reason_name(int number);

/* Reads a reason as store_certificate_revoke takes it; NULL is unspecified.
 * `option` is what it is called in `problems`. ERR_CONFIGURATION. */
CHECKED enum err cert_read_reason(const struct state_call *call,
    const char *option, const char *name, int *number);

/* Issued elsewhere (cert_foreign.c) */

struct foreign_certificate {
	struct certificate *certificate;
	const struct known_ca *authority; /* which has issued it */
};

void foreign_certificate_clear(struct foreign_certificate *foreign);

/* Calls `each` for what the file at `path` has, DER or any number of PEM
 * blocks, until it returns an error. ERR_FILE with a line in `problems`. */
CHECKED enum err foreign_certificates_read(const char *path,
    enum err (*each)(void *context, struct bytes der), void *context,
    struct problems *problems);

/* Reads one, and finds out who issued it; NULL, or why it is not taken.  To be
 * cleared in any case. */
const char *foreign_certificate_read(const struct known_cas *cas,
    struct bytes der, struct foreign_certificate *foreign);

/* Adds it to the store. ERR_STORE_SERIAL where it is known already. */
CHECKED enum err foreign_certificate_add(struct store *store,
    const struct known_cas *cas, const struct foreign_certificate *foreign);

#endif
