/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_envelope.h"

#include <string.h>

#include "crypto/oid.h"

/*
 * Opening an envelope goes through two worlds.  Up to choose(), everything is
 * read that anybody on the wire can see, and each fault has an error of its
 * own.  After it the private key is at work, and whoever sends a thousand
 * changed copies of a recorded message learns its content from any difference
 * between the answers (Bleichenbacher by the RSA padding, Vaudenay by that of
 * CBC).  So the key transport has no result at all, the padding is checked
 * without branches, and ERR_ENVELOPE_DECRYPT is the only word that comes out.
 */

/* What is kept of a KeyTransRecipientInfo (RFC 5652 section 6.2.1). */
struct recipient {
	struct bytes issuer; /* Name and serial, or the key id */
	struct bytes serial;
	struct bytes key_id;
	struct bytes transport; /* OID of the key transport algorithm */
	struct bytes encrypted_key;
};

struct envelope {
	struct recipient recipients[CMS_MAX_RECIPIENTS];
	size_t recipient_count;
	enum cipher cipher;
	struct bytes iv;
	struct buf encrypted; /* the segments joined */
};

/*
 * The key id of a recipient.  Some clients put the OCTET STRING itself
 * inside the [0] that should stand in its place (T16).
 */
static struct bytes
unwrap_key_id(struct bytes content)
{
	struct der der = der_of(content);
	struct bytes inner;

	if (der_read(&der, DER_OCTET_STRING, &inner) == ERR_OK &&
	    der_at_end(&der))
		return inner;
	return content;
}

/*
 * RFC 5652 section 6.2.1:
 *     RecipientIdentifier ::= CHOICE {
 *         issuerAndSerialNumber     IssuerAndSerialNumber,
 *         subjectKeyIdentifier  [0] IMPLICIT OCTET STRING }
 *     IssuerAndSerialNumber ::= SEQUENCE {
 *         issuer        Name,
 *         serialNumber  INTEGER }
 */
static enum err
read_recipient_identifier(struct der *info, struct recipient *recipient)
{
	struct der_element element;
	struct der inner;
	enum err err = der_read_any(info, &element);

	if (err != ERR_OK)
		return err;
	if (element.tag == DER_CONTEXT ||
	    element.tag == DER_CONTEXT_CONSTRUCTED) {
		recipient->key_id = unwrap_key_id(element.content);
		return ERR_OK;
	}
	if (element.tag != DER_SEQUENCE)
		return ERR_DER_TAG;
	inner = der_of(element.content);
	err = der_read_whole(&inner, DER_SEQUENCE, &recipient->issuer);
	if (err == ERR_OK)
		err = der_read_integer(&inner, &recipient->serial);
	return err;
}

/*
 * RFC 5652 section 6.2.1:
 *     KeyTransRecipientInfo ::= SEQUENCE {
 *         version                 INTEGER,
 *         rid                     RecipientIdentifier,
 *         keyEncryptionAlgorithm  AlgorithmIdentifier,
 *         encryptedKey            OCTET STRING }
 *
 * The version follows from the form of rid, so it is passed over; and the
 * algorithm's parameters are NULL or absent (T12).
 */
static enum err
read_recipient(struct bytes content, struct recipient *recipient)
{
	struct der info = der_of(content), algorithm;
	struct bytes version;
	enum err err = der_read_integer(&info, &version);

	*recipient = (struct recipient){ 0 };
	if (err == ERR_OK)
		err = read_recipient_identifier(&info, recipient);
	if (err == ERR_OK)
		err = der_enter(&info, DER_SEQUENCE, &algorithm);
	if (err == ERR_OK)
		err = der_read_oid(&algorithm, &recipient->transport);
	if (err == ERR_OK)
		err = der_read(&info, DER_OCTET_STRING,
		    &recipient->encrypted_key);
	return err;
}

/*
 * RecipientInfos ::= SET OF RecipientInfo (RFC 5652 section 6.1), of which key
 * transport is the one without a tag of its own.  Recipients of other kinds
 * (key agreement, password) are passed over.  Go's client seals for every
 * certificate that GetCACert gave it, so several are common (T16).
 */
static enum err
read_recipients(struct der *enveloped, struct envelope *envelope)
{
	struct der_element element;
	struct der set;
	size_t seen = 0;
	enum err err = der_enter(enveloped, DER_SET, &set);

	while (err == ERR_OK && !der_at_end(&set)) {
		if (seen++ == CMS_MAX_RECIPIENTS)
			return ERR_ENVELOPE_RECIPIENTS;
		err = der_read_any(&set, &element);
		if (err == ERR_OK && element.tag == DER_SEQUENCE)
			err = read_recipient(element.content,
			    &envelope->recipients[envelope->recipient_count++]);
	}
	return err == ERR_OK && seen == 0 ? ERR_ENVELOPE_RECIPIENTS : err;
}

/*
 * encryptedContent [0] IMPLICIT OCTET STRING: primitive, or constructed with
 * segments (T10).  ber_normalise can't tell a constructed [0] from an explicit
 * tag, so the joining is left to this reader.
 */
static enum err
read_encrypted(struct der *info, struct buf *encrypted)
{
	struct der segments;
	struct bytes octets;
	enum err err;

	if (der_next_is(info, DER_CONTEXT)) {
		err = der_read(info, DER_CONTEXT, &octets);
		if (err == ERR_OK)
			buf_append(encrypted, octets);
		return err;
	}
	err = der_enter(info, DER_CONTEXT_CONSTRUCTED, &segments);
	while (err == ERR_OK && !der_at_end(&segments)) {
		err = der_read(&segments, DER_OCTET_STRING, &octets);
		if (err == ERR_OK)
			buf_append(encrypted, octets);
	}
	return err;
}

/*
 * RFC 5652 section 6.1:
 *     EncryptedContentInfo ::= SEQUENCE {
 *         contentType                 OBJECT IDENTIFIER,
 *         contentEncryptionAlgorithm  AlgorithmIdentifier,
 *         encryptedContent        [0] IMPLICIT OCTET STRING OPTIONAL }
 *
 * The type is passed over (T17).  The cipher is noted before it is known
 * whether the envelope opens, because the answer mirrors it (E5).
 */
static enum err
read_content(struct der *enveloped, struct algorithms allowed,
    struct cms_envelope_facts *facts, struct envelope *envelope)
{
	struct der info;
	struct bytes type;
	enum err err = der_enter(enveloped, DER_SEQUENCE, &info);

	if (err == ERR_OK)
		err = der_read_oid(&info, &type);
	if (err == ERR_OK)
		err = algorithm_read_cipher(&info, &envelope->cipher,
		    &envelope->iv, &facts->unknown);
	if (err != ERR_OK)
		return err;
	if (!algorithms_have_cipher(allowed, envelope->cipher)) {
		facts->unknown = cipher_facts(envelope->cipher)->oid;
		return ERR_CIPHER;
	}
	facts->has_cipher = true;
	facts->cipher = envelope->cipher;
	return read_encrypted(&info, &envelope->encrypted);
}

/* The cursor over EnvelopedData, within its ContentInfo or bare: the one
 * begins with an OBJECT IDENTIFIER, the other with its version. */
static enum err
enter_enveloped(struct bytes der, struct der *enveloped)
{
	struct der outer = der_of(der), info, wrapper;
	struct bytes type;

	if (der_enter(&outer, DER_SEQUENCE, &info) != ERR_OK ||
	    !der_at_end(&outer))
		return ERR_ENVELOPE_MISSING;
	*enveloped = info;
	if (der_next_is(&info, DER_INTEGER))
		return ERR_OK;
	if (der_read_oid(&info, &type) != ERR_OK ||
	    !bytes_equal(type, OID_ENVELOPED_DATA) ||
	    der_enter(&info, DER_CONTEXT_CONSTRUCTED, &wrapper) != ERR_OK ||
	    der_enter(&wrapper, DER_SEQUENCE, enveloped) != ERR_OK)
		return ERR_ENVELOPE_MISSING;
	return ERR_OK;
}

/*
 * RFC 5652 section 6.1:
 *     EnvelopedData ::= SEQUENCE {
 *         version                   INTEGER,
 *         originatorInfo        [0] IMPLICIT OriginatorInfo OPTIONAL,
 *         recipientInfos            RecipientInfos,
 *         encryptedContentInfo      EncryptedContentInfo,
 *         unprotectedAttrs      [1] IMPLICIT SET OF Attribute OPTIONAL }
 *
 * The attributes at the end protect nothing and are not read.
 */
static enum err
read_envelope(struct bytes der, struct algorithms allowed,
    struct cms_envelope_facts *facts, struct envelope *envelope)
{
	struct der enveloped;
	struct bytes ignored;
	enum err err = enter_enveloped(der, &enveloped);

	if (err == ERR_OK)
		err = der_read_integer(&enveloped, &ignored);
	if (err == ERR_OK && der_next_is(&enveloped, DER_CONTEXT_CONSTRUCTED))
		err = der_read(&enveloped, DER_CONTEXT_CONSTRUCTED, &ignored);
	if (err == ERR_OK)
		err = read_recipients(&enveloped, envelope);
	if (envelope->recipient_count > 0) {
		facts->issuer = envelope->recipients[0].issuer;
		facts->serial = envelope->recipients[0].serial;
	}
	if (err == ERR_OK)
		err = read_content(&enveloped, allowed, facts, envelope);
	return err;
}

/* By whichever of the two names the recipient has; our key id is what the
 * certificate says it is, as the client had no other source. */
static bool
is_recipient(const struct recipient *recipient,
    const struct certificate *certificate)
{
	struct bytes value, key_id;
	struct der der;

	if (recipient->issuer.size > 0)
		return certificate_is_named(certificate, recipient->issuer,
		    recipient->serial);
	if (!extensions_find(certificate->extensions, OID_SUBJECT_KEY_ID,
		&value))
		return false;
	der = der_of(value);
	return der_read(&der, DER_OCTET_STRING, &key_id) == ERR_OK &&
	    bytes_equal(key_id, recipient->key_id);
}

/*
 * Which recipient to open with which key; ERR_ENVELOPE_RECIPIENT for none.
 * The CA's key is tried as well as the RA's, since PyScep seals for the CA
 * where one RA certificate serves both purposes.  A lone recipient that names
 * none of ours is most often a client that holds a certificate from before its
 * renewal with the same key, or writes the issuer in its own way (T16).  One
 * private operation is done, whatever the client lists: recipients are no
 * lever to keep the CPU busy with.
 */
static enum err
choose(const struct envelope *envelope, const struct cms_keyring *keyring,
    const struct recipient **recipient, const struct key **key)
{
	const struct cms_identity *identities = keyring->identities;

	for (size_t i = 0; i < envelope->recipient_count; i++)
		for (size_t j = 0; j < keyring->count; j++)
			if (is_recipient(&envelope->recipients[i],
				identities[j].certificate)) {
				*recipient = &envelope->recipients[i];
				*key = identities[j].key;
				return ERR_OK;
			}
	if (envelope->recipient_count != 1 || keyring->count == 0)
		return ERR_ENVELOPE_RECIPIENT;
	*recipient = &envelope->recipients[0];
	*key = identities[0].key;
	return ERR_OK;
}

/*
 * The size of `data` without its padding (RFC 5652 section 6.3), or 0 where
 * that is bad, found in a time that depends on the sizes alone: which octet of
 * the padding was wrong is what Vaudenay's attack lives on.  `size` is a
 * multiple of the block's and not 0.  An empty content comes out as 0 too: no
 * message of SCEP is empty.
 */
static size_t
size_without_padding(const uint8_t *data, size_t size, size_t block_size)
{
	unsigned padding = data[size - 1];
	unsigned bad = (padding == 0) | (padding > block_size);

	for (unsigned i = 0; i < block_size; i++) {
		/* All ones where octet i from the end is padding. */
		unsigned inside = 0u - ((i - padding) >> 31);

		bad |= inside & (data[size - 1 - i] ^ padding);
	}
	/* bad != 0 becomes 1 without a branch. */
	bad = (bad | (0u - bad)) >> 31;
	return (size - padding) & ((size_t)bad - 1);
}

/*
 * Decrypts what has been read, in place, and appends what it holds.  With a
 * key transport that could not be opened, the content key is another one, made
 * from the message, and what comes out is noise, which fails as any other
 * wrong content does: on the same path, with the same error.
 */
static enum err
decrypt(const struct provider *provider, struct envelope *envelope,
    const struct recipient *recipient, const struct key *key,
    struct buf *content)
{
	const struct cipher_facts *cipher = cipher_facts(envelope->cipher);
	uint8_t content_key[CIPHER_MAX_KEY_SIZE];
	struct buf *data = &envelope->encrypted;
	size_t size;

	/* Told by the ciphertext's size, which its sender knows. */
	if (data->size == 0 || data->size % cipher->block_size != 0)
		return ERR_ENVELOPE_DECRYPT;
	key_unwrap(key, recipient->encrypted_key, content_key,
	    cipher->key_size);
	provider_cbc_decrypt(provider, envelope->cipher,
	    bytes_of(content_key, cipher->key_size), envelope->iv, data->data,
	    data->size);
	bytes_wipe(content_key, sizeof(content_key));
	size = size_without_padding(data->data, data->size, cipher->block_size);
	if (size == 0)
		return ERR_ENVELOPE_DECRYPT;
	buf_append(content, bytes_of(data->data, size));
	return ERR_OK;
}

/* The transport's algorithm is looked at for the chosen recipient alone: OAEP
 * for somebody else is no concern of ours. */
enum err
cms_envelope_open(struct bytes der, const struct cms_keyring *keyring,
    struct algorithms allowed, struct cms_envelope_facts *facts,
    struct buf *content)
{
	struct envelope envelope = { 0 };
	const struct recipient *recipient;
	const struct key *key;
	enum err err;

	*facts = (struct cms_envelope_facts){ 0 };
	err = read_envelope(der, allowed, facts, &envelope);
	if (err == ERR_OK)
		err = choose(&envelope, keyring, &recipient, &key);
	if (err == ERR_OK && !bytes_equal(recipient->transport, OID_RSA)) {
		facts->unknown = recipient->transport;
		err = ERR_KEY_TRANSPORT;
	}
	if (err == ERR_OK)
		err = decrypt(keyring->provider, &envelope, recipient, key,
		    content);
	buf_clear(&envelope.encrypted);
	return err;
}

/*
 * KeyTransRecipientInfo (read_recipient draws it) with the recipient's own
 * issuer and serial octets, copied and never encoded anew: clients look for
 * their own bytes.  Version 0 goes with that form of rid.
 */
static enum err
append_recipient(struct buf *to, const struct provider *provider,
    const struct certificate *recipient, struct bytes content_key)
{
	struct public_key *key = NULL;
	struct buf encrypted = { 0 };
	size_t info, identifier;
	enum err err = provider_public_key_load(provider, recipient->spki,
	    &key);

	if (err == ERR_OK)
		err = provider_wrap(provider, key, content_key, &encrypted);
	if (err == ERR_OK) {
		info = der_open(to, DER_SEQUENCE);
		der_append_number(to, 0);
		identifier = der_open(to, DER_SEQUENCE);
		buf_append(to, recipient->issuer);
		der_append(to, DER_INTEGER, recipient->serial);
		der_close(to, identifier);
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
