/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "policy/challenge_hash.h"
#include "policy/challenge_internal.h"
#include "policy/name_patterns.h"

/*
 * A password that is the same for all devices, until it is changed in the
 * configuration, which holds it or its hash:
 *     { type = "static"; secret = { file = "challenge.txt"; }; }
 *     { type = "static"; hash = "pbkdf2-sha256:..."; names = ( "CN=*" ); }
 */

/* As many different ones as the iterations that may be computed have room for.
 */
#define MAX_WORKS (CHALLENGE_ITERATIONS_MOST / CHALLENGE_ITERATIONS_LEAST)

/* One entry: the password, a view of the conf's memory, which is wiped when it
 * is freed; or its hash. */
struct password {
	struct bytes secret;
	struct name_patterns *names; /* NULL: any */
	size_t work;                 /* of the hash: which one of those below */
	uint8_t hash[CHALLENGE_HASH_SIZE];
};

struct passwords {
	struct password *items;
	size_t count;
	struct challenge_work works[MAX_WORKS];
	size_t work_count;
};

/* An entry as it is written. */
struct settings {
	int64_t type;
	struct bytes secret;
	const char *hash;
	struct conf_strings names;
};

/* Tells a setting that is not there from an empty list. */
static const char *const absent[] = { NULL };

static const char *const types[] = { "static", NULL };

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

static const struct conf_key keys[] = {
	{ SETTING(type), .type = CONF_CHOICE, .choices = types },
	{ SETTING(secret), .type = CONF_SECRET },
	{ SETTING(hash), .type = CONF_STRING },
	{ SETTING(names), .type = CONF_STRINGS },
	{ 0 },
};

/* The hash of another may be computed for it as well; false where one more is
 * too much. */
static bool
share_work(struct passwords *passwords, const struct challenge_work *work,
    size_t *index)
{
	unsigned all = work->iterations;

	for (size_t i = 0; i < passwords->work_count; i++) {
		if (challenge_work_is_same(&passwords->works[i], work)) {
			*index = i;
			return true;
		}
		all += passwords->works[i].iterations;
	}
	if (all > CHALLENGE_ITERATIONS_MOST)
		return false;
	*index = passwords->work_count;
	passwords->works[passwords->work_count++] = *work;
	return true;
}

static enum err
read_hash(const struct conf_section *section, const char *text,
    struct passwords *passwords, struct password *password,
    struct problems *problems)
{
	struct challenge_hash hash;

	if (!challenge_hash_read(bytes_of_string(text), &hash)) {
		conf_problem(section, "hash", PROBLEM_ERROR, problems,
		    "hash is none of a password, \"" CHALLENGE_HASH_NAME
		    ":ITERATIONS:SALT:HASH\" with %d to %d iterations; "
		    "\"scepctl challenge hash\" makes one",
		    CHALLENGE_ITERATIONS_LEAST, CHALLENGE_ITERATIONS_MOST);
		return ERR_CONFIGURATION;
	}
	if (!share_work(passwords, &hash.work, &password->work)) {
		conf_problem(section, "hash", PROBLEM_ERROR, problems,
		    "checking one more hash would let strangers keep this "
		    "server busy: all of an endpoint may have %d iterations "
		    "together, and those with the same salt count once; make "
		    "it with \"scepctl challenge hash --beside\" and a hash "
		    "that is here",
		    CHALLENGE_ITERATIONS_MOST);
		return ERR_CONFIGURATION;
	}
	for (size_t i = 0; i < sizeof(password->hash); i++)
		password->hash[i] = hash.value[i];
	return ERR_OK;
}

/* A hash in the place of a password would be a password that everybody knows
 * who has seen the configuration. */
static enum err
check_secret(const struct conf_section *section, struct bytes secret,
    struct problems *problems)
{
	if (bytes_begin_with(secret, CHALLENGE_HASH_NAME ":"))
		return conf_refuse(section, "secret", problems,
		    "this is the hash of a password: write hash = instead of "
		    "secret =");
	if (secret.size < CHALLENGE_SHORT)
		conf_problem(section, "secret", PROBLEM_WARNING, problems,
		    "this challenge password has fewer than %d characters and "
		    "can be guessed",
		    CHALLENGE_SHORT);
	return ERR_OK;
}

/* Every name is what an empty list must not mean. */
static enum err
read_names(const struct conf_section *section, const struct conf_strings *names,
    struct password *password, struct problems *problems)
{
	if (names->items == absent)
		return ERR_OK;
	if (names->count == 0)
		return conf_refuse(section, "names", problems,
		    "\"names\" is empty, so that the password would be for no "
		    "name; leave it out where it is for every name");
	return name_patterns_read(section, "names", names, &password->names,
	    problems);
}

static enum err
read_settings(const struct conf_section *section,
    const struct settings *settings, struct passwords *passwords,
    struct problems *problems)
{
	struct password password = { .secret = settings->secret };
	enum err err;

	if ((settings->secret.size > 0) == (settings->hash != NULL))
		return conf_refuse(section, "hash", problems,
		    "a static challenge needs one of \"secret\" and \"hash\"");
	err = settings->hash != NULL ?
	    read_hash(section, settings->hash, passwords, &password, problems) :
	    check_secret(section, settings->secret, problems);
	if (err == ERR_OK)
		err = read_names(section, &settings->names, &password,
		    problems);
	if (err != ERR_OK)
		return err;
	passwords->items = xrealloc(passwords->items, passwords->count + 1,
	    sizeof(passwords->items[0]));
	passwords->items[passwords->count++] = password;
	return ERR_OK;
}

static enum err
read(const struct conf_section *section, void **state,
    struct problems *problems)
{
	struct settings settings = { .names = { absent, 0 } };
	enum err err = conf_read(section, keys, &settings, problems);

	if (*state == NULL)
		*state = xalloc(sizeof(struct passwords));
	return err == ERR_OK ?
	    read_settings(section, &settings, *state, problems) :
	    err;
}

static bool
is_this(const struct password *password, struct bytes sent,
    const uint8_t hashes[MAX_WORKS][CHALLENGE_HASH_SIZE])
{
	if (password->secret.size > 0)
		return bytes_equal_secret(password->secret, sent);
	return bytes_equal_secret(BYTES_ARRAY(password->hash),
	    BYTES_ARRAY(hashes[password->work]));
}

/* All are compared, and their names whether they fit or not, so that the time
 * does not tell which one it is. */
static enum err
check(const void *state, const struct challenge_request *request,
    const struct challenge_names *names, struct challenge_answer *answer)
{
	const struct passwords *passwords = state;
	uint8_t hashes[MAX_WORKS][CHALLENGE_HASH_SIZE];
	bool is_known = false, is_good = false;

	(void)answer;
	for (size_t i = 0; i < passwords->work_count; i++)
		challenge_work_do(request->provider, &passwords->works[i],
		    request->password, hashes[i]);
	for (size_t i = 0; i < passwords->count; i++) {
		const struct password *password = &passwords->items[i];
		bool is = is_this(password, request->password, hashes);
		bool fits = challenge_names_fit(names, password->names);

		is_known |= is;
		is_good |= is & fits;
	}
	bytes_wipe(hashes, sizeof(hashes));
	if (is_good)
		return ERR_OK;
	return is_known ? ERR_CHALLENGE_NAME : ERR_CHALLENGE_WRONG;
}

static void
free_passwords(void *state)
{
	struct passwords *passwords = state;

	for (size_t i = 0; i < passwords->count; i++)
		name_patterns_free(passwords->items[i].names);
	free(passwords->items);
	free(passwords);
}

const struct challenge_kind challenge_static = {
	.read = read,
	.check = check,
	.free = free_passwords,
};
