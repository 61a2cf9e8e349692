/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/count.h"
#include "base/log.h"
#include "base/xalloc.h"

/* What each is called; a number follows where there may be several. */
struct role {
	const char *name;
	const char *short_name; /* at most 15 characters: prctl(2) */
	bool numbered;
	bool has_keys;
};

static const struct role roles[CHILD_ROLES] = {
	[CHILD_WORKER] = { "worker", "scepd-worker", true, false },
	[CHILD_WORKER_KEYS] = { "key process of worker", "scepd-keys", true,
	    true },
	[CHILD_KEEPER] = { "keeper", "scepd-keeper", false, false },
	[CHILD_KEEPER_KEYS] = { "key process of the keeper", "scepd-keys",
	    false, true },
};

/* What ps shows before it. */
static const char prefix[] = "scepd: ";

/*
 * What workers and the keeper get of the environment: the language, the time
 * zone, and what libraries are tuned and sanitizers are told by.  Anything
 * else may be a passphrase.
 */
static const char *const harmless[] = {
	"PATH=",
	"TZ=",
	"LANG=",
	"LC_",
	"GNUTLS_",
	"ASAN_OPTIONS=",
	"TSAN_OPTIONS=",
	"UBSAN_OPTIONS=",
};

static int program = -1;

/* Linux has had the one call since version 5.11. */
static void
keep_from_children(int first)
{
	if (close_range((unsigned)first, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = first; fd < sysconf(_SC_OPEN_MAX); fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

bool
child_prepare(void)
{
	keep_from_children(CHILD_SNAPSHOT);
	program = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	return program >= 0;
}

static bool
is_harmless(const char *variable)
{
	for (size_t i = 0; i < COUNT(harmless); i++)
		if (bytes_begin_with(bytes_of_string(variable), harmless[i]))
			return true;
	return false;
}

/* The harmless part of our environment: the caller's, its strings apart. */
static char **
harmless_environment(void)
{
	size_t count = 0, kept = 0;
	char **environment;

	while (environ[count] != NULL)
		count++;
	environment = xcalloc(count + 1, sizeof(*environment));
	for (size_t i = 0; i < count; i++)
		if (is_harmless(environ[i]))
			environment[kept++] = environ[i];
	return environment;
}

/* All are moved out of the way first, as one's place may be where another is
 * now. */
static bool
place_descriptors(const int *descriptors, size_t count)
{
	int *moved = xcalloc(count, sizeof(*moved));
	bool good = true;

	for (size_t i = 0; i < count && good; i++) {
		moved[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC,
		    CHILD_SNAPSHOT + (int)count);
		good = moved[i] >= 0;
	}
	for (size_t i = 0; i < count && good; i++)
		good = dup2(moved[i], CHILD_SNAPSHOT + (int)i) >= 0;
	free(moved);
	return good;
}

/* Ours may be a terminal, at which somebody types. */
static bool
give_no_input(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return null >= 0 && dup2(null, STDIN_FILENO) >= 0;
}

/* The signal comes when our parent dies, also when it did so before we asked
 * for it.  After the identity, which would undo it. */
static bool
follow(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

/* Root lets a process that will not be root lock all of its memory
 * (sandbox_protect_memory). Where that is not allowed, so be it. */
static void
let_lock_memory(void)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	(void)setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

/* What ps shows. */
static char *
title_of(const struct child_order *order)
{
	char *name = child_name(order->role, order->number);
	char *title = xasprintf("%s%s", prefix, name);

	free(name);
	return title;
}

/* Returns only where it fails, and why it did. */
static int
become(const struct child_order *order, pid_t parent)
{
	const struct role *role = &roles[order->role];
	char *arguments[] = { title_of(order), NULL };
	char **environment = role->has_keys ? environ : harmless_environment();
	/* It may stand where one of the child's descriptors belongs. */
	int moved_program = fcntl(program, F_DUPFD_CLOEXEC,
	    CHILD_SNAPSHOT + (int)order->count);
	int cause;

	if (role->has_keys)
		let_lock_memory();
	if (place_descriptors(order->descriptors, order->count) &&
	    give_no_input() &&
	    (order->identity == NULL || identity_assume(order->identity)) &&
	    (role->has_keys || follow(parent)))
		fexecve(moved_program, arguments, environment);
	cause = errno;
	free(arguments[0]);
	if (environment != environ)
		free(environment);
	return cause;
}

static void
log_failure(const struct child_order *order, int cause)
{
	char *name = child_name(order->role, order->number);

	log_event(LOG_LEVEL_ERROR, "can't become %s: %s", name,
	    strerror(cause));
	free(name);
}

pid_t
child_start(const struct child_order *order)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	log_failure(order, become(order, parent));
	_exit(127);
}

pid_t
child_run(bool (*function)(void *context), void *context)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	_exit(function(context) ? EXIT_SUCCESS : EXIT_FAILURE);
}

char *
child_name(enum child_role role, unsigned number)
{
	if (!roles[role].numbered)
		return xstrdup(roles[role].name);
	return xasprintf("%s %u", roles[role].name, number);
}

/* The longest name that fits, since one begins another.  No file is called
 * so, hence nobody becomes a child by mistake. */
bool
child_role_of(const char *name, enum child_role *role)
{
	struct bytes title = bytes_of_string(name), rest;

	if (!bytes_begin_with(title, prefix))
		return false;
	rest = bytes_from(title, strlen(prefix));
	for (size_t i = 0; i < CHILD_ROLES; i++) {
		struct bytes own = bytes_of_string(roles[i].name);

		if (!bytes_begin_with(rest, roles[i].name) ||
		    roles[i].numbered != (rest.size > own.size))
			continue;
		*role = (enum child_role)i;
		/* Else it would be the name of the file: "exe". */
		prctl(PR_SET_NAME, roles[i].short_name);
		return true;
	}
	return false;
}

int *
child_channels(size_t count)
{
	int *channels = xcalloc(count, sizeof(*channels));

	for (size_t i = 0; i < count; i++)
		channels[i] = CHILD_CHANNELS + (int)i;
	return channels;
}

/* Whether anybody reads it is not our concern. */
void
child_tell_ready(void)
{
	pid_t pid = getpid();
	ssize_t written = write(CHILD_READY, &pid, sizeof(pid));

	(void)written;
	close(CHILD_READY);
}
