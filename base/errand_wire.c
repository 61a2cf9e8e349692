/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errand_wire.h"

static void
append_head(struct buf *to, uint32_t sequence, uint16_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_append_octet(to, (uint8_t)(sequence >> shift));
	buf_append_octet(to, (uint8_t)(number >> 8));
	buf_append_octet(to, (uint8_t)number);
}

/* Both messages have the same head. */
static enum err
read_head(struct bytes message, uint32_t *sequence, uint16_t *number)
{
	const uint8_t *head = message.data;

	if (message.size < ERRAND_WIRE_HEAD || message.size > ERRAND_WIRE_LIMIT)
		return ERR_ERRAND_CHANNEL;
	*sequence = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
	    (uint32_t)head[2] << 8 | head[3];
	*number = (uint16_t)(head[4] << 8 | head[5]);
	return ERR_OK;
}

void
errand_wire_append_request(struct buf *to, const struct errand_request *request)
{
	append_head(to, request->sequence, request->kind);
	buf_append(to, request->body);
}

void
errand_wire_append_reply(struct buf *to, const struct errand_reply *reply)
{
	append_head(to, reply->sequence, (uint16_t)reply->result);
	buf_append(to, reply->body);
}

enum err
errand_wire_read_request(struct bytes message, struct errand_request *request)
{
	uint32_t sequence;
	uint16_t kind;
	enum err err = read_head(message, &sequence, &kind);

	if (err == ERR_OK)
		*request = (struct errand_request){
			.sequence = sequence,
			.kind = kind,
			.body = bytes_from(message, ERRAND_WIRE_HEAD),
		};
	return err;
}

enum err
errand_wire_read_reply(struct bytes message, struct errand_reply *reply)
{
	uint32_t sequence;
	uint16_t result;
	enum err err = read_head(message, &sequence, &result);

	if (err != ERR_OK)
		return err;
	if (result >= ERR_COUNT ||
	    (result != ERR_OK && message.size > ERRAND_WIRE_HEAD))
		return ERR_ERRAND_CHANNEL;
	*reply = (struct errand_reply){
		.sequence = sequence,
		.result = (enum err)result,
		.body = bytes_from(message, ERRAND_WIRE_HEAD),
	};
	return ERR_OK;
}
