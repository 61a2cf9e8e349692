/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "crypto/provider_gnutls_internal.h"
#include "crypto/spki.h"

/* GnuTLS wipes both when it frees them. */
struct private_key {
	gnutls_privkey_t handle;   /* what signs and decrypts */
	gnutls_x509_privkey_t raw; /* what is exported; owned by handle */
};

/* What a digest value to be signed was made with, as GnuTLS calls it. */
static const gnutls_digest_algorithm_t digests[DIGEST_COUNT] = {
	[DIGEST_MD5] = GNUTLS_DIG_MD5,
	[DIGEST_SHA1] = GNUTLS_DIG_SHA1,
	[DIGEST_SHA224] = GNUTLS_DIG_SHA224,
	[DIGEST_SHA256] = GNUTLS_DIG_SHA256,
	[DIGEST_SHA384] = GNUTLS_DIG_SHA384,
	[DIGEST_SHA512] = GNUTLS_DIG_SHA512,
};

struct curve {
	const char *name;
	gnutls_ecc_curve_t id;
};

static const struct curve curves[] = {
	{ "secp256r1", GNUTLS_ECC_CURVE_SECP256R1 },
	{ "secp384r1", GNUTLS_ECC_CURVE_SECP384R1 },
	{ "secp521r1", GNUTLS_ECC_CURVE_SECP521R1 },
};

/* GnuTLS has no const; it changes nothing. */
static gnutls_datum_t
datum_of(struct bytes bytes)
{
	assert(bytes.size <= UINT_MAX);
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)bytes.data,
		(unsigned)bytes.size };
}

/* Appends what GnuTLS has allocated; wipes and frees it. */
static void
append_datum(struct buf *to, gnutls_datum_t *datum)
{
	buf_append(to, bytes_of(datum->data, datum->size));
	bytes_wipe(datum->data, datum->size);
	gnutls_free(datum->data);
}

/* The library's own words go to the log; the caller's finding names the file
 * and what to do. */
static enum err
refuse(const char *why)
{
	log_event(LOG_LEVEL_ERROR, "a private key can't be used: %s", why);
	return ERR_KEY_FILE;
}

/* Whether the key is of a kind that spki_read accepts, and in itself whole:
 * a damaged RSA key could give itself away with its first signature. */
static enum err
check(const struct private_key *key)
{
	struct buf spki = { 0 };
	struct key_facts facts;
	enum err err;

	if (gnutls_x509_privkey_verify_params(key->raw) < 0)
		return refuse("it is damaged");
	err = provider_gnutls_private_spki(key, &spki);
	if (err == ERR_OK && spki_read(buf_bytes(&spki), &facts) != ERR_OK)
		err = refuse("its type, curve or size is not supported");
	buf_clear(&spki);
	return err;
}

/* Makes a key of `raw`, which it takes over: from AUTO_RELEASE on, freeing the
 * handle frees it as well, and nothing else may. */
static enum err
adopt(gnutls_x509_privkey_t raw, struct private_key **key)
{
	struct private_key *made = xalloc(sizeof(*made));
	enum err err;

	made->raw = raw;
	provider_gnutls_must(gnutls_privkey_init(&made->handle));
	provider_gnutls_must(gnutls_privkey_import_x509(made->handle, raw,
	    GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE));
	err = check(made);
	if (err == ERR_OK)
		*key = made;
	else
		provider_gnutls_private_free(made);
	return err;
}

/* GnuTLS's own message would speak of base64. */
static bool
holds_key(struct bytes pem)
{
	struct bytes mark = BYTES_LITERAL("PRIVATE KEY-----");

	return pem.size > 0 &&
	    memmem(pem.data, pem.size, mark.data, mark.size) != NULL;
}

/*
 * GnuTLS tells the forms apart by itself (PKCS#8 plain and encrypted, PKCS#1,
 * SEC 1, OpenSSL's old one).  It wants the passphrase as a string, so there is
 * a copy, which is wiped.
 */
enum err
provider_gnutls_private_load(struct bytes pem, struct bytes passphrase,
    struct private_key **key)
{
	gnutls_datum_t text = datum_of(pem);
	gnutls_x509_privkey_t raw;
	struct buf secret = { 0 };
	int status;

	if (!holds_key(pem))
		return refuse("the file holds no private key in PEM form");
	provider_gnutls_must(gnutls_x509_privkey_init(&raw));
	buf_append(&secret, passphrase);
	status = gnutls_x509_privkey_import2(raw, &text, GNUTLS_X509_FMT_PEM,
	    secret.size > 0 ? buf_string(&secret) : NULL, 0);
	buf_clear(&secret);
	if (status >= 0)
		return adopt(raw, key);
	gnutls_x509_privkey_deinit(raw);
	if (status == GNUTLS_E_DECRYPTION_FAILED)
		return refuse("it is encrypted, "
			      "and the passphrase is missing or wrong");
	return refuse(gnutls_strerror(status));
}

/* GnuTLS's name for the kind of key, and its "bits", which may be a curve. */
static bool
find_kind(const struct key_spec *spec, gnutls_pk_algorithm_t *algorithm,
    unsigned *bits)
{
	struct bytes name = bytes_of_string(spec->curve);

	*algorithm = spec->rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA;
	*bits = spec->bits;
	if (spec->rsa)
		return *bits == 2048 || *bits == 3072 || *bits == 4096;
	for (size_t i = 0; i < COUNT(curves); i++)
		if (bytes_equal_string(name, curves[i].name)) {
			*bits = GNUTLS_CURVE_TO_BITS(curves[i].id);
			return true;
		}
	return false;
}

enum err
provider_gnutls_private_generate(const struct key_spec *spec,
    struct private_key **key)
{
	gnutls_pk_algorithm_t algorithm;
	gnutls_x509_privkey_t raw;
	unsigned bits;
	int status;

	if (!find_kind(spec, &algorithm, &bits))
		return ERR_KEY_FILE;
	provider_gnutls_must(gnutls_x509_privkey_init(&raw));
	status = gnutls_x509_privkey_generate(raw, algorithm, bits, 0);
	if (status >= 0)
		return adopt(raw, key);
	gnutls_x509_privkey_deinit(raw);
	return refuse(gnutls_strerror(status));
}

void
provider_gnutls_private_free(struct private_key *key)
{
	gnutls_privkey_deinit(key->handle);
	free(key);
}

/* Plain, since the file's permissions protect it: an encrypted key would need
 * its passphrase beside it. */
enum err
provider_gnutls_private_export(const struct private_key *key, struct buf *pem)
{
	gnutls_datum_t text;
	int status = gnutls_x509_privkey_export2_pkcs8(key->raw,
	    GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text);

	if (status < 0)
		return refuse(gnutls_strerror(status));
	append_datum(pem, &text);
	return ERR_OK;
}

/* By way of a public key of GnuTLS's: its DER is the SubjectPublicKeyInfo. */
enum err
provider_gnutls_private_spki(const struct private_key *key, struct buf *spki)
{
	gnutls_pubkey_t public_key;
	gnutls_datum_t der;
	int status;

	provider_gnutls_must(gnutls_pubkey_init(&public_key));
	status = gnutls_pubkey_import_privkey(public_key, key->handle, 0, 0);
	if (status >= 0)
		status = gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_DER,
		    &der);
	gnutls_pubkey_deinit(public_key);
	if (status < 0)
		return refuse(gnutls_strerror(status));
	append_datum(spki, &der);
	return ERR_OK;
}

/* For RSA this is PKCS#1 v1.5, with the DigestInfo made by GnuTLS; for EC the
 * DER of Ecdsa-Sig-Value.  ECDSA's nonce is GnuTLS's concern. */
enum err
provider_gnutls_private_sign(const struct private_key *key, enum digest digest,
    struct bytes digest_value, struct buf *signature)
{
	gnutls_datum_t value = datum_of(digest_value), made;
	int status = gnutls_privkey_sign_hash(key->handle, digests[digest], 0,
	    &value, &made);

	if (status < 0) {
		log_event(LOG_LEVEL_ERROR, "a private key can't sign: %s",
		    gnutls_strerror(status));
		return ERR_SIGN;
	}
	append_datum(signature, &made);
	return ERR_OK;
}

void
provider_gnutls_private_unwrap(const struct private_key *key,
    struct bytes encrypted, uint8_t *content_key, size_t size)
{
	gnutls_datum_t datum = datum_of(encrypted);

	/* It writes to content_key in constant time, and only where all is
	 * well; what it returns is not looked at, so that nothing can depend
	 * on it.  Where it returns early, by the ciphertext's length or range
	 * or for an EC key, whoever sent that knows it anyway. */
	(void)gnutls_privkey_decrypt_data2(key->handle, 0, &datum, content_key,
	    size);
}
