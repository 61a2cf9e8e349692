/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_BYTES_H
#define SCEPD_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A borrowed view of bytes that somebody else owns: passed by value, never
 * freed, valid only as long as its owner is.  The other type of bytes, the
 * owned and growing one, is struct buf.  A view of nothing has size 0, and
 * its data may then be NULL.
 */
struct bytes {
	const uint8_t *data;
	size_t size;
};

/* The view of a string literal's or array's bytes, without the final NUL. */
#define BYTES_LITERAL(literal) \
	((struct bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })

/* The view of a whole array of bytes. */
#define BYTES_ARRAY(array) ((struct bytes){ (array), sizeof(array) })

/* The view of a NUL-terminated string; of nothing where string is NULL. */
struct bytes bytes_of_string(const char *string);

/* The view of `size` bytes at `data`. */
struct bytes bytes_of(const void *data, size_t size);

/* The part of `bytes` that starts at `offset`; its empty end when past it. */
struct bytes bytes_from(struct bytes bytes, size_t offset);

/* The part of *rest before its first `mark`, behind which *rest then starts.
 * Where there is none, that is all of it, and *rest is its empty end. */
struct bytes bytes_cut(struct bytes *rest, char mark);

/* Without the characters of `blanks` at its end, or at both of its ends. */
struct bytes bytes_trim_end(struct bytes bytes, const char *blanks);
struct bytes bytes_trim(struct bytes bytes, const char *blanks);

/* Whether they are digits, at least one, and nothing else: then *number is what
 * they say, or `limit` where that is more. */
bool bytes_read_number(struct bytes bytes, int64_t limit, int64_t *number);

/*
 * Whether both hold the same bytes.  Lengths are compared first, so a prefix
 * never equals the whole.  Not for secrets: it stops at the first difference.
 */
bool bytes_equal(struct bytes a, struct bytes b);

/* Whether `bytes` are exactly the characters of `string`. */
bool bytes_equal_string(struct bytes bytes, const char *string);

/* Whether `bytes` begin with the characters of `string`. */
bool bytes_begin_with(struct bytes bytes, const char *string);

/* As bytes_equal_string, with ASCII letters compared ignoring their case. */
bool bytes_equal_string_nocase(struct bytes bytes, const char *string);

/*
 * Whether two secrets, nonces or MACs are equal.  The time it takes depends
 * on the sizes only, never on the contents.
 */
bool bytes_equal_secret(struct bytes a, struct bytes b);

/* <0, 0 or >0, as memcmp orders them, a prefix before the longer one. */
int bytes_compare(struct bytes a, struct bytes b);

/*
 * Overwrites `size` bytes at `data` so that the compiler can't leave it out.
 * It can't reach copies in registers or in swapped pages.  data may be NULL
 * when size is 0.
 */
void bytes_wipe(void *data, size_t size);

#endif
