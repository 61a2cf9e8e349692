/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* What lies past the size has been wiped by buf_truncate, or was never
 * filled. */
void
buf_clear(struct buf *buf)
{
	bytes_wipe(buf->data, buf->size);
	free(buf->data);
	*buf = (struct buf){ 0 };
}

void
buf_truncate(struct buf *buf, size_t size)
{
	assert(size <= buf->size);
	if (size < buf->size)
		bytes_wipe(buf->data + size, buf->size - size);
	buf->size = size;
}

/* Room for `more` bytes behind the contents.  No realloc: it would leave a
 * copy of what may be a secret in freed memory. */
static void
reserve(struct buf *buf, size_t more)
{
	size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
	uint8_t *data;

	/* Sizes are bounded long before; this is for our own slips. */
	assert(more < SIZE_MAX / 4 - buf->size);
	if (buf->capacity - buf->size >= more && buf->data != NULL)
		return;
	while (capacity - buf->size < more)
		capacity *= 2;
	data = xalloc(capacity);
	if (buf->size > 0)
		memcpy(data, buf->data, buf->size);
	bytes_wipe(buf->data, buf->size);
	free(buf->data);
	buf->data = data;
	buf->capacity = capacity;
}

uint8_t *
buf_extend(struct buf *buf, size_t size)
{
	uint8_t *place;

	reserve(buf, size);
	place = buf->data + buf->size;
	memset(place, 0, size);
	buf->size += size;
	return place;
}

void
buf_append(struct buf *buf, struct bytes bytes)
{
	if (bytes.size > 0)
		memcpy(buf_extend(buf, bytes.size), bytes.data, bytes.size);
}

void
buf_append_octet(struct buf *buf, uint8_t octet)
{
	*buf_extend(buf, 1) = octet;
}

void
buf_append_string(struct buf *buf, const char *string)
{
	buf_append(buf, bytes_of_string(string));
}

/* The text may hold a secret, so the copy that vasprintf made is wiped. */
void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	assert(length >= 0);
	buf_append(buf, bytes_of(text, (size_t)length));
	bytes_wipe(text, (size_t)length);
	free(text);
}

struct bytes
buf_bytes(const struct buf *buf)
{
	return bytes_of(buf->data, buf->size);
}

/* The NUL lies behind the contents and is not counted, so the next append
 * overwrites it. */
const char *
buf_string(struct buf *buf)
{
	reserve(buf, 1);
	buf->data[buf->size] = '\0';
	return (const char *)buf->data;
}
