/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_CAPS_H
#define SCEPD_SCEP_CAPS_H

#include "base/buf.h"
#include "crypto/algorithm.h"

/*
 * Appends the answer to GetCACaps (RFC 8894 section 3.5.2): one word a line,
 * LF, no empty line.  It says what works: the words of the message types that
 * are served (pki_operation.h) and of the algorithms that are accepted, and
 * GetNextCACert where there is a next CA.
 */
void caps_append(struct buf *to, struct algorithms algorithms, bool has_next);

#endif
