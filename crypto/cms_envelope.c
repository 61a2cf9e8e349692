/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_envelope.h"

#include "crypto/cms_identifier.h"
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
	struct cms_identifier identifier;
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
		err = cms_identifier_read(&info, &recipient->identifier);
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
		facts->issuer = envelope->recipients[0].identifier.issuer;
		facts->serial = envelope->recipients[0].identifier.serial;
	}
	if (err == ERR_OK)
		err = read_content(&enveloped, allowed, facts, envelope);
	return err;
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
    const struct recipient **recipient, const struct cms_identity **identity)
{
	const struct cms_identity *identities = keyring->identities;

	for (size_t i = 0; i < envelope->recipient_count; i++)
		for (size_t j = 0; j < keyring->count; j++)
			if (cms_identifier_names(
				&envelope->recipients[i].identifier,
				identities[j].certificate)) {
				*recipient = &envelope->recipients[i];
				*identity = &identities[j];
				return ERR_OK;
			}
	if (envelope->recipient_count != 1 || keyring->count == 0)
		return ERR_ENVELOPE_RECIPIENT;
	*recipient = &envelope->recipients[0];
	*identity = &identities[0];
	return ERR_OK;
}

/*
 * The size of `data` without its padding (RFC 5652 section 6.3), or with it
 * where it is bad, found in a time that depends on the sizes alone: whether
 * the padding was good is what Vaudenay's attack lives on.  `size` is a
 * multiple of the block's and not 0.
 */
static size_t
size_without_padding(const uint8_t *data, size_t size, size_t block_size,
    bool *is_bad)
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
	*is_bad = bad != 0;
	return size - (padding & (bad - 1));
}

/*
 * Decrypts what has been read, in place, and appends what it holds.  With a
 * key transport that could not be opened, the content key is another one, made
 * from the message, and what comes out is noise, which fails as any other
 * wrong content does: on the same path, with the same error.
 */
static enum err
decrypt(const struct provider *provider, struct envelope *envelope,
    const struct recipient *recipient, const struct key *key, bool *bad_padding,
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
	size = size_without_padding(data->data, data->size, cipher->block_size,
	    bad_padding);
	buf_append(content, bytes_of(data->data, size));
	return ERR_OK;
}

/* The transport's algorithm is looked at for the chosen recipient alone: OAEP
 * for somebody else is no concern of ours. */
enum err
cms_envelope_open_blind(struct bytes der, const struct cms_keyring *keyring,
    struct algorithms allowed, struct cms_envelope_facts *facts,
    struct buf *content)
{
	struct envelope envelope = { 0 };
	const struct recipient *recipient;
	const struct cms_identity *identity;
	enum err err;

	*facts = (struct cms_envelope_facts){ 0 };
	err = read_envelope(der, allowed, facts, &envelope);
	if (err == ERR_OK)
		err = choose(&envelope, keyring, &recipient, &identity);
	if (err == ERR_OK)
		facts->opened_with = identity->certificate;
	if (err == ERR_OK && !bytes_equal(recipient->transport, OID_RSA)) {
		facts->unknown = recipient->transport;
		err = ERR_KEY_TRANSPORT;
	}
	if (err == ERR_OK)
		err = decrypt(keyring->provider, &envelope, recipient,
		    identity->key, &facts->bad_padding, content);
	buf_clear(&envelope.encrypted);
	return err;
}

enum err
cms_envelope_open(struct bytes der, const struct cms_keyring *keyring,
    struct algorithms allowed, struct cms_envelope_facts *facts,
    struct buf *content)
{
	size_t before = content->size;
	enum err err = cms_envelope_open_blind(der, keyring, allowed, facts,
	    content);

	/* No message of SCEP is empty. */
	if (err == ERR_OK && (facts->bad_padding || content->size == before)) {
		buf_truncate(content, before);
		err = ERR_ENVELOPE_DECRYPT;
	}
	return err;
}
