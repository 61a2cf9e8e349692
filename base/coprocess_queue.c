/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/coprocess_queue.h"

#include <stdlib.h>

#include "base/xalloc.h"

void
coprocess_queue_add(struct coprocess_queue *queue, struct bytes rest,
    int64_t now_us, const struct command_listener *listener)
{
	struct coprocess_request *request = xalloc(sizeof(*request));

	*request = (struct coprocess_request){ .id = ++queue->last_id,
		.since_us = now_us,
		.listener = *listener };
	buf_printf(&request->line, "{\"id\": %lld, ", (long long)request->id);
	buf_append(&request->line, rest);
	buf_append_octet(&request->line, '\n');
	if (queue->first == NULL)
		queue->end = &queue->first;
	*queue->end = request;
	queue->end = &request->next;
	queue->waiting++;
}

struct coprocess_request *
coprocess_queue_next(const struct coprocess_queue *queue)
{
	struct coprocess_request *request = queue->first;

	while (request != NULL && request->is_sent)
		request = request->next;
	return request;
}

struct coprocess_request *
coprocess_queue_find(const struct coprocess_queue *queue, int64_t id)
{
	struct coprocess_request *request = queue->first;

	while (request != NULL && (!request->is_sent || request->id != id))
		request = request->next;
	return request;
}

void
coprocess_queue_send(struct coprocess_queue *queue,
    struct coprocess_request *request)
{
	request->is_sent = true;
	request->tries++;
	queue->waiting--;
	queue->sent++;
}

void
coprocess_queue_ask_again(struct coprocess_queue *queue)
{
	struct coprocess_request *request;

	for (request = queue->first; request != NULL; request = request->next)
		request->is_sent = false;
	queue->waiting += queue->sent;
	queue->sent = 0;
}

static void
take(struct coprocess_queue *queue, struct coprocess_request *request)
{
	struct coprocess_request **at = &queue->first;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	if (request->next == NULL)
		queue->end = at;
	if (request->is_sent)
		queue->sent--;
	else
		queue->waiting--;
}

/* Told when it is in no list any more, as others may be added then. */
void
coprocess_queue_answer(struct coprocess_queue *queue,
    struct coprocess_request *request, struct command_result *result,
    int64_t now_us)
{
	take(queue, request);
	result->took_ms = (now_us - request->since_us) / 1000;
	request->listener.ended(request->listener.context, result);
	buf_clear(&request->line);
	free(request);
}
