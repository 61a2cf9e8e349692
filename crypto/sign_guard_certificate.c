/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/sign_guard_internal.h"
#include "crypto/spki.h"

/* RFC 5280 section 4.1.2.2. */
#define SERIAL_MAXIMUM 20

static const struct bytes extension_oids[GUARD_EXTENSION_COUNT] = {
	[GUARD_BASIC_CONSTRAINTS] = OID_BASIC_CONSTRAINTS,
	[GUARD_KEY_USAGE] = OID_KEY_USAGE,
	[GUARD_EXTENDED_KEY_USAGE] = OID_EXTENDED_KEY_USAGE,
	[GUARD_SUBJECT_KEY_ID] = OID_SUBJECT_KEY_ID,
	[GUARD_AUTHORITY_KEY_ID] = OID_AUTHORITY_KEY_ID,
	[GUARD_SUBJECT_ALT_NAME] = OID_SUBJECT_ALT_NAME,
	[GUARD_CRL_DISTRIBUTION_POINTS] = OID_CRL_DISTRIBUTION_POINTS,
	[GUARD_AUTHORITY_INFO_ACCESS] = OID_AUTHORITY_INFO_ACCESS,
};

/* [0] EXPLICIT INTEGER. */
static enum err
read_version(struct der *from, struct guard_tbs *tbs)
{
	struct der inner;
	enum err err = der_enter(from, DER_CONTEXT_CONSTRUCTED, &inner);

	if (err == ERR_OK)
		err = sign_guard_read_integer(&inner, &tbs->version);
	return err == ERR_OK ? der_end(&inner) : err;
}

static enum err
read_validity(struct der *from, struct guard_tbs *tbs)
{
	struct der inner;
	enum err err = der_enter(from, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = sign_guard_read_time(&inner, &tbs->not_before);
	if (err == ERR_OK)
		err = sign_guard_read_time(&inner, &tbs->not_after);
	return err == ERR_OK ? der_end(&inner) : err;
}

/* As certificate.c draws it, without the unique identifiers [1] and [2], which
 * RFC 5280 section 4.1.2.8 has given up. */
static enum err
read_fields(struct der *from, struct guard_tbs *tbs, struct der *extensions)
{
	enum err err = read_version(from, tbs);

	if (err == ERR_OK)
		err = sign_guard_read_integer(from, &tbs->serial);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->algorithm);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->issuer);
	if (err == ERR_OK)
		err = read_validity(from, tbs);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->subject);
	if (err == ERR_OK)
		err = der_read_whole(from, DER_SEQUENCE, &tbs->spki);
	if (err == ERR_OK)
		err = sign_guard_enter_extensions(from,
		    DER_CONTEXT_CONSTRUCTED + 3, extensions);
	return err == ERR_OK ? ERR_OK : ERR_GUARD_DER;
}

size_t
sign_guard_known_extension(struct bytes oid)
{
	size_t i = 0;

	while (i < GUARD_EXTENSION_COUNT &&
	    !bytes_equal(oid, extension_oids[i]))
		i++;
	return i;
}

/* RFC 5280 section 4.2: of two with one OID, one reader would take the first,
 * another the last. */
static enum err
add_extension(struct guard_tbs *tbs, const struct guard_extension *extension)
{
	size_t place = sign_guard_known_extension(extension->oid);

	if (tbs->extension_count == SIGN_GUARD_EXTENSIONS_LIMIT)
		return ERR_GUARD_EXTENSION;
	for (size_t i = 0; i < tbs->extension_count; i++)
		if (bytes_equal(tbs->extensions[i].oid, extension->oid))
			return ERR_GUARD_EXTENSION;
	tbs->extensions[tbs->extension_count++] = *extension;
	if (place < GUARD_EXTENSION_COUNT)
		tbs->values[place] = extension->value;
	return ERR_OK;
}

static enum err
read_extensions(struct der list, struct guard_tbs *tbs)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && !der_at_end(&list)) {
		struct guard_extension extension;

		err = sign_guard_read_extension(&list, &extension);
		if (err == ERR_OK)
			err = add_extension(tbs, &extension);
	}
	return err;
}

/* Version 3 is 2.  Serial numbers are positive: 0 is none (RFC 5280 section
 * 4.1.2.2). */
static enum err
check_numbers(const struct guard_tbs *tbs)
{
	if (!bytes_equal(tbs->version, BYTES_LITERAL("\x02")))
		return ERR_GUARD_KIND;
	if (tbs->serial.size > SERIAL_MAXIMUM || tbs->serial.data[0] >= 0x80 ||
	    bytes_equal(tbs->serial, BYTES_LITERAL("\0")))
		return ERR_GUARD_SERIAL;
	return ERR_OK;
}

/* With a certificate for a key of ours, whoever opens or verifies by it would
 * trust us for somebody else's name. */
static enum err
check_key(const struct sign_guard *guard, struct guard_tbs *tbs)
{
	if (spki_read(tbs->spki, &tbs->key) != ERR_OK)
		return ERR_GUARD_KEY;
	for (size_t i = 0; i < guard->own_count; i++)
		if (spki_is_same_key(tbs->spki, guard->own_keys[i]))
			return ERR_GUARD_KEY;
	return ERR_OK;
}

/* basicConstraints is empty where it says CA:FALSE: that is the default, and a
 * pathLenConstraint without CA:TRUE makes no sense. */
static enum err
check_is_no_ca(struct guard_tbs *tbs)
{
	struct bytes constraints = tbs->values[GUARD_BASIC_CONSTRAINTS];
	struct der usage = der_of(tbs->values[GUARD_KEY_USAGE]);

	if (constraints.size > 0 &&
	    !bytes_equal(constraints, BYTES_LITERAL("\x30\x00")))
		return ERR_GUARD_CA;
	tbs->key_usage = 0;
	if (der_at_end(&usage))
		return ERR_OK;
	if (der_read_named_bits(&usage, &tbs->key_usage) != ERR_OK)
		return ERR_GUARD_USAGE;
	if ((tbs->key_usage & (KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN)) != 0)
		return ERR_GUARD_CA;
	return ERR_OK;
}

/* RFC 6960 section 4.2.2.2: whoever has OCSPSigning speaks for the CA, and
 * could declare what is revoked to be good; no device's is that. */
static enum err
check_is_no_responder(const struct guard_tbs *tbs)
{
	struct bytes value = tbs->values[GUARD_EXTENDED_KEY_USAGE], purpose;
	struct der list;

	if (value.size == 0)
		return ERR_OK;
	if (!sign_guard_open(value, DER_SEQUENCE, &list.left) ||
	    der_at_end(&list))
		return ERR_GUARD_PURPOSE;
	while (!der_at_end(&list))
		if (der_read_oid(&list, &purpose) != ERR_OK ||
		    bytes_equal(purpose, OID_OCSP_SIGNING))
			return ERR_GUARD_PURPOSE;
	return ERR_OK;
}

/* What is asked of every certificate, whatever the rules say. */
static enum err
check_fields(const struct sign_guard *guard, enum digest digest,
    struct guard_tbs *tbs)
{
	enum err err = check_numbers(tbs);

	if (err != ERR_OK)
		return err;
	if (!sign_guard_is_algorithm(guard, digest, tbs->algorithm))
		return ERR_GUARD_ALGORITHM;
	if (name_check(tbs->subject) != ERR_OK)
		return ERR_GUARD_SUBJECT;
	err = check_key(guard, tbs);
	if (err == ERR_OK)
		err = check_is_no_ca(tbs);
	return err == ERR_OK ? check_is_no_responder(tbs) : err;
}

enum err
sign_guard_certificate(const struct sign_guard *guard, enum digest digest,
    struct der content, int64_t now)
{
	struct guard_tbs tbs = { 0 };
	struct der extensions;
	enum err err = read_fields(&content, &tbs, &extensions);

	if (err == ERR_OK)
		err = read_extensions(extensions, &tbs);
	if (err == ERR_OK)
		err = check_fields(guard, digest, &tbs);
	if (err == ERR_OK)
		err = sign_guard_check_rules(guard, &tbs, now);
	return err;
}
