/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_NEW_FILES_H
#define SCEPD_TOOLS_NEW_FILES_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * Files that are made together or not at all, in a folder of their own or
 * one that has none of them yet.  What stands there already is never touched.
 */
struct new_file {
	const char *name; /* in the folder */
	mode_t mode;
	struct bytes contents;
};

/*
 * Whether the files could be made: before the work that fills them is done.
 * Their contents are not looked at.  ERR_FILE, with a line in `problems` for
 * every file that exists already and for whatever is wrong with the folder.
 */
CHECKED enum err new_files_check(const char *folder,
    const struct new_file *files, size_t count, struct problems *problems);

/*
 * Makes them, and the folder, for its owner alone, where it is not there.
 * ERR_FILE, with a line in `problems`; what had been made is removed then.
 */
CHECKED enum err new_files_create(const char *folder,
    const struct new_file *files, size_t count, struct problems *problems);

#endif
