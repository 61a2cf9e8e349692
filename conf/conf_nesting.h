/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_NESTING_H
#define SCEPD_CONF_CONF_NESTING_H

#include "conf/conf_place.h"
#include "conf/conf_scan.h"

/*
 * Which brackets are open, and which settings were made inside them.
 * libconfig 1.5 finds the same slips, but says neither where the bracket
 * stands nor what is doubled.  All zeroes: nothing open, nothing set.
 */
struct conf_nesting {
	struct buf brackets; /* the open ones, the innermost last */
	struct buf names;    /* of settings in open groups */
	struct buf text;     /* what the names are */
	size_t last;         /* size of the name just before, or 0 */
	struct conf_place last_place;
};

/* Takes the next token, which is no blank.  ERR_CONFIGURATION with a finding
 * where it closes what is not open: the rest then can't be told apart. */
CHECKED enum err conf_nesting_take(struct conf_nesting *nesting,
    struct conf_token token, struct conf_place place,
    struct problems *problems);

/* The text is at its end: a finding for each bracket that is open. */
void conf_nesting_end(const struct conf_nesting *nesting,
    struct problems *problems);

void conf_nesting_clear(struct conf_nesting *nesting);

#endif
