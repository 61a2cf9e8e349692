/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_EXTENSIONS_INTERNAL_H
#define SCEPD_BACKENDS_OPENSSL_EXTENSIONS_INTERNAL_H

#include "backends/openssl_extensions.h"
#include "backends/openssl_list.h"
#include "base/buf.h"

/* What the parts that read extension strings share. */

/* One extension that is being read. */
struct openssl_form {
	const struct openssl_extensions_source *source;
	const struct openssl_entry *entry; /* its line */
	struct problems *problems;
	const struct openssl_extension_table *table;
};

/* Adds the finding that `value`, which is what the line has in the end, is
 * nothing that is known here, and is ERR_CONFIGURATION. */
CHECKED enum err openssl_form_unknown(const struct openssl_form *form,
    const struct openssl_entry *entry, const char *value);

/* Whether the text is printable ASCII, blanks among it, and not empty. */
bool openssl_is_ascii(const char *text);

/* Appends an OBJECT IDENTIFIER, whole, for a name of OpenSSL's. */
CHECKED enum err openssl_append_oid(struct buf *to,
    const struct openssl_form *form, const struct openssl_entry *entry,
    const char *name);

/* Appends a number from 0 up, whole. */
CHECKED enum err openssl_append_number(struct buf *to,
    const struct openssl_form *form, const struct openssl_entry *entry,
    const char *digits);

/* TRUE, yes and their kin; false where `text` is none of them. */
bool openssl_read_boolean(const char *text, bool *value);

/* Appends the element that "TYPE:VALUE" stands for, as ASN1_generate_nconf(3)
 * makes it. */
CHECKED enum err openssl_append_asn1(struct buf *to,
    const struct openssl_form *form, const struct openssl_entry *entry,
    const char *text);

/* Appends one GeneralName ("DNS:a.example.org"), or those of a whole list. */
CHECKED enum err openssl_append_general_name(struct buf *to,
    const struct openssl_form *form, const struct openssl_item *item);
CHECKED enum err openssl_append_general_names(struct buf *to,
    const struct openssl_form *form, const struct openssl_list *list);

/* Append the value of the extension of that name, whole, from its string.  Of
 * an issuingDistributionPoint there is `fullname` alone: with anything else in
 * it, a CRL would not be of all certificates of the CA. */
CHECKED enum err openssl_append_issuing_point(struct buf *to,
    const struct openssl_form *form, const char *text);
CHECKED enum err openssl_append_points(struct buf *to,
    const struct openssl_form *form, const char *text);
CHECKED enum err openssl_append_access(struct buf *to,
    const struct openssl_form *form, const char *text);
CHECKED enum err openssl_append_policies(struct buf *to,
    const struct openssl_form *form, const char *text);

/* One extension of a plan. */
enum openssl_part_kind {
	OPENSSL_PART_CONSTANT, /* `value` is all of it */
	OPENSSL_PART_KEY_ID,   /* of the certificate's key */
	OPENSSL_PART_NAMES     /* `value` and the subject's e-mail addresses */
};

struct openssl_part {
	struct buf oid;
	bool critical;
	enum openssl_part_kind kind;
	struct buf value; /* names: GeneralNames without their SEQUENCE */
	size_t emails_at; /* names: where in `value` the addresses belong */
	bool moves_email; /* and whether the subject loses them */
	bool late;        /* OpenSSL adds it, behind what the request asks */
};

/* An extension that is understood by name. */
struct openssl_extension_row {
	const char *name;
	struct bytes oid;
	/* Reads its string, without "critical,", into `part`, whose OID is
	 * there.  ERR_CONFIGURATION with a finding. */
	enum err (*read)(struct openssl_part *part,
	    const struct openssl_form *form, const char *text);
};

/* One that is added at the end where a section lacks it. */
struct openssl_late_extension {
	const char *name; /* of a row */
	const char *value;
};

/* What OpenSSL 3.0 adds for an authorityKeyIdentifier. */
#define OPENSSL_DEFAULT_AUTHORITY "keyid, issuer"

/* What is understood of certificates, or of CRLs. */
struct openssl_extension_table {
	const struct openssl_extension_row *rows;
	size_t count;
	const struct openssl_late_extension *late;
	size_t late_count;
	struct bytes closed_arc; /* of OIDs for which there are names alone;
	                          * nothing: there is none */
	const char *remedy;      /* "which scepd does not write", and what to
	                          * do then */
};

extern const struct openssl_extension_table openssl_certificate_extensions;
extern const struct openssl_extension_table openssl_crl_extensions;

/* Readers of rows that both tables have. */
CHECKED enum err openssl_read_authority_key_id(struct openssl_part *part,
    const struct openssl_form *form, const char *text);
CHECKED enum err openssl_read_issuer_alt_name(struct openssl_part *part,
    const struct openssl_form *form, const char *text);
CHECKED enum err openssl_read_access(struct openssl_part *part,
    const struct openssl_form *form, const char *text);

struct openssl_extensions {
	struct openssl_part *parts;
	size_t count;
	struct buf verbatim; /* the constant ones, as a rule has them */
	bool copies;
	bool moves_email;
};

/* The part with this OID; NULL: none. */
const struct openssl_part *
openssl_extensions_part(const struct openssl_extensions *plan,
    struct bytes oid);

#endif
