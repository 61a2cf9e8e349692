/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "policy/challenge_internal.h"
#include "policy/challenge_terms.h"

/*
 * A password that is made for a device, or so many, and is no good after that:
 *     { type = "one-time"; lifetime = "1h"; }
 * scepctl mints it; what is said of it then is remembered by its hash.
 */

#define YEAR (365 * (int64_t)86400)

struct settings {
	int64_t type;
	int64_t lifetime;
};

static const char *const types[] = { "one-time", NULL };

static const struct conf_key keys[] = {
	{ .name = "type",
	    .type = CONF_CHOICE,
	    .choices = types,
	    .offset = offsetof(struct settings, type) },
	{ .name = "lifetime",
	    .type = CONF_DURATION,
	    .minimum = 1,
	    .maximum = YEAR,
	    .offset = offsetof(struct settings, lifetime) },
	{ 0 },
};

static enum err
read(const struct conf_section *section, void **state,
    struct problems *problems)
{
	struct settings settings = { .lifetime = 3600 };
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	if (*state != NULL)
		return conf_refuse(section, NULL, problems,
		    "there is another entry of the type \"one-time\"; one is "
		    "enough for all of them");
	*state = xalloc(sizeof(settings));
	memcpy(*state, &settings, sizeof(settings));
	return ERR_OK;
}

/* It was found by its hash: nothing is compared here that is secret. */
static enum err
check(const void *state, const struct challenge_request *request,
    const struct challenge_names *names, struct challenge_answer *answer)
{
	const struct challenge_known *known = &request->known;
	const struct challenge_terms terms = { known->subject, known->names };

	(void)state;
	if (!known->is_known || !known->minted ||
	    !bytes_equal_string(known->endpoint, request->endpoint))
		return ERR_CHALLENGE_WRONG;
	if (known->uses == 0)
		return ERR_CHALLENGE_USED;
	if (request->now > known->expires_at)
		return ERR_CHALLENGE_EXPIRED;
	if (!challenge_terms_fit(&terms, names))
		return ERR_CHALLENGE_NAME;
	answer->names_are_exact = challenge_terms_are_exact(&terms);
	answer->spent.is_spent = true;
	answer->spent.minted = true;
	answer->spent.expires_at = known->expires_at;
	challenge_password_hash(request->provider, request->password,
	    answer->spent.hash);
	return ERR_OK;
}

static bool
is_counted(const void *state)
{
	(void)state;
	return true;
}

int64_t
challenge_one_time_lifetime(const void *state)
{
	const struct settings *settings = state;

	return settings->lifetime;
}

const struct challenge_kind challenge_one_time = {
	.is_for_names = true,
	.read = read,
	.check = check,
	.is_counted = is_counted,
	.free = free,
};
