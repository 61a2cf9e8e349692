/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/query.h"

#include <assert.h>

#include "base/base64.h"
#include "base/hex.h"
#include "tests/fuzz/fuzz.h"

/* What is found lies in the query, and behind "NAME=" or at an end. */
static struct bytes
find(struct bytes query, const char *name)
{
	struct bytes value = { NULL, 0 };

	if (!query_find(query, name, &value))
		assert(value.data == NULL);
	else
		assert(value.size == 0 ||
		    (value.data > query.data &&
			value.data + value.size <= query.data + query.size));
	return value;
}

/* Appends every octet as %XX. */
static void
escape(struct buf *to, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++) {
		buf_append_octet(to, '%');
		hex_append(to, bytes_of(bytes.data + i, 1));
	}
}

static void
check_decode(struct bytes value)
{
	struct buf decoded = { 0 }, escaped = { 0 }, again = { 0 };

	if (query_decode(value, &decoded) == ERR_OK) {
		assert(decoded.size <= value.size);
		escape(&escaped, buf_bytes(&decoded));
		assert(query_decode(buf_bytes(&escaped), &again) == ERR_OK);
		assert(bytes_equal(buf_bytes(&again), buf_bytes(&decoded)));
	} else {
		assert(decoded.size == 0);
	}
	buf_clear(&decoded);
	buf_clear(&escaped);
	buf_clear(&again);
}

/* What one spelling of a message says, the plain one says too. */
static void
check_message(struct bytes value)
{
	struct buf message = { 0 }, plain = { 0 }, again = { 0 };

	if (query_decode_message(value, &message) == ERR_OK) {
		assert(message.size > 0);
		base64_append(&plain, buf_bytes(&message));
		assert(query_decode_message(buf_bytes(&plain), &again) ==
		    ERR_OK);
		assert(bytes_equal(buf_bytes(&again), buf_bytes(&message)));
	} else {
		assert(message.size == 0);
	}
	buf_clear(&message);
	buf_clear(&plain);
	buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes query = bytes_of(data, size);

	find(query, "operation");
	check_decode(query);
	check_message(query);
	check_message(find(query, "message"));
	return 0;
}
