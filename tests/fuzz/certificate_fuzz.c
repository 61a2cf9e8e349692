/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate.h"

#include "crypto/oid.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_key.h"

/* What was filtered once passes through a second time as it is. */
static void
check_names(struct bytes names, unsigned allowed)
{
	struct buf once = { 0 }, twice = { 0 };

	if (general_names_filter(&once, names, allowed) == ERR_OK) {
		assert(general_names_filter(&twice, buf_bytes(&once),
			   allowed) == ERR_OK);
		assert(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
	} else {
		assert(once.size == 0);
	}
	buf_clear(&once);
	buf_clear(&twice);
}

static void
check_extensions(struct bytes extensions)
{
	struct bytes value;

	(void)extensions_key_usage(extensions);
	(void)extensions_is_ca(extensions);
	(void)extensions_have_purpose(extensions, OID_RSA);
	if (extensions_find(extensions, OID_SUBJECT_ALT_NAME, &value))
		check_names(value,
		    0x1ff | GENERAL_NAMES_WILDCARD | GENERAL_NAMES_SID);
}

/* A certificate made of the parts of one is read as it was written. */
static void
check_round_trip(const struct certificate *certificate, struct bytes key_id)
{
	struct certificate_order order = {
		.serial = certificate->serial,
		.issuer = certificate->issuer,
		.subject = certificate->subject,
		.spki = certificate->spki,
		.key_usage = extensions_key_usage(certificate->extensions),
		.ca = extensions_is_ca(certificate->extensions),
		.subject_key_id = key_id,
	};
	const struct key *key = fuzz_key();
	struct buf tbs = { 0 }, made = { 0 };
	struct certificate *again = NULL;

	certificate_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert(signed_object_append(&made, key, buf_bytes(&tbs)) == ERR_OK);
	assert(certificate_read(buf_bytes(&made), &again) == ERR_OK);
	assert(certificate_is_named(again, order.issuer, order.serial));
	assert(bytes_equal(again->subject, order.subject));
	assert(bytes_equal(again->spki, order.spki));
	assert(extensions_key_usage(again->extensions) ==
	    (order.key_usage == 0 ? KEY_USAGE_UNRESTRICTED : order.key_usage));
	assert(extensions_is_ca(again->extensions) == order.ca);
	certificate_free(again);
	buf_clear(&made);
	buf_clear(&tbs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct provider *provider = provider_find("gnutls");
	struct bytes bytes = bytes_of(data, size);
	struct certificate *certificate = NULL;
	struct buf key_id = { 0 };

	check_names(bytes, 1u << GENERAL_NAME_DNS | 1u << GENERAL_NAME_IP);
	check_extensions(bytes);
	if (certificate_read(bytes, &certificate) == ERR_OK) {
		check_extensions(certificate->extensions);
		if (certificate_key_id(provider, certificate, &key_id) ==
		    ERR_OK)
			check_round_trip(certificate, buf_bytes(&key_id));
		/* Either answer will do. */
		(void)!signed_object_verify(provider, &certificate->outer,
		    certificate->spki);
	}
	certificate_free(certificate);
	buf_clear(&key_id);
	return 0;
}
