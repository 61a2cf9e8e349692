/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_get.h"

#include "base/count.h"
#include "tools/client_options.h"
#include "tools/client_world.h"
#include "tools/get.h"

#define OPTION(field) .offset = offsetof(struct get_wishes, field)

#define SIGNER_ROWS \
	{ "cert", "FILE", OPTION(cert), \
		"sign the request with this certificate; by default\n" \
		"with one that is made for it" }, \
	{ \
		"key", "FILE", OPTION(key), \
		    "the private key of that certificate" \
	}

static const struct options_row caps_options[] = {
	CLIENT_MESSAGE_ROWS,
	CLIENT_COMMON_ROWS,
};

static const struct options_row ca_options[] = {
	CLIENT_OUT_ROWS,
	CLIENT_COMMON_ROWS,
};

static const struct options_row next_ca_options[] = {
	CLIENT_TRUST_ROWS,
	CLIENT_OUT_ROWS,
	CLIENT_COMMON_ROWS,
};

static const struct options_row message_options[] = {
	SIGNER_ROWS,
	CLIENT_TRUST_ROWS,
	CLIENT_OUT_ROWS,
	CLIENT_MESSAGE_ROWS,
	CLIENT_COMMON_ROWS,
};

/* What can be asked for. */
static const struct action {
	const char *name;
	const char *operands;
	size_t operand_count;
	const char *help;
	const struct options_row *options;
	enum err (*run)(const struct get_call *call);
} actions[] = {
	{ "caps", "URL", 1, "what the server can (GetCACaps)", caps_options,
	    get_caps },
	{ "ca", "URL", 1, "its CA and RA certificates (GetCACert)", ca_options,
	    get_ca },
	{ "next-ca", "URL", 1, "the CA certificates to come (GetNextCACert)",
	    next_ca_options, get_next_ca },
	{ "cert", "URL SERIAL", 2, "a certificate, by its number (GetCert)",
	    message_options, get_cert },
	{ "crl", "URL", 1, "the list of revoked certificates (GetCRL)",
	    message_options, get_crl },
};

static const struct action *
find_action(const char *name)
{
	for (size_t i = 0; i < COUNT(actions); i++)
		if (bytes_equal_string(bytes_of_string(name), actions[i].name))
			return &actions[i];
	return NULL;
}

static void
append_actions(struct buf *to)
{
	buf_append_string(to, "usage: scepctl get ACTION URL [OPTION]...\n\n");
	for (size_t i = 0; i < COUNT(actions); i++)
		buf_printf(to, "  %-10s %s\n", actions[i].name,
		    actions[i].help);
	buf_append_string(to, "\nscepctl get ACTION --help says more.\n");
}

static void
append_usage(struct buf *to, const struct action *action)
{
	buf_printf(to, "usage: scepctl get %s %s [OPTION]...\n\nGets %s.\n\n",
	    action->name, action->operands, action->help);
	options_append_help(to, action->options);
}

static enum err
check_operands(const struct action *action, struct options_words rest,
    struct problems *problems)
{
	if (rest.count == action->operand_count)
		return ERR_OK;
	if (rest.count < action->operand_count)
		problem_add(problems, PROBLEM_ERROR,
		    "something is missing: scepctl get %s %s", action->name,
		    action->operands);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "\"%s\" is one word too many",
		    rest.items[action->operand_count]);
	return ERR_CONFIGURATION;
}

static enum err
run(const struct action *action, struct options_words words,
    struct get_call *call, struct get_wishes *wishes)
{
	struct options_words rest = { 0 };
	enum err err = options_read(words, action->options, wishes, &rest,
	    call->problems);

	if (wishes->common.help) {
		append_usage(call->output, action);
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = check_operands(action, rest, call->problems);
	if (err != ERR_OK)
		return err;
	wishes->common.client.url = rest.items[0];
	call->operand = rest.count > 1 ? rest.items[1] : NULL;
	return action->run(call);
}

enum err
scepctl_get_in(const struct client_world *world, struct options_words words,
    struct buf *output, struct problems *problems)
{
	struct get_wishes wishes = { 0 };
	struct get_call call = { .world = world,
		.wishes = &wishes,
		.output = output,
		.problems = problems };
	const struct action *action;
	enum err err;

	if (words.count > 1 &&
	    bytes_equal_string(bytes_of_string(words.items[1]), "--help")) {
		append_actions(output);
		return ERR_OK;
	}
	action = words.count > 1 ? find_action(words.items[1]) : NULL;
	if (action == NULL) {
		problem_add(problems, PROBLEM_ERROR,
		    "%s%s%s; \"scepctl get --help\" lists them",
		    words.count > 1 ? "unknown action \"" :
				      "no action is named",
		    words.count > 1 ? words.items[1] : "",
		    words.count > 1 ? "\"" : "");
		return ERR_CONFIGURATION;
	}
	words = (struct options_words){ words.items + 1, words.count - 1 };
	err = run(action, words, &call, &wishes);
	if (err != ERR_OK && problems_count(problems, PROBLEM_ERROR) == 0)
		problem_add(problems, PROBLEM_ERROR, "%s", err_meaning(err));
	return err;
}

enum err
scepctl_get(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	struct options_words words = { argv, (size_t)argc };

	return scepctl_get_in(&client_world, words, output, problems);
}
