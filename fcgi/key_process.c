/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/key_process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/xalloc.h"

/* Enough for the arithmetic of the largest key; and not the usual 8 MiB a
 * thread, which would be locked in memory. */
#define STACK_SIZE ((size_t)256 * 1024)

/* Somebody who has taken over a worker could else fill the disk. */
#define LINES_A_SECOND 10

/* How much is said of refusals: so many lines a second, then a number. */
struct refusals {
	pthread_mutex_t lock;
	int64_t second;
	unsigned lines;
	unsigned long unsaid;
};

struct process {
	const struct guarded_keys *keys;
	size_t request_limit;
	struct refusals refusals;
	atomic_bool attacked; /* by what was no request */
	struct channel *channels;
	size_t count;
};

/* A thread and what it uses. */
struct channel {
	struct process *process;
	pthread_t thread;
	int fd;
	uint32_t sequence;
	struct buf request; /* frames */
	struct buf reply;
};

static void
append_hex(struct buf *line, const char *name, struct bytes octets)
{
	struct buf hex = { 0 };

	hex_append(&hex, octets);
	log_field(line, name, buf_bytes(&hex));
	buf_clear(&hex);
}

static void
log_signed(const struct guarded_report *report)
{
	struct buf line = { 0 };

	log_field(&line, "event", BYTES_LITERAL("signed"));
	append_hex(&line, "serial", report->serial);
	append_hex(&line, "sha256", BYTES_ARRAY(report->fingerprint));
	log_line(LOG_LEVEL_INFO, buf_bytes(&line));
	buf_clear(&line);
}

static void
log_attack(const char *event, const struct guarded_report *report)
{
	struct buf line = { 0 };

	log_field(&line, "event", bytes_of_string(event));
	log_field(&line, "reason", bytes_of_string(err_name(report->err)));
	if (report->key_id.size > 0)
		append_hex(&line, "key", report->key_id);
	log_line(LOG_LEVEL_ERROR, buf_bytes(&line));
	buf_clear(&line);
}

/* Says what has not been said; the lock is held, or no longer needed. */
static void
log_unsaid(struct refusals *refusals)
{
	if (refusals->unsaid > 0)
		log_event(LOG_LEVEL_ERROR,
		    "attack: as many as %lu more requests were refused",
		    refusals->unsaid);
	refusals->unsaid = 0;
}

static void
log_refusal(struct refusals *refusals, const struct guarded_report *report,
    int64_t now)
{
	pthread_mutex_lock(&refusals->lock);
	if (now != refusals->second) {
		log_unsaid(refusals);
		refusals->second = now;
		refusals->lines = 0;
	}
	if (refusals->lines < LINES_A_SECOND) {
		refusals->lines++;
		log_attack("attack: what a key was asked for is refused",
		    report);
	} else {
		refusals->unsaid++;
	}
	pthread_mutex_unlock(&refusals->lock);
}

/* Whoever speaks nonsense on one channel has the others as well.  That these
 * end is no second attack. */
static void
end_all(struct process *process, const struct guarded_report *report)
{
	if (atomic_exchange(&process->attacked, true))
		return;
	log_attack("attack: what came over a key channel is no request; "
		   "all channels are closed",
	    report);
	for (size_t i = 0; i < process->count; i++)
		shutdown(process->channels[i].fd, SHUT_RDWR);
}

/* ERR_SIGN is the key's own failure, of which the provider has told. */
static void
log_report(struct process *process, const struct guarded_report *report,
    int64_t now)
{
	if (report->err == ERR_SIGN)
		return;
	if (report->err != ERR_OK)
		log_refusal(&process->refusals, report, now);
	else if (report->operation == KEY_WIRE_SIGN &&
	    report->kind == SIGN_CERTIFICATE)
		log_signed(report);
}

/* The log comes before the reply: no certificate is out of which the log does
 * not tell. */
static enum err
answer(struct channel *channel, struct bytes payload)
{
	struct guarded_request request = {
		.payload = payload,
		.sequence = ++channel->sequence,
		.now = clock_now(),
	};
	struct guarded_report report;
	enum err err;

	guarded_keys_answer(channel->process->keys, &request, &channel->reply,
	    &report);
	if (report.err == ERR_KEY_WIRE)
		return ERR_KEY_WIRE;
	log_report(channel->process, &report, request.now);
	err = key_wire_send(channel->fd, buf_bytes(&channel->reply));
	buf_truncate(&channel->reply, 0);
	return err;
}

/* Until the channel ends, in whatever way. */
static enum err
serve(struct channel *channel)
{
	struct bytes payload;
	enum err err;

	do {
		err = key_wire_receive(channel->fd,
		    channel->process->request_limit, &channel->request,
		    &payload);
		if (err != ERR_OK || payload.size == 0)
			return err;
		err = answer(channel, payload);
	} while (err == ERR_OK);
	return err;
}

/* A worker that was killed resets its channels, which is no attack. */
static void *
work(void *context)
{
	struct channel *channel = context;
	struct guarded_report report = { .err = serve(channel) };

	if (report.err == ERR_KEY_WIRE)
		end_all(channel->process, &report);
	buf_clear(&channel->request);
	buf_clear(&channel->reply);
	return NULL;
}

static enum err
start_thread(struct channel *channel)
{
	pthread_attr_t attributes;
	int cause;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	cause = pthread_create(&channel->thread, &attributes, work, channel);
	pthread_attr_destroy(&attributes);
	if (cause == 0)
		return ERR_OK;
	log_event(LOG_LEVEL_ERROR, "a thread can't be started: %s",
	    strerror(cause));
	return ERR_KEY_CHANNEL;
}

/* Where not all threads can be started, those that run are ended. */
static enum err
run_threads(struct process *process)
{
	size_t started = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && started < process->count) {
		err = start_thread(&process->channels[started]);
		started += err == ERR_OK;
	}
	for (size_t i = 0; i < process->count && err != ERR_OK; i++)
		shutdown(process->channels[i].fd, SHUT_RDWR);
	while (started > 0)
		pthread_join(process->channels[--started].thread, NULL);
	return err;
}

/* Descriptors are closed when no thread can use their numbers any more. */
enum err
key_process_run(const struct guarded_keys *keys, const int *channels,
    size_t count, size_t request_limit)
{
	struct process process = {
		.keys = keys,
		.request_limit = request_limit,
		.refusals = { .lock = PTHREAD_MUTEX_INITIALIZER },
		.channels = xcalloc(count, sizeof(*process.channels)),
		.count = count,
	};
	enum err err;

	for (size_t i = 0; i < count; i++) {
		process.channels[i].process = &process;
		process.channels[i].fd = channels[i];
	}
	err = run_threads(&process);
	log_unsaid(&process.refusals);
	for (size_t i = 0; i < count; i++)
		close(process.channels[i].fd);
	free(process.channels);
	return err == ERR_OK && process.attacked ? ERR_KEY_WIRE : err;
}
