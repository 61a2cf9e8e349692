/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates that no order leads to: written by somebody else. */
#include "tests/unit/crypto_sign_guard.h"

#define V3 "a0{020102}"
#define SERIAL "020105"
#define VALIDITY "30{17{'261122095654Z'} 17{'271122100654Z'}}"
#define SUBJECT "30{31{30{06{550403} 0c{'router'}}}}"

#define NOT_CA "30{06{551d13} 0101ff 04{3000}}"
#define USAGE "30{06{551d0f} 0101ff 04{03020780}}"
#define PURPOSES "30{06{551d25} 04{30{" CLIENT_AUTH "}}}"
#define KEY_ID "30{06{551d0e} 04{04{'id'}}}"
#define AUTHORITY "30{06{551d23} 04{30{80{'ca'}}}}"
#define ALT_NAME "30{06{551d11} 04{30{82{'a.example.org'}}}}"
#define CRLS "30{06{551d1f} 04{30{30{a0{a0{86{'http://a/'}}}}}}}"
#define ACCESS \
	"30{06{2b06010505070101} 04{30{" \
	"30{06{2b06010505073001} 86{'http://a/'}}}}}"

/* What the rule wants of all; what it leaves open comes with `others`. */
#define EXTENSIONS(others) USAGE PURPOSES AUTHORITY others
#define WRAPPED(extensions) "a3{30{" extensions "}}"

#define TBS(head, validity, key, rest) \
	"30{" head "$0" validity SUBJECT key rest "}"
#define HEAD V3 SERIAL SHA256_WITH_RSA
#define TBS_EXTENSIONS(extensions) \
	TBS(HEAD, VALIDITY, "$1", WRAPPED(extensions))
#define TBS_WITH(others) TBS_EXTENSIONS(EXTENSIONS(others))
#define TBS_HEAD(head) TBS(head, VALIDITY, "$1", WRAPPED(EXTENSIONS("")))
#define TBS_VALIDITY(validity) \
	TBS(HEAD, validity, "$1", WRAPPED(EXTENSIONS("")))
#define GOOD TBS_WITH(NOT_CA KEY_ID ALT_NAME CRLS ACCESS)

static void
a_certificate_with_all_there_may_be_is_signed(void **state)
{
	static const struct guard_row rows[] = {
		{ "all", ERR_OK, GOOD },
		{ "only what is required", ERR_OK, TBS_WITH("") },
		{ "non-critical", ERR_OK, TBS_WITH("30{06{551d13} 04{3000}}") },
		{ "each kind of name", ERR_OK,
		    TBS_WITH("30{06{551d11} 0101ff 04{30{82{'a'} 81{'a@b'} "
			     "86{'urn:a'} 87{7f000001}}}}") },
		{ "two URLs", ERR_OK,
		    TBS_WITH("30{06{551d1f} 04{30{30{a0{a0{86{'http://a/'}}}}"
			     "30{a0{a0{86{'http://b/~c'}}}}}}}") },
	};

	check_rows(*state, SIGN_CERTIFICATE, rows, COUNT(rows));
}

#define POLICY "30{06{551d20} 04{30{30{06{2a03}}}}}"
#define STAPLE "30{06{2b06010505070118} 04{30{020105}}}"

/* All of them, octet for octet, and no others. */
static void
a_certificate_has_the_further_extensions_of_its_rule(void **state)
{
	static const struct guard_row rows[] = {
		{ "both", ERR_OK, TBS_WITH(POLICY STAPLE) },
		{ "in another order", ERR_OK, TBS_WITH(STAPLE POLICY) },
		{ "beside all others", ERR_OK,
		    TBS_WITH(
			NOT_CA KEY_ID ALT_NAME CRLS ACCESS POLICY STAPLE) },
		{ "none", ERR_GUARD_EXTENSION, GOOD },
		{ "one", ERR_GUARD_EXTENSION, TBS_WITH(POLICY) },
		{ "the other", ERR_GUARD_EXTENSION, TBS_WITH(STAPLE) },
		{ "one twice", ERR_GUARD_EXTENSION,
		    TBS_WITH(POLICY STAPLE POLICY) },
		{ "one that is critical", ERR_GUARD_EXTENSION,
		    TBS_WITH(
			"30{06{551d20} 0101ff 04{30{30{06{2a03}}}}}" STAPLE) },
		{ "another policy", ERR_GUARD_EXTENSION,
		    TBS_WITH("30{06{551d20} 04{30{30{06{2a04}}}}}" STAPLE) },
		{ "one more policy", ERR_GUARD_EXTENSION,
		    TBS_WITH(
			"30{06{551d20} 04{30{30{06{2a03}} 30{06{2a04}}}}}" STAPLE) },
		{ "a third", ERR_GUARD_EXTENSION,
		    TBS_WITH(POLICY STAPLE "30{06{2a0304} 04{0500}}") },
	};
	struct lab *lab = *state;
	struct buf more = asn1(POLICY STAPLE);

	lab->rule.more = buf_bytes(&more);
	check_rows(lab, SIGN_CERTIFICATE, rows, COUNT(rows));
	buf_clear(&more);
}

/* A rule without any is no leave for one. */
static void
a_certificate_has_no_further_extensions_without_a_rule(void **state)
{
	static const struct guard_row rows[] = {
		{ "policies", ERR_GUARD_EXTENSION, TBS_WITH(POLICY) },
		{ "tlsfeature", ERR_GUARD_EXTENSION, TBS_WITH(STAPLE) },
	};

	check_rows(*state, SIGN_CERTIFICATE, rows, COUNT(rows));
}

static void
a_certificate_has_no_other_form(void **state)
{
	check_no_other_form(*state, GOOD);
}

static void
a_certificate_of_another_version_is_refused(void **state)
{
	static const struct guard_row rows[] = {
		/* Without a version it begins as a CRL does. */
		{ "v1", ERR_GUARD_DER, TBS_HEAD("020101" SHA256_WITH_RSA) },
		{ "v1 in full", ERR_GUARD_KIND,
		    TBS_HEAD("a0{020100}" SERIAL SHA256_WITH_RSA) },
		{ "v2", ERR_GUARD_KIND,
		    TBS_HEAD("a0{020101}" SERIAL SHA256_WITH_RSA) },
		{ "v4", ERR_GUARD_KIND,
		    TBS_HEAD("a0{020103}" SERIAL SHA256_WITH_RSA) },
		{ "long v3", ERR_GUARD_DER,
		    TBS_HEAD("a0{02020002}" SERIAL SHA256_WITH_RSA) },
		{ "v3 and more", ERR_GUARD_DER,
		    TBS_HEAD("a0{020102 0500}" SERIAL SHA256_WITH_RSA) },
		{ "no version", ERR_GUARD_DER,
		    TBS_HEAD("a0{}" SERIAL SHA256_WITH_RSA) },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

static void
a_serial_number_is_positive_and_short(void **state)
{
	static const struct guard_row rows[] = {
		{ "longest", ERR_OK,
		    TBS_HEAD(V3
			"02{7f000000000000000000000000000000000000ff}" SHA256_WITH_RSA) },
		{ "zero", ERR_GUARD_SERIAL,
		    TBS_HEAD(V3 "020100" SHA256_WITH_RSA) },
		{ "negative", ERR_GUARD_SERIAL,
		    TBS_HEAD(V3 "020180" SHA256_WITH_RSA) },
		{ "21 octets", ERR_GUARD_SERIAL,
		    TBS_HEAD(V3
			"02{0080000000000000000000000000000000000000ff}" SHA256_WITH_RSA) },
		{ "leading zero", ERR_GUARD_DER,
		    TBS_HEAD(V3 "02020005" SHA256_WITH_RSA) },
		{ "leading ones", ERR_GUARD_DER,
		    TBS_HEAD(V3 "0202ff80" SHA256_WITH_RSA) },
		{ "empty", ERR_GUARD_DER, TBS_HEAD(V3 "0200" SHA256_WITH_RSA) },
		{ "long length", ERR_GUARD_DER,
		    TBS_HEAD(V3 "02810105" SHA256_WITH_RSA) },
	};

	check_rows(*state, SIGN_CERTIFICATE, rows, COUNT(rows));
}

static void
the_algorithm_inside_is_the_keys(void **state)
{
	static const struct guard_row rows[] = {
		{ "SHA-1", ERR_GUARD_ALGORITHM,
		    TBS_HEAD(V3 SERIAL "30{06{2a864886f70d010105}0500}") },
		{ "no parameters", ERR_GUARD_ALGORITHM,
		    TBS_HEAD(V3 SERIAL "30{06{2a864886f70d01010b}}") },
		{ "rsaEncryption", ERR_GUARD_ALGORITHM,
		    TBS_HEAD(V3 SERIAL "30{06{2a864886f70d010101}0500}") },
		{ "ECDSA", ERR_GUARD_ALGORITHM,
		    TBS_HEAD(V3 SERIAL "30{06{2a8648ce3d040302}}") },
		{ "nothing", ERR_GUARD_ALGORITHM, TBS_HEAD(V3 SERIAL "3000") },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

static void
dates_have_one_form(void **state)
{
	static const struct guard_row rows[] = {
		{ "usual", ERR_OK, TBS_VALIDITY(VALIDITY) },
		{ "GeneralizedTime before 2050", ERR_GUARD_DER,
		    TBS_VALIDITY("30{17{'261122095654Z'} "
				 "18{'20271122100654Z'}}") },
		{ "no such day", ERR_GUARD_DER,
		    TBS_VALIDITY("30{17{'261122095654Z'} "
				 "17{'270229100654Z'}}") },
		{ "no zone", ERR_GUARD_DER,
		    TBS_VALIDITY("30{17{'261122095654Z'} "
				 "17{'271122100654'}}") },
		{ "no seconds", ERR_GUARD_DER,
		    TBS_VALIDITY("30{17{'2611220956Z'} "
				 "17{'271122100654Z'}}") },
		{ "three dates", ERR_GUARD_DER,
		    TBS_VALIDITY("30{17{'261122095654Z'} 17{'271122100654Z'} "
				 "17{'271122100654Z'}}") },
		{ "one date", ERR_GUARD_DER,
		    TBS_VALIDITY("30{17{'261122095654Z'}}") },
		{ "no end", ERR_GUARD_VALIDITY,
		    TBS_VALIDITY("30{17{'261122095654Z'} "
				 "18{'99991231235959Z'}}") },
		{ "long ago", ERR_GUARD_VALIDITY,
		    TBS_VALIDITY("30{17{'500101000000Z'} "
				 "17{'271122100654Z'}}") },
		{ "the end first", ERR_GUARD_VALIDITY,
		    TBS_VALIDITY("30{17{'261122095654Z'} "
				 "17{'261122095653Z'}}") },
	};

	check_rows(*state, SIGN_CERTIFICATE, rows, COUNT(rows));
}

static void
what_stands_around_the_extensions_is_refused(void **state)
{
	static const struct guard_row rows[] = {
		{ "issuerUniqueID", ERR_GUARD_DER,
		    TBS(HEAD, VALIDITY, "$1 81{00 'a'}",
			WRAPPED(EXTENSIONS(""))) },
		{ "subjectUniqueID", ERR_GUARD_DER,
		    TBS(HEAD, VALIDITY, "$1 82{00 'a'}",
			WRAPPED(EXTENSIONS(""))) },
		{ "no extensions", ERR_GUARD_DER,
		    TBS(HEAD, VALIDITY, "$1", "") },
		{ "trailing", ERR_GUARD_DER,
		    TBS(HEAD, VALIDITY, "$1", WRAPPED(EXTENSIONS("")) "0500") },
		{ "two lists", ERR_GUARD_DER,
		    TBS(HEAD, VALIDITY, "$1",
			"a3{30{" EXTENSIONS("") "} 30{}}") },
		{ "two wrappers", ERR_GUARD_DER,
		    TBS(HEAD, VALIDITY, "$1",
			WRAPPED(EXTENSIONS("")) WRAPPED(NOT_CA)) },
		{ "empty list", ERR_GUARD_ISSUER, TBS_EXTENSIONS("") },
		{ "a key twice", ERR_GUARD_DER,
		    TBS(HEAD, VALIDITY, "$1 $1", WRAPPED(EXTENSIONS(""))) },
		{ "more in the key", ERR_GUARD_KEY,
		    TBS(HEAD, VALIDITY,
			"30{30{06{2a864886f70d010101} 0500} 030100 0500}",
			WRAPPED(EXTENSIONS(""))) },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

static void
an_extension_is_known_and_there_once(void **state)
{
	static const struct guard_row rows[] = {
		{ "basicConstraints twice", ERR_GUARD_EXTENSION,
		    TBS_WITH(NOT_CA NOT_CA) },
		{ "CA:TRUE second", ERR_GUARD_EXTENSION,
		    TBS_WITH(NOT_CA "30{06{551d13} 0101ff 04{30{0101ff}}}") },
		{ "keyUsage twice", ERR_GUARD_EXTENSION, TBS_WITH(USAGE) },
		{ "authorityKeyIdentifier twice", ERR_GUARD_EXTENSION,
		    TBS_WITH(AUTHORITY) },
		{ "certificatePolicies", ERR_GUARD_EXTENSION,
		    TBS_WITH("30{06{551d20} 04{30{30{06{551d2000}}}}}") },
		{ "nameConstraints", ERR_GUARD_EXTENSION,
		    TBS_WITH("30{06{551d1e} 04{3000}}") },
		{ "of nobody", ERR_GUARD_EXTENSION,
		    TBS_WITH("30{06{2a0304} 04{0500}}") },
		{ "one with a longer OID", ERR_GUARD_EXTENSION,
		    TBS_WITH("30{06{551d1301} 04{3000}}") },
		{ "malformed OID", ERR_GUARD_DER,
		    TBS_WITH("30{06{55801d13} 04{3000}}") },
		{ "FALSE written out", ERR_GUARD_DER,
		    TBS_WITH("30{06{551d13} 010100 04{3000}}") },
		{ "TRUE as 01", ERR_GUARD_DER,
		    TBS_WITH("30{06{551d13} 010101 04{3000}}") },
		{ "no value", ERR_GUARD_DER,
		    TBS_WITH("30{06{551d13} 0101ff}") },
		{ "empty value", ERR_GUARD_DER,
		    TBS_WITH("30{06{551d13} 0101ff 0400}") },
		{ "two values", ERR_GUARD_DER,
		    TBS_WITH("30{06{551d13} 0101ff 04{3000 30{0101ff}}}") },
		{ "cut value", ERR_GUARD_DER,
		    TBS_WITH("30{06{551d13} 0101ff 04{3003 0101}}") },
		{ "more behind the value", ERR_GUARD_DER,
		    TBS_WITH("30{06{551d13} 0101ff 04{3000} 0500}") },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

static void
nothing_makes_a_ca(void **state)
{
	static const struct guard_row rows[] = {
		{ "CA:TRUE", ERR_GUARD_CA,
		    TBS_WITH("30{06{551d13} 0101ff 04{30{0101ff}}}") },
		{ "with a path length", ERR_GUARD_CA,
		    TBS_WITH("30{06{551d13} 04{30{0101ff 020100}}}") },
		{ "TRUE as 01", ERR_GUARD_CA,
		    TBS_WITH("30{06{551d13} 04{30{010101}}}") },
		{ "CA:FALSE written out", ERR_GUARD_CA,
		    TBS_WITH("30{06{551d13} 04{30{010100}}}") },
		{ "a path length alone", ERR_GUARD_CA,
		    TBS_WITH("30{06{551d13} 04{30{020100}}}") },
		{ "a SET", ERR_GUARD_CA, TBS_WITH("30{06{551d13} 04{3100}}") },
		{ "keyCertSign", ERR_GUARD_CA,
		    TBS_EXTENSIONS(
			"30{06{551d0f} 04{03020284}}" PURPOSES AUTHORITY) },
		{ "cRLSign", ERR_GUARD_CA,
		    TBS_EXTENSIONS(
			"30{06{551d0f} 04{03020102}}" PURPOSES AUTHORITY) },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

#define TBS_USAGE(value) \
	TBS_EXTENSIONS("30{06{551d0f} 04{" value "}}" PURPOSES AUTHORITY)
#define TBS_PURPOSES(value) \
	TBS_EXTENSIONS("30{06{551d25} 04{" value "}}" USAGE AUTHORITY)
#define TBS_AUTHORITY(value) \
	TBS_EXTENSIONS("30{06{551d23} 04{" value "}}" USAGE PURPOSES)

static void
what_the_rules_speak_of_has_one_form(void **state)
{
	static const struct guard_row rows[] = {
		{ "usage", ERR_OK, TBS_USAGE("03020780") },
		{ "no bits", ERR_GUARD_USAGE, TBS_USAGE("030100") },
		{ "zero bits behind", ERR_GUARD_USAGE, TBS_USAGE("03020680") },
		{ "a zero octet behind", ERR_GUARD_USAGE,
		    TBS_USAGE("0303078000") },
		{ "unused bits set", ERR_GUARD_USAGE, TBS_USAGE("030207c0") },
		{ "three octets", ERR_GUARD_USAGE, TBS_USAGE("030407000080") },
		{ "an INTEGER", ERR_GUARD_USAGE, TBS_USAGE("020101") },
		{ "bit 10", ERR_GUARD_USAGE, TBS_USAGE("0303058020") },
		{ "purposes", ERR_OK, TBS_PURPOSES("30{" CLIENT_AUTH "}") },
		{ "no purpose", ERR_GUARD_PURPOSE, TBS_PURPOSES("3000") },
		{ "no list", ERR_GUARD_PURPOSE, TBS_PURPOSES(CLIENT_AUTH) },
		{ "no OID", ERR_GUARD_PURPOSE, TBS_PURPOSES("30{0500}") },
		{ "more behind the OID", ERR_GUARD_PURPOSE,
		    TBS_PURPOSES("30{" CLIENT_AUTH "0500}") },
		{ "authority", ERR_OK, TBS_AUTHORITY("30{80{'ca'}}") },
		{ "no key id", ERR_GUARD_ISSUER, TBS_AUTHORITY("3000") },
		{ "a longer one", ERR_GUARD_ISSUER,
		    TBS_AUTHORITY("30{80{'ca2'}}") },
		{ "issuer and serial too", ERR_GUARD_ISSUER,
		    TBS_AUTHORITY("30{80{'ca'} a1{a4{$0}} 820105}") },
		{ "another field", ERR_GUARD_ISSUER,
		    TBS_AUTHORITY("30{82{'ca'}}") },
		{ "no authority", ERR_GUARD_ISSUER,
		    TBS_EXTENSIONS(USAGE PURPOSES) },
	};

	check_rows(*state, SIGN_CERTIFICATE, rows, COUNT(rows));
}

#define TBS_ALT_NAME(names) TBS_WITH("30{06{551d11} 04{30{" names "}}}")
#define TBS_CRLS(points) TBS_WITH("30{06{551d1f} 04{30{" points "}}}")
#define TBS_ACCESS(list) TBS_WITH("30{06{2b06010505070101} 04{30{" list "}}}")

static void
what_no_rule_speaks_of_has_the_form_that_we_write(void **state)
{
	static const struct guard_row rows[] = {
		{ "key id", ERR_GUARD_EXTENSION,
		    TBS_WITH("30{06{551d0e} 04{0500}}") },
		{ "no names", ERR_GUARD_EXTENSION, TBS_ALT_NAME("") },
		{ "wildcard", ERR_GUARD_EXTENSION,
		    TBS_ALT_NAME("82{'*.example.org'}") },
		{ "NUL", ERR_GUARD_EXTENSION, TBS_ALT_NAME("82{'a' 00 'b'}") },
		{ "directoryName", ERR_GUARD_EXTENSION,
		    TBS_ALT_NAME("82{'a'} a4{$0}") },
		{ "otherName", ERR_GUARD_EXTENSION,
		    TBS_ALT_NAME("a0{06{2a03} a0{0c{'a'}}}") },
		{ "no points", ERR_GUARD_EXTENSION, TBS_CRLS("") },
		{ "cRLIssuer", ERR_GUARD_EXTENSION,
		    TBS_CRLS("30{a0{a0{86{'http://a/'}}} a2{a4{$0}}}") },
		{ "reasons", ERR_GUARD_EXTENSION,
		    TBS_CRLS("30{a0{a0{86{'http://a/'}}} 81{0780}}") },
		{ "two URLs in a point", ERR_GUARD_EXTENSION,
		    TBS_CRLS("30{a0{a0{86{'http://a/'} 86{'http://b/'}}}}") },
		{ "empty URL", ERR_GUARD_EXTENSION,
		    TBS_CRLS("30{a0{a0{8600}}}") },
		{ "blank in a URL", ERR_GUARD_EXTENSION,
		    TBS_CRLS("30{a0{a0{86{'http://a b/'}}}}") },
		{ "no URL", ERR_GUARD_EXTENSION,
		    TBS_CRLS("30{a0{a0{82{'a'}}}}") },
		{ "no SEQUENCE", ERR_GUARD_EXTENSION, TBS_CRLS("0500") },
		{ "no access", ERR_GUARD_EXTENSION, TBS_ACCESS("") },
		{ "another method", ERR_GUARD_EXTENSION,
		    TBS_ACCESS("30{06{2b06010505073003} 86{'http://a/'}}") },
		{ "no place", ERR_GUARD_EXTENSION,
		    TBS_ACCESS("30{06{2b06010505073001}}") },
		{ "two places", ERR_GUARD_EXTENSION,
		    TBS_ACCESS("30{06{2b06010505073001} 86{'a'} 86{'b'}}") },
	};

	check_rows(*state, 0, rows, COUNT(rows));
}

/* TBS_WITH, around what stands last in it. */
#define TBS_START \
	"30{" HEAD "$0" VALIDITY SUBJECT "$1" \
	"a3{30{" USAGE PURPOSES AUTHORITY
#define TBS_END "}}}"

#define USER_NAME "a0{06{2b060104018237140203} a0{0c{'jo@lab'}}}"
#define SID_NAME "86{'tag:microsoft.com,2022-09-14:sid:S-1-5-21'}"

/* What gives its holder more than a name is the rule's say. */
static const struct {
	unsigned alt_names;
	const char *names;
	enum err expected;
} powerful[] = {
	{ 0, "82{'*.a.lab'}", ERR_GUARD_EXTENSION },
	{ GENERAL_NAMES_WILDCARD, "82{'*.a.lab'}", ERR_OK },
	{ GENERAL_NAMES_UPN | GENERAL_NAMES_SID, "82{'*.a.lab'}",
	    ERR_GUARD_EXTENSION },
	{ 0, USER_NAME, ERR_GUARD_EXTENSION },
	{ GENERAL_NAMES_UPN, USER_NAME, ERR_OK },
	{ GENERAL_NAMES_UPN, "a0{06{2a03} a0{0c{'a'}}}", ERR_GUARD_EXTENSION },
	{ GENERAL_NAMES_WILDCARD | GENERAL_NAMES_SID, USER_NAME,
	    ERR_GUARD_EXTENSION },
	{ 0, SID_NAME, ERR_GUARD_EXTENSION },
	{ GENERAL_NAMES_SID, SID_NAME, ERR_OK },
	{ GENERAL_NAMES_UPN | GENERAL_NAMES_WILDCARD, SID_NAME,
	    ERR_GUARD_EXTENSION },
};

static void
powerful_names_are_those_of_the_rule(void **state)
{
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT(powerful); i++) {
		char *notation = xasprintf("%s30{06{551d11} 04{30{%s}}}%s",
		    TBS_START, powerful[i].names, TBS_END);
		const struct guard_row row = { notation, powerful[i].expected,
			notation };

		lab->rule.alt_names = powerful[i].alt_names;
		check_rows(lab,
		    powerful[i].expected == ERR_OK ? SIGN_CERTIFICATE : 0, &row,
		    1);
		free(notation);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_certificate_with_all_there_may_be_is_signed),
		TEST(a_certificate_has_the_further_extensions_of_its_rule),
		TEST(a_certificate_has_no_further_extensions_without_a_rule),
		TEST(a_certificate_has_no_other_form),
		TEST(a_certificate_of_another_version_is_refused),
		TEST(a_serial_number_is_positive_and_short),
		TEST(the_algorithm_inside_is_the_keys),
		TEST(dates_have_one_form),
		TEST(what_stands_around_the_extensions_is_refused),
		TEST(an_extension_is_known_and_there_once),
		TEST(nothing_makes_a_ca),
		TEST(what_the_rules_speak_of_has_one_form),
		TEST(what_no_rule_speaks_of_has_the_form_that_we_write),
		TEST(powerful_names_are_those_of_the_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
