/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/defaults.h"
#include "fcgi/cgi.h"
#include "fcgi/child.h"
#include "fcgi/configuration.h"
#include "fcgi/exchange.h"
#include "fcgi/keeper.h"
#include "fcgi/key_child.h"
#include "fcgi/poller.h"
#include "fcgi/service.h"
#include "fcgi/supervisor.h"
#include "fcgi/worker.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unversioned"
#endif

/*
 * The one file that knows all parts by name, and the one that ends the
 * process.  It reads the options and finds out what this process is to be: the
 * supervisor of all others, or one of them, which it has started; a check of
 * the configuration; or, for CGI and with -f, one process that does it all.
 *
 * What is found on the way is collected and printed in one piece, warnings
 * too.
 */

struct options {
	const char *config;
	bool check;
	bool foreground;
	bool keep;
};

static const char usage[] =
    "usage: scepd [-t | -f | -k] [-c FILE]\n"
    "       scepd -V | -h\n"
    "\n"
    "Serves SCEP (RFC 8894) to a web server by FastCGI, or by CGI where it\n"
    "is run as one.\n"
    "\n"
    "  -c FILE  the configuration; else $SCEPD_CONFIG, else\n"
    "           " DEFAULT_CONFIG "\n"
    "  -t       check the configuration and all that it names, and exit\n"
    "  -f       run as one process, without isolation, and log to standard\n"
    "           error: for a debugger, and not for a network\n"
    "  -k       do once what the keeper does, and exit: for cron, where scepd\n"
    "           is run as CGI\n"
    "  -V       print the version, and exit\n"
    "  -h       print this, and exit\n";

/* What to do after reading the options. */
enum next {
	GO_ON,
	EXIT_GOOD,
	EXIT_BAD
};

/* getopt prints what is wrong; the usage behind it says what would be right. */
static enum next
read_options(int argc, char **argv, struct options *options)
{
	int option;

	while ((option = getopt(argc, argv, "c:fktVh")) != -1) {
		switch (option) {
		case 'c':
			options->config = optarg;
			break;
		case 'f':
			options->foreground = true;
			break;
		case 'k':
			options->keep = true;
			break;
		case 't':
			options->check = true;
			break;
		case 'V':
			puts("scepd " PACKAGE_VERSION);
			return EXIT_GOOD;
		case 'h':
			fputs(usage, stdout);
			return EXIT_GOOD;
		default:
			fputs(usage, stderr);
			return EXIT_BAD;
		}
	}
	if (optind == argc)
		return GO_ON;
	fputs(usage, stderr);
	return EXIT_BAD;
}

/* -t: as a start would check it, and what follows from it. */
static enum err
check(const char *path, struct problems *problems)
{
	struct snapshot *snapshot = snapshot_new();
	struct configuration configuration = { 0 };
	enum err err = configuration_check(&configuration, path, snapshot,
	    problems);
	enum err socket_err = listen_check(&configuration.settings.socket,
	    problems);

	if (err == ERR_OK)
		err = socket_err;
	if (err == ERR_OK)
		printf("%s: ok\n", path);
	configuration_clear(&configuration);
	snapshot_free(snapshot);
	return err;
}

/* One request, no threads, no socket. */
static enum err
serve_cgi(struct configuration *configuration, struct problems *problems)
{
	struct gateway_handler handler;
	enum err err = configuration_assemble(configuration, 1, problems);

	if (err != ERR_OK)
		return err;
	handler = service_handler(configuration);
	/* A web server that loses patience stops us by a signal. */
	poller_unblock_signals();
	cgi_serve(&configuration->settings.limits, &handler, STDIN_FILENO,
	    STDOUT_FILENO);
	return ERR_OK;
}

/* Warnings go into the log here, since nobody may read what else is printed
 * before a server ends. */
static enum err
serve_alone(struct configuration *configuration, struct problems *problems)
{
	struct listener *listener = NULL;
	enum err err = configuration_assemble(configuration,
	    configuration->settings.threads, problems);

	if (err == ERR_OK)
		err = exchange_start();
	if (err == ERR_OK)
		err = listen_open(&configuration->settings.socket, &listener,
		    problems);
	if (err == ERR_OK) {
		problem_add(problems, PROBLEM_WARNING,
		    "-f is insecure: one process reads what comes from the "
		    "network and holds the private keys; use it for debugging "
		    "only");
		problems_log(problems);
		err = service_run(configuration, listener, NULL, problems);
	}
	listen_close(listener);
	return err;
}

/* The settings tell which way it is; a supervisor then begins anew, by having
 * everything checked. */
static enum err
start(const struct options *options, struct problems *problems)
{
	const char *path = defaults_config(options->config);
	struct configuration configuration = { 0 };
	enum err err = configuration_read(&configuration, path, problems);
	bool is_cgi = err == ERR_OK &&
	    listen_find(&configuration.settings.socket) == LISTEN_CGI;
	bool is_supervisor = err == ERR_OK && !is_cgi && !options->foreground;

	if (is_cgi && !options->foreground)
		log_open(configuration.settings.log);
	if (is_cgi)
		err = serve_cgi(&configuration, problems);
	else if (err == ERR_OK && options->foreground)
		err = serve_alone(&configuration, problems);
	configuration_clear(&configuration);
	return is_supervisor ? supervisor_run(path, problems) : err;
}

/* What a process of each role does, until it ends. */
static enum err (*const roles[CHILD_ROLES])(struct problems *problems) = {
	[CHILD_WORKER] = worker_run,
	[CHILD_WORKER_KEYS] = key_child_run_for_worker,
	[CHILD_KEEPER] = keeper_run,
	[CHILD_KEEPER_KEYS] = key_child_run_for_keeper,
};

/* Whoever has started it sees only how it ends: words go to the log.  Warnings
 * have been told by the check, once for all that run. */
static int
run_child(enum child_role role)
{
	struct problems *problems = problems_new();
	enum err err = roles[role](problems);

	if (err != ERR_OK)
		problems_log(problems);
	problems_free(problems);
	return err == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static enum err
do_what_is_asked(const struct options *options, struct problems *problems)
{
	const char *path = defaults_config(options->config);

	if (options->check)
		return check(path, problems);
	if (options->keep)
		return keeper_run_once(path, problems);
	return start(options, problems);
}

/* CGI starts for each request: warnings would fill the log. */
static int
run(const struct options *options)
{
	struct problems *problems = problems_new();
	enum err err = do_what_is_asked(options, problems);

	if (err != ERR_OK || options->check)
		fputs(problems_text(problems), stderr);
	problems_free(problems);
	return err == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What is opened next would take the place of a standard descriptor that is
 * closed, and be sent what is meant for the log. */
static void
open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	struct options options = { 0 };
	enum child_role role;

	/* First of all, so that no signal finds us unprepared; and whoever
	 * reads the log may end, which is no reason for us to. */
	poller_block_signals();
	signal(SIGPIPE, SIG_IGN);
	/* Whoever starts us may ignore it, and then no child's end is told. */
	signal(SIGCHLD, SIG_DFL);
	open_standard_descriptors();
	if (argc == 1 && child_role_of(argv[0], &role))
		return run_child(role);
	switch (read_options(argc, argv, &options)) {
	case EXIT_GOOD:
		return EXIT_SUCCESS;
	case EXIT_BAD:
		return EXIT_FAILURE;
	case GO_ON:
		break;
	}
	return run(&options);
}
