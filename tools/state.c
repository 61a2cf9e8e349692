/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/state.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "conf/conf.h"
#include "conf/defaults.h"

/* All else of the configuration is scepd's to judge: here it may be wrong.
 * *path is the caller's to free(). */
static enum err
read_path(const char *config, char **path, struct problems *problems)
{
	static const struct conf_key key = { .name = "state",
		.type = CONF_PATH };
	const char *value = DEFAULT_STATE;
	struct conf *conf = NULL;
	enum err err = conf_open(config, &conf, problems);

	if (err == ERR_OK)
		err = conf_read_one(conf_root(conf), &key, &value, problems);
	if (err == ERR_OK)
		*path = xstrdup(value);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "the state database is not known; name it by --state FILE");
	conf_free(conf);
	return err;
}

/* ERR_CONFIGURATION is kept for command lines that make no sense. */
static enum err
open_store(const struct state_wishes *wishes, struct store **store,
    struct problems *problems)
{
	struct store_settings settings = { .connections = 1 };
	char *path = NULL;
	enum err err = ERR_OK;

	if (wishes->file != NULL)
		path = xstrdup(wishes->file);
	else
		err = read_path(defaults_config(wishes->config), &path,
		    problems);
	settings.path = path;
	if (err == ERR_OK)
		err = store_open(&settings, store, problems);
	free(path);
	return err == ERR_OK ? ERR_OK : ERR_FILE;
}

static const struct state_action *
find_action(const struct state_action *actions, const char *name)
{
	for (; actions->name != NULL; actions++)
		if (bytes_equal_string(bytes_of_string(name), actions->name))
			return actions;
	return NULL;
}

static void
append_usage(struct buf *to, const struct state_command *command,
    const struct state_action *action)
{
	buf_printf(to, "usage: scepctl %s %s [OPTION]...%s%s\n\n%s\n\n",
	    command->name, action->name, action->operand != NULL ? " " : "",
	    action->operand != NULL ? action->operand : "", action->help);
	options_append_help(to, action->options);
}

static void
append_actions(struct buf *to, const struct state_command *command)
{
	buf_printf(to, "usage: scepctl %s ACTION [OPTION]...\n\n",
	    command->name);
	for (const struct state_action *action = command->actions;
	     action->name != NULL; action++)
		buf_printf(to, "  %-10s %s\n", action->name, action->help);
	buf_printf(to, "\nscepctl %s ACTION --help says more.\n",
	    command->name);
}

static enum err
check_operand(const struct state_action *action, struct options_words rest,
    struct problems *problems)
{
	size_t wanted = action->operand != NULL ? 1 : 0;

	if (rest.count == wanted)
		return ERR_OK;
	if (rest.count < wanted)
		problem_add(problems, PROBLEM_ERROR, "%s needs a %s",
		    action->name, action->operand);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "\"%s\" is one word too many", rest.items[wanted]);
	return ERR_CONFIGURATION;
}

/* Says it where the action has no more to say than that. */
static enum err
run_action(const struct state_action *action, struct state_call *call)
{
	enum err err = open_store(call->wishes, &call->store, call->problems);

	if (err != ERR_OK)
		return err;
	err = action->run(call);
	store_close(call->store);
	if (err != ERR_OK && problems_count(call->problems, PROBLEM_ERROR) == 0)
		problem_add(call->problems, PROBLEM_ERROR, "%s",
		    err_meaning(err));
	return err;
}

static enum err
find(const struct state_command *command, struct options_words words,
    const struct state_action **action, struct problems *problems)
{
	struct buf text = { 0 };

	*action = words.count < 2 ?
	    NULL :
	    find_action(command->actions, words.items[1]);
	if (*action != NULL)
		return ERR_OK;
	if (words.count < 2)
		buf_append_string(&text, "no action is named");
	else
		buf_printf(&text, "unknown action \"%s\"", words.items[1]);
	problem_add(problems, PROBLEM_ERROR,
	    "%s; \"scepctl %s --help\" lists them", buf_string(&text),
	    command->name);
	buf_clear(&text);
	return ERR_CONFIGURATION;
}

enum err
state_run(const struct state_command *command, struct options_words words,
    void *wishes, struct buf *output, struct problems *problems)
{
	struct state_call call = { .wishes = wishes,
		.output = output,
		.problems = problems };
	const struct state_action *action;
	struct options_words rest = { 0 };
	enum err err;

	if (words.count > 1 &&
	    bytes_equal_string(bytes_of_string(words.items[1]), "--help")) {
		append_actions(output, command);
		return ERR_OK;
	}
	err = find(command, words, &action, problems);
	if (err != ERR_OK)
		return err;
	words = (struct options_words){ words.items + 1, words.count - 1 };
	err = options_read(words, action->options, wishes, &rest, problems);
	if (call.wishes->help) {
		append_usage(output, command, action);
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = check_operand(action, rest, problems);
	if (err != ERR_OK)
		return err;
	call.operand = rest.count > 0 ? rest.items[0] : NULL;
	return run_action(action, &call);
}

#define MAX_DIGITS 18 /* of what an int64_t holds in any case */

enum err
state_number(const char *what, const char *text, int64_t *number,
    struct problems *problems)
{
	struct bytes digits = bytes_of_string(text);
	int64_t value = 0;
	bool good = digits.size > 0 && digits.size <= MAX_DIGITS;

	for (size_t i = 0; good && i < digits.size; i++) {
		good = digits.data[i] >= '0' && digits.data[i] <= '9';
		value = value * 10 + (digits.data[i] - '0');
	}
	if (!good || value == 0) {
		problem_add(problems, PROBLEM_ERROR,
		    "%s \"%s\": is not a number from 1 on", what, text);
		return ERR_CONFIGURATION;
	}
	*number = value;
	return ERR_OK;
}
