/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_BUF_H
#define SCEPD_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/*
 * Bytes that we own and that grow.  A buf of all zeroes is empty and ready;
 * it is embedded in its user and emptied by buf_clear, which wipes: so does
 * every move to a larger block.  Allocation never fails (xalloc.h).
 */
struct buf {
	uint8_t *data;
	size_t size;
	size_t capacity;
};

/* Wipes and frees the contents; the buf is empty and ready again. */
void buf_clear(struct buf *buf);

/* Wipes what lies past `size` and keeps the rest; size must not be larger
 * than the present one. */
void buf_truncate(struct buf *buf, size_t size);

/* Appends. The view may not lie inside the same buf. */
void buf_append(struct buf *buf, struct bytes bytes);
void buf_append_octet(struct buf *buf, uint8_t octet);
void buf_append_string(struct buf *buf, const char *string);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends `size` zeroed bytes and returns where they are: valid until the
 * next append. */
uint8_t *buf_extend(struct buf *buf, size_t size);

/* A view of the contents, valid until the next append or clear. */
struct bytes buf_bytes(const struct buf *buf);

/* The contents as a NUL-terminated string, valid like buf_bytes. The NUL is
 * not counted in the size. */
const char *buf_string(struct buf *buf);

#endif
