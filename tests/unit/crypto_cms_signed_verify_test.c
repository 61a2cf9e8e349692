/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of crypto/cms_signed.h that verifies messages. */
#include "crypto/cms_signed.h"

#include "crypto/spki.h"
#include "tests/unit/crypto_cms_signed.h"

static void
verify_takes_the_messages_of_recorded_clients(void **state)
{
	static const struct {
		const char *name;
		enum digest digest;
	} rows[] = {
		{ "apple-2016/message.der", DIGEST_SHA1 },
		{ "certmonger/message.der", DIGEST_SHA256 },
		{ "jscep-samples/scep_req2.der", DIGEST_SHA256 },
		{ "jscep-samples/scep_resp2.der", DIGEST_SHA256 },
		{ "micromdm/message.der", DIGEST_SHA1 },
		{ "micromdm-head/message.der", DIGEST_SHA1 },
		{ "sscep/message.der", DIGEST_SHA512 },
		{ "strongswan/message.der", DIGEST_SHA256 },
		{ "strongswan-aes/message.der", DIGEST_SHA256 },
		{ "strongswan-pss/message.der", DIGEST_SHA256 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = vector(rows[i].name);
		enum digest digest = DIGEST_COUNT;

		assert_err(verify_with(buf_bytes(&der), ALGORITHMS_DEFAULT,
			       &digest, NULL),
		    ERR_OK, rows[i].name);
		assert_int_equal(digest, rows[i].digest);
		buf_clear(&der);
	}
}

static void
verify_agrees_with_openssl(void **state)
{
	static const struct {
		const char *name;
		enum err err;
		enum digest digest;
	} rows[] = {
		{ "codec/signed-md5.der", ERR_OK, DIGEST_MD5 },
		{ "codec/signed-sha1.der", ERR_OK, DIGEST_SHA1 },
		{ "codec/signed-sha224.der", ERR_OK, DIGEST_SHA224 },
		{ "codec/signed-sha256.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-sha384.der", ERR_OK, DIGEST_SHA384 },
		{ "codec/signed-sha512.der", ERR_OK, DIGEST_SHA512 },
		{ "codec/signed-p256.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-p256-sha1.der", ERR_OK, DIGEST_SHA1 },
		{ "codec/signed-p384.der", ERR_OK, DIGEST_SHA384 },
		{ "codec/signed-p521.der", ERR_OK, DIGEST_SHA512 },
		{ "codec/signed-pss-0.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-pss-20.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-pss-32.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-pss-sha1.der", ERR_OK, DIGEST_SHA1 },
		/* Nobody sends this. */
		{ "codec/signed-pss-mgf1-sha1.der", ERR_SIGNATURE_ALGORITHM,
		    DIGEST_SHA256 },
		{ "codec/signed-key-id.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-others.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-enveloped-type.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-stream.ber", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-stream.der", ERR_OK, DIGEST_SHA256 },
		{ "codec/signed-no-attributes.der", ERR_SIGNED_NO_ATTRIBUTES,
		    DIGEST_COUNT },
		{ "codec/signed-no-certificates.der", ERR_SIGNED_NO_CERTIFICATE,
		    DIGEST_SHA256 },
		/* Its content lies elsewhere. */
		{ "codec/signed-detached.der", ERR_SIGNED_MESSAGE_DIGEST,
		    DIGEST_SHA256 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf ber = vector(rows[i].name), der = { 0 };
		enum digest digest = DIGEST_COUNT;

		assert_int_equal(ber_normalise(buf_bytes(&ber), &der), ERR_OK);
		assert_err(verify_with(buf_bytes(&der), all_algorithms, &digest,
			       NULL),
		    rows[i].err, rows[i].name);
		assert_int_equal(digest, rows[i].digest);
		buf_clear(&ber);
		buf_clear(&der);
	}
}

static void
verify_takes_algorithms_as_clients_name_them(void **state)
{
	static const struct {
		const char *certificates;
		const char *signer;
	} rows[] = {
		{ "a0{$0}", SIGNER },
		/* Parameters absent (T12), and shaXWithRSA in each place. */
		{ "a0{$0}",
		    SIGNER_WITH(BY_SERIAL, "30{06{608648016503040201}}", RSA) },
		{ "a0{$0}",
		    SIGNER_WITH(BY_SERIAL, SHA256,
			"30{06{2a864886f70d010101}}") },
		{ "a0{$0}", SIGNER_WITH(BY_SERIAL, SHA256, SHA256_WITH_RSA) },
		{ "a0{$0}",
		    SIGNER_WITH(BY_SERIAL, SHA256,
			"30{06{2a864886f70d01010b}}") },
		{ "a0{$0}", SIGNER_WITH(BY_SERIAL, SHA256_WITH_RSA, RSA) },
		{ "a0{$6 $0}", SIGNER_WITH(BY_KEY_ID, SHA256, RSA) },
		{ "a0{$0}", SIGNER_WITH("30{3000 020100}", SHA256, RSA) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *notation = xasprintf(MESSAGE("%s", "%s", "%s"), CONTENT,
		    rows[i].certificates, rows[i].signer);
		struct buf der = signed_message(notation, ATTRIBUTES);

		assert_err(verify(buf_bytes(&der)), ERR_OK, rows[i].signer);
		buf_clear(&der);
		free(notation);
	}
}

/* `content` with `attributes`, signed as they are. */
static enum err
verify_content(const char *content, const char *attributes)
{
	char *notation = xasprintf(MESSAGE("%s", "a0{$0}", "%s"), content,
	    SIGNER);
	struct buf der = signed_message(notation, attributes);
	enum err err = verify(buf_bytes(&der));

	buf_clear(&der);
	free(notation);
	return err;
}

/* The digest of nothing, and of the octets 02 01 05. */
#define OF_NOTHING \
	"04{e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}"
#define OF_NUMBER \
	"04{5c3fe0b568f94de246cf2fff13a7cd89414136ed090b48eb17ba0139ef6e3005}"

static void
verify_digests_content_in_each_of_its_forms(void **state)
{
	(void)state;
	assert_int_equal(verify_content("30{" DATA "}",
			     CONTENT_TYPE(DATA) MESSAGE_DIGEST(OF_NOTHING)),
	    ERR_OK);
	assert_int_equal(verify_content("30{" DATA "a0{04{}}}",
			     CONTENT_TYPE(DATA) MESSAGE_DIGEST(OF_NOTHING)),
	    ERR_OK);
	/* PKCS#7's older form: what is inside the SEQUENCE. */
	assert_int_equal(verify_content("30{" ENVELOPED_DATA "a0{30{020105}}}",
			     CONTENT_TYPE(ENVELOPED_DATA)
				 MESSAGE_DIGEST(OF_NUMBER)),
	    ERR_OK);
	assert_int_equal(verify_content("30{" DATA "a0{04{020105}}}",
			     CONTENT_TYPE(DATA) MESSAGE_DIGEST(OF_NUMBER)),
	    ERR_OK);
}

static void
verify_wants_the_attributes_of_cms_to_fit(void **state)
{
	static const struct {
		const char *attributes;
		enum err err;
	} rows[] = {
		{ ATTRIBUTES, ERR_OK },
		{ ATTRIBUTES TRANSACTION_ID("13{'7'}"), ERR_OK },
		{ ATTRIBUTES "30{06{2a03} 3100}", ERR_OK },
		{ "", ERR_SIGNED_NO_ATTRIBUTES },
		{ CONTENT_TYPE(DATA), ERR_SIGNED_MESSAGE_DIGEST },
		{ MESSAGE_DIGEST("04{$3}"), ERR_SIGNED_CONTENT_TYPE },
		{ TRANSACTION_ID("13{'7'}"), ERR_SIGNED_CONTENT_TYPE },
		{ CONTENT_TYPE(ENVELOPED_DATA) MESSAGE_DIGEST("04{$3}"),
		    ERR_SIGNED_CONTENT_TYPE },
		{ CONTENT_TYPE("13{'data'}") MESSAGE_DIGEST("04{$3}"),
		    ERR_SIGNED_CONTENT_TYPE },
		{ CONTENT_TYPE("0600") MESSAGE_DIGEST("04{$3}"),
		    ERR_SIGNED_CONTENT_TYPE },
		{ CONTENT_TYPE(DATA DATA) MESSAGE_DIGEST("04{$3}"),
		    ERR_SIGNED_ATTRIBUTE },
		{ CONTENT_TYPE("") MESSAGE_DIGEST("04{$3}"),
		    ERR_SIGNED_ATTRIBUTE },
		{ CONTENT_TYPE(DATA) CONTENT_TYPE(DATA)
			MESSAGE_DIGEST("04{$3}"),
		    ERR_SIGNED_ATTRIBUTE },
		{ ATTRIBUTES MESSAGE_DIGEST("04{$3}"), ERR_SIGNED_ATTRIBUTE },
		{ CONTENT_TYPE(DATA) MESSAGE_DIGEST("04{$3} 04{$3}"),
		    ERR_SIGNED_ATTRIBUTE },
		{ ATTRIBUTES "3000", ERR_SIGNED_ATTRIBUTE },
		{ CONTENT_TYPE(DATA) MESSAGE_DIGEST("03{00 $3}"),
		    ERR_SIGNED_MESSAGE_DIGEST },
		{ CONTENT_TYPE(DATA) MESSAGE_DIGEST("0400"),
		    ERR_SIGNED_MESSAGE_DIGEST },
		{ CONTENT_TYPE(DATA) MESSAGE_DIGEST("04{$3 00}"),
		    ERR_SIGNED_MESSAGE_DIGEST },
		{ CONTENT_TYPE(DATA) MESSAGE_DIGEST("04{00000000000000000000}"),
		    ERR_SIGNED_MESSAGE_DIGEST },
		{ CONTENT_TYPE(DATA) MESSAGE_DIGEST(OF_NOTHING),
		    ERR_SIGNED_MESSAGE_DIGEST },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_err(verify_content(CONTENT, rows[i].attributes),
		    rows[i].err, rows[i].attributes);
}

/* xipki's: rule T18. */
static void
verify_takes_enveloped_data_as_the_contents_type(void **state)
{
	static const char content[] = "30{" ENVELOPED_DATA "a0{04{'hello'}}}";

	(void)state;
	assert_int_equal(verify_content(content,
			     CONTENT_TYPE(ENVELOPED_DATA)
				 MESSAGE_DIGEST("04{$3}")),
	    ERR_OK);
	assert_int_equal(verify_content(content,
			     CONTENT_TYPE(DATA) MESSAGE_DIGEST("04{$3}")),
	    ERR_OK);
	assert_int_equal(verify_content(content,
			     CONTENT_TYPE("06{2a03}") MESSAGE_DIGEST("04{$3}")),
	    ERR_SIGNED_CONTENT_TYPE);
}

/* The shortest comes first in DER. */
#define SORTED \
	TRANSACTION_ID("13{'7'}") CONTENT_TYPE(DATA) MESSAGE_DIGEST("04{$3}")
#define UNSORTED \
	CONTENT_TYPE(DATA) MESSAGE_DIGEST("04{$3}") TRANSACTION_ID("13{'7'}")
#define SHUFFLED \
	MESSAGE_DIGEST("04{$3}") TRANSACTION_ID("13{'7'}") CONTENT_TYPE(DATA)

/* Rule T11. */
static void
verify_takes_attributes_signed_as_sent_or_sorted(void **state)
{
	static const struct {
		const char *sent;
		const char *to_sign;
		enum err err;
	} rows[] = {
		{ SORTED, SORTED, ERR_OK },
		{ UNSORTED, UNSORTED, ERR_OK },
		{ UNSORTED, SORTED, ERR_OK },
		{ SHUFFLED, SORTED, ERR_OK },
		/* Signed in an order that nobody could know. */
		{ SORTED, UNSORTED, ERR_SIGNED_SIGNATURE },
		{ SHUFFLED, UNSORTED, ERR_SIGNED_SIGNATURE },
		/* One more, or less, than was signed. */
		{ SORTED, ATTRIBUTES, ERR_SIGNED_SIGNATURE },
		{ ATTRIBUTES, SORTED, ERR_SIGNED_SIGNATURE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = signed_differently(MESSAGE(CONTENT,
							CERTIFICATES, SIGNER),
		    rows[i].sent, rows[i].to_sign);

		assert_err(verify(buf_bytes(&der)), rows[i].err, rows[i].sent);
		buf_clear(&der);
	}
}

static void
verify_says_what_it_could_not_use(void **state)
{
	static const struct {
		const char *signer;
		enum err err;
		const char *unknown;
		enum digest digest; /* what is known of it by then */
	} rows[] = {
		/* MD2, SHAKE256, none. */
		{ SIGNER_WITH(BY_SERIAL, "30{06{2a864886f70d0202}0500}", RSA),
		    ERR_DIGEST, "2a864886f70d0202", DIGEST_COUNT },
		{ SIGNER_WITH(BY_SERIAL, "30{06{60864801650304020c}}", RSA),
		    ERR_DIGEST, "60864801650304020c", DIGEST_COUNT },
		{ SIGNER_WITH(BY_SERIAL, "3000", RSA), ERR_DIGEST, "",
		    DIGEST_COUNT },
		/* Known, but not allowed. */
		{ SIGNER_WITH(BY_SERIAL, "30{06{2a864886f70d0205}0500}", RSA),
		    ERR_DIGEST, "2a864886f70d0205", DIGEST_COUNT },
		/* DSA, Ed25519, none, another digest's. */
		{ SIGNER_WITH(BY_SERIAL, SHA256, "30{06{2a8648ce380401}}"),
		    ERR_SIGNATURE_ALGORITHM, "2a8648ce380401", DIGEST_SHA256 },
		{ SIGNER_WITH(BY_SERIAL, SHA256, "30{06{2b6570}}"),
		    ERR_SIGNATURE_ALGORITHM, "2b6570", DIGEST_SHA256 },
		{ SIGNER_WITH(BY_SERIAL, SHA256, "3000"),
		    ERR_SIGNATURE_ALGORITHM, "", DIGEST_SHA256 },
		{ SIGNER_WITH(BY_SERIAL, SHA256,
		      "30{06{2a864886f70d010105}0500}"),
		    ERR_SIGNATURE_ALGORITHM, "2a864886f70d010105",
		    DIGEST_SHA256 },
		/* Digests that the message was not made with. */
		{ SIGNER_WITH(BY_SERIAL, SHA1, RSA), ERR_SIGNED_MESSAGE_DIGEST,
		    "", DIGEST_SHA1 },
		/* A signature algorithm of another kind of key. */
		{ SIGNER_WITH(BY_SERIAL, SHA256, "30{06{2a8648ce3d040302}}"),
		    ERR_PUBLIC_KEY, "", DIGEST_SHA256 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *notation = xasprintf(MESSAGE("%s", "a0{$0}", "%s"),
		    CONTENT, rows[i].signer);
		struct buf der = signed_message(notation, ATTRIBUTES);
		enum digest digest = DIGEST_COUNT;
		struct buf unknown = { 0 };

		assert_err(verify_with(buf_bytes(&der), ALGORITHMS_DEFAULT,
			       &digest, &unknown),
		    rows[i].err, rows[i].signer);
		assert_asn1(buf_bytes(&unknown), rows[i].unknown,
		    rows[i].signer);
		assert_int_equal(digest, rows[i].digest);
		buf_clear(&unknown);
		buf_clear(&der);
		free(notation);
	}
}

static void
verify_refuses_the_signature_of_another_key(void **state)
{
	static const struct {
		const char *certificates;
		enum err err;
	} rows[] = {
		{ "a0{$0}", ERR_OK },
		{ "a0{$0 $8}", ERR_OK },
		/* Of the same issuer and serial number. */
		{ "a0{$8}", ERR_SIGNED_SIGNATURE },
		{ "a0{$8 $0}", ERR_SIGNED_SIGNATURE },
		/* A lone one, of another kind of key. */
		{ "a0{$6}", ERR_PUBLIC_KEY },
		{ "", ERR_SIGNED_NO_CERTIFICATE },
		{ "a0{$6 $6}", ERR_SIGNED_NO_CERTIFICATE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *notation = xasprintf(MESSAGE("%s", "%s", "%s"), CONTENT,
		    rows[i].certificates, SIGNER);
		struct buf der = signed_message(notation, ATTRIBUTES);

		assert_err(verify(buf_bytes(&der)), rows[i].err,
		    rows[i].certificates);
		buf_clear(&der);
		free(notation);
	}
}

/* A certificate of $1 for the key $0. */
#define CERTIFICATE_OF \
	"30{30{a0{020102} $1 30{06{2a864886f70d01010b}0500} $2" \
	"30{17{'700101000000Z'} 17{'491231235959Z'}} $2 $0}" \
	"30{06{2a864886f70d01010b}0500} 030100}"

static void
verify_refuses_keys_that_are_never_accepted(void **state)
{
	static const char *const spkis[] = {
		/* 512 bits; an exponent of 1; Ed25519; none. */
		"30{30{06{2a864886f70d010101}0500} 03{00 30{02{00"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"} 02{010001}}}}",
		"30{30{06{2a864886f70d010101}0500} 03{00 30{02{00"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff"
		"} 020101}}}",
		"30{30{06{2b6570}} 03{00 0102}}",
		"3000",
	};
	struct certificate *signer = certificate_vector("codec/rsa.pem");
	struct buf serial = asn1("020105");

	(void)state;
	for (size_t i = 0; i < COUNT(spkis); i++) {
		struct buf spki = asn1(spkis[i]);
		struct bytes parts[] = { buf_bytes(&spki), buf_bytes(&serial),
			signer->issuer };
		struct buf der = asn1_of(CERTIFICATE_OF, parts);
		struct buf message = signed_message(MESSAGE(CONTENT,
							CERTIFICATES, SIGNER),
		    ATTRIBUTES);
		struct cms_signed read;
		enum digest digest;
		struct bytes unknown;

		assert_int_equal(cms_signed_read(buf_bytes(&message), &read),
		    ERR_OK);
		certificate_free(read.signer);
		assert_int_equal(certificate_read(buf_bytes(&der),
				     &read.signer),
		    ERR_OK);
		assert_err(cms_signed_verify(gnutls(), &read, all_algorithms,
			       &digest, &unknown),
		    ERR_PUBLIC_KEY, spkis[i]);
		cms_signed_clear(&read);
		buf_clear(&spki);
		buf_clear(&der);
		buf_clear(&message);
	}
	certificate_free(signer);
	buf_clear(&serial);
}

/*
 * RFC 5652 section 5.4 and the attack on it: the signature of a message
 * without attributes, over a content that looks like attributes, must not
 * pass for that of those attributes, nor the other way round.
 */
static void
verify_refuses_messages_without_attributes(void **state)
{
	struct buf der = signed_message(
	    MESSAGE("30{" DATA "a0{04{31{" ATTRIBUTES "}}}}", CERTIFICATES,
		"30{020101" BY_SERIAL SHA256 RSA "04{$4}}"),
	    ATTRIBUTES);

	(void)state;
	assert_int_equal(verify(buf_bytes(&der)), ERR_SIGNED_NO_ATTRIBUTES);
	buf_clear(&der);
	der = signed_message(MESSAGE(CONTENT, CERTIFICATES,
				 "30{020101" BY_SERIAL SHA256 "a000" RSA
				 "04{$4}}"),
	    "");
	assert_int_equal(verify(buf_bytes(&der)), ERR_SIGNED_NO_ATTRIBUTES);
	buf_clear(&der);
}

static struct bytes
signing_key(const struct cms_signed *message)
{
	struct bytes octets;

	assert_int_equal(spki_key_octets(message->signer->spki, &octets),
	    ERR_OK);
	return octets;
}

static void
verify_notices_every_octet_that_matters(void **state)
{
	struct buf whole = vector("codec/signed-sha256.der");
	struct cms_signed original, changed = { 0 };
	enum digest digest;
	struct bytes unknown;

	(void)state;
	assert_int_equal(cms_signed_read(buf_bytes(&whole), &original), ERR_OK);
	for (size_t i = 0; i < whole.size; i++) {
		struct buf der = { 0 };

		buf_append(&der, buf_bytes(&whole));
		der.data[i] ^= 1;
		if (cms_signed_read(buf_bytes(&der), &changed) == ERR_OK &&
		    cms_signed_verify(gnutls(), &changed, all_algorithms,
			&digest, &unknown) == ERR_OK) {
			assert_same_bytes(changed.content, original.content);
			assert_same_bytes(changed.attributes,
			    original.attributes);
			assert_same_bytes(changed.signature,
			    original.signature);
			assert_same_bytes(signing_key(&changed),
			    signing_key(&original));
		}
		cms_signed_clear(&changed);
		buf_clear(&der);
	}
	cms_signed_clear(&original);
	buf_clear(&whole);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify_takes_the_messages_of_recorded_clients),
		cmocka_unit_test(verify_agrees_with_openssl),
		cmocka_unit_test(verify_takes_algorithms_as_clients_name_them),
		cmocka_unit_test(verify_digests_content_in_each_of_its_forms),
		cmocka_unit_test(verify_wants_the_attributes_of_cms_to_fit),
		cmocka_unit_test(
		    verify_takes_enveloped_data_as_the_contents_type),
		cmocka_unit_test(
		    verify_takes_attributes_signed_as_sent_or_sorted),
		cmocka_unit_test(verify_says_what_it_could_not_use),
		cmocka_unit_test(verify_refuses_the_signature_of_another_key),
		cmocka_unit_test(verify_refuses_keys_that_are_never_accepted),
		cmocka_unit_test(verify_refuses_messages_without_attributes),
		cmocka_unit_test(verify_notices_every_octet_that_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
