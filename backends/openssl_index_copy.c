/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xalloc.h"

#define CHUNK 65536

/* A POSIX ACL as the file system has it, and as long as one can be. */
#define ACL "system.posix_acl_access"
#define MAX_ACL 65536

/* A number with another count of zeros before it is another name.  There may be
 * one: inodes are used again. */
char *
openssl_index_copy_name(const char *path, uint64_t number)
{
	for (int digits = 1;; digits++) {
		char *name = xasprintf("%s.scepd-%0*llu", path, digits,
		    (unsigned long long)number);

		if (access(name, F_OK) != 0)
			return name;
		free(name);
	}
}

enum err
openssl_index_copy_begin(struct openssl_index_copy *copy, const char *path)
{
	*copy = (struct openssl_index_copy){
		.path = path,
		.name = xasprintf("%s.scepd", path),
	};
	unlink(copy->name);
	copy->fd = open(copy->name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return copy->fd >= 0 ? ERR_OK : ERR_INDEX;
}

static enum err
write_pending(struct openssl_index_copy *copy)
{
	struct bytes left = buf_bytes(&copy->pending);

	while (left.size > 0) {
		ssize_t put = write(copy->fd, left.data, left.size);

		if (put < 0 && errno != EINTR)
			return ERR_INDEX;
		if (put > 0)
			left = bytes_from(left, (size_t)put);
	}
	buf_truncate(&copy->pending, 0);
	return ERR_OK;
}

enum err
openssl_index_copy_append(struct openssl_index_copy *copy, struct bytes text)
{
	buf_append(&copy->pending, text);
	return copy->pending.size < CHUNK ? ERR_OK : write_pending(copy);
}

/* Whether a call failed because this process may not do that. */
static bool
may_not(void)
{
	return errno == EPERM || errno == EINVAL;
}

static int
own_like(int fd, const struct stat *like)
{
	struct stat own;

	if (fstat(fd, &own) != 0)
		return -1;
	if (own.st_uid == like->st_uid && own.st_gid == like->st_gid)
		return 0;
	if (fchown(fd, like->st_uid, like->st_gid) == 0)
		return 0;
	if (!may_not())
		return -1;
	return fchown(fd, (uid_t)-1, like->st_gid) == 0 || may_not() ? 0 : -1;
}

/* Whether a call failed because there is no ACL, or can be none. */
static bool
has_none(void)
{
	return errno == ENODATA || errno == EOPNOTSUPP;
}

/* A default ACL of the folder gives the new file one that the old one need not
 * have. */
static int
control_like(int fd, int like)
{
	struct buf acl = { 0 };
	uint8_t *value = buf_extend(&acl, MAX_ACL);
	ssize_t size = fgetxattr(like, ACL, value, MAX_ACL);
	int status = -1;

	if (size >= 0)
		status = fsetxattr(fd, ACL, value, (size_t)size, 0);
	else if (has_none())
		status = fremovexattr(fd, ACL) == 0 || has_none() ? 0 : -1;
	buf_clear(&acl);
	return status;
}

static enum err
take_number(struct openssl_index_copy *copy)
{
	struct stat own;
	char *name;

	if (fstat(copy->fd, &own) != 0)
		return ERR_INDEX;
	name = openssl_index_copy_name(copy->path, own.st_ino);
	if (rename(copy->name, name) != 0) {
		free(name);
		return ERR_INDEX;
	}
	free(copy->name);
	copy->name = name;
	return ERR_OK;
}

/* The ACL before the mode, as an inherited one would get what is meant for the
 * group. */
enum err
openssl_index_copy_finish(struct openssl_index_copy *copy, int like)
{
	struct stat status;

	if (fstat(like, &status) != 0 || own_like(copy->fd, &status) != 0 ||
	    control_like(copy->fd, like) != 0 ||
	    fchmod(copy->fd, status.st_mode & 07777) != 0)
		return ERR_INDEX;
	if (file_write_synced(copy->fd, buf_bytes(&copy->pending)) != 0)
		return ERR_INDEX;
	buf_truncate(&copy->pending, 0);
	return take_number(copy);
}

/* In its place there may be an index that was replaced. */
static bool
has_its_name(const struct openssl_index_copy *copy)
{
	struct stat own, there;

	return fstat(copy->fd, &own) == 0 && lstat(copy->name, &there) == 0 &&
	    own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

void
openssl_index_copy_end(struct openssl_index_copy *copy)
{
	if (has_its_name(copy))
		unlink(copy->name);
	if (copy->fd >= 0)
		close(copy->fd);
	free(copy->name);
	buf_clear(&copy->pending);
	*copy = (struct openssl_index_copy){ .fd = -1 };
}

/* Whether a file's name, without its folder, is that of a copy of `path`. */
static bool
read_name(const char *path, const char *name, uint64_t *number)
{
	const char *slash = strrchr(path, '/');
	char *prefix = xasprintf("%s.scepd-", slash != NULL ? slash + 1 : path);
	const size_t size = strlen(prefix);
	bool fits = bytes_begin_with(bytes_of_string(name), prefix) &&
	    name[size] != '\0' &&
	    name[size + strspn(name + size, "0123456789")] == '\0';

	if (fits)
		*number = strtoull(name + size, NULL, 10);
	free(prefix);
	return fits;
}

/* A copy that was put in place by a link may have both names still. */
static bool
is_index(const char *path, const struct stat *status)
{
	struct stat index;

	return stat(path, &index) == 0 && index.st_dev == status->st_dev &&
	    index.st_ino == status->st_ino;
}

/* Whether an entry of the folder is what is looked for; *name is its path. */
static bool
is_replaced(const char *path, const char *entry, char **name)
{
	struct stat status;
	uint64_t number;

	if (!read_name(path, entry, &number))
		return false;
	*name = file_path_beside(path, entry);
	if (lstat(*name, &status) == 0 && status.st_ino != number &&
	    !is_index(path, &status))
		return true;
	unlink(*name);
	free(*name);
	*name = NULL;
	return false;
}

static enum err
search(const char *path, DIR *entries, char **name)
{
	struct dirent *entry;

	for (;;) {
		errno = 0;
		entry = readdir(entries);
		if (entry == NULL)
			return errno == 0 ? ERR_OK : ERR_INDEX;
		if (is_replaced(path, entry->d_name, name))
			return ERR_OK;
	}
}

enum err
openssl_index_copy_find(const char *path, char **name)
{
	char *folder = file_folder_of(path);
	DIR *entries = opendir(folder);
	enum err err;
	int cause;

	*name = NULL;
	free(folder);
	if (entries == NULL)
		return ERR_INDEX;
	err = search(path, entries, name);
	cause = errno;
	closedir(entries);
	errno = cause;
	return err;
}
