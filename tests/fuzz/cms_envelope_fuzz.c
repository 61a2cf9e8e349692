/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_envelope.h"

#include "crypto/ber.h"
#include "crypto/name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_key.h"

/* The recipient that the envelopes among the seeds name. */
static const struct certificate *
recipient(void)
{
	static const struct name_part parts[] = { { "O", "Example" },
		{ "CN", "rsa" } };
	static struct certificate *certificate;
	const struct key *key = fuzz_key();
	struct buf name = { 0 }, tbs = { 0 }, made = { 0 };
	struct certificate_order order;

	if (certificate != NULL)
		return certificate;
	assert(name_append(&name, parts, 2) == ERR_OK);
	order = (struct certificate_order){
		.serial = BYTES_LITERAL("\x10\x01"),
		.issuer = buf_bytes(&name),
		.subject = buf_bytes(&name),
		.spki = key_spki(key),
		.subject_key_id = BYTES_LITERAL("id"),
	};
	certificate_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert(signed_object_append(&made, key, buf_bytes(&tbs)) == ERR_OK);
	assert(certificate_read(buf_bytes(&made), &certificate) == ERR_OK);
	buf_clear(&name);
	buf_clear(&tbs);
	buf_clear(&made);
	return certificate;
}

static enum err
open_envelope(struct bytes der, struct buf *content)
{
	struct cms_keyring keyring = { provider_find("gnutls"),
		{ { recipient(), fuzz_key() } }, 1 };
	struct algorithms all = { 0, (1u << CIPHER_COUNT) - 1 };
	struct cms_envelope_facts facts;
	enum err err = cms_envelope_open(der, &keyring, all, &facts, content);

	assert((content->size > 0) == (err == ERR_OK));
	assert(err != ERR_OK || facts.has_cipher);
	assert(content->size <= der.size);
	return err;
}

/* A repeated message fares alike. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);
	struct buf der = { 0 }, first = { 0 }, second = { 0 };

	(void)!open_envelope(bytes, &first);
	buf_clear(&first);
	if (ber_normalise(bytes, &der) == ERR_OK) {
		enum err err = open_envelope(buf_bytes(&der), &first);

		assert(open_envelope(buf_bytes(&der), &second) == err);
		assert(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
	}
	buf_clear(&der);
	buf_clear(&first);
	buf_clear(&second);
	return 0;
}
