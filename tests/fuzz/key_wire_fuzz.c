/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_wire.h"

#include <assert.h>

#include "tests/fuzz/fuzz.h"

#define LENGTH_SIZE 4

/* What can be read is read as it was written: there is one way to say it. */
static void
check_request(struct bytes payload)
{
	struct key_wire_request request;
	struct buf frame = { 0 };

	if (key_wire_read_request(payload, &request) != ERR_OK)
		return;
	key_wire_append_request(&frame, &request);
	assert(bytes_equal(bytes_from(buf_bytes(&frame), LENGTH_SIZE),
	    payload));
	buf_clear(&frame);
}

static void
check_reply(struct bytes payload)
{
	struct key_wire_reply reply;
	struct buf frame = { 0 };

	if (key_wire_read_reply(payload, &reply) != ERR_OK)
		return;
	key_wire_append_reply(&frame, &reply);
	assert(bytes_equal(bytes_from(buf_bytes(&frame), LENGTH_SIZE),
	    payload));
	buf_clear(&frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_request(bytes_of(data, size));
	check_reply(bytes_of(data, size));
	return 0;
}
