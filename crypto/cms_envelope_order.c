/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_envelope.h"

#include <string.h>

#include "crypto/cms_identifier.h"
#include "crypto/oid.h"

/*
 * KeyTransRecipientInfo (cms_envelope.c draws it), which names the recipient by
 * issuer and serial number; version 0 goes with that.
 */
static enum err
append_recipient(struct buf *to, const struct provider *provider,
    const struct certificate *recipient, struct bytes content_key)
{
	struct public_key *key = NULL;
	struct buf encrypted = { 0 };
	size_t info;
	enum err err = provider_public_key_load(provider, recipient->spki,
	    &key);

	if (err == ERR_OK)
		err = provider_wrap(provider, key, content_key, &encrypted);
	if (err == ERR_OK) {
		info = der_open(to, DER_SEQUENCE);
		der_append_number(to, 0);
		cms_identifier_append(to, recipient);
		algorithm_append_rsa(to);
		der_append(to, DER_OCTET_STRING, buf_bytes(&encrypted));
		der_close(to, info);
	}
	provider_public_key_free(provider, key);
	buf_clear(&encrypted);
	return err;
}

/*
 * EncryptedContentInfo: `content` padded and encrypted in CBC.  The padding is
 * one whole block where nothing is missing, so that its last octet always
 * tells its size (RFC 5652 section 6.3).  The IV is random: CBC shows equal
 * beginnings under equal ones.
 */
static void
append_encrypted(struct buf *to, const struct provider *provider,
    enum cipher cipher, struct bytes content_key, struct bytes content)
{
	size_t block = cipher_facts(cipher)->block_size;
	size_t padding = block - content.size % block;
	uint8_t octets[CIPHER_MAX_BLOCK_SIZE];
	struct bytes iv = bytes_of(octets, block);
	size_t info = der_open(to, DER_SEQUENCE);
	struct buf data = { 0 };

	buf_append(&data, content);
	memset(buf_extend(&data, padding), (int)padding, padding);
	provider_random(provider, octets, block);
	provider_cbc_encrypt(provider, cipher, content_key, iv, data.data,
	    data.size);
	der_append_oid(to, OID_DATA);
	algorithm_append_cipher(to, cipher, iv);
	der_append(to, DER_CONTEXT, buf_bytes(&data));
	der_close(to, info);
	buf_clear(&data);
}

enum err
cms_envelope_append(struct buf *to, const struct provider *provider,
    const struct certificate *recipient, enum cipher cipher,
    struct bytes content)
{
	uint8_t octets[CIPHER_MAX_KEY_SIZE];
	struct bytes content_key = bytes_of(octets,
	    cipher_facts(cipher)->key_size);
	size_t info = der_open(to, DER_SEQUENCE), before = info - 1;
	size_t wrapper, enveloped, set;
	enum err err;

	der_append_oid(to, OID_ENVELOPED_DATA);
	wrapper = der_open(to, DER_CONTEXT_CONSTRUCTED);
	enveloped = der_open(to, DER_SEQUENCE);
	/* Version 0: key transport by issuer and serial, nothing optional. */
	der_append_number(to, 0);
	set = der_open(to, DER_SET);
	provider_random(provider, octets, content_key.size);
	err = append_recipient(to, provider, recipient, content_key);
	der_close(to, set);
	if (err == ERR_OK)
		append_encrypted(to, provider, cipher, content_key, content);
	bytes_wipe(octets, sizeof(octets));
	if (err != ERR_OK) {
		buf_truncate(to, before);
		return err;
	}
	der_close(to, enveloped);
	der_close(to, wrapper);
	der_close(to, info);
	return ERR_OK;
}
