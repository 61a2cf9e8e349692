/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/hook_line.h"
#include "base/count.h"
#include "base/file.h"
#include "base/user.h"
#include "base/xalloc.h"

const char *const hook_modes[] = {
	[HOOK_COMMAND] = "command",
	[HOOK_COPROCESS] = "coprocess",
	NULL,
};

static const struct coprocess_protocol lines = { .read = hook_line_read };

struct hook {
	struct command_spec spec;
	const char **arguments; /* NULL at the end */
	bool challenge;
};

/* A folder can be entered, which is the same bit. */
static bool
is_program(const char *path)
{
	struct stat status;

	if (access(path, X_OK) != 0 || stat(path, &status) != 0)
		return false;
	if (S_ISDIR(status.st_mode))
		errno = EISDIR;
	return !S_ISDIR(status.st_mode);
}

/* The processes of a configuration that was checked look for no file any
 * more. */
static enum err
check_program(const struct conf_section *section, const char *program,
    struct problems *problems)
{
	if (program[0] != '/')
		return conf_refuse(section, "command", problems,
		    "\"command\" begins with the whole path of a program, and "
		    "what is not there is looked for nowhere else");
	if (file_is_replayed() || is_program(program))
		return ERR_OK;
	conf_problem(section, "command", PROBLEM_ERROR, problems,
	    "%s can't be run: %s; name a program, and make it executable: "
	    "chmod +x",
	    program, strerror(errno));
	return ERR_CONFIGURATION;
}

enum err
hook_new(const struct conf_section *section,
    const struct hook_settings *settings, struct hook **hook,
    struct problems *problems)
{
	size_t count = settings->command.count;
	struct hook *made;

	if (count == 0)
		return conf_refuse(section, "command", problems,
		    "\"command\" is empty; name a program");
	if (settings->directory[0] != '/')
		return conf_refuse(section, "directory", problems,
		    "\"directory\" is to be a whole path, from / on");
	if (check_program(section, settings->command.items[0], problems) !=
	    ERR_OK)
		return ERR_CONFIGURATION;
	made = xalloc(sizeof(*made));
	made->arguments = xcalloc(count + 1, sizeof(*made->arguments));
	for (size_t i = 0; i < count; i++)
		made->arguments[i] = settings->command.items[i];
	made->challenge = settings->challenge;
	made->spec = (struct command_spec){
		.arguments = (char *const *)(uintptr_t)made->arguments,
		.directory = settings->directory,
		.deadline_ms = settings->deadline * 1000,
		.running_limit = (unsigned)settings->at_once,
		.protocol = settings->mode == HOOK_COPROCESS ? &lines : NULL,
	};
	*hook = made;
	return ERR_OK;
}

enum err
hook_read(const struct conf_section *section, struct hook **hook,
    struct problems *problems)
{
	struct read {
		struct hook_settings settings;
	} read = { HOOK_SETTINGS_DEFAULT };
	static const struct conf_key keys[] = {
		HOOK_KEYS(struct read, settings),
		{ 0 },
	};
	enum err err = conf_read(section, keys, &read, problems);

	return err == ERR_OK ?
	    hook_new(section, &read.settings, hook, problems) :
	    err;
}

void
hook_free(struct hook *hook)
{
	if (hook == NULL)
		return;
	free(hook->arguments);
	free(hook);
}

static enum err
check_access(const char *path, const char *what, struct problems *problems)
{
	const char *cause;
	char *user;

	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0)
		return ERR_OK;
	cause = strerror(errno);
	user = user_name();
	problem_add(problems, PROBLEM_ERROR,
	    "%s: the user %s can't %s: %s; let that user, or everybody, do so, "
	    "and pass the folders above it: chmod a+rx",
	    path, user, what, cause);
	free(user);
	return ERR_CONFIGURATION;
}

enum err
hook_check_access(const struct hook *hook, struct problems *problems)
{
	const enum err errs[] = {
		check_access(hook->arguments[0], "run it", problems),
		check_access(hook->spec.directory, "work there", problems),
	};

	return err_first(errs, COUNT(errs));
}

int64_t
hook_deadline(const struct hook *hook)
{
	return hook->spec.deadline_ms / 1000;
}

unsigned
hook_at_once(const struct hook *hook)
{
	return hook->spec.running_limit;
}

unsigned
hook_processes(const struct hook *hook)
{
	return hook->spec.protocol != NULL ? 1 : hook->spec.running_limit;
}

const char *
hook_program(const struct hook *hook)
{
	return hook->arguments[0];
}

const struct command_spec *
hook_spec(const struct hook *hook)
{
	return &hook->spec;
}

bool
hook_wants_challenge(const struct hook *hook)
{
	return hook->challenge;
}
