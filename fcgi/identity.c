/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xalloc.h"

/* How the child ends that finds out whether something can be done. */
enum finding {
	FOUND_POSSIBLE,
	FOUND_IMPOSSIBLE,
	FOUND_NOTHING
};

static const char remedy[] =
    "make one: useradd --system --no-create-home --shell /usr/sbin/nologin";

/* What getpwnam sets errno to where there is simply no such user is not the
 * same everywhere (getpwnam(3)). */
static bool
is_absence(int cause)
{
	return cause == 0 || cause == ENOENT || cause == ESRCH ||
	    cause == EBADF || cause == EPERM;
}

static enum err
complain(struct problems *problems, const char *name, int cause)
{
	if (is_absence(cause))
		problem_add(problems, PROBLEM_ERROR,
		    "there is no user \"%s\"; %s %s", name, remedy, name);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "user \"%s\" can't be looked up: %s", name,
		    strerror(cause));
	return ERR_CONFIGURATION;
}

/* getgrouplist says how many there are when there is no room for them. */
static void
find_groups(struct identity *identity)
{
	int count = 0;

	do {
		identity->groups = xrealloc(identity->groups, (size_t)count,
		    sizeof(*identity->groups));
	} while (getgrouplist(identity->name, identity->group, identity->groups,
		     &count) < 0);
	identity->group_count = (size_t)count;
}

enum err
identity_find(const char *name, struct identity *identity,
    struct problems *problems)
{
	const struct passwd *entry;

	errno = 0;
	entry = getpwnam(name);
	if (entry == NULL)
		return complain(problems, name, errno);
	if (entry->pw_uid == 0) {
		problem_add(problems, PROBLEM_ERROR,
		    "user \"%s\" is root, from whom nothing can be kept; name "
		    "another, or %s NAME",
		    name, remedy);
		return ERR_CONFIGURATION;
	}
	*identity = (struct identity){ .user = entry->pw_uid,
		.group = entry->pw_gid,
		.name = xstrdup(name) };
	find_groups(identity);
	return ERR_OK;
}

void
identity_clear(struct identity *identity)
{
	free(identity->groups);
	free(identity->name);
	*identity = (struct identity){ 0 };
}

/* Real, effective, saved: whichever were left would be the way back. */
static bool
is_assumed(const struct identity *identity)
{
	uid_t user[3];
	gid_t group[3];

	if (getresuid(&user[0], &user[1], &user[2]) != 0 ||
	    getresgid(&group[0], &group[1], &group[2]) != 0)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (user[i] != identity->user || group[i] != identity->group)
			return false;
	return getgroups(0, NULL) == (int)identity->group_count;
}

/* The user last: nobody but root may change the groups. */
bool
identity_assume(const struct identity *identity)
{
	if (setgroups(identity->group_count, identity->groups) != 0 ||
	    setresgid(identity->group, identity->group, identity->group) != 0 ||
	    setresuid(identity->user, identity->user, identity->user) != 0)
		return false;
	/* A capability that was kept, by whoever started us, would do it. */
	if (is_assumed(identity) && setuid(0) != 0)
		return true;
	errno = EPERM;
	return false;
}

/* O_NONBLOCK: a FIFO in the file's place must not hang the start. */
static bool
can_read(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) >= 0;
}

static bool
can_write(const char *path)
{
	char *folder;
	bool can;

	if (access(path, R_OK | W_OK) == 0)
		return true;
	if (errno != ENOENT)
		return false;
	folder = file_path_beside(path, ".");
	can = access(folder, W_OK | X_OK) == 0;
	free(folder);
	return can;
}

static enum finding
find_out(const struct identity *identity, const char *path,
    bool (*can)(const char *path))
{
	if (identity != NULL && !identity_assume(identity))
		return FOUND_NOTHING;
	return can(path) ? FOUND_POSSIBLE : FOUND_IMPOSSIBLE;
}

/* In a child, as there is no way back from being another. */
static bool
try(const struct identity *identity, const char *path,
    bool (*can)(const char *path))
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit((int)find_out(identity, path, can));
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return !WIFEXITED(status) || WEXITSTATUS(status) != FOUND_IMPOSSIBLE;
}

bool
identity_can_read(const struct identity *identity, const char *path)
{
	return try(identity, path, can_read);
}

bool
identity_can_write(const struct identity *identity, const char *path)
{
	return try(identity, path, can_write);
}

/* Each line is a finding, with its level before it. */
static void
add_lines(struct problems *problems, char *text)
{
	for (char *line; (line = strsep(&text, "\n")) != NULL;) {
		bool is_error = bytes_begin_with(bytes_of_string(line),
		    "error: ");
		const char *at = strstr(line, ": ");

		if (at != NULL)
			problem_add(problems,
			    is_error ? PROBLEM_ERROR : PROBLEM_WARNING, "%s",
			    at + 2);
	}
}

static void
read_findings(int fd, struct problems *problems)
{
	struct buf text = { 0 };
	uint8_t part[512];
	ssize_t got;

	while ((got = read(fd, part, sizeof(part))) > 0 ||
	    (got < 0 && errno == EINTR))
		if (got > 0)
			buf_append(&text, bytes_of(part, (size_t)got));
	add_lines(problems, (char *)(uintptr_t)buf_string(&text));
	buf_clear(&text);
}

/* In the child; whoever has no room in the pipe loses what is behind. */
static int
look_as(const struct identity *identity,
    enum err (*look)(void *context, struct problems *problems), void *context,
    int fd)
{
	struct problems *problems = problems_new();
	enum err err = ERR_OK;
	struct bytes text;

	if (identity_assume(identity))
		err = look(context, problems);
	text = bytes_of_string(problems_text(problems));
	if (write(fd, text.data, text.size) < 0)
		err = ERR_OK;
	problems_free(problems);
	return err == ERR_OK ? FOUND_POSSIBLE : FOUND_IMPOSSIBLE;
}

enum err
identity_look(const struct identity *identity,
    enum err (*look)(void *context, struct problems *problems), void *context,
    struct problems *problems)
{
	int ends[2], status = 0;
	pid_t child;

	if (identity == NULL)
		return look(context, problems);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_OK;
	child = fork();
	if (child == 0)
		_exit(look_as(identity, look, context, ends[1]));
	close(ends[1]);
	read_findings(ends[0], problems);
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return child > 0 && WIFEXITED(status) &&
		WEXITSTATUS(status) == FOUND_IMPOSSIBLE ?
	    ERR_CONFIGURATION :
	    ERR_OK;
}
