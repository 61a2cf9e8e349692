/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_SIGN_GUARD_H
#define SCEPD_CRYPTO_SIGN_GUARD_H

#include "crypto/algorithm.h"

/*
 * What a private key may sign.
 *
 * The process that holds a key signs for a worker that reads what strangers
 * send, and that one of them may have taken over.  So it does not sign what it
 * is given, but what it has read and found to be in order by this guard: a
 * function of its arguments alone, which trusts the guard, the time and the
 * configuration behind them, and nothing in the message.
 *
 * What is signed must be the strict DER of one of three things, octet for
 * octet, with nothing in it that scepd itself does not write: what a lenient
 * reader could see otherwise, or what is new to this guard, is refused.
 */

/* What a key may be asked to sign. */
enum sign_kind {
	SIGN_CERTIFICATE = 1 << 0, /* a TBSCertificate, version 3 */
	SIGN_REPLY = 1 << 1,       /* the signed attributes of a CertRep */
	SIGN_CRL = 1 << 2          /* a TBSCertList, version 2 */
};

/* What an answer repeats of a request is no longer than this, in octets. */
#define SIGN_GUARD_TRANSACTION_ID_LIMIT 256
#define SIGN_GUARD_NONCE_LIMIT 64

/* A certificate has no more extensions than this. */
#define SIGN_GUARD_EXTENSIONS_LIMIT 32

/* The extensions of which a rule may leave the value to the request. */
enum sign_open_extension {
	SIGN_OPEN_KEY_USAGE = 1 << 0,
	SIGN_OPEN_PURPOSES = 1 << 1, /* extKeyUsage */
	SIGN_OPEN_ALT_NAME = 1 << 2
};

/*
 * The certificates that one profile of one endpoint leads to. Views are
 * borrowed.
 *
 * With `verbatim`, a certificate has these extensions, each of them and octet
 * for octet, the authorityKeyIdentifier among them; beside them it may have a
 * subjectKeyIdentifier and those that `open` says, in the form that they have
 * without it, and nothing else.  key_usage and purposes then mean nothing, and
 * authority_key_id is for CRLs alone.
 *
 * Without `verbatim`, it has those of `more` besides the usual ones, likewise
 * each of them and octet for octet, and no others.
 *
 * With `crl_extensions`, a CRL begins its extensions with these, octet for
 * octet, and has its cRLNumber behind them and nothing else; without, it has an
 * authorityKeyIdentifier of authority_key_id and a cRLNumber.
 */
struct sign_rule {
	struct bytes issuer;           /* the CA's subject: Name, whole */
	struct bytes authority_key_id; /* the CA's key identifier */
	int64_t ca_not_before;         /* seconds since 1970 */
	int64_t ca_not_after;
	int64_t backdate;      /* seconds that notBefore may be in the past */
	int64_t life;          /* seconds that notAfter may be away */
	unsigned key_usage;    /* enum key_usage; 0: no such extension */
	unsigned alt_names;    /* those of GENERAL_NAMES_POWERFUL that may be
				* there beside GENERAL_NAMES_KNOWN */
	struct bytes purposes; /* OIDs as DER in a row; nothing: no such
				* extension */
	struct bytes verbatim; /* Extensions as DER in a row; or nothing */
	unsigned open;         /* enum sign_open_extension, or-ed */
	struct bytes more;     /* Extensions as DER in a row; or nothing */
	struct bytes crl_extensions; /* Extensions as DER in a row, without a
	                              * cRLNumber; or nothing */
};

/*
 * What one key may sign, and how. Views are borrowed.
 *
 * A key that signs both certificates and replies, which is a CA's without an
 * RA, is only as good as the weakest of reply_digests: a reply that collides
 * with a certificate has its signature.
 */
struct sign_guard {
	enum signature_scheme scheme; /* the key's own */
	enum digest digest;     /* what it signs certificates and CRLs with */
	unsigned kinds;         /* enum sign_kind, or-ed */
	unsigned reply_digests; /* 1u << enum digest: what it signs replies
				 * with */
	const struct sign_rule *rules;
	size_t rule_count;
	const struct bytes *own_keys; /* SubjectPublicKeyInfos never to be
				       * certified: the CAs' and RAs' */
	size_t own_count;
};

/*
 * Decides whether `message` may be signed with `digest` at the time `now`;
 * *kind says what it is.  The time that it takes grows with the message's
 * size and no faster.
 *
 * ERR_GUARD_KIND: the message is none of the three, or one that is not among
 * guard->kinds.  ERR_GUARD_DER: it begins as one of them, and does not go on
 * as one, in DER.  ERR_GUARD_ALGORITHM: `digest` is not the one that the guard
 * has for this kind, or the message names another algorithm than the one that
 * it would be signed with.  Beside these,
 *
 * a certificate (RFC 5280 section 4.1): ERR_GUARD_SERIAL unless the serial
 * number is positive and of at most 20 octets.  ERR_GUARD_SUBJECT: a malformed
 * name, or the CA's.  ERR_GUARD_KEY: a key that spki_read does not accept, or
 * one of guard->own_keys.  ERR_GUARD_EXTENSION: an extension twice, or more of
 * them than SIGN_GUARD_EXTENSIONS_LIMIT.  ERR_GUARD_CA: basicConstraints other
 * than CA:FALSE, keyCertSign or cRLSign.  ERR_GUARD_PURPOSE: OCSPSigning, or a
 * malformed extKeyUsage.  And there must be one rule that all of these agree
 * with: ERR_GUARD_ISSUER (issuer and authorityKeyIdentifier are the rule's),
 * ERR_GUARD_VALIDITY (within the rule's life, backdate and CA, but for an hour
 * that clocks and slow requests may take), ERR_GUARD_EXTENSION (one that
 * certificate_append_tbs does not write, or not as it would, or that differs
 * from `more` or is missing of it), ERR_GUARD_USAGE
 * (keyUsage is there if the rule has one, and adds no bit to it, but for
 * keyAgreement of an EC key where the rule has one of the encipherments),
 * ERR_GUARD_PURPOSE (likewise extKeyUsage).  With a rule that has `verbatim`,
 * the last three are ERR_GUARD_EXTENSION: one of those is missing or differs,
 * or there is one that the rule neither has nor leaves open.
 *
 * signed attributes (RFC 8894 section 3.2.1): ERR_GUARD_ATTRIBUTE where one
 * is there twice, has another value than CertReps have, is missing, or is
 * none of those that cert_rep_append and cms_signed_append write.
 *
 * a CRL (RFC 5280 section 5.1): ERR_GUARD_CRL where it has no nextUpdate after
 * its thisUpdate, no cRLNumber, or an empty list.  ERR_GUARD_VALIDITY:
 * thisUpdate lies in the future.  ERR_GUARD_EXTENSION: one twice, or other
 * than the rule allows, or than reasonCode and invalidityDate of an entry.
 * ERR_GUARD_ISSUER as above.
 */
CHECKED enum err sign_guard_check(const struct sign_guard *guard,
    enum digest digest, struct bytes message, int64_t now,
    enum sign_kind *kind);

#endif
