/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/csr.h"

#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_key.h"

static bool
is_password(struct bytes bytes)
{
	struct buf text = { 0 };
	bool valid = bytes.size <= 1024 &&
	    text_append_utf8(&text, DER_UTF8_STRING, bytes) == ERR_OK;

	buf_clear(&text);
	return valid;
}

static void
check_read(const struct provider *provider, struct bytes bytes)
{
	struct csr *csr = NULL;

	if (csr_read(provider, bytes, &csr) == ERR_OK) {
		assert(name_check(csr->subject) == ERR_OK);
		assert(extensions_check(csr->extensions) == ERR_OK);
		assert(is_password(buf_bytes(&csr->challenge)) ||
		    csr->challenge.size > 1024);
		assert(signed_object_verify(provider, &csr->outer, csr->spki) ==
		    ERR_OK);
	} else {
		assert(csr == NULL);
	}
	csr_free(csr);
}

/* Whatever part of a request the octets can be, a request with them is read
 * as it was written. */
static void
check_round_trip(const struct provider *provider, struct bytes bytes)
{
	struct csr_order order = { .subject = BYTES_LITERAL("\x30\x00") };
	struct buf made = { 0 };
	struct csr *csr = NULL;

	if (name_check(bytes) == ERR_OK)
		order.subject = bytes;
	if (extensions_check(bytes) == ERR_OK)
		order.extensions = bytes;
	if (is_password(bytes))
		order.challenge = bytes;
	if (order.subject.data != bytes.data && order.extensions.size == 0 &&
	    order.challenge.size == 0)
		return;
	assert(csr_append(&made, &order, fuzz_key()) == ERR_OK);
	assert(csr_read(provider, buf_bytes(&made), &csr) == ERR_OK);
	assert(bytes_equal(csr->subject, order.subject));
	assert(bytes_equal(csr->extensions, order.extensions));
	assert(bytes_equal(buf_bytes(&csr->challenge), order.challenge));
	csr_free(csr);
	buf_clear(&made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct provider *provider = provider_find("gnutls");
	struct bytes bytes = bytes_of(data, size);

	check_read(provider, bytes);
	check_round_trip(provider, bytes);
	return 0;
}
