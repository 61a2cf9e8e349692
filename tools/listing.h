/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_LISTING_H
#define SCEPD_TOOLS_LISTING_H

#include "tools/record.h"
#include "tools/table.h"

/*
 * A list as it grows: a table for people, or a JSON array of records for
 * scripts.  Begin with all zeroes.
 */
struct listing {
	struct record record;
	struct table table;
	size_t count; /* of what is in it */
};

/* Begins one that is appended to `to`: `head` are the names of its `columns`
 * columns, where it is a table. */
void listing_begin(struct listing *listing, struct buf *to, bool json,
    const char *const *head, size_t columns);

/* Begins the next entry, which the caller then adds: true, as a record; false,
 * as a row of the table. */
bool listing_next(struct listing *listing);

/* Ends and frees it. */
void listing_end(struct listing *listing);

#endif
