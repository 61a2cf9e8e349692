/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_FILE_H
#define SCEPD_BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/* What a file may hold, and who may read it. */
enum file_kind {
	FILE_PUBLIC, /* certificates, configuration */
	FILE_SECRET  /* keys, passphrases, challenges: refused where others
	              * than owner and group may read it */
};

/*
 * Appends the contents of the regular file at `path`, at most `limit` bytes.
 * ERR_FILE, with a line in `problems` that names the path and the remedy,
 * where it can't be read, is larger, is no regular file, or is a
 * FILE_SECRET that everybody can read.
 */
CHECKED enum err file_read(const char *path, enum file_kind kind, size_t limit,
    struct buf *contents, struct problems *problems);

/*
 * Makes a new file with `contents` and `mode`, synced to disk.  Whatever
 * stands at `path` already is never touched: that, like every other trouble,
 * is ERR_FILE with a line in `problems`; no half-written file is left.
 */
CHECKED enum err file_create(const char *path, mode_t mode,
    struct bytes contents, struct problems *problems);

/* `path` as seen from the folder that the file `beside` stands in: absolute
 * paths stay. The result is the caller's to free(). */
char *file_path_beside(const char *beside, const char *path);

#endif
