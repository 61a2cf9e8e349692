/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_BOOKS_H
#define SCEPD_BACKENDS_OPENSSL_BOOKS_H

#include "crypto/certificate.h"
#include "store/store.h"

/*
 * What the store and the directory of an OpenSSL CA know of the same
 * certificates, and how each learns from the other: ours are entered into
 * index.txt and newcerts/, and put back where a rewrite has lost them; and what
 * an administrator revokes by `openssl ca -revoke` is revoked in the store.
 *
 * What is wrong there stands as an alarm in the store (openssl_alarms.h) and
 * begins and ends in the log.  For processes that can open files; several may
 * do it at once.
 */
struct openssl_books {
	const char *index;         /* of index.txt; its folder has the lock */
	const char *new_certs_dir; /* the folder newcerts */
	const char *serial;        /* of the file serial, where numbers are
	                            * counted; else NULL */
	bool unique_subject;       /* what openssl.cnf says */
	struct bytes authority;    /* as in struct certificate_record */
};

/* What is to be entered. */
struct openssl_books_entry {
	const struct certificate *certificate; /* signed */
	struct bytes replaces; /* the serial number of the one whose place it
	                        * takes, or nothing */
	int64_t now;
};

/*
 * Enters a certificate that is signed, once, however often it is asked for, has
 * the store know it as such, and appends its DER to `entered`.  That is another
 * one's where somebody was interrupted who had signed the same TBSCertificate:
 * not all signatures come out the same.  All of it is on the disk when it
 * returns.
 *
 * Where names are to be unique, the one that it replaces is revoked first, if it
 * is what has its name (openssl_replacement.h); elsewhere it stays as it is.
 *
 * ERR_INDEX_LOCKED: somebody is at work there for seconds; ask again later.
 * ERR_INDEX, ERR_INDEX_DAMAGED, ERR_INDEX_SERIAL, ERR_INDEX_SUBJECT: the
 * administrator has to do something, and the log says what.  ERR_STORE_*.
 */
CHECKED enum err openssl_books_enter(const struct openssl_books *books,
    struct store *store, const struct openssl_books_entry *entry,
    struct buf *entered);

/*
 * Brings both up to date where the index is not as it was left, or the store has
 * other revocations than then, and once a day in any case; costs next to nothing
 * where there is none of that.  Fails as openssl_books_enter, and but for
 * ERR_STORE there is an alarm then, which is over when it succeeds again.
 */
CHECKED enum err openssl_books_update(const struct openssl_books *books,
    struct store *store, int64_t now);

#endif
