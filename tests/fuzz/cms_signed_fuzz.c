/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_signed.h"

#include <assert.h>

#include "crypto/ber.h"
#include "crypto/cms_certs.h"
#include "crypto/oid.h"
#include "tests/fuzz/fuzz.h"

#define LIMIT 8

/* The certificates alone, written anew, are the same in the same order. */
static void
check_certificates(struct bytes der)
{
	struct bytes first[LIMIT], second[LIMIT];
	struct buf made = { 0 };
	size_t count = 0, again = 0;

	if (cms_certs_read(der, first, LIMIT, &count) != ERR_OK)
		return;
	cms_certs_append(&made, first, count);
	assert(cms_certs_read(buf_bytes(&made), second, LIMIT, &again) ==
	    ERR_OK);
	assert(again == count);
	for (size_t i = 0; i < count; i++)
		assert(bytes_equal(first[i], second[i]));
	buf_clear(&made);
}

static void
check_message(struct bytes der)
{
	const struct provider *provider = provider_find("gnutls");
	struct algorithms all = { (1u << DIGEST_COUNT) - 1, 0 };
	struct cms_signed message = { 0 };
	enum digest digest = DIGEST_COUNT;
	struct bytes unknown = { 0 };
	struct der_element value;

	if (cms_signed_read(der, &message) != ERR_OK) {
		assert(message.signer == NULL);
		return;
	}
	if (cms_signed_attribute(&message, OID_TRANSACTION_ID, &value) ==
	    ERR_OK)
		assert(value.tag != 0 || value.whole.size == 0);
	if (cms_signed_verify(provider, &message, all, &digest, &unknown) ==
	    ERR_OK) {
		assert(message.signer != NULL && digest < DIGEST_COUNT);
		assert(message.attributes.size > 0);
	}
	cms_signed_clear(&message);
}

/* As it came, and as it is after the normaliser that all real ones pass. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);
	struct buf der = { 0 };

	check_certificates(bytes);
	check_message(bytes);
	if (ber_normalise(bytes, &der) == ERR_OK &&
	    !bytes_equal(buf_bytes(&der), bytes))
		check_message(buf_bytes(&der));
	buf_clear(&der);
	return 0;
}
