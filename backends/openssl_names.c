/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_names.h"

#include "base/count.h"
#include "crypto/der.h"
#include "crypto/oid.h"

/* As "openssl list -objects" of OpenSSL 3.0 has them: a short name, a long one
 * and the number.  The tag is for attributes alone. */
static const struct row {
	const char *name;
	const char *long_name;
	const char *number;
	uint8_t tag;
} rows[] = {
	{ "CN", "commonName", "2.5.4.3", DER_UTF8_STRING },
	{ "SN", "surname", "2.5.4.4", DER_UTF8_STRING },
	{ "serialNumber", "serialNumber", "2.5.4.5", DER_PRINTABLE_STRING },
	{ "C", "countryName", "2.5.4.6", DER_PRINTABLE_STRING },
	{ "L", "localityName", "2.5.4.7", DER_UTF8_STRING },
	{ "ST", "stateOrProvinceName", "2.5.4.8", DER_UTF8_STRING },
	{ "street", "streetAddress", "2.5.4.9", DER_UTF8_STRING },
	{ "O", "organizationName", "2.5.4.10", DER_UTF8_STRING },
	{ "OU", "organizationalUnitName", "2.5.4.11", DER_UTF8_STRING },
	{ "title", "title", "2.5.4.12", DER_UTF8_STRING },
	{ "description", "description", "2.5.4.13", DER_UTF8_STRING },
	{ "searchGuide", "searchGuide", "2.5.4.14", 0 },
	{ "businessCategory", "businessCategory", "2.5.4.15", 0 },
	{ "postalAddress", "postalAddress", "2.5.4.16", 0 },
	{ "postalCode", "postalCode", "2.5.4.17", 0 },
	{ "postOfficeBox", "postOfficeBox", "2.5.4.18", 0 },
	{ "physicalDeliveryOfficeName", "physicalDeliveryOfficeName",
	    "2.5.4.19", 0 },
	{ "telephoneNumber", "telephoneNumber", "2.5.4.20", 0 },
	{ "name", "name", "2.5.4.41", DER_UTF8_STRING },
	{ "GN", "givenName", "2.5.4.42", DER_UTF8_STRING },
	{ "initials", "initials", "2.5.4.43", DER_UTF8_STRING },
	{ "generationQualifier", "generationQualifier", "2.5.4.44", 0 },
	{ "x500UniqueIdentifier", "x500UniqueIdentifier", "2.5.4.45", 0 },
	{ "dnQualifier", "dnQualifier", "2.5.4.46", DER_PRINTABLE_STRING },
	{ "houseIdentifier", "houseIdentifier", "2.5.4.51", 0 },
	{ "dmdName", "dmdName", "2.5.4.54", 0 },
	{ "pseudonym", "pseudonym", "2.5.4.65", DER_UTF8_STRING },
	{ "role", "role", "2.5.4.72", 0 },
	{ "organizationIdentifier", "organizationIdentifier", "2.5.4.97", 0 },
	{ "UID", "userId", "0.9.2342.19200300.100.1.1", DER_UTF8_STRING },
	{ "mail", "rfc822Mailbox", "0.9.2342.19200300.100.1.3", 0 },
	{ "DC", "domainComponent", "0.9.2342.19200300.100.1.25",
	    DER_IA5_STRING },
	{ "emailAddress", "emailAddress", "1.2.840.113549.1.9.1",
	    DER_IA5_STRING },
	{ "unstructuredName", "unstructuredName", "1.2.840.113549.1.9.2",
	    DER_UTF8_STRING },
	{ "unstructuredAddress", "unstructuredAddress", "1.2.840.113549.1.9.8",
	    DER_UTF8_STRING },
	{ "jurisdictionL", "jurisdictionLocalityName",
	    "1.3.6.1.4.1.311.60.2.1.1", 0 },
	{ "jurisdictionST", "jurisdictionStateOrProvinceName",
	    "1.3.6.1.4.1.311.60.2.1.2", 0 },
	{ "jurisdictionC", "jurisdictionCountryName",
	    "1.3.6.1.4.1.311.60.2.1.3", 0 },

	{ "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1",
	    0 },
	{ "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2",
	    0 },
	{ "codeSigning", "Code Signing", "1.3.6.1.5.5.7.3.3", 0 },
	{ "emailProtection", "E-mail Protection", "1.3.6.1.5.5.7.3.4", 0 },
	{ "ipsecEndSystem", "IPSec End System", "1.3.6.1.5.5.7.3.5", 0 },
	{ "ipsecTunnel", "IPSec Tunnel", "1.3.6.1.5.5.7.3.6", 0 },
	{ "ipsecUser", "IPSec User", "1.3.6.1.5.5.7.3.7", 0 },
	{ "timeStamping", "Time Stamping", "1.3.6.1.5.5.7.3.8", 0 },
	{ "OCSPSigning", "OCSP Signing", "1.3.6.1.5.5.7.3.9", 0 },
	{ "DVCS", "dvcs", "1.3.6.1.5.5.7.3.10", 0 },
	{ "ipsecIKE", "ipsec Internet Key Exchange", "1.3.6.1.5.5.7.3.17", 0 },
	{ "secureShellClient", "SSH Client", "1.3.6.1.5.5.7.3.21", 0 },
	{ "secureShellServer", "SSH Server", "1.3.6.1.5.5.7.3.22", 0 },
	{ "msCodeInd", "Microsoft Individual Code Signing",
	    "1.3.6.1.4.1.311.2.1.21", 0 },
	{ "msCodeCom", "Microsoft Commercial Code Signing",
	    "1.3.6.1.4.1.311.2.1.22", 0 },
	{ "msCTLSign", "Microsoft Trust List Signing", "1.3.6.1.4.1.311.10.3.1",
	    0 },
	{ "msSGC", "Microsoft Server Gated Crypto", "1.3.6.1.4.1.311.10.3.3",
	    0 },
	{ "msEFS", "Microsoft Encrypted File System", "1.3.6.1.4.1.311.10.3.4",
	    0 },
	{ "msSmartcardLogin", "Microsoft Smartcard Login",
	    "1.3.6.1.4.1.311.20.2.2", 0 },
	{ "nsSGC", "Netscape Server Gated Crypto", "2.16.840.1.113730.4.1", 0 },
	{ "pkInitClientAuth", "PKINIT Client Auth", "1.3.6.1.5.2.3.4", 0 },
	{ "pkInitKDC", "Signing KDC Response", "1.3.6.1.5.2.3.5", 0 },
	{ "anyExtendedKeyUsage", "Any Extended Key Usage", "2.5.29.37.0", 0 },

	{ "msUPN", "Microsoft User Principal Name", "1.3.6.1.4.1.311.20.2.3",
	    0 },
	{ "OCSP", "OCSP", "1.3.6.1.5.5.7.48.1", 0 },
	{ "caIssuers", "CA Issuers", "1.3.6.1.5.5.7.48.2", 0 },
	{ "ad_timestamping", "AD Time Stamping", "1.3.6.1.5.5.7.48.3", 0 },
	{ "caRepository", "CA Repository", "1.3.6.1.5.5.7.48.5", 0 },
	{ "anyPolicy", "X509v3 Any Policy", "2.5.29.32.0", 0 },
};

static const char *
find_number(const char *name)
{
	struct bytes wanted = bytes_of_string(name);

	for (size_t i = 0; i < COUNT(rows); i++)
		if (bytes_equal_string(wanted, rows[i].name) ||
		    bytes_equal_string(wanted, rows[i].long_name))
			return rows[i].number;
	return NULL;
}

/* OpenSSL has its own names before it reads those of the section. */
bool
openssl_oid(struct buf *to, const struct openssl_settings *settings,
    const char *name)
{
	const char *number = find_number(name);
	struct bytes dotted;
	struct buf text = { 0 };
	bool found;

	if (number != NULL)
		return oid_from_text(to, number);
	if (settings == NULL || settings->oids == NULL ||
	    !openssl_settings_oid(settings, name, &dotted))
		return oid_from_text(to, name);
	buf_append(&text, dotted);
	found = oid_from_text(to, buf_string(&text));
	buf_clear(&text);
	return found;
}

/* NULL: none. */
static const struct row *
find_row(struct bytes oid)
{
	const struct row *found = NULL;

	for (size_t i = 0; found == NULL && i < COUNT(rows); i++) {
		struct buf own = { 0 };

		if (oid_from_text(&own, rows[i].number) &&
		    bytes_equal(buf_bytes(&own), oid))
			found = &rows[i];
		buf_clear(&own);
	}
	return found;
}

void
openssl_oid_append_name(struct buf *to, struct bytes oid)
{
	const struct row *row = find_row(oid);

	if (row != NULL)
		buf_append_string(to, row->long_name);
	else
		oid_append_text(to, oid);
}

/* For what is in no table of its own, OpenSSL has UTF8String. */
uint8_t
openssl_attribute_tag(struct bytes oid)
{
	const struct row *row = find_row(oid);

	return row != NULL ? row->tag : DER_UTF8_STRING;
}
