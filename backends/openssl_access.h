/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_ACCESS_H
#define SCEPD_BACKENDS_OPENSSL_ACCESS_H

#include "base/err.h"
#include "base/problems.h"

/*
 * Whether this process can do what sharing the directory of an OpenSSL CA
 * takes: read and append to the index, and make files beside it and in
 * newcerts; these two folders have to be there, the index may be replaced just
 * now.  `openssl ca` writes a new index each time, which is then its user's, so
 * access that lasts is that of a default ACL.  ERR_INDEX, with the commands
 * that give it in `problems`.
 */
CHECKED enum err openssl_access_check(const char *index,
    const char *new_certs_dir, struct problems *problems);

/* Whether openssl, run by this process, could read the CA's key in the file at
 * `path`.  ERR_INDEX, with the command that lets it in `problems`. */
CHECKED enum err openssl_access_check_key(const char *path,
    struct problems *problems);

#endif
