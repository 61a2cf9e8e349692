/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_HOOK_H
#define SCEPD_BACKENDS_HOOK_H

#include "base/command.h"
#include "conf/conf.h"

/*
 * A program of an administrator's that decides or issues in our place, or is
 * told, as scepd-hooks(7) has it: its settings.  What it is told of a request is
 * hook_call.h's, what it answers hook_answer.h's and hook_line.h's, and how it
 * is run base/commands.h's.
 */
struct hook;

/* Its settings, in whichever section they stand. */
struct hook_settings {
	struct conf_strings command;
	int64_t mode;     /* of hook_modes */
	int64_t deadline; /* seconds */
	int64_t at_once;
	const char *directory;
	bool challenge; /* it is told the challenge password */
};

/* Started for each request, or once and asked by lines of JSON. */
enum hook_mode {
	HOOK_COMMAND,
	HOOK_COPROCESS
};

extern const char *const hook_modes[];

#define HOOK_SETTINGS_DEFAULT \
	{ \
		.deadline = 300, .at_once = 4, .directory = "/" \
	}

/* The rows of a table whose struct has such a field; and those of one that is
 * about no request, and so has no challenge password to tell. */
#define HOOK_COMMAND_KEYS(settings_type, field) \
	{ .name = "command", \
		.type = CONF_STRINGS, \
		.required = true, \
		.offset = offsetof(settings_type, field.command) }, \
	    { .name = "deadline", \
		    .type = CONF_DURATION, \
		    .minimum = 1, \
		    .maximum = 3600, \
		    .offset = offsetof(settings_type, field.deadline) }, \
	    { .name = "at_once", \
		    .type = CONF_INTEGER, \
		    .minimum = 1, \
		    .maximum = 1000, \
		    .offset = offsetof(settings_type, field.at_once) }, \
	{ \
		.name = "directory", .type = CONF_PATH, \
		.offset = offsetof(settings_type, field.directory) \
	}
#define HOOK_MODE_KEY(settings_type, field) \
	{ \
		.name = "mode", .type = CONF_CHOICE, .choices = hook_modes, \
		.offset = offsetof(settings_type, field.mode) \
	}
#define HOOK_KEYS(settings_type, field) \
	HOOK_COMMAND_KEYS(settings_type, field), \
	    HOOK_MODE_KEY(settings_type, field), \
	{ \
		.name = "challenge", .type = CONF_BOOLEAN, \
		.offset = offsetof(settings_type, field.challenge) \
	}

/*
 * Makes one of settings, which it views, of that section.  The result is the
 * caller's, to hook_free.  ERR_CONFIGURATION, with a line in `problems`, where
 * there is no such program.
 */
CHECKED enum err hook_new(const struct conf_section *section,
    const struct hook_settings *settings, struct hook **hook,
    struct problems *problems);

/* Reads a section that is about a hook and nothing else, as hook_new. */
CHECKED enum err hook_read(const struct conf_section *section,
    struct hook **hook, struct problems *problems);

void hook_free(struct hook *hook);

/* Whether this process could run it.  ERR_CONFIGURATION, with a line in
 * `problems`. */
CHECKED enum err hook_check_access(const struct hook *hook,
    struct problems *problems);

/* In seconds. */
int64_t hook_deadline(const struct hook *hook);

/* How many of its calls run side by side, and as how many processes. */
unsigned hook_at_once(const struct hook *hook);
unsigned hook_processes(const struct hook *hook);

/* How it is run. */
const struct command_spec *hook_spec(const struct hook *hook);

/* Whether it is told the challenge password. */
bool hook_wants_challenge(const struct hook *hook);

/* The program, for the log. */
const char *hook_program(const struct hook *hook);

#endif
