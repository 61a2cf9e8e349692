/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_LOCK_H
#define SCEPD_BACKENDS_OPENSSL_LOCK_H

#include <stdint.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * The lock of an OpenSSL CA directory: flock(2) on the file DIR/.scepd.lock,
 * which holds nothing and stays.  Threads and processes that share a CA take it
 * before they write there; an administrator's commands do by
 *     flock DIR/.scepd.lock openssl ca ...
 * It is let go when its holder ends, however that may be.
 */
struct openssl_lock {
	int fd;
};

#define OPENSSL_LOCK_NAME ".scepd.lock"
#define OPENSSL_LOCK_WAIT_US 5000000

/*
 * Takes the lock of the folder, waiting `wait_us` at most; makes the file,
 * mode 0660, where there is none.  The caller gives it to openssl_lock_release.
 *
 * ERR_INDEX_LOCKED where somebody holds it all the time: nothing was done, and
 * the caller lets its client try later.  ERR_INDEX, with a line in `problems`,
 * where the file can't be opened, or is no regular file: a link is not
 * followed.
 */
CHECKED enum err openssl_lock_take(const char *folder, int64_t wait_us,
    struct openssl_lock *lock, struct problems *problems);

/* The same for the folder of the file at `path`, such as index.txt, waiting for
 * OPENSSL_LOCK_WAIT_US. */
CHECKED enum err openssl_lock_take_beside(const char *path,
    struct openssl_lock *lock, struct problems *problems);

void openssl_lock_release(struct openssl_lock *lock);

#endif
