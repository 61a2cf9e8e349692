/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_channels.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"

/* One thread's at a time, with all in it. */
struct channel {
	int fd; /* -1: broken */
	uint32_t sequence;
	struct buf frame; /* the one being sent or received */
	struct channel *next;
};

/* `lock` guards `free`, each channel's `next`, and `usable`. */
struct key_channels {
	pthread_mutex_t lock;
	pthread_cond_t wake; /* one is free, or broken */
	struct channel *free;
	size_t usable; /* those that are not broken, free or in use */

	atomic_bool broken;
	int failure; /* an eventfd */
	struct channel *all;
	size_t count;
	size_t request_limit;
};

static void
put(struct key_channels *channels, struct channel *channel)
{
	channel->next = channels->free;
	channels->free = channel;
}

enum err
key_channels_new(const int *fds, size_t count, size_t request_limit,
    struct key_channels **channels)
{
	struct key_channels *made = xalloc(sizeof(*made));

	assert(count > 0);
	pthread_mutex_init(&made->lock, NULL);
	pthread_cond_init(&made->wake, NULL);
	made->all = xcalloc(count, sizeof(*made->all));
	made->count = made->usable = count;
	made->request_limit = request_limit;
	for (size_t i = 0; i < count; i++) {
		made->all[i].fd = fds[i];
		put(made, &made->all[i]);
	}
	made->failure = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (made->failure < 0) {
		key_channels_free(made);
		return ERR_KEY_CHANNEL;
	}
	*channels = made;
	return ERR_OK;
}

void
key_channels_free(struct key_channels *channels)
{
	if (channels == NULL)
		return;
	for (size_t i = 0; i < channels->count; i++) {
		if (channels->all[i].fd >= 0)
			close(channels->all[i].fd);
		buf_clear(&channels->all[i].frame);
	}
	if (channels->failure >= 0)
		close(channels->failure);
	pthread_cond_destroy(&channels->wake);
	pthread_mutex_destroy(&channels->lock);
	free(channels->all);
	free(channels);
}

/* The one that was used last: its thread at the other end, and its memory,
 * are still warm.  NULL: there will be none any more. */
static struct channel *
take(struct key_channels *channels)
{
	struct channel *channel;

	pthread_mutex_lock(&channels->lock);
	while (channels->free == NULL && channels->usable > 0)
		pthread_cond_wait(&channels->wake, &channels->lock);
	channel = channels->free;
	if (channel != NULL)
		channels->free = channel->next;
	pthread_mutex_unlock(&channels->lock);
	return channel;
}

static void
give_back(struct key_channels *channels, struct channel *channel)
{
	pthread_mutex_lock(&channels->lock);
	put(channels, channel);
	pthread_cond_signal(&channels->wake);
	pthread_mutex_unlock(&channels->lock);
}

/* Closed at once, so that the other end learns of it.  All who wait are woken:
 * this may have been the last one. */
static void
give_up(struct key_channels *channels, struct channel *channel, enum err cause)
{
	const uint64_t one = 1;
	ssize_t written;

	log_event(LOG_LEVEL_ERROR, "a channel to the key process is lost (%s)",
	    err_name(cause));
	close(channel->fd);
	channel->fd = -1;
	pthread_mutex_lock(&channels->lock);
	channels->usable--;
	pthread_cond_broadcast(&channels->wake);
	pthread_mutex_unlock(&channels->lock);
	atomic_store(&channels->broken, true);
	/* Can't fail: a counter of 64 bits is never full. */
	written = write(channels->failure, &one, sizeof(one));
	(void)written;
}

static enum err
receive_reply(struct channel *channel, struct key_wire_reply *reply)
{
	struct bytes payload;
	enum err err = key_wire_receive(channel->fd, KEY_WIRE_REPLY_LIMIT,
	    &channel->frame, &payload);

	if (err == ERR_OK && payload.size == 0)
		return ERR_KEY_CHANNEL;
	if (err == ERR_OK)
		err = key_wire_read_reply(payload, reply);
	if (err == ERR_OK && reply->sequence != channel->sequence)
		return ERR_KEY_WIRE;
	return err;
}

/* The reply may be a content key: it stays in the frame no longer than it is
 * needed. */
static enum err
ask(struct channel *channel, struct key_wire_request *request,
    enum key_wire_result *result, struct buf *output)
{
	struct key_wire_reply reply;
	enum err err;

	request->sequence = ++channel->sequence;
	buf_truncate(&channel->frame, 0);
	key_wire_append_request(&channel->frame, request);
	err = key_wire_send(channel->fd, buf_bytes(&channel->frame));
	if (err == ERR_OK)
		err = receive_reply(channel, &reply);
	if (err == ERR_OK) {
		*result = reply.result;
		buf_append(output, reply.output);
	}
	buf_truncate(&channel->frame, 0);
	return err;
}

/* What is too large is not sent: the key process would take it for an attack,
 * and end. */
enum err
key_channels_ask(struct key_channels *channels,
    struct key_wire_request *request, enum key_wire_result *result,
    struct buf *output)
{
	struct channel *channel;
	enum err err;

	if (key_wire_request_size(request) > channels->request_limit) {
		log_event(LOG_LEVEL_ERROR,
		    "%zu octets are too many for the key process",
		    request->input.size);
		return ERR_KEY_WIRE;
	}
	channel = take(channels);
	if (channel == NULL)
		return ERR_KEY_CHANNEL;
	err = ask(channel, request, result, output);
	if (err == ERR_OK)
		give_back(channels, channel);
	else
		give_up(channels, channel, err);
	return err;
}

bool
key_channels_are_broken(const struct key_channels *channels)
{
	return atomic_load(&channels->broken);
}

int
key_channels_failure_descriptor(const struct key_channels *channels)
{
	return channels->failure;
}
