/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/pem.h"
#include "tests/fuzz/fuzz.h"

/* What was decoded is encoded and decoded to the same again. */
static void
there_and_back(struct bytes decoded)
{
	struct buf text = { 0 }, back = { 0 };

	base64_append(&text, decoded);
	assert(base64_decode(&back, buf_bytes(&text)));
	assert(bytes_equal(buf_bytes(&back), decoded));
	buf_clear(&text);
	buf_clear(&back);
}

/* Any bytes at all become one line of printable characters. */
static void
one_field(struct bytes value)
{
	struct buf line = { 0 };

	log_field(&line, "value", value);
	for (size_t i = 0; i < line.size; i++)
		assert(line.data[i] >= ' ' && line.data[i] <= '~');
	buf_clear(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
	struct buf decoded = { 0 }, der = { 0 };

	one_field(text);
	if (base64_decode(&decoded, text))
		there_and_back(buf_bytes(&decoded));
	else
		assert(decoded.size == 0);
	while (pem_next(&text, "CERTIFICATE", &der) == ERR_OK)
		there_and_back(buf_bytes(&der));
	buf_clear(&decoded);
	buf_clear(&der);
	return 0;
}
