/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_TABLE_H
#define SCEPD_TOOLS_TABLE_H

#include "base/buf.h"

/*
 * A table for people: columns as wide as what is in them, two blanks between
 * them, none at the end of a line.  Begin with all zeroes but for `columns`.
 */
#define TABLE_MAX_COLUMNS 8

struct table {
	size_t columns;
	struct buf cells; /* row by row, a NUL after each */
	size_t count;
	size_t widths[TABLE_MAX_COLUMNS];
};

void table_clear(struct table *table);

/* Adds the next cell, made safe by shown_append_text.  What is too long is cut
 * and ends in "...", but for the last column's. */
void table_add(struct table *table, struct bytes text);

void table_append(struct buf *to, const struct table *table);

#endif
