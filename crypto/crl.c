/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/crl.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/certificate.h"
#include "crypto/name.h"
#include "crypto/oid.h"

/*
 * RFC 5280 section 5.1:
 *     TBSCertList ::= SEQUENCE {
 *         version              INTEGER OPTIONAL, -- v2
 *         signature            AlgorithmIdentifier,
 *         issuer               Name,
 *         thisUpdate           Time,
 *         nextUpdate           Time OPTIONAL,
 *         revokedCertificates  SEQUENCE OF SEQUENCE {
 *             userCertificate     INTEGER,
 *             revocationDate      Time,
 *             crlEntryExtensions  Extensions OPTIONAL } OPTIONAL,
 *         crlExtensions    [0] EXPLICIT Extensions OPTIONAL }
 */

static bool
next_is_time(const struct der *der)
{
	return der_next_is(der, DER_UTC_TIME) ||
	    der_next_is(der, DER_GENERALIZED_TIME);
}

static enum err
read_head(struct der *from, struct crl *crl)
{
	struct bytes ignored;
	enum err err = ERR_OK;

	if (der_next_is(from, DER_INTEGER))
		err = der_read_integer(from, &ignored);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &ignored);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &crl->issuer);
	if (err == ERR_OK)
		err = der_read_time(from, &crl->this_update);
	if (err == ERR_OK && next_is_time(from))
		err = der_read_time(from, &crl->next_update);
	if (err == ERR_OK && der_next_is(from, DER_SEQUENCE))
		err = der_enter(from, DER_SEQUENCE, &crl->entries);
	return err;
}

/* A deltaCRLIndicator and an issuingDistributionPoint are always critical (RFC
 * 5280 sections 5.2.4 and 5.2.5), and so is whatever else could make the list
 * mean something else than it seems to. */
static enum err
take_extension(const struct extension *extension, struct crl *crl)
{
	struct der value = der_of(extension->value);

	if (bytes_equal(extension->oid, OID_CRL_NUMBER))
		return der_read_integer(&value, &crl->number);
	crl->is_partial = crl->is_partial || extension->critical;
	return ERR_OK;
}

static enum err
read_extensions(struct der *from, struct crl *crl)
{
	struct der wrapper, list;
	enum err err = der_enter(from, DER_CONTEXT_CONSTRUCTED, &wrapper);

	if (err == ERR_OK)
		err = der_enter(&wrapper, DER_SEQUENCE, &list);
	while (err == ERR_OK && !der_at_end(&list)) {
		struct extension extension;

		err = extension_read(&list, &extension);
		if (err == ERR_OK)
			err = take_extension(&extension, crl);
	}
	return err == ERR_OK ? der_end(&wrapper) : err;
}

static enum err
read_tbs(struct crl *crl)
{
	struct der outer = der_of(crl->outer.signed_part), fields;
	enum err err = der_enter(&outer, DER_SEQUENCE, &fields);

	if (err == ERR_OK)
		err = read_head(&fields, crl);
	if (err == ERR_OK && !der_at_end(&fields))
		err = read_extensions(&fields, crl);
	return err == ERR_OK ? der_end(&fields) : err;
}

enum err
crl_read(struct bytes der, struct crl **crl)
{
	struct crl *made = xalloc(sizeof(*made));
	enum err err;

	buf_append(&made->der, der);
	made->entries = der_of(bytes_of(NULL, 0));
	err = signed_object_read(buf_bytes(&made->der), &made->outer);
	if (err == ERR_OK)
		err = read_tbs(made);
	if (err != ERR_OK) {
		crl_free(made);
		return ERR_CRL_MALFORMED;
	}
	*crl = made;
	return ERR_OK;
}

void
crl_free(struct crl *crl)
{
	if (crl == NULL)
		return;
	buf_clear(&crl->der);
	free(crl);
}

bool
crl_is_issued_by(const struct provider *provider, const struct crl *crl,
    const struct certificate *ca)
{
	return name_equal(crl->issuer, ca->subject) &&
	    signed_object_verify(provider, &crl->outer, ca->spki) == ERR_OK;
}

/* CRLReason ::= ENUMERATED. */
static enum err
read_reason(struct bytes value, int *reason)
{
	struct der der = der_of(value);
	struct bytes content;
	enum err err = der_read(&der, DER_ENUMERATED, &content);

	if (err != ERR_OK || content.size != 1)
		return ERR_CRL_MALFORMED;
	*reason = content.data[0];
	return ERR_OK;
}

/* certificateIssuer is critical, and lists what other CAs have issued: such an
 * entry would revoke a certificate of ours that has the same number. */
static enum err
read_entry_extensions(struct der *entry, int *reason)
{
	struct der list;
	enum err err = der_enter(entry, DER_SEQUENCE, &list);

	while (err == ERR_OK && !der_at_end(&list)) {
		struct extension extension;

		err = extension_read(&list, &extension);
		if (err != ERR_OK)
			break;
		if (bytes_equal(extension.oid, OID_CRL_REASON))
			err = read_reason(extension.value, reason);
		else if (extension.critical)
			err = ERR_CRL_MALFORMED;
	}
	return err;
}

static enum err
read_entry(struct der *entry, struct crl_entry *read)
{
	enum err err = der_read_integer(entry, &read->serial);

	if (err == ERR_OK)
		err = der_read_time(entry, &read->revoked_at);
	if (err == ERR_OK && !der_at_end(entry))
		err = read_entry_extensions(entry, &read->reason);
	return err == ERR_OK ? der_end(entry) : err;
}

enum err
crl_next_entry(struct der *entries, struct crl_entry *entry)
{
	struct crl_entry read = { 0 };
	struct der inner;
	enum err err = der_enter(entries, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = read_entry(&inner, &read);
	if (err != ERR_OK)
		return ERR_CRL_MALFORMED;
	read.serial = serial_number(read.serial);
	*entry = read;
	return ERR_OK;
}
