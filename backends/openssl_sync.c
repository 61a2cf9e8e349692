/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

int
openssl_sync_folder_of(const char *path)
{
	char *folder = file_folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status, cause;

	free(folder);
	if (fd < 0)
		return -1;
	status = fsync(fd);
	cause = errno;
	close(fd);
	errno = cause;
	return status;
}
