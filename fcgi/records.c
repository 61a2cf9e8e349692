/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/records.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "fcgi/deadline.h"

/* FastCGI 1.0, sections 3.3 and 8. */
enum type {
	BEGIN_REQUEST = 1,
	PARAMS = 4,
	STDIN = 5
};

#define VERSION 1
#define HEADER_SIZE 8
#define BEGIN_SIZE 8

/* The longest content of a record that needs no padding. */
#define CONTENT_MAX 65528

/* Beside the query, which web servers send in REQUEST_URI as well: the path,
 * and the client's header. */
#define OTHER_PARAMETERS_MAX (64 * 1024)

struct record {
	uint8_t type;
	uint16_t id;
	struct buf content;
};

/* What has been received. */
struct request {
	uint16_t id;
	struct buf begin; /* the content of BEGIN_REQUEST */
	struct buf parameters;
	struct buf body;
	size_t parameters_max;
	size_t body_max;
};

static bool
read_exactly(int fd, int64_t deadline_us, uint8_t *into, size_t size)
{
	while (size > 0) {
		ssize_t got;

		if (!deadline_wait(fd, POLLIN, deadline_us))
			return false;
		got = recv(fd, into, size, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0)
			return false;
		into += got;
		size -= (size_t)got;
	}
	return true;
}

static bool
read_record(int fd, int64_t deadline_us, struct record *record)
{
	uint8_t header[HEADER_SIZE], padding[UINT8_MAX];
	size_t size;

	buf_truncate(&record->content, 0);
	if (!read_exactly(fd, deadline_us, header, sizeof(header)) ||
	    header[0] != VERSION)
		return false;
	record->type = header[1];
	record->id = (uint16_t)(header[2] << 8 | header[3]);
	size = (size_t)header[4] << 8 | header[5];
	return read_exactly(fd, deadline_us, buf_extend(&record->content, size),
		   size) &&
	    read_exactly(fd, deadline_us, padding, header[6]);
}

/* Reads the record that must be next: of this type, and of this request.
 * Id 0 is for management records, and no request's. */
static bool
read_record_of(int fd, int64_t deadline_us, uint8_t type, uint16_t id,
    struct record *record)
{
	return read_record(fd, deadline_us, record) && record->type == type &&
	    record->id != 0 && (id == 0 || record->id == id);
}

/* A length has one octet, or four of which the first has its top bit set
 * (section 3.4). */
static bool
take_length(struct bytes *from, size_t *length)
{
	size_t octets;

	if (from->size == 0)
		return false;
	octets = from->data[0] < 0x80 ? 1 : 4;
	if (from->size < octets)
		return false;
	*length = from->data[0] & 0x7f;
	for (size_t i = 1; i < octets; i++)
		*length = *length << 8 | from->data[i];
	*from = bytes_from(*from, octets);
	return true;
}

/* Whether all names and values lie within the parameters: libfcgi allocates
 * what their lengths say, before it looks. */
static bool
are_pairs(struct bytes parameters)
{
	while (parameters.size > 0) {
		size_t name, value;

		if (!take_length(&parameters, &name) ||
		    !take_length(&parameters, &value) ||
		    name > parameters.size || value > parameters.size - name)
			return false;
		parameters = bytes_from(parameters, name + value);
	}
	return true;
}

static bool
read_head(int fd, int64_t deadline_us, struct record *record,
    struct request *request)
{
	if (!read_record_of(fd, deadline_us, BEGIN_REQUEST, 0, record) ||
	    record->content.size != BEGIN_SIZE)
		return false;
	request->id = record->id;
	buf_append(&request->begin, buf_bytes(&record->content));
	do {
		if (!read_record_of(fd, deadline_us, PARAMS, request->id,
			record))
			return false;
		buf_append(&request->parameters, buf_bytes(&record->content));
		if (request->parameters.size > request->parameters_max)
			return false;
	} while (record->content.size > 0);
	return are_pairs(buf_bytes(&request->parameters));
}

/* Past the limit the body is read all the same, since what follows it on the
 * connection must be found. */
static void
keep_body(struct request *request, struct bytes content)
{
	size_t room = request->body_max - request->body.size;

	if (content.size > room)
		content.size = room;
	buf_append(&request->body, content);
}

/* Whether the body came to its end. */
static bool
read_body(int fd, int64_t deadline_us, struct record *record,
    struct request *request)
{
	do {
		if (!read_record_of(fd, deadline_us, STDIN, request->id,
			record))
			return false;
		keep_body(request, buf_bytes(&record->content));
	} while (record->content.size > 0);
	return true;
}

static void
append_record(struct buf *to, uint8_t type, uint16_t id, struct bytes content)
{
	const uint8_t header[HEADER_SIZE] = { VERSION, type, (uint8_t)(id >> 8),
		(uint8_t)id, (uint8_t)(content.size >> 8),
		(uint8_t)content.size };

	buf_append(to, BYTES_ARRAY(header));
	buf_append(to, content);
}

/* All but the empty record that ends a stream. */
static void
append_stream(struct buf *to, uint8_t type, uint16_t id, struct bytes content)
{
	while (content.size > 0) {
		size_t size = content.size < CONTENT_MAX ? content.size :
							   CONTENT_MAX;

		append_record(to, type, id, bytes_of(content.data, size));
		content = bytes_from(content, size);
	}
}

static void
append_request(struct buf *to, const struct request *request, bool whole)
{
	const struct bytes none = bytes_of(NULL, 0);
	uint16_t id = request->id;

	append_record(to, BEGIN_REQUEST, id, buf_bytes(&request->begin));
	append_stream(to, PARAMS, id, buf_bytes(&request->parameters));
	append_record(to, PARAMS, id, none);
	append_stream(to, STDIN, id, buf_bytes(&request->body));
	if (whole)
		append_record(to, STDIN, id, none);
}

/* Written anew rather than passed on: so only what has been understood gets
 * to libfcgi, and many tiny records take no more memory than few. */
bool
records_receive(int fd, const struct gateway_limits *limits,
    struct buf *records, bool *whole)
{
	int64_t deadline_us = clock_monotonic_us() + limits->timeout_ms * 1000;
	struct record record = { 0 };
	struct request request = {
		.parameters_max = 2 * (size_t)limits->max_query +
		    OTHER_PARAMETERS_MAX,
		.body_max = (size_t)limits->max_body + 1,
	};
	bool begun = read_head(fd, deadline_us, &record, &request);

	if (begun) {
		*whole = read_body(fd, deadline_us, &record, &request);
		append_request(records, &request, *whole);
	}
	buf_clear(&record.content);
	buf_clear(&request.begin);
	buf_clear(&request.parameters);
	buf_clear(&request.body);
	return begun;
}
