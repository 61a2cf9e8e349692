/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/count.h"
#include "tools/options.h"
#include "tools/scepctl_alarm.h"
#include "tools/scepctl_cert.h"
#include "tools/scepctl_challenge.h"
#include "tools/scepctl_crl.h"
#include "tools/scepctl_enrol.h"
#include "tools/scepctl_get.h"
#include "tools/scepctl_init.h"
#include "tools/scepctl_notify.h"
#include "tools/scepctl_pending.h"
#include "tools/scepctl_policy.h"
#include "tools/scepctl_state.h"

/* Without a build by automake. */
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* How scepctl ends, see scepctl(1). */
enum {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NONE = 3
};

/*
 * One subcommand: argv[0] is its name.  What it has to say is appended to
 * `output`, and what is wrong to `problems`.  One that fails leaves `output`
 * empty, unless it has done a part of what it was told, and says which.
 */
struct command {
	const char *name;
	const char *help;
	enum err (*run)(int argc, char **argv, struct buf *output,
	    struct problems *problems);
};

/* The table is needed by the functions in it, hence these two. */

static enum err run_help(int argc, char **argv, struct buf *output,
    struct problems *problems);
static enum err run_version(int argc, char **argv, struct buf *output,
    struct problems *problems);

static const struct command commands[] = {
	{ "init", "make a CA, or an RA for one, ready for scepd",
	    scepctl_init },
	{ "pending", "look at the requests that are held, and decide",
	    scepctl_pending },
	{ "cert", "look at certificates, revoke, export and import them",
	    scepctl_cert },
	{ "crl", "look at the list of those that are revoked", scepctl_crl },
	{ "challenge", "make challenge passwords, and hashes of them",
	    scepctl_challenge },
	{ "policy", "see what would be decided about a request",
	    scepctl_policy },
	{ "alarm", "look at what is wrong and has to be mended",
	    scepctl_alarm },
	{ "notify", "look at what a program is still to be told",
	    scepctl_notify },
	{ "state", "look at the state database, back it up and restore it",
	    scepctl_state },
	{ "enrol", "get a certificate from a SCEP server, as a device does",
	    scepctl_enrol },
	{ "get", "ask a SCEP server for its CA, a certificate or the CRL",
	    scepctl_get },
	{ "help", "show this text; scepctl COMMAND --help says more",
	    run_help },
	{ "version", "show which version this is", run_version },
	{ NULL, NULL, NULL },
};

static enum err
run_help(int argc, char **argv, struct buf *output, struct problems *problems)
{
	const struct command *command = commands;

	(void)argc, (void)argv, (void)problems;
	buf_append_string(output, "usage: scepctl COMMAND [OPTION]...\n\n");
	for (; command->name != NULL; command++)
		buf_printf(output, "  %-10s %s\n", command->name,
		    command->help);
	return ERR_OK;
}

static enum err
run_version(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	(void)argc, (void)argv, (void)problems;
	buf_append_string(output, "scepctl " PACKAGE_VERSION "\n");
	return ERR_OK;
}

/* "--help" and "--version" are commands here, without their hyphens. */
static const struct command *
find_command(const char *name)
{
	const struct command *command = commands;

	/* "--help" and "--version" as people type them. */
	if (bytes_equal_string(bytes_of(name, strlen(name) < 2 ? 0 : 2), "--"))
		name += 2;
	while (command->name != NULL &&
	    !bytes_equal_string(bytes_of_string(name), command->name))
		command++;
	return command->name != NULL ? command : NULL;
}

static enum err
complain_unknown(const char *name, struct problems *problems)
{
	const char *names[COUNT(commands)];
	struct buf text = { 0 };

	for (size_t i = 0; i < COUNT(names); i++)
		names[i] = commands[i].name;
	buf_printf(&text, "unknown command \"%s\"", name);
	options_append_nearest(&text, name, names);
	problem_add(problems, PROBLEM_ERROR, "%s", buf_string(&text));
	buf_clear(&text);
	return ERR_CONFIGURATION;
}

static enum err
run(int argc, char **argv, struct buf *output, struct problems *problems)
{
	const struct command *command;

	if (argc < 2) {
		problem_add(problems, PROBLEM_ERROR,
		    "no command is named; \"scepctl help\" lists them");
		return ERR_CONFIGURATION;
	}
	command = find_command(argv[1]);
	if (command == NULL)
		return complain_unknown(argv[1], problems);
	return command->run(argc - 1, argv + 1, output, problems);
}

/* Octets, as it may be a certificate.  At the end and in one piece: a command
 * that fails has nothing to say on standard output but what it has done, so
 * scripts can rely on it. */
static bool
print(const struct buf *output)
{
	return output->size == 0 ||
	    (fwrite(output->data, 1, output->size, stdout) == output->size &&
		fflush(stdout) == 0);
}

int
main(int argc, char **argv)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = run(argc, argv, &output, problems);
	int status = STATUS_DONE;

	fputs(problems_text(problems), stderr);
	if (err == ERR_CONFIGURATION)
		status = STATUS_USAGE;
	else if (err == ERR_STORE_NONE || err == ERR_CLIENT_PENDING)
		status = STATUS_NONE;
	else if (err != ERR_OK)
		status = STATUS_FAILED;
	if (!print(&output) && status == STATUS_DONE)
		status = STATUS_FAILED;
	buf_clear(&output);
	problems_free(problems);
	return status;
}
