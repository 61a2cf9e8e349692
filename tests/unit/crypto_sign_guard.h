/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CRYPTO_SIGN_GUARD_H
#define SCEPD_TESTS_UNIT_CRYPTO_SIGN_GUARD_H

#include "crypto/certificate.h"
#include "crypto/oid.h"
#include "crypto/sign_guard.h"
#include "tests/unit/crypto_codec.h"

/*
 * What the tests of the guard share: the guard of a CA with the key
 * keys/rsa.pem, whose one profile is for clients, and an RA with the key
 * keys/p384.pem.  In the notation of crypto_codec.h:
 *     $0 the CA's name    $1 the key of keys/p256.pem, a device's
 *     $2 that of keys/rsa.pem    $3 of keys/p384.pem    $4 of keys/ed25519.pem
 */
#define NOW 1795342014 /* 261122100654Z */
#define HOUR 3600
#define DAY 86400
#define YEAR (365 * DAY)

#define CA_NAME "30{31{30{06{550403} 0c{'ca'}}}}"
#define SHA256_WITH_RSA "30{06{2a864886f70d01010b}0500}"
#define CLIENT_AUTH "06{2b06010505070302}"
#define SERVER_AUTH "06{2b06010505070301}"

/* Ed25519 is a kind of key that is never accepted, whatever its octets. */
#define ED25519_SPKI "30{30{06{2b6570}} 03{00 '0123456789abcdef'}}"

struct lab {
	struct buf name, purposes, keys[4];
	struct bytes own[2];
	struct sign_rule rule;
	struct sign_guard guard;
	struct bytes parts[5];
};

static inline struct buf
spki_vector(const char *name)
{
	struct key *key = key_vector(name);
	struct buf spki = { 0 };

	buf_append(&spki, key_spki(key));
	key_free(key);
	return spki;
}

static inline void
lab_fill(struct lab *lab)
{
	lab->name = asn1(CA_NAME);
	lab->purposes = asn1(CLIENT_AUTH);
	lab->keys[0] = spki_vector("keys/p256.pem");
	lab->keys[1] = spki_vector("keys/rsa.pem");
	lab->keys[2] = spki_vector("keys/p384.pem");
	lab->keys[3] = asn1(ED25519_SPKI);
	lab->parts[0] = buf_bytes(&lab->name);
	for (size_t i = 0; i < COUNT(lab->keys); i++)
		lab->parts[i + 1] = buf_bytes(&lab->keys[i]);
	lab->own[0] = lab->parts[2];
	lab->own[1] = lab->parts[3];
}

static inline int
setup(void **state)
{
	struct lab *lab = xalloc(sizeof(*lab));

	lab_fill(lab);
	lab->rule = (struct sign_rule){
		.issuer = buf_bytes(&lab->name),
		.authority_key_id = BYTES_LITERAL("ca"),
		.ca_not_before = NOW - 10 * DAY,
		.ca_not_after = NOW + 3 * YEAR,
		.backdate = 600,
		.life = YEAR,
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE |
		    KEY_USAGE_KEY_ENCIPHERMENT,
		.purposes = buf_bytes(&lab->purposes),
	};
	lab->guard = (struct sign_guard){
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256,
		.kinds = SIGN_CERTIFICATE | SIGN_REPLY | SIGN_CRL,
		.reply_digests = 1u << DIGEST_SHA1 | 1u << DIGEST_SHA256,
		.rules = &lab->rule,
		.rule_count = 1,
		.own_keys = lab->own,
		.own_count = COUNT(lab->own),
	};
	*state = lab;
	return 0;
}

static inline int
teardown(void **state)
{
	struct lab *lab = *state;

	buf_clear(&lab->name);
	buf_clear(&lab->purposes);
	for (size_t i = 0; i < COUNT(lab->keys); i++)
		buf_clear(&lab->keys[i]);
	free(lab);
	return 0;
}

/* The kind is left alone unless the message may be signed. */
static inline void
assert_guard(const struct lab *lab, struct bytes message, enum sign_kind kind,
    enum err expected, const char *what)
{
	static const enum sign_kind none = (enum sign_kind)0;
	enum sign_kind found = none;
	enum err err = sign_guard_check(&lab->guard, DIGEST_SHA256, message,
	    NOW, &found);

	assert_err(err, expected, what);
	assert_int_equal(found, err == ERR_OK ? kind : none);
}

/* A message in notation, and what the guard says of it. */
struct guard_row {
	const char *what;
	enum err expected;
	const char *notation;
};

static inline void
check_rows(const struct lab *lab, enum sign_kind kind,
    const struct guard_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf message = asn1_of(rows[i].notation, lab->parts);

		assert_guard(lab, buf_bytes(&message), kind, rows[i].expected,
		    rows[i].what);
		buf_clear(&message);
	}
}

/* Every beginning of a message that may be signed is refused, and so it is
 * with something behind it, and with its outermost length written longer. */
static inline void
check_no_other_form(const struct lab *lab, const char *notation)
{
	struct buf good = asn1_of(notation, lab->parts), longer = { 0 };
	enum sign_kind kind;

	assert_true(good.data[1] > 0x80);
	for (size_t size = 0; size < good.size; size++) {
		/* A copy, so that a sanitizer sees what reads past it. */
		struct buf cut = { 0 };

		buf_append(&cut, bytes_of(good.data, size));
		assert_int_not_equal(sign_guard_check(&lab->guard,
					 DIGEST_SHA256, buf_bytes(&cut), NOW,
					 &kind),
		    ERR_OK);
		buf_clear(&cut);
	}
	buf_append_octet(&longer, good.data[0]);
	buf_append_octet(&longer, good.data[1] + 1);
	buf_append_octet(&longer, 0);
	buf_append(&longer, bytes_from(buf_bytes(&good), 2));
	assert_guard(lab, buf_bytes(&longer), 0, ERR_GUARD_DER, "long length");
	buf_append_octet(&good, 0);
	assert_guard(lab, buf_bytes(&good), 0, ERR_GUARD_DER, "trailing octet");
	buf_clear(&good);
	buf_clear(&longer);
}

#endif
