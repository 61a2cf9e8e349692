/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json_line.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* A line of an administrator's program.  What was read of it and is written
 * again reads as the same. */
static void
read_again(const struct json_line_member *id,
    const struct json_line_member *text)
{
	struct json_line_member again[] = {
		{ .name = "id", .kind = JSON_LINE_INTEGER },
		{ .name = "text", .kind = JSON_LINE_STRING },
	};
	struct buf line = { 0 };

	buf_printf(&line, "{\"id\": %lld, \"text\": ", (long long)id->integer);
	json_line_append_string(&line, buf_bytes(&text->text));
	buf_append_octet(&line, '}');
	if (json_line_read(buf_bytes(&line), again, 2) != ERR_OK ||
	    again[0].integer != id->integer ||
	    !bytes_equal(buf_bytes(&again[1].text), buf_bytes(&text->text)))
		abort();
	json_line_clear(again, 2);
	buf_clear(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_line_member members[] = {
		{ .name = "id", .kind = JSON_LINE_INTEGER },
		{ .name = "text", .kind = JSON_LINE_STRING },
	};

	if (json_line_read(bytes_of(data, size), members, 2) != ERR_OK)
		return 0;
	assert(memchr(buf_string(&members[1].text), '\0',
		   members[1].text.size) == NULL);
	read_again(&members[0], &members[1]);
	json_line_clear(members, 2);
	return 0;
}
