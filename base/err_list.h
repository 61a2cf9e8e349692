/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_ERR_LIST_H
#define SCEPD_BASE_ERR_LIST_H

/*
 * Every way to fail, one row each:
 *   code, reason name, HTTP status where no signed reply can be made, SCEP
 *   failInfo (RFC 8894 section 3.2.1.4), text for the client, and one
 *   sentence for the administrator.
 * Whatever goes wrong inside an envelope has one and the same public text,
 * so that no reply tells a stranger how far a decryption came.
 * Every row is provoked by a unit test (tests/lint/err-list).
 */

#define ERR_TEXT_UNREADABLE "The request could not be read."
#define ERR_TEXT_SIGNATURE "The message's signature could not be verified."
#define ERR_TEXT_ALGORITHM "An algorithm of the request is not accepted here."
#define ERR_TEXT_CHALLENGE "The challenge password was not accepted."
#define ERR_TEXT_DELAYED \
	"Too many wrong challenge passwords came from here; try again later."
#define ERR_TEXT_KEY "The key of the request is not accepted here."
#define ERR_TEXT_RENEWAL "This certificate can not be renewed here."
#define ERR_TEXT_SERVER "The server could not complete the request."
#define ERR_TEXT_LATER "The server can't answer now; try again later."

/* A table reads best as one. */
/* clang-format off */
#define ERR_LIST(X) \
	ERR_LIST_HTTP(X) \
	ERR_LIST_ASN1(X) \
	ERR_LIST_SIGNED(X) \
	ERR_LIST_ENVELOPE(X) \
	ERR_LIST_CSR(X) \
	ERR_LIST_POLICY(X) \
	ERR_LIST_GUARD(X) \
	ERR_LIST_STORE(X) \
	ERR_LIST_INDEX(X) \
	ERR_LIST_SERVER(X) \
	ERR_LIST_CLIENT(X)

#define ERR_LIST_HTTP(X) \
	X(ERR_HTTP_PATH, "no-endpoint", 404, FAIL_INFO_BAD_REQUEST, \
	    "No SCEP endpoint is configured at this path.", \
	    "The path of the URL belongs to none of the endpoints.") \
	X(ERR_HTTP_METHOD, "method", 405, FAIL_INFO_BAD_REQUEST, \
	    "Use GET or POST.", \
	    "The HTTP method is neither GET nor POST.") \
	X(ERR_HTTP_OPERATION, "operation", 400, FAIL_INFO_BAD_REQUEST, \
	    "Unknown or missing SCEP operation.", \
	    "The query has no operation that this server knows.") \
	X(ERR_NEXT_CA_NONE, "next-ca-none", 404, FAIL_INFO_BAD_REQUEST, \
	    "There is no next CA certificate.", \
	    "GetNextCACert asks for a next CA, and none is announced " \
	    "(setting next).") \
	X(ERR_HTTP_MESSAGE, "no-message", 400, FAIL_INFO_BAD_REQUEST, \
	    "The request carries no SCEP message.", \
	    "PKIOperation came without a body and without message=.") \
	X(ERR_HTTP_BASE64, "base64", 400, FAIL_INFO_BAD_REQUEST, \
	    "The message is not valid base64.", \
	    "message= (or a text body) has a bad percent escape or base64.") \
	X(ERR_HTTP_LENGTH, "content-length", 400, FAIL_INFO_BAD_REQUEST, \
	    "The body does not have the length that was announced.", \
	    "CONTENT_LENGTH is no number or differs from the body received.") \
	X(ERR_HTTP_BODY_LIMIT, "body-too-large", 413, FAIL_INFO_BAD_REQUEST, \
	    "The request is too large.", \
	    "The body is larger than the limit (setting max_body).") \
	X(ERR_HTTP_QUERY_LIMIT, "query-too-long", 414, FAIL_INFO_BAD_REQUEST, \
	    "The query is too long.", \
	    "The query is longer than the limit (setting max_query).")

#define ERR_LIST_ASN1(X) \
	X(ERR_BER_TRUNCATED, "ber-truncated", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "An ASN.1 element ends before its content.") \
	X(ERR_BER_TAG, "ber-tag", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "An ASN.1 tag is not of a form used in CMS.") \
	X(ERR_BER_LENGTH, "ber-length", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "An ASN.1 length is malformed or too large.") \
	X(ERR_BER_DEPTH, "ber-depth", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "ASN.1 elements are nested too deeply.") \
	X(ERR_BER_SEGMENTS, "ber-segments", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "The message consists of too many elements.") \
	X(ERR_BER_SIZE, "ber-size", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "The message is larger than any real one.") \
	X(ERR_BER_STRING, "ber-string", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "A constructed string holds something other than its segments.") \
	X(ERR_BER_TRAILING, "ber-trailing", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "Bytes follow the end of the message.") \
	X(ERR_DER_TAG, "der-tag", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "An ASN.1 element is missing or not of the expected type.") \
	X(ERR_DER_TRUNCATED, "der-truncated", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "A DER element ends before its content.") \
	X(ERR_DER_LENGTH, "der-length", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "A DER length is not in its one short form.") \
	X(ERR_DER_TRAILING, "der-trailing", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "Bytes follow the last expected element.") \
	X(ERR_DER_INTEGER, "der-integer", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "An INTEGER is empty or out of range.") \
	X(ERR_DER_OID, "der-oid", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "An OBJECT IDENTIFIER is malformed.") \
	X(ERR_DER_TIME, "der-time", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "A date is malformed.") \
	X(ERR_DER_BOOLEAN, "der-boolean", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "A BOOLEAN is neither TRUE nor FALSE.") \
	X(ERR_DER_BIT_STRING, "der-bit-string", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "A BIT STRING has a malformed length.") \
	X(ERR_STRING, "string", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "A text is not valid in the string type that it claims.")

#define ERR_LIST_SIGNED(X) \
	X(ERR_SIGNED_TYPE, "not-signed-data", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The message is no CMS SignedData (RFC 8894 section 3).") \
	X(ERR_SIGNED_SIGNERS, "signers", 400, FAIL_INFO_BAD_MESSAGE_CHECK, \
	    ERR_TEXT_SIGNATURE, "The message has no signer, or several.") \
	X(ERR_SIGNED_CERTIFICATES, "too-many-certificates", 400, \
	    FAIL_INFO_BAD_MESSAGE_CHECK, ERR_TEXT_SIGNATURE, \
	    "The message has more certificates than any real client's.") \
	X(ERR_SIGNED_NO_CERTIFICATE, "no-signer-certificate", 400, \
	    FAIL_INFO_BAD_MESSAGE_CHECK, ERR_TEXT_SIGNATURE, \
	    "The certificate that the message is signed with is not in it.") \
	X(ERR_SIGNED_NO_ATTRIBUTES, "no-signed-attributes", 400, \
	    FAIL_INFO_BAD_MESSAGE_CHECK, ERR_TEXT_SIGNATURE, \
	    "The message has no signed attributes (RFC 8894 section 3.2.1).") \
	X(ERR_SIGNED_ATTRIBUTE, "signed-attribute", 400, \
	    FAIL_INFO_BAD_MESSAGE_CHECK, ERR_TEXT_SIGNATURE, \
	    "A signed attribute is doubled, malformed or not single-valued.") \
	X(ERR_SIGNED_CONTENT_TYPE, "content-type", 400, \
	    FAIL_INFO_BAD_MESSAGE_CHECK, ERR_TEXT_SIGNATURE, \
	    "The contentType attribute is missing or names another type.") \
	X(ERR_SIGNED_MESSAGE_DIGEST, "message-digest", 400, \
	    FAIL_INFO_BAD_MESSAGE_CHECK, ERR_TEXT_SIGNATURE, \
	    "The messageDigest attribute is missing or fits other content.") \
	X(ERR_SIGNED_SIGNATURE, "signature", 400, \
	    FAIL_INFO_BAD_MESSAGE_CHECK, ERR_TEXT_SIGNATURE, \
	    "The message's signature does not fit its signer's key.") \
	X(ERR_DIGEST, "digest", 400, FAIL_INFO_BAD_ALG, ERR_TEXT_ALGORITHM, \
	    "The digest algorithm is unknown, or not listed in algorithms.") \
	X(ERR_SIGNATURE_ALGORITHM, "signature-algorithm", 400, \
	    FAIL_INFO_BAD_ALG, ERR_TEXT_ALGORITHM, \
	    "The signature algorithm is unknown or contradicts the digest.") \
	X(ERR_PUBLIC_KEY, "public-key", 400, FAIL_INFO_BAD_ALG, \
	    ERR_TEXT_ALGORITHM, \
	    "A public key is malformed, or of a type or size never accepted.") \
	X(ERR_TRANSACTION_ID, "transaction-id", 400, FAIL_INFO_BAD_REQUEST, \
	    "The message has no usable transactionID.", \
	    "The transactionID is missing, empty or over 256 characters.") \
	X(ERR_MESSAGE_TYPE, "message-type", 400, FAIL_INFO_BAD_REQUEST, \
	    "This message type is not supported.", \
	    "The messageType is missing or none that is served here.") \
	X(ERR_SENDER_NONCE, "sender-nonce", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, "The senderNonce is longer than 64 octets.")

#define ERR_LIST_ENVELOPE(X) \
	X(ERR_ENVELOPE_MISSING, "no-envelope", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The message has no EnvelopedData (RFC 8894 section 3.1).") \
	X(ERR_ENVELOPE_RECIPIENTS, "too-many-recipients", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_UNREADABLE, \
	    "The envelope has no recipient, or more than any real client's.") \
	X(ERR_ENVELOPE_RECIPIENT, "recipient", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The envelope is addressed to no certificate of this endpoint: " \
	    "the client holds an old or a foreign CA certificate.") \
	X(ERR_KEY_TRANSPORT, "key-transport", 400, FAIL_INFO_BAD_ALG, \
	    ERR_TEXT_ALGORITHM, \
	    "The envelope's key transport algorithm is not supported.") \
	X(ERR_CIPHER, "cipher", 400, FAIL_INFO_BAD_ALG, ERR_TEXT_ALGORITHM, \
	    "The content cipher is unknown, or not listed in algorithms.") \
	X(ERR_ENVELOPE_DECRYPT, "decrypt", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The envelope could not be opened with this endpoint's key.")

#define ERR_LIST_CSR(X) \
	X(ERR_CSR_MALFORMED, "csr", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The envelope's content is no PKCS#10 request (RFC 2986).") \
	X(ERR_CSR_SIGNATURE, "csr-signature", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The PKCS#10 request is not signed by the key it asks for.") \
	X(ERR_CSR_KEY, "csr-key", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The key in the PKCS#10 request is malformed, or of a type or " \
	    "size never accepted.") \
	X(ERR_CSR_ALGORITHM, "csr-algorithm", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "The PKCS#10 request's signature algorithm is unknown.") \
	X(ERR_CSR_ATTRIBUTE, "csr-attribute", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "An attribute or extension of the request is doubled or bad.") \
	X(ERR_CERTIFICATE_MALFORMED, "certificate", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_UNREADABLE, \
	    "A certificate is malformed (RFC 5280 section 4.1).") \
	X(ERR_CRL_MALFORMED, "crl", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_UNREADABLE, \
	    "A CRL is malformed (RFC 5280 section 5.1).")

#define ERR_LIST_POLICY(X) \
	X(ERR_CSR_DIGEST, "csr-digest", 400, FAIL_INFO_BAD_ALG, \
	    ERR_TEXT_ALGORITHM, \
	    "The PKCS#10 request is signed with a digest not listed in " \
	    "algorithms.") \
	X(ERR_CHALLENGE_MISSING, "challenge-missing", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_CHALLENGE, \
	    "The endpoint asks for a challenge password and none was sent.") \
	X(ERR_CHALLENGE_WRONG, "challenge-wrong", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_CHALLENGE, \
	    "The challenge password is none that the endpoint takes.") \
	X(ERR_CHALLENGE_NAME, "challenge-name", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_CHALLENGE, \
	    "The challenge password is not for all of the names that the " \
	    "request asks for; a derived one not for this endpoint and key.") \
	X(ERR_CHALLENGE_EXPIRED, "challenge-expired", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_CHALLENGE, \
	    "The challenge password has expired.") \
	X(ERR_CHALLENGE_USED, "challenge-used", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_CHALLENGE, \
	    "The challenge password has been used already.") \
	X(ERR_CHALLENGE_VISIBLE, "challenge-visible", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_CHALLENGE, \
	    "A challenge password stands outside the envelope, where everybody " \
	    "on the way can read it (setting visible_challenge).") \
	X(ERR_CHALLENGE_DELAYED, "challenge-delayed", 503, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_DELAYED, \
	    "So many wrong challenge passwords came from this address that " \
	    "none of it is looked at for some seconds (setting " \
	    "limits.wrong_challenges).") \
	X(ERR_SIGNER_KEY, "signer-key", 400, FAIL_INFO_BAD_REQUEST, \
	    "The message is signed with another key than the request's.", \
	    "The signer's key differs from the CSR's, and no challenge " \
	    "vouches for it.") \
	X(ERR_BEHALF_SIGNER, "behalf-signer", 400, FAIL_INFO_BAD_REQUEST, \
	    "Only listed registration authorities may request here.", \
	    "The message is signed with none of the certificates that " \
	    "enrol.on_behalf lists, and nothing else authenticates a device.") \
	X(ERR_BEHALF_REVOKED, "behalf-revoked", 400, FAIL_INFO_BAD_REQUEST, \
	    "This certificate may not be used to request for others.", \
	    "The certificate of the one who requests for others " \
	    "(enrol.on_behalf) has been revoked.") \
	X(ERR_BEHALF_EXPIRED, "behalf-expired", 400, FAIL_INFO_BAD_REQUEST, \
	    "This certificate may not be used to request for others.", \
	    "The certificate of the one who requests for others " \
	    "(enrol.on_behalf) has expired, or is not valid yet.") \
	X(ERR_BEHALF_NAMES, "behalf-names", 400, FAIL_INFO_BAD_REQUEST, \
	    "These names may not be requested for others.", \
	    "The one who requests for others may not do so for this name " \
	    "(names in enrol.on_behalf); the detail says which.") \
	X(ERR_REPLY_KEY, "reply-key", 400, FAIL_INFO_BAD_ALG, \
	    "No reply can be encrypted for the key that signed this.", \
	    "The message is signed with an EC key, for which no reply can be " \
	    "enveloped: the device needs an RSA key.") \
	X(ERR_KEY_TYPE, "key-type", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_KEY, \
	    "The device's key is of a type or curve not listed in keys.") \
	X(ERR_KEY_SIZE, "key-size", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_KEY, \
	    "The device's RSA key is shorter than keys.rsa_min, or longer " \
	    "than keys.rsa_max.") \
	X(ERR_KEY_EXPONENT, "key-exponent", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_KEY, \
	    "The exponent of the device's RSA key is below " \
	    "keys.rsa_exponent_min.") \
	X(ERR_KEY_WEAK, "key-weak", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_KEY, \
	    "The device's RSA key was made wrongly and can be broken; the " \
	    "detail says how that is known.") \
	X(ERR_KEY_OURS, "key-of-ca", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_KEY, "The request asks for a certificate for the CA's " \
	    "or RA's own key.") \
	X(ERR_REQUEST_REJECTED, "request-rejected", 400, \
	    FAIL_INFO_BAD_REQUEST, "The request was rejected.", \
	    "Somebody has looked at the request and rejected it.") \
	X(ERR_REQUEST_LAPSED, "request-lapsed", 400, FAIL_INFO_BAD_REQUEST, \
	    "Nobody has decided about the request in time.", \
	    "The request was held, and nobody has decided about it in time " \
	    "(setting held_for).") \
	X(ERR_POLL_UNKNOWN, "poll-unknown", 400, FAIL_INFO_BAD_CERT_ID, \
	    "No request of this transactionID is known.", \
	    "A poll has a transactionID, or is signed with a key, of which " \
	    "there is no request.") \
	X(ERR_CERTIFICATE_REVOKED, "certificate-revoked", 400, \
	    FAIL_INFO_BAD_CERT_ID, "The certificate has been revoked.", \
	    "The certificate that the request got has been revoked since.") \
	X(ERR_CERTIFICATE_UNKNOWN, "certificate-unknown", 400, \
	    FAIL_INFO_BAD_CERT_ID, "There is no such certificate here.", \
	    "GetCert asks for a certificate that is not remembered, or that " \
	    "the one who asks may not have (setting get_cert).") \
	X(ERR_CRL_NONE, "crl-none", 404, FAIL_INFO_BAD_CERT_ID, \
	    "There is no CRL of this CA here.", \
	    "A CRL is asked for, and there is none: the CA has no section " \
	    "\"crl\", or the keeper has not made or read one yet.") \
	X(ERR_KEY_REVOKED, "key-revoked", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_KEY, \
	    "A certificate of this key has been revoked, and not as " \
	    "superseded, so it gets no other until an operator allows it.") \
	X(ERR_RENEWAL_SIGNER, "renewal-signer", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_RENEWAL, \
	    "A renewal (message type 17) is signed with a certificate that " \
	    "this CA has not issued.") \
	X(ERR_RENEWAL_REVOKED, "renewal-revoked", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_RENEWAL, \
	    "The certificate that is to be renewed has been revoked.") \
	X(ERR_RENEWAL_UNKNOWN, "renewal-unknown", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_RENEWAL, \
	    "The certificate that is to be renewed is this CA's, but is not " \
	    "remembered here (setting renew.unknown).") \
	X(ERR_RENEWAL_ENDPOINT, "renewal-endpoint", 400, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_RENEWAL, \
	    "The certificate that is to be renewed was issued at another " \
	    "endpoint, which this one does not list (setting renew.from).") \
	X(ERR_RENEWAL_EXPIRED, "renewal-expired", 400, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_RENEWAL, \
	    "The certificate that is to be renewed has expired, or is not " \
	    "valid yet (setting renew.grace).") \
	X(ERR_RENEWAL_EARLY, "renewal-early", 400, FAIL_INFO_BAD_REQUEST, \
	    "It is too early to renew this certificate.", \
	    "The certificate is to be renewed earlier before its end than " \
	    "renew.window allows.") \
	X(ERR_RENEWAL_KEY, "renewal-key", 400, FAIL_INFO_BAD_REQUEST, \
	    "A renewal needs a new key here.", \
	    "The renewal asks for the same key again (setting " \
	    "renew.same_key).") \
	X(ERR_RENEWAL_NAMES, "renewal-names", 400, FAIL_INFO_BAD_REQUEST, \
	    "A renewal may not change the names.", \
	    "The renewal asks for names that the certificate does not have " \
	    "(setting renew.names).") \
	X(ERR_SUBJECT, "subject", 400, FAIL_INFO_BAD_REQUEST, \
	    "The subject of the request is not accepted here.", \
	    "The subject is empty, unfit, that of the CA or the RA, or " \
	    "none that the profile allows; the detail says more.") \
	X(ERR_DUPLICATE, "duplicate", 400, FAIL_INFO_BAD_REQUEST, \
	    "There are enough certificates of this name already.", \
	    "As many certificates of these names are active as " \
	    "enrol.max_active allows: renew one of them, or revoke it by " \
	    "scepctl cert revoke.") \
	X(ERR_CA_POLICY, "ca-policy", 400, FAIL_INFO_BAD_REQUEST, \
	    "The CA does not certify this subject.", \
	    "The policy section of the CA's openssl.cnf refuses the " \
	    "subject; the detail names the attribute.") \
	X(ERR_SAN, "san", 400, FAIL_INFO_BAD_REQUEST, \
	    "A name of the request is not accepted here.", \
	    "A subject alternative name is malformed, too long, a wildcard, " \
	    "none that the profile allows, or none that it lists while the " \
	    "CA gets the request whole; the detail says more.") \
	X(ERR_CSR_EXTENSION, "csr-extension", 400, FAIL_INFO_BAD_REQUEST, \
	    "An extension of the request is not accepted here.", \
	    "The request asks for an extension that the profile does not " \
	    "give, and the CA would take it over.")

#define ERR_LIST_GUARD(X) \
	X(ERR_GUARD_KIND, "guard-kind", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "What a key was to sign is nothing that this key ever signs.") \
	X(ERR_GUARD_DER, "guard-der", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "What a key was to sign is malformed, or not in the one form of " \
	    "DER.") \
	X(ERR_GUARD_ALGORITHM, "guard-algorithm", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "What a key was to sign names another algorithm than this " \
	    "key's, or one that is not listed in algorithms.") \
	X(ERR_GUARD_SERIAL, "guard-serial", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate to be signed has a serial number that none may " \
	    "have.") \
	X(ERR_GUARD_SUBJECT, "guard-subject", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate to be signed has a malformed subject, or the " \
	    "CA's.") \
	X(ERR_GUARD_KEY, "guard-key", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate to be signed is for a key that is never " \
	    "accepted, or for the CA's or RA's own.") \
	X(ERR_GUARD_EXTENSION, "guard-extension", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate or CRL to be signed has an extension that is " \
	    "doubled, malformed, or none of those that scepd writes.") \
	X(ERR_GUARD_CA, "guard-ca", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate to be signed would make its holder a CA.") \
	X(ERR_GUARD_ISSUER, "guard-issuer", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate or CRL to be signed names another CA than this " \
	    "key's.") \
	X(ERR_GUARD_VALIDITY, "guard-validity", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate to be signed is valid outside what the profile " \
	    "and the CA allow, or a CRL is dated in the future.") \
	X(ERR_GUARD_USAGE, "guard-usage", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate to be signed has a keyUsage that no profile " \
	    "allows.") \
	X(ERR_GUARD_PURPOSE, "guard-purpose", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A certificate to be signed has an extendedKeyUsage that no " \
	    "profile allows, or OCSPSigning, with which it would speak " \
	    "for the CA.") \
	X(ERR_GUARD_ATTRIBUTE, "guard-attribute", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "An answer to be signed has an attribute that is missing, " \
	    "doubled, or none of a CertRep's.") \
	X(ERR_GUARD_CRL, "guard-crl", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A CRL to be signed lacks its number or its end, or has an " \
	    "empty list.")

#define ERR_LIST_STORE(X) \
	X(ERR_STORE, "store", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "The state database can't be read or written: another line of " \
	    "the log says why.") \
	X(ERR_STORE_NONE, "store-none", 404, FAIL_INFO_BAD_CERT_ID, \
	    "There is no such request or certificate.", \
	    "The state database has no such transaction, certificate or CRL, " \
	    "or has it in another state than this takes.") \
	X(ERR_STORE_FULL, "store-full", 503, FAIL_INFO_BAD_REQUEST, \
	    "Too many requests are waiting; try again later.", \
	    "As many requests as may be held at this endpoint are waiting " \
	    "to be decided about.") \
	X(ERR_STORE_SERIAL, "store-serial", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The state database has a certificate of this CA with this " \
	    "serial number already.") \
	X(ERR_STORE_ALARMS, "store-alarms", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "There are alarms: each says what is wrong, and what to do " \
	    "about it.")

#define ERR_LIST_INDEX(X) \
	X(ERR_INDEX, "index", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "A file of the OpenSSL CA can't be read or written: another line " \
	    "of the log names it and says why.") \
	X(ERR_INDEX_LOCKED, "index-locked", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "Somebody holds the lock of the OpenSSL CA (.scepd.lock) for so " \
	    "long that the client has to come again.") \
	X(ERR_INDEX_DAMAGED, "index-damaged", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "The index of the OpenSSL CA, or a file with its next number, needs " \
	    "to be repaired: an earlier line of the log, mostly an alarm, says " \
	    "where and how.") \
	X(ERR_INDEX_SERIAL, "index-serial", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The OpenSSL CA has another certificate of this serial number.") \
	X(ERR_INDEX_SUBJECT, "index-subject", 500, FAIL_INFO_BAD_REQUEST, \
	    "There is a valid certificate of this subject.", \
	    "The OpenSSL CA wants subjects to be unique (unique_subject), " \
	    "and has a valid certificate of this one.")

#define ERR_LIST_SERVER(X) \
	X(ERR_PROFILE, "profile-unknown", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "The profile that was chosen for the request is not in the " \
	    "configuration: have one of its name there, or approve the " \
	    "request by another (scepctl pending approve --profile).") \
	X(ERR_CA_COMMAND, "ca-command", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "The program that is asked can't be run, is too slow or has " \
	    "failed: another line of the log says how.") \
	X(ERR_CA_ANSWER, "ca-answer", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "What the CA has made is no certificate that may be given to " \
	    "the device: another line of the log says why.") \
	X(ERR_CA_VALIDITY, "ca-validity", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The CA certificate has expired or is not valid yet.") \
	X(ERR_SIGN, "sign", 500, FAIL_INFO_BAD_REQUEST, ERR_TEXT_SERVER, \
	    "A private key could not sign: look for the crypto library's " \
	    "own message above.") \
	X(ERR_KEY_WIRE, "key-wire", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "What came over the channel to a key process is malformed, too " \
	    "large or out of turn.") \
	X(ERR_KEY_CHANNEL, "key-channel", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The process at the other end of a key channel is gone.") \
	X(ERR_KEY_UNKNOWN, "key-unknown", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A key process was asked to use a key that it does not have.") \
	X(ERR_KEY_UNWRAP, "key-unwrap", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A key process was asked to open an envelope with a key that " \
	    "opens none.") \
	X(ERR_KEY_FILE, "key-file", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A private key file can't be read with the passphrase given.") \
	X(ERR_ERRAND_CHANNEL, "errand-channel", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "What came over the channel between a worker and the keeper is " \
	    "malformed, or there can be no such channel.") \
	X(ERR_ERRAND_LATE, "errand-late", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "The keeper did not answer in time: it is busy, or was ended and " \
	    "is started anew.") \
	X(ERR_ERRAND_REFUSED, "errand-refused", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The keeper was asked for something that it does not do, or for " \
	    "too much at once.") \
	X(ERR_COMMAND_VALUE, "command-value", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "What a command was to be told has a line break or a zero octet, " \
	    "or is too long for it.") \
	X(ERR_COMMAND_QUEUE, "command-queue", 503, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_LATER, \
	    "So many commands wait for their turn that no more are taken.") \
	X(ERR_COMMAND_DESCRIPTOR, "command-descriptor", 500, \
	    FAIL_INFO_BAD_REQUEST, ERR_TEXT_SERVER, \
	    "No command can be run: allow this process more open files.") \
	X(ERR_JSON_LINE, "json-line", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "A line is no JSON object of strings, integers and lists of " \
	    "strings alone.") \
	X(ERR_PEM, "pem", 500, FAIL_INFO_BAD_REQUEST, ERR_TEXT_SERVER, \
	    "A file holds no PEM block of the kind expected.") \
	X(ERR_FILE, "file", 500, FAIL_INFO_BAD_REQUEST, ERR_TEXT_SERVER, \
	    "A file can't be read or written; the message names it.") \
	X(ERR_CONFIGURATION, "configuration", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The configuration has errors; each is named with its line.")

/* What scepctl meets where it is the client; scepd answers none of these. */
#define ERR_LIST_CLIENT(X) \
	X(ERR_CLIENT_HTTP, "client-http", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The server could not be reached, or refused by HTTP.") \
	X(ERR_CLIENT_ANSWER, "client-answer", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The server's answer is malformed, or is none to the request.") \
	X(ERR_CLIENT_TRUST, "client-trust", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "Nothing vouches for a certificate that the server has sent.") \
	X(ERR_CLIENT_REFUSED, "client-refused", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, "The server has refused the request.") \
	X(ERR_CLIENT_PENDING, "client-pending", 500, FAIL_INFO_BAD_REQUEST, \
	    ERR_TEXT_SERVER, \
	    "The request still waits for somebody to decide about it.")
/* clang-format on */

#endif
