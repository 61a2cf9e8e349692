/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How crypto/cms_signed.h reads messages; what it makes of their signatures
 * is in crypto_cms_signed_verify_test.c. */
#include "crypto/cms_signed.h"

#include "crypto/name.h"
#include "crypto/oid.h"
#include "tests/unit/crypto_cms_signed.h"

static void
read_finds_the_parts_of_a_message(void **state)
{
	struct buf der = signed_message(MESSAGE(CONTENT, CERTIFICATES, SIGNER),
	    ATTRIBUTES);
	struct certificate *signer = certificate_vector("codec/rsa.pem");
	struct cms_signed message;

	(void)state;
	assert_int_equal(cms_signed_read(buf_bytes(&der), &message), ERR_OK);
	assert_same_bytes(message.content_type, OID_DATA);
	assert_true(message.has_content);
	assert_bytes(message.content, "hello");
	assert_bytes(message.digested, "hello");
	assert_same_bytes(message.certificates, buf_bytes(&signer->der));
	assert_same_bytes(message.identifier.issuer, signer->issuer);
	assert_same_bytes(message.identifier.serial, signer->serial);
	assert_int_equal(message.identifier.key_id.size, 0);
	assert_asn1(message.digest_algorithm, SHA256, "digest algorithm");
	assert_asn1(message.signature_algorithm, RSA, "signature algorithm");
	assert_int_equal(message.signature.size, 128);
	assert_non_null(message.signer);
	assert_same_bytes(message.signer->spki, signer->spki);
	cms_signed_clear(&message);
	assert_null(message.signer);
	assert_int_equal(message.content.size, 0);
	certificate_free(signer);
	buf_clear(&der);
}

static void
read_finds_content_in_each_of_its_forms(void **state)
{
	static const struct {
		const char *content;
		bool has_content;
		const char *octets;
		const char *digested;
	} rows[] = {
		{ "30{" DATA "}", false, "", "" },
		{ "30{" DATA "a0{04{}}}", true, "", "" },
		{ "30{" DATA "a0{04{'hello'}}}", true, "'hello'", "'hello'" },
		{ "30{" ENVELOPED_DATA "a0{04{'hello'}}}", true, "'hello'",
		    "'hello'" },
		/* A SEQUENCE in the place of the OCTET STRING (T18). */
		{ "30{" ENVELOPED_DATA "a0{30{020105}}}", true, "3003020105",
		    "020105" },
		{ "30{" ENVELOPED_DATA "a0{3000}}", true, "3000", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *notation = xasprintf(MESSAGE("%s", "a0{$0}", "%s"),
		    rows[i].content, SIGNER);
		struct buf der = signed_message(notation, ATTRIBUTES);
		struct cms_signed message;

		assert_err(cms_signed_read(buf_bytes(&der), &message), ERR_OK,
		    rows[i].content);
		assert_int_equal(message.has_content, rows[i].has_content);
		assert_asn1(message.content, rows[i].octets, rows[i].content);
		assert_asn1(message.digested, rows[i].digested,
		    rows[i].content);
		cms_signed_clear(&message);
		buf_clear(&der);
		free(notation);
	}
}

/* Which certificate is taken for the signer's. */
enum found {
	NONE,
	THE_SIGNERS,
	P256S
};

static void
read_finds_the_signers_certificate(void **state)
{
	static const struct {
		const char *message;
		enum found found;
	} rows[] = {
		{ MESSAGE(CONTENT, "a0{$0}", SIGNER), THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{$6 $0}", SIGNER), THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{$0 $6}", SIGNER), THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{$6 $0}",
		      SIGNER_WITH(BY_KEY_ID, SHA256, RSA)),
		    THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{" BARE_CERTIFICATE "$0}",
		      SIGNER_WITH(BY_KEY_ID, SHA256, RSA)),
		    THE_SIGNERS },
		/* A serial number with other leading zeros, a name in other
		 * string types. */
		{ MESSAGE(CONTENT, "a0{$6 $0}",
		      SIGNER_WITH("30{$1 02{0000 $2}}", SHA256, RSA)),
		    THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{$6 $0}",
		      SIGNER_WITH("30{30{31{30{06{55040a}13{'example'}}}"
				  "31{30{06{550403}16{' RSA'}}}} 02{1001}}",
			  SHA256, RSA)),
		    THE_SIGNERS },
		/* A lone one, whatever it is referred to by (T24). */
		{ MESSAGE(CONTENT, "a0{$0}",
		      SIGNER_WITH("30{3000 020100}", SHA256, RSA)),
		    THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{$0}",
		      SIGNER_WITH("80{00}", SHA256, RSA)),
		    THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{$6}", SIGNER), P256S },
		/* Certificates that can't be read, or are of other kinds. */
		{ MESSAGE(CONTENT, "a0{3000 $0 3000}", SIGNER), THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{$0 a200}", SIGNER), THE_SIGNERS },
		{ MESSAGE(CONTENT, "a0{a100 a3{06{2a03} 0500} $0}", SIGNER),
		    THE_SIGNERS },
		/* None. */
		{ MESSAGE(CONTENT, "", SIGNER), NONE },
		{ MESSAGE(CONTENT, "a000", SIGNER), NONE },
		{ MESSAGE(CONTENT, "a0{3000}", SIGNER), NONE },
		{ MESSAGE(CONTENT, "a0{a2{$0}}", SIGNER), NONE },
		{ MESSAGE(CONTENT, "a0{$6 $6}", SIGNER), NONE },
		{ MESSAGE(CONTENT, "a0{$6 $0}",
		      SIGNER_WITH("30{$1 02{1002}}", SHA256, RSA)),
		    NONE },
		{ MESSAGE(CONTENT, "a0{$6 $0}",
		      SIGNER_WITH("30{3000 02{1001}}", SHA256, RSA)),
		    NONE },
		{ MESSAGE(CONTENT, "a0{$6 $0}",
		      SIGNER_WITH("80{00}", SHA256, RSA)),
		    NONE },
		{ MESSAGE(CONTENT, "a0{$6 $0}",
		      SIGNER_WITH("8000", SHA256, RSA)),
		    NONE },
	};
	static const char *const subjects[] = { NULL, "CN=rsa,O=Example",
		"CN=p256,O=Example" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = signed_message(rows[i].message, ATTRIBUTES);
		struct buf subject = { 0 };
		struct cms_signed message;

		assert_err(cms_signed_read(buf_bytes(&der), &message), ERR_OK,
		    rows[i].message);
		if ((message.signer != NULL) != (rows[i].found != NONE))
			fail_msg("%s", rows[i].message);
		if (message.signer != NULL) {
			name_append_text(&subject, message.signer->subject);
			assert_string_equal(buf_string(&subject),
			    subjects[rows[i].found]);
		}
		buf_clear(&subject);
		cms_signed_clear(&message);
		buf_clear(&der);
	}
}

static void
read_passes_over_what_it_has_no_use_for(void **state)
{
	static const char *const rows[] = {
		/* CRLs, unsigned attributes, versions, no digestAlgorithms. */
		MESSAGE(CONTENT, CERTIFICATES "a1{3000}", SIGNER),
		MESSAGE(CONTENT, CERTIFICATES,
		    "30{020101" BY_SERIAL SHA256 "a0{$7}" RSA
		    "04{$4} a1{30{06{2a03} 31{0500}}}}"),
		MESSAGE(CONTENT, CERTIFICATES,
		    "30{020103" BY_SERIAL SHA256 "a0{$7}" RSA "04{$4}}"),
		"30{06{2a864886f70d010702} a0{30{020103 3100" CONTENT
		    CERTIFICATES "31{" SIGNER "}}}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = signed_message(rows[i], ATTRIBUTES);

		assert_err(verify(buf_bytes(&der)), ERR_OK, rows[i]);
		buf_clear(&der);
	}
}

static void
assert_read_fails(struct bytes der, enum err expected, const char *what)
{
	struct cms_signed message = { .has_content = true };

	assert_err(cms_signed_read(der, &message), expected, what);
	assert_true(message.has_content);
	assert_null(message.signer);
}

static void
read_refuses_what_is_no_signed_data(void **state)
{
	static const struct {
		const char *der;
		enum err err;
	} rows[] = {
		{ "30{06{2a864886f70d010703} a0{3000}}", ERR_SIGNED_TYPE },
		{ "30{" DATA "a0{04{'hello'}}}", ERR_SIGNED_TYPE },
		{ "30{06{2a03}}", ERR_SIGNED_TYPE },
		{ "", ERR_DER_TAG },
		{ "3100", ERR_DER_TAG },
		{ "3000", ERR_DER_TAG },
		{ "3000 00", ERR_DER_TRAILING },
		{ "3003 0201", ERR_DER_TRUNCATED },
		{ "3080 0000", ERR_DER_LENGTH },
		{ "30{0600}", ERR_DER_OID },
		{ "30{06{2a864886f70d010702}}", ERR_DER_TAG },
		{ "30{06{2a864886f70d010702} a000}", ERR_DER_TAG },
		{ "30{06{2a864886f70d010702} 3000}", ERR_DER_TAG },
		{ "30{06{2a864886f70d010702} a0{3000}}", ERR_DER_TAG },
		{ "30{06{2a864886f70d010702} a0{30{0200}}}", ERR_DER_INTEGER },
		{ "30{06{2a864886f70d010702} a0{30{020101 3000}}}",
		    ERR_DER_TAG },
		{ MESSAGE("", "", ""), ERR_DER_TAG },
		{ MESSAGE("3000", "", ""), ERR_DER_TAG },
		{ MESSAGE("30{0600}", "", ""), ERR_DER_OID },
		/* Content that is nothing, no string, or not alone. */
		{ MESSAGE("30{" DATA "a000}", "", ""), ERR_DER_TAG },
		{ MESSAGE("30{" DATA "04{'a'}}", "", ""), ERR_DER_TAG },
		{ MESSAGE("30{" DATA "a0{0c{'a'}}}", "", ""), ERR_DER_TAG },
		{ MESSAGE("30{" DATA "a0{04{} 04{}}}", "", ""),
		    ERR_DER_TRAILING },
		/* Sets in each other's place. */
		{ MESSAGE("30{" DATA "}", "a1{} a0{}", ""), ERR_DER_TAG },
		{ MESSAGE("30{" DATA "}", "3000", ""), ERR_DER_TAG },
		{ MESSAGE("30{" DATA "}", "a0{3005}", "3000"), ERR_DER_TAG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = asn1(rows[i].der);

		assert_read_fails(buf_bytes(&der), rows[i].err, rows[i].der);
		buf_clear(&der);
	}
}

static void
read_refuses_other_than_one_signer(void **state)
{
	static const char *const rows[] = {
		MESSAGE(CONTENT, CERTIFICATES, ""),
		MESSAGE(CONTENT, CERTIFICATES, SIGNER SIGNER),
		MESSAGE(CONTENT, CERTIFICATES, SIGNER SIGNER SIGNER),
		MESSAGE(CONTENT, CERTIFICATES, SIGNER "0500"),
		MESSAGE(CONTENT, CERTIFICATES, "31{}"),
		MESSAGE(CONTENT, CERTIFICATES, "3000 3000"),
	};
	static const char *const files[] = { "codec/signed-twice.der",
		"codec/degenerate.der", "jscep-samples/scep_resp0.der" };
	struct buf signers = repeated("3000", 1000);
	struct bytes parts[] = { buf_bytes(&signers) };
	struct buf thousand = asn1_of(MESSAGE(CONTENT, "", "$0"), parts);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = signed_message(rows[i], ATTRIBUTES);

		assert_read_fails(buf_bytes(&der), ERR_SIGNED_SIGNERS, rows[i]);
		buf_clear(&der);
	}
	for (size_t i = 0; i < COUNT(files); i++) {
		struct buf der = vector(files[i]);

		assert_read_fails(buf_bytes(&der), ERR_SIGNED_SIGNERS,
		    files[i]);
		buf_clear(&der);
	}
	assert_read_fails(buf_bytes(&thousand), ERR_SIGNED_SIGNERS, "1000");
	buf_clear(&signers);
	buf_clear(&thousand);
}

static void
read_refuses_a_malformed_signer(void **state)
{
	static const struct {
		const char *signer;
		enum err err;
	} rows[] = {
		{ "3000", ERR_DER_TAG },
		{ "30{0200}", ERR_DER_INTEGER },
		{ "30{020101}", ERR_DER_TAG },
		{ "30{020101 a0{$5}}", ERR_DER_TAG },
		{ "30{020101 81{$5}}", ERR_DER_TAG },
		{ "30{020101 3000}", ERR_DER_TAG },
		{ "30{020101 30{$1}}", ERR_DER_TAG },
		{ "30{020101 30{$1 0200}}", ERR_DER_INTEGER },
		{ "30{020101" BY_SERIAL "}", ERR_DER_TAG },
		{ "30{020101" BY_SERIAL SHA256 "}", ERR_DER_TAG },
		/* Attributes under the tag that they are signed with. */
		{ "30{020101" BY_SERIAL SHA256 "31{$7}" RSA "04{$4}}",
		    ERR_DER_TAG },
		{ "30{020101" BY_SERIAL SHA256 "a1{$7}" RSA "04{$4}}",
		    ERR_DER_TAG },
		{ "30{020101" BY_SERIAL SHA256 "a0{$7}" RSA "}", ERR_DER_TAG },
		{ "30{020101" BY_SERIAL SHA256 "a0{$7}" RSA "03{00 $4}}",
		    ERR_DER_TAG },
		{ "30{020101" BY_SERIAL SHA256 "a0{$7} 04{$4}}", ERR_DER_TAG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *notation = xasprintf(MESSAGE("%s", "a0{$0}", "%s"),
		    CONTENT, rows[i].signer);
		struct buf der = signed_message(notation, ATTRIBUTES);

		assert_read_fails(buf_bytes(&der), rows[i].err, rows[i].signer);
		buf_clear(&der);
		free(notation);
	}
}

static void
read_takes_certificates_so_many_and_no_more(void **state)
{
	static const struct {
		const char *certificates;
		enum err err;
	} rows[] = {
		{ "a0{$0 $9}", ERR_OK },
		{ "a0{$9 $0}", ERR_OK },
		{ "a0{$0 $9 3000}", ERR_SIGNED_CERTIFICATES },
		{ "a0{$9 $0 3000}", ERR_SIGNED_CERTIFICATES },
		{ "a0{3000 $9 $0}", ERR_SIGNED_CERTIFICATES },
		{ "a0{a200 $9 $0}", ERR_SIGNED_CERTIFICATES },
		{ "a0{$9 $9 $9 $9 $9 $9 $9 $9 $9 $9}",
		    ERR_SIGNED_CERTIFICATES },
		{ "a0{30}", ERR_DER_TRUNCATED },
	};
	struct certificate *signer = certificate_vector("codec/rsa.pem");
	struct buf others = repeated("3000", CMS_MAX_CERTIFICATES - 1);
	struct bytes parts[10] = { buf_bytes(&signer->der), signer->issuer,
		signer->serial };

	(void)state;
	parts[9] = buf_bytes(&others);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *notation = xasprintf(MESSAGE("%s", "%s", "%s"), CONTENT,
		    rows[i].certificates, SIGNER);
		struct buf der = asn1_of(notation, parts);
		struct cms_signed message = { 0 };

		assert_err(cms_signed_read(buf_bytes(&der), &message),
		    rows[i].err, rows[i].certificates);
		assert_int_equal(message.signer != NULL, rows[i].err == ERR_OK);
		cms_signed_clear(&message);
		buf_clear(&der);
		free(notation);
	}
	certificate_free(signer);
	buf_clear(&others);
}

static void
read_refuses_a_recorded_message_cut_at_any_octet(void **state)
{
	struct buf whole = vector("strongswan-pss/message.der");

	(void)state;
	for (size_t size = 0; size < whole.size; size++) {
		struct cms_signed message = { 0 };
		struct buf cut = { 0 };

		buf_append(&cut, bytes_of(whole.data, size));
		assert_int_not_equal(cms_signed_read(buf_bytes(&cut), &message),
		    ERR_OK);
		buf_clear(&cut);
	}
	buf_clear(&whole);
}

static void
attribute_gives_the_only_value(void **state)
{
	static const struct {
		const char *attributes;
		enum err err;
		const char *value; /* NULL: there is none */
	} rows[] = {
		{ ATTRIBUTES TRANSACTION_ID("13{'7'}"), ERR_OK, "13{'7'}" },
		{ TRANSACTION_ID("0c{'7'}") ATTRIBUTES, ERR_OK, "0c{'7'}" },
		{ TRANSACTION_ID("3000") ATTRIBUTES, ERR_OK, "3000" },
		{ ATTRIBUTES, ERR_OK, NULL },
		{ "", ERR_OK, NULL },
		/* Others may be what they like. */
		{ "30{06{2a03} 3100} 30{06{2a03} 31{0500 0500}}" TRANSACTION_ID(
		      "13{'7'}"),
		    ERR_OK, "13{'7'}" },
		/* Doubled, multi-valued, without a value. */
		{ TRANSACTION_ID("13{'7'}") TRANSACTION_ID("13{'7'}"),
		    ERR_SIGNED_ATTRIBUTE, NULL },
		{ TRANSACTION_ID("13{'7'}") ATTRIBUTES TRANSACTION_ID(""),
		    ERR_SIGNED_ATTRIBUTE, NULL },
		{ TRANSACTION_ID("13{'7'} 13{'7'}"), ERR_SIGNED_ATTRIBUTE,
		    NULL },
		{ TRANSACTION_ID("13{'7'} 13{'8'}"), ERR_SIGNED_ATTRIBUTE,
		    NULL },
		{ TRANSACTION_ID(""), ERR_SIGNED_ATTRIBUTE, NULL },
		{ TRANSACTION_ID("1305"), ERR_SIGNED_ATTRIBUTE, NULL },
		/* Malformed, wherever. */
		{ TRANSACTION_ID("13{'7'}") "0500", ERR_SIGNED_ATTRIBUTE,
		    NULL },
		{ TRANSACTION_ID("13{'7'}") "3000", ERR_SIGNED_ATTRIBUTE,
		    NULL },
		{ "30{06{2a03}}", ERR_SIGNED_ATTRIBUTE, NULL },
		{ "30{06{2a03} 3000}", ERR_SIGNED_ATTRIBUTE, NULL },
		{ "30{06{2a03} 3100 0500}", ERR_SIGNED_ATTRIBUTE, NULL },
		{ "30{0600 3100}", ERR_SIGNED_ATTRIBUTE, NULL },
		{ "30", ERR_SIGNED_ATTRIBUTE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf octets = asn1_of(rows[i].attributes,
		    (const struct bytes[10]){ 0 });
		struct cms_signed message = {
			.attributes = buf_bytes(&octets),
		};
		struct der_element value = { .tag = 0xee };

		assert_err(cms_signed_attribute(&message, OID_TRANSACTION_ID,
			       &value),
		    rows[i].err, rows[i].attributes);
		if (rows[i].err != ERR_OK)
			assert_int_equal(value.tag, 0xee);
		else if (rows[i].value == NULL)
			assert_int_equal(value.tag, 0);
		else
			assert_asn1(value.whole, rows[i].value,
			    rows[i].attributes);
		buf_clear(&octets);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_finds_the_parts_of_a_message),
		cmocka_unit_test(read_finds_content_in_each_of_its_forms),
		cmocka_unit_test(read_finds_the_signers_certificate),
		cmocka_unit_test(read_passes_over_what_it_has_no_use_for),
		cmocka_unit_test(read_refuses_what_is_no_signed_data),
		cmocka_unit_test(read_refuses_other_than_one_signer),
		cmocka_unit_test(read_refuses_a_malformed_signer),
		cmocka_unit_test(read_takes_certificates_so_many_and_no_more),
		cmocka_unit_test(
		    read_refuses_a_recorded_message_cut_at_any_octet),
		cmocka_unit_test(attribute_gives_the_only_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
