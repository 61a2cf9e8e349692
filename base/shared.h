/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_SHARED_H
#define SCEPD_BASE_SHARED_H

#include <stddef.h>

/*
 * Memory that several processes read and write at once: a file in memory alone
 * whose size nobody can change, so that none who has it can have the others
 * fail by an access behind its end.  What stands in it is whatever any of them
 * has written: to be counted, never trusted.
 */

/* Makes one of `size` octets, all zeroes; its descriptor, close-on-exec, the
 * caller's to close().  -1, and errno says why. */
int shared_new(const char *name, size_t size);

/* Maps it: the caller's, to shared_unmap, also after the descriptor is closed.
 * NULL, and errno says why, also where it is none of that size. */
void *shared_map(int fd, size_t size);

/* NULL is nothing. */
void shared_unmap(void *memory, size_t size);

#endif
