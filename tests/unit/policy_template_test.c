/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/template.h"

#include "tests/unit/policy_requests.h"

/* Attributes, each an RDN: a type, a string. */
#define RDN(oid, string) "31{30{06{" oid "} " string "}}"
#define CN(string) RDN("550403", string)
#define O(string) RDN("55040a", string)
#define OU(string) RDN("55040b", string)
#define C(string) RDN("550406", string)
#define SERIAL(string) RDN("550405", string)
#define UPN(text) "a0{ 06{2b060104018237140203} a0{ 0c{" text "} } }"

static enum err
read_text(const char *text, struct template **template,
    struct problems *problems)
{
	struct conf *conf;
	enum err err;

	put("a.conf", "subject = \"\xc3\xa9\";");
	conf = open_well("a.conf");
	err = template_read(conf_root(conf), "subject", text, template,
	    problems);
	conf_free(conf);
	return err;
}

static struct template *
template_of(const char *text)
{
	struct problems *problems = problems_new();
	struct template *template = NULL;

	if (read_text(text, &template, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return template;
}

static const struct {
	const char *text;
	const char *subject;   /* what is asked for */
	const char *alt_names; /* or "" */
	const char *expected;  /* NULL: refused, and then */
	const char *detail;
} vectors[] = {
	{ "CN=a", "", "", CN("0c{'a'}"), NULL },
	/* The first comes last, as RFC 4514 writes names. */
	{ "CN=a,OU=b, O=c", "", "", O("0c{'c'}") OU("0c{'b'}") CN("0c{'a'}"),
	    NULL },
	{ "C=DE,serialNumber=1,E=a@b,DC=lab", "", "",
	    RDN("0992268993f22c640119", "16{'lab'}") RDN("2a864886f70d010901",
		"16{'a@b'}") SERIAL("13{'1'}") C("13{'DE'}"),
	    NULL },
	{ "CN=a b ", "", "", CN("0c{'a b '}"), NULL },
	{ "CN=\xc3\xa9", "", "", CN("0c{c3a9}"), NULL },
	{ "CN=\\,\\+\\\\\\$\\{\\}\\=\\#\\ \\<\\>\\;\\\"", "", "",
	    CN("0c{',+\\${}=# <>;' 22}"), NULL },
	{ "CN={a}=b", "", "", CN("0c{'{a}=b'}"), NULL },
	/* Variables. */
	{ "CN=${subject.CN}", CN("0c{'a'}"), "", CN("0c{'a'}"), NULL },
	{ "CN=x-${subject.CN}.lab", CN("0c{'a'}"), "", CN("0c{'x-a.lab'}"),
	    NULL },
	{ "CN=${subject.OU}${subject.O}", O("0c{'o'}") OU("0c{'u'}"), "",
	    CN("0c{'uo'}"), NULL },
	{ "CN=${subject.CN}", CN("0c{'a'}") CN("0c{'b'}"), "", CN("0c{'a'}"),
	    NULL },
	{ "CN=${subject.CN[0]}", CN("0c{'a'}") CN("0c{'b'}"), "", CN("0c{'a'}"),
	    NULL },
	{ "CN=${subject.CN[1]}", CN("0c{'a'}") O("0c{'o'}") CN("0c{'b'}"), "",
	    CN("0c{'b'}"), NULL },
	{ "CN=${subject.CN[2]}", CN("0c{'a'}") CN("0c{'b'}"), "", NULL,
	    "no value for ${subject.CN[2]}" },
	{ "CN=${subject.CN}", O("0c{'o'}"), "", NULL, "${subject.CN}" },
	{ "CN=${subject.CN}", CN("0c{}"), "", NULL, "${subject.CN}" },
	{ "CN=${subject.CN}", CN("0c{ff}"), "", NULL, "${subject.CN}" },
	{ "CN=x${subject.CN}", CN("0c{'a' 00}"), "", NULL, "${subject.CN}" },
	{ "CN=${subject.CN}", CN("0500"), "", NULL, "${subject.CN}" },
	{ "CN=${subject.2.5.4.97}", RDN("550461", "0c{'x'}"), "", CN("0c{'x'}"),
	    NULL },
	{ "CN=${san.dns}", "", "81{'a@b'} 82{'a.lab'} 82{'b.lab'}",
	    CN("0c{'a.lab'}"), NULL },
	{ "CN=${san.dns[1]},O=${san.email}", "",
	    "82{'a.lab'} 81{'a@b'} 82{'b.lab'}",
	    O("0c{'a@b'}") CN("0c{'b.lab'}"), NULL },
	{ "CN=${san.dns[1]}", "", "82{'a.lab'}", NULL, "${san.dns[1]}" },
	{ "CN=${san.dns}", CN("0c{'a.lab'}"), "", NULL, "${san.dns}" },
	{ "CN=${san.ip}", "", "87{0a000001}", CN("0c{'10.0.0.1'}"), NULL },
	{ "CN=${san.ip}", "", "87{20010db8000000000000000000000001}",
	    CN("0c{'2001:db8::1'}"), NULL },
	{ "CN=${san.uri}", "", "86{'urn:a'}", CN("0c{'urn:a'}"), NULL },
	{ "CN=${san.upn}", "", UPN("'jo@lab'"), CN("0c{'jo@lab'}"), NULL },
	/* What is put in is never read for commas, or variables. */
	{ "CN=${subject.CN},O=Lab", CN("0c{'a,O=Evil'}"), "",
	    O("0c{'Lab'}") CN("0c{'a,O=Evil'}"), NULL },
	{ "CN=x${subject.CN}", CN("0c{'${subject.O}\\,'}"), "",
	    CN("0c{'x${subject.O}\\,'}"), NULL },
	/* String types are kept where a value is, and no others. */
	{ "CN=${subject.CN}", CN("13{'a'}"), "", CN("13{'a'}"), NULL },
	{ "CN=${subject.CN}", CN("1e{00e9}"), "", CN("1e{00e9}"), NULL },
	{ "O=${subject.CN}", CN("14{e9}"), "", O("14{e9}"), NULL },
	{ "CN=x${subject.CN}", CN("1e{00e9}"), "", CN("0c{'x' c3a9}"), NULL },
	{ "C=${subject.C}", C("0c{'DE'}"), "", C("0c{'DE'}"), NULL },
	{ "C=${subject.CN}", CN("0c{'DE'}"), "", C("13{'DE'}"), NULL },
	{ "serialNumber=${subject.CN}", CN("0c{'a_b'}"), "", NULL,
	    "serialNumber can't be \"a_b\"" },
	{ "E=${subject.CN}", CN("0c{c3a9}"), "", NULL, "E can't be" },
	/* Lengths: 256 characters, below as $0 and $1. */
	{ "CN=${subject.CN}", CN("0c{$0}"), "", CN("0c{$0}"), NULL },
	{ "CN=${subject.CN}", CN("0c{$1}"), "", NULL, "over 256" },
	{ "CN=x${subject.CN}", CN("0c{$0}"), "", NULL, "over 256" },
};

static void
a_subject_is_made_as_the_template_says(void **state)
{
	struct buf most = repeated("c3a9", 256), more = repeated("'a'", 257);
	struct bytes fill[] = { buf_bytes(&most), buf_bytes(&more) };

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct template *template = template_of(vectors[i].text);
		struct buf rdns = asn1_of(vectors[i].subject, fill);
		struct buf names = asn1(vectors[i].alt_names);
		struct buf subject = { 0 }, list = { 0 }, made = { 0 };
		struct buf detail = { 0 };
		struct template_source source;

		der_append(&subject, DER_SEQUENCE, buf_bytes(&rdns));
		if (names.size > 0)
			der_append(&list, DER_SEQUENCE, buf_bytes(&names));
		source = (struct template_source){ buf_bytes(&subject),
			buf_bytes(&list) };
		assert_err(template_apply(template, &source, &made, &detail),
		    vectors[i].expected == NULL ? ERR_SUBJECT : ERR_OK,
		    vectors[i].text);
		if (vectors[i].expected == NULL) {
			assert_int_equal(made.size, 0);
			if (strstr(buf_string(&detail), vectors[i].detail) ==
			    NULL)
				fail_msg("%s: %s", vectors[i].text,
				    buf_string(&detail));
		} else {
			struct buf inner = asn1_of(vectors[i].expected, fill);
			struct buf wanted = { 0 };

			der_append(&wanted, DER_SEQUENCE, buf_bytes(&inner));
			assert_same_bytes(buf_bytes(&made), buf_bytes(&wanted));
			buf_clear(&inner);
			buf_clear(&wanted);
		}
		buf_clear(&rdns);
		buf_clear(&names);
		buf_clear(&subject);
		buf_clear(&list);
		buf_clear(&made);
		buf_clear(&detail);
		template_free(template);
	}
	buf_clear(&most);
	buf_clear(&more);
}

static const struct {
	const char *text;
	const char *finding;
} refused[] = {
	{ "router", "of the form CN=" },
	{ "", "of the form CN=" },
	{ "CN=a,", "of the form CN=" },
	{ "CN=a,,O=b", "an attribute that is not known" },
	{ "cn=a", "an attribute that is not known" },
	{ "X=a", "an attribute that is not known" },
	{ "2.5.4.3=a", "an attribute that is not known" },
	{ " CN =a", "an attribute that is not known" },
	{ "CN=", "has no value" },
	{ "CN=,O=b", "has no value" },
	{ "CN=a+O=b", "write \\+ for a plus" },
	{ "CN=a\\", "a backslash stands" },
	{ "CN=\\n", "a backslash stands" },
	{ "CN=\\41", "a backslash stands" },
	{ "CN=$", "write \\$ for a dollar" },
	{ "CN=$CN", "write \\$ for a dollar" },
	{ "CN=${", "wants a }" },
	{ "CN=${subject.CN,O=b", "wants a }" },
	{ "CN=${}", "unknown variable" },
	{ "CN=${CN}", "unknown variable" },
	{ "CN=${subject}", "unknown variable" },
	{ "CN=${subject.}", "unknown variable" },
	{ "CN=${subject.dns}", "unknown variable" },
	{ "CN=${subject.cn}", "unknown variable" },
	{ "CN=${san.CN}", "unknown variable" },
	{ "CN=${san.sid}", "unknown variable" },
	{ "CN=${SAN.dns}", "unknown variable" },
	{ "CN=${san.dns[]}", "unknown variable" },
	{ "CN=${san.dns[a]}", "unknown variable" },
	{ "CN=${san.dns[-1]}", "unknown variable" },
	{ "CN=${san.dns[64]}", "unknown variable" },
	{ "CN=${san.dns[100]}", "unknown variable" },
	{ "CN=${san.dns[1}", "unknown variable" },
	{ "CN=${san.dns[1]x}", "unknown variable" },
	{ "CN=${ san.dns}", "unknown variable" },
	{ "CN=${transaction_id}", "unknown variable" },
	{ "CN=${${san.dns}}", "unknown variable" },
	{ "CN=a\nb", "control" },
	{ "CN=\xff", "UTF-8" },
	{ "CN=a${san.ip}b${san.ip}c${san.ip}d${san.ip}e", "too many parts" },
	{ "CN=1,CN=2,CN=3,CN=4,CN=5,CN=6,CN=7,CN=8,CN=9,CN=10,CN=11,CN=12,"
	  "CN=13,CN=14,CN=15,CN=16,CN=17",
	    "too many attributes" },
};

static void
what_is_no_template_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		struct template *template = NULL;

		assert_err(read_text(refused[i].text, &template, problems),
		    ERR_CONFIGURATION, refused[i].text);
		assert_null(template);
		if (strstr(problems_text(problems), refused[i].finding) == NULL)
			fail_msg("%s: %s", refused[i].text,
			    problems_text(problems));
		problems_free(problems);
	}
}

static void
as_much_as_there_may_be_is_taken(void **state)
{
	static const char *const texts[] = {
		"CN=${san.dns[63]}",
		"CN=a${san.ip}b${san.ip}c${san.ip}d${san.ip}",
		"CN=1,CN=2,CN=3,CN=4,CN=5,CN=6,CN=7,CN=8,CN=9,CN=10,CN=11,"
		"CN=12,CN=13,CN=14,CN=15,CN=16",
	};
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		template_free(template_of(texts[i]));
	buf_append_string(&text, "CN=");
	while (text.size < 1024)
		buf_append_octet(&text, 'a');
	template_free(template_of(buf_string(&text)));
	buf_append_octet(&text, 'a');
	{
		struct problems *problems = problems_new();
		struct template *template = NULL;

		assert_int_equal(read_text(buf_string(&text), &template,
				     problems),
		    ERR_CONFIGURATION);
		assert_non_null(strstr(problems_text(problems), "over 1024"));
		problems_free(problems);
	}
	buf_clear(&text);
	template_free(NULL);
}

static void
a_template_says_which_alternative_names_it_needs(void **state)
{
	static const struct {
		const char *text;
		unsigned kinds;
	} rows[] = {
		{ "CN=a", 0 },
		{ "CN=${subject.CN}", 0 },
		{ "CN=${san.dns},O=${san.ip[1]}",
		    1u << GENERAL_NAME_DNS | 1u << GENERAL_NAME_IP },
		{ "CN=a${san.upn}", GENERAL_NAMES_UPN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct template *template = template_of(rows[i].text);

		assert_int_equal(template_kinds(template), rows[i].kinds);
		template_free(template);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_subject_is_made_as_the_template_says),
		CONF_TEST(what_is_no_template_is_told),
		CONF_TEST(as_much_as_there_may_be_is_taken),
		CONF_TEST(a_template_says_which_alternative_names_it_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
