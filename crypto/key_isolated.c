/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_isolated.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "crypto/key_internal.h"

/* A key in another process's memory: this one has its name. */
struct isolated {
	struct key_channels *channels;
	const struct provider *provider;
	uint8_t id[KEY_WIRE_ID_SIZE];
};

static void
isolated_free(void *state)
{
	free(state);
}

/* The whole message goes over: the key process digests what it has read, and
 * would sign no digest that it can't look into. */
static enum err
isolated_sign(const void *state, enum digest digest, struct bytes message,
    struct buf *signature)
{
	const struct isolated *isolated = state;
	struct key_wire_request request = {
		.operation = KEY_WIRE_SIGN,
		.argument = (uint8_t)digest,
		.key_id = BYTES_ARRAY(isolated->id),
		.input = message,
	};
	enum key_wire_result result;
	enum err err = key_channels_ask(isolated->channels, &request, &result,
	    signature);

	if (err == ERR_OK && result == KEY_WIRE_DONE)
		return ERR_OK;
	if (err == ERR_OK)
		log_event(LOG_LEVEL_ERROR, "the key process refused to sign");
	return ERR_SIGN;
}

static void
isolated_unwrap(const void *state, struct bytes encrypted, uint8_t *content_key,
    size_t size)
{
	const struct isolated *isolated = state;
	struct key_wire_request request = {
		.operation = KEY_WIRE_UNWRAP,
		.argument = (uint8_t)size,
		.key_id = BYTES_ARRAY(isolated->id),
		.input = encrypted,
	};
	enum key_wire_result result;
	struct buf output = { 0 };
	enum err err = key_channels_ask(isolated->channels, &request, &result,
	    &output);

	/* There is no result to tell it by. */
	if (err == ERR_OK && output.size == size)
		memcpy(content_key, output.data, size);
	else
		provider_random(isolated->provider, content_key, size);
	buf_clear(&output);
}

static const struct key_ops key_isolated = {
	.sign = isolated_sign,
	.unwrap = isolated_unwrap,
	.free = isolated_free,
};

enum err
key_isolated_new(struct key_channels *channels, const struct provider *provider,
    struct bytes spki, struct key **key)
{
	struct isolated *isolated = xalloc(sizeof(*isolated));

	isolated->channels = channels;
	isolated->provider = provider;
	key_wire_id(provider, spki, isolated->id);
	return key_new(&key_isolated, isolated, spki, key);
}
