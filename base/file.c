/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/snapshot.h"
#include "base/xalloc.h"

/* Set before threads begin, and only read from then on. */
static struct snapshot *recorded;
static const struct snapshot *replayed;

static enum err
complain(struct problems *problems, const char *path, const char *what)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s", path, what);
	return ERR_FILE;
}

/* Of the open file and not of its path, which could be another file by now.  A
 * directory or a device has no contents to read whole. */
static enum err
check_status(int fd, const char *path, enum file_kind kind,
    struct problems *problems)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return complain(problems, path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return complain(problems, path, "is not a regular file");
	if (kind != FILE_PUBLIC && (status.st_mode & S_IROTH) != 0)
		return complain(problems, path,
		    "holds a secret and everybody can read it; "
		    "run: chmod o-rwx on it");
	return ERR_OK;
}

/*
 * Read in pieces and not by st_size, which says nothing in /proc and may
 * change.  Each piece is wiped, as it may be part of a key; and a limit is
 * there because a file of any size may lie where a configuration points to.
 */
static enum err
read_all(int fd, const char *path, size_t limit, struct buf *contents,
    struct problems *problems)
{
	size_t before = contents->size;
	ssize_t got;

	for (;;) {
		uint8_t chunk[4096];

		got = read(fd, chunk, sizeof(chunk));
		if (got > 0)
			buf_append(contents, bytes_of(chunk, (size_t)got));
		bytes_wipe(chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		/* An octet over the limit is enough to know. */
		if (got <= 0 || contents->size - before > limit)
			break;
	}
	if (got == 0)
		return ERR_OK;
	buf_truncate(contents, before);
	if (got < 0)
		return complain(problems, path, strerror(errno));
	return complain(problems, path,
	    "is larger than any file of its kind; is it the right one?");
}

static enum err
read_file(const char *path, enum file_kind kind, size_t limit,
    struct buf *contents, struct problems *problems)
{
	enum err err;
	/* O_NONBLOCK: a FIFO in the file's place must not hang the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return complain(problems, path, strerror(errno));
	err = check_status(fd, path, kind, problems);
	if (err == ERR_OK)
		err = read_all(fd, path, limit, contents, problems);
	close(fd);
	return err;
}

/* What the snapshot has; it was checked when it was recorded. */
static enum err
replay(const char *name, struct buf *contents)
{
	const struct snapshot_item *item = snapshot_find(replayed, name);

	if (item == NULL)
		return ERR_FILE;
	buf_append(contents, item->contents);
	return ERR_OK;
}

static void
record(const char *name, enum file_kind kind, bool is_public,
    struct bytes contents)
{
	const struct snapshot_item item = { name, kind, is_public, contents };

	if (recorded != NULL)
		snapshot_add(recorded, &item);
}

static bool
everybody_can_read(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

enum err
file_read(const char *path, enum file_kind kind, size_t limit,
    struct buf *contents, struct problems *problems)
{
	size_t before = contents->size;
	enum err err;

	if (replayed != NULL) {
		err = replay(path, contents);
		return err == ERR_OK ?
		    err :
		    complain(problems, path,
			"was not there when the configuration was checked");
	}
	err = read_file(path, kind, limit, contents, problems);
	if (err == ERR_OK)
		record(path, kind, everybody_can_read(path),
		    bytes_from(buf_bytes(contents), before));
	return err;
}

enum err
file_read_now(const char *path, size_t limit, struct buf *contents,
    struct problems *problems)
{
	return read_file(path, FILE_PUBLIC, limit, contents, problems);
}

bool
file_is_public(const char *path)
{
	const struct snapshot_item *item;

	if (replayed == NULL)
		return everybody_can_read(path);
	item = snapshot_find(replayed, path);
	return item != NULL && item->is_public;
}

enum err
file_read_variable(const char *name, enum file_kind kind, struct buf *value)
{
	char *item_name = snapshot_variable(name);
	const char *text = getenv(name);
	enum err err = ERR_FILE;

	if (replayed != NULL) {
		err = replay(item_name, value);
	} else if (text != NULL) {
		buf_append_string(value, text);
		record(item_name, kind, false, bytes_of_string(text));
		err = ERR_OK;
	}
	free(item_name);
	return err;
}

void
file_record_made(const char *name, struct bytes contents)
{
	record(name, FILE_PUBLIC, false, contents);
}

enum err
file_replay_made(const char *name, struct buf *contents)
{
	return replayed != NULL ? replay(name, contents) : ERR_FILE;
}

void
file_record(struct snapshot *snapshot)
{
	recorded = snapshot;
}

void
file_replay(const struct snapshot *snapshot)
{
	replayed = snapshot;
}

bool
file_is_replayed(void)
{
	return replayed != NULL;
}

bool
file_keys_are_withheld(void)
{
	return replayed != NULL && snapshot_lacks_keys(replayed);
}

int
file_write_synced(int fd, struct bytes contents)
{
	while (contents.size > 0) {
		ssize_t put = write(fd, contents.data, contents.size);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0)
			contents = bytes_from(contents, (size_t)put);
	}
	return fsync(fd);
}

/*
 * O_EXCL: nothing is overwritten, and no link of somebody else's is followed.
 * The mode is widened only when all is written, so that nobody can open the
 * file while a key is half in it, whatever the umask.
 */
enum err
file_create(const char *path, mode_t mode, struct bytes contents,
    struct problems *problems)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return complain(problems, path,
		    "exists already and is left as it is");
	if (fd < 0)
		return complain(problems, path, strerror(errno));
	if (file_write_synced(fd, contents) != 0 || fchmod(fd, mode) != 0) {
		int cause = errno;

		close(fd);
		unlink(path);
		return complain(problems, path, strerror(cause));
	}
	close(fd);
	return ERR_OK;
}

/* A configuration with its keys beside it can be moved, and read from any
 * working directory. */
char *
file_path_beside(const char *beside, const char *path)
{
	const char *slash = strrchr(beside, '/');

	if (path[0] == '/' || slash == NULL)
		return xstrdup(path);
	return xasprintf("%.*s/%s", (int)(slash - beside), beside, path);
}

/* dirname writes into what it is given. */
char *
file_folder_of(const char *path)
{
	char *copy = xstrdup(path);
	char *folder = xstrdup(dirname(copy));

	free(copy);
	return folder;
}
