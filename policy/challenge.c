/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* A static password can be tried over and over, by whoever reaches the
 * endpoint. */
#define SHORT_SECRET 12

struct challenges {
	bool anonymous;
	struct bytes *secrets; /* the conf's memory */
	size_t count;
};

/* One entry of the list `challenge`. */
struct entry {
	int64_t type;
	struct bytes secret;
};

static const char *const types[] = { "static", NULL };

static const struct conf_key entry_keys[] = {
	{ .name = "type",
	    .type = CONF_CHOICE,
	    .required = true,
	    .offset = offsetof(struct entry, type),
	    .choices = types },
	{ .name = "secret",
	    .type = CONF_SECRET,
	    .required = true,
	    .offset = offsetof(struct entry, secret) },
	{ 0 },
};

/* Views of the conf's memory, which is wiped when it is freed: no copies of
 * secrets lie about.  All entries are read, for one report of all. */
static enum err
read_entries(const struct conf_sections *entries, struct challenges *challenges,
    struct problems *problems)
{
	enum err result = ERR_OK;

	challenges->secrets = xcalloc(entries->count,
	    sizeof(*challenges->secrets));
	for (size_t i = 0; i < entries->count; i++) {
		const struct conf_section *section = entries->items[i];
		struct entry entry = { 0 };
		enum err err = conf_read(section, entry_keys, &entry, problems);

		if (err != ERR_OK) {
			result = err;
			continue;
		}
		if (entry.secret.size < SHORT_SECRET)
			conf_problem(section, "secret", PROBLEM_WARNING,
			    problems,
			    "this challenge password has fewer "
			    "than %d characters and can be guessed",
			    SHORT_SECRET);
		challenges->secrets[challenges->count++] = entry.secret;
	}
	return result;
}

/* Nobody enrols unauthenticated by accident: that nothing is asked for must be
 * written out, and beside a challenge it would make that one worthless. */
static enum err
check_combination(const struct conf_section *section,
    const struct challenges_settings *settings, struct problems *problems)
{
	if (settings->anonymous && settings->entries.count > 0)
		return conf_refuse(section, "anonymous", problems,
		    "an endpoint with a challenge can't be anonymous; "
		    "remove one of the two");
	if (!settings->anonymous && settings->entries.count == 0)
		return conf_refuse(section, NULL, problems,
		    "nothing authenticates a device here; set challenge, or "
		    "say anonymous = true to let everybody enrol");
	if (settings->anonymous && !settings->approved)
		conf_problem(section, "anonymous", PROBLEM_WARNING, problems,
		    "everybody who reaches this endpoint gets a certificate");
	return ERR_OK;
}

enum err
challenges_read(const struct conf_section *section,
    const struct challenges_settings *settings, struct challenges **challenges,
    struct problems *problems)
{
	struct challenges *made = xalloc(sizeof(*made));
	enum err err = check_combination(section, settings, problems);

	if (err == ERR_OK)
		err = read_entries(&settings->entries, made, problems);
	if (err != ERR_OK) {
		challenges_free(made);
		return err;
	}
	made->anonymous = settings->anonymous;
	*challenges = made;
	return ERR_OK;
}

void
challenges_free(struct challenges *challenges)
{
	if (challenges == NULL)
		return;
	free(challenges->secrets);
	free(challenges);
}

/*
 * An empty challengePassword counts as none (T27).  Whether a certificate of
 * ours vouches for a device is not asked here: a renewal is a question of its
 * own.
 */
enum err
challenges_check(const struct challenges *challenges, struct bytes password,
    bool *vouched)
{
	bool matches = false;

	*vouched = false;
	if (challenges->anonymous)
		return ERR_OK;
	if (password.size == 0)
		return ERR_CHALLENGE_MISSING;
	/* All are compared, so that the time does not tell which one fits. */
	for (size_t i = 0; i < challenges->count; i++)
		matches |= bytes_equal_secret(challenges->secrets[i], password);
	*vouched = matches;
	return matches ? ERR_OK : ERR_CHALLENGE_WRONG;
}
