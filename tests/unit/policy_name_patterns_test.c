/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/name_patterns.h"

#include "tests/unit/policy_requests.h"

#define CN(value) "31{30{06{550403} 0c{" value "}}}"
#define O(value) "31{30{06{55040a} 0c{" value "}}}"
#define OTHER(value) "31{30{06{550461} 0c{" value "}}}" /* 2.5.4.97 */
#define UPN(text) "a0{ 06{2b060104018237140203} a0{ 0c{" text "} } }"

struct settings {
	struct conf_strings names;
};

static const struct conf_key keys[] = {
	{ .name = "names",
	    .type = CONF_STRINGS,
	    .offset = offsetof(struct settings, names) },
	{ 0 },
};

/* Reads the patterns, a libconfig list; the conf is the caller's. */
static enum err
read_patterns(const char *list, struct conf **conf,
    struct name_patterns **patterns, struct problems *problems)
{
	struct settings settings = { 0 };
	char *text = xasprintf("names = (%s);", list);

	put("a.conf", text);
	free(text);
	*conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(*conf), keys, &settings, problems),
	    ERR_OK);
	return name_patterns_read(conf_root(*conf), "names", &settings.names,
	    patterns, problems);
}

static const struct {
	const char *patterns;
	const char *subject;   /* RDNs */
	const char *alt_names; /* GeneralNames */
	enum err expected;
} vectors[] = {
	{ "\"CN=*.lab\"", CN("'a.lab'"), "", ERR_OK },
	{ "\"CN=*.lab\"", CN("'a.LAB'"), "", ERR_OK },
	{ "\"CN=*.lab\"", CN("'a.lab.evil'"), "", ERR_SUBJECT },
	{ "\"CN=*.lab\"", "", "", ERR_OK },
	/* Each of them, and of each type. */
	{ "\"CN=*.lab\"", CN("'a.lab'") CN("'evil'"), "", ERR_SUBJECT },
	{ "\"CN=*.lab\"", CN("'evil'") CN("'a.lab'"), "", ERR_SUBJECT },
	{ "\"CN=*.lab\"", CN("'a.lab'") O("'Lab'"), "", ERR_SUBJECT },
	{ "\"CN=*.lab\", \"O=Lab\"", CN("'a.lab'") O("'Lab'"), "", ERR_OK },
	{ "\"CN=*.lab\", \"O=Lab\"", CN("'a.lab'") O("'Bal'"), "",
	    ERR_SUBJECT },
	{ "\"CN=*.lab\", \"O=Lab\"", CN("'Lab'"), "", ERR_SUBJECT },
	{ "\"CN=a\", \"CN=b\"", CN("'b'"), "", ERR_OK },
	/* Text is what counts, not how it is written. */
	{ "\"CN=\xc3\xa9\"", "31{30{06{550403} 1e{00e9}}}", "", ERR_OK },
	{ "\"CN=\xc3\xa9\"", "31{30{06{550403} 14{e9}}}", "", ERR_OK },
	{ "\"CN=a,O=b\"", CN("'a,O=b'"), "", ERR_OK },
	{ "\"CN=a=b\"", CN("'a=b'"), "", ERR_OK },
	{ "\"2.5.4.97=*\"", OTHER("'x'"), "", ERR_OK },
	{ "\"2.5.4.98=*\"", OTHER("'x'"), "", ERR_SUBJECT },
	{ "\"2.5.4.3=*\"", CN("'x'"), "", ERR_OK },
	{ "\"CN=*\"", "31{30{06{550403} 0c{'a'}} 30{06{55040a} 0c{'b'}}}", "",
	    ERR_SUBJECT },
	{ "\"CN=*\"", CN("ff"), "", ERR_SUBJECT },
	/* Alternative names. */
	{ "\"dns:*.lab\"", "", "82{'A.Lab'}", ERR_OK },
	{ "\"dns:*.lab\"", "", "82{'a.lab'} 82{'evil'}", ERR_SAN },
	{ "\"dns:*.lab\"", "", "81{'a@x.lab'}", ERR_SAN },
	{ "\"dns:*.lab\"", "", "86{'x.lab'}", ERR_SAN },
	{ "\"CN=*\"", CN("'a'"), "82{'a'}", ERR_SAN },
	{ "\"dns:*\"", CN("'a'"), "82{'a'}", ERR_SUBJECT },
	{ "\"email:*@lab\"", "", "81{'jo@LAB'}", ERR_OK },
	{ "\"email:jo@lab\"", "", "81{'Jo@lab'}", ERR_SAN },
	{ "\"email:*@lab\"", "", "81{'jo@lab.evil'}", ERR_SAN },
	{ "\"uri:urn:*\"", "", "86{'urn:a'}", ERR_OK },
	{ "\"uri:urn:*\"", "", "86{'URN:a'}", ERR_SAN },
	{ "\"upn:*@lab\"", "", UPN("'Jo@LAB'"), ERR_OK },
	{ "\"upn:*@lab\"", "", UPN("'jo@evil'"), ERR_SAN },
	{ "\"upn:*@lab\"", "", "81{'jo@lab'}", ERR_SAN },
	{ "\"dns:*\", \"upn:*\"", "", "a4{3000}", ERR_SAN },
	/* Networks, with the neighbours of both ends. */
	{ "\"ip:10.0.0.1\"", "", "87{0a000001}", ERR_OK },
	{ "\"ip:10.0.0.1\"", "", "87{0a000002}", ERR_SAN },
	{ "\"ip:192.0.2.64/26\"", "", "87{c000023f}", ERR_SAN },
	{ "\"ip:192.0.2.64/26\"", "", "87{c0000240}", ERR_OK },
	{ "\"ip:192.0.2.64/26\"", "", "87{c000027f}", ERR_OK },
	{ "\"ip:192.0.2.64/26\"", "", "87{c0000280}", ERR_SAN },
	{ "\"ip:0.0.0.0/0\"", "", "87{ffffffff}", ERR_OK },
	{ "\"ip:0.0.0.0/0\"", "", "87{00000000000000000000000000000001}",
	    ERR_SAN },
	{ "\"ip:::/0\"", "", "87{0a000001}", ERR_SAN },
	{ "\"ip:2001:db8::/32\"", "", "87{20010db8000000000000000000000001}",
	    ERR_OK },
	{ "\"ip:2001:db8::/32\"", "", "87{20010db9000000000000000000000001}",
	    ERR_SAN },
	{ "\"ip:*\"", "", "87{0a000001} 87{20010db9000000000000000000000001}",
	    ERR_OK },
};

static void
each_name_fits_a_pattern_of_its_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct problems *problems = problems_new();
		struct name_patterns *patterns = NULL;
		struct buf rdns = asn1(vectors[i].subject);
		struct buf names = asn1(vectors[i].alt_names);
		struct buf subject = { 0 }, list = { 0 }, detail = { 0 };
		struct conf *conf;

		der_append(&subject, DER_SEQUENCE, buf_bytes(&rdns));
		if (names.size > 0)
			der_append(&list, DER_SEQUENCE, buf_bytes(&names));
		assert_err(read_patterns(vectors[i].patterns, &conf, &patterns,
			       problems),
		    ERR_OK, vectors[i].patterns);
		assert_err(name_patterns_check(patterns, buf_bytes(&subject),
			       buf_bytes(&list), &detail),
		    vectors[i].expected, vectors[i].patterns);
		name_patterns_free(patterns);
		conf_free(conf);
		problems_free(problems);
		buf_clear(&rdns);
		buf_clear(&names);
		buf_clear(&subject);
		buf_clear(&list);
		buf_clear(&detail);
	}
}

static const struct {
	const char *patterns;
	const char *finding;
} refused[] = {
	{ "\"*.lab\"", "begins with no kind" },
	{ "\"dns\"", "begins with no kind" },
	{ "\"dns=*.lab\"", "begins with no kind" },
	{ "\"DNS:*.lab\"", "begins with no kind" },
	{ "\"CN:*.lab\"", "begins with no kind" },
	{ "\"cn=*.lab\"", "begins with no kind" },
	{ "\"2.5.=*.lab\"", "begins with no kind" },
	{ "\"emailAddress=*@lab\"", "is written \"E=\" here" },
	{ "\"emailaddress:*@lab\"", "is written \"E=\" here" },
	{ "\"1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24."
	  "25.26.27.28.29.30.31.32.33.34=*\"",
	    "begins with no kind" },
	{ "\"CN=\"", "is empty" },
	{ "\"dns:a\\tb\"", "control" },
	{ "\"email:*\"", "one \"@\"" },
	{ "\"ip:10.0.0\"", "an IP address is" },
	{ "\"ip:10.0.0.*\"", "an IP address is" },
	{ "\"ip:\"", "an IP address is" },
	{ "\"ip:10.0.0.0/33\"", "an IP address is" },
	{ "\"ip:10.0.0.0/\"", "an IP address is" },
	{ "\"ip:10.0.0.0/-1\"", "an IP address is" },
	{ "\"ip:10.0.0.0/8x\"", "an IP address is" },
	{ "\"ip:10.0.0.1/24\"", "an IP address is" },
	{ "\"ip:2001:db8::/129\"", "an IP address is" },
	{ "\"dns:*\", \"CN\"", "\"CN\" is no pattern of names" },
};

static void
what_is_no_pattern_of_names_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		struct name_patterns *patterns = NULL;
		struct conf *conf;

		assert_err(read_patterns(refused[i].patterns, &conf, &patterns,
			       problems),
		    ERR_CONFIGURATION, refused[i].patterns);
		assert_null(patterns);
		if (strstr(problems_text(problems), refused[i].finding) == NULL)
			fail_msg("%s: %s", refused[i].patterns,
			    problems_text(problems));
		conf_free(conf);
		problems_free(problems);
	}
}

#define ONE_PATTERN "is one pattern, for one attribute of the subject"

static void
a_whole_subject_as_one_pattern_is_warned_of(void **state)
{
	static const struct {
		const char *patterns;
		const char *finding; /* "": none */
	} rows[] = {
		{ "\"CN=*\", \"CN=router-*,O=Example\"",
		    "warning: a.conf:1: \"CN=router-*,O=Example\" of \"names\" "
		    "is one pattern, for one attribute of the subject" },
		{ "\"CN=a, O=b\"", ONE_PATTERN },
		{ "\"CN=a, b,  serialNumber=b\"", ONE_PATTERN },
		{ "\"CN=a,2.5.4.97=b\"", ONE_PATTERN },
		{ "\"O=Example, Inc.\"", "" },
		{ "\"O=Example,\"", "" },
		{ "\"O=Example, x=1\"", "" },
		{ "\"O=Example, dns=1\"", "" },
		{ "\"CN=a=b\"", "" },
		{ "\"uri:x:CN=a,O=b\"", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct name_patterns *patterns = NULL;
		struct conf *conf;
		const char *findings;

		assert_err(read_patterns(rows[i].patterns, &conf, &patterns,
			       problems),
		    ERR_OK, rows[i].patterns);
		findings = problems_text(problems);
		if (rows[i].finding[0] == '\0' ?
			findings[0] != '\0' :
			strstr(findings, rows[i].finding) == NULL)
			fail_msg("%s: %s", rows[i].patterns, findings);
		name_patterns_free(patterns);
		conf_free(conf);
		problems_free(problems);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(each_name_fits_a_pattern_of_its_kind),
		CONF_TEST(what_is_no_pattern_of_names_is_told),
		CONF_TEST(a_whole_subject_as_one_pattern_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
