/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errand_server.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errand_wire.h"
#include "base/log.h"
#include "base/xalloc.h"

/* Somebody who has taken over a worker could else fill the disk. */
#define LINES_A_SECOND 10

/* So many channels are looked at in a turn; those that are not come first in
 * the next, as the kernel has it. */
#define TURN 16

struct channel {
	struct channel *next;
	int fd;
	unsigned worker;
};

struct errand_server {
	const struct errand_table *table;
	int events; /* an epoll descriptor */
	struct channel *channels;
	uint8_t *message; /* room for one, and an octet more */
	struct buf reply;

	int64_t second; /* how much was said in it */
	unsigned lines;
	unsigned long unsaid;
};

enum err
errand_server_new(const struct errand_table *table,
    struct errand_server **server)
{
	int events = epoll_create1(EPOLL_CLOEXEC);
	struct errand_server *made;

	if (events < 0)
		return ERR_ERRAND_CHANNEL;
	made = xalloc(sizeof(*made));
	made->table = table;
	made->events = events;
	made->message = xalloc(ERRAND_WIRE_LIMIT + 1);
	*server = made;
	return ERR_OK;
}

int
errand_server_descriptor(const struct errand_server *server)
{
	return server->events;
}

/* Channels */

/* Others have the same socket open, so to close it is not to be rid of it. */
static void
drop(struct errand_server *server, struct channel *channel)
{
	struct channel **at = &server->channels;

	while (*at != channel)
		at = &(*at)->next;
	*at = channel->next;
	(void)epoll_ctl(server->events, EPOLL_CTL_DEL, channel->fd, NULL);
	close(channel->fd);
	free(channel);
}

void
errand_server_add(struct errand_server *server, int fd, unsigned worker)
{
	struct channel *channel = xalloc(sizeof(*channel));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = channel };

	*channel = (struct channel){ server->channels, fd, worker };
	server->channels = channel;
	if (epoll_ctl(server->events, EPOLL_CTL_ADD, fd, &event) == 0)
		return;
	log_event(LOG_LEVEL_ERROR, "can't wait for errands of worker %u: %s",
	    worker, strerror(errno));
	drop(server, channel);
}

/* The log */

static void
log_unsaid(struct errand_server *server)
{
	if (server->unsaid > 0)
		log_event(LOG_LEVEL_WARNING,
		    "as many as %lu more errands were refused, failed or had "
		    "replies that nobody took",
		    server->unsaid);
	server->unsaid = 0;
}

static bool
may_say(struct errand_server *server)
{
	int64_t now = clock_now();

	if (now != server->second) {
		log_unsaid(server);
		server->second = now;
		server->lines = 0;
	}
	if (server->lines < LINES_A_SECOND) {
		server->lines++;
		return true;
	}
	server->unsaid++;
	return false;
}

static void
log_errand(struct errand_server *server, const struct channel *channel,
    const struct errand_request *request, const char *event, enum err err)
{
	struct buf line = { 0 };

	if (!may_say(server))
		return;
	log_field(&line, "event", bytes_of_string(event));
	log_field_number(&line, "worker", channel->worker);
	log_field_number(&line, "kind", request->kind);
	if (err != ERR_OK)
		log_field(&line, "reason", bytes_of_string(err_name(err)));
	log_line(LOG_LEVEL_WARNING, buf_bytes(&line));
	buf_clear(&line);
}

/* Once a channel, and a worker has one in its life. */
static void
log_attack(const struct channel *channel, enum err err)
{
	struct buf line = { 0 };

	log_field(&line, "event",
	    BYTES_LITERAL("attack: what came as an errand is no request; no "
			  "more are taken from this worker"));
	log_field_number(&line, "worker", channel->worker);
	log_field(&line, "reason", bytes_of_string(err_name(err)));
	log_line(LOG_LEVEL_ERROR, buf_bytes(&line));
	buf_clear(&line);
}

/* Requests */

/* Whoever asks is there to take the reply, or has given up. */
static bool
send_reply(struct errand_server *server, const struct channel *channel,
    const struct errand_reply *reply)
{
	struct bytes message;
	ssize_t sent;

	buf_truncate(&server->reply, 0);
	errand_wire_append_reply(&server->reply, reply);
	message = buf_bytes(&server->reply);
	sent = send(channel->fd, message.data, message.size,
	    MSG_NOSIGNAL | MSG_DONTWAIT);
	return sent >= 0 || errno == EPIPE;
}

static void
answer(struct errand_server *server, const struct channel *channel,
    const struct errand_request *request)
{
	struct buf made = { 0 };
	struct errand_reply reply = { .sequence = request->sequence };

	reply.result = errand_table_run(server->table, request->kind,
	    request->body, &made);
	reply.body = buf_bytes(&made);
	if (reply.result != ERR_OK)
		log_errand(server, channel, request, "errand", reply.result);
	if (!send_reply(server, channel, &reply))
		log_errand(server, channel, request,
		    "the reply to an errand is not taken", ERR_OK);
	buf_clear(&made);
}

static void
take_message(struct errand_server *server, struct channel *channel, size_t size)
{
	struct errand_request request;
	enum err err = errand_wire_read_request(bytes_of(server->message, size),
	    &request);

	if (err == ERR_OK) {
		answer(server, channel, &request);
		return;
	}
	log_attack(channel, err);
	drop(server, channel);
}

/* recv, unlike recvmsg, gives no descriptors: the kernel closes what came with
 * the message. Another keeper that is about to end may have taken it. */
static void
look_at(struct errand_server *server, struct channel *channel)
{
	ssize_t size = recv(channel->fd, server->message, ERRAND_WIRE_LIMIT + 1,
	    MSG_DONTWAIT);

	if (size > 0)
		take_message(server, channel, (size_t)size);
	else if (size == 0 || (errno != EAGAIN && errno != EINTR))
		drop(server, channel);
}

/* A channel is dropped by its own event alone, so those to come are there. */
void
errand_server_run(struct errand_server *server)
{
	struct epoll_event events[TURN];
	int count = epoll_wait(server->events, events, TURN, 0);

	for (int i = 0; i < count; i++)
		look_at(server, events[i].data.ptr);
}

void
errand_server_free(struct errand_server *server)
{
	if (server == NULL)
		return;
	log_unsaid(server);
	while (server->channels != NULL)
		drop(server, server->channels);
	close(server->events);
	buf_clear(&server->reply);
	free(server->message);
	free(server);
}
