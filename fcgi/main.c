/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/credential.h"
#include "fcgi/cgi.h"
#include "fcgi/exchange.h"
#include "fcgi/poller.h"
#include "fcgi/settings.h"
#include "scep/scep.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unversioned"
#endif

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

/* How long web servers may take from their connect to their request when
 * scepd stops; they do it at once. */
#define GRACE_MS 2000

/*
 * The one file that knows all parts by name, and the one that ends the
 * process.  It reads the options and the configuration, assembles the
 * endpoints, and only then opens the socket: a server that can't serve shall
 * not take requests.
 *
 * What is found on the way is collected and printed in one piece, warnings
 * too.
 */

struct options {
	const char *config;
	bool check;
	bool foreground;
};

/* All that serving takes, made from a configuration. */
struct server {
	struct conf *conf;
	struct settings settings;
	struct scep *scep;
	struct listener *listener; /* NULL for CGI */
};

static const char usage[] =
    "usage: scepd [-t] [-f] [-c FILE]\n"
    "       scepd -V | -h\n"
    "\n"
    "Serves SCEP (RFC 8894) to a web server by FastCGI, or by CGI where it\n"
    "is run as one.\n"
    "\n"
    "  -c FILE  the configuration; else $SCEPD_CONFIG, else\n"
    "           " SYSCONFDIR "/scepd/scepd.conf\n"
    "  -t       check the configuration and all that it names, and exit\n"
    "  -f       log to standard error, whatever the configuration says\n"
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

	while ((option = getopt(argc, argv, "c:ftVh")) != -1) {
		switch (option) {
		case 'c':
			options->config = optarg;
			break;
		case 'f':
			options->foreground = true;
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

/* -c, and else what those can say who can't give options: web servers. */
static const char *
config_path(const struct options *options)
{
	const char *named = getenv("SCEPD_CONFIG");

	if (options->config != NULL)
		return options->config;
	return named != NULL && named[0] != '\0' ? named :
						   SYSCONFDIR
	    "/scepd/scepd.conf";
}

static enum err
read_config(const struct options *options, struct server *server,
    struct problems *problems)
{
	enum err err = conf_open(config_path(options), &server->conf, problems);

	if (err != ERR_OK)
		return err;
	return settings_read(server->conf, &server->settings, problems);
}

static enum err
make_scep(struct server *server, struct problems *problems)
{
	struct crypto_setup setup = {
		.provider = server->settings.provider,
		.now = clock_now(),
	};

	return scep_new(&server->settings.endpoints, &setup, &server->scep,
	    problems);
}

static void
clear_server(struct server *server)
{
	listen_close(server->listener);
	scep_free(server->scep);
	conf_free(server->conf);
}

/* -t: all findings in one go, so one that is wrong hides no other. */
static enum err
check(const struct options *options)
{
	struct problems *problems = problems_new();
	struct server server = { 0 };
	enum err err = read_config(options, &server, problems);
	enum err socket_err = ERR_OK;

	if (err == ERR_OK) {
		socket_err = listen_check(&server.settings.socket, problems);
		err = make_scep(&server, problems);
	}
	if (err == ERR_OK)
		err = socket_err;
	fputs(problems_text(problems), stderr);
	if (err == ERR_OK)
		printf("%s: ok\n", config_path(options));
	clear_server(&server);
	problems_free(problems);
	return err;
}

static void
serve(void *context, struct scep_exchange *exchange)
{
	scep_serve(context, exchange);
}

static void
refuse(void *context, struct scep_exchange *exchange, enum err err)
{
	(void)context;
	scep_refuse(exchange, err);
}

/* One request, no threads, no socket. */
static void
serve_cgi(struct server *server)
{
	const struct gateway_handler handler = { serve, refuse, server->scep };

	/* A web server that loses patience stops us by a signal. */
	poller_unblock_signals();
	signal(SIGPIPE, SIG_IGN);
	cgi_serve(&server->settings.limits, &handler, STDIN_FILENO,
	    STDOUT_FILENO);
}

static enum err
serve_fastcgi(struct server *server)
{
	const struct poller_settings settings = {
		.listener = server->listener,
		.threads = server->settings.threads,
		.limits = server->settings.limits,
		.handler = { serve, refuse, server->scep },
		.grace_ms = GRACE_MS,
		.failure = -1,
	};
	struct problems *problems = problems_new();
	enum err err = poller_run(&settings, problems);

	fputs(problems_text(problems), stderr);
	problems_free(problems);
	return err;
}

static enum err
open_fastcgi(struct server *server, struct problems *problems)
{
	if (exchange_start() != ERR_OK) {
		problem_add(problems, PROBLEM_ERROR, "libfcgi can't start");
		return ERR_CONFIGURATION;
	}
	return listen_open(&server->settings.socket, &server->listener,
	    problems);
}

/*
 * Everything up to the first request.  The log is opened as soon as it is
 * known where it goes; what is wrong with the configuration goes to standard
 * error in any case, where whoever starts scepd sees it.
 */
static enum err
prepare(const struct options *options, struct server *server)
{
	struct problems *problems = problems_new();
	enum err err = read_config(options, server, problems);

	if (err == ERR_OK && !options->foreground)
		log_open(server->settings.log);
	if (err == ERR_OK)
		err = make_scep(server, problems);
	if (err == ERR_OK &&
	    listen_find(&server->settings.socket) != LISTEN_CGI)
		err = open_fastcgi(server, problems);
	/* CGI starts for each request: warnings would fill the log. */
	if (err != ERR_OK || server->listener != NULL)
		fputs(problems_text(problems), stderr);
	problems_free(problems);
	return err;
}

/* The one place where all parts meet, and are freed in reverse. */
static enum err
start(const struct options *options)
{
	struct server server = { 0 };
	enum err err = prepare(options, &server);

	if (err == ERR_OK && server.listener == NULL)
		serve_cgi(&server);
	else if (err == ERR_OK)
		err = serve_fastcgi(&server);
	clear_server(&server);
	return err;
}

int
main(int argc, char **argv)
{
	struct options options = { 0 };
	enum err err;

	/* First of all, so that no signal finds us unprepared. */
	poller_block_signals();
	switch (read_options(argc, argv, &options)) {
	case EXIT_GOOD:
		return EXIT_SUCCESS;
	case EXIT_BAD:
		return EXIT_FAILURE;
	case GO_ON:
		break;
	}
	err = options.check ? check(&options) : start(&options);
	return err == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
