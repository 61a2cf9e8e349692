/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_FILE_H
#define SCEPD_BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/* What a file may hold, and who may read it. */
enum file_kind {
	FILE_PUBLIC, /* certificates, configuration */
	FILE_SECRET, /* challenges: refused where others than owner and group
	              * may read it */
	FILE_KEY     /* private keys and their passphrases: likewise, and no
	              * business of a process that has no keys */
};

/*
 * Appends the contents of the regular file at `path`, at most `limit` bytes.
 * ERR_FILE, with a line in `problems` that names the path and the remedy,
 * where it can't be read, is larger, is no regular file, or is no FILE_PUBLIC
 * and everybody can read it.
 */
CHECKED enum err file_read(const char *path, enum file_kind kind, size_t limit,
    struct buf *contents, struct problems *problems);

/* As file_read of a FILE_PUBLIC, from the file system in any case: for what
 * changes while a configuration stays. */
CHECKED enum err file_read_now(const char *path, size_t limit,
    struct buf *contents, struct problems *problems);

/* Whether everybody can read the file at `path`, so that it is no place for a
 * secret. False also where that can't be found out. */
bool file_is_public(const char *path);

/* Appends the value of a variable of the environment. ERR_FILE where it is
 * not set. */
CHECKED enum err file_read_variable(const char *name, enum file_kind kind,
    struct buf *value);

/*
 * A process that checks a configuration has everything that it reads from now
 * on by the functions above recorded in `snapshot`; those that are started
 * with this configuration read from `snapshot` alone, and never look at the
 * file system or the environment.  NULL ends it.  The snapshot is borrowed.
 * Call before threads.
 */
struct snapshot;
void file_record(struct snapshot *snapshot);
void file_replay(const struct snapshot *snapshot);

/* Whether a snapshot is replayed, so that the file system is not to be looked
 * at. */
bool file_is_replayed(void);

/*
 * For what is made with keys, once, when a configuration is checked, and is
 * needed by those that have none: file_record_made keeps it in the snapshot
 * that is recorded, if any, under a name that is no path; file_replay_made
 * appends it from the one that is replayed.  ERR_FILE where nothing is, or it
 * has no such thing.
 */
void file_record_made(const char *name, struct bytes contents);
CHECKED enum err file_replay_made(const char *name, struct buf *contents);

/* Whether what is replayed has no keys: this process has to do without. */
bool file_keys_are_withheld(void);

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

/* The folder that `path` stands in.  The caller's to free(). */
char *file_folder_of(const char *path);

/* Writes all of it and syncs the file: what counts has to survive a power cut.
 * 0, or -1 with errno. */
int file_write_synced(int fd, struct bytes contents);

#endif
