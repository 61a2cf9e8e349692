/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_SYNC_H
#define SCEPD_BACKENDS_OPENSSL_SYNC_H

#include "base/bytes.h"

/* What is written has to survive a power cut, or a number is used twice.  Both
 * return 0, or -1 with errno. */

/* Writes all of it and syncs the file. */
int openssl_sync_write(int fd, struct bytes contents);

/* Syncs the folder that `path` stands in, in which a name has changed. */
int openssl_sync_folder_of(const char *path);

#endif
