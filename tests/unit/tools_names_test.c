/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/names.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "tests/unit/unit.h"

static void
subjects_are_read_as_they_are_shown(void **state)
{
	static const struct {
		const char *text;
		const char *shown;
	} rows[] = {
		{ "CN=router-17", "CN=router-17" },
		{ "CN=router-17,O=Example", "CN=router-17,O=Example" },
		{ "CN=router-17, O=Example, C=CH",
		    "CN=router-17,O=Example,"
		    "C=CH" },
		{ "/C=CH/O=Example/CN=router-17",
		    "CN=router-17,O=Example,C=CH" },
		{ "/CN=a,b", "CN=a\\,b" },
		{ "/CN=a\\/b", "CN=a/b" },
		{ "CN=a\\,b,O=c\\+d", "CN=a\\,b,O=c\\+d" },
		{ "CN=\\c3\\a4", "CN=\xc3\xa4" },
		{ "CN=\xc3\xa4", "CN=\xc3\xa4" },
		{ "CN=a=b", "CN=a=b" },
		{ "CN=a,", "CN=a" },
		{ "serialNumber=17,CN=a", "serialNumber=17,CN=a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct buf name = { 0 }, shown = { 0 };

		if (names_append_subject(&name, rows[i].text, problems) !=
		    ERR_OK)
			fail_msg("%s", problems_text(problems));
		name_append_text(&shown, buf_bytes(&name));
		assert_string_equal(buf_string(&shown), rows[i].shown);
		buf_clear(&name);
		buf_clear(&shown);
		problems_free(problems);
	}
}

static void
subjects_that_are_none_are_told(void **state)
{
	static const char *const form =
	    "is not of the form CN=router-17,O=Example; write \\, for a comma "
	    "and \\+ for a plus in a name";
	static const char *const attribute =
	    "has an attribute that is not known here, or a value that it can't "
	    "have; known are CN, O, OU, C, ST, L, DC, UID, E, serialNumber and "
	    "some more";
	const struct {
		const char *text;
		const char *what;
	} rows[] = {
		{ "", form },
		{ "router", form },
		{ "=router", form },
		{ "CN=a,b", form },
		{ "CN=a+OU=b", form },
		{ "CN=a\\", form },
		{ "CN=a\\00", form },
		{ "/", form },
		{ "XY=a", attribute },
		{ "C=\xc3\xa4", attribute },
		{ "CN=\\ff", attribute },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		char *expected = xasprintf("error: --subject \"%s\": %s\n",
		    rows[i].text, rows[i].what);
		struct buf name = { 0 };

		assert_int_equal(names_append_subject(&name, rows[i].text,
				     problems),
		    ERR_CONFIGURATION);
		assert_string_equal(problems_text(problems), expected);
		assert_int_equal(name.size, 0);
		buf_clear(&name);
		free(expected);
		problems_free(problems);
	}
}

static void
alternative_names_become_an_extension(void **state)
{
	static const struct {
		const char *text;
		struct bytes names;
	} rows[] = {
		{ "dns:a.b",
		    BYTES_LITERAL("\x30\x05\x82\x03"
				  "a.b") },
		{ "DNS:a.b, IP:192.0.2.1",
		    BYTES_LITERAL("\x30\x0b\x82\x03"
				  "a.b\x87\x04\xc0\x00\x02\x01") },
		{ "ip:2001:db8::1",
		    BYTES_LITERAL("\x30\x12\x87\x10\x20\x01\x0d\xb8\0\0\0\0\0\0"
				  "\0\0\0\0\0\x01") },
		{ "email:a@b,uri:http://c",
		    BYTES_LITERAL("\x30\x0f\x81\x03"
				  "a@b\x86\x08http://c") },
		{ "uri:a\\\\,uri:\\b",
		    BYTES_LITERAL("\x30\x08\x86\x02"
				  "a\\\x86\x02\\b") },
		{ "dns:*.a.b", BYTES_LITERAL("\x30\x07\x82\x05*.a.b") },
		{ "uri:tag:microsoft.com\\,2022-09-14:sid:S-1, dns:a.b",
		    BYTES_LITERAL("\x30\x2b\x86\x24"
				  "tag:microsoft.com,2022-09-14:sid:S-1"
				  "\x82\x03"
				  "a.b") },
		{ "UPN:a@b",
		    BYTES_LITERAL("\x30\x15\xa0\x13\x06\x0a\x2b\x06\x01\x04"
				  "\x01\x82\x37\x14\x02\x03\xa0\x05\x0c\x03"
				  "a@b") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct buf extensions = { 0 }, same = { 0 };
		struct bytes names;

		assert_int_equal(names_append_san(&extensions, rows[i].text,
				     problems),
		    ERR_OK);
		assert_true(extensions_find(buf_bytes(&extensions),
		    OID_SUBJECT_ALT_NAME, &names));
		assert_same_bytes(names, rows[i].names);
		names_append_same_san(&same, buf_bytes(&extensions));
		assert_same_bytes(buf_bytes(&same), buf_bytes(&extensions));
		buf_clear(&extensions);
		buf_clear(&same);
		problems_free(problems);
	}
}

static void
alternative_names_that_are_none_are_told(void **state)
{
	static const char *const kind =
	    "it begins with none of dns:, ip:, email:, uri: and upn:; write "
	    "\\, for a comma in a name";
	static const char *const host =
	    "a host's name has up to 253 letters, digits and \".-_\", and a "
	    "\"*\" only in place of its first part, before two others";
	static const char *const address =
	    "an IP address is written like 192.0.2.17 or 2001:db8::17";
	const struct {
		const char *text;
		const char *name;
		const char *what;
	} rows[] = {
		{ "", "", kind },
		{ "a.b", "a.b", kind },
		{ "x:y", "x:y", kind },
		{ "dns:a.b,", "", kind },
		{ ",dns:a.b", "", kind },
		{ "dns:a.b,uri:tag:a,b", "b", kind },
		{ "dns:", "dns:", host },
		{ "dns:a.b, dns:a b", "dns:a b", host },
		{ "dns:*.b", "dns:*.b", host },
		{ "ip:1.2.3", "ip:1.2.3", address },
		{ "ip:", "ip:", address },
		{ "email:a", "email:a",
		    "an e-mail address has one \"@\", no blanks, and is "
		    "ASCII" },
		{ "uri:", "uri:",
		    "a URI is not empty, has no blanks, and is ASCII" },
		{ "upn:a", "upn:a",
		    "a UPN has one \"@\", no blanks, and is UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		char *expected = xasprintf("error: --san \"%s\": %s\n",
		    rows[i].name, rows[i].what);
		struct buf extensions = { 0 };

		assert_int_equal(names_append_san(&extensions, rows[i].text,
				     problems),
		    ERR_CONFIGURATION);
		assert_string_equal(problems_text(problems), expected);
		assert_int_equal(extensions.size, 0);
		buf_clear(&extensions);
		free(expected);
		problems_free(problems);
	}
}

static void
more_names_than_a_certificate_has_are_told(void **state)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 }, extensions = { 0 };

	(void)state;
	for (size_t i = 0; i < 257; i++)
		buf_append_string(&text, i == 0 ? "dns:a" : ",dns:a");
	assert_int_equal(names_append_san(&extensions, buf_string(&text),
			     problems),
	    ERR_CONFIGURATION);
	assert_string_equal(problems_text(problems),
	    "error: --san: these are more names than a request has\n");
	assert_int_equal(extensions.size, 0);
	buf_clear(&text);
	buf_clear(&extensions);
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subjects_are_read_as_they_are_shown),
		cmocka_unit_test(subjects_that_are_none_are_told),
		cmocka_unit_test(alternative_names_become_an_extension),
		cmocka_unit_test(alternative_names_that_are_none_are_told),
		cmocka_unit_test(more_names_than_a_certificate_has_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
