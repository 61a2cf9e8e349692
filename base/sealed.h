/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_SEALED_H
#define SCEPD_BASE_SEALED_H

#include <stdbool.h>
#include <sys/mman.h>

#include "base/buf.h"

/*
 * Octets that a process hands to those it starts: a file in memory alone
 * (memfd_create(2)) that is filled once and can't be changed any more, by
 * nobody who has its descriptor.
 */

/* Headers may be older than the kernel that is run on. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* An empty file in memory, which can't be run, close-on-exec; the caller's, to
 * close(). `flags` are more of memfd_create's.  -1, and errno says why, where
 * there can be none. */
int memory_file_new(const char *name, unsigned flags);

/* Such a file, that can be sealed. */
int sealed_new(const char *name);

/* Fills and seals it. False, and errno says why, where that can't be done. */
bool sealed_write(int fd, struct bytes octets);

/* Appends what is in it, however often it has been read. False, and errno says
 * why, where it can't be read or is not sealed. */
bool sealed_read(int fd, struct buf *octets);

#endif
