/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_name.h"

#include "base/count.h"
#include "crypto/der.h"
#include "crypto/oid.h"

/* OpenSSL's short names of the attributes that may be in names; as `openssl
 * list -objects` has them. */
struct attribute_name {
	const char *oid;
	const char *name;
};

#define X520(number) "2.5.4." #number
#define PKCS9(number) "1.2.840.113549.1.9." #number
#define PILOT(number) "0.9.2342.19200300.100.1." #number

/* The frequent ones first. */
static const struct attribute_name attribute_names[] = {
	{ X520(3), "CN" },
	{ X520(4), "SN" },
	{ X520(5), "serialNumber" },
	{ X520(6), "C" },
	{ X520(7), "L" },
	{ X520(8), "ST" },
	{ X520(9), "street" },
	{ X520(10), "O" },
	{ X520(11), "OU" },
	{ X520(12), "title" },
	{ X520(13), "description" },
	{ X520(14), "searchGuide" },
	{ X520(15), "businessCategory" },
	{ X520(16), "postalAddress" },
	{ X520(17), "postalCode" },
	{ X520(18), "postOfficeBox" },
	{ X520(19), "physicalDeliveryOfficeName" },
	{ X520(20), "telephoneNumber" },
	{ X520(21), "telexNumber" },
	{ X520(22), "teletexTerminalIdentifier" },
	{ X520(23), "facsimileTelephoneNumber" },
	{ X520(24), "x121Address" },
	{ X520(25), "internationaliSDNNumber" },
	{ X520(26), "registeredAddress" },
	{ X520(27), "destinationIndicator" },
	{ X520(28), "preferredDeliveryMethod" },
	{ X520(29), "presentationAddress" },
	{ X520(30), "supportedApplicationContext" },
	{ X520(31), "member" },
	{ X520(32), "owner" },
	{ X520(33), "roleOccupant" },
	{ X520(34), "seeAlso" },
	{ X520(35), "userPassword" },
	{ X520(36), "userCertificate" },
	{ X520(37), "cACertificate" },
	{ X520(38), "authorityRevocationList" },
	{ X520(39), "certificateRevocationList" },
	{ X520(40), "crossCertificatePair" },
	{ X520(41), "name" },
	{ X520(42), "GN" },
	{ X520(43), "initials" },
	{ X520(44), "generationQualifier" },
	{ X520(45), "x500UniqueIdentifier" },
	{ X520(46), "dnQualifier" },
	{ X520(47), "enhancedSearchGuide" },
	{ X520(48), "protocolInformation" },
	{ X520(49), "distinguishedName" },
	{ X520(50), "uniqueMember" },
	{ X520(51), "houseIdentifier" },
	{ X520(52), "supportedAlgorithms" },
	{ X520(53), "deltaRevocationList" },
	{ X520(54), "dmdName" },
	{ X520(65), "pseudonym" },
	{ X520(72), "role" },
	{ X520(97), "organizationIdentifier" },
	{ X520(98), "c3" },
	{ X520(99), "n3" },
	{ X520(100), "dnsName" },
	{ PKCS9(1), "emailAddress" },
	{ PKCS9(2), "unstructuredName" },
	{ PKCS9(3), "contentType" },
	{ PKCS9(4), "messageDigest" },
	{ PKCS9(5), "signingTime" },
	{ PKCS9(6), "countersignature" },
	{ PKCS9(7), "challengePassword" },
	{ PKCS9(8), "unstructuredAddress" },
	{ PKCS9(9), "extendedCertificateAttributes" },
	{ PKCS9(14), "extReq" },
	{ PKCS9(15), "SMIME-CAPS" },
	{ PKCS9(16), "SMIME" },
	{ PKCS9(20), "friendlyName" },
	{ PKCS9(21), "localKeyID" },
	{ PILOT(1), "UID" },
	{ PILOT(2), "textEncodedORAddress" },
	{ PILOT(3), "mail" },
	{ PILOT(4), "info" },
	{ PILOT(5), "favouriteDrink" },
	{ PILOT(6), "roomNumber" },
	{ PILOT(7), "photo" },
	{ PILOT(8), "userClass" },
	{ PILOT(9), "host" },
	{ PILOT(10), "manager" },
	{ PILOT(11), "documentIdentifier" },
	{ PILOT(12), "documentTitle" },
	{ PILOT(13), "documentVersion" },
	{ PILOT(14), "documentAuthor" },
	{ PILOT(15), "documentLocation" },
	{ PILOT(20), "homeTelephoneNumber" },
	{ PILOT(21), "secretary" },
	{ PILOT(22), "otherMailbox" },
	{ PILOT(23), "lastModifiedTime" },
	{ PILOT(24), "lastModifiedBy" },
	{ PILOT(25), "DC" },
	{ PILOT(26), "aRecord" },
	{ PILOT(27), "pilotAttributeType27" },
	{ PILOT(28), "mXRecord" },
	{ PILOT(29), "nSRecord" },
	{ PILOT(30), "sOARecord" },
	{ PILOT(31), "cNAMERecord" },
	{ PILOT(37), "associatedDomain" },
	{ PILOT(38), "associatedName" },
	{ PILOT(39), "homePostalAddress" },
	{ PILOT(40), "personalTitle" },
	{ PILOT(41), "mobileTelephoneNumber" },
	{ PILOT(42), "pagerTelephoneNumber" },
	{ PILOT(43), "friendlyCountryName" },
	{ PILOT(44), "uid" },
	{ PILOT(45), "organizationalStatus" },
	{ PILOT(46), "janetMailbox" },
	{ PILOT(47), "mailPreferenceOption" },
	{ PILOT(48), "buildingName" },
	{ PILOT(49), "dSAQuality" },
	{ PILOT(50), "singleLevelQuality" },
	{ PILOT(51), "subtreeMinimumQuality" },
	{ PILOT(52), "subtreeMaximumQuality" },
	{ PILOT(53), "personalSignature" },
	{ PILOT(54), "dITRedirect" },
	{ PILOT(55), "audio" },
	{ PILOT(56), "documentPublisher" },
	{ "1.2.643.3.131.1.1", "INN" },
	{ "1.2.643.100.1", "OGRN" },
	{ "1.2.643.100.3", "SNILS" },
	{ "1.2.643.100.5", "OGRNIP" },
	{ "1.2.643.100.111", "subjectSignTool" },
	{ "1.2.643.100.112", "issuerSignTool" },
	{ "1.2.643.100.113", "classSignTool" },
	{ "1.2.643.100.113.1", "classSignToolKC1" },
	{ "1.2.643.100.113.2", "classSignToolKC2" },
	{ "1.2.643.100.113.3", "classSignToolKC3" },
	{ "1.2.643.100.113.4", "classSignToolKB1" },
	{ "1.2.643.100.113.5", "classSignToolKB2" },
	{ "1.2.643.100.113.6", "classSignToolKA1" },
	{ "1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL" },
	{ "1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST" },
	{ "1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC" },
};

static void
append_type(struct buf *to, struct bytes oid)
{
	struct buf text = { 0 };

	oid_append_text(&text, oid);
	for (size_t i = 0; i < COUNT(attribute_names); i++)
		if (bytes_equal_string(buf_bytes(&text),
			attribute_names[i].oid)) {
			buf_append_string(to, attribute_names[i].name);
			buf_clear(&text);
			return;
		}
	buf_append(to, buf_bytes(&text));
	buf_clear(&text);
}

static void
append_value(struct buf *to, struct bytes value)
{
	for (size_t i = 0; i < value.size; i++) {
		uint8_t octet = value.data[i];

		if (octet == '/' || octet == '+')
			buf_append_octet(to, '\\');
		if (octet < ' ' || octet > '~')
			buf_printf(to, "\\x%02X", octet);
		else
			buf_append_octet(to, octet);
	}
}

/* AttributeTypeAndValue ::= SEQUENCE { type, value }: crypto/name.c. */
static enum err
append_attribute(struct buf *to, struct der *attributes)
{
	struct der pair;
	struct bytes oid;
	struct der_element value;
	enum err err = der_enter(attributes, DER_SEQUENCE, &pair);

	if (err == ERR_OK)
		err = der_read_oid(&pair, &oid);
	if (err == ERR_OK)
		err = der_read_any(&pair, &value);
	if (err == ERR_OK)
		err = der_end(&pair);
	if (err != ERR_OK)
		return err;
	append_type(to, oid);
	buf_append_octet(to, '=');
	/* Of a BIT STRING without the octet that counts its bits. */
	append_value(to,
	    bytes_from(value.content, value.tag == DER_BIT_STRING));
	return ERR_OK;
}

static enum err
append_rdn(struct buf *to, struct der *rdns)
{
	struct der attributes;
	enum err err = der_enter(rdns, DER_SET, &attributes);
	uint8_t separator = '/';

	if (err == ERR_OK && der_at_end(&attributes))
		err = ERR_CERTIFICATE_MALFORMED;
	while (err == ERR_OK && !der_at_end(&attributes)) {
		buf_append_octet(to, separator);
		err = append_attribute(to, &attributes);
		separator = '+';
	}
	return err;
}

enum err
openssl_name_append(struct buf *to, struct bytes name)
{
	size_t before = to->size;
	struct der outer = der_of(name), rdns;
	enum err err = der_enter(&outer, DER_SEQUENCE, &rdns);

	if (err == ERR_OK)
		err = der_end(&outer);
	while (err == ERR_OK && !der_at_end(&rdns))
		err = append_rdn(to, &rdns);
	if (err == ERR_OK)
		return ERR_OK;
	buf_truncate(to, before);
	return ERR_CERTIFICATE_MALFORMED;
}
