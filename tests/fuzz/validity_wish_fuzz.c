/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/validity_wish.h"

#include <assert.h>

#include "tests/fuzz/fuzz.h"

/* The values of an attribute that says how long a certificate is to be
 * valid. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct validity_wish wish = { 0 };
	int days;

	validity_wish_read(der_of(bytes_of(data, size)), &wish);
	days = validity_wish_days(&wish);
	assert(days >= 0 && days <= VALIDITY_WISH_MOST_DAYS);
	assert((days > 0) == (wish.unit > 0 && wish.units > 0));
	return 0;
}
