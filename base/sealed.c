/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Linux knows the flag since version 6.3, and may be told (sysctl
 * vm.memfd_noexec) to make none without it. */
int
memory_file_new(const char *name, unsigned flags)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL | flags);

	if (fd >= 0 || errno != EINVAL)
		return fd;
	return memfd_create(name, MFD_CLOEXEC | flags);
}

int
sealed_new(const char *name)
{
	return memory_file_new(name, MFD_ALLOW_SEALING);
}

bool
sealed_write(int fd, struct bytes octets)
{
	while (octets.size > 0) {
		ssize_t put = write(fd, octets.data, octets.size);

		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0)
			octets = bytes_from(octets, (size_t)put);
	}
	return fcntl(fd, F_ADD_SEALS, SEALS) == 0;
}

/* At an offset of our own: all that have the descriptor share the file's. */
static bool
read_at(int fd, uint8_t *into, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(fd, into + done, size - done, (off_t)done);

		if (got == 0)
			errno = EIO;
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		if (got > 0)
			done += (size_t)got;
	}
	return true;
}

bool
sealed_read(int fd, struct buf *octets)
{
	size_t before = octets->size;
	struct stat status;
	int seals;

	if (fstat(fd, &status) != 0)
		return false;
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS) {
		errno = EPERM;
		return false;
	}
	if (read_at(fd, buf_extend(octets, (size_t)status.st_size),
		(size_t)status.st_size))
		return true;
	buf_truncate(octets, before);
	return false;
}
