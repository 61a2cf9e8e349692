/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/settings.h"

#include <stddef.h>
#include <unistd.h>

#include "base/count.h"
#include "conf/defaults.h"

/* Only what belongs to the server as a whole; endpoints and "notify" are handed
 * on unread to scep/, which knows their keys. */

#define YEAR ((int64_t)365 * 86400)

/* While one signs, others read requests and write answers. */
#define DEFAULT_THREADS 4

/* The sections as they stand in the file; presets are the defaults. */
struct root {
	const struct conf_section *socket;
	const char *user;
	const char *key_user;
	int64_t workers;
	int64_t threads;
	const struct conf_section *keeper;
	const char *state;
	int64_t held_for;
	int64_t keep_for;
	int64_t crypto;
	int64_t log;
	const struct conf_section *limits;
	const struct conf_section *notify;
	struct conf_sections endpoints;
};

struct socket {
	const char *path;
	int64_t mode;
	const char *group;
};

struct keeper {
	const char *lock;
};

struct limits {
	int64_t max_body;
	int64_t max_query;
	int64_t timeout;
	int64_t tries;
	int64_t window;
	int64_t wait;
	int64_t alarm;
};

static const char *const crypto_names[] = { "gnutls", NULL };

static const char *const log_names[] = {
	[LOG_TO_STDERR] = "stderr",
	[LOG_TO_SYSLOG] = "syslog",
	NULL,
};

/* clang-format off: a table reads best as one */
static const struct conf_key root_keys[] = {
	{ .name = "socket",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, socket) },
	{ .name = "user",
	    .type = CONF_STRING,
	    .offset = offsetof(struct root, user) },
	{ .name = "key_user",
	    .type = CONF_STRING,
	    .offset = offsetof(struct root, key_user) },
	{ .name = "workers",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct root, workers),
	    .maximum = 256 },
	{ .name = "keeper",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, keeper) },
	{ .name = "state",
	    .type = CONF_PATH,
	    .offset = offsetof(struct root, state) },
	{ .name = "held_for",
	    .type = CONF_DURATION,
	    .offset = offsetof(struct root, held_for),
	    .minimum = 60,
	    .maximum = 10 * YEAR },
	{ .name = "keep_for",
	    .type = CONF_DURATION,
	    .offset = offsetof(struct root, keep_for),
	    .minimum = 3600,
	    .maximum = 100 * YEAR },
	{ .name = "threads",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct root, threads),
	    .minimum = 1,
	    .maximum = 256 },
	{ .name = "crypto",
	    .type = CONF_CHOICE,
	    .offset = offsetof(struct root, crypto),
	    .choices = crypto_names },
	{ .name = "log",
	    .type = CONF_CHOICE,
	    .offset = offsetof(struct root, log),
	    .choices = log_names },
	{ .name = "limits",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, limits) },
	{ .name = "notify",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, notify) },
	{ .name = "endpoints",
	    .type = CONF_SECTIONS,
	    .required = true,
	    .offset = offsetof(struct root, endpoints) },
	{ .name = NULL },
};

static const struct conf_key socket_keys[] = {
	{ .name = "path",
	    .type = CONF_PATH,
	    .required = true,
	    .offset = offsetof(struct socket, path) },
	{ .name = "mode",
	    .type = CONF_MODE,
	    .offset = offsetof(struct socket, mode) },
	{ .name = "group",
	    .type = CONF_STRING,
	    .offset = offsetof(struct socket, group) },
	{ .name = NULL },
};

static const struct conf_key keeper_keys[] = {
	{ .name = "lock",
	    .type = CONF_PATH,
	    .offset = offsetof(struct keeper, lock) },
	{ .name = NULL },
};

static const struct conf_key limits_keys[] = {
	{ .name = "max_body",
	    .type = CONF_SIZE,
	    .offset = offsetof(struct limits, max_body),
	    .minimum = 4096,
	    .maximum = 1024 * 1024 },
	{ .name = "max_query",
	    .type = CONF_SIZE,
	    .offset = offsetof(struct limits, max_query),
	    .minimum = 4096,
	    .maximum = 2 * 1024 * 1024 },
	{ .name = "timeout",
	    .type = CONF_DURATION,
	    .offset = offsetof(struct limits, timeout),
	    .minimum = 1,
	    .maximum = 3600 },
	{ .name = "wrong_challenges",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct limits, tries),
	    .maximum = BACKOFF_MOST_TRIES },
	{ .name = "wrong_challenge_window",
	    .type = CONF_DURATION,
	    .offset = offsetof(struct limits, window),
	    .minimum = 60,
	    .maximum = 86400 },
	{ .name = "wrong_challenge_wait",
	    .type = CONF_DURATION,
	    .offset = offsetof(struct limits, wait),
	    .minimum = 1,
	    .maximum = 3600 },
	{ .name = "wrong_challenge_alarm",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct limits, alarm),
	    .maximum = 60000 },
	{ .name = NULL },
};
/* clang-format on */

/* What a worker does most is RSA, which occupies a core. */
static int64_t
default_workers(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores;
}

static enum err
read_socket(const struct conf_section *section,
    struct listen_settings *settings, struct problems *problems)
{
	struct socket socket = { NULL, 0660, NULL };

	if (section != NULL &&
	    conf_read(section, socket_keys, &socket, problems) != ERR_OK)
		return ERR_CONFIGURATION;
	settings->path = socket.path;
	settings->mode = (mode_t)socket.mode;
	settings->group = socket.group;
	return ERR_OK;
}

static enum err
read_keeper(const struct conf_section *section, const char **lock,
    struct problems *problems)
{
	struct keeper keeper = { 0 };

	if (section != NULL &&
	    conf_read(section, keeper_keys, &keeper, problems) != ERR_OK)
		return ERR_CONFIGURATION;
	*lock = keeper.lock;
	return ERR_OK;
}

/* A peer that is forgotten before its wait is over would never have to. */
static enum err
check_guesses(const struct conf_section *section, const struct limits *limits,
    struct problems *problems)
{
	if (limits->wait <= limits->window)
		return ERR_OK;
	return conf_refuse(section, "wrong_challenge_wait", problems,
	    "it must not be longer than wrong_challenge_window");
}

static struct guess_limits
guess_limits_of(const struct limits *limits)
{
	return (struct guess_limits){
		.slows = limits->tries > 0,
		.backoff = { (unsigned)limits->tries, limits->window,
		    limits->wait },
		.alarm = (unsigned)limits->alarm,
	};
}

static enum err
read_limits(const struct conf_section *section, struct settings *settings,
    struct problems *problems)
{
	struct limits limits = {
		.max_body = 256 * 1024,
		.max_query = 64 * 1024,
		.timeout = 30,
		.tries = 10,
		.window = 600,
		.wait = 60,
		.alarm = 100,
	};

	if (section != NULL &&
	    (conf_read(section, limits_keys, &limits, problems) != ERR_OK ||
		check_guesses(section, &limits, problems) != ERR_OK))
		return ERR_CONFIGURATION;
	settings->limits.max_body = limits.max_body;
	settings->limits.max_query = limits.max_query;
	settings->limits.timeout_ms = limits.timeout * 1000;
	settings->guesses = guess_limits_of(&limits);
	return ERR_OK;
}

/* A name that is built in may still not run here: the library says no. */
static enum err
find_provider(const struct conf_section *root, const char *name,
    const struct provider **provider, struct problems *problems)
{
	*provider = provider_find(name);
	if (*provider != NULL)
		return ERR_OK;
	conf_problem(root, "crypto", PROBLEM_ERROR, problems,
	    "\"%s\" can't be used on this machine", name);
	return ERR_CONFIGURATION;
}

/* Each section is read even where another fails, so that one start reports
 * all; and the caller's struct is filled only where none did. */
enum err
settings_read(const struct conf *conf, struct settings *settings,
    struct problems *problems)
{
	const struct conf_section *section = conf_root(conf);
	struct root root = {
		.user = DEFAULT_USER,
		.key_user = DEFAULT_KEY_USER,
		.threads = DEFAULT_THREADS,
		.state = DEFAULT_STATE,
		.held_for = (int64_t)30 * 86400,
		.keep_for = YEAR,
	};
	struct settings read = { 0 };
	enum err errs[4];
	enum err err = conf_read(section, root_keys, &root, problems);

	if (err != ERR_OK)
		return err;
	errs[0] = read_socket(root.socket, &read.socket, problems);
	errs[1] = read_limits(root.limits, &read, problems);
	errs[2] = find_provider(section, crypto_names[root.crypto],
	    &read.provider, problems);
	errs[3] = read_keeper(root.keeper, &read.keeper_lock, problems);
	err = err_first(errs, COUNT(errs));
	if (err != ERR_OK)
		return err;
	read.user = root.user;
	read.key_user = root.key_user;
	read.state = root.state;
	read.held_for = root.held_for;
	read.keep_for = root.keep_for;
	read.workers = (unsigned)(root.workers == 0 ? default_workers() :
						      root.workers);
	read.threads = (unsigned)root.threads;
	read.log = (enum log_target)root.log;
	read.notify = root.notify;
	read.endpoints = root.endpoints;
	*settings = read;
	return ERR_OK;
}
