/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/xalloc.h"

/* Bursts queue here; with a short queue nginx answers 502 at once. */
#define BACKLOG 1024

/* sd_listen_fds(3): where the sockets handed over begin. */
#define FIRST_ACTIVATED 3

struct listener {
	int fd;
	char *path;       /* ours to remove, or NULL */
	bool adopted;     /* from a supervisor */
	struct stat made; /* what stood there when we had made it */
};

static enum err
complain(struct problems *problems, const char *path, const char *what)
{
	problem_add(problems, PROBLEM_ERROR, "socket %s: %s", path, what);
	return ERR_CONFIGURATION;
}

/* A program that runs as CGI has a pipe or a file there. */
static bool
is_listening(int fd)
{
	int listening = 0;
	socklen_t size = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) ==
	    0 &&
	    listening != 0;
}

/*
 * The number of sockets that systemd has for this very process: LISTEN_PID
 * guards against variables that a parent has passed on and that speak of its
 * own descriptors (sd_listen_fds(3)).
 */
static long
activated_count(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");

	if (pid == NULL || count == NULL || strtol(pid, NULL, 10) != getpid())
		return 0;
	return strtol(count, NULL, 10);
}

/*
 * What systemd hands over was meant for us by name, so it goes first; a path
 * in the configuration is a wish; what happens to be on descriptor 0 is looked
 * at only then.
 */
enum listen_way
listen_find(const struct listen_settings *settings)
{
	if (activated_count() > 0)
		return LISTEN_ACTIVATED;
	if (settings->path != NULL)
		return LISTEN_PATH;
	if (is_listening(STDIN_FILENO))
		return LISTEN_STDIN;
	if (getenv("GATEWAY_INTERFACE") != NULL)
		return LISTEN_CGI;
	return LISTEN_NOWHERE;
}

/* By getgrnam, which no thread may call: start-up only. */
static enum err
find_group(const char *name, gid_t *gid, struct problems *problems)
{
	const struct group *group;

	if (name == NULL)
		return ERR_OK;
	group = getgrnam(name);
	if (group == NULL) {
		problem_add(problems, PROBLEM_ERROR,
		    "socket: there is no group \"%s\"; name the group that "
		    "the web server runs as",
		    name);
		return ERR_CONFIGURATION;
	}
	*gid = group->gr_gid;
	return ERR_OK;
}

/*
 * Whether a socket can be made in the folder of `path`.  The folder of one in
 * /run is gone with each boot, so somebody has to make it each time.
 */
static enum err
check_folder(const char *path, struct problems *problems)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ?
	    xstrdup(".") :
	    xasprintf("%.*s", (int)(slash - path + 1), path);
	int cause = access(folder, W_OK | X_OK) == 0 ? 0 : errno;

	free(folder);
	if (cause == 0)
		return ERR_OK;
	return complain(problems, path,
	    cause == ENOENT ? "the folder is not there; make it first, by "
			      "mkdir or systemd's RuntimeDirectory=" :
		cause == EACCES ?
			      "no file may be made in the folder; give it to "
			      "the user that scepd runs as, by chown or "
			      "systemd's RuntimeDirectory=" :
			      strerror(cause));
}

/* Whoever can connect can speak FastCGI to us, past the web server: TLS,
 * limits and addresses are all its word.  Hence the look at the mode. */
enum err
listen_check(const struct listen_settings *settings, struct problems *problems)
{
	struct sockaddr_un address;
	enum err err;
	gid_t gid;

	if (settings->path == NULL)
		return ERR_OK;
	err = find_group(settings->group, &gid, problems);
	if (strlen(settings->path) >= sizeof(address.sun_path))
		err = complain(problems, settings->path,
		    "the path is too long; a socket's has at most 107 bytes");
	/* The path is of no consequence where systemd hands over a socket. */
	else if (listen_find(settings) == LISTEN_PATH &&
	    check_folder(settings->path, problems) != ERR_OK)
		err = ERR_CONFIGURATION;
	if ((settings->mode & S_IWOTH) != 0)
		problem_add(problems, PROBLEM_WARNING,
		    "socket %s: mode %04o lets everybody on this machine "
		    "connect; use \"0660\" and the web server's group",
		    settings->path, (unsigned)settings->mode);
	return err;
}

/* Takes over a socket that somebody else has made. */
static enum err
open_inherited(int fd, struct listener *listener, struct problems *problems)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof(address);
	int type = 0;
	socklen_t type_size = sizeof(type);

	if (!is_listening(fd) ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 ||
	    type != SOCK_STREAM)
		return complain(problems, "handed over",
		    "descriptor is no listening stream socket; in a .socket "
		    "unit write ListenStream= and Accept=no");
	if (getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
	    address.ss_family != AF_UNIX)
		problem_add(problems, PROBLEM_WARNING,
		    "socket handed over: is a network socket; whoever reaches "
		    "it gets past the web server; use a Unix socket");
	/* Above 2, so that what is run later never has it as its stdin. */
	listener->fd = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_ACTIVATED);
	if (listener->fd < 0 || fcntl(listener->fd, F_SETFL, O_NONBLOCK) != 0)
		return complain(problems, "handed over", strerror(errno));
	return ERR_OK;
}

/* The variables go, so that nothing that is run later takes them for its
 * own. */
static enum err
open_activated(struct listener *listener, struct problems *problems)
{
	enum err err;

	if (activated_count() != 1)
		return complain(problems, "handed over",
		    "several came, and one is served; write one "
		    "ListenStream= in the .socket unit");
	err = open_inherited(FIRST_ACTIVATED, listener, problems);
	if (err != ERR_OK)
		return err;
	close(FIRST_ACTIVATED);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return ERR_OK;
}

/* Descriptor 0 is not left free: the next file opened would become stdin. */
static enum err
open_stdin(struct listener *listener, struct problems *problems)
{
	enum err err = open_inherited(STDIN_FILENO, listener, problems);
	int null;

	if (err != ERR_OK)
		return err;
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return complain(problems, "/dev/null", strerror(errno));
	close(null);
	return ERR_OK;
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * Of two processes that start at once, both could find a stale socket, and
 * the later remove what the earlier has just made.  Held from the look to
 * listen(); the file is removed again, so whoever gets the lock makes sure
 * that it is still the one at the path.
 */
static int
take_lock(const char *path)
{
	struct stat locked, present;
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX) != 0 || fstat(fd, &locked) != 0) {
			close(fd);
			return -1;
		}
		if (lstat(path, &present) == 0 &&
		    is_same_file(&locked, &present))
			return fd;
		close(fd);
	}
}

static void
drop_lock(const char *path, int fd)
{
	unlink(path);
	close(fd);
}

/* The path's length has been checked. */
static struct sockaddr_un
address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, path, strlen(path));
	return address;
}

/*
 * Whether nobody listens on the socket at `path`.  A refused connection is the
 * one sure sign: a socket file has no owner to ask, and stays behind when its
 * process dies.
 */
static bool
is_stale(const char *path)
{
	struct sockaddr_un address = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool stale = fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) !=
		0 &&
	    errno == ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return stale;
}

/* Nothing but a dead socket is ever removed: a slip in the path must not cost
 * a file. */
static enum err
remove_stale(const char *path, struct problems *problems)
{
	struct stat status;

	if (lstat(path, &status) != 0) {
		if (errno == ENOENT)
			return ERR_OK;
		return complain(problems, path, strerror(errno));
	}
	if (!S_ISSOCK(status.st_mode))
		return complain(problems, path,
		    "is there already and is no socket; remove it, or choose "
		    "another path");
	if (!is_stale(path))
		return complain(problems, path,
		    "is in use: another server listens on it; stop it first");
	if (unlink(path) != 0)
		return complain(problems, path, strerror(errno));
	return ERR_OK;
}

static enum err
permit(const struct listen_settings *settings, gid_t gid,
    struct problems *problems)
{
	const char *path = settings->path;

	if (lchown(path, (uid_t)-1, gid) == 0 &&
	    chmod(path, settings->mode) == 0)
		return ERR_OK;
	return complain(problems, path,
	    errno == EPERM ?
		"may not be given to that group: start as root, or as a member "
		"of it" :
		strerror(errno));
}

/* Makes the socket file: nobody's but ours, until it has its group. */
static enum err
make_path(int fd, const struct listen_settings *settings, gid_t gid,
    struct problems *problems)
{
	const char *path = settings->path;
	struct sockaddr_un address = address_of(path);
	mode_t umask_before = umask(0177);
	int bound = bind(fd, (const struct sockaddr *)&address,
	    sizeof(address));
	int cause = errno;
	enum err err;

	umask(umask_before);
	if (bound != 0)
		return complain(problems, path,
		    cause == ENOENT ? "the folder is not there; make it first" :
				      strerror(cause));
	err = permit(settings, gid, problems);
	if (err == ERR_OK && listen(fd, BACKLOG) != 0)
		err = complain(problems, path, strerror(errno));
	if (err != ERR_OK)
		unlink(path);
	return err;
}

/* The file is remembered by device and inode, so that at the end only our own
 * is removed. */
static enum err
make_socket(const struct listen_settings *settings, gid_t gid,
    struct listener *listener, struct problems *problems)
{
	const char *path = settings->path;
	enum err err = remove_stale(path, problems);

	if (err != ERR_OK)
		return err;
	listener->fd = socket(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->fd < 0)
		return complain(problems, path, strerror(errno));
	err = make_path(listener->fd, settings, gid, problems);
	if (err != ERR_OK)
		return err;
	listener->path = xstrdup(path);
	if (lstat(path, &listener->made) != 0)
		return complain(problems, path, strerror(errno));
	return ERR_OK;
}

static enum err
open_path(const struct listen_settings *settings, struct listener *listener,
    struct problems *problems)
{
	gid_t gid = (gid_t)-1;
	char *lock_path;
	enum err err;
	int lock;

	err = find_group(settings->group, &gid, problems);
	if (err != ERR_OK)
		return err;
	lock_path = xasprintf("%s.lock", settings->path);
	lock = take_lock(lock_path);
	if (lock < 0) {
		err = complain(problems, lock_path,
		    errno == ENOENT ? "the folder is not there; make it first" :
				      strerror(errno));
	} else {
		err = make_socket(settings, gid, listener, problems);
		drop_lock(lock_path, lock);
	}
	free(lock_path);
	return err;
}

/* A path that is set although a socket or a request was handed to us is
 * likely a file that was written for another way of starting. */
static void
warn_of_path(struct problems *problems)
{
	if (is_listening(STDIN_FILENO) || getenv("GATEWAY_INTERFACE") != NULL)
		problem_add(problems, PROBLEM_WARNING,
		    "a web server seems to have started this, but the "
		    "setting \"socket\" is what is listened on; remove it "
		    "to serve what the web server hands over");
}

static enum err
open_way(const struct listen_settings *settings, struct listener *listener,
    struct problems *problems)
{
	switch (listen_find(settings)) {
	case LISTEN_ACTIVATED:
		return open_activated(listener, problems);
	case LISTEN_PATH:
		warn_of_path(problems);
		return open_path(settings, listener, problems);
	case LISTEN_STDIN:
		return open_stdin(listener, problems);
	case LISTEN_CGI:
	case LISTEN_NOWHERE:
		break;
	}
	problem_add(problems, PROBLEM_ERROR,
	    "there is no socket to listen on; set socket = { path = \"...\"; }"
	    " or have systemd, spawn-fcgi or the web server hand one over");
	return ERR_CONFIGURATION;
}

/* listen_close frees a listener in whatever state it was left. */
enum err
listen_open(const struct listen_settings *settings, struct listener **listener,
    struct problems *problems)
{
	struct listener *opened;
	enum err err = listen_check(settings, problems);

	if (err != ERR_OK)
		return err;
	opened = xalloc(sizeof(*opened));
	opened->fd = -1;
	err = open_way(settings, opened, problems);
	if (err == ERR_OK)
		*listener = opened;
	else
		listen_close(opened);
	return err;
}

struct listener *
listen_adopt(int fd)
{
	struct listener *adopted = xalloc(sizeof(*adopted));

	adopted->fd = fd;
	adopted->adopted = true;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return adopted;
}

int
listen_descriptor(const struct listener *listener)
{
	return listener->fd;
}

/*
 * Only while the socket still listens: to others who start it is then in use,
 * so nobody can put another in its place between the look and the unlink.
 */
bool
listen_withdraw(struct listener *listener)
{
	struct stat present;

	if (listener->path == NULL)
		return listener->adopted;
	if (lstat(listener->path, &present) == 0 &&
	    is_same_file(&present, &listener->made))
		unlink(listener->path);
	free(listener->path);
	listener->path = NULL;
	return true;
}

void
listen_shut(struct listener *listener)
{
	if (listener->fd >= 0)
		close(listener->fd);
	listener->fd = -1;
}

const char *
listen_path(const struct listener *listener)
{
	return listener->path;
}

enum err
listen_permit(const struct listener *listener,
    const struct listen_settings *settings, struct problems *problems)
{
	gid_t gid = (gid_t)-1;
	enum err err = find_group(settings->group, &gid, problems);

	if (err != ERR_OK || listener->path == NULL)
		return err;
	return permit(settings, gid, problems);
}

void
listen_close(struct listener *listener)
{
	if (listener == NULL)
		return;
	listen_withdraw(listener);
	listen_shut(listener);
	free(listener);
}
