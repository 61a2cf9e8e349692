/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BASE_ERRANDS_H
#define SCEPD_TESTS_UNIT_BASE_ERRANDS_H

#include <stdlib.h>
#include <sys/socket.h>

#include "base/errand_wire.h"
#include "tests/unit/unit.h"

/* Errands of no consequence. */
enum test_errand {
	ERRAND_ECHO = 1,
	ERRAND_FAIL,
	ERRAND_TALK_TOO_MUCH,
	ERRAND_UNKNOWN
};

/* The context counts how many were done. */
static inline enum err
errand_echo(void *context, struct bytes request, struct buf *reply)
{
	++*(unsigned *)context;
	buf_append(reply, request);
	return ERR_OK;
}

static inline enum err
errand_fail(void *context, struct bytes request, struct buf *reply)
{
	(void)context;
	buf_append(reply, request);
	return ERR_FILE;
}

static inline enum err
errand_talk_too_much(void *context, struct bytes request, struct buf *reply)
{
	(void)context;
	(void)request;
	buf_extend(reply, ERRAND_LIMIT + 1);
	return ERR_OK;
}

static const struct errand_handler errand_handlers[] = {
	{ ERRAND_ECHO, errand_echo },
	{ ERRAND_FAIL, errand_fail },
	{ ERRAND_TALK_TOO_MUCH, errand_talk_too_much },
};

static inline struct errand_table
errand_test_table(unsigned *count)
{
	return (struct errand_table){ errand_handlers, COUNT(errand_handlers),
		count };
}

/* The two ends of a channel. */
enum {
	WORKER_END,
	KEEPER_END
};

static inline void
make_errand_channel(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     ends),
	    0);
}

static inline void
send_message(int fd, struct bytes message)
{
	assert_int_equal(send(fd, message.data, message.size,
			     MSG_NOSIGNAL | MSG_DONTWAIT),
	    message.size);
}

static inline void
send_request(int fd, uint32_t sequence, uint16_t kind, struct bytes body)
{
	struct buf message = { 0 };

	errand_wire_append_request(&message,
	    &(struct errand_request){ sequence, kind, body });
	send_message(fd, buf_bytes(&message));
	buf_clear(&message);
}

static inline void
send_reply(int fd, uint32_t sequence, enum err result, struct bytes body)
{
	struct buf message = { 0 };

	errand_wire_append_reply(&message,
	    &(struct errand_reply){ sequence, result, body });
	send_message(fd, buf_bytes(&message));
	buf_clear(&message);
}

#endif
