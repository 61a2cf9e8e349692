/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/xalloc.h"

/*
 * Blocking, with a time limit: libfcgi writes as it likes and knows no other.
 * Without it a web server that takes no answer would hold its thread for ever,
 * so a connection that can't have it is not let in.  Reading needs none here:
 * records.c waits for all of a request together.
 */
struct connection *
connection_accept(int listening, int64_t timeout_ms)
{
	struct timeval limit = { .tv_sec = timeout_ms / 1000,
		.tv_usec = timeout_ms % 1000 * 1000 };
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	struct connection *connection;

	if (fd < 0)
		return NULL;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) !=
	    0) {
		close(fd);
		errno = ECONNABORTED;
		return NULL;
	}
	connection = xalloc(sizeof(*connection));
	connection->job.fd = fd;
	connection->fresh = true;
	return connection;
}

void
connection_free(struct connection *connection)
{
	if (connection == NULL)
		return;
	if (connection->job.fd >= 0)
		close(connection->job.fd);
	free(connection);
}

/* The job is the first member, so the two have one address. */
struct connection *
connection_of(struct job *job)
{
	return (struct connection *)job;
}

/* At the end: the first of a list is always the one that waits longest. */
void
connection_append(struct connection_list *list, struct connection *connection)
{
	connection->previous = list->last;
	connection->next = NULL;
	if (list->last != NULL)
		list->last->next = connection;
	else
		list->first = connection;
	list->last = connection;
}

void
connection_remove(struct connection_list *list, struct connection *connection)
{
	if (connection->previous != NULL)
		connection->previous->next = connection->next;
	else
		list->first = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	else
		list->last = connection->previous;
}

void
connection_clear(struct connection_list *list)
{
	struct connection *connection;

	while ((connection = list->first) != NULL) {
		connection_remove(list, connection);
		connection_free(connection);
	}
}
