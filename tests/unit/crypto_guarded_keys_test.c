/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/guarded_keys.h"

#include "crypto/certificate.h"
#include "tests/unit/crypto_guarded.h"

#define NOW 1795342014 /* 261122100654Z */
#define SHA256_ALONE (1u << DIGEST_SHA256)

static int
setup(void **state)
{
	struct guarded *guarded = xalloc(sizeof(*guarded));

	*guarded = guarded_at(NOW);
	*state = guarded;
	return 0;
}

static int
teardown(void **state)
{
	guarded_clear(*state);
	free(*state);
	return 0;
}

/* What was asked and what came of it. */
struct asked {
	struct buf request, reply;
	struct guarded_report report;
	struct bytes output;
};

/* A request with the sequence 7 is answered by a reply with that sequence, or
 * by none where it was no request. */
static struct asked
answer_to(const struct guarded_keys *keys, struct buf frame)
{
	struct asked asked = { .request = frame };
	struct guarded_request request = {
		.payload = bytes_from(buf_bytes(&asked.request), 4),
		.sequence = 7,
		.now = NOW,
	};
	struct key_wire_reply reply;

	guarded_keys_answer(keys, &request, &asked.reply, &asked.report);
	if (asked.report.err == ERR_KEY_WIRE) {
		assert_int_equal(asked.reply.size, 0);
		return asked;
	}
	assert_int_equal(
	    key_wire_read_reply(bytes_from(buf_bytes(&asked.reply), 4), &reply),
	    ERR_OK);
	assert_int_equal(reply.sequence, 7);
	assert_int_equal(reply.result == KEY_WIRE_DONE,
	    asked.report.err == ERR_OK);
	assert_int_equal(reply.output.size > 0, asked.report.err == ERR_OK);
	asked.output = reply.output;
	return asked;
}

static void
asked_clear(struct asked *asked)
{
	buf_clear(&asked->request);
	buf_clear(&asked->reply);
}

static void
assert_sign(const struct guarded_keys *keys, const struct guarded *guarded,
    const struct key *key, const char *notation, enum err expected)
{
	struct buf message = asn1_of(notation, guarded->parts);
	struct asked asked = answer_to(keys,
	    request_frame(7, KEY_WIRE_SIGN, DIGEST_SHA256, key,
		buf_bytes(&message)));

	assert_err(asked.report.err, expected, notation);
	assert_int_equal(asked.report.operation, KEY_WIRE_SIGN);
	if (expected == ERR_OK)
		assert_signed(key, buf_bytes(&message), asked.output);
	asked_clear(&asked);
	buf_clear(&message);
}

static void
assert_unwrap(const struct guarded_keys *keys, const struct key *key,
    enum err expected)
{
	struct buf encrypted = wrapped_for(key);
	struct asked asked = answer_to(keys,
	    request_frame(7, KEY_WIRE_UNWRAP, CONTENT_KEY_SIZE, key,
		buf_bytes(&encrypted)));

	assert_int_equal(asked.report.err, expected);
	if (expected == ERR_OK)
		assert_bytes(asked.output, CONTENT_KEY);
	asked_clear(&asked);
	buf_clear(&encrypted);
}

/* The CA certifies, and the RA does all else. */
static struct guarded_keys *
keys_of(const struct guarded *guarded)
{
	struct guarded_keys *keys = guarded_keys_new(gnutls(), 0);

	guarded_keys_add_certifying(keys, guarded->ca, &guarded->rule);
	guarded_keys_add_replying(keys, guarded->ra, SHA256_ALONE);
	return keys;
}

static void
each_key_does_what_it_was_added_for_alone(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = keys_of(guarded);

	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_OK);
	assert_sign(keys, guarded, guarded->ca, GOOD_REPLY, ERR_GUARD_KIND);
	assert_unwrap(keys, guarded->ca, ERR_KEY_UNWRAP);
	assert_sign(keys, guarded, guarded->ra, GOOD_REPLY, ERR_OK);
	assert_sign(keys, guarded, guarded->ra, GOOD_TBS, ERR_GUARD_KIND);
	assert_unwrap(keys, guarded->ra, ERR_OK);
	assert_sign(keys, guarded, guarded->device, GOOD_REPLY,
	    ERR_KEY_UNKNOWN);
	guarded_keys_free(keys);
}

static void
opening_is_no_signing(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = guarded_keys_new(gnutls(), 0);

	guarded_keys_add_opening(keys, guarded->ca);
	assert_unwrap(keys, guarded->ca, ERR_OK);
	assert_sign(keys, guarded, guarded->ca, GOOD_REPLY, ERR_GUARD_KIND);
	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_GUARD_KIND);
	guarded_keys_free(keys);
}

/* A CA without an RA does both, and serves several endpoints. */
static void
a_key_that_is_added_again_may_do_both(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = guarded_keys_new(gnutls(), 0);
	struct sign_rule other = guarded->rule;
	struct buf name = asn1(OTHER_NAME);

	other.issuer = buf_bytes(&name);
	guarded_keys_add_replying(keys, guarded->ca, SHA256_ALONE);
	guarded_keys_add_certifying(keys, guarded->ca, &other);
	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_GUARD_ISSUER);
	guarded_keys_add_certifying(keys, guarded->ca, &guarded->rule);
	/* Rules are copied. */
	memset(name.data, 0, name.size);
	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_OK);
	assert_sign(keys, guarded, guarded->ca,
	    TBS(OTHER_NAME, "$4", "$1", GOOD_EXTENSIONS), ERR_OK);
	assert_sign(keys, guarded, guarded->ca, GOOD_REPLY, ERR_OK);
	assert_unwrap(keys, guarded->ca, ERR_OK);
	buf_clear(&name);
	guarded_keys_free(keys);
}

static void
octets_of_a_rule_are_copied(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = guarded_keys_new(gnutls(), SIGN_CRL);
	struct sign_rule rule = guarded->rule;
	struct buf octets = asn1(AUTHORITY("ca"));
	struct buf of_crls = asn1(AUTHORITY("crl"));

	rule.verbatim = buf_bytes(&octets);
	rule.open = SIGN_OPEN_KEY_USAGE;
	rule.crl_extensions = buf_bytes(&of_crls);
	guarded_keys_add_certifying(keys, guarded->ca, &rule);
	memset(octets.data, 0, octets.size);
	memset(of_crls.data, 0, of_crls.size);
	assert_sign(keys, guarded, guarded->ca,
	    TBS_WITH(AUTHORITY("ca") USAGE("0780")), ERR_OK);
	assert_sign(keys, guarded, guarded->ca,
	    TBS_WITH(AUTHORITY("cb") USAGE("0780")), ERR_GUARD_EXTENSION);
	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_GUARD_EXTENSION);
	assert_sign(keys, guarded, guarded->ca, CRL_WITH(AUTHORITY("crl")),
	    ERR_OK);
	assert_sign(keys, guarded, guarded->ca, GOOD_CRL, ERR_GUARD_EXTENSION);
	buf_clear(&octets);
	buf_clear(&of_crls);
	guarded_keys_free(keys);
}

static void
digests_of_replies_add_up(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = guarded_keys_new(gnutls(), 0);

	guarded_keys_add_replying(keys, guarded->ra, 1u << DIGEST_SHA1);
	assert_sign(keys, guarded, guarded->ra, GOOD_REPLY,
	    ERR_GUARD_ALGORITHM);
	guarded_keys_add_replying(keys, guarded->ra, SHA256_ALONE);
	assert_sign(keys, guarded, guarded->ra, GOOD_REPLY, ERR_OK);
	guarded_keys_free(keys);
}

static void
crls_are_signed_where_that_was_said(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = guarded_keys_new(gnutls(), SIGN_CRL);

	guarded_keys_add_certifying(keys, guarded->ca, &guarded->rule);
	guarded_keys_add_replying(keys, guarded->ra, SHA256_ALONE);
	assert_sign(keys, guarded, guarded->ca, GOOD_CRL, ERR_OK);
	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_OK);
	/* By certifying keys alone. */
	assert_sign(keys, guarded, guarded->ra, GOOD_CRL, ERR_GUARD_KIND);
	guarded_keys_free(keys);
	keys = keys_of(guarded);
	assert_sign(keys, guarded, guarded->ca, GOOD_CRL, ERR_GUARD_KIND);
	guarded_keys_free(keys);
}

static void
no_key_of_the_table_is_certified(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = keys_of(guarded);

	assert_sign(keys, guarded, guarded->ca,
	    TBS("$0", "$4", "$2", GOOD_EXTENSIONS), ERR_GUARD_KEY);
	assert_sign(keys, guarded, guarded->ca,
	    TBS("$0", "$4", "$3", GOOD_EXTENSIONS), ERR_GUARD_KEY);
	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_OK);
	/* Nor is one that was added later, to open envelopes alone. */
	guarded_keys_add_opening(keys, guarded->device);
	assert_sign(keys, guarded, guarded->ca, GOOD_TBS, ERR_GUARD_KEY);
	guarded_keys_free(keys);
}

static void
the_report_tells_which_certificate_was_signed(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = keys_of(guarded);
	struct buf tbs = asn1_of(GOOD_TBS, guarded->parts), whole = { 0 };
	struct asked asked = answer_to(keys,
	    request_frame(7, KEY_WIRE_SIGN, DIGEST_SHA256, guarded->ca,
		buf_bytes(&tbs)));
	uint8_t id[KEY_WIRE_ID_SIZE], fingerprint[32];
	struct bytes der;

	/* PKCS#1 v1.5 signs alike each time. */
	assert_int_equal(signed_object_append(&whole, guarded->ca,
			     buf_bytes(&tbs)),
	    ERR_OK);
	der = buf_bytes(&whole);
	provider_digest(gnutls(), DIGEST_SHA256, &der, 1, fingerprint);
	key_wire_id(gnutls(), key_spki(guarded->ca), id);
	assert_int_equal(asked.report.kind, SIGN_CERTIFICATE);
	assert_bytes(asked.report.serial, "\x05");
	assert_memory_equal(asked.report.fingerprint, fingerprint, 32);
	assert_same_bytes(asked.report.key_id, BYTES_ARRAY(id));
	asked_clear(&asked);
	buf_clear(&tbs);
	buf_clear(&whole);
	guarded_keys_free(keys);
}

static void
what_is_no_request_in_turn_gets_no_answer(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = keys_of(guarded);
	struct buf reply = asn1_of(GOOD_REPLY, guarded->parts);
	static const struct {
		uint32_t sequence;
		int operation;
		unsigned argument;
		enum err expected;
	} rows[] = {
		{ 7, KEY_WIRE_SIGN, DIGEST_SHA256, ERR_OK },
		{ 6, KEY_WIRE_SIGN, DIGEST_SHA256, ERR_KEY_WIRE },
		{ 8, KEY_WIRE_SIGN, DIGEST_SHA256, ERR_KEY_WIRE },
		{ 7, 3, DIGEST_SHA256, ERR_KEY_WIRE },
		{ 7, KEY_WIRE_SIGN, DIGEST_COUNT, ERR_KEY_WIRE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked asked = answer_to(keys,
		    request_frame(rows[i].sequence,
			(enum key_wire_operation)rows[i].operation,
			rows[i].argument, guarded->ra, buf_bytes(&reply)));

		assert_int_equal(asked.report.err, rows[i].expected);
		asked_clear(&asked);
	}
	buf_clear(&reply);
	guarded_keys_free(keys);
}

/* No EC key signs with MD5 in GnuTLS. */
static void
a_key_that_can_not_sign_is_told_from_an_attack(void **state)
{
	const struct guarded *guarded = *state;
	struct guarded_keys *keys = guarded_keys_new(gnutls(), 0);
	struct buf reply = asn1_of("31{" SCEP("02", "13{'3'}") SCEP("03",
				       "13{'2'}") SCEP("07", "13{'4711'}")
				       ATTRIBUTE("2a864886f70d010903",
					   "06{2a864886f70d010701}")
					   ATTRIBUTE("2a864886f70d010904",
					       "04{'0123456789abcdef'}") "}",
	    guarded->parts);
	struct asked asked;

	guarded_keys_add_replying(keys, guarded->device, 1u << DIGEST_MD5);
	asked = answer_to(keys,
	    request_frame(7, KEY_WIRE_SIGN, DIGEST_MD5, guarded->device,
		buf_bytes(&reply)));
	assert_int_equal(asked.report.err, ERR_SIGN);
	asked_clear(&asked);
	buf_clear(&reply);
	guarded_keys_free(keys);
}

static void
free_of_null_is_nothing(void **state)
{
	(void)state;
	guarded_keys_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(each_key_does_what_it_was_added_for_alone),
		TEST(opening_is_no_signing),
		TEST(a_key_that_is_added_again_may_do_both),
		TEST(octets_of_a_rule_are_copied),
		TEST(digests_of_replies_add_up),
		TEST(crls_are_signed_where_that_was_said),
		TEST(no_key_of_the_table_is_certified),
		TEST(the_report_tells_which_certificate_was_signed),
		TEST(what_is_no_request_in_turn_gets_no_answer),
		TEST(a_key_that_can_not_sign_is_told_from_an_attack),
		cmocka_unit_test(free_of_null_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
