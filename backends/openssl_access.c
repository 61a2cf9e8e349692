/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/count.h"
#include "base/file.h"
#include "base/user.h"
#include "base/xalloc.h"

/* One command for all three, which is harmless where it was given before. */
static void
explain_access(const char *path, const char *index, const char *new_certs_dir,
    const char *folder, struct problems *problems)
{
	const char *cause = strerror(errno);
	char *user = user_name();

	problem_add(problems, PROBLEM_ERROR,
	    "%s: the user %s needs to read and write it: %s; what \"openssl "
	    "ca\" writes anew stays accessible by: setfacl -m "
	    "u:%s:rwX,d:u:%s:rwX %s %s && setfacl -m u:%s:rw %s*",
	    path, user, cause, user, user, folder, new_certs_dir, user, index);
	free(user);
}

static void
explain(const char *path, const char *index, const char *new_certs_dir,
    const char *folder, struct problems *problems)
{
	if (errno == ENOENT)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: this folder is gone, and no certificate can be "
		    "entered without it; put it back",
		    path);
	else
		explain_access(path, index, new_certs_dir, folder, problems);
}

enum err
openssl_access_check(const char *index, const char *new_certs_dir,
    struct problems *problems)
{
	char *folder = file_folder_of(index);
	char *attributes = xasprintf("%s.attr", index);
	const struct {
		const char *path;
		int mode;
		bool
		    may_be_missing; /* for the instant of a rewrite, at least */
	} wanted[] = {
		{ folder, R_OK | W_OK | X_OK, false },
		{ index, R_OK | W_OK, true },
		{ attributes, R_OK, true },
		{ new_certs_dir, R_OK | W_OK | X_OK, false },
	};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < COUNT(wanted); i++)
		if (faccessat(AT_FDCWD, wanted[i].path, wanted[i].mode,
			AT_EACCESS) != 0 &&
		    !(errno == ENOENT && wanted[i].may_be_missing)) {
			explain(wanted[i].path, index, new_certs_dir, folder,
			    problems);
			err = ERR_INDEX;
		}
	free(folder);
	free(attributes);
	return err;
}

enum err
openssl_access_check_key(const char *path, struct problems *problems)
{
	const char *cause;
	char *user;

	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0)
		return ERR_OK;
	cause = strerror(errno);
	user = user_name();
	problem_add(problems, PROBLEM_ERROR,
	    "%s: openssl, which is run as the user %s, has to read the CA's "
	    "key: %s; let it: setfacl -m u:%s:r %s",
	    path, user, cause, user, path);
	free(user);
	return ERR_INDEX;
}
