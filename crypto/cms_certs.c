/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_certs.h"

#include "crypto/cms_signed_internal.h"
#include "crypto/oid.h"

/*
 * SignedData (cms_signed.c draws it) without signers and without eContent,
 * which RFC 8894 section 3.4 wants absent: cryptlib refuses an empty one.
 * digestAlgorithms and signerInfos are there though empty: TrustCore finds the
 * certificates by counting (E8).
 */
static void
append(struct buf *to, uint8_t tag, const struct bytes *elements, size_t count)
{
	size_t info = der_open(to, DER_SEQUENCE), wrapper, signed_data, part;

	der_append_oid(to, OID_SIGNED_DATA);
	wrapper = der_open(to, DER_CONTEXT_CONSTRUCTED);
	signed_data = der_open(to, DER_SEQUENCE);
	der_append_number(to, 1);
	der_append(to, DER_SET, bytes_of(NULL, 0));
	part = der_open(to, DER_SEQUENCE);
	der_append_oid(to, OID_DATA);
	der_close(to, part);
	part = der_open(to, tag);
	for (size_t i = 0; i < count; i++)
		buf_append(to, elements[i]);
	der_close(to, part);
	der_append(to, DER_SET, bytes_of(NULL, 0));
	der_close(to, signed_data);
	der_close(to, wrapper);
	der_close(to, info);
}

void
cms_certs_append(struct buf *to, const struct bytes *certificates, size_t count)
{
	append(to, DER_CONTEXT_CONSTRUCTED, certificates, count);
}

void
cms_certs_append_crl(struct buf *to, struct bytes crl)
{
	append(to, DER_CONTEXT_CONSTRUCTED + 1, &crl, 1);
}

/* CMS allows other things than X.509 certificates in the set, with tags of
 * their own; no CA sends them, and ERR_DER_TAG says so. */
enum err
cms_certs_read(struct bytes der, struct bytes *certificates, size_t limit,
    size_t *count)
{
	struct cms_signed message = { 0 };
	struct der signers, set;
	size_t found = 0;
	enum err err = cms_signed_read_frame(der, &message, &signers);

	set = der_of(message.certificates);
	while (err == ERR_OK && !der_at_end(&set)) {
		if (found == limit)
			return ERR_SIGNED_CERTIFICATES;
		err = der_read_whole(&set, DER_SEQUENCE,
		    &certificates[found++]);
	}
	if (err == ERR_OK)
		*count = found;
	return err;
}

enum err
cms_certs_read_crl(struct bytes der, struct bytes *crl)
{
	struct cms_signed message = { 0 };
	struct der signers, set;
	struct bytes found;
	enum err err = cms_signed_read_frame(der, &message, &signers);

	if (err != ERR_OK)
		return err;
	set = der_of(message.crls);
	if (der_read_whole(&set, DER_SEQUENCE, &found) != ERR_OK)
		return ERR_CRL_MALFORMED;
	*crl = found;
	return ERR_OK;
}
