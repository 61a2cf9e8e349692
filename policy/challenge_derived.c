/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_derived.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "policy/challenge_internal.h"

/*
 * A password that a script or an MDM has derived:
 *     { type = "derived"; keys = ( { id = "1"; secret = { file = "..."; }; } );
 *     }
 * A name that is added, left out or changed makes it another, so that what it
 * is for need not be in it.
 */

#define MAC_SIZE 16
#define MAC_DIGITS (2 * MAC_SIZE)
#define EXPIRY_DIGITS 12 /* the year 33658 */

/* One password is enough to guess a key by, as often as one likes. */
#define LEAST_SECRET 32
#define MAX_KEYS 16

struct keys {
	struct challenge_key items[MAX_KEYS]; /* the conf's memory */
	bool single_use[MAX_KEYS];            /* what is derived with it */
	size_t count;
};

/* Making */

/* A name may hold whatever octets: none can pass for two, nor two for one. */
static void
append_field(struct buf *to, struct bytes field)
{
	buf_printf(to, "%zu:", field.size);
	buf_append(to, field);
	buf_append_octet(to, ',');
}

static void
append_upper(struct buf *to, struct bytes octets)
{
	for (size_t i = 0; i < octets.size; i++)
		buf_printf(to, "%02X", octets.data[i]);
}

static void
append_key_hash(struct buf *to, const struct provider *provider,
    struct bytes public_key)
{
	uint8_t hash[32];
	struct buf text = { 0 };

	if (public_key.size > 0) {
		provider_digest(provider, DIGEST_SHA256, &public_key, 1, hash);
		append_upper(&text, BYTES_ARRAY(hash));
	}
	append_field(to, buf_bytes(&text));
	buf_clear(&text);
}

static void
append_message(struct buf *to, const struct provider *provider,
    const struct challenge_derivation *derivation, struct bytes expiry)
{
	const struct challenge_texts *names = &derivation->names->alternative;

	append_field(to, BYTES_LITERAL(CHALLENGE_DERIVED_VERSION));
	append_field(to, derivation->key_id);
	append_field(to, expiry);
	append_field(to, bytes_of_string(derivation->endpoint));
	append_field(to, buf_bytes(&derivation->names->subject));
	append_key_hash(to, provider, derivation->public_key);
	for (size_t i = 0; i < names->count; i++)
		append_field(to, buf_bytes(&names->items[i]));
}

void
challenge_derived_append(struct buf *to, const struct provider *provider,
    const struct challenge_derivation *derivation)
{
	struct buf expiry = { 0 }, message = { 0 };
	uint8_t mac[32];

	buf_printf(&expiry, "%lld", (long long)derivation->expires_at);
	append_message(&message, provider, derivation, buf_bytes(&expiry));
	provider_hmac(provider, DIGEST_SHA256, derivation->secret,
	    buf_bytes(&message), mac);
	buf_append_string(to, CHALLENGE_DERIVED_VERSION "-");
	buf_append(to, derivation->key_id);
	buf_append_octet(to, '-');
	buf_append(to, buf_bytes(&expiry));
	buf_append_octet(to, '-');
	append_upper(to, bytes_of(mac, MAC_SIZE));
	bytes_wipe(mac, sizeof(mac));
	buf_clear(&message);
	buf_clear(&expiry);
}

/* Reading */

static bool
are_of(struct bytes text, const char *first, const char *last)
{
	for (size_t i = 0; i < text.size; i++) {
		char c = (char)text.data[i];

		if ((c < '0' || c > '9') && (c < *first || c > *last))
			return false;
	}
	return true;
}

bool
challenge_key_id_is_good(struct bytes id)
{
	return id.size > 0 && id.size <= CHALLENGE_KEY_ID_SIZE &&
	    are_of(id, "A", "Z");
}

static bool
read_expiry(struct bytes text, int64_t *seconds)
{
	int64_t number = 0;

	if (text.size == 0 || text.size > EXPIRY_DIGITS ||
	    text.data[0] == '0' || !are_of(text, "0", "9"))
		return false;
	for (size_t i = 0; i < text.size; i++)
		number = number * 10 + (text.data[i] - '0');
	*seconds = number;
	return true;
}

bool
challenge_derived_read(struct bytes text, struct challenge_claim *claim)
{
	struct challenge_claim read;
	struct bytes version = bytes_cut(&text, '-');

	read.key_id = bytes_cut(&text, '-');
	if (!bytes_equal_string(version, CHALLENGE_DERIVED_VERSION) ||
	    !challenge_key_id_is_good(read.key_id) ||
	    !read_expiry(bytes_cut(&text, '-'), &read.expires_at) ||
	    text.size != MAC_DIGITS || !are_of(text, "A", "F"))
		return false;
	*claim = read;
	return true;
}

/* The setting */

struct settings {
	int64_t type;
	struct conf_sections keys;
	bool single_use;
};

struct key_settings {
	const char *id;
	struct bytes secret;
};

static const char *const types[] = { "derived", NULL };

static const struct conf_key entry_keys[] = {
	{ .name = "type",
	    .type = CONF_CHOICE,
	    .choices = types,
	    .offset = offsetof(struct settings, type) },
	{ .name = "keys",
	    .type = CONF_SECTIONS,
	    .required = true,
	    .offset = offsetof(struct settings, keys) },
	{ .name = "single_use",
	    .type = CONF_BOOLEAN,
	    .offset = offsetof(struct settings, single_use) },
	{ 0 },
};

static const struct conf_key key_keys[] = {
	{ .name = "id",
	    .type = CONF_STRING,
	    .required = true,
	    .offset = offsetof(struct key_settings, id) },
	{ .name = "secret",
	    .type = CONF_SECRET,
	    .required = true,
	    .offset = offsetof(struct key_settings, secret) },
	{ 0 },
};

static const struct challenge_key *
find(const struct keys *keys, struct bytes id)
{
	for (size_t i = 0; i < keys->count; i++)
		if (bytes_equal(keys->items[i].id, id))
			return &keys->items[i];
	return NULL;
}

static enum err
check_key(const struct conf_section *section, const struct keys *keys,
    const struct challenge_key *key, struct problems *problems)
{
	if (!challenge_key_id_is_good(key->id))
		return conf_refuse(section, "id", problems,
		    "the id of a key stands in passwords, and has up to 16 of "
		    "the characters A-Z and 0-9");
	if (find(keys, key->id) != NULL)
		return conf_refuse(section, "id", problems,
		    "there is another key of this id: nobody could tell which "
		    "of the two a password was derived with");
	if (key->secret.size < LEAST_SECRET)
		return conf_refuse(section, "secret", problems,
		    "a key of fewer than 32 characters can be guessed by one "
		    "password that was derived with it; make one by: openssl "
		    "rand -hex 32");
	if (keys->count == MAX_KEYS)
		return conf_refuse(section, NULL, problems,
		    "an endpoint has at most 16 keys to derive passwords with; "
		    "take out those that are of no use any more");
	return ERR_OK;
}

static enum err
read_key(const struct conf_section *section, bool single_use, struct keys *keys,
    struct problems *problems)
{
	struct key_settings settings = { 0 };
	struct challenge_key key;
	enum err err = conf_read(section, key_keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	key = (struct challenge_key){ bytes_of_string(settings.id),
		settings.secret };
	err = check_key(section, keys, &key, problems);
	if (err == ERR_OK) {
		keys->single_use[keys->count] = single_use;
		keys->items[keys->count++] = key;
	}
	return err;
}

static enum err
read(const struct conf_section *section, void **state,
    struct problems *problems)
{
	struct settings settings = { .single_use = true };
	enum err result = conf_read(section, entry_keys, &settings, problems);

	if (*state == NULL)
		*state = xalloc(sizeof(struct keys));
	if (result != ERR_OK)
		return result;
	for (size_t i = 0; i < settings.keys.count; i++) {
		enum err err = read_key(settings.keys.items[i],
		    settings.single_use, *state, problems);

		if (err != ERR_OK)
			result = err;
	}
	return result;
}

/* Checking */

/* Nothing is used up where it may be used until it expires. */
static enum err
check_use(const struct challenge_request *request, bool single_use,
    int64_t expires_at, struct challenge_spent *spent)
{
	if (!single_use)
		return ERR_OK;
	if (request->known.is_known && request->known.uses == 0)
		return ERR_CHALLENGE_USED;
	spent->is_spent = true;
	spent->expires_at = expires_at;
	challenge_password_hash(request->provider, request->password,
	    spent->hash);
	return ERR_OK;
}

/* Whether it is what the key makes of this request. */
static bool
is_derived(const struct challenge_request *request,
    const struct challenge_derivation *derivation)
{
	struct buf made = { 0 };
	bool is;

	challenge_derived_append(&made, request->provider, derivation);
	is = bytes_equal_secret(buf_bytes(&made), request->password);
	buf_clear(&made);
	return is;
}

/*
 * With a key that is not known, or what has not even the form, as much is
 * computed as with one that is.  One that has the form but is none of this
 * request's was made for another, most likely: whoever has made it up learns
 * nothing by that, as all reasons look alike to him.
 */
static enum err
check(const void *state, const struct challenge_request *request,
    const struct challenge_names *names, struct challenge_answer *answer)
{
	const struct keys *keys = state;
	struct challenge_claim claim = { 0 };
	bool has_form = challenge_derived_read(request->password, &claim);
	const struct challenge_key *key = find(keys, claim.key_id);
	bool is_known = has_form && key != NULL;
	struct challenge_derivation derivation = {
		.key_id = is_known ? key->id : keys->items[0].id,
		.secret = is_known ? key->secret : keys->items[0].secret,
		.endpoint = request->endpoint,
		.names = names,
		.expires_at = claim.expires_at,
	};
	bool is = is_derived(request, &derivation);

	derivation.public_key = request->public_key;
	is |= is_derived(request, &derivation);
	if (!is_known)
		return ERR_CHALLENGE_WRONG;
	if (!is || !names->is_readable)
		return ERR_CHALLENGE_NAME;
	if (request->now > claim.expires_at)
		return ERR_CHALLENGE_EXPIRED;
	answer->names_are_exact = true;
	return check_use(request, keys->single_use[key - keys->items],
	    claim.expires_at, &answer->spent);
}

static bool
is_counted(const void *state)
{
	const struct keys *keys = state;

	for (size_t i = 0; i < keys->count; i++)
		if (keys->single_use[i])
			return true;
	return false;
}

bool
challenge_derived_find(const void *state, const char *id,
    struct challenge_key *key)
{
	const struct keys *keys = state;
	const struct challenge_key *found = id != NULL ?
	    find(keys, bytes_of_string(id)) :
	    &keys->items[0];

	if (found != NULL)
		*key = *found;
	return found != NULL;
}

const struct challenge_kind challenge_derived = {
	.is_for_names = true,
	.read = read,
	.check = check,
	.is_counted = is_counted,
	.free = free,
};
