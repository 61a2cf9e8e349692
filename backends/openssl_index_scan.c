/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_scan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

struct scan {
	enum err (*each)(void *context, const struct openssl_index_line *line);
	void *context;
	struct buf text; /* what was read and is no whole line yet */
	uint64_t lines;
};

static enum err
hand_over(struct scan *scan, struct bytes text, bool ended)
{
	const struct openssl_index_line line = { text, ++scan->lines, ended };

	return scan->each(scan->context, &line);
}

/* Hands over the whole lines of what was read; moves the rest to the start.
 * `old` octets at the start are known to have no line end. */
static enum err
take_lines(struct scan *scan, size_t old)
{
	struct bytes left = buf_bytes(&scan->text);
	size_t searched = old;
	const uint8_t *end;
	enum err err;

	while (left.size > searched &&
	    (end = memchr(left.data + searched, '\n', left.size - searched)) !=
		NULL) {
		size_t size = (size_t)(end - left.data);

		err = hand_over(scan, bytes_of(left.data, size), true);
		if (err != ERR_OK)
			return err;
		left = bytes_from(left, size + 1);
		searched = 0;
	}
	if (left.size > OPENSSL_INDEX_MAX_LINE)
		return ERR_INDEX_DAMAGED;
	if (left.size > 0)
		memmove(scan->text.data, left.data, left.size);
	scan->text.size = left.size;
	return ERR_OK;
}

/* One chunk from `offset`; *got octets of it, 0 at the end. */
static enum err
read_chunk(struct scan *scan, int fd, off_t offset, size_t *got)
{
	size_t before = scan->text.size;
	uint8_t *to = buf_extend(&scan->text, CHUNK);
	ssize_t size;

	do
		size = pread(fd, to, CHUNK, offset);
	while (size < 0 && errno == EINTR);
	scan->text.size = before + (size > 0 ? (size_t)size : 0);
	if (size < 0)
		return ERR_INDEX;
	*got = (size_t)size;
	return ERR_OK;
}

static enum err
scan_all(struct scan *scan, int fd)
{
	off_t offset = 0;
	size_t old, got;
	enum err err;

	do {
		old = scan->text.size;
		err = read_chunk(scan, fd, offset, &got);
		if (err == ERR_OK)
			err = take_lines(scan, old);
		if (err != ERR_OK)
			return err;
		offset += (off_t)got;
	} while (got > 0);
	return scan->text.size == 0 ?
	    ERR_OK :
	    hand_over(scan, buf_bytes(&scan->text), false);
}

enum err
openssl_index_scan(int fd,
    enum err (*each)(void *context, const struct openssl_index_line *line),
    void *context)
{
	struct scan scan = { .each = each, .context = context };
	enum err err = scan_all(&scan, fd);

	buf_clear(&scan.text);
	return err;
}

bool
openssl_index_is_comment(const struct openssl_index_line *line)
{
	return bytes_begin_with(line->text, "#");
}
