/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profile_extensions.h"

#include "policy/profile.h"
#include "tests/unit/policy_requests.h"

#define POLICIES(infos) EXTENSION("551d20", "30{" infos "}")
#define CPS "30{ 30{ 06{2b06010505070201} 16{'https://ca.example.org/cps'} } }"
#define CPS_URL "cps_url = \"https://ca.example.org/cps\";"
#define STAPLE EXTENSION("2b06010505070118", "30{020105}")
#define OWN(settings) "{ oid = \"1.2.3.4\"; " settings " }"

static const struct {
	const char *settings;
	const char *extensions;
} rows[] = {
	{ "", "" },
	{ "policies = \"1.2.3\";", POLICIES("30{ 06{2a03} }") },
	{ "policies = (\"1.2.3\", \"1.2.3.4\");",
	    POLICIES("30{ 06{2a03} } 30{ 06{2a0304} }") },
	{ "policies = \"1.2.3\"; " CPS_URL,
	    POLICIES("30{ 06{2a03} " CPS " }") },
	{ "policies = (\"1.2.3\", \"1.2.4\"); " CPS_URL,
	    POLICIES("30{ 06{2a03} " CPS " } 30{ 06{2a04} " CPS " }") },
	{ "policies = ();", "" },
	{ "must_staple = true;", STAPLE },
	{ "must_staple = false;", "" },
	{ "extensions = ( " OWN("hex = \"0c0474657374\";") " );",
	    EXTENSION("2a0304", "0c{'test'}") },
	{ "extensions = ( " OWN("base64 = \"DAR0ZXN0\";") " );",
	    EXTENSION("2a0304", "0c{'test'}") },
	{ "extensions = ( " OWN("hex = \"0500\"; critical = true;") " );",
	    CRITICAL("2a0304", "0500") },
	{ "extensions = ( " OWN(
	      "hex = \"0500\"; critical = false;") ", "
						   "{ oid = \"1.2.3.5\"; hex = \"3000\"; } );",
	    EXTENSION("2a0304", "0500") EXTENSION("2a0305", "3000") },
	/* The order is always the same. */
	{ "extensions = " OWN("hex = \"0500\";") "; must_staple = true; "
						 "policies = \"1.2.3\";",
	    POLICIES("30{ 06{2a03} }") STAPLE EXTENSION("2a0304", "0500") },
	/* The example of scepd.conf(5). */
	{ "extensions = ( { oid = \"1.3.6.1.4.1.99999.7\"; hex = "
	  "\"0c0774656e616e7431\"; } );",
	    EXTENSION("2b06010401868d1f07", "0c{'tenant1'}") },
};

static enum err
read_profile(const char *settings, struct conf **conf, struct profile *profile,
    struct problems *problems)
{
	put("a.conf", settings);
	*conf = open_well("a.conf");
	return profile_read(conf_root(*conf), profile, problems);
}

/* In the order for a certificate, and in the rule of whoever signs it. */
static void
a_profile_has_extensions_of_its_own(void **state)
{
	struct csr *csr = csr_of((struct wanted){ 0 });

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct profile_request request = profile_request_of(csr);
		struct profile_buffers buffers = { 0 };
		struct certificate_order order;
		struct profile profile = { 0 };
		struct sign_rule rule = { 0 };
		struct conf *conf;

		if (read_profile(rows[i].settings, &conf, &profile, problems) !=
		    ERR_OK)
			fail_msg("%s", problems_text(problems));
		assert_string_equal(problems_text(problems), "");
		assert_int_equal(profile_apply(&profile, &request, NOW,
				     &buffers, &order),
		    ERR_OK);
		assert_asn1(order.more, rows[i].extensions, rows[i].settings);
		profile_sign_rule(&profile, &rule);
		assert_same_bytes(rule.more, order.more);
		profile_buffers_clear(&buffers);
		profile_clear(&profile);
		problems_free(problems);
		conf_free(conf);
	}
	csr_free(csr);
}

/* What a device asks for adds nothing, whatever the profile has. */
static void
nobody_gets_them_by_asking(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(smuggled); i++) {
		struct problems *problems = problems_new();
		struct csr *csr = csr_of((struct wanted){
		    .extensions = smuggled[i] });
		struct profile_request request = profile_request_of(csr);
		struct profile_buffers buffers = { 0 };
		struct certificate_order order;
		struct profile profile = { 0 };
		struct conf *conf;

		assert_int_equal(read_profile("must_staple = true;", &conf,
				     &profile, problems),
		    ERR_OK);
		assert_int_equal(profile_apply(&profile, &request, NOW,
				     &buffers, &order),
		    ERR_OK);
		assert_asn1(order.more, STAPLE, smuggled[i]);
		profile_buffers_clear(&buffers);
		profile_clear(&profile);
		problems_free(problems);
		csr_free(csr);
		conf_free(conf);
	}
}

#define ERROR "error: a.conf:1: "
#define ELEMENT \
	ERROR "the value of an extension is one whole element of DER, of at " \
	      "most 4096 octets\n"
#define EITHER \
	ERROR "the value of an extension, in DER, is either \"hex\" or " \
	      "\"base64\"\n"
#define TAKEN ERROR "the profile has this extension already\n"
#define GIVEN(oid) "extensions = { oid = \"" oid "\"; hex = \"0500\"; };"
#define RESERVED(remedy) \
	ERROR "this extension can't be given here: " remedy "\n"
#define VALUE(value) "extensions = " OWN(value) ";"

static const struct {
	const char *settings;
	const char *findings;
} refused[] = {
	{ "policies = \"policy\";",
	    ERROR
	    "\"policy\" of \"policies\" is no object identifier in dotted "
	    "form, or there twice\n" },
	{ "policies = (\"1.2.3\", \"1.2.3\");",
	    ERROR "\"1.2.3\" of \"policies\" is no object identifier in dotted "
		  "form, or there twice\n" },
	{ CPS_URL,
	    ERROR "\"cps_url\" says where the \"policies\" are "
		  "described, and there are none\n" },
	{ "policies = \"1.2.3\"; cps_url = \"ca\";",
	    ERROR "\"ca\" is no URL for \"cps_url\": it begins with http://, "
		  "https://, ldap:// or ftp://, and is ASCII without "
		  "blanks\n" },
	{ GIVEN("id"),
	    ERROR "\"oid\" is \"id\", which is no object identifier in dotted "
		  "form, like \"1.3.6.1.4.1.99999.7\"\n" },
	{ GIVEN("2.5.29.19"), RESERVED("each certificate says CA:FALSE") },
	{ GIVEN("2.5.29.15"), RESERVED("set \"key_usage\"") },
	{ GIVEN("2.5.29.37"), RESERVED("set \"extended_key_usage\"") },
	{ GIVEN("2.5.29.14"), RESERVED("each certificate has it") },
	{ GIVEN("2.5.29.35"), RESERVED("each certificate has it") },
	{ GIVEN("2.5.29.17"), RESERVED("set \"san\"") },
	{ GIVEN("2.5.29.31"), RESERVED("set \"crl_url\"") },
	{ GIVEN("1.3.6.1.5.5.7.1.1"),
	    RESERVED("set \"ocsp_url\" or \"issuer_url\"") },
	{ GIVEN("2.5.29.30"), RESERVED("it is for CAs") },
	{ GIVEN("2.5.29.33"), RESERVED("it is for CAs") },
	{ GIVEN("2.5.29.36"), RESERVED("it is for CAs") },
	{ GIVEN("2.5.29.54"), RESERVED("it is for CAs") },
	{ "policies = \"1.2.3\"; " GIVEN("2.5.29.32"), TAKEN },
	{ "must_staple = true; " GIVEN("1.3.6.1.5.5.7.1.24"), TAKEN },
	{ "extensions = ( " OWN("hex = \"0500\";") ", " OWN(
	      "hex = \"3000\";") " );",
	    TAKEN },
	{ VALUE(""), EITHER },
	{ VALUE("hex = \"0500\"; base64 = \"BQA=\";"), EITHER },
	{ VALUE("hex = \"05\";"), ELEMENT },
	{ VALUE("hex = \"050\";"), ELEMENT },
	{ VALUE("hex = \"05 00\";"), ELEMENT },
	{ VALUE("hex = \"05000500\";"), ELEMENT },
	{ VALUE("hex = \"3080\";"), ELEMENT },
	{ VALUE("base64 = \"?\";"), ELEMENT },
	{ VALUE("base64 = \"BQ==\";"), ELEMENT },
	{ "extensions = { hex = \"0500\"; };",
	    ERROR "\"oid\" is missing in \"extensions\"\n" },
};

static void
what_is_no_extension_for_a_profile_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		struct profile profile = { 0 };
		struct conf *conf;

		assert_err(read_profile(refused[i].settings, &conf, &profile,
			       problems),
		    ERR_CONFIGURATION, refused[i].settings);
		assert_string_equal(problems_text(problems),
		    refused[i].findings);
		profile_clear(&profile);
		problems_free(problems);
		conf_free(conf);
	}
}

static void
a_value_has_4096_octets_at_most(void **state)
{
	(void)state;
	for (size_t size = 4092; size <= 4093; size++) {
		struct problems *problems = problems_new();
		struct buf text = { 0 };
		struct profile profile = { 0 };
		struct conf *conf;

		buf_printf(&text,
		    "extensions = { oid = \"1.2.3\"; hex = "
		    "\"0482%04zx",
		    size);
		for (size_t i = 0; i < size; i++)
			buf_append_string(&text, "00");
		buf_append_string(&text, "\"; };");
		assert_int_equal(read_profile(buf_string(&text), &conf,
				     &profile, problems),
		    size == 4092 ? ERR_OK : ERR_CONFIGURATION);
		profile_clear(&profile);
		problems_free(problems);
		conf_free(conf);
		buf_clear(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_profile_has_extensions_of_its_own),
		CONF_TEST(nobody_gets_them_by_asking),
		CONF_TEST(what_is_no_extension_for_a_profile_is_told),
		CONF_TEST(a_value_has_4096_octets_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
