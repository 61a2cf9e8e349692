/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fakes/fcgi_client.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/count.h"

/* Patience of a test with a server that does not answer. */
#define PATIENCE_MS (10 * 1000)

static void
append_number(struct buf *to, size_t number, unsigned octets)
{
	while (octets-- > 0)
		buf_append_octet(to, (uint8_t)(number >> (8 * octets)));
}

void
fcgi_append_record(struct buf *to, enum fcgi_type type, unsigned id,
    struct bytes content)
{
	size_t padding = (8 - content.size % 8) % 8;

	buf_append_octet(to, 1);
	buf_append_octet(to, (uint8_t)type);
	append_number(to, id, 2);
	append_number(to, content.size, 2);
	append_number(to, padding, 1);
	buf_append_octet(to, 0);
	buf_append(to, content);
	buf_extend(to, padding);
}

void
fcgi_append_begin(struct buf *to, unsigned id, enum fcgi_role role, bool keep)
{
	const uint8_t body[8] = { 0, (uint8_t)role, keep };

	fcgi_append_record(to, FCGI_BEGIN, id, BYTES_ARRAY(body));
}

static void
append_length(struct buf *to, size_t length)
{
	if (length < 128)
		append_number(to, length, 1);
	else
		append_number(to, length | 0x80000000u, 4);
}

void
fcgi_append_pair(struct buf *to, const char *name, struct bytes value)
{
	append_length(to, strlen(name));
	append_length(to, value.size);
	buf_append_string(to, name);
	buf_append(to, value);
}

void
fcgi_append_stream(struct buf *to, enum fcgi_type type, unsigned id,
    struct bytes content)
{
	while (content.size > 0) {
		size_t part = content.size < 32768 ? content.size : 32768;

		fcgi_append_record(to, type, id, bytes_of(content.data, part));
		content = bytes_from(content, part);
	}
	fcgi_append_record(to, type, id, content);
}

void
fcgi_append_request(struct buf *to, const struct fcgi_request *request)
{
	const struct pair {
		const char *name;
		const char *value;
	} pairs[] = {
		{ "REQUEST_METHOD", request->method },
		{ "SCRIPT_NAME", request->script_name },
		{ "PATH_INFO", request->path_info },
		{ "QUERY_STRING", request->query },
		{ "CONTENT_LENGTH", request->content_length },
		{ "REMOTE_ADDR", request->peer },
	};
	unsigned id = request->id == 0 ? 1 : request->id;
	struct buf parameters = { 0 };

	for (size_t i = 0; i < COUNT(pairs); i++)
		if (pairs[i].value != NULL)
			fcgi_append_pair(&parameters, pairs[i].name,
			    bytes_of_string(pairs[i].value));
	fcgi_append_begin(to, id, FCGI_RESPOND, request->keep);
	fcgi_append_stream(to, FCGI_PARAMETERS, id, buf_bytes(&parameters));
	fcgi_append_stream(to, FCGI_INPUT, id, request->body);
	buf_clear(&parameters);
}

int
fcgi_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
	    0)
		return fd;
	close(fd);
	return -1;
}

static bool
is_ready(int fd, short events)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	return poll(&poll_fd, 1, PATIENCE_MS) == 1;
}

bool
fcgi_send(int fd, struct bytes bytes)
{
	while (bytes.size > 0) {
		ssize_t put;

		if (!is_ready(fd, POLLOUT))
			return false;
		put = send(fd, bytes.data, bytes.size,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put < 0)
			return false;
		bytes = bytes_from(bytes, (size_t)put);
	}
	return true;
}

static bool
read_exactly(int fd, uint8_t *into, size_t size)
{
	while (size > 0) {
		ssize_t got;

		if (!is_ready(fd, POLLIN))
			return false;
		got = read(fd, into, size);
		if (got <= 0)
			return false;
		into += got;
		size -= (size_t)got;
	}
	return true;
}

bool
fcgi_receive(int fd, struct fcgi_answer *answer)
{
	uint8_t header[8], content[65536 + 256];

	while (read_exactly(fd, header, sizeof(header))) {
		size_t size = (size_t)header[4] << 8 | header[5];

		if (header[0] != 1 ||
		    !read_exactly(fd, content, size + header[6]))
			return false;
		answer->id = (unsigned)header[2] << 8 | header[3];
		if (header[1] == FCGI_OUTPUT)
			buf_append(&answer->output, bytes_of(content, size));
		if (header[1] != FCGI_END)
			continue;
		answer->application_status = content[3];
		answer->protocol_status = content[4];
		return true;
	}
	return false;
}

void
fcgi_answer_clear(struct fcgi_answer *answer)
{
	buf_clear(&answer->output);
	*answer = (struct fcgi_answer){ 0 };
}

struct bytes
fcgi_answer_body(const struct fcgi_answer *answer)
{
	struct bytes output = buf_bytes(&answer->output);
	const uint8_t *end = output.size == 0 ?
	    NULL :
	    memmem(output.data, output.size, "\r\n\r\n", 4);

	if (end == NULL)
		return bytes_of(NULL, 0);
	return bytes_from(output, (size_t)(end - output.data) + 4);
}

bool
fcgi_is_closed(int fd)
{
	uint8_t octet;

	return is_ready(fd, POLLIN) && read(fd, &octet, 1) <= 0;
}
