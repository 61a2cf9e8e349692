/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/openssl_index_internal.h"
#include "backends/openssl_index_scan.h"
#include "base/clock.h"
#include "base/xalloc.h"

#define ABSENCE_US 2000000
#define PAUSE_US 2000

static struct openssl_index_state
state_of(const struct stat *status)
{
	return (struct openssl_index_state){
		.device = status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.mtime_ns = status->st_mtim.tv_sec * INT64_C(1000000000) +
		    status->st_mtim.tv_nsec,
		.ctime_ns = status->st_ctim.tv_sec * INT64_C(1000000000) +
		    status->st_ctim.tv_nsec,
	};
}

bool
openssl_index_state_equal(const struct openssl_index_state *a,
    const struct openssl_index_state *b)
{
	return a->device == b->device && a->inode == b->inode &&
	    a->size == b->size && a->mtime_ns == b->mtime_ns &&
	    a->ctime_ns == b->ctime_ns;
}

enum err
openssl_index_state_read(const char *path, struct openssl_index_state *state)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return ERR_INDEX;
	*state = state_of(&status);
	return ERR_OK;
}

enum err
openssl_index_look(int fd, struct openssl_index_state *state)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return ERR_INDEX;
	*state = state_of(&status);
	return ERR_OK;
}

/* A full disk may leave a part, which is taken back: the lock is held, and
 * `openssl ca` never writes into this file. */
enum err
openssl_index_append(int fd, const struct openssl_index_state *now,
    struct bytes lines)
{
	ssize_t put;

	do
		put = write(fd, lines.data, lines.size);
	while (put < 0 && errno == EINTR);
	if (put == (ssize_t)lines.size)
		return fdatasync(fd) == 0 ? ERR_OK : ERR_INDEX;
	if (put >= 0 && ftruncate(fd, (off_t)now->size) == 0)
		errno = ENOSPC;
	return ERR_INDEX;
}

int
openssl_index_open_file(const char *path, int flags, int64_t patience_us)
{
	int64_t until = clock_monotonic_us() + patience_us;

	for (;;) {
		/* O_NONBLOCK: a FIFO in its place must not hang us. */
		int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);

		if (fd >= 0 || errno != ENOENT)
			return fd;
		if (clock_monotonic_us() >= until) {
			errno = ENOENT;
			return -1;
		}
		clock_sleep_us(PAUSE_US);
	}
}

int64_t
openssl_index_old_size(const char *path)
{
	char *old = xasprintf("%s.old", path);
	struct stat status;
	int64_t size = stat(old, &status) == 0 ? status.st_size : -1;

	free(old);
	return size;
}

enum err
openssl_index_open(const char *path, int *fd)
{
	struct stat status;
	int opened = openssl_index_open_file(path, O_RDWR | O_APPEND,
	    ABSENCE_US);

	if (opened < 0)
		return ERR_INDEX;
	if (fstat(opened, &status) == 0 && S_ISREG(status.st_mode)) {
		*fd = opened;
		return ERR_OK;
	}
	close(opened);
	errno = EINVAL;
	return ERR_INDEX;
}

/* `openssl ca` run by root makes an index that nobody else may write. */
static const char *
remedy_for(int cause)
{
	switch (cause) {
	case EACCES:
		return "; scepd needs to read and to write it, also after "
		       "\"openssl ca\" has made it anew: use \"setfacl -d\" on "
		       "its folder";
	case ENOENT:
		return "; for a new CA, make an empty file there";
	case EINVAL:
		return "; is it a regular file?";
	default:
		return "";
	}
}

enum err
openssl_index_complain(const char *path, struct problems *problems)
{
	const int cause = errno;

	problem_add(problems, PROBLEM_ERROR, "%s: %s%s", path, strerror(cause),
	    remedy_for(cause));
	return ERR_INDEX;
}

enum err
openssl_index_damaged(const char *path, enum openssl_index_event_kind kind,
    uint64_t line, struct problems *problems)
{
	const char *text = openssl_index_event_text(kind);

	if (line != 0)
		problem_add(problems, PROBLEM_ERROR, "%s:%llu: %s", path,
		    (unsigned long long)line, text);
	else
		problem_add(problems, PROBLEM_ERROR, "%s: %s", path, text);
	return ERR_INDEX_DAMAGED;
}

enum err
openssl_index_busy(const char *path, struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR,
	    "%s: is written anew all the time; who does that?", path);
	return ERR_INDEX;
}

struct reading {
	const char *path;
	struct problems *problems;
	enum err (*each)(void *context, const struct openssl_index_row *row);
	void *context;
};

static enum err
read_line(void *context, const struct openssl_index_line *line)
{
	const struct reading *reading = context;
	struct openssl_index_row row;

	if (!line->ended || openssl_index_is_comment(line))
		return ERR_OK;
	if (openssl_index_row_read(line->text, &row) == ERR_OK)
		return reading->each(reading->context, &row);
	return openssl_index_damaged(reading->path, OPENSSL_INDEX_UNREADABLE,
	    line->number, reading->problems);
}

enum err
openssl_index_read(const char *path,
    enum err (*each)(void *context, const struct openssl_index_row *row),
    void *context, struct problems *problems)
{
	struct reading reading = { path, problems, each, context };
	int fd;
	enum err err = openssl_index_open(path, &fd);

	if (err != ERR_OK)
		return openssl_index_complain(path, problems);
	err = openssl_index_scan(fd, read_line, &reading);
	if (err == ERR_INDEX)
		err = openssl_index_complain(path, problems);
	close(fd);
	return err;
}
