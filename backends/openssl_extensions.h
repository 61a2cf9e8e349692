/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_EXTENSIONS_H
#define SCEPD_BACKENDS_OPENSSL_EXTENSIONS_H

#include "backends/openssl_settings.h"
#include "crypto/certificate.h"
#include "crypto/sign_guard.h"

/*
 * What an extension section of an openssl.cnf makes of a certificate or a CRL,
 * octet for octet as "openssl ca" of OpenSSL 3.0 writes it: first a plan, where the
 * section is read, once; then the extensions of each certificate.
 *
 * Understood is (x509v3_config(5)) what stands with its OpenSSL name in the
 * table of openssl_extension_values.c, and OID = DER:HEX and OID = ASN1:TYPE:VALUE
 * for others.  All else is a finding.  Two things OpenSSL would write and this
 * does not: a list of no names (of a subject without an e-mail address, for
 * email:copy), and an extension section with nothing in it.
 *
 * Of what a request asks for (copy_extensions = copy) only subjectAltName,
 * keyUsage and extendedKeyUsage are taken, where the section has not set
 * them: DNS names, addresses, e-mail addresses and URIs as
 * general_names_filter takes them; no keyUsage with keyCertSign or cRLSign and
 * no extendedKeyUsage with OCSPSigning.  Whatever else a device asks for is
 * for its CA alone to say.
 *
 * As OpenSSL 3.0 does, a plan adds a subjectKeyIdentifier and an
 * authorityKeyIdentifier at the end where the section has none.
 */
struct openssl_extensions;

struct openssl_extensions_source {
	const struct openssl_conf *conf;
	const char *section; /* "default": what stands in no section */
	const struct openssl_settings *settings; /* copy_extensions and oids */
	const struct certificate *ca;
};

/*
 * Reads the section.  The plan is the caller's, to openssl_extensions_free,
 * and keeps nothing of the source.  ERR_CONFIGURATION with a finding for each
 * line that is wrong, or means what scepd certifies nobody: CA:TRUE,
 * keyCertSign, cRLSign, OCSPSigning.
 */
CHECKED enum err
openssl_extensions_read(const struct openssl_extensions_source *source,
    struct openssl_extensions **plan, struct problems *problems);

/*
 * Reads, likewise, the section that is for CRLs, which has nothing in it that
 * differs from one CRL to the next.  Understood by name is what the table of
 * openssl_crl_extensions.c has; by its number nothing under 2.5.29, so no
 * cRLNumber either.  An authorityKeyIdentifier is added at the end where there
 * is none, and OpenSSL would not; but nothing where the section is empty.
 */
CHECKED enum err
openssl_extensions_read_crl(const struct openssl_extensions_source *source,
    struct openssl_extensions **plan, struct problems *problems);

/* The extensions that are always the same: all of a CRL's.  Extensions as DER
 * in a row, and nothing for NULL; views the plan. */
struct bytes openssl_extensions_constant(const struct openssl_extensions *plan);

void openssl_extensions_free(struct openssl_extensions *plan);

/* What differs from one certificate to the next. Views are borrowed. */
struct openssl_extensions_order {
	struct bytes subject; /* Name, whole, with its e-mail addresses */
	struct bytes key_id;  /* certificate_new_key_id */
	struct bytes asked;   /* the request's extensions: SEQUENCE OF
	                       * Extension, whole, or nothing */
};

/* Appends the extensions in a row, as certificate_order has them.
 * ERR_CSR_ATTRIBUTE: those that were asked for are malformed.  ERR_SAN: names
 * that were asked for, or an e-mail address of the subject's, are. */
CHECKED enum err openssl_extensions_append(struct buf *to,
    const struct openssl_extensions *plan,
    const struct openssl_extensions_order *order);

/* Whether the subject loses its e-mail addresses to subjectAltName
 * (email:move). */
bool openssl_extensions_move_email(const struct openssl_extensions *plan);

/* Sets rule->verbatim and rule->open so that the guard lets these extensions
 * through and no others. The rule views the plan. */
void openssl_extensions_sign_rule(const struct openssl_extensions *plan,
    struct sign_rule *rule);

#endif
