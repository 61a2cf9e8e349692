/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/xalloc.h"

#define MODE 0660

/* How long to sleep between two tries: an append takes less than a
 * millisecond, `openssl ca` many. */
#define FIRST_PAUSE_US 500
#define LONGEST_PAUSE_US 20000

/*
 * Opened for reading, which is enough for flock, as the file may be an
 * administrator's.  The mode is set where it was made here, whatever the umask,
 * so that the group can share the CA.
 */
static int
open_lock(const char *path)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int fd = open(path, flags | O_CREAT | O_EXCL, MODE);
	struct stat status;

	if (fd >= 0) {
		if (fchmod(fd, MODE) == 0)
			return fd;
	} else if (errno == EEXIST) {
		fd = open(path, flags);
	}
	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0) {
		if (S_ISREG(status.st_mode))
			return fd;
		errno = EINVAL;
	}
	close(fd);
	return -1;
}

/* flock can't be told how long to wait, and signals are not for threads. */
static enum err
wait_for(int fd, int64_t wait_us)
{
	int64_t until = clock_monotonic_us() + wait_us, left;
	int64_t pause = FIRST_PAUSE_US;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return ERR_INDEX;
		left = until - clock_monotonic_us();
		if (left <= 0)
			return ERR_INDEX_LOCKED;
		clock_sleep_us(pause < left ? pause : left);
		pause = 2 * pause < LONGEST_PAUSE_US ? 2 * pause :
						       LONGEST_PAUSE_US;
	}
	return ERR_OK;
}

enum err
openssl_lock_take(const char *folder, int64_t wait_us,
    struct openssl_lock *lock, struct problems *problems)
{
	char *path = xasprintf("%s/%s", folder, OPENSSL_LOCK_NAME);
	int fd = open_lock(path);
	enum err err = fd < 0 ? ERR_INDEX : wait_for(fd, wait_us);

	if (err == ERR_OK)
		lock->fd = fd;
	else if (fd >= 0)
		close(fd);
	if (err == ERR_INDEX)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: can't be locked: %s; scepd needs to read it, or, if "
		    "there is none, to make it, as a regular file",
		    path, strerror(errno));
	if (err == ERR_INDEX_LOCKED)
		problem_add(problems, PROBLEM_WARNING,
		    "%s: somebody has held the lock for %lld ms; does an "
		    "\"openssl ca\" wait for an answer?",
		    path, (long long)(wait_us / 1000));
	free(path);
	return err;
}

enum err
openssl_lock_take_beside(const char *path, struct openssl_lock *lock,
    struct problems *problems)
{
	char *folder = file_folder_of(path);
	enum err err = openssl_lock_take(folder, OPENSSL_LOCK_WAIT_US, lock,
	    problems);

	free(folder);
	return err;
}

void
openssl_lock_release(struct openssl_lock *lock)
{
	close(lock->fd);
	lock->fd = -1;
}
