/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/environment.h"
#include "base/xalloc.h"

/* The program */

/* 0 where the file can be run, else errno.  What can be entered, a folder, has
 * the same right. */
static int
check_program(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return errno;
	if (!S_ISREG(status.st_mode) || access(path, X_OK) != 0)
		return EACCES;
	return 0;
}

/* The folder that PATH begins with. */
static struct bytes
first_folder(const char *path)
{
	return bytes_of(path, strcspn(path, ":"));
}

/* As execvp(3) has it: one that may not be run is passed over, and only told
 * of where there is no other. */
static int
look_for(const char *name, const char *path, char **found)
{
	int cause = ENOENT;

	for (;; path++) {
		struct bytes folder = first_folder(path);
		char *file = xasprintf("%.*s/%s", (int)folder.size, path, name);
		int trouble = path[0] == '/' ? check_program(file) : ENOENT;

		if (trouble == 0) {
			*found = file;
			return 0;
		}
		free(file);
		if (trouble == EACCES)
			cause = EACCES;
		path += folder.size;
		if (*path == '\0')
			return cause;
	}
}

/* The file to run, the caller's to free(); 0 or errno. */
static int
find_program(const struct spawn_order *order, char **found)
{
	const char *name = order->arguments[0];
	const char *path = environment_value(order->environment, "PATH");

	if (name[0] == '/') {
		*found = xstrdup(name);
		return 0;
	}
	if (name[0] == '\0' || strchr(name, '/') != NULL || path == NULL)
		return ENOENT;
	return look_for(name, path, found);
}

/* Or else nobody could tell its trouble from that of the program. */
static int
check_directory(const char *directory)
{
	char *inside = xasprintf("%s/.", directory);
	int cause = access(inside, X_OK) == 0 ? 0 : errno;

	free(inside);
	return cause;
}

/* What is to be done in the child */

/* One's place may be where another is now, so all of them are moved out of
 * the way first.  0 or errno. */
static int
lift_descriptors(const struct spawn_order *order, int *lifted)
{
	for (size_t i = 0; i < order->descriptor_count; i++) {
		lifted[i] = fcntl(order->descriptors[i], F_DUPFD_CLOEXEC,
		    (int)order->descriptor_count);
		if (lifted[i] < 0)
			return errno;
	}
	return 0;
}

static int
add_actions(posix_spawn_file_actions_t *actions,
    const struct spawn_order *order, const int *lifted)
{
	int cause = posix_spawn_file_actions_addchdir_np(actions,
	    order->directory);

	for (size_t i = 0; cause == 0 && i < order->descriptor_count; i++)
		cause = posix_spawn_file_actions_adddup2(actions, lifted[i],
		    (int)i);
	if (cause == 0)
		cause = posix_spawn_file_actions_addclosefrom_np(actions,
		    (int)order->descriptor_count);
	return cause;
}

static int
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;
	int cause;

	sigfillset(&all);
	sigemptyset(&none);
	cause = posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETSIGMASK);
	if (cause == 0)
		cause = posix_spawnattr_setsigdefault(attributes, &all);
	if (cause == 0)
		cause = posix_spawnattr_setsigmask(attributes, &none);
	return cause;
}

static int
start(const struct spawn_order *order, const char *program, const int *lifted,
    pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int cause;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	cause = add_actions(&actions, order, lifted);
	if (cause == 0)
		cause = set_attributes(&attributes);
	if (cause == 0)
		cause = posix_spawn(pid, program, &actions, &attributes,
		    order->arguments, order->environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return cause;
}

static int
start_with_descriptors(const struct spawn_order *order, const char *program,
    pid_t *pid)
{
	int *lifted = xcalloc(order->descriptor_count, sizeof(*lifted));
	int cause;

	for (size_t i = 0; i < order->descriptor_count; i++)
		lifted[i] = -1;
	cause = lift_descriptors(order, lifted);
	if (cause == 0)
		cause = start(order, program, lifted, pid);
	for (size_t i = 0; i < order->descriptor_count; i++)
		if (lifted[i] >= 0)
			close(lifted[i]);
	free(lifted);
	return cause;
}

bool
spawn_program(const struct spawn_order *order, pid_t *pid,
    struct spawn_failure *failure)
{
	const char *place = order->directory;
	int cause = check_directory(order->directory);
	char *program = NULL;

	if (cause == 0) {
		place = order->arguments[0];
		cause = find_program(order, &program);
	}
	if (cause == 0)
		cause = start_with_descriptors(order, program, pid);
	free(program);
	if (cause == 0)
		return true;
	*failure = (struct spawn_failure){ cause, place };
	return false;
}
