/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "store/store_sqlite_internal.h"

const char *
store_sqlite_network_name(unsigned long type)
{
	static const struct row {
		unsigned long type;
		const char *name;
	} rows[] = {
		{ NFS_SUPER_MAGIC, "NFS" },
		{ SMB_SUPER_MAGIC, "SMB" },
		{ 0xff534d42, "SMB" },
		{ 0xfe534d42, "SMB" },
		{ V9FS_MAGIC, "9P" },
		{ AFS_SUPER_MAGIC, "AFS" },
		{ CODA_SUPER_MAGIC, "Coda" },
		{ 0x00c36400, "Ceph" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].type == type)
			return rows[i].name;
	return NULL;
}

char *
store_sqlite_plain_path(const char *path)
{
	return path[0] == '/' ? xstrdup(path) : xasprintf("./%s", path);
}

static enum err
complain(struct problems *problems, const char *path, const char *cause,
    const char *remedy)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s; %s", path, cause, remedy);
	return ERR_CONFIGURATION;
}

/* Locks and memory are shared by processes of one machine. */
static enum err
check_file_system(const char *path, struct problems *problems)
{
	struct statfs about;
	const char *name;

	if (statfs(path, &about) != 0)
		return complain(problems, path, strerror(errno),
		    "look at its folder");
	name = store_sqlite_network_name((uint32_t)about.f_type);
	if (name == NULL)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: on %s several processes can't share a database; put it on a "
	    "disk of this machine",
	    path, name);
	return ERR_CONFIGURATION;
}

/* The user that scepd runs as has to be able to open what root has made. */
static void
give_away(int fd, const char *model)
{
	struct stat about;

	if (geteuid() == 0 && stat(model, &about) == 0)
		(void)!fchown(fd, about.st_uid, about.st_gid);
}

int
store_sqlite_make_file(const char *path, const char *model)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);

	if (fd >= 0)
		give_away(fd, model);
	return fd;
}

void
store_sqlite_sync_folder(const char *path)
{
	char *folder = file_path_beside(path, ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(folder);
}

/* SQLite would make one that others can read.  To be told that it is there by
 * now is as good: somebody else starts too. */
static enum err
make_database(const char *path, struct problems *problems)
{
	char *folder = file_path_beside(path, ".");
	int fd = store_sqlite_make_file(path, folder);
	int cause = errno;

	if (fd >= 0) {
		close(fd);
		store_sqlite_sync_folder(path);
	}
	free(folder);
	if (fd >= 0 || cause == EEXIST)
		return ERR_OK;
	return complain(problems, path, strerror(cause),
	    cause == ENOENT ?
		"make its folder first, for the user that scepd runs as" :
		"the user that scepd runs as has to be able to make files in "
		"its folder");
}

enum err
store_sqlite_prepare_file(const struct store_settings *settings,
    struct problems *problems)
{
	const char *path = settings->path;
	struct stat about;
	enum err err = ERR_OK;

	if (stat(path, &about) == 0) {
		if (!S_ISREG(about.st_mode))
			return complain(problems, path, "this is no file",
			    "name a file for the state database");
	} else if (errno != ENOENT) {
		return complain(problems, path, strerror(errno),
		    "the user that scepd runs as has to reach it");
	} else if (!settings->create) {
		return complain(problems, path, "there is no such file",
		    "scepd makes it when it starts");
	} else {
		err = make_database(path, problems);
	}
	return err == ERR_OK ? check_file_system(path, problems) : err;
}

int
store_sqlite_open_lock(const char *path, struct problems *problems)
{
	char *lock_path = xasprintf("%s.lock", path);
	int fd = store_sqlite_make_file(lock_path, path);

	if (fd < 0 && errno == EEXIST)
		fd = open(lock_path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		(void)complain(problems, lock_path, strerror(errno),
		    "it has to be a file that the user that scepd runs as "
		    "can open, in a folder where it can make files");
	free(lock_path);
	return fd;
}
