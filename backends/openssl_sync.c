/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

int
openssl_sync_write(int fd, struct bytes contents)
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

int
openssl_sync_folder_of(const char *path)
{
	char *folder = file_path_beside(path, ".");
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
