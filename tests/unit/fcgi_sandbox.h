/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_FCGI_SANDBOX_H
#define SCEPD_TESTS_UNIT_FCGI_SANDBOX_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fcgi/sandbox.h"
#include "tests/unit/children.h"

/*
 * What the tests of sandboxes share.  Nobody leaves one, so all that happens
 * in one happens in a child, which tells by its exit status how it went.
 */

enum outcome {
	WORKED,
	REFUSED,  /* EPERM, EACCES */
	FAILED,   /* for another reason, printed */
	NOT_TRIED /* the sandbox could not be entered */
};

/* As of a system call: negative, and errno says why, or not. */
typedef long attempt(void);

static const enum sandbox all_sandboxes[] = { SANDBOX_WORKER,
	SANDBOX_KEY_PROCESS };

/* A file of ours that nobody else may read, as keys are, and its folder. */
static char folder[] = "/tmp/scepd-sandbox-XXXXXX";
static char key_path[sizeof(folder) + 8];

static inline int
make_key(void **state)
{
	int fd;

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(key_path, sizeof(key_path), "%s/ca.key", folder);
	fd = open(key_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 || write(fd, "key", 3) != 3 || close(fd) != 0;
}

/* Fails where an attempt has left something behind. */
static inline int
remove_key(void **state)
{
	(void)state;
	return unlink(key_path) != 0 || rmdir(folder) != 0;
}

static inline long
open_key(void)
{
	return open(key_path, O_RDONLY | O_CLOEXEC);
}

static inline enum outcome
outcome_of(long result)
{
	if (result >= 0)
		return WORKED;
	if (errno == EPERM || errno == EACCES)
		return REFUSED;
	dprintf(STDERR_FILENO, "# %s\n", strerror(errno));
	return FAILED;
}

/* Enters, in a child. */
static inline bool
enters(enum sandbox sandbox)
{
	struct problems *problems = problems_new();
	bool entered = sandbox_enter(sandbox, problems) == ERR_OK;

	if (!entered)
		dprintf(STDERR_FILENO, "# %s", problems_text(problems));
	problems_free(problems);
	return entered;
}

static inline enum outcome
outcome_of_child(pid_t child)
{
	int status = ended(child);

	if (WIFEXITED(status))
		return (enum outcome)WEXITSTATUS(status);
	print_error("# ended by signal %d\n", WTERMSIG(status));
	return FAILED;
}

static inline enum outcome
try_outside(attempt *what)
{
	pid_t child = fork();

	if (child == 0)
		_exit((int)outcome_of(what()));
	return outcome_of_child(child);
}

static inline enum outcome
try_inside(enum sandbox sandbox, attempt *what)
{
	pid_t child = fork();

	if (child == 0)
		_exit(enters(sandbox) ? (int)outcome_of(what()) :
					(int)NOT_TRIED);
	return outcome_of_child(child);
}

#endif
