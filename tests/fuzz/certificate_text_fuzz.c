/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>

#include "tests/fuzz/fuzz.h"
#include "tools/certificate_text.h"

/* Whatever it is has some text, and never a longer one than its octets could
 * be written in, name by name. */
static void
assert_bounded(const struct buf *text, size_t size)
{
	assert(text->size <= 16 * size + 64);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes der = bytes_of(data, size);
	struct buf text = { 0 };

	certificate_text_append_names(&text, der);
	assert_bounded(&text, size);
	buf_clear(&text);
	certificate_text_append_purposes(&text, der);
	assert_bounded(&text, size);
	buf_clear(&text);
	certificate_text_append_key(&text, der);
	assert_bounded(&text, size);
	buf_clear(&text);
	return 0;
}
