/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_wire.h"

#include <errno.h>
#include <sys/socket.h>

#include "crypto/provider.h"

#define LENGTH_SIZE 4
#define REQUEST_HEAD (LENGTH_SIZE + 1 + 1 + KEY_WIRE_ID_SIZE)
#define REPLY_HEAD (LENGTH_SIZE + 1)

/* Room for every reply, and for all requests but CRLs: such a frame is there
 * after one call. */
#define FIRST_READ 8192
#define LARGE_READ 65536

void
key_wire_id(const struct provider *provider, struct bytes spki,
    uint8_t id[KEY_WIRE_ID_SIZE])
{
	provider_digest(provider, DIGEST_SHA256, &spki, 1, id);
}

static void
append_number(struct buf *to, uint32_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_append_octet(to, (uint8_t)(number >> shift));
}

static uint32_t
number_at(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
	    (uint32_t)octets[2] << 8 | octets[3];
}

size_t
key_wire_request_size(const struct key_wire_request *request)
{
	return REQUEST_HEAD + request->input.size;
}

void
key_wire_append_request(struct buf *to, const struct key_wire_request *request)
{
	append_number(to, (uint32_t)key_wire_request_size(request));
	append_number(to, request->sequence);
	buf_append_octet(to, (uint8_t)request->operation);
	buf_append_octet(to, request->argument);
	buf_append(to, request->key_id);
	buf_append(to, request->input);
}

void
key_wire_append_reply(struct buf *to, const struct key_wire_reply *reply)
{
	append_number(to, (uint32_t)(REPLY_HEAD + reply->output.size));
	append_number(to, reply->sequence);
	buf_append_octet(to, (uint8_t)reply->result);
	buf_append(to, reply->output);
}

/* Each operation has the argument that it can use. */
static bool
is_operation(uint8_t operation, uint8_t argument)
{
	switch (operation) {
	case KEY_WIRE_SIGN:
		return argument < DIGEST_COUNT;
	case KEY_WIRE_UNWRAP:
		return argument > 0 && argument <= CIPHER_MAX_KEY_SIZE;
	default:
		return false;
	}
}

enum err
key_wire_read_request(struct bytes payload, struct key_wire_request *request)
{
	const uint8_t *head = payload.data;

	if (payload.size < REQUEST_HEAD || !is_operation(head[4], head[5]))
		return ERR_KEY_WIRE;
	*request = (struct key_wire_request){
		.sequence = number_at(head),
		.operation = (enum key_wire_operation)head[4],
		.argument = head[5],
		.key_id = bytes_of(head + 6, KEY_WIRE_ID_SIZE),
		.input = bytes_from(payload, REQUEST_HEAD),
	};
	return ERR_OK;
}

enum err
key_wire_read_reply(struct bytes payload, struct key_wire_reply *reply)
{
	const uint8_t *head = payload.data;

	if (payload.size < REPLY_HEAD || head[4] > KEY_WIRE_REFUSED)
		return ERR_KEY_WIRE;
	*reply = (struct key_wire_reply){
		.sequence = number_at(head),
		.result = (enum key_wire_result)head[4],
		.output = bytes_from(payload, REPLY_HEAD),
	};
	return ERR_OK;
}

/* A process that ended is an error to handle here, not a signal. */
enum err
key_wire_send(int fd, struct bytes frame)
{
	while (frame.size > 0) {
		ssize_t sent = send(fd, frame.data, frame.size, MSG_NOSIGNAL);

		if (sent > 0)
			frame = bytes_from(frame, (size_t)sent);
		else if (errno != EINTR)
			return ERR_KEY_CHANNEL;
	}
	return ERR_OK;
}

/* Appends what one call gives, at most `room` octets; *got is 0 at the end. */
static enum err
receive_some(int fd, size_t room, struct buf *frame, size_t *got)
{
	uint8_t *free_room = buf_extend(frame, room);
	ssize_t received;

	do
		received = recv(fd, free_room, room, 0);
	while (received < 0 && errno == EINTR);
	*got = received > 0 ? (size_t)received : 0;
	buf_truncate(frame, frame->size - room + *got);
	return received < 0 ? ERR_KEY_CHANNEL : ERR_OK;
}

/* Appends until the frame has `size` octets. Room is made as they come: a
 * length alone costs nothing. */
static enum err
receive_until(int fd, size_t size, struct buf *frame)
{
	while (frame->size < size) {
		size_t rest = size - frame->size, got;
		enum err err = receive_some(fd,
		    rest < LARGE_READ ? rest : LARGE_READ, frame, &got);

		if (err != ERR_OK)
			return err;
		if (got == 0)
			return ERR_KEY_WIRE;
	}
	return ERR_OK;
}

/*
 * The first call asks for more than the length, since all of a usual frame is
 * there at once; the length is looked at before more room is made for it.
 * Whoever sends on before the reply is out of step, and could have the end of
 * one frame taken for the beginning of another.
 */
enum err
key_wire_receive(int fd, size_t limit, struct buf *frame, struct bytes *payload)
{
	struct bytes none = { NULL, 0 };
	size_t size;
	enum err err;

	buf_truncate(frame, 0);
	err = receive_some(fd, FIRST_READ, frame, &size);
	if (err == ERR_OK && size == 0) {
		*payload = none;
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = receive_until(fd, LENGTH_SIZE, frame);
	if (err != ERR_OK)
		return err;
	size = number_at(frame->data);
	if (size == 0 || size > limit)
		return ERR_KEY_WIRE;
	size += LENGTH_SIZE;
	err = receive_until(fd, size, frame);
	if (err == ERR_OK && frame->size != size)
		err = ERR_KEY_WIRE;
	if (err == ERR_OK)
		*payload = bytes_from(buf_bytes(frame), LENGTH_SIZE);
	return err;
}
