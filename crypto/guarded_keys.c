/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/guarded_keys.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/signed_object.h"

struct guarded_key {
	const struct key *key;
	uint8_t id[KEY_WIRE_ID_SIZE];
	unsigned kinds;
	unsigned reply_digests;
	bool opens;
	struct sign_rule *rules;
	struct buf *rule_octets; /* of each rule: what its views lie in */
	size_t rule_count;
};

struct guarded_keys {
	const struct provider *provider;
	unsigned extra_kinds;
	struct guarded_key *keys;
	struct bytes *spkis; /* of all keys, in the same order */
	size_t count;
};

struct guarded_keys *
guarded_keys_new(const struct provider *provider, unsigned extra_kinds)
{
	struct guarded_keys *keys = xalloc(sizeof(*keys));

	keys->provider = provider;
	keys->extra_kinds = extra_kinds;
	return keys;
}

void
guarded_keys_free(struct guarded_keys *keys)
{
	if (keys == NULL)
		return;
	for (size_t i = 0; i < keys->count; i++) {
		struct guarded_key *guarded = &keys->keys[i];

		while (guarded->rule_count > 0)
			buf_clear(&guarded->rule_octets[--guarded->rule_count]);
		free(guarded->rule_octets);
		free(guarded->rules);
	}
	free(keys->keys);
	free(keys->spkis);
	free(keys);
}

static struct guarded_key *
find(const struct guarded_keys *keys, struct bytes id)
{
	for (size_t i = 0; i < keys->count; i++)
		if (bytes_equal(BYTES_ARRAY(keys->keys[i].id), id))
			return &keys->keys[i];
	return NULL;
}

static struct guarded_key *
find_or_add(struct guarded_keys *keys, const struct key *key)
{
	struct guarded_key added = { .key = key }, *found;

	key_wire_id(keys->provider, key_spki(key), added.id);
	found = find(keys, BYTES_ARRAY(added.id));
	if (found != NULL)
		return found;
	keys->keys = xrealloc(keys->keys, keys->count + 1, sizeof(*keys->keys));
	keys->spkis = xrealloc(keys->spkis, keys->count + 1,
	    sizeof(*keys->spkis));
	keys->keys[keys->count] = added;
	keys->spkis[keys->count] = key_spki(key);
	return &keys->keys[keys->count++];
}

/* The octets are all there before views of them are taken: an append may move
 * them. */
static void
copy_rule(const struct sign_rule *rule, struct sign_rule *copy,
    struct buf *octets)
{
	struct bytes *views[] = { &copy->issuer, &copy->authority_key_id,
		&copy->purposes, &copy->verbatim, &copy->crl_extensions,
		&copy->more };
	struct bytes left;

	*copy = *rule;
	*octets = (struct buf){ 0 };
	for (size_t i = 0; i < COUNT(views); i++)
		buf_append(octets, *views[i]);
	left = buf_bytes(octets);
	for (size_t i = 0; i < COUNT(views); i++) {
		views[i]->data = left.data;
		left = bytes_from(left, views[i]->size);
	}
}

void
guarded_keys_add_certifying(struct guarded_keys *keys, const struct key *key,
    const struct sign_rule *rule)
{
	struct guarded_key *guarded = find_or_add(keys, key);
	size_t count = guarded->rule_count++;

	guarded->kinds |= SIGN_CERTIFICATE | keys->extra_kinds;
	guarded->rules = xrealloc(guarded->rules, count + 1,
	    sizeof(*guarded->rules));
	guarded->rule_octets = xrealloc(guarded->rule_octets, count + 1,
	    sizeof(*guarded->rule_octets));
	copy_rule(rule, &guarded->rules[count], &guarded->rule_octets[count]);
}

void
guarded_keys_add_replying(struct guarded_keys *keys, const struct key *key,
    unsigned digests)
{
	struct guarded_key *guarded = find_or_add(keys, key);

	guarded->kinds |= SIGN_REPLY;
	guarded->reply_digests |= digests;
	guarded->opens = true;
}

void
guarded_keys_add_opening(struct guarded_keys *keys, const struct key *key)
{
	find_or_add(keys, key)->opens = true;
}

/* The guard has read it already, so it is a TBSCertificate. */
static enum err
read_serial(struct bytes tbs, struct bytes *serial)
{
	struct der outer = der_of(tbs), fields;
	struct bytes version;
	enum err err = der_enter(&outer, DER_SEQUENCE, &fields);

	if (err == ERR_OK)
		err = der_read(&fields, DER_CONTEXT_CONSTRUCTED, &version);
	return err == ERR_OK ? der_read_integer(&fields, serial) : err;
}

/* The fingerprint is that of the certificate that the asker can make of this
 * signature, and of no other: what was issued can be told from the log. */
static enum err
report_certificate(const struct guarded_keys *keys, const struct key *key,
    struct bytes tbs, struct bytes signature, struct guarded_report *report)
{
	struct buf whole = { 0 };
	struct bytes certificate;
	enum err err = read_serial(tbs, &report->serial);

	signed_object_append_frame(&whole, key, tbs, signature);
	certificate = buf_bytes(&whole);
	provider_digest(keys->provider, DIGEST_SHA256, &certificate, 1,
	    report->fingerprint);
	buf_clear(&whole);
	return err;
}

static enum err
check(const struct guarded_keys *keys, const struct guarded_key *guarded,
    const struct key_wire_request *asked, int64_t now, enum sign_kind *kind)
{
	struct sign_guard guard = {
		.scheme = key_scheme(guarded->key),
		.digest = key_digest(guarded->key),
		.kinds = guarded->kinds,
		.reply_digests = guarded->reply_digests,
		.rules = guarded->rules,
		.rule_count = guarded->rule_count,
		.own_keys = keys->spkis,
		.own_count = keys->count,
	};

	return sign_guard_check(&guard, (enum digest)asked->argument,
	    asked->input, now, kind);
}

/* The whole message is here, so what is signed is what was checked. */
static enum err
sign(const struct guarded_keys *keys, const struct guarded_key *guarded,
    const struct key_wire_request *asked, struct buf *output,
    struct guarded_report *report)
{
	enum err err = key_sign(guarded->key, (enum digest)asked->argument,
	    asked->input, output);

	if (err != ERR_OK || report->kind != SIGN_CERTIFICATE)
		return err;
	return report_certificate(keys, guarded->key, asked->input,
	    buf_bytes(output), report);
}

/* A key that has failed to open is told from one that has opened by nobody:
 * key_unwrap has no result. */
static enum err
unwrap(const struct guarded_key *guarded, const struct key_wire_request *asked,
    struct buf *output)
{
	if (!guarded->opens)
		return ERR_KEY_UNWRAP;
	key_unwrap(guarded->key, asked->input,
	    buf_extend(output, asked->argument), asked->argument);
	return ERR_OK;
}

static enum err
obey(const struct guarded_keys *keys, const struct key_wire_request *asked,
    int64_t now, struct buf *output, struct guarded_report *report)
{
	const struct guarded_key *guarded = find(keys, asked->key_id);
	enum err err;

	if (guarded == NULL)
		return ERR_KEY_UNKNOWN;
	if (asked->operation == KEY_WIRE_UNWRAP)
		return unwrap(guarded, asked, output);
	err = check(keys, guarded, asked, now, &report->kind);
	return err == ERR_OK ? sign(keys, guarded, asked, output, report) : err;
}

void
guarded_keys_answer(const struct guarded_keys *keys,
    const struct guarded_request *request, struct buf *reply,
    struct guarded_report *report)
{
	struct key_wire_request asked;
	struct key_wire_reply answer = { .sequence = request->sequence };
	struct buf output = { 0 };

	*report = (struct guarded_report){ .err = ERR_KEY_WIRE };
	if (key_wire_read_request(request->payload, &asked) != ERR_OK ||
	    asked.sequence != request->sequence)
		return;
	report->operation = asked.operation;
	report->key_id = asked.key_id;
	report->err = obey(keys, &asked, request->now, &output, report);
	if (report->err == ERR_OK)
		answer.output = buf_bytes(&output);
	else
		answer.result = KEY_WIRE_REFUSED;
	key_wire_append_reply(reply, &answer);
	buf_clear(&output);
}
