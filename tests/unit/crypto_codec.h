/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CRYPTO_CODEC_H
#define SCEPD_TESTS_UNIT_CRYPTO_CODEC_H

#include "base/pem.h"
#include "crypto/certificate.h"
#include "crypto/key.h"
#include "tests/unit/crypto_keys.h"
#include "tests/unit/unit.h"

/*
 * What the tests of the codec share: a notation for ASN.1, and the recorded
 * messages of tests/vectors.
 *
 * The notation is hexadecimal digits, blanks between them as one likes, and
 *     'text'  the characters between the quotes
 *     {...}   the length of what is between the braces, and that
 *     $n      the n-th of the parts, $0 to $9
 * so that 30{ 02{05} 13{'abc'} } is a SEQUENCE of an INTEGER and a
 * PrintableString.
 */

static inline const char *
codec_append(struct buf *to, const char *at, const struct bytes *parts)
{
	while (*at != '\0' && *at != '}') {
		size_t start = to->size;

		if (*at == ' ') {
			at++;
		} else if (*at == '\'') {
			for (at++; *at != '\''; at++)
				buf_append_octet(to, (uint8_t)*at);
			at++;
		} else if (*at == '$') {
			buf_append(to, parts[at[1] - '0']);
			at += 2;
		} else if (*at == '{') {
			at = codec_append(to, at + 1, parts);
			assert_int_equal(*at++, '}');
			der_close(to, start);
		} else {
			assert_true(hex_decode(to, bytes_of(at, 2)));
			at += 2;
		}
	}
	return at;
}

/* A certificate that says as little as one can, its key id not either. */
#define BARE_CERTIFICATE \
	"30{ 30{ 020101 3000 3000 30{17{'700101000000Z'} 17{'700101000000Z'}}" \
	"3000 3000 } 3000 030100 }"

/* What `notation` stands for; the caller's, to buf_clear. */
static inline struct buf
asn1_of(const char *notation, const struct bytes *parts)
{
	struct buf made = { 0 };

	assert_int_equal(*codec_append(&made, notation, parts), '\0');
	return made;
}

static inline struct buf
asn1(const char *notation)
{
	return asn1_of(notation, NULL);
}

/* `count` times the same octets. */
static inline struct buf
repeated(const char *notation, size_t count)
{
	struct buf once = asn1(notation), made = { 0 };

	while (count-- > 0)
		buf_append(&made, buf_bytes(&once));
	buf_clear(&once);
	return made;
}

/* Fails, naming the vector that is at fault, unless both are the same. */
static inline void
assert_asn1(struct bytes actual, const char *notation, const char *what)
{
	struct buf expected = asn1(notation), hex = { 0 };

	if (!bytes_equal(actual, buf_bytes(&expected))) {
		hex_append(&hex, actual);
		fail_msg("%s: got %s, want %s", what, buf_string(&hex),
		    notation);
	}
	buf_clear(&expected);
}

static inline void
assert_err(enum err actual, enum err expected, const char *what)
{
	if (actual != expected)
		fail_msg("%s: got %s, want %s", what,
		    actual == ERR_OK ? "ok" : err_name(actual),
		    expected == ERR_OK ? "ok" : err_name(expected));
}

/* The file tests/vectors/NAME; the caller's, to buf_clear. */
static inline struct buf
vector(const char *name)
{
	const char *folder = getenv("TEST_VECTORS");
	struct problems *problems = problems_new();
	struct buf contents = { 0 };
	char *path;

	path = xasprintf("%s/%s", folder != NULL ? folder : "tests/vectors",
	    name);
	if (file_read(path, FILE_PUBLIC, 1 << 20, &contents, problems) !=
	    ERR_OK)
		fail_msg("%s", problems_text(problems));
	free(path);
	problems_free(problems);
	return contents;
}

/* The certificate in the PEM file tests/vectors/NAME. */
static inline struct certificate *
certificate_vector(const char *name)
{
	struct buf text = vector(name), der = { 0 };
	struct bytes rest = buf_bytes(&text);
	struct certificate *certificate = NULL;

	assert_int_equal(pem_next(&rest, "CERTIFICATE", &der), ERR_OK);
	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	buf_clear(&der);
	buf_clear(&text);
	return certificate;
}

/* The private key in the PEM file tests/vectors/NAME. */
static inline struct key *
key_vector(const char *name)
{
	struct buf text = vector(name);
	struct key *key = NULL;

	assert_int_equal(key_load(gnutls(), buf_bytes(&text), no_passphrase,
			     &key),
	    ERR_OK);
	buf_clear(&text);
	return key;
}

#endif
