/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CRYPTO_KEY_SERVER_H
#define SCEPD_TESTS_UNIT_CRYPTO_KEY_SERVER_H

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/key_channels.h"
#include "tests/unit/crypto_codec.h"

/*
 * The other end of a channel, in a thread: it does whatever it is asked with
 * one key, and refuses to use another.
 */
struct key_server {
	const struct key *key;
	int fd;
	unsigned answers; /* so many, then the channel is closed */
	uint32_t skew;    /* is added to the sequence of each reply */
	pthread_t thread;
};

static inline void
key_server_use(const struct key *key, const struct key_wire_request *request,
    struct key_wire_reply *reply, struct buf *output)
{
	uint8_t content_key[CIPHER_MAX_KEY_SIZE];

	if (request->operation == KEY_WIRE_UNWRAP) {
		key_unwrap(key, request->input, content_key, request->argument);
		buf_append(output, bytes_of(content_key, request->argument));
	} else if (key_sign(key, (enum digest)request->argument, request->input,
		       output) != ERR_OK) {
		reply->result = KEY_WIRE_REFUSED;
	}
	reply->output = buf_bytes(output);
}

static inline bool
key_server_answer(const struct key_server *server, struct buf *frame)
{
	struct key_wire_request request;
	struct key_wire_reply reply = { 0 };
	struct buf output = { 0 };
	uint8_t id[KEY_WIRE_ID_SIZE];
	struct bytes payload;
	enum err err = key_wire_receive(server->fd, KEY_WIRE_WORKER_LIMIT,
	    frame, &payload);

	if (err != ERR_OK || payload.size == 0 ||
	    key_wire_read_request(payload, &request) != ERR_OK)
		return false;
	reply.sequence = request.sequence + server->skew;
	key_wire_id(gnutls(), key_spki(server->key), id);
	if (bytes_equal(request.key_id, BYTES_ARRAY(id)))
		key_server_use(server->key, &request, &reply, &output);
	else
		reply.result = KEY_WIRE_REFUSED;
	buf_truncate(frame, 0);
	key_wire_append_reply(frame, &reply);
	buf_clear(&output);
	return key_wire_send(server->fd, buf_bytes(frame)) == ERR_OK;
}

static inline void *
key_server_run(void *argument)
{
	struct key_server *server = argument;
	struct buf frame = { 0 };

	for (unsigned i = 0; i < server->answers; i++)
		if (!key_server_answer(server, &frame))
			break;
	close(server->fd);
	buf_clear(&frame);
	return NULL;
}

/* Starts the servers, whose key, answers and skew are set, and gives the
 * channels to them. */
static inline struct key_channels *
key_servers_start(struct key_server *servers, size_t count)
{
	struct key_channels *channels = NULL;
	int fds[8];

	for (size_t i = 0; i < count; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC,
				     0, pair),
		    0);
		fds[i] = pair[0];
		servers[i].fd = pair[1];
		assert_int_equal(pthread_create(&servers[i].thread, NULL,
				     key_server_run, &servers[i]),
		    0);
	}
	assert_int_equal(key_channels_new(fds, count, KEY_WIRE_WORKER_LIMIT,
			     &channels),
	    ERR_OK);
	return channels;
}

static inline void
key_servers_stop(struct key_server *servers, size_t count,
    struct key_channels *channels)
{
	key_channels_free(channels);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_join(servers[i].thread, NULL), 0);
}

static inline struct key *
key_of_file(const char *name)
{
	struct buf text = key_file(name);
	struct key *key = NULL;

	assert_int_equal(key_load(gnutls(), buf_bytes(&text), no_passphrase,
			     &key),
	    ERR_OK);
	buf_clear(&text);
	return key;
}

/* Whether the channels have told that one of them broke. */
static inline bool
is_told_broken(const struct key_channels *channels)
{
	struct pollfd poll_fd = {
		.fd = key_channels_failure_descriptor(channels),
		.events = POLLIN,
	};
	bool readable = poll(&poll_fd, 1, 0) == 1;

	assert_int_equal(key_channels_are_broken(channels), readable);
	return readable;
}

#endif
