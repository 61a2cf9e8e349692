/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_SCAN_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_SCAN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Reading index.txt line by line, in memory that does not depend on how many
 * there are. */

/* No line of an index is longer than this: OpenSSL takes no name of a
 * mebibyte. */
#define OPENSSL_INDEX_MAX_LINE (1u << 20)

struct openssl_index_line {
	struct bytes text; /* without its line end */
	uint64_t number;   /* from 1 on */
	bool ended;        /* false: the file ends before the line does */
};

/*
 * Calls `each` for each line of an open file, from its start on and wherever
 * its offset is, which does not move.  `each` ends it by another result than
 * ERR_OK, which is returned then; the text is valid until it returns.
 * ERR_INDEX, with errno, where the file can't be read, ERR_INDEX_DAMAGED where
 * a line is too long.
 */
CHECKED enum err openssl_index_scan(int fd,
    enum err (*each)(void *context, const struct openssl_index_line *line),
    void *context);

/* Whether OpenSSL passes the line over: it begins with "#".  The next rewrite
 * by `openssl ca` loses it. */
bool openssl_index_is_comment(const struct openssl_index_line *line);

#endif
