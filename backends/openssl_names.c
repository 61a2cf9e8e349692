/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_names.h"

#include "base/count.h"
#include "crypto/der.h"
#include "crypto/oid.h"

/* The tag is for attributes alone; 0: for others, or not known here. */
struct row {
	const char *name;
	const char *long_name;
	const char *number;
	uint8_t tag;
};

#define X520(number) "2.5.4." #number
#define PKCS9(number) "1.2.840.113549.1.9." #number
#define PILOT(number) "0.9.2342.19200300.100.1." #number
#define PURPOSE(number) "1.3.6.1.5.5.7.3." #number
#define ACCESS(number) "1.3.6.1.5.5.7.48." #number
#define MICROSOFT(number) "1.3.6.1.4.1.311." #number

/* As "openssl list -objects" of OpenSSL 3.0 has them; first the attributes that
 * may be in names, of which the frequent ones come first. */
static const struct row rows[] = {
	{ "CN", "commonName", X520(3), DER_UTF8_STRING },
	{ "SN", "surname", X520(4), DER_UTF8_STRING },
	{ "serialNumber", "serialNumber", X520(5), DER_PRINTABLE_STRING },
	{ "C", "countryName", X520(6), DER_PRINTABLE_STRING },
	{ "L", "localityName", X520(7), DER_UTF8_STRING },
	{ "ST", "stateOrProvinceName", X520(8), DER_UTF8_STRING },
	{ "street", "streetAddress", X520(9), DER_UTF8_STRING },
	{ "O", "organizationName", X520(10), DER_UTF8_STRING },
	{ "OU", "organizationalUnitName", X520(11), DER_UTF8_STRING },
	{ "title", "title", X520(12), DER_UTF8_STRING },
	{ "description", "description", X520(13), DER_UTF8_STRING },
	{ "searchGuide", "searchGuide", X520(14), 0 },
	{ "businessCategory", "businessCategory", X520(15), 0 },
	{ "postalAddress", "postalAddress", X520(16), 0 },
	{ "postalCode", "postalCode", X520(17), 0 },
	{ "postOfficeBox", "postOfficeBox", X520(18), 0 },
	{ "physicalDeliveryOfficeName", "physicalDeliveryOfficeName", X520(19),
	    0 },
	{ "telephoneNumber", "telephoneNumber", X520(20), 0 },
	{ "telexNumber", "telexNumber", X520(21), DER_UTF8_STRING },
	{ "teletexTerminalIdentifier", "teletexTerminalIdentifier", X520(22),
	    DER_UTF8_STRING },
	{ "facsimileTelephoneNumber", "facsimileTelephoneNumber", X520(23),
	    DER_UTF8_STRING },
	{ "x121Address", "x121Address", X520(24), DER_UTF8_STRING },
	{ "internationaliSDNNumber", "internationaliSDNNumber", X520(25),
	    DER_UTF8_STRING },
	{ "registeredAddress", "registeredAddress", X520(26), DER_UTF8_STRING },
	{ "destinationIndicator", "destinationIndicator", X520(27),
	    DER_UTF8_STRING },
	{ "preferredDeliveryMethod", "preferredDeliveryMethod", X520(28),
	    DER_UTF8_STRING },
	{ "presentationAddress", "presentationAddress", X520(29),
	    DER_UTF8_STRING },
	{ "supportedApplicationContext", "supportedApplicationContext",
	    X520(30), DER_UTF8_STRING },
	{ "member", "member", X520(31), DER_UTF8_STRING },
	{ "owner", "owner", X520(32), DER_UTF8_STRING },
	{ "roleOccupant", "roleOccupant", X520(33), DER_UTF8_STRING },
	{ "seeAlso", "seeAlso", X520(34), DER_UTF8_STRING },
	{ "userPassword", "userPassword", X520(35), DER_UTF8_STRING },
	{ "userCertificate", "userCertificate", X520(36), DER_UTF8_STRING },
	{ "cACertificate", "cACertificate", X520(37), DER_UTF8_STRING },
	{ "authorityRevocationList", "authorityRevocationList", X520(38),
	    DER_UTF8_STRING },
	{ "certificateRevocationList", "certificateRevocationList", X520(39),
	    DER_UTF8_STRING },
	{ "crossCertificatePair", "crossCertificatePair", X520(40),
	    DER_UTF8_STRING },
	{ "name", "name", X520(41), DER_UTF8_STRING },
	{ "GN", "givenName", X520(42), DER_UTF8_STRING },
	{ "initials", "initials", X520(43), DER_UTF8_STRING },
	{ "generationQualifier", "generationQualifier", X520(44), 0 },
	{ "x500UniqueIdentifier", "x500UniqueIdentifier", X520(45), 0 },
	{ "dnQualifier", "dnQualifier", X520(46), DER_PRINTABLE_STRING },
	{ "enhancedSearchGuide", "enhancedSearchGuide", X520(47),
	    DER_UTF8_STRING },
	{ "protocolInformation", "protocolInformation", X520(48),
	    DER_UTF8_STRING },
	{ "distinguishedName", "distinguishedName", X520(49), DER_UTF8_STRING },
	{ "uniqueMember", "uniqueMember", X520(50), DER_UTF8_STRING },
	{ "houseIdentifier", "houseIdentifier", X520(51), 0 },
	{ "supportedAlgorithms", "supportedAlgorithms", X520(52),
	    DER_UTF8_STRING },
	{ "deltaRevocationList", "deltaRevocationList", X520(53),
	    DER_UTF8_STRING },
	{ "dmdName", "dmdName", X520(54), 0 },
	{ "pseudonym", "pseudonym", X520(65), DER_UTF8_STRING },
	{ "role", "role", X520(72), 0 },
	{ "organizationIdentifier", "organizationIdentifier", X520(97), 0 },
	{ "c3", "countryCode3c", X520(98), 0 },
	{ "n3", "countryCode3n", X520(99), 0 },
	{ "dnsName", "dnsName", X520(100), DER_UTF8_STRING },
	{ "emailAddress", "emailAddress", PKCS9(1), DER_IA5_STRING },
	{ "unstructuredName", "unstructuredName", PKCS9(2), DER_UTF8_STRING },
	{ "contentType", "contentType", PKCS9(3), DER_UTF8_STRING },
	{ "messageDigest", "messageDigest", PKCS9(4), DER_UTF8_STRING },
	{ "signingTime", "signingTime", PKCS9(5), DER_UTF8_STRING },
	{ "countersignature", "countersignature", PKCS9(6), DER_UTF8_STRING },
	{ "challengePassword", "challengePassword", PKCS9(7), DER_UTF8_STRING },
	{ "unstructuredAddress", "unstructuredAddress", PKCS9(8),
	    DER_UTF8_STRING },
	{ "extendedCertificateAttributes", "extendedCertificateAttributes",
	    PKCS9(9), DER_UTF8_STRING },
	{ "extReq", "Extension Request", PKCS9(14), DER_UTF8_STRING },
	{ "SMIME-CAPS", "S/MIME Capabilities", PKCS9(15), DER_UTF8_STRING },
	{ "SMIME", "S/MIME", PKCS9(16), DER_UTF8_STRING },
	{ "friendlyName", "friendlyName", PKCS9(20), 0 },
	{ "localKeyID", "localKeyID", PKCS9(21), DER_UTF8_STRING },
	{ "UID", "userId", PILOT(1), DER_UTF8_STRING },
	{ "textEncodedORAddress", "textEncodedORAddress", PILOT(2),
	    DER_UTF8_STRING },
	{ "mail", "rfc822Mailbox", PILOT(3), 0 },
	{ "info", "info", PILOT(4), DER_UTF8_STRING },
	{ "favouriteDrink", "favouriteDrink", PILOT(5), DER_UTF8_STRING },
	{ "roomNumber", "roomNumber", PILOT(6), DER_UTF8_STRING },
	{ "photo", "photo", PILOT(7), DER_UTF8_STRING },
	{ "userClass", "userClass", PILOT(8), DER_UTF8_STRING },
	{ "host", "host", PILOT(9), DER_UTF8_STRING },
	{ "manager", "manager", PILOT(10), DER_UTF8_STRING },
	{ "documentIdentifier", "documentIdentifier", PILOT(11),
	    DER_UTF8_STRING },
	{ "documentTitle", "documentTitle", PILOT(12), DER_UTF8_STRING },
	{ "documentVersion", "documentVersion", PILOT(13), DER_UTF8_STRING },
	{ "documentAuthor", "documentAuthor", PILOT(14), DER_UTF8_STRING },
	{ "documentLocation", "documentLocation", PILOT(15), DER_UTF8_STRING },
	{ "homeTelephoneNumber", "homeTelephoneNumber", PILOT(20),
	    DER_UTF8_STRING },
	{ "secretary", "secretary", PILOT(21), DER_UTF8_STRING },
	{ "otherMailbox", "otherMailbox", PILOT(22), DER_UTF8_STRING },
	{ "lastModifiedTime", "lastModifiedTime", PILOT(23), DER_UTF8_STRING },
	{ "lastModifiedBy", "lastModifiedBy", PILOT(24), DER_UTF8_STRING },
	{ "DC", "domainComponent", PILOT(25), DER_IA5_STRING },
	{ "aRecord", "aRecord", PILOT(26), DER_UTF8_STRING },
	{ "pilotAttributeType27", "pilotAttributeType27", PILOT(27),
	    DER_UTF8_STRING },
	{ "mXRecord", "mXRecord", PILOT(28), DER_UTF8_STRING },
	{ "nSRecord", "nSRecord", PILOT(29), DER_UTF8_STRING },
	{ "sOARecord", "sOARecord", PILOT(30), DER_UTF8_STRING },
	{ "cNAMERecord", "cNAMERecord", PILOT(31), DER_UTF8_STRING },
	{ "associatedDomain", "associatedDomain", PILOT(37), DER_UTF8_STRING },
	{ "associatedName", "associatedName", PILOT(38), DER_UTF8_STRING },
	{ "homePostalAddress", "homePostalAddress", PILOT(39),
	    DER_UTF8_STRING },
	{ "personalTitle", "personalTitle", PILOT(40), DER_UTF8_STRING },
	{ "mobileTelephoneNumber", "mobileTelephoneNumber", PILOT(41),
	    DER_UTF8_STRING },
	{ "pagerTelephoneNumber", "pagerTelephoneNumber", PILOT(42),
	    DER_UTF8_STRING },
	{ "friendlyCountryName", "friendlyCountryName", PILOT(43),
	    DER_UTF8_STRING },
	{ "uid", "uniqueIdentifier", PILOT(44), DER_UTF8_STRING },
	{ "organizationalStatus", "organizationalStatus", PILOT(45),
	    DER_UTF8_STRING },
	{ "janetMailbox", "janetMailbox", PILOT(46), DER_UTF8_STRING },
	{ "mailPreferenceOption", "mailPreferenceOption", PILOT(47),
	    DER_UTF8_STRING },
	{ "buildingName", "buildingName", PILOT(48), DER_UTF8_STRING },
	{ "dSAQuality", "dSAQuality", PILOT(49), DER_UTF8_STRING },
	{ "singleLevelQuality", "singleLevelQuality", PILOT(50),
	    DER_UTF8_STRING },
	{ "subtreeMinimumQuality", "subtreeMinimumQuality", PILOT(51),
	    DER_UTF8_STRING },
	{ "subtreeMaximumQuality", "subtreeMaximumQuality", PILOT(52),
	    DER_UTF8_STRING },
	{ "personalSignature", "personalSignature", PILOT(53),
	    DER_UTF8_STRING },
	{ "dITRedirect", "dITRedirect", PILOT(54), DER_UTF8_STRING },
	{ "audio", "audio", PILOT(55), DER_UTF8_STRING },
	{ "documentPublisher", "documentPublisher", PILOT(56),
	    DER_UTF8_STRING },
	{ "INN", "INN", "1.2.643.3.131.1.1", 0 },
	{ "OGRN", "OGRN", "1.2.643.100.1", 0 },
	{ "SNILS", "SNILS", "1.2.643.100.3", 0 },
	{ "OGRNIP", "OGRNIP", "1.2.643.100.5", DER_UTF8_STRING },
	{ "subjectSignTool", "Signing Tool of Subject", "1.2.643.100.111",
	    DER_UTF8_STRING },
	{ "issuerSignTool", "Signing Tool of Issuer", "1.2.643.100.112",
	    DER_UTF8_STRING },
	{ "classSignTool", "Class of Signing Tool", "1.2.643.100.113",
	    DER_UTF8_STRING },
	{ "classSignToolKC1", "Class of Signing Tool KC1", "1.2.643.100.113.1",
	    DER_UTF8_STRING },
	{ "classSignToolKC2", "Class of Signing Tool KC2", "1.2.643.100.113.2",
	    DER_UTF8_STRING },
	{ "classSignToolKC3", "Class of Signing Tool KC3", "1.2.643.100.113.3",
	    DER_UTF8_STRING },
	{ "classSignToolKB1", "Class of Signing Tool KB1", "1.2.643.100.113.4",
	    DER_UTF8_STRING },
	{ "classSignToolKB2", "Class of Signing Tool KB2", "1.2.643.100.113.5",
	    DER_UTF8_STRING },
	{ "classSignToolKA1", "Class of Signing Tool KA1", "1.2.643.100.113.6",
	    DER_UTF8_STRING },
	{ "jurisdictionL", "jurisdictionLocalityName", MICROSOFT(60.2.1.1), 0 },
	{ "jurisdictionST", "jurisdictionStateOrProvinceName",
	    MICROSOFT(60.2.1.2), 0 },
	{ "jurisdictionC", "jurisdictionCountryName", MICROSOFT(60.2.1.3), 0 },

	{ "serverAuth", "TLS Web Server Authentication", PURPOSE(1), 0 },
	{ "clientAuth", "TLS Web Client Authentication", PURPOSE(2), 0 },
	{ "codeSigning", "Code Signing", PURPOSE(3), 0 },
	{ "emailProtection", "E-mail Protection", PURPOSE(4), 0 },
	{ "ipsecEndSystem", "IPSec End System", PURPOSE(5), 0 },
	{ "ipsecTunnel", "IPSec Tunnel", PURPOSE(6), 0 },
	{ "ipsecUser", "IPSec User", PURPOSE(7), 0 },
	{ "timeStamping", "Time Stamping", PURPOSE(8), 0 },
	{ "OCSPSigning", "OCSP Signing", PURPOSE(9), 0 },
	{ "DVCS", "dvcs", PURPOSE(10), 0 },
	{ "ipsecIKE", "ipsec Internet Key Exchange", PURPOSE(17), 0 },
	{ "secureShellClient", "SSH Client", PURPOSE(21), 0 },
	{ "secureShellServer", "SSH Server", PURPOSE(22), 0 },
	{ "msCodeInd", "Microsoft Individual Code Signing", MICROSOFT(2.1.21),
	    0 },
	{ "msCodeCom", "Microsoft Commercial Code Signing", MICROSOFT(2.1.22),
	    0 },
	{ "msCTLSign", "Microsoft Trust List Signing", MICROSOFT(10.3.1), 0 },
	{ "msSGC", "Microsoft Server Gated Crypto", MICROSOFT(10.3.3), 0 },
	{ "msEFS", "Microsoft Encrypted File System", MICROSOFT(10.3.4), 0 },
	{ "msSmartcardLogin", "Microsoft Smartcard Login", MICROSOFT(20.2.2),
	    0 },
	{ "nsSGC", "Netscape Server Gated Crypto", "2.16.840.1.113730.4.1", 0 },
	{ "pkInitClientAuth", "PKINIT Client Auth", "1.3.6.1.5.2.3.4", 0 },
	{ "pkInitKDC", "Signing KDC Response", "1.3.6.1.5.2.3.5", 0 },
	{ "anyExtendedKeyUsage", "Any Extended Key Usage", "2.5.29.37.0", 0 },

	{ "msUPN", "Microsoft User Principal Name", MICROSOFT(20.2.3), 0 },
	{ "OCSP", "OCSP", ACCESS(1), 0 },
	{ "caIssuers", "CA Issuers", ACCESS(2), 0 },
	{ "ad_timestamping", "AD Time Stamping", ACCESS(3), 0 },
	{ "caRepository", "CA Repository", ACCESS(5), 0 },
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
	struct buf number = { 0 };
	const struct row *found = NULL;

	oid_append_text(&number, oid);
	for (size_t i = 0; found == NULL && i < COUNT(rows); i++)
		if (bytes_equal_string(buf_bytes(&number), rows[i].number))
			found = &rows[i];
	buf_clear(&number);
	return found;
}

void
openssl_oid_append_name(struct buf *to, struct bytes oid)
{
	const struct row *row = find_row(oid);

	if (row != NULL)
		buf_append_string(to, row->name);
	else
		oid_append_text(to, oid);
}

void
openssl_oid_append_long_name(struct buf *to, struct bytes oid)
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
