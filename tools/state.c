/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "conf/conf.h"
#include "conf/defaults.h"
#include "crypto/der.h"

const char *const state_transaction_names[] = {
	[TRANSACTION_HELD] = "held",
	[TRANSACTION_APPROVED] = "approved",
	[TRANSACTION_SIGNING] = "signing",
	[TRANSACTION_ISSUED] = "issued",
	[TRANSACTION_REJECTED] = "rejected",
	[TRANSACTION_LAPSED] = "lapsed",
	[TRANSACTION_SUBMITTED] = "submitted",
	[TRANSACTION_WITHHELD] = "withheld",
};

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

enum err
state_path(const struct state_wishes *wishes, char **path,
    struct problems *problems)
{
	if (wishes->file != NULL) {
		*path = xstrdup(wishes->file);
		return ERR_OK;
	}
	return read_path(defaults_config(wishes->config), path, problems) ==
		ERR_OK ?
	    ERR_OK :
	    ERR_FILE;
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
	const char *operand = action->operand;
	size_t least = operand != NULL && operand[0] != '[' ? 1 : 0;
	size_t most = operand != NULL ? 1 : 0;

	if (operand != NULL && strstr(operand, "...") != NULL)
		most = SIZE_MAX;
	if (rest.count >= least && rest.count <= most)
		return ERR_OK;
	if (rest.count < least)
		problem_add(problems, PROBLEM_ERROR, "%s needs a %.*s",
		    action->name, (int)strcspn(operand, "."), operand);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "\"%s\" is one word too many", rest.items[most]);
	return ERR_CONFIGURATION;
}

/* Says what is wrong where the action has no more to say than that. */
static enum err
run(const struct state_action *action, const struct state_call *call)
{
	enum err err = action->run(call);

	if (err == ERR_OK)
		return ERR_OK;
	if (problems_count(call->problems, PROBLEM_ERROR) == 0)
		problem_add(call->problems, PROBLEM_ERROR, "%s",
		    err_meaning(err));
	if (action->manner != STATE_PARTLY)
		buf_truncate(call->output, 0);
	return err;
}

/* ERR_CONFIGURATION is kept for command lines that make no sense. */
static enum err
run_open(const struct state_action *action, struct state_call *call)
{
	struct store_settings settings = { .connections = 1 };
	char *path = NULL;
	enum err err = state_path(call->wishes, &path, call->problems);

	if (err != ERR_OK)
		return err;
	call->path = settings.path = path;
	if (store_open(&settings, &call->store, call->problems) == ERR_OK)
		err = run(action, call);
	else
		err = ERR_FILE;
	store_close(call->store);
	free(path);
	return err;
}

static enum err
run_action(const struct state_action *action, struct state_call *call)
{
	return action->manner == STATE_UNOPENED ? run(action, call) :
						  run_open(action, call);
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
	call.operands = rest;
	return run_action(action, &call);
}

/* Appends the digits of a text that is like `pattern`, in which each 0 stands
 * for a digit. */
static bool
append_digits(struct buf *to, struct bytes text, const char *pattern)
{
	bool good = true;

	for (size_t i = 0; good && i < text.size; i++) {
		uint8_t octet = text.data[i];

		good = pattern[i] == '0' ? octet >= '0' && octet <= '9' :
					   octet == (uint8_t)pattern[i];
		if (pattern[i] == '0')
			buf_append_octet(to, octet);
	}
	return good;
}

/* As DER, whose reader knows which dates there are. */
enum err
state_time(const char *what, const char *text, int64_t *seconds,
    struct problems *problems)
{
	struct bytes date = bytes_of_string(text);
	struct buf digits = { 0 }, element = { 0 };
	struct der der;
	enum err err = ERR_CONFIGURATION;

	if ((date.size == 10 || date.size == 20) &&
	    append_digits(&digits, date, "0000-00-00T00:00:00Z")) {
		buf_append_string(&digits, date.size == 10 ? "000000Z" : "Z");
		der_append(&element, DER_GENERALIZED_TIME, buf_bytes(&digits));
		der = der_of(buf_bytes(&element));
		err = der_read_time(&der, seconds);
	}
	buf_clear(&digits);
	buf_clear(&element);
	if (err == ERR_OK)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "%s \"%s\": is no date as 2026-11-22 or 2026-11-22T08:30:00Z", what,
	    text);
	return ERR_CONFIGURATION;
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
