/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sealed.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW)

int
shared_new(const char *name, size_t size)
{
	int fd = memory_file_new(name, MFD_ALLOW_SEALING);
	int cause;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)size) == 0 &&
	    fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		return fd;
	cause = errno;
	close(fd);
	errno = cause;
	return -1;
}

/* Whoever could make it shorter could have us killed by SIGBUS. */
void *
shared_map(int fd, size_t size)
{
	struct stat status;
	int seals = fcntl(fd, F_GET_SEALS);
	void *memory;

	if (seals < 0 || fstat(fd, &status) != 0)
		return NULL;
	if ((seals & SEALS) != SEALS || status.st_size != (off_t)size) {
		errno = EPERM;
		return NULL;
	}
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return memory != MAP_FAILED ? memory : NULL;
}

void
shared_unmap(void *memory, size_t size)
{
	if (memory != NULL)
		munmap(memory, size);
}
