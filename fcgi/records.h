/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_RECORDS_H
#define SCEPD_FCGI_RECORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "fcgi/gateway.h"

/*
 * The records of one FastCGI request, checked before libfcgi sees them: it
 * believes the lengths that it reads, overruns its stack at management
 * records, and waits for each octet anew.
 */

/*
 * Reads the records of one request from the connection `fd`, up to its last
 * and no further, within limits->timeout_ms in all, and appends them to
 * `records`: BEGIN_REQUEST and all parameters, then as much of the body as
 * came.  Of a body past max_body one octet more is kept, which is enough to
 * see that it is too large; the rest is read and thrown away.
 *
 * *whole: the request came to its end, and what follows it on the connection
 * is another one.  Otherwise the body was cut off, aborted or too slow.
 *
 * False, and both untouched: the connection ended, or time did, before all
 * parameters were there; they are too many, or malformed; or a record came
 * that no web server sends there.
 */
CHECKED bool records_receive(int fd, const struct gateway_limits *limits,
    struct buf *records, bool *whole);

#endif
