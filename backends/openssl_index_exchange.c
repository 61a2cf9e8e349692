/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "backends/openssl_index_copy.h"
#include "backends/openssl_sync.h"
#include "base/xalloc.h"

/* Whether a file that was renamed meanwhile, which sets its ctime, is still
 * what was read. */
static bool
is_what_was_read(const char *name, const struct openssl_index_state *read)
{
	struct openssl_index_state now;

	if (openssl_index_state_read(name, &now) != ERR_OK)
		return false;
	now.ctime_ns = read->ctime_ns;
	return openssl_index_state_equal(&now, read);
}

/* A rename does nothing, and says that it has, where the two are links of one
 * file. */
enum err
openssl_index_keep_old(const char *path, const char *name)
{
	char *old = xasprintf("%s.old", path);
	int status = rename(name, old);

	if (status == 0)
		unlink(name);
	free(old);
	return status == 0 && openssl_sync_folder_of(path) == 0 ? ERR_OK :
								  ERR_INDEX;
}

/* A link, unlike a rename, never overwrites; not all file systems have them. */
enum err
openssl_index_put_back(const char *path, const char *name)
{
	if (link(name, path) == 0)
		return unlink(name) == 0 ? ERR_OK : ERR_INDEX;
	if (errno == EEXIST || access(path, F_OK) == 0) {
		errno = EEXIST;
		return ERR_INDEX;
	}
	return rename(name, path) == 0 ? ERR_OK : ERR_INDEX;
}

/* What else stands there now is others'; then the index that was put aside is
 * found by its name. */
static enum err
undo(const char *path, const char *aside, int cause, bool *again)
{
	(void)!openssl_index_put_back(path, aside);
	*again = cause == 0 || cause == EEXIST;
	errno = cause;
	return *again ? ERR_OK : ERR_INDEX;
}

/* Whoever is killed between the two renames leaves the index under a name that
 * says so. */
static enum err
replace_aside(const char *path, const char *name, const char *aside,
    const struct openssl_index_state *read, bool *again)
{
	if (rename(path, aside) != 0) {
		*again = errno == ENOENT;
		return *again ? ERR_OK : ERR_INDEX;
	}
	if (!is_what_was_read(aside, read))
		return undo(path, aside, 0, again);
	if (openssl_index_put_back(path, name) != ERR_OK)
		return undo(path, aside, errno, again);
	return openssl_index_keep_old(path, aside);
}

static enum err
replace(const char *path, const char *name,
    const struct openssl_index_state *read, bool *again)
{
	char *aside = openssl_index_copy_name(path, 0);
	enum err err = replace_aside(path, name, aside, read, again);

	free(aside);
	return err;
}

static int
swap(const char *path, const char *name)
{
	return renameat2(AT_FDCWD, name, AT_FDCWD, path, RENAME_EXCHANGE);
}

/*
 * What others have put there in the last instant is put back at once: who reads
 * the index until then misses what they have changed, and an `openssl ca` would
 * write it so.  Where that fails, or something else again comes out, it is
 * found by its name.
 */
static enum err
settle(const char *path, const char *name,
    const struct openssl_index_state *read, bool *again)
{
	if (is_what_was_read(name, read))
		return openssl_index_keep_old(path, name);
	*again = true;
	(void)!swap(path, name);
	return ERR_OK;
}

enum err
openssl_index_exchange(const char *path, const char *name,
    const struct openssl_index_state *read, bool *again)
{
	struct openssl_index_state now;

	*again = openssl_index_state_read(path, &now) != ERR_OK ||
	    !openssl_index_state_equal(&now, read);
	if (*again)
		return ERR_OK;
	if (swap(path, name) == 0)
		return settle(path, name, read, again);
	switch (errno) {
	case EINVAL: /* the file system can't */
	case EOPNOTSUPP:
	case ENOSYS: /* the kernel can't */
		return replace(path, name, read, again);
	case ENOENT: /* `openssl ca` is between its renames */
		*again = true;
		return ERR_OK;
	default:
		return ERR_INDEX;
	}
}
