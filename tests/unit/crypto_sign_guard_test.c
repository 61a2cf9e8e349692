/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds of messages, and certificates as an order has them. */
#include "tests/unit/crypto_sign_guard.h"

#define RULE_USAGE (KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT)

/* What an order differs in from that of an ordinary certificate; what is zero
 * does not. */
struct wish {
	const char *what;
	enum err expected;
	const char *serial; /* notation, as all of these */
	const char *issuer;
	const char *subject;
	const char *spki;
	const char *purposes;
	const char *authority_key_id;
	int64_t not_before; /* seconds from now */
	int64_t not_after;
	unsigned key_usage;
	unsigned digest; /* 0 is MD5, which nobody wishes for */
	unsigned scheme;
	bool ca;
	bool no_key_usage;
};

static struct buf
part(const struct lab *lab, const char *wish, const char *usual)
{
	return asn1_of(wish != NULL ? wish : usual, lab->parts);
}

/* The TBSCertificate that the product itself writes. */
static struct buf
ordered(const struct lab *lab, const struct wish *wish)
{
	static const char *const urls[] = { "http://example.org/ca", NULL };
	struct buf serial = part(lab, wish->serial, "05");
	struct buf issuer = part(lab, wish->issuer, "$0");
	struct buf subject = part(lab, wish->subject,
	    "30{31{30{06{550403} 0c{'router'}}}}");
	struct buf spki = part(lab, wish->spki, "$1");
	struct buf purposes = part(lab, wish->purposes, CLIENT_AUTH);
	struct buf key_id = part(lab, wish->authority_key_id, "'ca'");
	struct buf names = asn1("30{82{'router.example.org'}}");
	struct buf tbs = { 0 };
	struct certificate_order order = {
		.serial = buf_bytes(&serial),
		.issuer = buf_bytes(&issuer),
		.subject = buf_bytes(&subject),
		.spki = buf_bytes(&spki),
		.not_before = NOW +
		    (wish->not_before != 0 ? wish->not_before : -600),
		.not_after = NOW +
		    (wish->not_after != 0 ? wish->not_after : YEAR),
		.ca = wish->ca,
		.key_usage = wish->key_usage != 0 ? wish->key_usage :
						    KEY_USAGE_DIGITAL_SIGNATURE,
		.extended_key_usage = buf_bytes(&purposes),
		.subject_alt_name = buf_bytes(&names),
		.subject_key_id = BYTES_LITERAL("id"),
		.authority_key_id = buf_bytes(&key_id),
		.crl_urls = urls,
		.ocsp_urls = urls,
		.issuer_urls = urls,
	};

	if (wish->no_key_usage)
		order.key_usage = 0;
	certificate_append_tbs(&tbs, &order,
	    wish->scheme != 0 ? wish->scheme : SIGNATURE_RSA,
	    wish->digest != 0 ? wish->digest : DIGEST_SHA256);
	buf_clear(&serial);
	buf_clear(&issuer);
	buf_clear(&subject);
	buf_clear(&spki);
	buf_clear(&purposes);
	buf_clear(&key_id);
	buf_clear(&names);
	return tbs;
}

static void
check_wishes(const struct lab *lab, const struct wish *wishes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf tbs = ordered(lab, &wishes[i]);

		assert_guard(lab, buf_bytes(&tbs), SIGN_CERTIFICATE,
		    wishes[i].expected, wishes[i].what);
		buf_clear(&tbs);
	}
}

#define WITH(field, value, err) \
	{ \
		.what = #field " " #value, .expected = (err), .field = (value) \
	}

static void
what_a_profile_leads_to_is_signed(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "ordinary" },
		WITH(serial, "7fffffffffffffffffffffffffffffffffffffff",
		    ERR_OK),
		WITH(serial, "00ff", ERR_OK),
		WITH(subject, "3000", ERR_OK),
		WITH(not_before, -600 - HOUR, ERR_OK),
		WITH(not_before, HOUR, ERR_OK),
		WITH(not_after, YEAR + HOUR, ERR_OK),
		WITH(not_after, DAY, ERR_OK),
		WITH(not_after, -600, ERR_OK),
		WITH(key_usage, RULE_USAGE, ERR_OK),
		WITH(key_usage, KEY_USAGE_KEY_ENCIPHERMENT, ERR_OK),
		/* Of an EC key: profile.c gives it for keyEncipherment. */
		WITH(key_usage, KEY_USAGE_KEY_AGREEMENT, ERR_OK),
	};

	check_wishes(*state, wishes, COUNT(wishes));
}

static void
what_no_profile_leads_to_is_refused(void **state)
{
	static const struct wish wishes[] = {
		WITH(serial, "00", ERR_GUARD_SERIAL),
		WITH(serial, "010101010101010101010101010101010101010101",
		    ERR_GUARD_SERIAL),
		WITH(serial, "ffffffffffffffffffffffffffffffffffffffff",
		    ERR_GUARD_SERIAL),
		WITH(issuer, "30{31{30{06{550403} 0c{'other'}}}}",
		    ERR_GUARD_ISSUER),
		/* The same name, but not the same octets. */
		WITH(issuer, "30{31{30{06{550403} 13{'ca'}}}}",
		    ERR_GUARD_ISSUER),
		WITH(authority_key_id, "'other'", ERR_GUARD_ISSUER),
		WITH(authority_key_id, "", ERR_GUARD_ISSUER),
		WITH(subject, "$0", ERR_GUARD_SUBJECT),
		WITH(subject, "30{31{30{06{550403} 13{'CA'}}}}",
		    ERR_GUARD_SUBJECT),
		WITH(subject, "30{31{}}", ERR_GUARD_SUBJECT),
		WITH(subject, "30{31{30{06{550403} 04{'ca'}}}}",
		    ERR_GUARD_SUBJECT),
		WITH(spki, "$2", ERR_GUARD_KEY),
		WITH(spki, "$3", ERR_GUARD_KEY),
		WITH(spki, "$4", ERR_GUARD_KEY),
		WITH(spki, "3000", ERR_GUARD_KEY),
		WITH(ca, true, ERR_GUARD_CA),
		WITH(key_usage, KEY_USAGE_CERT_SIGN, ERR_GUARD_CA),
		WITH(key_usage,
		    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_CRL_SIGN,
		    ERR_GUARD_CA),
		WITH(key_usage, KEY_USAGE_NON_REPUDIATION, ERR_GUARD_USAGE),
		WITH(key_usage, RULE_USAGE | KEY_USAGE_DECIPHER_ONLY,
		    ERR_GUARD_USAGE),
		WITH(no_key_usage, true, ERR_GUARD_USAGE),
		WITH(purposes, SERVER_AUTH, ERR_GUARD_PURPOSE),
		WITH(purposes, CLIENT_AUTH SERVER_AUTH, ERR_GUARD_PURPOSE),
		WITH(purposes, "06{551d2500}", ERR_GUARD_PURPOSE),
		WITH(purposes, "", ERR_GUARD_PURPOSE),
		WITH(digest, DIGEST_SHA1, ERR_GUARD_ALGORITHM),
		WITH(digest, DIGEST_SHA512, ERR_GUARD_ALGORITHM),
		WITH(scheme, SIGNATURE_ECDSA, ERR_GUARD_ALGORITHM),
	};

	check_wishes(*state, wishes, COUNT(wishes));
}

static void
what_is_valid_too_long_is_refused(void **state)
{
	static const struct wish wishes[] = {
		WITH(not_after, 100L * YEAR, ERR_GUARD_VALIDITY),
		WITH(not_after, YEAR + HOUR + 1, ERR_GUARD_VALIDITY),
		WITH(not_after, -601, ERR_GUARD_VALIDITY),
		WITH(not_before, -600 - HOUR - 1, ERR_GUARD_VALIDITY),
		WITH(not_before, -11L * DAY, ERR_GUARD_VALIDITY),
		WITH(not_before, HOUR + 1, ERR_GUARD_VALIDITY),
	};

	check_wishes(*state, wishes, COUNT(wishes));
}

/* The CA's own dates allow no slack. */
static void
what_is_valid_longer_than_its_ca_is_refused(void **state)
{
	static const struct wish refused[] = {
		WITH(not_before, -301, ERR_GUARD_VALIDITY),
		WITH(not_after, YEAR, ERR_GUARD_VALIDITY),
	};
	static const struct wish granted[] = {
		{ .what = "CA's own",
		    .not_before = -300,
		    .not_after = YEAR - DAY },
	};
	struct lab *lab = *state;

	lab->rule.ca_not_before = NOW - 300;
	lab->rule.ca_not_after = NOW + YEAR - DAY;
	check_wishes(lab, granted, COUNT(granted));
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct wish wish = refused[i];

		if (wish.not_before == 0)
			wish.not_before = -300;
		if (wish.not_after == 0)
			wish.not_after = DAY;
		check_wishes(lab, &wish, 1);
	}
}

static void
a_rule_without_usages_wants_none(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "neither", .no_key_usage = true, .purposes = "" },
		{ .what = "keyUsage",
		    .expected = ERR_GUARD_USAGE,
		    .purposes = "" },
		{ .what = "extKeyUsage",
		    .expected = ERR_GUARD_PURPOSE,
		    .no_key_usage = true },
	};
	struct lab *lab = *state;

	lab->rule.key_usage = 0;
	lab->rule.purposes = bytes_of(NULL, 0);
	check_wishes(lab, wishes, COUNT(wishes));
}

/* RFC 5480 section 3 is of EC keys; and not of every profile. */
static void
key_agreement_is_for_ec_keys_that_would_encipher(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "RSA",
		    .expected = ERR_GUARD_USAGE,
		    .spki = "$2",
		    .key_usage = KEY_USAGE_KEY_AGREEMENT },
		{ .what = "RSA for all else",
		    .spki = "$2",
		    .key_usage = RULE_USAGE },
	};
	static const struct wish alone = WITH(key_usage,
	    KEY_USAGE_KEY_AGREEMENT, ERR_GUARD_USAGE);
	struct lab *lab = *state;

	lab->guard.own_count = 0;
	check_wishes(lab, wishes, COUNT(wishes));
	lab->rule.key_usage = KEY_USAGE_DATA_ENCIPHERMENT;
	check_wishes(lab, &wishes[0], 1);
	lab->rule.key_usage = KEY_USAGE_DIGITAL_SIGNATURE;
	check_wishes(lab, &alone, 1);
}

/* Not the life of one with the purposes of the other. */
static void
one_of_several_rules_agrees_with_all_of_it(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "first" },
		{ .what = "second",
		    .purposes = SERVER_AUTH,
		    .not_after = 7L * DAY },
		{ .what = "mixed",
		    .expected = ERR_GUARD_VALIDITY,
		    .purposes = SERVER_AUTH },
		{ .what = "third's issuer",
		    .expected = ERR_GUARD_ISSUER,
		    .issuer = "30{31{30{06{550403} 0c{'third'}}}}" },
		{ .what = "third",
		    .authority_key_id = "'3'",
		    .issuer = "30{31{30{06{550403} 0c{'third'}}}}" },
	};
	struct lab *lab = *state;
	struct buf server = asn1(SERVER_AUTH);
	struct buf name = asn1("30{31{30{06{550403} 0c{'third'}}}}");
	struct sign_rule rules[] = { lab->rule, lab->rule, lab->rule };

	rules[1].purposes = buf_bytes(&server);
	rules[1].life = 7 * DAY;
	rules[2].issuer = buf_bytes(&name);
	rules[2].authority_key_id = BYTES_LITERAL("3");
	lab->guard.rules = rules;
	lab->guard.rule_count = COUNT(rules);
	check_wishes(lab, wishes, COUNT(wishes));
	buf_clear(&server);
	buf_clear(&name);
}

/* RFC 6960 section 4.2.2.2, whatever a profile says. */
static void
nobody_is_to_speak_for_the_ca(void **state)
{
	static const struct wish wish = { .what = "OCSPSigning",
		.expected = ERR_GUARD_PURPOSE,
		.purposes = "06{2b06010505070309}" };
	struct lab *lab = *state;
	struct buf purposes = asn1(wish.purposes);

	lab->rule.purposes = buf_bytes(&purposes);
	check_wishes(lab, &wish, 1);
	buf_clear(&purposes);
}

static void
without_rules_no_certificate_is_signed(void **state)
{
	static const struct wish wish = { .what = "ordinary",
		.expected = ERR_GUARD_ISSUER };
	struct lab *lab = *state;

	lab->guard.rule_count = 0;
	check_wishes(lab, &wish, 1);
}

/* What the key signs certificates with is not the worker's to choose, even
 * where the message agrees; nor is there a digest of any number. */
static void
only_the_digest_of_the_guard_is_used(void **state)
{
	static const struct {
		enum digest asked, inside;
		enum err expected;
	} rows[] = {
		{ DIGEST_SHA256, DIGEST_SHA256, ERR_OK },
		{ DIGEST_SHA1, DIGEST_SHA1, ERR_GUARD_ALGORITHM },
		{ DIGEST_SHA1, DIGEST_SHA256, ERR_GUARD_ALGORITHM },
		{ DIGEST_MD5, DIGEST_SHA256, ERR_GUARD_ALGORITHM },
		{ DIGEST_COUNT, DIGEST_SHA256, ERR_GUARD_ALGORITHM },
		{ (enum digest)255, DIGEST_SHA256, ERR_GUARD_ALGORITHM },
	};
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wish wish = { .digest = rows[i].inside };
		struct buf tbs = ordered(lab, &wish);
		enum sign_kind kind;

		assert_err(sign_guard_check(&lab->guard, rows[i].asked,
			       buf_bytes(&tbs), NOW, &kind),
		    rows[i].expected, "digest");
		buf_clear(&tbs);
	}
}

/* ECDSA names its algorithms differently. */
static void
an_ec_key_signs_its_own_way(void **state)
{
	static const struct wish wishes[] = {
		WITH(scheme, SIGNATURE_ECDSA, ERR_OK),
		WITH(scheme, SIGNATURE_RSA, ERR_GUARD_ALGORITHM),
	};
	struct lab *lab = *state;

	lab->guard.scheme = SIGNATURE_ECDSA;
	check_wishes(lab, wishes, COUNT(wishes));
}

static void
what_is_nothing_that_is_signed_is_refused(void **state)
{
	static const struct guard_row rows[] = {
		{ "nothing", ERR_GUARD_KIND, "" },
		{ "a digest", ERR_GUARD_KIND,
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
		    "7852b855" },
		{ "a digest as 30", ERR_GUARD_DER,
		    "30b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
		    "7852b855" },
		{ "DigestInfo", ERR_GUARD_KIND,
		    "30{30{06{608648016503040201}0500} 04{'0123'}}" },
		{ "text", ERR_GUARD_KIND, "'sign this'" },
		{ "an octet", ERR_GUARD_DER, "30" },
		{ "empty SEQUENCE", ERR_GUARD_KIND, "30{}" },
		{ "empty SET", ERR_GUARD_ATTRIBUTE, "31{}" },
		{ "attributes as they are sent", ERR_GUARD_KIND, "a0{}" },
		{ "indefinite length", ERR_GUARD_DER, "3080 020101 0000" },
		{ "CRL of version 1", ERR_GUARD_KIND,
		    "30{" SHA256_WITH_RSA "$0}" },
		{ "PKCS#10", ERR_GUARD_DER, "30{020100 $0 $1 a0{}}" },
		/* Its first element, a responder, is of none of the kinds. */
		{ "OCSP response", ERR_GUARD_KIND,
		    "30{a1{$0} 18{'20261122100654Z'} 30{}}" },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

/* A key that is not for a kind reads no further. */
static void
a_kind_that_the_key_is_not_for_is_refused(void **state)
{
	static const struct {
		enum sign_kind kind;
		const char *notation;
		enum err otherwise;
	} rows[] = {
		{ SIGN_CERTIFICATE, "30{a0{020102}}", ERR_GUARD_DER },
		{ SIGN_REPLY, "31{3000}", ERR_GUARD_DER },
		{ SIGN_CRL, "30{020101}", ERR_GUARD_DER },
	};
	struct lab *lab = *state;
	unsigned all = lab->guard.kinds;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard_row row = { "kind", ERR_GUARD_KIND,
			rows[i].notation };

		lab->guard.kinds = all & ~(unsigned)rows[i].kind;
		check_rows(lab, 0, &row, 1);
		row.expected = rows[i].otherwise;
		lab->guard.kinds = rows[i].kind;
		check_rows(lab, 0, &row, 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_a_profile_leads_to_is_signed),
		TEST(what_no_profile_leads_to_is_refused),
		TEST(what_is_valid_too_long_is_refused),
		TEST(what_is_valid_longer_than_its_ca_is_refused),
		TEST(a_rule_without_usages_wants_none),
		TEST(key_agreement_is_for_ec_keys_that_would_encipher),
		TEST(one_of_several_rules_agrees_with_all_of_it),
		TEST(nobody_is_to_speak_for_the_ca),
		TEST(without_rules_no_certificate_is_signed),
		TEST(only_the_digest_of_the_guard_is_used),
		TEST(an_ec_key_signs_its_own_way),
		TEST(what_is_nothing_that_is_signed_is_refused),
		TEST(a_kind_that_the_key_is_not_for_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
