/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/output_file.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
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

enum err
output_file_check(const char *path, bool force, struct problems *problems)
{
	char *copy = xstrdup(path);
	const char *folder = dirname(copy);
	struct stat status;
	enum err err = ERR_OK;

	if (!force && lstat(path, &status) == 0)
		err = complain(problems, path,
		    "exists already and is left as it is; --force overwrites "
		    "it");
	else if (access(folder, W_OK | X_OK) != 0)
		err = complain(problems, folder, strerror(errno));
	free(copy);
	return err;
}

/* What is overwritten is exchanged at once, by the kernel: whoever reads it
 * meanwhile has the old or the new one. */
static enum err
replace(const char *path, struct bytes contents, struct problems *problems)
{
	char *made = xasprintf("%s.%ld", path, (long)getpid());
	enum err err = file_create(made, 0644, contents, problems);

	if (err == ERR_OK && rename(made, path) != 0) {
		err = complain(problems, path, strerror(errno));
		unlink(made);
	}
	free(made);
	return err;
}

enum err
output_file_write(const char *path, bool force, struct bytes contents,
    struct problems *problems)
{
	return force ? replace(path, contents, problems) :
		       file_create(path, 0644, contents, problems);
}
