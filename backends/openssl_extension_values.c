/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_extensions_internal.h"
#include "base/count.h"
#include "crypto/oid.h"

/* The extensions of certificates that are understood by name, and how each is
 * read. */

#define OID_NO_CHECK BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x05")
#define OID_TLS_FEATURE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x18")
/* 2.16.840.1.113730.1.n. */
#define OID_NETSCAPE(n) BYTES_LITERAL("\x60\x86\x48\x01\x86\xf8\x42\x01" n)

static enum err
read_list(const struct openssl_form *form, const char *text,
    struct openssl_list *list)
{
	return openssl_list_read(form->source->conf, form->entry, text, list,
	    form->problems);
}

static enum err
refuse_ca(const struct openssl_form *form, const char *what)
{
	return openssl_entry_refuse(form->entry, form->problems,
	    "%s: scepd certifies devices, and no CA nor anybody who speaks for "
	    "one: leave \"%s\" out",
	    form->entry->name, what);
}

static enum err
read_constraint(const struct openssl_form *form,
    const struct openssl_item *item)
{
	bool ca;

	if (openssl_text_is(item->name, "CA") &&
	    openssl_read_boolean(item->value, &ca))
		return ca ? refuse_ca(form, "CA:TRUE") : ERR_OK;
	if (openssl_text_is(item->name, "pathlen"))
		return refuse_ca(form, "pathlen");
	return openssl_form_unknown(form, item->entry, item->name);
}

/* CA:FALSE is the default, and DER leaves it out. */
static enum err
read_basic_constraints(struct openssl_part *part,
    const struct openssl_form *form, const char *text)
{
	struct openssl_list list = { 0 };
	enum err err = read_list(form, text, &list);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = read_constraint(form, &list.items[i]);
	if (err == ERR_OK)
		der_append(&part->value, DER_SEQUENCE, bytes_of(NULL, 0));
	openssl_list_clear(&list);
	return err;
}

/* A named bit, by either of its names; those that make a CA are refused. */
struct bit {
	const char *name;
	const char *long_name;
	bool is_ca;
};

static enum err
find_bit(const struct openssl_form *form, const struct openssl_item *item,
    const struct bit *bits, size_t count, unsigned *found)
{
	for (size_t i = 0; i < count; i++) {
		if (!openssl_text_is(item->name, bits[i].name) &&
		    !openssl_text_is(item->name, bits[i].long_name))
			continue;
		if (bits[i].is_ca)
			return refuse_ca(form, item->name);
		*found |= 1u << i;
		return ERR_OK;
	}
	return openssl_form_unknown(form, item->entry, item->name);
}

struct bits {
	const struct bit *table;
	size_t count;
};

static enum err
read_bits(struct openssl_part *part, const struct openssl_form *form,
    const char *text, struct bits bits)
{
	struct openssl_list list = { 0 };
	unsigned found = 0;
	enum err err = read_list(form, text, &list);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = find_bit(form, &list.items[i], bits.table, bits.count,
		    &found);
	if (err == ERR_OK)
		der_append_named_bits(&part->value, found);
	openssl_list_clear(&list);
	return err;
}

static enum err
read_key_usage(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	static const struct bit table[] = {
		{ "digitalSignature", "Digital Signature", false },
		{ "nonRepudiation", "Non Repudiation", false },
		{ "keyEncipherment", "Key Encipherment", false },
		{ "dataEncipherment", "Data Encipherment", false },
		{ "keyAgreement", "Key Agreement", false },
		{ "keyCertSign", "Certificate Sign", true },
		{ "cRLSign", "CRL Sign", true },
		{ "encipherOnly", "Encipher Only", false },
		{ "decipherOnly", "Decipher Only", false },
	};

	return read_bits(part, form, text,
	    (struct bits){ table, COUNT(table) });
}

static enum err
read_netscape_type(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	static const struct bit table[] = {
		{ "client", "SSL Client", false },
		{ "server", "SSL Server", false },
		{ "email", "S/MIME", false },
		{ "objsign", "Object Signing", false },
		{ "reserved", "Unused", false },
		{ "sslCA", "SSL CA", true },
		{ "emailCA", "S/MIME CA", true },
		{ "objCA", "Object Signing CA", true },
	};

	return read_bits(part, form, text,
	    (struct bits){ table, COUNT(table) });
}

/* In a section, the purposes are the values. */
static enum err
read_purpose(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item)
{
	struct buf oid = { 0 };
	enum err err = openssl_append_oid(&oid, form, item->entry,
	    item->value != NULL ? item->value : item->name);

	/* Its content is behind a tag and a length of one octet. */
	if (err == ERR_OK &&
	    bytes_equal(bytes_from(buf_bytes(&oid), 2), OID_OCSP_SIGNING))
		err = refuse_ca(form, "OCSPSigning");
	buf_append(to, buf_bytes(&oid));
	buf_clear(&oid);
	return err;
}

static enum err
read_purposes(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	struct openssl_list list = { 0 };
	size_t start = der_open(&part->value, DER_SEQUENCE);
	enum err err = read_list(form, text, &list);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = read_purpose(&part->value, form, &list.items[i]);
	der_close(&part->value, start);
	openssl_list_clear(&list);
	return err;
}

static enum err
read_subject_key_id(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	part->kind = OPENSSL_PART_KEY_ID;
	if (openssl_text_is(text, "hash"))
		return ERR_OK;
	return openssl_form_unknown(form, form->entry, text);
}

/* How much is wanted of a field of the authorityKeyIdentifier. */
enum wanted {
	NOT_WANTED,
	WANTED, /* the key id if there is one, the issuer if there is none */
	ALWAYS
};

static enum err
read_authority_field(const struct openssl_form *form,
    const struct openssl_item *item, enum wanted *key_id, enum wanted *issuer)
{
	enum wanted wanted = item->value == NULL ? WANTED : ALWAYS;

	if (item->value != NULL && !openssl_text_is(item->value, "always"))
		return openssl_form_unknown(form, item->entry, item->value);
	if (openssl_text_is(item->name, "keyid"))
		*key_id = wanted;
	else if (openssl_text_is(item->name, "issuer"))
		*issuer = wanted;
	else
		return openssl_form_unknown(form, item->entry, item->name);
	return ERR_OK;
}

static bool
find_ca_key_id(const struct certificate *ca, struct bytes *key_id)
{
	struct bytes value;
	struct der der;

	if (!extensions_find(ca->extensions, OID_SUBJECT_KEY_ID, &value))
		return false;
	der = der_of(value);
	return der_read(&der, DER_OCTET_STRING, key_id) == ERR_OK &&
	    key_id->size > 0;
}

/* RFC 5280 section 4.2.1.1: [0] keyIdentifier, [1] authorityCertIssuer, a
 * GeneralNames of a directoryName, [2] authorityCertSerialNumber.  The two
 * are those of the CA's own certificate. */
static void
append_issuer(struct buf *to, const struct certificate *ca)
{
	size_t names = der_open(to, DER_CONTEXT_CONSTRUCTED + 1);

	der_append(to, DER_CONTEXT_CONSTRUCTED + 4, ca->issuer);
	der_close(to, names);
	der_append(to, DER_CONTEXT + 2, ca->serial);
}

static enum err
append_authority(struct buf *to, const struct openssl_form *form,
    enum wanted key_id, enum wanted issuer)
{
	const struct certificate *ca = form->source->ca;
	struct bytes id;
	bool has_id = key_id != NOT_WANTED && find_ca_key_id(ca, &id);
	size_t start;

	if (!has_id && (key_id == ALWAYS || issuer == NOT_WANTED))
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: the CA certificate has no subjectKeyIdentifier to be "
		    "named; write \"issuer\"",
		    form->entry->name);
	start = der_open(to, DER_SEQUENCE);
	if (has_id)
		der_append(to, DER_CONTEXT, id);
	if (!has_id || issuer == ALWAYS)
		append_issuer(to, ca);
	der_close(to, start);
	return ERR_OK;
}

enum err
openssl_read_authority_key_id(struct openssl_part *part,
    const struct openssl_form *form, const char *text)
{
	struct openssl_list list = { 0 };
	enum wanted key_id = NOT_WANTED, issuer = NOT_WANTED;
	enum err err = read_list(form, text, &list);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = read_authority_field(form, &list.items[i], &key_id,
		    &issuer);
	if (err == ERR_OK)
		err = append_authority(&part->value, form, key_id, issuer);
	openssl_list_clear(&list);
	return err;
}

/* "email:copy" and "email:move": those of the subject, at this place. */
static enum err
read_subject_name(struct openssl_part *part, const struct openssl_form *form,
    const struct openssl_item *item, bool *moves)
{
	bool move = openssl_text_is(item->value, "move");

	if (!openssl_name_is(item->name, "email") ||
	    (!move && !openssl_text_is(item->value, "copy")))
		return openssl_append_general_name(&part->value, form, item);
	if (part->kind == OPENSSL_PART_NAMES)
		return openssl_entry_refuse(item->entry, form->problems,
		    "%s: the subject's e-mail addresses are asked for twice",
		    form->entry->name);
	part->kind = OPENSSL_PART_NAMES;
	part->emails_at = part->value.size;
	*moves = move;
	return ERR_OK;
}

/* The guard signs names that differ from certificate to certificate only in
 * this form. */
static enum err
check_names_beside_emails(const struct openssl_part *part,
    const struct openssl_form *form)
{
	struct buf names = { 0 }, filtered = { 0 };
	bool same;

	der_append(&names, DER_SEQUENCE, buf_bytes(&part->value));
	same = general_names_filter(&filtered, buf_bytes(&names),
		   GENERAL_NAMES_KNOWN) == ERR_OK &&
	    filtered.size == (part->value.size == 0 ? 0 : names.size);
	buf_clear(&names);
	buf_clear(&filtered);
	if (same)
		return ERR_OK;
	return openssl_entry_refuse(form->entry, form->problems,
	    "%s: beside the subject's e-mail addresses there may be DNS names "
	    "without \"*\", IP and e-mail addresses and URIs alone",
	    form->entry->name);
}

static enum err
read_subject_alt_name(struct openssl_part *part,
    const struct openssl_form *form, const char *text)
{
	struct openssl_list list = { 0 };
	struct buf names = { 0 };
	enum err err = read_list(form, text, &list);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = read_subject_name(part, form, &list.items[i],
		    &part->moves_email);
	openssl_list_clear(&list);
	if (err != ERR_OK)
		return err;
	if (part->kind == OPENSSL_PART_NAMES)
		return check_names_beside_emails(part, form);
	der_append(&names, DER_SEQUENCE, buf_bytes(&part->value));
	buf_clear(&part->value);
	part->value = names;
	return ERR_OK;
}

/* "issuer:copy": all names of the CA's. */
static enum err
read_issuer_name(struct openssl_part *part, const struct openssl_form *form,
    const struct openssl_item *item)
{
	struct bytes value, names;
	struct der der;

	if (!openssl_name_is(item->name, "issuer") ||
	    !openssl_text_is(item->value, "copy"))
		return openssl_append_general_name(&part->value, form, item);
	if (extensions_find(form->source->ca->extensions, OID_SUBJECT_ALT_NAME,
		&value)) {
		der = der_of(value);
		if (der_read(&der, DER_SEQUENCE, &names) == ERR_OK) {
			buf_append(&part->value, names);
			return ERR_OK;
		}
	}
	return openssl_entry_refuse(item->entry, form->problems,
	    "%s: the CA certificate has no subjectAltName to be copied; leave "
	    "\"issuer:copy\" out",
	    form->entry->name);
}

enum err
openssl_read_issuer_alt_name(struct openssl_part *part,
    const struct openssl_form *form, const char *text)
{
	struct openssl_list list = { 0 };
	struct buf names = { 0 };
	enum err err = read_list(form, text, &list);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = read_issuer_name(part, form, &list.items[i]);
	der_append(&names, DER_SEQUENCE, buf_bytes(&part->value));
	buf_clear(&part->value);
	part->value = names;
	openssl_list_clear(&list);
	return err;
}

static enum err
read_points(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	return openssl_append_points(&part->value, form, text);
}

enum err
openssl_read_access(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	return openssl_append_access(&part->value, form, text);
}

static enum err
read_policies(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	return openssl_append_policies(&part->value, form, text);
}

static enum err
read_text(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	if (!openssl_is_ascii(text))
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: \"%s\" is not printable ASCII", form->entry->name,
		    text);
	der_append(&part->value, DER_IA5_STRING, bytes_of_string(text));
	return ERR_OK;
}

/* Whatever is written there. */
static enum err
read_null(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	(void)form;
	(void)text;
	der_append_null(&part->value);
	return ERR_OK;
}

/* RFC 7633: the numbers of TLS extensions. */
static enum err
read_feature(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item)
{
	const char *feature = item->value != NULL ? item->value : item->name;

	if (openssl_text_is(feature, "status_request"))
		feature = "5";
	else if (openssl_text_is(feature, "status_request_v2"))
		feature = "17";
	return openssl_append_number(to, form, item->entry, feature);
}

static enum err
read_features(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	struct openssl_list list = { 0 };
	size_t start = der_open(&part->value, DER_SEQUENCE);
	enum err err = read_list(form, text, &list);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = read_feature(&part->value, form, &list.items[i]);
	der_close(&part->value, start);
	openssl_list_clear(&list);
	return err;
}

static const struct openssl_extension_row rows[] = {
	{ "basicConstraints", OID_BASIC_CONSTRAINTS, read_basic_constraints },
	{ "keyUsage", OID_KEY_USAGE, read_key_usage },
	{ "extendedKeyUsage", OID_EXTENDED_KEY_USAGE, read_purposes },
	{ "subjectKeyIdentifier", OID_SUBJECT_KEY_ID, read_subject_key_id },
	{ "authorityKeyIdentifier", OID_AUTHORITY_KEY_ID,
	    openssl_read_authority_key_id },
	{ "subjectAltName", OID_SUBJECT_ALT_NAME, read_subject_alt_name },
	{ "issuerAltName", OID_ISSUER_ALT_NAME, openssl_read_issuer_alt_name },
	{ "crlDistributionPoints", OID_CRL_DISTRIBUTION_POINTS, read_points },
	{ "authorityInfoAccess", OID_AUTHORITY_INFO_ACCESS,
	    openssl_read_access },
	{ "certificatePolicies", OID_CERTIFICATE_POLICIES, read_policies },
	{ "tlsfeature", OID_TLS_FEATURE, read_features },
	{ "noCheck", OID_NO_CHECK, read_null },
	{ "nsCertType", OID_NETSCAPE("\x01"), read_netscape_type },
	{ "nsBaseUrl", OID_NETSCAPE("\x02"), read_text },
	{ "nsRevocationUrl", OID_NETSCAPE("\x03"), read_text },
	{ "nsCaRevocationUrl", OID_NETSCAPE("\x04"), read_text },
	{ "nsRenewalUrl", OID_NETSCAPE("\x07"), read_text },
	{ "nsCaPolicyUrl", OID_NETSCAPE("\x08"), read_text },
	{ "nsSslServerName", OID_NETSCAPE("\x0c"), read_text },
	{ "nsComment", OID_NETSCAPE("\x0d"), read_text },
};

static const struct openssl_late_extension late[] = {
	{ "subjectKeyIdentifier", "hash" },
	{ "authorityKeyIdentifier", OPENSSL_DEFAULT_AUTHORITY },
};

const struct openssl_extension_table openssl_certificate_extensions = {
	.rows = rows,
	.count = COUNT(rows),
	.late = late,
	.late_count = COUNT(late),
	.remedy = "which scepd does not write itself; set method = \"openssl\" "
		  "in the section \"ca\" of scepd.conf to have OpenSSL do it",
};
