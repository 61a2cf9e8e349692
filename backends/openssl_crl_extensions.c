/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_extensions_internal.h"
#include "base/count.h"
#include "crypto/oid.h"

/* The extensions of CRLs that are understood by name (RFC 5280 section 5.2).
 * The number is not among them: "openssl ca" has it from another setting. */

static enum err
read_issuing_point(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	return openssl_append_issuing_point(&part->value, form, text);
}

static const struct openssl_extension_row rows[] = {
	{ "authorityKeyIdentifier", OID_AUTHORITY_KEY_ID,
	    openssl_read_authority_key_id },
	{ "issuerAltName", OID_ISSUER_ALT_NAME, openssl_read_issuer_alt_name },
	{ "issuingDistributionPoint", OID_ISSUING_DISTRIBUTION_POINT,
	    read_issuing_point },
	{ "authorityInfoAccess", OID_AUTHORITY_INFO_ACCESS,
	    openssl_read_access },
};

/* OpenSSL adds nothing here, but section 5.2.1 has it in every CRL. */
static const struct openssl_late_extension late[] = {
	{ "authorityKeyIdentifier", OPENSSL_DEFAULT_AUTHORITY },
};

/* Under 2.5.29 are those that could make a CRL speak of some certificates or of
 * changes alone, or give it another number. */
const struct openssl_extension_table openssl_crl_extensions = {
	.rows = rows,
	.count = COUNT(rows),
	.late = late,
	.late_count = COUNT(late),
	.closed_arc = BYTES_LITERAL("\x55\x1d"),
	.remedy = "which scepd does not write into CRLs itself; make them by "
		  "\"openssl ca -gencrl\", and name the file in scepd.conf: "
		  "crl = { file = \"...\"; }",
};
