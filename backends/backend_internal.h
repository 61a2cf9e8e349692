/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_BACKEND_INTERNAL_H
#define SCEPD_BACKENDS_BACKEND_INTERNAL_H

#include "backends/backend.h"
#include "backends/hook.h"
#include "crypto/csr.h"

struct backend_ca;

/*
 * What an implementation fills in: one const struct at the end of its file,
 * named in the list of backend.c.  `state` is what its open made.
 */
struct backend_ops {
	/* At start; does what backend_open promises. The section's key
	 * `backend` (BACKEND_KEY) belongs to its table too. */
	enum err (*open)(const struct conf_section *section,
	    const struct crypto_setup *setup, void **state,
	    struct problems *problems);

	/* At the end; state may be NULL. */
	void (*close)(void *state);

	/* Any time between; it never changes. */
	const struct backend_ca *(*ca)(const void *state);

	/* Any time, without any state. */
	enum err (*find_certificate)(const struct conf_section *section,
	    char **path, struct problems *problems);

	/* Any time; it never changes.  Then once a certificate, in a process
	 * that can open files.  Empty slots, both of them: it counts none. */
	bool (*counts_serials)(const void *state);
	enum err (*reserve_serial)(const void *state, struct store *store,
	    struct buf *serial);

	/* Once a certificate, from any thread.  Empty slots, here and for sign
	 * and make_crl: it makes certificates itself. */
	enum err (*prepare)(const void *state,
	    const struct authorisation *authorisation, int64_t now,
	    struct backend_prepared *prepared);

	/* Once a certificate, and again where it is not known whether that
	 * was done. */
	enum err (*sign)(const void *state, struct bytes tbs,
	    struct buf *certificate);

	/* Any time; an empty slot: it gets no requests. */
	enum backend_requests (*requests)(const void *state);

	/* Once a certificate or more often, in a process that can open files.
	 * The request was read into `csr`, and the certificate is checked, by
	 * who calls it.  An empty slot: it gets
	 * no requests. */
	enum err (*issue)(const void *state, struct store *store,
	    const struct backend_request *request, const struct csr *csr,
	    struct backend_answer *answer);

	/* Any time; an empty slot: it is not asked by a program. */
	const struct hook *(*hook)(const void *state);

	/* At the start of a key process; an empty slot: the profile says it
	 * all. */
	void (*sign_rule)(const void *state, struct sign_rule *rule);

	/* Once a certificate or more often, and now and then, in a process
	 * that can open files.  The entry's certificate was read into
	 * `certificate`, and is checked, by who calls it.  Empty slots, both
	 * of them: it keeps no books. */
	enum err (*enter)(const void *state, struct store *store,
	    const struct certificate *certificate,
	    const struct backend_entry *entry, struct buf *entered);
	enum err (*update_books)(const void *state, struct store *store,
	    int64_t now);
	enum err (*check_access)(const void *state, struct problems *problems);

	/* At start; an empty slot: it can always be renewed there. */
	enum err (*check_renewal)(const void *state, bool revokes,
	    struct problems *problems);

	/* Once a CRL, in a process that can open files; it is larger than
	 * `last`.  An empty slot: backend_crl_number. */
	enum err (*take_crl_number)(const void *state, int64_t last,
	    int64_t now, int64_t *number);

	/* Now and then. */
	enum err (*make_crl)(const void *state, const struct crl_order *order,
	    struct buf *crl);
};

/* The names of all backends, NULL at the end, for the key `backend`. */
extern const char *const backend_names[];

/* The row of the key `backend` for a table whose struct has an int64_t field
 * for it. */
#define BACKEND_KEY(settings_type, field) \
	{ \
		.name = "backend", .type = CONF_CHOICE, .required = true, \
		.offset = offsetof(settings_type, field), \
		.choices = backend_names \
	}

/* backend_crl.c: reads the section `crl`; without one, that is NULL, there are
 * no CRLs.  `life` is for CRLs that are made where the section does not say
 * how long they last; 0: nor does the CA.  ERR_CONFIGURATION. */
CHECKED enum err backend_crl_read(const struct conf_section *section,
    int64_t life, struct backend_crl *crl, struct problems *problems);

/* The number of a CRL where nobody counts them: the time, or, where clocks were
 * wrong, the one after `last`. */
int64_t backend_crl_number(int64_t last, int64_t now);

/* backend_file.c: certificate and key in files. */
extern const struct backend_ops backend_file;

/* backend_command.c: a command that asks one. */
extern const struct backend_ops backend_command;

/* backend_openssl.c: the directory of `openssl ca`. */
extern const struct backend_ops backend_openssl;

#endif
