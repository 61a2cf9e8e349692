/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/algorithm.h"

#include <assert.h>
#include <string.h>

#include "crypto/oid.h"

/*
 * RFC 3370 and 5754; the RSA and ECDSA columns are the same digest's signature
 * algorithms (RFC 8017 appendix A.2.4, RFC 5758).  The capability is the word
 * that GetCACaps announces the digest by: RFC 8894 knows SHA-1, SHA-256 and
 * SHA-512, but strongSwan 5.9.8 uses AES only where it is told of SHA-384
 * (E11).  For MD5 there never was a word: clients that are told of no digest
 * fall back to it.
 */
struct digest_row {
	struct digest_facts facts;
	struct bytes with_rsa;
	struct bytes with_ecdsa;
};

static const struct digest_row digests[DIGEST_COUNT] = {
	[DIGEST_MD5] = {
		{ "md5", NULL, 16,
		    BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x02\x05") },
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"),
		{ NULL, 0 },
	},
	[DIGEST_SHA1] = {
		{ "sha-1", "SHA-1", 20, BYTES_LITERAL("\x2b\x0e\x03\x02\x1a") },
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"),
		BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x04\x01"),
	},
	[DIGEST_SHA224] = {
		{ "sha-224", "SHA-224", 28,
		    BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x04") },
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e"),
		BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x04\x03\x01"),
	},
	[DIGEST_SHA256] = {
		{ "sha-256", "SHA-256", 32,
		    BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x01") },
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"),
		BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x04\x03\x02"),
	},
	[DIGEST_SHA384] = {
		{ "sha-384", "SHA-384", 48,
		    BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x02") },
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"),
		BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x04\x03\x03"),
	},
	[DIGEST_SHA512] = {
		{ "sha-512", "SHA-512", 64,
		    BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x02\x03") },
		BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"),
		BYTES_LITERAL("\x2a\x86\x48\xce\x3d\x04\x03\x04"),
	},
};

/*
 * RFC 8894 has words for AES-128 and 3DES alone (section 3.5.2).  Clients that
 * are told of neither fall back to single DES.  Where AES is announced they
 * may choose any key length: certmonger sends AES-256 then.
 */
static const struct cipher_facts ciphers[CIPHER_COUNT] = {
	[CIPHER_DES_CBC] = { "des", NULL, 8, 8,
	    BYTES_LITERAL("\x2b\x0e\x03\x02\x07") },
	[CIPHER_3DES_CBC] = { "3des", "DES3", 24, 8,
	    BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x03\x07") },
	[CIPHER_AES128_CBC] = { "aes-128", "AES", 16, 16,
	    BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x01\x02") },
	[CIPHER_AES192_CBC] = { "aes-192", NULL, 24, 16,
	    BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x01\x16") },
	[CIPHER_AES256_CBC] = { "aes-256", NULL, 32, 16,
	    BYTES_LITERAL("\x60\x86\x48\x01\x65\x03\x04\x01\x2a") },
};

const struct digest_facts *
digest_facts(enum digest digest)
{
	assert(digest < DIGEST_COUNT);
	return &digests[digest].facts;
}

const struct cipher_facts *
cipher_facts(enum cipher cipher)
{
	assert(cipher < CIPHER_COUNT);
	return &ciphers[cipher];
}

bool
algorithms_have_digest(struct algorithms algorithms, enum digest digest)
{
	return (algorithms.digests & 1u << digest) != 0;
}

bool
algorithms_have_cipher(struct algorithms algorithms, enum cipher cipher)
{
	return (algorithms.ciphers & 1u << cipher) != 0;
}

/* The presets add as the names do, so that a list can begin with one of them
 * and go on: ("default", "md5"). */
bool
algorithms_add(struct algorithms *algorithms, const char *name)
{
	bool strict = strcmp(name, "strict") == 0;
	struct algorithms preset = ALGORITHMS_DEFAULT;

	if (strict) {
		preset.digests &= ~(1u << DIGEST_SHA1);
		preset.ciphers &= ~(1u << CIPHER_3DES_CBC);
	}
	if (strict || strcmp(name, "default") == 0) {
		algorithms->digests |= preset.digests;
		algorithms->ciphers |= preset.ciphers;
		return true;
	}
	for (unsigned i = 0; i < DIGEST_COUNT; i++)
		if (strcmp(name, digests[i].facts.name) == 0) {
			algorithms->digests |= 1u << i;
			return true;
		}
	for (unsigned i = 0; i < CIPHER_COUNT; i++)
		if (strcmp(name, ciphers[i].name) == 0) {
			algorithms->ciphers |= 1u << i;
			return true;
		}
	return false;
}

/*
 * The two parts of one; the parameters may be left empty (RFC 5280 section
 * 4.1.1.2):
 *     AlgorithmIdentifier ::= SEQUENCE {
 *         algorithm   OBJECT IDENTIFIER,
 *         parameters  ANY DEFINED BY algorithm OPTIONAL }
 */
static enum err
read_identifier(struct der *from, struct bytes *oid, struct der *parameters)
{
	struct der inner;
	enum err err = der_enter(from, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_read_oid(&inner, oid);
	if (err == ERR_OK)
		*parameters = inner;
	return err;
}

/* The OID is for the log line: an operator whose device is refused must learn
 * which algorithm it wants. */
static enum err
report_unknown(struct bytes *unknown, struct bytes oid, enum err err)
{
	if (unknown != NULL)
		*unknown = oid;
	return err;
}

/* Parameters are not looked at: RFC 5754 section 2 wants them absent and RFC
 * 3370 allows NULL, and clients send either (T12). */
enum err
algorithm_read_digest(struct der *from, enum digest *digest,
    struct bytes *unknown)
{
	struct bytes oid;
	struct der parameters;

	if (read_identifier(from, &oid, &parameters) != ERR_OK)
		return ERR_DIGEST;
	for (unsigned i = 0; i < DIGEST_COUNT; i++)
		if (bytes_equal(oid, digests[i].facts.oid) ||
		    bytes_equal(oid, digests[i].with_rsa)) {
			*digest = (enum digest)i;
			return ERR_OK;
		}
	return report_unknown(unknown, oid, ERR_DIGEST);
}

/* Parameters of CBC are the IV: CBCParameter ::= OCTET STRING.  Its size is
 * the cipher's block, which whoever decrypts relies on. */
enum err
algorithm_read_cipher(struct der *from, enum cipher *cipher, struct bytes *iv,
    struct bytes *unknown)
{
	struct bytes oid, octets;
	struct der parameters;

	if (read_identifier(from, &oid, &parameters) != ERR_OK)
		return ERR_CIPHER;
	for (unsigned i = 0; i < CIPHER_COUNT; i++) {
		if (!bytes_equal(oid, ciphers[i].oid))
			continue;
		if (der_read(&parameters, DER_OCTET_STRING, &octets) !=
			ERR_OK ||
		    octets.size != ciphers[i].block_size)
			break;
		*cipher = (enum cipher)i;
		*iv = octets;
		return ERR_OK;
	}
	return report_unknown(unknown, oid, ERR_CIPHER);
}

/*
 * RSASSA-PSS-params, RFC 4055 section 3.1:
 *     SEQUENCE {
 *         hashAlgorithm     [0] HashAlgorithm DEFAULT sha1,
 *         maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
 *         saltLength        [2] INTEGER DEFAULT 20,
 *         trailerField      [3] INTEGER DEFAULT 1 }
 *
 * MGF1 must use the same digest, as all signers do, and the salt must be one
 * that fits a key.  The trailer field has no second value.  strongSwan signs
 * like this when told to (T12).
 */
static enum err
read_pss(struct der parameters, struct signature_algorithm *algorithm)
{
	struct der outer, inner;
	enum digest digest = DIGEST_SHA1, mgf_digest = DIGEST_SHA1;
	struct bytes oid;
	struct der mgf;
	int salt_length = 20;
	enum err err = der_enter(&parameters, DER_SEQUENCE, &outer);

	if (err == ERR_OK && der_next_is(&outer, 0xa0)) {
		err = der_enter(&outer, 0xa0, &inner);
		if (err == ERR_OK)
			err = algorithm_read_digest(&inner, &digest, NULL);
	}
	if (err == ERR_OK && der_next_is(&outer, 0xa1)) {
		err = der_enter(&outer, 0xa1, &inner);
		if (err == ERR_OK)
			err = read_identifier(&inner, &oid, &mgf);
		if (err == ERR_OK && !bytes_equal(oid, OID_MGF1))
			err = ERR_SIGNATURE_ALGORITHM;
		if (err == ERR_OK)
			err = algorithm_read_digest(&mgf, &mgf_digest, NULL);
	}
	if (err == ERR_OK && der_next_is(&outer, 0xa2)) {
		err = der_enter(&outer, 0xa2, &inner);
		if (err == ERR_OK)
			err = der_read_number(&inner, &salt_length);
	}
	if (err != ERR_OK || digest != mgf_digest || salt_length > 512)
		return ERR_SIGNATURE_ALGORITHM;
	*algorithm = (struct signature_algorithm){ SIGNATURE_RSA_PSS, digest,
		(size_t)salt_length };
	return ERR_OK;
}

/*
 * What `oid` says by itself; .digest is ANY_DIGEST where it names none.  In
 * CMS most clients write the key's own OID, rsaEncryption (RFC 3370 section
 * 3.2), and leave the digest to digestAlgorithm; strongSwan, jscep and Go's
 * write shaXWithRSAEncryption, which must then agree with it.
 */
static enum err
signature_of(struct bytes oid, struct der parameters,
    struct signature_algorithm *algorithm)
{
	if (bytes_equal(oid, OID_RSA_PSS))
		return read_pss(parameters, algorithm);
	algorithm->digest = ANY_DIGEST;
	algorithm->scheme = SIGNATURE_RSA;
	if (bytes_equal(oid, OID_RSA))
		return ERR_OK;
	algorithm->scheme = SIGNATURE_ECDSA;
	if (bytes_equal(oid, OID_EC))
		return ERR_OK;
	for (unsigned i = 0; i < DIGEST_COUNT; i++) {
		algorithm->digest = (enum digest)i;
		algorithm->scheme = SIGNATURE_RSA;
		if (bytes_equal(oid, digests[i].with_rsa))
			return ERR_OK;
		algorithm->scheme = SIGNATURE_ECDSA;
		if (bytes_equal(oid, digests[i].with_ecdsa))
			return ERR_OK;
	}
	return ERR_SIGNATURE_ALGORITHM;
}

/* Two statements about the digest must not differ: a signature could be
 * checked by the one, and a policy by the other. */
enum err
algorithm_read_signature(struct der *from, enum digest digest,
    struct signature_algorithm *algorithm, struct bytes *unknown)
{
	struct signature_algorithm found = { 0 };
	struct bytes oid;
	struct der parameters;
	enum err err;

	if (read_identifier(from, &oid, &parameters) != ERR_OK)
		return ERR_SIGNATURE_ALGORITHM;
	err = signature_of(oid, parameters, &found);
	if (err == ERR_OK && found.digest == ANY_DIGEST)
		found.digest = digest;
	if (err != ERR_OK || found.digest == ANY_DIGEST ||
	    (digest != ANY_DIGEST && found.digest != digest))
		return report_unknown(unknown, oid, ERR_SIGNATURE_ALGORITHM);
	*algorithm = found;
	return ERR_OK;
}

/* NULL and absent parameters mean the same to nobody who compares octets: each
 * algorithm has the form that the most clients expect (E4). */
static void
append_identifier(struct buf *to, struct bytes oid, bool null)
{
	size_t start = der_open(to, DER_SEQUENCE);

	der_append_oid(to, oid);
	if (null)
		der_append_null(to);
	der_close(to, start);
}

void
algorithm_append_digest(struct buf *to, enum digest digest)
{
	append_identifier(to, digest_facts(digest)->oid, true);
}

/* As algorithm_read_cipher reads it. */
void
algorithm_append_cipher(struct buf *to, enum cipher cipher, struct bytes iv)
{
	size_t start = der_open(to, DER_SEQUENCE);

	der_append_oid(to, cipher_facts(cipher)->oid);
	der_append(to, DER_OCTET_STRING, iv);
	der_close(to, start);
}

void
algorithm_append_signature(struct buf *to, enum signature_scheme scheme,
    enum digest digest)
{
	/* RFC 5758 section 3.2: ECDSA has no parameters. */
	if (scheme == SIGNATURE_ECDSA)
		append_identifier(to, digests[digest].with_ecdsa, false);
	else
		append_identifier(to, digests[digest].with_rsa, true);
}

void
algorithm_append_rsa(struct buf *to)
{
	append_identifier(to, OID_RSA, true);
}
