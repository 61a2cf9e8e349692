/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/name.h"

#include <assert.h>

#include "crypto/der.h"
#include "crypto/oid.h"
#include "crypto/text.h"
#include "tests/fuzz/fuzz.h"

/* The octets as a string of the type that the first of them names. */
static void
check_text(struct bytes bytes)
{
	struct buf once = { 0 }, twice = { 0 };

	if (bytes.size > 0 &&
	    text_append_utf8(&once, bytes.data[0], bytes_from(bytes, 1)) ==
		ERR_OK) {
		assert(text_append_utf8(&twice, DER_UTF8_STRING,
			   buf_bytes(&once)) == ERR_OK);
		assert(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
	}
	buf_clear(&once);
	buf_clear(&twice);
}

/* What has a dotted form that can be read is the same octets again. */
static void
check_oid(struct bytes bytes)
{
	struct der der = der_of(bytes);
	struct buf text = { 0 }, octets = { 0 };
	struct bytes oid;

	if (der_read_oid(&der, &oid) == ERR_OK) {
		oid_append_text(&text, oid);
		if (oid_from_text(&octets, buf_string(&text)))
			assert(bytes_equal(buf_bytes(&octets), oid));
	}
	buf_clear(&text);
	buf_clear(&octets);
}

static void
check_names(struct bytes a, struct bytes b)
{
	struct buf text = { 0 };

	assert(name_equal(a, a));
	assert(name_equal(a, b) == name_equal(b, a));
	name_append_text(&text, a);
	if (name_check(a) == ERR_OK)
		assert(!bytes_equal_string(buf_bytes(&text), "(malformed)"));
	if (name_is_empty(a))
		assert(text.size == 0 || name_check(a) != ERR_OK);
	buf_clear(&text);
	if (!name_find(a, BYTES_LITERAL("\x55\x04\x03"), &text))
		assert(text.size == 0);
	buf_clear(&text);
}

/* The input is two names, of which the first says how long it is. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size), first;
	struct der der = der_of(bytes);

	check_text(bytes);
	check_oid(bytes);
	check_names(bytes, bytes);
	if (der_read_whole(&der, DER_SEQUENCE, &first) == ERR_OK) {
		check_names(first, der.left);
		check_names(der.left, first);
	}
	return 0;
}
