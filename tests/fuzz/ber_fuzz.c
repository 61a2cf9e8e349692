/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/ber.h"

#include <assert.h>

#include "crypto/der.h"
#include "tests/fuzz/fuzz.h"

/* All that der.h reads, down to the last element, is strict DER. */
static void
check_strict(struct bytes bytes)
{
	struct der der = der_of(bytes);
	struct der_element element;

	while (!der_at_end(&der)) {
		assert(der_read_any(&der, &element) == ERR_OK);
		if ((element.tag & 0x20) != 0)
			check_strict(element.content);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = { 0 }, twice = { 0 };
	enum err err = ber_normalise(bytes_of(data, size), &once);

	if (err == ERR_OK) {
		check_strict(buf_bytes(&once));
		/* What is normalised stays as it is. */
		assert(ber_normalise(buf_bytes(&once), &twice) == ERR_OK);
		assert(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
	} else {
		assert(once.size == 0);
	}
	buf_clear(&once);
	buf_clear(&twice);
	return 0;
}
