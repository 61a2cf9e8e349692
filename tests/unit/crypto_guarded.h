/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CRYPTO_GUARDED_H
#define SCEPD_TESTS_UNIT_CRYPTO_GUARDED_H

#include "crypto/guarded_keys.h"
#include "crypto/oid.h"
#include "tests/unit/crypto_codec.h"

/*
 * What the tests of key processes share: the keys of a CA and of an RA, a rule
 * for what the CA signs, and messages to be signed, good and forged, in the
 * notation of crypto_codec.h:
 *     $0 the CA's name    $1 a device's key    $2 the CA's    $3 the RA's
 *     $4 a validity as the rule has it    $5 one of 100 years
 *     $6 the dates of a CRL
 */
#define CA_NAME "30{31{30{06{550403} 0c{'ca'}}}}"
#define OTHER_NAME "30{31{30{06{550403} 0c{'cb'}}}}"
#define SHA256_WITH_RSA "30{06{2a864886f70d01010b}0500}"
#define CLIENT_AUTH "06{2b06010505070302}"
#define CODE_SIGNING "06{2b06010505070303}"

#define USAGE(bits) "30{06{551d0f} 0101ff 04{0302" bits "}}"
#define PURPOSES(oids) "30{06{551d25} 04{30{" oids "}}}"
#define AUTHORITY(id) "30{06{551d23} 04{30{80{'" id "'}}}}"
#define CONSTRAINTS(value) "30{06{551d13} 0101ff 04{30{" value "}}}"
#define NUMBER "30{06{551d14} 04{020107}}"

#define TBS(issuer, validity, key, extensions) \
	"30{ a0{020102} 020105" SHA256_WITH_RSA issuer validity \
	"30{31{30{06{550403} 0c{'router'}}}}" key "a3{30{" extensions "}}}"
#define GOOD_EXTENSIONS USAGE("0780") PURPOSES(CLIENT_AUTH) AUTHORITY("ca")
#define TBS_WITH(extensions) TBS("$0", "$4", "$1", extensions)
#define GOOD_TBS TBS_WITH(GOOD_EXTENSIONS)
#define CRL_WITH(extensions) \
	"30{ 020101" SHA256_WITH_RSA "$0 $6 a0{30{" extensions NUMBER "}}}"
#define GOOD_CRL CRL_WITH(AUTHORITY("ca"))

#define ATTRIBUTE(oid, value) "30{06{" oid "} 31{" value "}}"
#define SCEP(number, text) ATTRIBUTE("6086480186f8450109" number, text)
#define GOOD_REPLY "31{" SCEP("02", "13{'3'}") REST_OF_REPLY "}"
#define REST_OF_REPLY \
	SCEP("03", "13{'2'}") \
	SCEP("07", "13{'4711'}") \
	ATTRIBUTE("2a864886f70d010903", "06{2a864886f70d010701}") \
	ATTRIBUTE("2a864886f70d010904", \
	    "04{'0123456789abcdef0123456789abcdef'}")

#define YEAR (365 * (int64_t)86400)

struct guarded {
	int64_t now;
	struct key *ca, *ra, *device;
	struct buf name, purposes, dates[3];
	struct sign_rule rule;
	struct bytes parts[7];
};

static inline struct buf
validity_of(int64_t not_before, int64_t not_after)
{
	struct buf validity = { 0 };
	size_t start = der_open(&validity, DER_SEQUENCE);

	der_append_time(&validity, not_before);
	der_append_time(&validity, not_after);
	der_close(&validity, start);
	return validity;
}

static inline struct guarded
guarded_at(int64_t now)
{
	struct guarded guarded = {
		.now = now,
		.ca = key_vector("keys/rsa.pem"),
		.ra = key_vector("keys/rsa-e3.pem"),
		.device = key_vector("keys/p256.pem"),
		.name = asn1(CA_NAME),
		.purposes = asn1(CLIENT_AUTH),
	};

	guarded.dates[0] = validity_of(now - 60, now + YEAR - 60);
	guarded.dates[1] = validity_of(now - 60, now + 100 * YEAR);
	der_append_time(&guarded.dates[2], now);
	der_append_time(&guarded.dates[2], now + 86400);
	guarded.rule = (struct sign_rule){
		.issuer = buf_bytes(&guarded.name),
		.authority_key_id = BYTES_LITERAL("ca"),
		.ca_not_before = now - YEAR,
		.ca_not_after = now + 200 * YEAR,
		.backdate = 600,
		.life = YEAR,
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE |
		    KEY_USAGE_KEY_ENCIPHERMENT,
		.purposes = buf_bytes(&guarded.purposes),
	};
	guarded.parts[0] = buf_bytes(&guarded.name);
	guarded.parts[1] = key_spki(guarded.device);
	guarded.parts[2] = key_spki(guarded.ca);
	guarded.parts[3] = key_spki(guarded.ra);
	for (size_t i = 0; i < COUNT(guarded.dates); i++)
		guarded.parts[4 + i] = buf_bytes(&guarded.dates[i]);
	return guarded;
}

static inline void
guarded_clear(struct guarded *guarded)
{
	key_free(guarded->ca);
	key_free(guarded->ra);
	key_free(guarded->device);
	buf_clear(&guarded->name);
	buf_clear(&guarded->purposes);
	for (size_t i = 0; i < COUNT(guarded->dates); i++)
		buf_clear(&guarded->dates[i]);
}

/* The frame that asks for `operation` of the key. */
static inline struct buf
request_frame(uint32_t sequence, enum key_wire_operation operation,
    unsigned argument, const struct key *key, struct bytes input)
{
	uint8_t id[KEY_WIRE_ID_SIZE];
	struct key_wire_request request = { sequence, operation,
		(uint8_t)argument, BYTES_ARRAY(id), input };
	struct buf frame = { 0 };

	key_wire_id(gnutls(), key_spki(key), id);
	key_wire_append_request(&frame, &request);
	return frame;
}

#define CONTENT_KEY "0123456789abcdef"
#define CONTENT_KEY_SIZE 16

/* CONTENT_KEY for this key; the caller's, to buf_clear. */
static inline struct buf
wrapped_for(const struct key *key)
{
	struct public_key *public_key = NULL;
	struct buf encrypted = { 0 };

	assert_int_equal(provider_public_key_load(gnutls(), key_spki(key),
			     &public_key),
	    ERR_OK);
	assert_int_equal(provider_wrap(gnutls(), public_key,
			     BYTES_LITERAL(CONTENT_KEY), &encrypted),
	    ERR_OK);
	provider_public_key_free(gnutls(), public_key);
	return encrypted;
}

/* Whether the octets are the key's signature, with SHA-256. */
static inline void
assert_signed(const struct key *key, struct bytes message,
    struct bytes signature)
{
	struct signature_algorithm algorithm = { key_scheme(key), DIGEST_SHA256,
		0 };

	assert_int_equal(signature_verify(gnutls(), key_spki(key), &algorithm,
			     message, signature),
	    ERR_OK);
}

#endif
