/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_CHALLENGE_H
#define SCEPD_POLICY_CHALLENGE_H

#include "conf/conf.h"
#include "crypto/provider.h"

/*
 * Which challenge passwords an endpoint takes: the setting `challenge` of its
 * section `enrol` (enrol.h), a list whose entries are of several kinds:
 *     challenge = ( { type = "static"; secret = "..."; } );
 * One of the kinds has to recognise a password.
 */
struct challenges;

/* One with fewer characters is warned of: it can be tried over and over, by
 * whoever reaches the endpoint. */
#define CHALLENGE_SHORT 16

/* What the section says of them. */
struct challenges_settings {
	struct conf_sections entries;
	bool anonymous; /* there are none, on purpose */
	bool approved;  /* somebody looks at each request */
	bool visible;   /* a password may be outside of the envelope */
	bool others;    /* there are none, as something else authenticates */
};

/* Reads the entries of `section`; the result is the caller's, to
 * challenges_free.  ERR_CONFIGURATION with lines in `problems`. */
CHECKED enum err challenges_read(const struct conf_section *section,
    const struct challenges_settings *settings, struct challenges **challenges,
    struct problems *problems);

void challenges_free(struct challenges *challenges);

#define CHALLENGE_PASSWORD_HASH_SIZE 32

/* What is remembered of the password of a request: that it is known, and how
 * often it may be used still.  Views; all zeroes: nothing. */
struct challenge_known {
	bool is_known;
	bool minted;           /* it was made here, to be sent to a device */
	struct bytes endpoint; /* for this one, */
	struct bytes subject;  /* and for these names, as challenge_terms.h */
	struct bytes names;    /* has them */
	struct bytes profile;  /* the only one that it is for; or nothing */
	int64_t uses;          /* that are left */
	int64_t expires_at;
};

/* A request as a challenge password is judged by. Views. */
struct challenge_request {
	const struct provider *provider;
	const char *endpoint; /* its path */
	int64_t now;
	struct bytes password;   /* UTF-8; nothing: none was sent */
	struct bytes subject;    /* Name, whole */
	struct bytes extensions; /* those asked for; or nothing */
	struct bytes public_key; /* SubjectPublicKeyInfo, whole */
	bool is_visible;         /* a password is outside of the envelope too */
	struct challenge_known known;
};

/* What is used up by a request that is accepted. */
struct challenge_spent {
	bool is_spent; /* else there is nothing */
	bool minted;
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE]; /* of the password */
	int64_t expires_at;
};

/* What a password does for a request. */
struct challenge_answer {
	bool vouches; /* for the one who asks: it is not just that the endpoint
	               * is anonymous */
	bool names_are_exact; /* it is for these names and no others */
	struct challenge_spent spent;
};

/*
 * Whether the password of a request is one that the endpoint takes, and for
 * what is asked for.  The time taken does not depend on what the secrets are,
 * nor on which of them it is.  An anonymous endpoint refuses nothing.
 *
 * ERR_CHALLENGE_VISIBLE  strangers can have read it
 * ERR_CHALLENGE_MISSING
 * ERR_CHALLENGE_WRONG  no kind knows it
 * ERR_CHALLENGE_NAME   it is not for all of the names that are asked for; or
 *     seems to have been derived, but not for this request
 * ERR_CHALLENGE_EXPIRED, ERR_CHALLENGE_USED
 */
CHECKED enum err challenges_check(const struct challenges *challenges,
    const struct challenge_request *request, struct challenge_answer *answer);

/* Whether there is any password that the endpoint takes: none where it is
 * anonymous, or others authenticate. */
bool challenges_are_there(const struct challenges *challenges);

/* Whether one of them can be for the names that are asked for and no others
 * (names_are_exact). */
bool challenges_are_for_names(const struct challenges *challenges);

/* Whether it counts how often a password was used: then it has to be known what
 * is remembered of it, by its hash. */
bool challenges_are_counted(const struct challenges *challenges);
void challenge_password_hash(const struct provider *provider,
    struct bytes password, uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE]);

/* For how long passwords that are minted for the endpoint are good, where
 * nobody says, in seconds; false where it takes none. */
bool challenges_mint_for(const struct challenges *challenges,
    int64_t *lifetime);

/* A key that passwords are derived with (challenge_derived.h). Views. */
struct challenge_key {
	struct bytes id;
	struct bytes secret;
};

/* Finds the key of this id; NULL: the first one, which is the newest.  False
 * where there is none. */
bool challenges_find_key(const struct challenges *challenges, const char *id,
    struct challenge_key *key);

#endif
