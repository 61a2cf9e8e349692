/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fakes/http_post.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_LIMIT 65536
#define LENGTH "\r\nContent-Length: "
#define END "\r\n\r\n"

static int
connect_to(in_port_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) !=
		0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool
send_all(int fd, struct bytes bytes)
{
	while (bytes.size > 0) {
		ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0)
			bytes = bytes_from(bytes, (size_t)sent);
	}
	return true;
}

static void
receive_all(int fd, struct buf *reply)
{
	uint8_t part[4096];
	ssize_t got;

	while (reply->size < REPLY_LIMIT &&
	    (got = recv(fd, part, sizeof(part), 0)) != 0) {
		if (got < 0 && errno != EINTR)
			return;
		if (got > 0)
			buf_append(reply, bytes_of(part, (size_t)got));
	}
}

/* Servers may answer by another version than they were asked by. */
static bool
find_body(struct buf *reply, struct bytes *body)
{
	const char *text = buf_string(reply);
	const char *length = strstr(text, LENGTH), *end = strstr(text, END);

	if (strncmp(text, "HTTP/1.", 7) != 0 ||
	    strncmp(text + 8, " 200 ", 5) != 0 || end == NULL)
		return false;
	*body = bytes_from(buf_bytes(reply),
	    (size_t)(end - text) + strlen(END));
	return length == NULL || length > end ||
	    body->size == strtoul(length + strlen(LENGTH), NULL, 10);
}

bool
http_post(in_port_t port, const char *path, struct bytes message,
    struct buf *reply, struct bytes *body)
{
	struct buf head = { 0 };
	int fd = connect_to(port);

	if (fd < 0)
		return false;
	buf_printf(&head,
	    "POST %s?operation=PKIOperation HTTP/1.0\r\n"
	    "Host: localhost\r\nContent-Length: %zu\r\n\r\n",
	    path, message.size);
	if (send_all(fd, buf_bytes(&head)) && send_all(fd, message))
		receive_all(fd, reply);
	close(fd);
	buf_clear(&head);
	return reply->size > 0 && find_body(reply, body);
}
