/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "policy/challenge_internal.h"

/* All there are, one line each: the name in the configuration (type =
 * "static"), and who implements it. */
#define KINDS(X) \
	X("static", challenge_static) \
	X("derived", challenge_derived) \
	X("one-time", challenge_one_time)

#define KIND(name, kind) &kind,
#define NAME(name, kind) name,

static const struct challenge_kind *const kinds[] = { KINDS(KIND) };
static const char *const kind_names[] = { KINDS(NAME) NULL };

struct challenges {
	bool anonymous;
	bool visible;
	void *states[COUNT(kinds)]; /* each its kind's; NULL: not listed */
};

/* Which kind an entry is of has to be known before it can be checked against
 * its table. */
static enum err
read_entry(const struct conf_section *section, struct challenges *challenges,
    struct problems *problems)
{
	static const struct conf_key key = { .name = "type",
		.type = CONF_CHOICE,
		.required = true,
		.choices = kind_names };
	int64_t index;
	enum err err = conf_read_one(section, &key, &index, problems);

	return err == ERR_OK ?
	    kinds[index]->read(section, &challenges->states[index], problems) :
	    err;
}

/* All entries are read, for one report of all. */
static enum err
read_entries(const struct conf_sections *entries, struct challenges *challenges,
    struct problems *problems)
{
	enum err result = ERR_OK;

	for (size_t i = 0; i < entries->count; i++) {
		enum err err = read_entry(entries->items[i], challenges,
		    problems);

		if (err != ERR_OK)
			result = err;
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
	if (!settings->anonymous && settings->entries.count == 0 &&
	    !settings->others)
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
	made->visible = settings->visible;
	*challenges = made;
	return ERR_OK;
}

void
challenges_free(struct challenges *challenges)
{
	if (challenges == NULL)
		return;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (challenges->states[i] != NULL)
			kinds[i]->free(challenges->states[i]);
	free(challenges);
}

/* All kinds are asked, so that the time does not tell which one knows it.  The
 * reason of one that does is worth more than that others do not. */
static enum err
ask_all(const struct challenges *challenges,
    const struct challenge_request *request,
    const struct challenge_names *names, struct challenge_answer *answer)
{
	enum err result = ERR_CHALLENGE_WRONG;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct challenge_answer given = { 0 };
		enum err err = ERR_CHALLENGE_WRONG;

		if (challenges->states[i] != NULL)
			err = kinds[i]->check(challenges->states[i], request,
			    names, &given);
		if (err == ERR_OK && result != ERR_OK)
			*answer = given;
		if (err == ERR_OK || result == ERR_CHALLENGE_WRONG)
			result = err;
	}
	return result;
}

/*
 * An empty challengePassword counts as none (T27).  Whether a certificate of
 * ours vouches for a device is not asked here: a renewal is a question of its
 * own.
 */
enum err
challenges_check(const struct challenges *challenges,
    const struct challenge_request *request, struct challenge_answer *answer)
{
	struct challenge_names names;
	enum err err;

	*answer = (struct challenge_answer){ 0 };
	if (challenges->anonymous)
		return ERR_OK;
	if (request->is_visible && !challenges->visible)
		return ERR_CHALLENGE_VISIBLE;
	if (request->password.size == 0)
		return ERR_CHALLENGE_MISSING;
	challenge_names_read(request->subject, request->extensions, &names);
	err = ask_all(challenges, request, &names, answer);
	challenge_names_clear(&names);
	answer->vouches = err == ERR_OK;
	return err;
}

/* The state of one kind, or NULL. */
static const void *
state_of(const struct challenges *challenges, const struct challenge_kind *kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i] == kind)
			return challenges->states[i];
	return NULL;
}

bool
challenges_find_key(const struct challenges *challenges, const char *id,
    struct challenge_key *key)
{
	const void *state = state_of(challenges, &challenge_derived);

	return state != NULL && challenge_derived_find(state, id, key);
}

bool
challenges_mint_for(const struct challenges *challenges, int64_t *lifetime)
{
	const void *state = state_of(challenges, &challenge_one_time);

	if (state != NULL)
		*lifetime = challenge_one_time_lifetime(state);
	return state != NULL;
}

bool
challenges_are_there(const struct challenges *challenges)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (challenges->states[i] != NULL)
			return true;
	return false;
}

bool
challenges_are_for_names(const struct challenges *challenges)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (challenges->states[i] != NULL && kinds[i]->is_for_names)
			return true;
	return false;
}

bool
challenges_are_counted(const struct challenges *challenges)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (challenges->states[i] != NULL &&
		    kinds[i]->is_counted != NULL &&
		    kinds[i]->is_counted(challenges->states[i]))
			return true;
	return false;
}

void
challenge_password_hash(const struct provider *provider, struct bytes password,
    uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE])
{
	provider_digest(provider, DIGEST_SHA256, &password, 1, hash);
}
