/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fakes/fcgi_server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "fcgi/exchange.h"
#include "fcgi/poller.h"
#include "tests/fakes/echo_handler.h"

#define PATIENCE_MS (10 * 1000)

/* The server's ends of the pipes. */
struct gate {
	int entered;
	int go;
	int failure;
};

static void
serve(void *context, struct scep_exchange *exchange)
{
	const struct gate *gate = context;
	char octet = exchange->query.size == 0 ? ' ' :
						 (char)exchange->query.data[0];

	if (write(gate->entered, &octet, 1) != 1)
		abort();
	if (bytes_equal_string(exchange->path, "/wait") &&
	    read(gate->go, &octet, 1) != 1)
		abort();
	echo_handler.serve(echo_handler.context, exchange);
}

static void
limit_descriptors(unsigned count)
{
	const struct rlimit limit = { count, count };

	if (count > 0 && setrlimit(RLIMIT_NOFILE, &limit) != 0)
		abort();
}

static enum err
open_listener(const struct fcgi_server_settings *settings, const char *path,
    struct listener **listener, struct problems *problems)
{
	const struct listen_settings socket = {
		settings->is_handed_over ? NULL : path, 0600, NULL
	};

	if (!settings->is_adopted)
		return listen_open(&socket, listener, problems);
	*listener = listen_adopt(dup(STDIN_FILENO));
	return ERR_OK;
}

static enum err
run(const struct fcgi_server_settings *settings, const char *path,
    struct gate *gate, struct problems *problems)
{
	struct poller_settings poller = {
		.threads = settings->threads,
		.limits = { 1000, 1000,
		    settings->timeout_ms > 0 ? settings->timeout_ms : 60000 },
		.handler = { serve, echo_handler.refuse, gate },
		.grace_ms = settings->grace_ms > 0 ? settings->grace_ms : 60000,
		.failure = gate->failure,
	};
	enum err err = open_listener(settings, path, &poller.listener,
	    problems);

	if (err != ERR_OK)
		return err;
	limit_descriptors(settings->descriptors);
	if (write(gate->entered, "!", 1) != 1)
		abort();
	err = poller_run(&poller, problems);
	listen_close(poller.listener);
	return err;
}

/* The child process. */
static void
be_server(const struct fcgi_server_settings *settings, const char *path,
    struct gate *gate)
{
	struct problems *problems = problems_new();
	enum err err;

	poller_block_signals();
	err = exchange_start();
	if (err == ERR_OK)
		err = run(settings, path, gate, problems);
	if (err != ERR_OK)
		fputs(problems_text(problems), stderr);
	problems_free(problems);
	exit(err != ERR_OK); /* not _exit: LeakSanitizer has its say */
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	strcpy(address.sun_path, path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(fd, 100) != 0)
		abort();
	return fd;
}

struct fcgi_server *
fcgi_server_start(const struct fcgi_server_settings *settings)
{
	struct fcgi_server *server = xalloc(sizeof(*server));
	int entered[2], go[2], failure[2];

	strcpy(server->folder, "/tmp/scepd-server-XXXXXX");
	if (mkdtemp(server->folder) == NULL || pipe(entered) != 0 ||
	    pipe(go) != 0 || pipe(failure) != 0)
		abort();
	snprintf(server->path, sizeof(server->path), "%s/sock", server->folder);
	server->listening = settings->is_handed_over || settings->is_adopted ?
	    listen_at(server->path) :
	    -1;
	fflush(NULL);
	server->process = fork();
	if (server->process == 0) {
		close(entered[0]);
		close(go[1]);
		close(failure[1]);
		if (server->listening >= 0)
			dup2(server->listening, STDIN_FILENO);
		be_server(settings, server->path,
		    &(struct gate){ entered[1], go[0], failure[0] });
	}
	close(entered[1]);
	close(go[0]);
	close(failure[0]);
	server->failure = failure[1];
	server->entered = entered[0];
	server->go = go[1];
	if (fcgi_server_entered(server) != '!')
		abort();
	return server;
}

char
fcgi_server_entered(const struct fcgi_server *server)
{
	struct pollfd poll_fd = { .fd = server->entered, .events = POLLIN };
	char octet = 0;

	if (poll(&poll_fd, 1, PATIENCE_MS) != 1 ||
	    read(server->entered, &octet, 1) != 1)
		return 0;
	return octet;
}

bool
fcgi_server_go(const struct fcgi_server *server, unsigned count)
{
	while (count-- > 0)
		if (write(server->go, "!", 1) != 1)
			return false;
	return true;
}

void
fcgi_server_signal(const struct fcgi_server *server, int signal)
{
	kill(server->process, signal);
}

int
fcgi_server_end(struct fcgi_server *server)
{
	int status = -1;

	close(server->go);
	waitpid(server->process, &status, 0);
	close(server->failure);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	close(server->entered);
	if (server->listening >= 0) {
		close(server->listening);
		unlink(server->path);
	}
	if (rmdir(server->folder) != 0)
		status = -1;
	free(server);
	return status;
}
