/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_SYNC_H
#define SCEPD_BACKENDS_OPENSSL_SYNC_H

/* Syncs the folder that `path` stands in, in which a name has changed: it has
 * to survive a power cut, or a number is used twice.  0, or -1 with errno. */
int openssl_sync_folder_of(const char *path);

#endif
