/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errand_wire.h"

#include <assert.h>

#include "tests/fuzz/fuzz.h"

/* What can be read is read as it was written: there is one way to say it. */
static void
check_request(struct bytes message)
{
	struct errand_request request;
	struct buf again = { 0 };

	if (errand_wire_read_request(message, &request) != ERR_OK)
		return;
	errand_wire_append_request(&again, &request);
	assert(bytes_equal(buf_bytes(&again), message));
	buf_clear(&again);
}

static void
check_reply(struct bytes message)
{
	struct errand_reply reply;
	struct buf again = { 0 };

	if (errand_wire_read_reply(message, &reply) != ERR_OK)
		return;
	errand_wire_append_reply(&again, &reply);
	assert(bytes_equal(buf_bytes(&again), message));
	buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_request(bytes_of(data, size));
	check_reply(bytes_of(data, size));
	return 0;
}
