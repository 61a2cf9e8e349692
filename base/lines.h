/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_LINES_H
#define SCEPD_BASE_LINES_H

#include "base/buf.h"

/*
 * Lines that come in pieces, as from a pipe.  One of all zeroes but its limit
 * is ready.
 */
struct lines {
	size_t limit;    /* no line is longer, without its line feed */
	struct buf text; /* what is there and has not been taken */
	size_t taken;    /* so much at its beginning has */
};

enum lines_found {
	LINES_NONE,    /* there is not a whole one yet */
	LINES_WHOLE,   /* *line is one, without its line feed */
	LINES_TOO_LONG /* *line is the beginning of one, `limit` octets, and
			* what goes on is taken for another */
};

/* Adds what has come. */
void lines_add(struct lines *lines, struct bytes piece);

/* Takes the first. The line is lent until more is added. */
enum lines_found lines_take(struct lines *lines, struct bytes *line);

/* Wipes what is there; it is ready again. */
void lines_clear(struct lines *lines);

#endif
