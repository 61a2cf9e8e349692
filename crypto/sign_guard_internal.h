/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_SIGN_GUARD_INTERNAL_H
#define SCEPD_CRYPTO_SIGN_GUARD_INTERNAL_H

#include "crypto/der.h"
#include "crypto/extension.h"
#include "crypto/sign_guard.h"
#include "crypto/spki.h"

/* What the parts of the guard share: a part a kind, and readers that are
 * stricter than those of der.h, which clients' messages go through too. */

/* How far the clocks of two readings may be apart, in seconds: a request that
 * was under way for long, or a clock that was set meanwhile. */
#define SIGN_GUARD_SLACK 3600

/* The parts; `content` is what stands inside the outermost element. */
CHECKED enum err sign_guard_certificate(const struct sign_guard *guard,
    enum digest digest, struct der content, int64_t now);
CHECKED enum err sign_guard_reply(const struct sign_guard *guard,
    enum digest digest, struct der content);
CHECKED enum err sign_guard_crl(const struct sign_guard *guard,
    enum digest digest, struct der content, int64_t now);

/* An INTEGER in its fewest octets. ERR_GUARD_DER. */
CHECKED enum err sign_guard_read_integer(struct der *der,
    struct bytes *integer);

/* A time in the one form that RFC 5280 section 4.1.2.5 has for it.
 * ERR_GUARD_DER. */
CHECKED enum err sign_guard_read_time(struct der *der, int64_t *seconds);

/* Enters [tag] EXPLICIT SEQUENCE OF Extension, which has to be the last thing
 * there is: *list is its content. ERR_GUARD_DER. */
CHECKED enum err sign_guard_enter_extensions(struct der *from, uint8_t tag,
    struct der *list);

/* An extension as the guard reads it. */
struct guard_extension {
	struct bytes whole;
	struct bytes oid;
	struct bytes value; /* the element inside, whole */
};

/* Reads the next of a list. ERR_GUARD_DER. */
CHECKED enum err sign_guard_read_extension(struct der *list,
    struct guard_extension *extension);

/* The extensions that certificate_append_tbs writes, which are all there may
 * be beside a rule's own. */
enum guard_kind {
	GUARD_BASIC_CONSTRAINTS,
	GUARD_KEY_USAGE,
	GUARD_EXTENDED_KEY_USAGE,
	GUARD_SUBJECT_KEY_ID,
	GUARD_AUTHORITY_KEY_ID,
	GUARD_SUBJECT_ALT_NAME,
	GUARD_CRL_DISTRIBUTION_POINTS,
	GUARD_AUTHORITY_INFO_ACCESS,
	GUARD_EXTENSION_COUNT
};

/* A TBSCertificate, read. */
struct guard_tbs {
	struct bytes version;
	struct bytes serial;
	struct bytes algorithm; /* whole */
	struct bytes issuer;    /* Name, whole */
	int64_t not_before;
	int64_t not_after;
	struct bytes subject; /* Name, whole */
	struct bytes spki;
	struct guard_extension extensions[SIGN_GUARD_EXTENSIONS_LIMIT];
	size_t extension_count;
	struct bytes values[GUARD_EXTENSION_COUNT]; /* whole; absent: nothing */
	struct key_facts key;
	unsigned key_usage;
};

/* Where an extension has its place in `values`; GUARD_EXTENSION_COUNT: it has
 * none. */
size_t sign_guard_known_extension(struct bytes oid);

/* Whether a rule agrees with all of it. ERR_GUARD_* as sign_guard_check. */
CHECKED enum err sign_guard_check_rules(const struct sign_guard *guard,
    const struct guard_tbs *tbs, int64_t now);

/*
 * Reads the content of a SEQUENCE OF Extension: values[i] is the element
 * inside the extension oids[i], whole, or nothing where that is absent.
 * ERR_GUARD_DER, ERR_GUARD_EXTENSION (twice, or none of the `count`).
 */
CHECKED enum err sign_guard_read_extensions(struct der list,
    const struct bytes *oids, size_t count, struct bytes *values);

/*
 * Whether the value of an extension, whole, has the form that
 * certificate_append_tbs gives to a subjectKeyIdentifier, a subjectAltName (of
 * what general_names_filter lets through, with `powerful` as the alt_names of
 * a rule), a CRLDistributionPoints and an authorityInfoAccess.
 */
bool sign_guard_is_key_id(struct bytes value);
bool sign_guard_is_alt_name(struct bytes value, unsigned powerful);
bool sign_guard_is_crl_urls(struct bytes value);
bool sign_guard_is_information_access(struct bytes value);

/* Whether `value` is one element with this tag and nothing behind it; then
 * *content is what is in it. */
bool sign_guard_open(struct bytes value, uint8_t tag, struct bytes *content);

/* Whether the AlgorithmIdentifier `algorithm` is that of the guard's key with
 * its digest, and that digest is the one asked for. */
bool sign_guard_is_algorithm(const struct sign_guard *guard, enum digest digest,
    struct bytes algorithm);

/* Whether a certificate or CRL with this issuer and authorityKeyIdentifier is
 * of the rule's CA. */
bool sign_guard_is_authority(const struct sign_rule *rule, struct bytes issuer,
    struct bytes authority_key_id);

#endif
