/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules that have their certificates' extensions octet for octet. */
#include "tests/unit/crypto_sign_guard.h"

#define VALIDITY "30{17{'261122095654Z'} 17{'271122100654Z'}}"
#define SUBJECT "30{31{30{06{550403} 0c{'router'}}}}"
#define TBS(extensions) \
	"30{ a0{020102} 020105" SHA256_WITH_RSA "$0" VALIDITY SUBJECT \
	"$1 a3{30{" extensions "}}}"

#define NOT_CA "30{06{551d13} 04{3000}}"
#define POLICIES "30{06{551d20} 04{30{30{06{2a0304}}}}}"
#define AUTHORITY "30{06{551d23} 04{30{a1{a4{$0}} 820105}}}"
#define KEY_ID "30{06{551d0e} 04{04{'id'}}}"
#define VERBATIM NOT_CA POLICIES AUTHORITY

#define USAGE "30{06{551d0f} 04{030205a0}}"
#define PURPOSES "30{06{551d25} 04{30{" SERVER_AUTH CLIENT_AUTH "}}}"
#define ALT_NAME "30{06{551d11} 04{30{82{'a.example.org'}}}}"

/* The lab's guard with such a rule. */
static void
check_rule(struct lab *lab, const char *verbatim, unsigned open,
    const struct guard_row *rows, size_t count)
{
	struct buf octets = asn1_of(verbatim, lab->parts);

	lab->rule.verbatim = buf_bytes(&octets);
	lab->rule.open = open;
	check_rows(lab, SIGN_CERTIFICATE, rows, count);
	buf_clear(&octets);
}

static void
a_rule_with_octets_takes_those_and_a_key_id(void **state)
{
	static const struct guard_row rows[] = {
		{ "as they stand", ERR_OK, TBS(VERBATIM) },
		{ "with a key id", ERR_OK, TBS(VERBATIM KEY_ID) },
		{ "in another order", ERR_OK,
		    TBS(KEY_ID AUTHORITY POLICIES NOT_CA) },
		{ "one is missing", ERR_GUARD_EXTENSION,
		    TBS(NOT_CA AUTHORITY KEY_ID) },
		{ "the authority is missing", ERR_GUARD_EXTENSION,
		    TBS(NOT_CA POLICIES KEY_ID) },
		{ "only a key id", ERR_GUARD_EXTENSION, TBS(KEY_ID) },
		{ "one twice", ERR_GUARD_EXTENSION, TBS(VERBATIM POLICIES) },
		{ "a malformed key id", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM "30{06{551d0e} 04{0500}}") },
	};

	check_rule(*state, VERBATIM, 0, rows, COUNT(rows));
}

static void
a_rule_with_octets_takes_no_other(void **state)
{
	static const struct guard_row rows[] = {
		{ "another value", ERR_GUARD_EXTENSION,
		    TBS(NOT_CA AUTHORITY
			"30{06{551d20} 04{30{30{06{2a0305}}}}}") },
		{ "critical", ERR_GUARD_EXTENSION,
		    TBS(NOT_CA AUTHORITY
			"30{06{551d20} 0101ff 04{30{30{06{2a0304}}}}}") },
		{ "another authority", ERR_GUARD_EXTENSION,
		    TBS(NOT_CA POLICIES "30{06{551d23} 04{30{80{'ca'}}}}") },
		{ "an unknown one", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM "30{06{2a0304} 04{0500}}") },
		{ "keyUsage", ERR_GUARD_EXTENSION, TBS(VERBATIM USAGE) },
		{ "extKeyUsage", ERR_GUARD_EXTENSION, TBS(VERBATIM PURPOSES) },
		{ "names", ERR_GUARD_EXTENSION, TBS(VERBATIM ALT_NAME) },
		{ "CRLs", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM
			"30{06{551d1f} 04{30{30{a0{a0{86{'http://a/'}}}}}}}") },
		{ "two values in one", ERR_GUARD_DER,
		    TBS(NOT_CA AUTHORITY
			"30{06{551d20} 04{30{30{06{2a0304}}} 0500}}") },
	};

	check_rule(*state, VERBATIM, 0, rows, COUNT(rows));
}

static void
what_a_rule_leaves_open_has_its_form(void **state)
{
	static const struct guard_row rows[] = {
		{ "none of them", ERR_OK, TBS(VERBATIM) },
		{ "all", ERR_OK, TBS(VERBATIM USAGE PURPOSES ALT_NAME) },
		{ "critical", ERR_OK,
		    TBS(VERBATIM "30{06{551d0f} 0101ff 04{03020780}}") },
		{ "no bits", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM "30{06{551d0f} 04{030100}}") },
		{ "zero bits behind", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM "30{06{551d0f} 04{03020680}}") },
		{ "no purpose", ERR_GUARD_PURPOSE,
		    TBS(VERBATIM "30{06{551d25} 04{3000}}") },
		{ "a wildcard", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM "30{06{551d11} 04{30{82{'*.a.org'}}}}") },
		{ "an otherName", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM
			"30{06{551d11} 04{30{a0{06{2a03} a0{0c{'a'}}}}}}") },
		{ "access information", ERR_GUARD_EXTENSION,
		    TBS(VERBATIM "30{06{2b06010505070101} 04{30{30{"
				 "06{2b06010505073001} 86{'http://a/'}}}}}") },
	};

	check_rule(*state, VERBATIM,
	    SIGN_OPEN_KEY_USAGE | SIGN_OPEN_PURPOSES | SIGN_OPEN_ALT_NAME, rows,
	    COUNT(rows));
}

static void
each_is_left_open_by_itself(void **state)
{
	static const struct {
		unsigned open;
		const char *extension;
	} rows[] = {
		{ SIGN_OPEN_KEY_USAGE, TBS(VERBATIM USAGE) },
		{ SIGN_OPEN_PURPOSES, TBS(VERBATIM PURPOSES) },
		{ SIGN_OPEN_ALT_NAME, TBS(VERBATIM ALT_NAME) },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(rows); j++) {
			struct guard_row row = { "one",
				i == j ? ERR_OK : ERR_GUARD_EXTENSION,
				rows[j].extension };

			check_rule(*state, VERBATIM, rows[i].open, &row, 1);
		}
}

/* What nobody may have is not to be had by a configuration either. */
static void
no_rule_makes_a_ca_or_a_responder(void **state)
{
	static const struct {
		const char *verbatim;
		struct guard_row row;
	} rows[] = {
#define ROW(what, err, extension) \
	{ \
		AUTHORITY extension, \
		{ \
			what, err, TBS(AUTHORITY extension) \
		} \
	}
		ROW("CA:TRUE", ERR_GUARD_CA, "30{06{551d13} 04{30{0101ff}}}"),
		ROW("keyCertSign", ERR_GUARD_CA, "30{06{551d0f} 04{03020284}}"),
		ROW("cRLSign", ERR_GUARD_CA, "30{06{551d0f} 04{03020102}}"),
		ROW("OCSPSigning", ERR_GUARD_PURPOSE,
		    "30{06{551d25} 04{30{" CLIENT_AUTH
		    "06{2b06010505070309}}}}"),
#undef ROW
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		check_rule(*state, rows[i].verbatim, 7, &rows[i].row, 1);
}

/* keyUsage is what the rule has, and not what a profile would. */
static void
a_rule_with_octets_has_no_profile(void **state)
{
	static const struct guard_row rows[] = {
		{ "as it stands", ERR_OK, TBS(AUTHORITY USAGE) },
		{ "the profile's", ERR_GUARD_EXTENSION,
		    TBS(AUTHORITY USAGE PURPOSES) },
		{ "another's name", ERR_GUARD_ISSUER,
		    "30{ a0{020102} 020105" SHA256_WITH_RSA SUBJECT VALIDITY
		    "30{31{30{06{550403} 0c{'a'}}}}"
		    "$1 a3{30{" AUTHORITY USAGE "}}}" },
		{ "the CA's name", ERR_GUARD_SUBJECT,
		    "30{ a0{020102} 020105" SHA256_WITH_RSA "$0" VALIDITY
		    "$0 $1 a3{30{" AUTHORITY USAGE "}}}" },
		{ "too long", ERR_GUARD_VALIDITY,
		    "30{ a0{020102} 020105" SHA256_WITH_RSA "$0"
		    "30{17{'261122095654Z'} 17{'281122100654Z'}}" SUBJECT
		    "$1 a3{30{" AUTHORITY USAGE "}}}" },
	};

	check_rule(*state, AUTHORITY USAGE, 0, rows, COUNT(rows));
}

static void
a_rule_whose_octets_are_no_extensions_allows_nothing(void **state)
{
	static const char *const rules[] = { "0500", AUTHORITY "3000",
		AUTHORITY "30{06{551d20} 04{}}", AUTHORITY "30" };
	static const struct guard_row row = { "broken", ERR_GUARD_EXTENSION,
		TBS(AUTHORITY) };

	for (size_t i = 0; i < COUNT(rules); i++)
		check_rule(*state, rules[i], 7, &row, 1);
}

static void
a_certificate_has_few_extensions(void **state)
{
	struct lab *lab = *state;
	struct buf all = { 0 };

	for (int i = 0; i <= SIGN_GUARD_EXTENSIONS_LIMIT; i++) {
		const uint8_t oid[] = { 0x2a, 0x03, (uint8_t)i };
		struct bytes parts[6];
		struct buf message;

		extension_append(&all, BYTES_ARRAY(oid), false,
		    BYTES_LITERAL("\x05\x00"));
		memcpy(parts, lab->parts, sizeof(lab->parts));
		parts[5] = lab->rule.verbatim = buf_bytes(&all);
		message = asn1_of(TBS("$5"), parts);
		assert_guard(lab, buf_bytes(&message), SIGN_CERTIFICATE,
		    i < SIGN_GUARD_EXTENSIONS_LIMIT ? ERR_OK :
						      ERR_GUARD_EXTENSION,
		    "many");
		buf_clear(&message);
	}
	buf_clear(&all);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_rule_with_octets_takes_those_and_a_key_id),
		TEST(a_rule_with_octets_takes_no_other),
		TEST(what_a_rule_leaves_open_has_its_form),
		TEST(each_is_left_open_by_itself),
		TEST(no_rule_makes_a_ca_or_a_responder),
		TEST(a_rule_with_octets_has_no_profile),
		TEST(a_rule_whose_octets_are_no_extensions_allows_nothing),
		TEST(a_certificate_has_few_extensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
