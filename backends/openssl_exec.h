/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_EXEC_H
#define SCEPD_BACKENDS_OPENSSL_EXEC_H

#include "backends/backend.h"
#include "backends/openssl_books.h"
#include "backends/openssl_conf.h"
#include "crypto/csr.h"

/*
 * An OpenSSL CA whose certificates `openssl ca` itself makes: for keys and
 * extensions that only OpenSSL knows.  It is run under the lock of the
 * directory (openssl_lock.h), without a terminal, in a given time, and told of
 * the environment no more than what the configuration asks for.
 */
struct openssl_exec {
	const char *program;   /* openssl; NULL: the one that is where programs
	                        * are */
	const char *directory; /* where it is run */
	const char *section;   /* the CA's, in the conf */
	const struct openssl_conf *conf;
	const char *passphrase_file; /* of the CA's key; NULL: it has none */
	struct openssl_books books;
	int lock; /* the descriptor of the lock, once it is taken here */
};

/* As backend_issue: *answer's certificate is what openssl has made, and is
 * looked at by nobody yet. */
CHECKED enum err openssl_exec_issue(const struct openssl_exec *exec,
    struct store *store, const struct backend_request *request,
    const struct csr *csr, struct backend_answer *answer);

#endif
