/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/names.h"

#include "policy/template.h"
#include "tests/unit/policy_requests.h"

#define CN(value) "31{30{06{550403} 0c{" value "}}}"
#define O(value) "31{30{06{55040a} 0c{" value "}}}"
#define DEVICE CN("'device'")
#define UPN "a0{ 06{2b060104018237140203} a0{ 0c{'jo@lab'} } }"
#define SID "86{'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-500'}"

static const struct conf_key keys[] = {
	{ .name = "subject",
	    .type = CONF_STRING,
	    .offset = offsetof(struct name_settings, subject) },
	{ .name = "san",
	    .type = CONF_STRINGS,
	    .offset = offsetof(struct name_settings, san) },
	{ .name = "names",
	    .type = CONF_STRINGS,
	    .offset = offsetof(struct name_settings, names) },
	{ .name = "require",
	    .type = CONF_STRINGS,
	    .offset = offsetof(struct name_settings, require) },
	{ 0 },
};

/* The rules are to be cleared, and the conf freed, whatever comes of it. */
static enum err
read_rules(const char *text, struct conf **conf, struct name_rules *rules,
    struct problems *problems)
{
	struct name_settings settings = name_settings_default;

	put("a.conf", text);
	*conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(*conf), keys, &settings, problems),
	    ERR_OK);
	return name_rules_read(conf_root(*conf), &settings, rules, problems);
}

/* What is asked for, and what comes of it. */
struct row {
	const char *settings;
	const char *subject;   /* RDNs */
	const char *alt_names; /* GeneralNames */
	enum err expected;
	const char *made;    /* RDNs; NULL: those that were asked for */
	const char *granted; /* GeneralNames; or why not */
};

static void
assert_made(const struct row *row, const struct chosen_names *chosen)
{
	struct buf rdns = { 0 }, subject = { 0 };

	if (row->made != NULL) {
		rdns = asn1(row->made);
		der_append(&subject, DER_SEQUENCE, buf_bytes(&rdns));
	}
	assert_same_bytes(buf_bytes(&chosen->subject), buf_bytes(&subject));
	if (row->granted[0] == '\0') {
		assert_int_equal(chosen->alt_names.size, 0);
	} else {
		struct buf names = asn1(row->granted), list = { 0 };

		der_append(&list, DER_SEQUENCE, buf_bytes(&names));
		assert_same_bytes(buf_bytes(&chosen->alt_names),
		    buf_bytes(&list));
		buf_clear(&names);
		buf_clear(&list);
	}
	buf_clear(&rdns);
	buf_clear(&subject);
}

static void
check_row(const struct row *row, bool are_settled, bool are_vouched)
{
	struct problems *problems = problems_new();
	struct buf rdns = asn1(row->subject), names = asn1(row->alt_names);
	struct buf subject = { 0 }, list = { 0 }, detail = { 0 };
	struct chosen_names chosen = { 0 };
	struct asked_names asked;
	struct name_rules rules;
	struct conf *conf;

	der_append(&subject, DER_SEQUENCE, buf_bytes(&rdns));
	if (names.size > 0)
		der_append(&list, DER_SEQUENCE, buf_bytes(&names));
	asked = (struct asked_names){ buf_bytes(&subject), buf_bytes(&list),
		are_settled, are_vouched };
	assert_err(read_rules(row->settings, &conf, &rules, problems), ERR_OK,
	    row->settings);
	assert_err(name_rules_apply(&rules, &asked, &chosen, &detail),
	    row->expected, row->settings);
	if (row->expected == ERR_OK)
		assert_made(row, &chosen);
	else if (strstr(buf_string(&detail), row->granted) == NULL)
		fail_msg("%s: %s", row->settings, buf_string(&detail));
	buf_clear(&chosen.subject);
	buf_clear(&chosen.alt_names);
	buf_clear(&rdns);
	buf_clear(&names);
	buf_clear(&subject);
	buf_clear(&list);
	buf_clear(&detail);
	name_rules_clear(&rules);
	conf_free(conf);
	problems_free(problems);
}

static void
names_are_chosen_by_the_rules(void **state)
{
	static const struct row rows[] = {
		/* Kept, and of the usual kinds. */
		{ "", DEVICE, "", ERR_OK, NULL, "" },
		{ "subject = \"keep\";", DEVICE, "82{'a.lab'} 87{0a000001}",
		    ERR_OK, NULL, "82{'a.lab'}" },
		{ "", "", "82{'a.lab'}", ERR_OK, NULL, "82{'a.lab'}" },
		{ "", "", "", ERR_SUBJECT, NULL, "" },
		{ "", "", "87{0a000001}", ERR_SUBJECT, NULL, "" },
		{ "", "", "82{'a b'}", ERR_SAN, NULL, "" },
		/* A common name that stands for many hosts. */
		{ "", CN("'*.a.lab'"), "", ERR_SUBJECT, NULL, "wildcard" },
		{ "", CN("'a'") CN("2a"), "", ERR_SUBJECT, NULL, "wildcard" },
		{ "", O("'*.a.lab'"), "", ERR_OK, NULL, "" },
		{ "san = ( \"wildcard\" );", CN("'*.a.lab'"),
		    "82{'*.a.lab'} 82{'a.lab'}", ERR_OK, NULL,
		    "82{'*.a.lab'} 82{'a.lab'}" },
		{ "san = ( \"wildcard\" );", CN("'a'"), "82{'*.lab'}", ERR_SAN,
		    NULL, "" },
		/* Accounts: CVE-2022-26923. */
		{ "", DEVICE, UPN, ERR_OK, NULL, "" },
		{ "", DEVICE, SID, ERR_OK, NULL, "" },
		{ "san = ( \"uri\" );", DEVICE, SID, ERR_SAN, NULL, "" },
		{ "san = ( \"upn\" );", DEVICE, UPN SID, ERR_OK, NULL, UPN },
		{ "san = ( \"sid\" );", DEVICE, UPN SID "86{'urn:a'}", ERR_OK,
		    NULL, SID },
		{ "san = ( \"uri\", \"sid\" );", DEVICE, SID "86{'urn:a'}",
		    ERR_OK, NULL, SID "86{'urn:a'}" },
		{ "san = ( \"sid\" ); names = ( \"CN=*\", "
		  "\"uri:tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-5??\" );",
		    DEVICE, SID, ERR_OK, NULL, SID },
		{ "san = ( \"sid\" ); names = ( \"CN=*\", "
		  "\"uri:tag:microsoft.com,2022-09-14:sid:S-1-5-21-2-*\" );",
		    DEVICE, SID, ERR_SAN, NULL, "S-1-5-21-1-500" },
		{ "san = ( \"upn\" ); names = ( \"CN=*\", \"upn:*@lab\" );",
		    DEVICE, UPN, ERR_OK, NULL, UPN },
		/* Required. */
		{ "require = \"CN\";", DEVICE, "", ERR_OK, NULL, "" },
		{ "require = \"CN\";", O("'a'"), "", ERR_SUBJECT, NULL,
		    "there is no CN" },
		{ "require = \"CN\";", CN(""), "", ERR_SUBJECT, NULL,
		    "there is no CN" },
		{ "require = \"2.5.4.97\";", DEVICE, "", ERR_SUBJECT, NULL,
		    "there is no 2.5.4.97" },
		{ "require = ( \"CN\", \"dns\" );", DEVICE, "82{'a'}", ERR_OK,
		    NULL, "82{'a'}" },
		{ "require = ( \"CN\", \"dns\" );", DEVICE, "81{'a@b'}",
		    ERR_SAN, NULL, "there is no dns" },
		{ "require = ( \"dns\" );", DEVICE, "", ERR_SAN, NULL,
		    "there is no dns" },
		/* Patterns: what is left out anyway does not matter. */
		{ "names = ( \"CN=dev*\", \"dns:*.lab\" );", DEVICE,
		    "82{'a.lab'} 87{0a000001}", ERR_OK, NULL, "82{'a.lab'}" },
		{ "names = ( \"CN=dev*\", \"dns:*.lab\" );", DEVICE,
		    "82{'a.lab'} 82{'lab.evil'}", ERR_SAN, NULL,
		    "no pattern for the alternative name \"lab.evil\"" },
		{ "names = ( \"CN=dev*\" );", DEVICE O("'Lab'"), "",
		    ERR_SUBJECT, NULL, "no pattern for \"Lab\"" },
		/* By template, of what the certificate gets. */
		{ "subject = \"CN=${san.dns},O=Lab\";", DEVICE O("'Evil'"),
		    "82{'a.lab'}", ERR_OK, O("'Lab'") CN("'a.lab'"),
		    "82{'a.lab'}" },
		{ "subject = \"CN=${san.dns},O=Lab\";", DEVICE, "82{'a b'}",
		    ERR_SAN, NULL, "" },
		{ "subject = \"CN=${san.dns},O=Lab\";", DEVICE, "", ERR_SUBJECT,
		    NULL, "${san.dns}" },
		{ "subject = \"CN=${subject.CN}\"; names = ( \"CN=d*\" );",
		    DEVICE O("'Evil'"), "", ERR_OK, DEVICE, "" },
		{ "subject = \"CN=x${subject.CN}\"; names = ( \"CN=d*\" );",
		    DEVICE, "", ERR_SUBJECT, NULL, "xdevice" },
		{ "subject = \"CN=${subject.CN}\";", CN("2a"), "", ERR_SUBJECT,
		    NULL, "wildcard" },
		{ "subject = \"O=Lab\";", "", "", ERR_OK, O("'Lab'"), "" },
		/* Malformed, and far too much. */
		{ "", "0500", "", ERR_SUBJECT, NULL, "" },
		{ "", "31{}", "", ERR_SUBJECT, NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i], false, true);
}

/* Whoever may say himself which account he is, is whom he likes. */
static void
a_sid_needs_a_challenge_for_these_names(void **state)
{
	static const struct row rows[] = {
		{ "san = ( \"sid\" );", DEVICE, SID, ERR_SAN, NULL,
		    "no challenge is for these names alone" },
		{ "san = ( \"uri\", \"sid\" );", DEVICE, "86{'urn:a'}" SID,
		    ERR_SAN, NULL, "no challenge is for these names alone" },
		{ "san = ( \"uri\", \"sid\" );", DEVICE, "86{'urn:a'}", ERR_OK,
		    NULL, "86{'urn:a'}" },
		{ "san = ( \"upn\" );", DEVICE, UPN SID, ERR_OK, NULL, UPN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i], false, false);
}

/* Rules that have become stricter don't strand who has a name; but what is
 * not listed, and says who has an account, does not go on. */
static void
settled_names_are_not_judged_anew(void **state)
{
	static const struct row rows[] = {
		{ "names = ( \"CN=x\", \"O=x\", \"dns:x\" ); "
		  "require = ( \"O\", \"dns\" ); ",
		    DEVICE, "81{'a@b'}", ERR_OK, NULL, "81{'a@b'}" },
		{ "subject = \"O=Lab\"; ", DEVICE, "", ERR_OK, NULL, "" },
		{ "san = ();", DEVICE, "82{'a'} 87{0a000001}" UPN, ERR_OK, NULL,
		    "82{'a'} 87{0a000001}" },
		{ "", CN("'*.a.lab'"), "", ERR_OK, NULL, "" },
		{ "san = ( \"upn\" );", DEVICE, UPN, ERR_OK, NULL, UPN },
		{ "san = ( \"sid\" );", DEVICE, SID, ERR_OK, NULL, SID },
		{ "", DEVICE, SID, ERR_SAN, NULL, "" },
		{ "", "", "", ERR_SUBJECT, NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i], true, false);
}

#define LEFT_OUT(key, kind) \
	"a.conf:1: \"" key "\" is about alternative names of the kind \"" kind \
	"\", which \"san\" does not list"
#define ACCOUNTS "a device says itself which account"

static const struct {
	const char *settings;
	enum err expected;
	const char *findings; /* "": none */
} settings[] = {
	{ "san = ();", ERR_OK, "" },
	{ "san = ( \"directory\" );", ERR_CONFIGURATION,
	    "a.conf:1: unknown value \"directory\" of \"san\"; known are "
	    "\"email\", \"dns\", \"uri\", \"ip\", \"upn\", \"sid\", "
	    "\"wildcard\"" },
	{ "san = ( \"DNS\" );", ERR_CONFIGURATION, "unknown value \"DNS\"" },
	{ "subject = \"CN=${san.ip}\";", ERR_CONFIGURATION,
	    LEFT_OUT("subject", "ip") },
	{ "subject = \"CN=${san.ip}\"; san = \"ip\";", ERR_OK, "" },
	{ "subject = \"router\";", ERR_CONFIGURATION, "is no \"subject\"" },
	{ "names = \"CN=*\"; san = ();", ERR_OK, "" },
	{ "names = \"dns:*\"; san = ();", ERR_CONFIGURATION,
	    LEFT_OUT("names", "dns") },
	{ "names = \"dns:*\"; san = \"wildcard\";", ERR_OK, "" },
	{ "names = \"uri:*\"; san = \"sid\";", ERR_OK, "" },
	{ "names = \"uri:*\"; san = \"upn\";", ERR_CONFIGURATION,
	    LEFT_OUT("names", "uri") },
	{ "names = ();", ERR_CONFIGURATION, "\"names\" is empty" },
	{ "names = \"x\";", ERR_CONFIGURATION, "is no pattern of names" },
	{ "require = \"x\";", ERR_CONFIGURATION, "is no kind of name" },
	{ "require = \"ip\";", ERR_CONFIGURATION, LEFT_OUT("require", "ip") },
	{ "require = \"ip\"; san = \"ip\";", ERR_OK, "" },
	{ "san = \"upn\";", ERR_OK, ACCOUNTS },
	{ "san = \"sid\";", ERR_OK, "" },
	{ "san = \"upn\"; names = \"upn:*@lab\";", ERR_OK, "" },
	{ "subject = \"CN=${san.dns},O=Lab\"; names = ( \"CN=*\", "
	  "\"O=lab\" );",
	    ERR_OK, "" },
	{ "subject = \"CN=${san.dns},O=Lab\"; names = ( \"CN=*\", "
	  "\"O=Work\" );",
	    ERR_CONFIGURATION,
	    "a.conf:1: no pattern of \"names\" fits the O of \"subject\", so "
	    "that every request would be refused; add \"O=Lab\"" },
	{ "subject = \"CN=${san.dns}\"; names = \"O=*\";", ERR_CONFIGURATION,
	    "add \"CN=*\"" },
	/* What stands for more than one thing, may fit. */
	{ "subject = \"CN=a-${subject.CN}\"; names = \"CN=b*\";", ERR_OK, "" },
	{ "subject = \"CN=${san.dns}\"; require = \"CN\";", ERR_OK, "" },
	{ "subject = \"CN=${san.dns}\"; require = ( \"CN\", \"2.5.4.10\" );",
	    ERR_CONFIGURATION,
	    "a.conf:1: \"2.5.4.10\" is required and \"subject\" does not have "
	    "it, so that every request would be refused" },
	{ "subject = \"CN=${san.dns}\"; require = \"dns\";", ERR_OK, "" },
	{ "names = ( \"CN=*\", \"dns:*\" ); require = \"dns\";", ERR_OK, "" },
	{ "names = \"CN=*\"; require = \"dns\";", ERR_CONFIGURATION,
	    "\"dns\" is required and \"names\" has no pattern for it" },
	{ "names = \"O=*\"; require = \"CN\";", ERR_CONFIGURATION,
	    "\"CN\" is required and \"names\" has no pattern for it" },
};

static void
settings_that_contradict_each_other_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(settings); i++) {
		struct problems *problems = problems_new();
		struct name_rules rules;
		struct conf *conf;
		const char *findings;

		assert_err(read_rules(settings[i].settings, &conf, &rules,
			       problems),
		    settings[i].expected, settings[i].settings);
		findings = problems_text(problems);
		if (settings[i].findings[0] == '\0' ?
			findings[0] != '\0' :
			strstr(findings, settings[i].findings) == NULL)
			fail_msg("%s: %s", settings[i].settings, findings);
		name_rules_clear(&rules);
		conf_free(conf);
		problems_free(problems);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(names_are_chosen_by_the_rules),
		CONF_TEST(a_sid_needs_a_challenge_for_these_names),
		CONF_TEST(settled_names_are_not_judged_anew),
		CONF_TEST(settings_that_contradict_each_other_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
