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
append_signed_data(struct buf *to, const struct bytes *certificates,
    size_t count)
{
	size_t signed_data = der_open(to, DER_SEQUENCE);
	size_t content, set;

	der_append_number(to, 1);
	der_append(to, DER_SET, bytes_of(NULL, 0));
	content = der_open(to, DER_SEQUENCE);
	der_append_oid(to, OID_DATA);
	der_close(to, content);
	set = der_open(to, DER_CONTEXT_CONSTRUCTED);
	for (size_t i = 0; i < count; i++)
		buf_append(to, certificates[i]);
	der_close(to, set);
	der_append(to, DER_SET, bytes_of(NULL, 0));
	der_close(to, signed_data);
}

void
cms_certs_append(struct buf *to, const struct bytes *certificates, size_t count)
{
	size_t info = der_open(to, DER_SEQUENCE), wrapper;

	der_append_oid(to, OID_SIGNED_DATA);
	wrapper = der_open(to, DER_CONTEXT_CONSTRUCTED);
	append_signed_data(to, certificates, count);
	der_close(to, wrapper);
	der_close(to, info);
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
