/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signed attributes of answers. */
#include "crypto/cms_signed.h"
#include "tests/unit/crypto_sign_guard.h"

#define ATTRIBUTE(oid, values) "30{06{" oid "} 31{" values "}}"
#define SCEP(number, values) ATTRIBUTE("6086480186f8450109" number, values)

#define TYPE SCEP("02", "13{'3'}")
#define STATUS SCEP("03", "13{'2'}")
#define FAIL_INFO SCEP("04", "13{'2'}")
#define SENDER_NONCE SCEP("05", "04{'0123456789abcdef'}")
#define RECIPIENT_NONCE SCEP("06", "04{'fedcba9876543210'}")
#define ID SCEP("07", "13{'4711'}")
#define FAIL_TEXT ATTRIBUTE("2b06010505071801", "0c{'No.'}")
#define CONTENT_TYPE ATTRIBUTE("2a864886f70d010903", "06{2a864886f70d010701}")
#define DIGEST_OF(octets) ATTRIBUTE("2a864886f70d010904", "04{" octets "}")
#define DIGEST DIGEST_OF("'0123456789abcdef0123456789abcdef'")
#define TIME ATTRIBUTE("2a864886f70d010905", "17{'261122100654Z'}")

/* The order is that of the octets: the shorter ones first. */
#define GOOD \
	"31{" FAIL_TEXT TYPE STATUS FAIL_INFO ID CONTENT_TYPE TIME \
	    SENDER_NONCE RECIPIENT_NONCE DIGEST "}"

static void
an_answer_is_signed(void **state)
{
	static const struct guard_row rows[] = {
		{ "all", ERR_OK, GOOD },
		{ "only what is required", ERR_OK,
		    "31{" TYPE STATUS ID CONTENT_TYPE DIGEST "}" },
		{ "SUCCESS", ERR_OK,
		    "31{" TYPE SCEP("03", "13{'0'}") ID CONTENT_TYPE DIGEST
		    "}" },
		{ "PENDING", ERR_OK,
		    "31{" TYPE SCEP("03", "13{'3'}") ID CONTENT_TYPE DIGEST
		    "}" },
		{ "a client's own type of text", ERR_OK,
		    "31{" TYPE STATUS SCEP("07", "0c{'_'}") CONTENT_TYPE DIGEST
		    "}" },
		{ "a client's own characters", ERR_OK,
		    "31{" TYPE STATUS SCEP("07", "13{'a' 00 'b'}")
			CONTENT_TYPE DIGEST "}" },
		{ "Latin-1", ERR_OK,
		    "31{" TYPE STATUS SCEP("07", "14{e4}") CONTENT_TYPE DIGEST
		    "}" },
	};

	check_rows(*state, SIGN_REPLY, rows, COUNT(rows));
}

static void
an_answer_has_no_other_form(void **state)
{
	check_no_other_form(*state, GOOD);
}

/* Without messageType or pkiStatus it could be a request, or any message of
 * CMS, in the CA's name. */
static void
an_answer_without_what_makes_it_one_is_refused(void **state)
{
	static const struct guard_row rows[] = {
		{ "no messageType", ERR_GUARD_ATTRIBUTE,
		    "31{" STATUS ID CONTENT_TYPE DIGEST "}" },
		{ "no pkiStatus", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE ID CONTENT_TYPE DIGEST "}" },
		{ "no transactionID", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE STATUS CONTENT_TYPE DIGEST "}" },
		{ "no contentType", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE STATUS ID DIGEST "}" },
		{ "no messageDigest", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE STATUS ID CONTENT_TYPE "}" },
		{ "nothing", ERR_GUARD_ATTRIBUTE, "31{}" },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

/* One attribute with these values, where it would stand in an answer. */
#define WITH_TYPE(values) \
	"31{" SCEP("02", values) STATUS ID CONTENT_TYPE DIGEST "}"
#define WITH_STATUS(values) \
	"31{" TYPE SCEP("03", values) \
	ID CONTENT_TYPE DIGEST "}"
#define WITH_ID(values) \
	"31{" TYPE STATUS SCEP("07", values) \
	CONTENT_TYPE DIGEST "}"
#define WITH_FAIL_INFO(values) \
	"31{" TYPE STATUS SCEP("04", values) \
	ID CONTENT_TYPE DIGEST "}"
#define WITH_NONCE(values) \
	"31{" TYPE STATUS ID CONTENT_TYPE SCEP("05", values) DIGEST "}"
#define WITH_TIME(values) \
	"31{" TYPE STATUS ID CONTENT_TYPE ATTRIBUTE("2a864886f70d010905", \
	    values) DIGEST "}"
#define WITH_TEXT(values) \
	"31{" ATTRIBUTE("2b06010505071801", values) \
	    TYPE STATUS ID CONTENT_TYPE DIGEST "}"

static void
a_value_that_no_answer_has_is_refused(void **state)
{
	static const struct guard_row rows[] = {
		{ "PKCSReq", ERR_GUARD_ATTRIBUTE, WITH_TYPE("13{'9'}") },
		{ "other type of text", ERR_GUARD_ATTRIBUTE,
		    WITH_TYPE("0c{'3'}") },
		{ "messageType 33", ERR_GUARD_ATTRIBUTE,
		    WITH_TYPE("13{'33'}") },
		{ "empty messageType", ERR_GUARD_ATTRIBUTE, WITH_TYPE("1300") },
		{ "no value", ERR_GUARD_DER, WITH_TYPE("") },
		{ "pkiStatus 1", ERR_GUARD_ATTRIBUTE, WITH_STATUS("13{'1'}") },
		{ "pkiStatus 4", ERR_GUARD_ATTRIBUTE, WITH_STATUS("13{'4'}") },
		{ "pkiStatus 00", ERR_GUARD_ATTRIBUTE,
		    WITH_STATUS("13{'00'}") },
		{ "pkiStatus as INTEGER", ERR_GUARD_ATTRIBUTE,
		    WITH_STATUS("020100") },
		{ "two values", ERR_GUARD_ATTRIBUTE,
		    WITH_STATUS("13{'0'} 13{'2'}") },
		{ "failInfo 5", ERR_GUARD_ATTRIBUTE,
		    WITH_FAIL_INFO("13{'5'}") },
		/* It is the shortest then, and so comes first. */
		{ "empty transactionID", ERR_GUARD_ATTRIBUTE,
		    "31{" SCEP("07", "1300") TYPE STATUS CONTENT_TYPE DIGEST
		    "}" },
		{ "transactionID as octets", ERR_GUARD_ATTRIBUTE,
		    WITH_ID("04{'1'}") },
		{ "nonce as text", ERR_GUARD_ATTRIBUTE,
		    WITH_NONCE("13{'0123456789abcdef'}") },
		{ "date as text", ERR_GUARD_ATTRIBUTE,
		    WITH_TIME("13{'261122100654Z'}") },
		{ "date in another form", ERR_GUARD_ATTRIBUTE,
		    WITH_TIME("18{'20261122100654Z'}") },
		{ "broken UTF-8", ERR_GUARD_ATTRIBUTE, WITH_TEXT("0c{ff}") },
		{ "failInfoText in ASCII", ERR_GUARD_ATTRIBUTE,
		    WITH_TEXT("16{'N'}") },
		{ "enveloped-data", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE STATUS ID ATTRIBUTE("2a864886f70d010903",
			"06{2a864886f70d010703}") DIGEST "}" },
		{ "digest of SHA-1", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE STATUS ID CONTENT_TYPE
			DIGEST_OF("'0123456789abcdef0123'") "}" },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

static void
attributes_are_known_sorted_and_there_once(void **state)
{
	static const struct guard_row rows[] = {
		{ "twice", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE TYPE STATUS ID CONTENT_TYPE DIGEST "}" },
		{ "twice with two values", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE SCEP("03", "13{'0'}")
			STATUS ID CONTENT_TYPE DIGEST "}" },
		{ "unknown", ERR_GUARD_ATTRIBUTE,
		    "31{" TYPE STATUS ID SCEP("08", "13{'4711'}")
			CONTENT_TYPE DIGEST "}" },
		{ "out of order", ERR_GUARD_DER,
		    "31{" STATUS TYPE ID CONTENT_TYPE DIGEST "}" },
		{ "no SEQUENCE", ERR_GUARD_DER,
		    "31{0500" TYPE STATUS ID CONTENT_TYPE DIGEST "}" },
		{ "no OID", ERR_GUARD_DER, "31{30{0500 3100}}" },
		{ "no SET", ERR_GUARD_DER,
		    "31{30{06{6086480186f845010902} 30{13{'3'}}}}" },
		{ "more behind the values", ERR_GUARD_DER,
		    "31{30{06{6086480186f845010902} 31{13{'3'}} 0500}}" },
		{ "long length", ERR_GUARD_DER,
		    "31{30{06{6086480186f845010902} 31{13 8101 '3'}}}" },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

/* A bound on what a worker can put into them. */
static void
attributes_are_no_longer_than_those_of_requests(void **state)
{
	static const struct {
		const char *notation;
		size_t longest;
	} rows[] = {
		{ "31{" TYPE STATUS CONTENT_TYPE DIGEST SCEP("07",
		      "13{$9}") "}",
		    256 },
		{ "31{" TYPE STATUS ID CONTENT_TYPE DIGEST SCEP("05",
		      "04{$9}") "}",
		    64 },
		{ "31{" TYPE STATUS ID CONTENT_TYPE DIGEST
			ATTRIBUTE("2b06010505071801", "0c{$9}") "}",
		    1024 },
	};
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t more = 0; more < 2; more++) {
			struct buf text = repeated("'a'",
			    rows[i].longest + more);
			struct bytes parts[10] = { [9] = buf_bytes(&text) };
			struct buf message = asn1_of(rows[i].notation, parts);

			assert_guard(lab, buf_bytes(&message), SIGN_REPLY,
			    more == 0 ? ERR_OK : ERR_GUARD_ATTRIBUTE,
			    rows[i].notation);
			buf_clear(&text);
			buf_clear(&message);
		}
}

/* The attributes of a message that the product made, as they were signed. */
static struct buf
attributes_made_with(const struct key *key, enum digest digest, bool failure)
{
	static const struct cms_attribute attributes[] = {
		{ OID_MESSAGE_TYPE, DER_PRINTABLE_STRING, BYTES_LITERAL("3") },
		{ OID_PKI_STATUS, DER_PRINTABLE_STRING, BYTES_LITERAL("2") },
		{ OID_TRANSACTION_ID, DER_PRINTABLE_STRING,
		    BYTES_LITERAL("F8A91C2EE5A7A2F5D5D3C9E0F1B2A3C4") },
		{ OID_SENDER_NONCE, DER_OCTET_STRING,
		    BYTES_LITERAL("0123456789abcdef") },
		{ OID_RECIPIENT_NONCE, DER_OCTET_STRING,
		    BYTES_LITERAL("fedcba9876543210") },
		{ OID_FAIL_INFO, DER_PRINTABLE_STRING, BYTES_LITERAL("4") },
		{ OID_FAIL_INFO_TEXT, DER_UTF8_STRING, BYTES_LITERAL("No.") },
	};
	struct certificate *signer = certificate_vector("codec/rsa.pem");
	struct cms_signed_order order = {
		.has_content = true,
		.digest = digest,
		.attributes = attributes,
		.attribute_count = COUNT(attributes) - (failure ? 0 : 2),
		.signer = signer,
		.key = key,
		.signing_time = NOW,
	};
	struct buf made = { 0 }, set = { 0 };
	struct cms_signed message = { 0 };

	assert_int_equal(cms_signed_append(&made, gnutls(), &order), ERR_OK);
	assert_int_equal(cms_signed_read(buf_bytes(&made), &message), ERR_OK);
	der_append(&set, DER_SET, message.attributes);
	cms_signed_clear(&message);
	certificate_free(signer);
	buf_clear(&made);
	return set;
}

static void
what_we_sign_ourselves_is_signed_with_the_digests_listed(void **state)
{
	static const enum digest digests[] = { DIGEST_MD5, DIGEST_SHA1,
		DIGEST_SHA256, DIGEST_SHA512 };
	struct key *key = key_vector("keys/rsa.pem");
	struct lab *lab = *state;

	for (size_t i = 0; i < 2 * COUNT(digests); i++) {
		enum digest digest = digests[i / 2];
		struct buf set = attributes_made_with(key, digest, i % 2 == 0);
		bool listed = digest == DIGEST_SHA1 || digest == DIGEST_SHA256;
		enum sign_kind kind;

		assert_err(sign_guard_check(&lab->guard, digest,
			       buf_bytes(&set), NOW, &kind),
		    listed ? ERR_OK : ERR_GUARD_ALGORITHM,
		    digest_facts(digest)->name);
		buf_clear(&set);
	}
	key_free(key);
}

/* A number that is no digest's, from a worker that made it up. */
static void
what_is_no_digest_is_refused(void **state)
{
	static const unsigned numbers[] = { DIGEST_COUNT, 31,
		32 + DIGEST_SHA256, 255, ~0u };
	struct lab *lab = *state;
	struct buf good = asn1(GOOD);
	enum sign_kind kind;

	lab->guard.reply_digests = ~0u;
	for (size_t i = 0; i < COUNT(numbers); i++)
		assert_err(sign_guard_check(&lab->guard, numbers[i],
			       buf_bytes(&good), NOW, &kind),
		    ERR_GUARD_ALGORITHM, "number");
	buf_clear(&good);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_answer_is_signed),
		TEST(an_answer_has_no_other_form),
		TEST(an_answer_without_what_makes_it_one_is_refused),
		TEST(a_value_that_no_answer_has_is_refused),
		TEST(attributes_are_known_sorted_and_there_once),
		TEST(attributes_are_no_longer_than_those_of_requests),
		TEST(what_we_sign_ourselves_is_signed_with_the_digests_listed),
		TEST(what_is_no_digest_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
