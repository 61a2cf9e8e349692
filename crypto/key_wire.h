/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_KEY_WIRE_H
#define SCEPD_CRYPTO_KEY_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/algorithm.h"

/*
 * What a process without keys and its key process say to each other, over a
 * stream socket that only these two have: a request, its reply, the next
 * request.  A frame is the length of what follows, in 4 octets, and then
 *
 *     request: sequence (4), operation (1), argument (1), key (32), input
 *     reply:   sequence (4), result (1), output
 *
 * Numbers have their most significant octet first.  The requests of a channel
 * are numbered from 1, and each reply has its request's number.
 */

#define KEY_WIRE_ID_SIZE 32

/* The most octets behind the length: of a request that a worker sends, of one
 * that the keeper sends (a large CRL has 4 MB), and of any reply. */
#define KEY_WIRE_WORKER_LIMIT ((size_t)64 * 1024)
#define KEY_WIRE_KEEPER_LIMIT ((size_t)16 * 1024 * 1024)
#define KEY_WIRE_REPLY_LIMIT ((size_t)4096)

enum key_wire_operation {
	KEY_WIRE_SIGN = 1,
	KEY_WIRE_UNWRAP = 2
};

struct key_wire_request {
	uint32_t sequence;
	enum key_wire_operation operation;
	uint8_t argument;    /* to sign: an enum digest; to unwrap: the content
			      * key's size, 1 to CIPHER_MAX_KEY_SIZE */
	struct bytes key_id; /* what key_wire_id makes of the key */
	struct bytes input;  /* the whole message, or the encrypted key */
};

enum key_wire_result {
	KEY_WIRE_DONE = 0,
	KEY_WIRE_REFUSED = 1
};

struct key_wire_reply {
	uint32_t sequence;
	enum key_wire_result result;
	struct bytes output; /* the signature or the content key; or nothing */
};

struct provider;

/* What names a key in requests: the SHA-256 of its SubjectPublicKeyInfo. */
void key_wire_id(const struct provider *provider, struct bytes spki,
    uint8_t id[KEY_WIRE_ID_SIZE]);

/* How many octets stand behind the length of its frame. */
size_t key_wire_request_size(const struct key_wire_request *request);

/* Appends the whole frame. */
void key_wire_append_request(struct buf *to,
    const struct key_wire_request *request);
void key_wire_append_reply(struct buf *to, const struct key_wire_reply *reply);

/*
 * Reads what stands behind a frame's length; views into `payload`.
 * ERR_KEY_WIRE where it is too short, or has an operation, argument or result
 * that is none.
 */
CHECKED enum err key_wire_read_request(struct bytes payload,
    struct key_wire_request *request);
CHECKED enum err key_wire_read_reply(struct bytes payload,
    struct key_wire_reply *reply);

/* Sends a whole frame. ERR_KEY_CHANNEL: the other side is gone. */
CHECKED enum err key_wire_send(int fd, struct bytes frame);

/*
 * Waits for one frame and reads it into `frame`, whose former contents are
 * wiped; *payload is what stands behind the length, of at most `limit` octets
 * and at least one; it has none where the other side has closed the channel
 * behind its last frame.  ERR_KEY_WIRE for a frame that is empty, larger,
 * shorter than its length says, or followed by something before it is
 * answered; ERR_KEY_CHANNEL where the socket fails.
 */
CHECKED enum err key_wire_receive(int fd, size_t limit, struct buf *frame,
    struct bytes *payload);

#endif
