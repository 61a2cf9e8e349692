/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_NAMES_H
#define SCEPD_TOOLS_NAMES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/* Names of devices as operators write them. */

/*
 * Appends the Name that `text` writes: "CN=router-17,O=Example", the most
 * special part first (RFC 4514), as scepd's log and scepctl show names; or
 * "/O=Example/CN=router-17", as OpenSSL does.  A backslash takes the meaning
 * of the character behind it, or stands for an octet with two hexadecimal
 * digits.  ERR_CONFIGURATION, with a line in `problems`, for what is none.
 */
CHECKED enum err names_append_subject(struct buf *to, const char *text,
    struct problems *problems);

/*
 * Appends the next name of a list that commas divide, in which "\," is a comma
 * of a name and "\\" a backslash, and blanks around a name are the writer's.
 * *list is what follows, NULL behind the last one.
 */
void names_take(struct buf *to, const char **list);

/* What is wrong with the beginning of an alternative name, or of a pattern of
 * some, as words for a finding; NULL: nothing. */
const char *names_kind_fault(struct bytes name);

/*
 * Appends the extensions of a request for these names, as csr_order wants
 * them: "dns:router-17.example.org,ip:192.0.2.17"; also email:, uri: and upn:.
 * ERR_CONFIGURATION, with a line in `problems` about the first that is none.
 */
CHECKED enum err names_append_san(struct buf *to, const char *text,
    struct problems *problems);

/* Appends the extensions of a request for the alternative names that a
 * certificate with the extensions `from` has; nothing where it has none. */
void names_append_same_san(struct buf *to, struct bytes from);

#endif
