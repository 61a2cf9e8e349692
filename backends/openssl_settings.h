/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_SETTINGS_H
#define SCEPD_BACKENDS_OPENSSL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "backends/openssl_conf.h"
#include "base/bytes.h"
#include "crypto/algorithm.h"

/*
 * What "openssl ca" takes from one CA section of openssl.cnf, with the names,
 * defaults and oddities that it has there (apps/ca.c of OpenSSL 3.0): each name
 * may stand in [default] instead, yes and no are told by their first letter,
 * and preserve and msie_hack are read from [ca].  What only decides how things
 * are shown (name_opt, cert_opt), and dir, certs, crl, crl_dir and RANDFILE,
 * which "openssl ca" does not read, are passed over.
 *
 * Entries are views of the configuration, which has to outlive this; they say
 * where a finding about their value belongs.
 */

/* string_mask: which ASN.1 types OpenSSL picks for text that it is given as
 * text (-subj). */
enum openssl_string_mask {
	OPENSSL_MASK_DEFAULT,  /* also where it is not set */
	OPENSSL_MASK_UTF8ONLY, /* UTF8String for what DER lets choose */
	OPENSSL_MASK_PKIX,
	OPENSSL_MASK_NOMBSTR,
	OPENSSL_MASK_NUMBER /* MASK:0x..., of which nothing is known here */
};

struct openssl_settings {
	const char *section;

	/* Files, as openssl_conf_path has them, owned. */
	char *certificate;
	char *private_key; /* or a pkcs11: URL, as it stands */
	char *database;
	char *new_certs_dir;
	char *serial;    /* NULL where rand_serial is set */
	char *crlnumber; /* NULL: OpenSSL makes CRLs without a number */

	/* Validity.  A start of 0 is today; an end of 0 is `days` from now. */
	int64_t start;
	int64_t end;
	int64_t days;

	/* What signs; default_digest: the one that goes with the key, also
	 * where nothing is set. */
	bool default_digest;
	enum digest digest;

	/* The sections named are there. */
	const struct openssl_entry *policy;
	const struct openssl_entry *x509_extensions;
	const struct openssl_entry *crl_extensions; /* NULL: OpenSSL makes CRLs
	                                             * of version 1 */

	bool copy_extensions; /* copy; copyall is refused */
	bool unique_subject;  /* index.txt.attr, where there is one, wins */
	bool email_in_dn;
	bool preserve;  /* the subject stays in the request's order */
	bool msie_hack; /* the subject's strings are converted */

	int64_t crl_life; /* seconds; 0: the file does not say */

	enum openssl_string_mask string_mask;
	bool utf8;

	/* The section that oid_section names; NULL: none. */
	const struct openssl_section *oids;
};

/*
 * Reads the section `section`; NULL: the one that default_ca of [ca] names.
 * `settings` is the caller's, to openssl_settings_clear.  ERR_CONFIGURATION,
 * with every finding in `problems`, where a setting is missing or has a value
 * that OpenSSL would not take, or asks for what scepd does not do itself.
 */
CHECKED enum err openssl_settings_read(const struct openssl_conf *conf,
    const char *section, struct openssl_settings *settings,
    struct problems *problems);

/*
 * The same for a CA whose certificates openssl makes itself, with the key that
 * it finds itself: the files but that one, the sections, copy_extensions and
 * what is yes or no; all else is passed over.
 */
CHECKED enum err openssl_settings_read_place(const struct openssl_conf *conf,
    const char *section, struct openssl_settings *settings,
    struct problems *problems);

/* Frees what is owned; settings of all zeroes may be cleared too. */
void openssl_settings_clear(struct openssl_settings *settings);

/*
 * The number, dotted, of a name that the section `oids` defines: the short name
 * before "=", or the long one of "= LONG NAME, 1.2.3".  False where it is none
 * of those.  The number is not looked at.
 */
bool openssl_settings_oid(const struct openssl_settings *settings,
    const char *name, struct bytes *dotted);

#endif
