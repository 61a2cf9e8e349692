/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "conf/defaults.h"
#include "policy/challenge_terms.h"
#include "tools/challenge.h"
#include "tools/endpoint_rules.h"
#include "tools/listing.h"
#include "tools/names.h"
#include "tools/secret_text.h"

/* 4 bits, and 5 of each that follows: 129 in all. */
#define LENGTH 26

/* What an NDES's are like: 64 bits, as 16 digits. */
#define NDES_SIZE 8

/* So many are minted in one step, in which others wait. */
#define AT_ONCE 500
#define MAX_COUNT 1000000

/* As far as "lifetime" of the configuration goes (challenge_one_time.c). */
#define MAX_LIFETIME (365 * (int64_t)86400)

/* What is minted, all of it alike. */
struct minting {
	const struct state_call *call;
	const struct provider *provider;
	struct endpoint_rules rules;
	struct buf names; /* a line each */
	int64_t now;
	int64_t expires_at;
	int64_t uses;
	int64_t count;
};

/* One of them. */
struct minted {
	struct buf password;
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];
};

static enum err
complain(const struct state_call *call, enum err err, const char *what)
{
	problem_add(call->problems, PROBLEM_ERROR, "%s", what);
	return err;
}

static enum err
read_number(const struct state_call *call, const char *option, const char *text,
    int64_t *number)
{
	return text == NULL ?
	    ERR_OK :
	    state_number(option, text, number, call->problems);
}

static struct challenge_terms
terms_of(const struct minting *minting)
{
	return (struct challenge_terms){
		bytes_of_string(challenge_wishes(minting->call)->subject),
		buf_bytes(&minting->names)
	};
}

static enum err
check(const struct state_call *call, const char *option, struct bytes text,
    const char *fault)
{
	if (fault == NULL)
		return ERR_OK;
	problem_add(call->problems, PROBLEM_ERROR, "%s \"%.*s\": %s", option,
	    (int)text.size, (const char *)text.data, fault);
	return ERR_CONFIGURATION;
}

static enum err
check_subject(const struct minting *minting)
{
	const struct challenge_wishes *wishes = challenge_wishes(minting->call);
	struct challenge_terms terms = {
		.subject = bytes_of_string(wishes->subject)
	};

	/* As of a variable of a shell that is not set. */
	if (wishes->subject != NULL && terms.subject.size == 0)
		return complain(minting->call, ERR_CONFIGURATION,
		    "--subject is empty; leave it out where the password is "
		    "for any name");
	/* Else whoever has it could put any name into the subject. */
	if (wishes->san != NULL && terms.subject.size == 0)
		return complain(minting->call, ERR_CONFIGURATION,
		    "--san needs --subject, as any subject could be asked for "
		    "without; --subject 'CN=*' lets any common name");
	return check(minting->call, "--subject", terms.subject,
	    challenge_terms_fault(&terms));
}

/* "dns:a, ip:192.0.2.17" as lines. */
static enum err
read_names(struct minting *minting)
{
	const char *rest = challenge_wishes(minting->call)->san;
	struct buf name = { 0 };
	enum err err = ERR_OK;

	while (err == ERR_OK && rest != NULL) {
		struct challenge_terms terms = { 0 };
		const char *fault;

		buf_truncate(&name, 0);
		names_take(&name, &rest);
		terms.names = buf_bytes(&name);
		fault = names_kind_fault(terms.names);
		if (fault == NULL)
			fault = challenge_terms_fault(&terms);
		err = check(minting->call, "--san", terms.names, fault);
		if (minting->names.size > 0)
			buf_append_octet(&minting->names, '\n');
		buf_append(&minting->names, terms.names);
	}
	buf_clear(&name);
	return err;
}

static enum err
read_rules(struct minting *minting, int64_t *lifetime)
{
	const struct state_call *call = minting->call;
	const struct challenge_wishes *wishes = challenge_wishes(call);
	enum err err =
	    endpoint_rules_read(defaults_config(wishes->state.config),
		wishes->endpoint, &minting->rules, call->problems);

	if (err == ERR_OK &&
	    !challenges_mint_for(minting->rules.enrol.challenges, lifetime)) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "%s: takes no challenge of the type \"one-time\"",
		    minting->rules.path);
		err = ERR_FILE;
	}
	if (err == ERR_OK && wishes->profile != NULL &&
	    !endpoint_rules_have_profile(&minting->rules, wishes->profile)) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "%s: has no profile \"%s\"", minting->rules.path,
		    wishes->profile);
		err = ERR_FILE;
	}
	return err;
}

static enum err
read_wishes(struct minting *minting)
{
	const struct state_call *call = minting->call;
	const struct challenge_wishes *wishes = challenge_wishes(call);
	int64_t lifetime = 0;
	enum err err = read_number(call, "--uses", wishes->uses,
	    &minting->uses);

	if (err == ERR_OK)
		err = read_number(call, "--count", wishes->count,
		    &minting->count);
	if (err == ERR_OK && minting->count > MAX_COUNT)
		err = complain(call, ERR_CONFIGURATION,
		    "--count is at most 1000000 at a time");
	if (err == ERR_OK)
		err = check_subject(minting);
	if (err == ERR_OK)
		err = read_names(minting);
	if (err == ERR_OK)
		err = read_rules(minting, &lifetime);
	if (err == ERR_OK)
		err = challenge_expiry(call, minting->now, lifetime,
		    &minting->expires_at);
	if (err == ERR_OK && minting->expires_at < minting->now)
		err = complain(call, ERR_CONFIGURATION, "--expires is past");
	if (err == ERR_OK && wishes->lifetime != NULL &&
	    minting->expires_at - minting->now > MAX_LIFETIME)
		err = complain(call, ERR_CONFIGURATION,
		    "--lifetime is at most 365d");
	return err;
}

static void
make(const struct minting *minting, struct minted *minted)
{
	uint8_t octets[NDES_SIZE];

	if (challenge_wishes(minting->call)->ndes) {
		provider_random(minting->provider, octets, sizeof(octets));
		for (size_t i = 0; i < sizeof(octets); i++)
			buf_printf(&minted->password, "%02X", octets[i]);
		bytes_wipe(octets, sizeof(octets));
	} else {
		secret_text_append(&minted->password, minting->provider,
		    LENGTH);
	}
	challenge_password_hash(minting->provider, buf_bytes(&minted->password),
	    minted->hash);
}

static struct challenge_record
record_of(const struct minting *minting, const struct minted *minted)
{
	struct challenge_terms terms = terms_of(minting);

	return (struct challenge_record){
		.hash = BYTES_ARRAY(minted->hash),
		.endpoint = minting->rules.path,
		.subject = terms.subject,
		.names = terms.names,
		.profile =
		    bytes_of_string(challenge_wishes(minting->call)->profile),
		.uses = minting->uses,
		.expires_at = minting->expires_at,
	};
}

/* Alone, a password can be handed on as it is; who wants to know more has asked
 * for JSON. */
static void
show(const struct minting *minting, const struct minted *minted,
    struct listing *listing)
{
	struct challenge_terms terms = terms_of(minting);
	struct record *record = &listing->record;

	if (!listing_next(listing)) {
		buf_append(record->to, buf_bytes(&minted->password));
		buf_append_octet(record->to, '\n');
		return;
	}
	record_begin(record);
	record_text(record, "password", buf_bytes(&minted->password));
	record_text(record, "endpoint", bytes_of_string(minting->rules.path));
	record_time(record, "expires", minting->expires_at);
	record_number(record, "uses", minting->uses);
	challenge_record_terms(record, &terms);
	if (challenge_wishes(minting->call)->profile != NULL)
		record_text(record, "profile",
		    bytes_of_string(challenge_wishes(minting->call)->profile));
	record_end(record);
}

/* They are shown when they are in the database, and not before. */
static enum err
mint_some(const struct minting *minting, size_t count, struct listing *listing)
{
	struct minted *minted = xcalloc(count, sizeof(*minted));
	struct challenge_record *records = xcalloc(count, sizeof(*records));
	enum err err;

	for (size_t i = 0; i < count; i++) {
		make(minting, &minted[i]);
		records[i] = record_of(minting, &minted[i]);
	}
	err = store_challenges_add(minting->call->store, records, count,
	    minting->now);
	for (size_t i = 0; i < count; i++) {
		if (err == ERR_OK)
			show(minting, &minted[i], listing);
		buf_clear(&minted[i].password);
	}
	free(minted);
	free(records);
	return err;
}

/* Of numbers of 64 bits one may be there already, once in a lifetime. */
static enum err
mint_all(const struct minting *minting)
{
	struct listing listing = { .record.to = minting->call->output };
	bool json = challenge_wishes(minting->call)->state.json;
	enum err err = ERR_OK;
	int64_t left = minting->count;

	if (json)
		listing_begin(&listing, listing.record.to, json, NULL, 0);
	while (left > 0 && (err == ERR_OK || err == ERR_STORE_SERIAL)) {
		size_t some = left < AT_ONCE ? (size_t)left : AT_ONCE;

		err = mint_some(minting, some, &listing);
		if (err == ERR_OK)
			left -= (int64_t)some;
	}
	if (json)
		listing_end(&listing);
	return err;
}

enum err
challenge_new(const struct state_call *call)
{
	struct minting minting = { .call = call,
		.provider = provider_find("gnutls"),
		.now = clock_now(),
		.uses = 1,
		.count = 1 };
	enum err err;

	if (minting.provider == NULL)
		return complain(call, ERR_FILE,
		    "GnuTLS can't be used on this machine");
	err = read_wishes(&minting);
	if (err == ERR_OK)
		err = mint_all(&minting);
	endpoint_rules_clear(&minting.rules);
	buf_clear(&minting.names);
	return err;
}
