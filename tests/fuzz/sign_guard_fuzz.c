/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/sign_guard.h"

#include "crypto/ber.h"
#include "crypto/certificate.h"
#include "crypto/cms_signed.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_key.h"

/*
 * What the guard lets through is read again by the readers that everybody
 * uses, which are more lenient: also to them it says nothing that it must not
 * say.  The guard is that of tests/unit/crypto_sign_guard.h, whose messages
 * are the seeds, with another key of its own.
 */
#define NOW 1795342014
#define DAY 86400
#define HOUR 3600

/* CN=ca. */
#define CA_NAME \
	BYTES_LITERAL("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02" \
		      "ca")
#define CLIENT_AUTH BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x02")
#define CLIENT_AUTH_WHOLE \
	BYTES_LITERAL("\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02")

static struct sign_rule
rule(void)
{
	return (struct sign_rule){
		.issuer = CA_NAME,
		.authority_key_id = BYTES_LITERAL("ca"),
		.ca_not_before = NOW - 10 * DAY,
		.ca_not_after = NOW + 3 * 365 * DAY,
		.backdate = 600,
		.life = 365 * DAY,
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE |
		    KEY_USAGE_KEY_ENCIPHERMENT,
		.purposes = CLIENT_AUTH_WHOLE,
	};
}

/* keyUsage, extKeyUsage and authorityKeyIdentifier as the rule above would have
 * them, and certificatePolicies. */
#define VERBATIM \
	BYTES_LITERAL( \
	    "\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x05\xa0" \
	    "\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01" \
	    "\x05\x05\x07\x03\x02" \
	    "\x30\x0d\x06\x03\x55\x1d\x23\x04\x06\x30\x04\x80\x02" \
	    "ca" \
	    "\x30\x10\x06\x03\x55\x1d\x20\x04\x09\x30\x07\x30\x05\x06\x03" \
	    "\x2a\x03\x04")

/* An authorityKeyIdentifier of another form, and an issuerAltName. */
#define CRL_EXTENSIONS \
	BYTES_LITERAL("\x30\x0c\x06\x03\x55\x1d\x23\x04\x05\x30\x03\x82" \
		      "\x01\x05" \
		      "\x30\x0c\x06\x03\x55\x1d\x12\x04\x05\x30\x03\x82" \
		      "\x01" \
		      "a")

/* Names, key and serial number are those that were looked at. */
static void
check_names(const struct certificate *certificate, struct bytes own_key)
{
	assert(bytes_equal(certificate->issuer, CA_NAME));
	assert(name_check(certificate->subject) == ERR_OK);
	assert(!name_equal(certificate->subject, CA_NAME));
	assert(!spki_is_same_key(certificate->spki, own_key));
	assert(certificate->serial.size <= 20);
	assert(certificate->serial.data[0] < 0x80);
	assert(!serial_equal(certificate->serial, BYTES_LITERAL("\0")));
}

static void
check_extensions(struct bytes extensions)
{
	unsigned usage = extensions_key_usage(extensions);
	struct bytes value;

	assert(extensions_check(extensions) == ERR_OK);
	assert(!extensions_is_ca(extensions));
	assert(usage != 0);
	assert((usage & (KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN)) == 0);
	assert(extensions_have_purpose(extensions, CLIENT_AUTH));
	assert(extensions_find(extensions, OID_AUTHORITY_KEY_ID, &value));
	assert(bytes_equal(value,
	    BYTES_LITERAL("\x30\x04\x80\x02"
			  "ca")));
}

/* Signed, as it would be. */
static void
check_certificate(struct bytes tbs, struct bytes own_key)
{
	struct certificate *certificate = NULL;
	struct buf made = { 0 };
	size_t start = der_open(&made, DER_SEQUENCE);

	buf_append(&made, tbs);
	algorithm_append_signature(&made, SIGNATURE_RSA, DIGEST_SHA256);
	der_append_bit_string(&made, BYTES_LITERAL("signature"));
	der_close(&made, start);
	assert(certificate_read(buf_bytes(&made), &certificate) == ERR_OK);
	check_names(certificate, own_key);
	check_extensions(certificate->extensions);
	assert(certificate->not_before >= NOW - 600 - HOUR);
	assert(certificate->not_after >= certificate->not_before);
	assert(certificate->not_after <= NOW + 365 * DAY + HOUR);
	certificate_free(certificate);
	buf_clear(&made);
}

static struct bytes
attribute_of(struct bytes set, struct bytes oid)
{
	struct der outer = der_of(set);
	struct cms_signed message = { 0 };
	struct der_element value;

	assert(der_read(&outer, DER_SET, &message.attributes) == ERR_OK);
	assert(cms_signed_attribute(&message, oid, &value) == ERR_OK);
	assert(value.tag != 0);
	return value.content;
}

static void
check_reply(struct bytes set, enum digest digest)
{
	struct bytes status = attribute_of(set, OID_PKI_STATUS);

	assert(bytes_equal_string(attribute_of(set, OID_MESSAGE_TYPE), "3"));
	assert(bytes_equal_string(status, "0") ||
	    bytes_equal_string(status, "2") || bytes_equal_string(status, "3"));
	assert(attribute_of(set, OID_TRANSACTION_ID).size > 0);
	assert(bytes_equal(attribute_of(set, OID_CONTENT_TYPE), OID_DATA));
	assert(attribute_of(set, OID_MESSAGE_DIGEST).size ==
	    digest_facts(digest)->size);
}

/* DER is BER that needs no normalising. */
static void
check_is_der(struct bytes message)
{
	struct buf der = { 0 };

	if (ber_normalise(message, &der) == ERR_OK)
		assert(bytes_equal(message, buf_bytes(&der)));
	buf_clear(&der);
}

static void
check_accepted(struct sign_guard guard, enum digest digest,
    struct bytes message, enum sign_kind kind)
{
	enum sign_kind again;

	check_is_der(message);
	if (kind == SIGN_CERTIFICATE)
		check_certificate(message, guard.own_keys[0]);
	if (kind == SIGN_REPLY)
		check_reply(message, digest);
	else
		assert(digest == guard.digest);
	/* Only for the key that may sign it, and what the CA has issued. */
	guard.kinds &= ~(unsigned)kind;
	assert(sign_guard_check(&guard, digest, message, NOW, &again) ==
	    ERR_GUARD_KIND);
	guard.kinds = kind;
	guard.rule_count = 0;
	assert((sign_guard_check(&guard, digest, message, NOW, &again) ==
		   ERR_OK) == (kind == SIGN_REPLY));
}

static void
check_digests(struct sign_guard guard, struct bytes message)
{
	for (enum digest digest = 0; digest <= DIGEST_COUNT; digest++) {
		enum sign_kind kind;

		if (sign_guard_check(&guard, digest, message, NOW, &kind) ==
		    ERR_OK)
			check_accepted(guard, digest, message, kind);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes message = bytes_of(data, size);
	struct bytes own_key = key_spki(fuzz_key());
	struct sign_rule profile = rule();
	struct sign_guard guard = {
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256,
		.kinds = SIGN_CERTIFICATE | SIGN_REPLY | SIGN_CRL,
		.reply_digests = 1u << DIGEST_SHA1 | 1u << DIGEST_SHA256,
		.rules = &profile,
		.rule_count = 1,
		.own_keys = &own_key,
		.own_count = 1,
	};

	check_digests(guard, message);
	profile.verbatim = VERBATIM;
	profile.open = SIGN_OPEN_ALT_NAME;
	profile.crl_extensions = CRL_EXTENSIONS;
	check_digests(guard, message);
	return 0;
}
