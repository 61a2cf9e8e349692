/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FAKES_FCGI_SERVER_H
#define SCEPD_TESTS_FAKES_FCGI_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A poller in a process of its own, with a handler that the test holds in its
 * hands: each request that has begun to be served is reported, by the first
 * character of its query; where its path is "/wait" it then waits until it is
 * let go.  It answers as echo_handler does.
 */
struct fcgi_server {
	pid_t process;
	char folder[40];
	char path[48]; /* of its socket */
	int listening; /* the test's copy of a socket handed over, or -1 */
	int failure;   /* an octet here and it can't serve any more */
	int entered;   /* one octet for each request that has begun */
	int go;        /* takes one octet for each that may end */
};

struct fcgi_server_settings {
	unsigned threads;
	int64_t timeout_ms;   /* 0: longer than any test */
	int64_t grace_ms;     /* likewise */
	unsigned descriptors; /* how many it may open in all; 0: any */
	bool is_handed_over;  /* its socket is not its own */
	bool is_adopted;      /* likewise, by a supervisor */
};

/* Starts one that listens already when this returns. */
struct fcgi_server *
fcgi_server_start(const struct fcgi_server_settings *settings);

/* The first character of the query of the request that was begun next, or 0
 * where none is within ten seconds. */
char fcgi_server_entered(const struct fcgi_server *server);

/* Lets `count` requests go on, whichever wait. */
bool fcgi_server_go(const struct fcgi_server *server, unsigned count);

/* Sends a signal. */
void fcgi_server_signal(const struct fcgi_server *server, int signal);

/* Waits for its end, and frees. Its exit status, 0 unless something went
 * wrong, or -1 where it was killed or has left its socket behind. */
int fcgi_server_end(struct fcgi_server *server);

#endif
