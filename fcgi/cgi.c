/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/cgi.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "fcgi/deadline.h"

/* The body that is still to come. */
struct source {
	int in;
	int64_t left; /* octets, INT64_MAX: all there are */
	int64_t deadline_us;
};

/* CGI's variables are the environment (RFC 3875 section 4.1). */
static const char *
variable(void *context, const char *name)
{
	(void)context;
	return getenv(name);
}

/*
 * RFC 3875 section 4.2 forbids to read past CONTENT_LENGTH: some web servers
 * never end the stream.  Apache passes a chunked body on without a length and
 * ends it.
 */
static int64_t
body_length(void)
{
	const char *encoding = getenv("HTTP_TRANSFER_ENCODING");
	int64_t length = 0;

	if (gateway_length(bytes_of_string(getenv("CONTENT_LENGTH")),
		&length) == GATEWAY_LENGTH_ABSENT &&
	    encoding != NULL && encoding[0] != '\0')
		length = INT64_MAX;
	return length;
}

/* The deadline is the whole body's, so that a byte now and then buys no
 * time. */
static ssize_t
read_body(void *context, void *into, size_t size)
{
	struct source *source = context;
	ssize_t got;

	if (source->left == 0)
		return 0;
	if ((int64_t)size > source->left)
		size = (size_t)source->left;
	do {
		if (!deadline_wait(source->in, POLLIN, source->deadline_us))
			return -1;
		got = read(source->in, into, size);
	} while (got < 0 && errno == EINTR);
	if (got > 0 && source->left != INT64_MAX)
		source->left -= got;
	return got;
}

static void
write_all(int out, struct bytes bytes, int64_t deadline_us)
{
	while (bytes.size > 0 && deadline_wait(out, POLLOUT, deadline_us)) {
		ssize_t put = write(out, bytes.data, bytes.size);

		if (put < 0 && errno != EINTR)
			return;
		if (put > 0)
			bytes = bytes_from(bytes, (size_t)put);
	}
}

/* The reading and the writing have a time limit each; between them, work takes
 * what it takes. */
void
cgi_serve(const struct gateway_limits *limits,
    const struct gateway_handler *handler, int in, int out)
{
	int64_t timeout_us = limits->timeout_ms * 1000;
	struct source body = { in, body_length(),
		clock_monotonic_us() + timeout_us };
	const struct gateway_source source = { variable, read_body, &body };
	struct gateway_request request = { 0 };
	struct buf answer = { 0 };
	enum err err = gateway_receive(&source, limits, &request);

	gateway_answer(handler, &request.exchange, err);
	gateway_append_head(&answer, &request.exchange);
	buf_append(&answer, buf_bytes(&request.exchange.reply));
	write_all(out, buf_bytes(&answer), clock_monotonic_us() + timeout_us);
	buf_clear(&answer);
	gateway_clear(&request);
}
