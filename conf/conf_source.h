/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_SOURCE_H
#define SCEPD_CONF_CONF_SOURCE_H

#include "conf/conf_place.h"

/*
 * The text of a configuration: a file and all that it includes, in one piece,
 * and which file and line each line of it came from.  Including is not left
 * to libconfig 1.5, which looks for every file in one folder, so that an
 * included file could not include its neighbour, nor anything by an absolute
 * path; and which would go on with a string that an included file left open.
 */
struct conf_source {
	struct conf_file *files;
	struct buf text;  /* ready for libconfig, without @include */
	struct buf lines; /* struct conf_place of each line of the text */
};

/*
 * Reads the file at `path` into `source`, which is all zeroes, and checks
 * what libconfig would pass over or say badly: NUL characters, numbers that
 * it would change, settings that are doubled, and strings, comments and
 * brackets that are left open.  ERR_CONFIGURATION, with every finding in
 * `problems`; `source` is to be cleared in any case.
 */
CHECKED enum err conf_source_read(struct conf_source *source, const char *path,
    struct problems *problems);

/* Where line `line` of the text, from 1 on, came from; behind its end, where
 * the last one did. */
struct conf_place conf_source_place(const struct conf_source *source,
    unsigned line);

/* Wipes and frees the text; what places were taken from it stay good. */
void conf_source_forget_text(struct conf_source *source);

/* Frees everything; places that came from it end here. */
void conf_source_clear(struct conf_source *source);

#endif
