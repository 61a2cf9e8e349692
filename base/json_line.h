/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_JSON_LINE_H
#define SCEPD_BASE_JSON_LINE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * JSON (RFC 8259) as far as it goes over a pipe, a line an object: the members
 * of one object, which are strings, integers, and arrays of strings.
 */

/* Appends a string in ASCII, quotes included.  What is not UTF-8 becomes
 * U+FFFD, an octet each. */
void json_line_append_string(struct buf *to, struct bytes text);

/* Appends the lines of a text, as an array of strings. */
void json_line_append_lines(struct buf *to, struct bytes text);

enum json_line_kind {
	JSON_LINE_INTEGER,
	JSON_LINE_STRING,
	JSON_LINE_STRINGS /* never wanted, and passed over */
};

/* A member that is wanted, and what it is. */
struct json_line_member {
	const char *name;
	enum json_line_kind kind;
	bool is_there;
	int64_t integer;
	struct buf text; /* UTF-8, without U+0000 */
};

/*
 * Reads an object, and nothing behind it, into the `count` members, of which
 * name and kind are set and the rest is zero; they are the caller's, to
 * json_line_clear.  Members of other names are passed over.  ERR_JSON_LINE,
 * with none of them there, where it is no such object: one with numbers past
 * int64_t or with a point, true, false, null, objects or arrays within, U+0000,
 * half a surrogate pair, or broken UTF-8; and where a member that is wanted is
 * there twice, or of another kind.  Takes time and memory by the size of the
 * line, and no stack.
 */
CHECKED enum err json_line_read(struct bytes line,
    struct json_line_member *members, size_t count);

/* Wipes what was read; NULL is nothing where the count is 0. */
void json_line_clear(struct json_line_member *members, size_t count);

#endif
