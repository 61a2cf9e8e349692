/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CERTIFICATE_H
#define SCEPD_CRYPTO_CERTIFICATE_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/extension.h"
#include "crypto/signed_object.h"

/*
 * X.509 certificates (RFC 5280 section 4.1), read and made.
 *
 * A certificate that was read is its DER and views into it.  Reading is
 * lenient where odd clients' self-signed certificates need it (T24: version
 * 1, any serial number, any extension, any validity); it says what is there
 * and judges nothing.
 */
struct certificate {
	struct buf der;
	struct signed_object outer; /* the TBSCertificate and its signature */
	struct bytes serial;        /* the INTEGER's content octets */
	struct bytes issuer;        /* Name, whole */
	struct bytes subject;       /* Name, whole */
	struct bytes spki;          /* SubjectPublicKeyInfo, whole */
	struct bytes extensions;    /* SEQUENCE OF, whole; or nothing */
	int64_t not_before;         /* seconds since 1970; */
	int64_t not_after;          /* 0: a date that can't be read */
};

/* Reads a certificate from its DER, which is copied. The result is the
 * caller's, to certificate_free. ERR_CERTIFICATE_MALFORMED. */
CHECKED enum err certificate_read(struct bytes der,
    struct certificate **certificate);

void certificate_free(struct certificate *certificate);

/* Reads a TBSCertificate alone: the views of `certificate` lie in `tbs`, its
 * der and signature are nothing, and it is not to be freed.
 * ERR_CERTIFICATE_MALFORMED. */
CHECKED enum err certificate_view_tbs(struct bytes tbs,
    struct certificate *certificate);

/* Whether this is the certificate that issuer and serial number name: names
 * compare as name_equal does, numbers without regard to leading zeros. */
bool certificate_is_named(const struct certificate *certificate,
    struct bytes issuer, struct bytes serial);

/* The number without the zeros that it may begin with; a view of `serial`. */
struct bytes serial_number(struct bytes serial);

/* Whether `serial` and `other` are the same number. */
bool serial_equal(struct bytes serial, struct bytes other);

/* Whether `issuer` has issued it: by its name, and by its signature, since
 * anybody can write a name. */
bool certificate_is_issued_by(const struct provider *provider,
    const struct certificate *certificate, const struct certificate *issuer);

/* Appends the subjectKeyIdentifier: the extension's, or SHA-1 of the key
 * (RFC 5280 section 4.2.1.2, method 1) where there is none. */
CHECKED enum err certificate_key_id(const struct provider *provider,
    const struct certificate *certificate, struct buf *key_id);

/* Appends the id that a certificate to be made gives its key: SHA-1 of it
 * (RFC 5280 section 4.2.1.2, method 1). ERR_PUBLIC_KEY. */
CHECKED enum err certificate_new_key_id(const struct provider *provider,
    struct bytes spki, struct buf *key_id);

/* Makes a serial number for a certificate to be made: 127 random bits, too
 * many to be hit twice, so nobody has to remember them.  A view of `serial`. */
#define CERTIFICATE_SERIAL_SIZE 16
struct bytes certificate_new_serial(const struct provider *provider,
    uint8_t serial[CERTIFICATE_SERIAL_SIZE]);

/* What a certificate to be made says.  All views are borrowed. */
struct certificate_order {
	struct bytes serial;  /* positive, big-endian, at most 20 octets */
	struct bytes issuer;  /* Name, whole */
	struct bytes subject; /* Name, whole */
	struct bytes spki;
	int64_t not_before;
	int64_t not_after;
	/* Extensions as DER in a row, which stand for all that follows; or
	 * nothing. */
	struct bytes extensions;
	bool ca;            /* basicConstraints; false says CA:FALSE */
	unsigned key_usage; /* enum key_usage, 0: no extension */
	struct bytes extended_key_usage; /* OIDs as DER in a row; or nothing */
	struct bytes subject_alt_name;   /* GeneralNames, whole; or nothing */
	struct bytes subject_key_id;
	struct bytes authority_key_id; /* nothing: no extension */
	const char *const *crl_urls;   /* NULL at the end; or NULL */
	const char *const *ocsp_urls;
	const char *const *issuer_urls;
	struct bytes more; /* Extensions as DER in a row, after those; or
	                    * nothing */
};

/* Cuts the validity to that of the issuer's certificate: whoever trusts that
 * one checks both. */
void certificate_limit_validity(struct certificate_order *order,
    const struct certificate *issuer);

/* Appends the TBSCertificate, version 3, for signed_object_append with a key
 * of this scheme and digest. */
void certificate_append_tbs(struct buf *tbs,
    const struct certificate_order *order, enum signature_scheme scheme,
    enum digest digest);

#endif
