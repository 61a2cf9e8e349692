/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_EXTENSION_H
#define SCEPD_CRYPTO_EXTENSION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/der.h"

/*
 * Extensions of certificates and of requests (RFC 5280 section 4.2), always
 * as the DER of the SEQUENCE OF Extension, or nothing (size 0).
 */

/* keyUsage's bits, as der_read_named_bits numbers them. */
enum key_usage {
	KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
	KEY_USAGE_NON_REPUDIATION = 1 << 1,
	KEY_USAGE_KEY_ENCIPHERMENT = 1 << 2,
	KEY_USAGE_DATA_ENCIPHERMENT = 1 << 3,
	KEY_USAGE_KEY_AGREEMENT = 1 << 4,
	KEY_USAGE_CERT_SIGN = 1 << 5,
	KEY_USAGE_CRL_SIGN = 1 << 6,
	KEY_USAGE_ENCIPHER_ONLY = 1 << 7,
	KEY_USAGE_DECIPHER_ONLY = 1 << 8
};

/* One Extension. */
struct extension {
	struct bytes oid;
	bool critical;
	struct bytes value; /* the content of its OCTET STRING */
};

/* Reads the next of a list. ERR_DER_*. */
CHECKED enum err extension_read(struct der *from, struct extension *extension);

/* Checks the structure: no extension twice, at most 64. ERR_CSR_ATTRIBUTE. */
CHECKED enum err extensions_check(struct bytes extensions);

/* Finds one: *value is the content of its OCTET STRING. False where absent
 * or the list is malformed. */
bool extensions_find(struct bytes extensions, struct bytes oid,
    struct bytes *value);

/*
 * The key usage; ALL bits where the extension is absent, since the key is
 * then not restricted, and none where it is malformed.
 */
#define KEY_USAGE_UNRESTRICTED 0x1ffu
unsigned extensions_key_usage(struct bytes extensions);

/* Whether basicConstraints says CA:TRUE. */
bool extensions_is_ca(struct bytes extensions);

/* Whether `purpose` is among these: the content of an extendedKeyUsage, OIDs as
 * DER in a row, as far as it is well-formed. */
bool purposes_have(struct bytes purposes, struct bytes purpose);

/* Whether extendedKeyUsage lists `purpose`; an absent one lists nothing. */
bool extensions_have_purpose(struct bytes extensions, struct bytes purpose);

/* Appends one Extension. */
void extension_append(struct buf *to, struct bytes oid, bool critical,
    struct bytes value);

/* Appends the authorityKeyIdentifier that names a key and nothing else. */
void extension_append_authority_key_id(struct buf *to, struct bytes key_id);

/* GeneralName choices (RFC 5280 section 4.2.1.6) that we know by name. */
enum general_name {
	GENERAL_NAME_OTHER = 0, /* of these, Microsoft's UPN alone */
	GENERAL_NAME_EMAIL = 1,
	GENERAL_NAME_DNS = 2,
	GENERAL_NAME_URI = 6,
	GENERAL_NAME_IP = 7
};

/* Those of them that any device may have, each as 1 << its choice. */
#define GENERAL_NAMES_KNOWN \
	(1u << GENERAL_NAME_EMAIL | 1u << GENERAL_NAME_DNS | \
	    1u << GENERAL_NAME_URI | 1u << GENERAL_NAME_IP)

/*
 * And those that give whoever has them more than a name (CVE-2022-26923):
 * domain controllers log a user or a machine on by the UPN, or by the SID in a
 * URI that begins with "tag:microsoft.com,2022-09-14:sid:"; a wildcard stands
 * for hosts of others.
 */
#define GENERAL_NAMES_UPN (1u << GENERAL_NAME_OTHER)
#define GENERAL_NAMES_WILDCARD (1u << 16)
#define GENERAL_NAMES_SID (1u << 17)
#define GENERAL_NAMES_POWERFUL \
	(GENERAL_NAMES_UPN | GENERAL_NAMES_WILDCARD | GENERAL_NAMES_SID)

/*
 * Appends the GeneralNames of the subjectAltName `names` whose choice is in
 * `allowed` (a bit 1 << n for [n]; and the three above) as a new SEQUENCE, or
 * nothing where none is left.  ERR_SAN where the list is malformed, has over
 * 256 names, those kept have over 8192 octets, or an allowed one does not have
 * its form: a DNS name has 1 to 253 of the characters A-Z a-z 0-9 . _ - and no
 * "*", but with GENERAL_NAMES_WILDCARD one as its first label, before two
 * others; an email address and a UPN have at most 254 and exactly one "@", a
 * URI 1 to 2048; email addresses and URIs are ASCII without control characters
 * and blanks, UPNs UTF-8 without; an IP has 4 or 16 octets.  A URI with a SID
 * is allowed by GENERAL_NAMES_SID alone, and where other URIs are allowed
 * without it, it is ERR_SAN.  Names that are not allowed are dropped unread.
 */
CHECKED enum err general_names_filter(struct buf *to, struct bytes names,
    unsigned allowed);

/* Whether a GeneralName is a UPN: *text is a view of its octets. */
bool general_name_is_upn(const struct der_element *name, struct bytes *text);

/* Whether it is a URI that holds a SID. */
bool general_name_is_sid(const struct der_element *name);

#endif
