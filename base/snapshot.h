/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_SNAPSHOT_H
#define SCEPD_BASE_SNAPSHOT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

/*
 * What a configuration was made of when it was checked: the files and the
 * variables of the environment that were read for it, with their contents.
 * The process that checks it records (file_record), those that are started
 * with it later read from there (file_replay), whatever has become of the
 * files since, and whether or not they may read them.
 *
 * Of a snapshot without keys, everything of kind FILE_KEY is left out.
 */
struct snapshot;

/* One file, or one variable. */
struct snapshot_item {
	const char *name; /* a path as it was opened, or snapshot_variable */
	enum file_kind kind;
	bool is_public; /* everybody could read it */
	struct bytes contents;
};

/* An empty one; the caller's, to snapshot_free, which wipes. */
struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *snapshot);

/* Adds an item, of which it takes copies, or replaces the one of the same
 * name. */
void snapshot_add(struct snapshot *snapshot, const struct snapshot_item *item);

/* The item of that name, or NULL; views into the snapshot. */
const struct snapshot_item *snapshot_find(const struct snapshot *snapshot,
    const char *name);

/* The item at `index`, in the order of their adding; NULL behind the last. */
const struct snapshot_item *snapshot_at(const struct snapshot *snapshot,
    size_t index);

/* The name under which a variable of the environment is kept; the caller's to
 * free(). */
char *snapshot_variable(const char *name);

/* Whether keys have been left out of it. */
bool snapshot_lacks_keys(const struct snapshot *snapshot);

/* Appends the whole as octets, for another process of this same program. */
void snapshot_append(const struct snapshot *snapshot, bool with_keys,
    struct buf *to);

/* Reads that back. The result is the caller's. ERR_FILE where it is none. */
CHECKED enum err snapshot_read(struct bytes octets, struct snapshot **snapshot);

#endif
