/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_COPY_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_COPY_H

#include "backends/openssl_index.h"

/*
 * A new index, which is written beside the one that it is to replace.  Always
 * under the lock (openssl_lock.h).
 *
 * Its name is PATH.scepd; once it is whole, PATH.scepd-NUMBER with the number
 * of its inode.  Another file of such a name is an index that was replaced, and
 * that may have rows which the present one lacks; so whoever is killed leaves
 * no doubt which of the two it is.  NUMBER 0 is an index that was put aside
 * before there was another.
 */
struct openssl_index_copy {
	const char *path; /* of the index */
	char *name;       /* the copy's own */
	int fd;
	struct buf pending; /* what is not written yet */
};

/* Begins one beside the index at `path`, which has to live as long.  To be ended
 * by openssl_index_copy_end in any case.  ERR_INDEX with errno. */
CHECKED enum err openssl_index_copy_begin(struct openssl_index_copy *copy,
    const char *path);

/* Appends to it.  ERR_INDEX with errno. */
CHECKED enum err openssl_index_copy_append(struct openssl_index_copy *copy,
    struct bytes text);

/*
 * Gives it the mode, the POSIX ACL and, as far as this process may, the owner
 * and the group of the open file `like`, has all of it reach the disk, and gives
 * it the name of a whole one.
 * ERR_INDEX with errno.
 */
CHECKED enum err openssl_index_copy_finish(struct openssl_index_copy *copy,
    int like);

/* Frees it; removes the file, if it is still there under its name. */
void openssl_index_copy_end(struct openssl_index_copy *copy);

/* A name of that kind that no file has; the caller's to free(). */
char *openssl_index_copy_name(const char *path, uint64_t number);

/*
 * Removes copies that were never put in place, and sets *name, the caller's to
 * free(), to an index that was replaced and is still there; NULL: there is
 * none.  ERR_INDEX with errno.
 */
CHECKED enum err openssl_index_copy_find(const char *path, char **name);

#endif
