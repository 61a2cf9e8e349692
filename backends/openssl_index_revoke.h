/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_REVOKE_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_REVOKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/problems.h"

/* Revoking in the index of an OpenSSL CA, which takes to rewrite it. */

struct openssl_index_revocation {
	struct bytes serial; /* the octets, big-endian */
	int64_t at;          /* seconds since 1970, not negative */
	int reason;          /* CRLReason, RFC 5280 section 5.3.1; 0: none */
};

/* What became of it. */
enum openssl_index_revoked {
	OPENSSL_INDEX_NOT_FOUND,      /* the index has no such number */
	OPENSSL_INDEX_REVOKED_BEFORE, /* and as somebody else has put it */
	OPENSSL_INDEX_REVOKED_NOW     /* it was valid, or expired */
};

struct openssl_index_revoke_order {
	const char *path;    /* of index.txt */
	bool unique_subject; /* as for openssl_index_update */
	const struct openssl_index_revocation *revocations;
	size_t count;
};

/*
 * Marks rows as revoked, octet for octet as `openssl ca -revoke -crl_reason`
 * does: also those of certificates that have expired, and with reasons as
 * openssl_index_revocation_append writes them.  outcomes[i] says what became of
 * revocations[i]; a number that is asked for twice is revoked as the first says.
 * To be called under the lock (openssl_lock.h), which an administrator's
 * `openssl ca` does not take.
 *
 * The index is replaced by a new file, with the mode and the POSIX ACL of the
 * old one and, as far as this process may, its owner and group; every other
 * octet of it is as it was.  The old one becomes PATH.old.  All of it has reached
 * the disk when it returns; nothing is written where there is nothing to be
 * revoked.  There is no instant without an index, unless the file system can't
 * exchange two files.  Whoever is killed leaves a whole index, with or without
 * the revocations, and may leave PATH.scepd*, which the next call takes care of
 * (openssl_index_merge.h), also where `count` is 0: to be called so at a start.
 * Memory does not grow with the index, unless there is something of that kind.
 *
 * What others change meanwhile is in the index when it returns, unless an
 * `openssl ca` that has read it before replaces it afterwards: such a one loses
 * this revocation, and openssl_index_update finds that out.
 *
 * Fails with lines in `problems`; outcomes are as they were then, and it is to
 * be called again:
 * ERR_INDEX          a file can't be opened, read or written, or the index is
 *                    replaced all the time
 * ERR_INDEX_DAMAGED  a line of the index is no row or has no end, or the index
 *                    is gone; it was left alone
 */
CHECKED enum err
openssl_index_revoke(const struct openssl_index_revoke_order *order,
    enum openssl_index_revoked *outcomes, struct problems *problems);

#endif
