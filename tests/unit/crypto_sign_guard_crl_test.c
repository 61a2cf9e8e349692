/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of revoked certificates. */
#include "tests/unit/crypto_sign_guard.h"

#define V2 "020101"
#define DATES "17{'261122100654Z'} 17{'261129100654Z'}"
#define AUTHORITY "30{06{551d23} 04{30{80{'ca'}}}}"
#define NUMBER "30{06{551d14} 04{020107}}"
#define EXTENSIONS AUTHORITY NUMBER
#define WRAPPED(extensions) "a0{30{" extensions "}}"
#define ENTRY(extensions) "30{020105 17{'261121000000Z'}" extensions "}"
#define REASON "30{06{551d15} 04{0a0101}}"
#define INVALIDITY "30{06{551d18} 04{18{'20261120000000Z'}}}"

#define CRL(head, dates, entries, rest) "30{" head "$0" dates entries rest "}"
#define HEAD V2 SHA256_WITH_RSA
#define CRL_HEAD(head) CRL(head, DATES, "", WRAPPED(EXTENSIONS))
#define CRL_DATES(dates) CRL(HEAD, dates, "", WRAPPED(EXTENSIONS))
#define CRL_ENTRIES(entries) \
	CRL(HEAD, DATES, "30{" entries "}", WRAPPED(EXTENSIONS))
#define CRL_WITH(extensions) CRL(HEAD, DATES, "", WRAPPED(extensions))
#define GOOD \
	CRL_ENTRIES(ENTRY("") ENTRY("30{" REASON "}") \
		ENTRY("30{" INVALIDITY REASON "}") ENTRY(""))

static void
a_crl_is_signed(void **state)
{
	static const struct guard_row rows[] = {
		{ "all", ERR_OK, GOOD },
		{ "nothing revoked", ERR_OK, CRL_WITH(EXTENSIONS) },
		{ "critical", ERR_OK,
		    CRL_WITH(AUTHORITY "30{06{551d14} 0101ff 04{020107}}") },
		{ "odd serial numbers", ERR_OK,
		    CRL_ENTRIES("30{020100 17{'261121000000Z'}}"
				"30{020180 17{'261121000000Z'}}") },
		{ "one extension of an entry", ERR_OK,
		    CRL_ENTRIES(ENTRY("30{" INVALIDITY "}")) },
		{ "the last reason", ERR_OK,
		    CRL_ENTRIES(ENTRY("30{30{06{551d15} 04{0a010a}}}")) },
		{ "the longest number", ERR_OK,
		    CRL_WITH(AUTHORITY "30{06{551d14} "
				       "04{02{'01234567890123456789'}}}") },
		{ "until 2050", ERR_OK,
		    CRL_DATES("17{'261122100654Z'} 18{'20500101000000Z'}") },
		{ "an hour fast", ERR_OK,
		    CRL_DATES("17{'261122110654Z'} 17{'261129100654Z'}") },
	};

	check_rows(*state, SIGN_CRL, rows, COUNT(rows));
}

static void
a_crl_has_no_other_form(void **state)
{
	check_no_other_form(*state, GOOD);
}

static void
a_crl_of_another_version_or_algorithm_is_refused(void **state)
{
	static const struct guard_row rows[] = {
		{ "v1 in full", ERR_GUARD_KIND,
		    CRL_HEAD("020100" SHA256_WITH_RSA) },
		{ "v3", ERR_GUARD_KIND, CRL_HEAD("020102" SHA256_WITH_RSA) },
		{ "long v2", ERR_GUARD_DER,
		    CRL_HEAD("02020001" SHA256_WITH_RSA) },
		{ "SHA-1", ERR_GUARD_ALGORITHM,
		    CRL_HEAD(V2 "30{06{2a864886f70d010105}0500}") },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

static void
a_crl_of_another_ca_is_refused(void **state)
{
	static const struct guard_row rows[] = {
		{ "foreign issuer", ERR_GUARD_ISSUER,
		    "30{" HEAD
		    "30{31{30{06{550403} 0c{'other'}}}}" DATES WRAPPED(
			EXTENSIONS) "}" },
		{ "foreign key id", ERR_GUARD_ISSUER,
		    CRL_WITH("30{06{551d23} 04{30{80{'other'}}}}" NUMBER) },
		{ "no key id", ERR_GUARD_ISSUER, CRL_WITH(NUMBER) },
	};
	static const struct guard_row good = { "no rules", ERR_GUARD_ISSUER,
		GOOD };
	struct lab *lab = *state;

	check_rows(lab, 0, rows, COUNT(rows));
	lab->guard.rule_count = 0;
	check_rows(lab, 0, &good, 1);
}

static void
a_crl_is_of_now_and_has_an_end(void **state)
{
	static const struct guard_row rows[] = {
		{ "no nextUpdate", ERR_GUARD_CRL,
		    CRL_DATES("17{'261122100654Z'}") },
		{ "no time between", ERR_GUARD_CRL,
		    CRL_DATES("17{'261122100654Z'} "
			      "17{'261122100654Z'}") },
		{ "the end first", ERR_GUARD_CRL,
		    CRL_DATES("17{'261122100654Z'} 17{'261122100653Z'}") },
		{ "in the future", ERR_GUARD_VALIDITY,
		    CRL_DATES("17{'261122110655Z'} 17{'261129100654Z'}") },
		{ "malformed start", ERR_GUARD_DER,
		    CRL_DATES("17{'261322100654Z'} 17{'261129100654Z'}") },
		{ "malformed end", ERR_GUARD_DER,
		    CRL_DATES("17{'261122100654Z'} 17{'261329100654Z'}") },
		{ "GeneralizedTime before 2050", ERR_GUARD_DER,
		    CRL_DATES("17{'261122100654Z'} 18{'20261129100654Z'}") },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

static void
extensions_of_a_crl_are_known_and_there_once(void **state)
{
	static const struct guard_row rows[] = {
		{ "no number", ERR_GUARD_CRL, CRL_WITH(AUTHORITY) },
		{ "negative number", ERR_GUARD_CRL,
		    CRL_WITH(AUTHORITY "30{06{551d14} 04{020180}}") },
		{ "long number", ERR_GUARD_CRL,
		    CRL_WITH(AUTHORITY "30{06{551d14} 04{02{'0123456789"
				       "01234567890'}}}") },
		{ "number with a leading zero", ERR_GUARD_CRL,
		    CRL_WITH(AUTHORITY "30{06{551d14} 04{02020007}}") },
		{ "number as text", ERR_GUARD_CRL,
		    CRL_WITH(AUTHORITY "30{06{551d14} 04{13{'7'}}}") },
		{ "twice", ERR_GUARD_EXTENSION, CRL_WITH(EXTENSIONS NUMBER) },
		{ "deltaCRLIndicator", ERR_GUARD_EXTENSION,
		    CRL_WITH(EXTENSIONS "30{06{551d1b} 0101ff 04{020101}}") },
		{ "issuingDistributionPoint", ERR_GUARD_EXTENSION,
		    CRL_WITH(EXTENSIONS
			"30{06{551d1c} 0101ff 04{30{8401ff}}}") },
		{ "no extensions", ERR_GUARD_DER, CRL(HEAD, DATES, "", "") },
		{ "trailing", ERR_GUARD_DER,
		    CRL(HEAD, DATES, "", WRAPPED(EXTENSIONS) "0500") },
		{ "two lists", ERR_GUARD_DER,
		    CRL(HEAD, DATES, "", "a0{30{" EXTENSIONS "} 3000}") },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

#define ISSUER_ALT_NAME "30{06{551d12} 04{30{82{'a.example.org'}}}}"
#define POINT "30{06{551d1c} 0101ff 04{30{a0{a0{86{'http://a/'}}}}}}"
#define OWN "30{06{551d23} 04{30{a1{a4{$0}} 820105}}}" ISSUER_ALT_NAME POINT

static void
a_rule_with_extensions_takes_those_and_a_number(void **state)
{
	static const struct guard_row good[] = {
		{ "as they stand", ERR_OK, CRL_WITH(OWN NUMBER) },
		{ "and another number", ERR_OK,
		    CRL_WITH(OWN "30{06{551d14} 04{02021000}}") },
	};
	static const struct guard_row bad[] = {
		{ "no number", ERR_GUARD_CRL, CRL_WITH(OWN) },
		{ "negative number", ERR_GUARD_CRL,
		    CRL_WITH(OWN "30{06{551d14} 04{020180}}") },
		{ "the number first", ERR_GUARD_EXTENSION,
		    CRL_WITH(NUMBER OWN) },
		{ "two numbers", ERR_GUARD_EXTENSION,
		    CRL_WITH(OWN NUMBER NUMBER) },
		{ "none of them", ERR_GUARD_EXTENSION, CRL_WITH(NUMBER) },
		{ "one is missing", ERR_GUARD_EXTENSION,
		    CRL_WITH(
			"30{06{551d23} 04{30{a1{a4{$0}} 820105}}}" ISSUER_ALT_NAME
			    NUMBER) },
		{ "what others have", ERR_GUARD_EXTENSION,
		    CRL_WITH(EXTENSIONS) },
		{ "one more", ERR_GUARD_EXTENSION,
		    CRL_WITH(OWN "30{06{551d1b} 0101ff 04{020101}}" NUMBER) },
		{ "one more at the end", ERR_GUARD_EXTENSION,
		    CRL_WITH(OWN NUMBER "30{06{551d1b} 0101ff 04{020101}}") },
		{ "malformed behind them", ERR_GUARD_DER,
		    CRL_WITH(OWN "0500") },
		{ "foreign issuer", ERR_GUARD_ISSUER,
		    "30{" HEAD
		    "30{31{30{06{550403} 0c{'other'}}}}" DATES WRAPPED(
			OWN NUMBER) "}" },
	};
	struct lab *lab = *state;
	struct buf own = asn1_of(OWN, lab->parts);

	lab->rule.crl_extensions = buf_bytes(&own);
	check_rows(lab, SIGN_CRL, good, COUNT(good));
	check_rows(lab, 0, bad, COUNT(bad));
	check_no_other_form(lab, CRL_WITH(OWN NUMBER));
	buf_clear(&own);
}

/* Endpoints may have one CA, and each a rule of its own. */
static void
one_of_several_rules_is_enough(void **state)
{
	static const struct guard_row rows[] = {
		{ "the one with extensions", ERR_OK, CRL_WITH(OWN NUMBER) },
		{ "the one without", ERR_OK, CRL_WITH(EXTENSIONS) },
	};
	struct lab *lab = *state;
	struct buf own = asn1_of(OWN, lab->parts);
	struct sign_rule rules[] = { lab->rule, lab->rule, lab->rule };

	rules[0].issuer = BYTES_LITERAL("another");
	rules[1].crl_extensions = buf_bytes(&own);
	lab->guard.rules = rules;
	lab->guard.rule_count = COUNT(rules);
	check_rows(lab, SIGN_CRL, rows, COUNT(rows));
	buf_clear(&own);
}

static void
entries_have_one_form(void **state)
{
	static const struct guard_row rows[] = {
		{ "empty list", ERR_GUARD_CRL, CRL_ENTRIES("") },
		{ "empty entry", ERR_GUARD_DER, CRL_ENTRIES("3000") },
		{ "no date", ERR_GUARD_DER, CRL_ENTRIES("30{020105}") },
		{ "long serial number", ERR_GUARD_DER,
		    CRL_ENTRIES("30{02020005 17{'261121000000Z'}}") },
		{ "no SEQUENCE", ERR_GUARD_DER, CRL_ENTRIES("0500") },
		{ "no date in the calendar", ERR_GUARD_DER,
		    CRL_ENTRIES("30{020105 17{'261131000000Z'}}") },
		{ "empty extensions", ERR_GUARD_DER,
		    CRL_ENTRIES(ENTRY("3000")) },
		{ "trailing", ERR_GUARD_DER,
		    CRL_ENTRIES(ENTRY("30{" REASON "} 0500")) },
		{ "reason twice", ERR_GUARD_EXTENSION,
		    CRL_ENTRIES(ENTRY("30{" REASON REASON "}")) },
		{ "certificateIssuer", ERR_GUARD_EXTENSION,
		    CRL_ENTRIES(
			ENTRY("30{30{06{551d1d} 0101ff 04{30{a4{$0}}}}}")) },
		{ "reason 11", ERR_GUARD_EXTENSION,
		    CRL_ENTRIES(ENTRY("30{30{06{551d15} 04{0a010b}}}")) },
		{ "long reason", ERR_GUARD_EXTENSION,
		    CRL_ENTRIES(ENTRY("30{30{06{551d15} 04{0a020001}}}")) },
		{ "reason as INTEGER", ERR_GUARD_EXTENSION,
		    CRL_ENTRIES(ENTRY("30{30{06{551d15} 04{020101}}}")) },
		{ "date as UTCTime", ERR_GUARD_EXTENSION,
		    CRL_ENTRIES(ENTRY("30{30{06{551d18} "
				      "04{17{'261120000000Z'}}}}")) },
		{ "the last of them", ERR_GUARD_DER,
		    CRL_ENTRIES(ENTRY("") ENTRY("") "3000") },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

/* 4 MB: this would take minutes if the time grew with the square. */
static void
a_hundred_thousand_entries_are_no_burden(void **state)
{
	struct buf entries = repeated(ENTRY("30{" REASON "}"), 100000);
	struct lab *lab = *state;
	struct bytes parts[10] = { lab->parts[0], [9] = buf_bytes(&entries) };
	struct buf crl = asn1_of(CRL_ENTRIES("$9"), parts);

	assert_true(crl.size > 3 << 20);
	assert_guard(lab, buf_bytes(&crl), SIGN_CRL, ERR_OK, "large");
	buf_clear(&entries);
	buf_clear(&crl);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_crl_is_signed),
		TEST(a_crl_has_no_other_form),
		TEST(a_crl_of_another_version_or_algorithm_is_refused),
		TEST(a_crl_of_another_ca_is_refused),
		TEST(a_crl_is_of_now_and_has_an_end),
		TEST(extensions_of_a_crl_are_known_and_there_once),
		TEST(a_rule_with_extensions_takes_those_and_a_number),
		TEST(one_of_several_rules_is_enough),
		TEST(entries_have_one_form),
		TEST(a_hundred_thousand_entries_are_no_burden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
