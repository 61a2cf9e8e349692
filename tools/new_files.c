/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/new_files.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xalloc.h"

static enum err
complain(struct problems *problems, const char *path, const char *what)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s", path, what);
	return ERR_FILE;
}

/* The folder is made, but not the path to it: that is most often a slip. */
static enum err
check_parent(const char *folder, struct problems *problems)
{
	char *copy = xstrdup(folder);
	const char *parent = dirname(copy);
	struct stat status;
	enum err err = ERR_OK;

	if (stat(parent, &status) != 0 && errno == ENOENT)
		err = complain(problems, parent,
		    "is not there; make it first, with: mkdir -p");
	else if (access(parent, W_OK | X_OK) != 0)
		err = complain(problems, parent, strerror(errno));
	free(copy);
	return err;
}

/* Whoever may write to a folder can exchange the files in it. */
static enum err
check_folder(const char *folder, struct problems *problems)
{
	struct stat status;

	if (stat(folder, &status) != 0) {
		if (errno == ENOENT)
			return check_parent(folder, problems);
		return complain(problems, folder, strerror(errno));
	}
	if (!S_ISDIR(status.st_mode))
		return complain(problems, folder,
		    "is no folder; choose another name");
	if ((status.st_mode & S_IWOTH) != 0)
		return complain(problems, folder,
		    "everybody can write to this folder, so keys are not safe "
		    "in it; choose another, which is made where it is not "
		    "there");
	if (access(folder, W_OK | X_OK) != 0)
		return complain(problems, folder, strerror(errno));
	return ERR_OK;
}

/* lstat: a link is something that stands there, wherever it leads. */
enum err
new_files_check(const char *folder, const struct new_file *files, size_t count,
    struct problems *problems)
{
	enum err err = check_folder(folder, problems);

	for (size_t i = 0; i < count; i++) {
		char *path = xasprintf("%s/%s", folder, files[i].name);
		struct stat status;

		if (lstat(path, &status) == 0)
			err = complain(problems, path,
			    "exists already and is left as it is; choose "
			    "another folder, or move the file away");
		free(path);
	}
	return err;
}

/* For its owner alone, since keys go into it before anybody looks. */
static enum err
make_folder(const char *folder, bool *made, struct problems *problems)
{
	*made = mkdir(folder, 0700) == 0;
	if (!*made && errno != EEXIST)
		return complain(problems, folder, strerror(errno));
	return ERR_OK;
}

static void
remove_files(const char *folder, const struct new_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *path = xasprintf("%s/%s", folder, files[i].name);

		unlink(path);
		free(path);
	}
}

/* Everything or nothing: what was made before a failure is removed, and
 * nothing else, since each file was made by O_EXCL. */
enum err
new_files_create(const char *folder, const struct new_file *files, size_t count,
    struct problems *problems)
{
	bool folder_is_new;
	size_t made = 0;
	enum err err = make_folder(folder, &folder_is_new, problems);

	while (err == ERR_OK && made < count) {
		char *path = xasprintf("%s/%s", folder, files[made].name);

		err = file_create(path, files[made].mode, files[made].contents,
		    problems);
		free(path);
		if (err == ERR_OK)
			made++;
	}
	if (err == ERR_OK)
		return ERR_OK;
	remove_files(folder, files, made);
	if (folder_is_new)
		rmdir(folder);
	return err;
}
