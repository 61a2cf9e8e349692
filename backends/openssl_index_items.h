/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_ITEMS_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_ITEMS_H

#include "backends/openssl_index.h"

/* Reading an index all of whose lines matter. */

/* A line of an index as it stands there.  Views. */
struct openssl_index_item {
	struct bytes text;                   /* without its end */
	uint64_t line;                       /* its number, from 1 on */
	const struct openssl_index_row *row; /* NULL: it is a comment */
	struct bytes serial; /* as openssl_index_serial_read has it */
};

/* An index that is open, or one that was replaced. */
struct openssl_index_source {
	const char *path; /* for what is said of it */
	int fd;
	struct problems *problems;
};

/*
 * Calls `each` for every line, whose item is valid until it returns; another
 * result than ERR_OK ends it and is returned.  ERR_INDEX, and ERR_INDEX_DAMAGED
 * where a line is no row or has no end, both with a line in the problems.
 */
CHECKED enum err openssl_index_items(const struct openssl_index_source *source,
    enum err (*each)(void *context, const struct openssl_index_item *item),
    void *context);

/* Opens the index as openssl_index_open does, and looks at its state.  ERR_INDEX
 * and ERR_INDEX_DAMAGED with a line in the problems; fd is to be closed by the
 * caller otherwise. */
CHECKED enum err openssl_index_source_open(struct openssl_index_source *source,
    struct openssl_index_state *state);

#endif
