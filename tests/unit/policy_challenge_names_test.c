/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_names.h"

#include "crypto/oid.h"
#include "policy/name_patterns.h"
#include "tests/unit/policy_requests.h"

#define CN(text) "31{ 30{ 06{550403} 0c{'" text "'} } }"
#define O(text) "31{ 30{ 06{55040a} 0c{'" text "'} } }"
#define DNS(text) "82{'" text "'}"

/* Names of a request; the lists with "|" between. */
static const struct {
	const char *subject;
	const char *extensions; /* in a row, or NULL */
	const char *text;       /* NULL: it is not readable */
	const char *alternatives;
} readings[] = {
	{ "30{" CN("a") "}", NULL, "CN=a", "" },
	{ "30{" O("Lab") CN("a, b") "}", NULL, "CN=a\\, b,O=Lab", "" },
	{ "30{ 31{ 30{ 06{550403} 0c{'a'} } 30{ 06{2a03} 13{'b'} } } }", NULL,
	    "CN=a+1.2.3=b", "" },
	{ "30{}", NULL, "", "" },
	{ "30{}", EKU(CLIENT_AUTH), "", "" },
	/* In the order of octets, and each once. */
	{ "30{}", SAN(DNS("b") DNS("a") "81{'a@b'}" DNS("b")), "",
	    "dns:a|dns:b|email:a@b" },
	{ "30{}", SAN("86{'https://a/'} 87{c0000211}"), "",
	    "ip:192.0.2.17|uri:https://a/" },
	{ "30{}", SAN("87{20010db8 00000000 00000000 00000017}"), "",
	    "ip:2001:db8::17" },
	{ "30{}", SAN("a0{ 06{2b060104018237140203} a0{ 0c{'a@lab'} } }"), "",
	    "upn:a@lab" },
	{ "30{}", SAN("87{c00002}"), "", "other:8703c00002" },
	{ "30{}", SAN("8200"), "", "other:8200" },
	{ "30{}", SAN("a0{ 06{2a03} a0{ 0c{'a'} } }"), "",
	    "other:a00906022a03a0030c0161" },
	/* What looks like a name of another kind is none. */
	{ "30{}", SAN("a2{ 30{} }"), "", "other:a2023000" },
	{ "30{}", SAN(""), "", "" },
	/* Not readable. */
	{ "0500", NULL, NULL, "" },
	{ "30{ 31{} }", NULL, NULL, "" },
	{ "30{ 31{ 30{ 06{550403} 0500 } } }", NULL, NULL, "" },
	{ "30{" CN("a") "}", EXTENSION("551d11", "0500"), NULL, "" },
	{ "30{" CN("a") "}", EXTENSION("551d11", "30{ 82{'a'} } 00"), NULL,
	    "" },
	{ "30{" CN("a") "}", EXTENSION("551d11", "30{ 82 }"), NULL, "" },
	{ "30{" CN("a") "}", "0500", NULL, "" },
};

static void
assert_texts(const struct challenge_texts *texts, const char *expected)
{
	struct buf joined = { 0 };

	for (size_t i = 0; i < texts->count; i++) {
		if (i > 0)
			buf_append_octet(&joined, '|');
		buf_append(&joined, buf_bytes(&texts->items[i]));
	}
	assert_string_equal(buf_string(&joined), expected);
	buf_clear(&joined);
}

/* With what they view. */
struct asked {
	struct buf subject;
	struct buf extensions;
	struct challenge_names names;
};

static struct asked
asked_of(const char *subject, const char *extensions)
{
	struct asked asked = { .subject = asn1(subject) };

	if (extensions != NULL) {
		struct buf inner = asn1(extensions);

		der_append(&asked.extensions, DER_SEQUENCE, buf_bytes(&inner));
		buf_clear(&inner);
	}
	challenge_names_read(buf_bytes(&asked.subject),
	    buf_bytes(&asked.extensions), &asked.names);
	return asked;
}

static void
asked_clear(struct asked *asked)
{
	challenge_names_clear(&asked->names);
	buf_clear(&asked->subject);
	buf_clear(&asked->extensions);
}

static void
names_are_read_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(readings); i++) {
		struct asked asked = asked_of(readings[i].subject,
		    readings[i].extensions);

		assert_int_equal(asked.names.is_readable,
		    readings[i].text != NULL);
		if (asked.names.is_readable)
			assert_string_equal(buf_string(&asked.names.subject),
			    readings[i].text);
		assert_texts(&asked.names.alternative,
		    readings[i].alternatives);
		asked_clear(&asked);
	}
}

static void
what_is_larger_than_any_certificate_gets_is_not_read(void **state)
{
	struct asked asked = asked_of("30{}", SAN(DNS("a")));
	struct challenge_names names;
	struct buf many = { 0 }, list = { 0 }, extensions = { 0 };
	size_t outer;

	(void)state;
	assert_true(asked.names.is_readable);
	asked_clear(&asked);
	for (int i = 0; i < 257; i++)
		der_append(&many, DER_CONTEXT + 2, BYTES_LITERAL("a"));
	der_append(&list, DER_SEQUENCE, buf_bytes(&many));
	outer = der_open(&extensions, DER_SEQUENCE);
	extension_append(&extensions, OID_SUBJECT_ALT_NAME, false,
	    buf_bytes(&list));
	der_close(&extensions, outer);
	challenge_names_read(BYTES_LITERAL("\x30\x00"), buf_bytes(&extensions),
	    &names);
	assert_false(names.is_readable);
	buf_clear(&many);
	buf_clear(&list);
	buf_clear(&extensions);
}

static const struct {
	const char *subject;
	const char *extensions;
	bool fits;
} requests[] = {
	{ "30{" CN("r.example.org") "}", NULL, true },
	{ "30{" CN("r.example.org") O("Lab") "}", NULL, true },
	{ "30{" CN("r.example.org") O("Lab") "}", SAN(DNS("r.example.org")),
	    true },
	{ "30{}", SAN(DNS("r.example.org")), true },
	/* One that is for somebody else spoils it all. */
	{ "30{" CN("r.example.org") O("Bank") "}", NULL, false },
	{ "30{" CN("evil") CN("r.example.org") "}", NULL, false },
	{ "30{" CN("r.example.org") CN("evil") "}", NULL, false },
	{ "30{" CN("r.example.org") "}", SAN(DNS("r.example.org") DNS("evil")),
	    false },
	{ "30{" CN("r.example.org") "}", SAN("87{c0000211}"), false },
	{ "30{" CN("r.example.org") "}",
	    SAN("a0{ 06{2b060104018237140203} a0{ 0c{'admin@lab'} } }"),
	    false },
	/* A comma in one value does not make it another's end. */
	{ "30{" CN("evil,O=Lab") "}", NULL, false },
	{ "0500", NULL, false },
};

static void
each_name_has_to_fit_one_of_the_patterns(void **state)
{
	static const char *const texts[] = { "CN=*.example.org", "O=Lab",
		"dns:*.example.org" };
	struct name_patterns *patterns = NULL;

	(void)state;
	assert_null(name_patterns_of(texts, COUNT(texts), &patterns));
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct asked asked = asked_of(requests[i].subject,
		    requests[i].extensions);

		assert_int_equal(challenge_names_fit(&asked.names, patterns),
		    requests[i].fits);
		assert_true(challenge_names_fit(&asked.names, NULL));
		asked_clear(&asked);
	}
	name_patterns_free(patterns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read_as_text),
		cmocka_unit_test(
		    what_is_larger_than_any_certificate_gets_is_not_read),
		cmocka_unit_test(each_name_has_to_fit_one_of_the_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
