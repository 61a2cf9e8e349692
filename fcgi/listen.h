/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_LISTEN_H
#define SCEPD_FCGI_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * The listening socket: one that was handed to us, or a Unix socket of our
 * own.  Who can connect to it can speak FastCGI to us, so it belongs to the
 * web server's group and to nobody else.
 */
struct listener;

/* The setting `socket`. */
struct listen_settings {
	const char *path;  /* of our own socket; NULL: one is handed to us */
	mode_t mode;       /* its permissions */
	const char *group; /* its group; NULL: as it comes */
};

/* Where connections come from, in order of preference. */
enum listen_way {
	LISTEN_ACTIVATED, /* systemd: LISTEN_FDS and LISTEN_PID */
	LISTEN_PATH,      /* the setting `socket` */
	LISTEN_STDIN,     /* descriptor 0 listens: spawn-fcgi, lighttpd,
	                   * multiwatch, mod_fcgid */
	LISTEN_CGI,       /* nowhere, and GATEWAY_INTERFACE: one request */
	LISTEN_NOWHERE
};

/* Which way this process was started. */
enum listen_way listen_find(const struct listen_settings *settings);

/* Checks what can be checked without opening anything, as the user who would
 * open it; for `scepd -t`.  ERR_CONFIGURATION, with every finding in
 * `problems`. */
CHECKED enum err listen_check(const struct listen_settings *settings,
    struct problems *problems);

/*
 * Opens the socket that listen_find tells of; the listener is the caller's,
 * to listen_close.  A path of our own that nobody listens on any more is
 * replaced; a live one, or anything that is no socket, is left alone.
 * Changes the umask for a moment: call before threads.
 * ERR_CONFIGURATION, with a line in `problems`, where it can't be opened,
 * and for LISTEN_CGI and LISTEN_NOWHERE.
 */
CHECKED enum err listen_open(const struct listen_settings *settings,
    struct listener **listener, struct problems *problems);

/*
 * Takes over the socket `fd` that a supervisor has opened and hands to its
 * workers.  Whether others go on serving it is the supervisor's to know, so
 * listen_withdraw says that nobody does.  The listener is the caller's.
 */
struct listener *listen_adopt(int fd);

/* The socket: non-blocking, close-on-exec. */
int listen_descriptor(const struct listener *listener);

/*
 * Lets no more connections in, where that is ours to decide: removes our own
 * path, so that those that wait already are the last.  False where the socket
 * was handed to us and others may go on serving it.
 */
bool listen_withdraw(struct listener *listener);

/* Closes the socket here, so that it is as good as gone where nobody else has
 * it; the listener stays. */
void listen_shut(struct listener *listener);

/* The path of a socket that we have made; NULL: it was handed to us.  Lives as
 * long as the listener, until it is withdrawn. */
const char *listen_path(const struct listener *listener);

/*
 * Gives the path of our own socket the permissions and the group of
 * `settings`, whose path is the same.  ERR_CONFIGURATION, with a line in
 * `problems`.
 */
CHECKED enum err listen_permit(const struct listener *listener,
    const struct listen_settings *settings, struct problems *problems);

/* Withdraws, closes and frees; NULL is nothing. */
void listen_close(struct listener *listener);

#endif
