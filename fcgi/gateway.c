/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/gateway.h"

#include "base/clock.h"

/*
 * FastCGI and CGI differ in where variables and body come from; all else is
 * here, once, and tested once.  Nothing that comes in is trusted: lengths are
 * counted and not believed, and bytes are handed on as they came.
 */

struct phrase {
	int status;
	const char *text;
};

/* The phrase is for people, but cryptlib can't do without one. */
static const struct phrase phrases[] = {
	{ 200, "OK" },
	{ 400, "Bad Request" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
	{ 0, "Unspecified" },
};

enum gateway_length
gateway_length(struct bytes text, int64_t *length)
{
	if (text.size == 0)
		return GATEWAY_LENGTH_ABSENT;
	return bytes_read_number(text, INT64_MAX, length) ?
	    GATEWAY_LENGTH_NUMBER :
	    GATEWAY_LENGTH_MALFORMED;
}

/* A variable that is empty and one that is not there are the same: nginx sends
 * CONTENT_LENGTH="" with each GET. */
static struct bytes
variable(const struct gateway_source *source, const char *name)
{
	return bytes_of_string(source->variable(source->context, name));
}

static void
fill_variables(const struct gateway_source *source,
    struct gateway_request *request)
{
	struct scep_exchange *exchange = &request->exchange;

	/* Web servers split one and the same URL differently. */
	buf_append(&request->path, variable(source, "SCRIPT_NAME"));
	buf_append(&request->path, variable(source, "PATH_INFO"));
	exchange->path = buf_bytes(&request->path);
	exchange->method = variable(source, "REQUEST_METHOD");
	exchange->query = variable(source, "QUERY_STRING");
	exchange->peer = variable(source, "REMOTE_ADDR");
	exchange->received_at = clock_now();
}

/* Reads the body to its end; keeps it as long as `err`, what is known of the
 * request so far, is ERR_OK. */
static enum err
read_body(const struct gateway_source *source, int64_t max_body, enum err err,
    struct buf *body, int64_t *length)
{
	for (;;) {
		uint8_t chunk[4096];
		ssize_t got = source->read(source->context, chunk,
		    sizeof(chunk));

		if (got < 0 && err == ERR_OK)
			err = ERR_HTTP_LENGTH;
		if (got <= 0)
			return err;
		*length += got;
		if (*length > max_body && err == ERR_OK)
			err = ERR_HTTP_BODY_LIMIT;
		if (err == ERR_OK)
			buf_append(body, bytes_of(chunk, (size_t)got));
	}
}

/*
 * What is known to be too large is refused before its body is read, but the
 * body is read all the same, if only to be thrown away: what follows it on the
 * connection must be found.
 */
enum err
gateway_receive(const struct gateway_source *source,
    const struct gateway_limits *limits, struct gateway_request *request)
{
	int64_t announced = 0, length = 0;
	enum gateway_length kind =
	    gateway_length(variable(source, "CONTENT_LENGTH"), &announced);
	enum err err = ERR_OK;

	fill_variables(source, request);
	if (request->exchange.query.size > (size_t)limits->max_query)
		err = ERR_HTTP_QUERY_LIMIT;
	else if (kind == GATEWAY_LENGTH_MALFORMED)
		err = ERR_HTTP_LENGTH;
	else if (announced > limits->max_body)
		err = ERR_HTTP_BODY_LIMIT;
	err = read_body(source, limits->max_body, err, &request->body, &length);
	/* libfcgi hands over whatever came, more or less than announced. */
	if (err == ERR_OK && kind == GATEWAY_LENGTH_NUMBER &&
	    length != announced)
		err = ERR_HTTP_LENGTH;
	if (err != ERR_OK)
		buf_clear(&request->body);
	request->exchange.body = buf_bytes(&request->body);
	return err;
}

void
gateway_answer(const struct gateway_handler *handler,
    struct scep_exchange *exchange, enum err err)
{
	if (err == ERR_OK)
		handler->serve(handler->context, exchange);
	else
		handler->refuse(handler->context, exchange, err);
}

/*
 * Content-Length always: old clients of HTTP/1.0 know no chunks (E10).  And no
 * parameters behind the type, by which several clients know what they got
 * (E1).
 */
void
gateway_append_head(struct buf *to, const struct scep_exchange *exchange)
{
	const struct phrase *phrase = phrases;

	while (phrase->status != 0 && phrase->status != exchange->status)
		phrase++;
	buf_printf(to, "Status: %d %s\r\n", exchange->status, phrase->text);
	buf_printf(to, "Content-Type: %s\r\n", exchange->content_type);
	buf_printf(to, "Content-Length: %zu\r\n", exchange->reply.size);
	/* A GET that enrols must reach us each time. */
	if (exchange->cached_for == 0)
		buf_append_string(to, "Cache-Control: no-store\r\n");
	else
		buf_printf(to, "Cache-Control: max-age=%u\r\n",
		    exchange->cached_for);
	if (exchange->status == 405) /* RFC 9110 section 15.5.6 */
		buf_append_string(to, "Allow: GET, POST\r\n");
	if (exchange->retry_after > 0) /* RFC 9110 section 10.2.3 */
		buf_printf(to, "Retry-After: %lld\r\n",
		    (long long)exchange->retry_after);
	buf_append_string(to, "\r\n");
}

void
gateway_clear(struct gateway_request *request)
{
	buf_clear(&request->path);
	buf_clear(&request->body);
	buf_clear(&request->exchange.reply);
	request->exchange = (struct scep_exchange){ 0 };
}
