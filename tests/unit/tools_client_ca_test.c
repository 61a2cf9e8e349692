/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_ca.h"

#include "tests/unit/tools_pki.h"

static void
roles_do_not_depend_on_the_order(void **state)
{
	static const struct {
		const char *bundle;
		char recipient;
		char issuer;
	} rows[] = {
		{ "C", 'C', 'C' },
		{ "CR", 'R', 'C' },
		{ "RC", 'R', 'C' },
		{ "rCR", 'R', 'C' },
		{ "RCr", 'R', 'C' },
		{ "rC", 'C', 'C' },
		{ "Cr", 'C', 'C' },
		/* Two RAs: one signs, one decrypts. */
		{ "SRC", 'R', 'C' },
		{ "CRS", 'R', 'C' },
		{ "SC", 'C', 'C' },
		/* The RA alone, or with CAs that are not its own. */
		{ "R", 'R', 'R' },
		{ "RE", 'R', 'E' },
		{ "RD", 'R', 'R' },
	};
	struct pki pki = pki_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client_ca ca = { 0 };

		pki_read(&pki, rows[i].bundle, &ca);
		assert_int_equal(ca.count, strlen(rows[i].bundle));
		assert_int_equal(rows[i].bundle[ca.recipient],
		    rows[i].recipient);
		assert_int_equal(rows[i].bundle[ca.issuer], rows[i].issuer);
		for (size_t j = 0; j < ca.count; j++)
			assert_false(ca.trusted[j]);
		client_ca_clear(&ca);
	}
	pki_clear(&pki);
}

static void
a_certificate_alone_is_read_as_such(void **state)
{
	struct pki pki = pki_new();
	struct client_ca ca = { 0 };

	(void)state;
	assert_int_equal(client_ca_read(buf_bytes(&pki.members[PKI_CA]->der),
			     &ca),
	    ERR_OK);
	assert_int_equal(ca.count, 1);
	assert_string_equal(client_ca_role(&ca, 0), "CA");
	client_ca_clear(&ca);
	pki_clear(&pki);
}

static void
what_is_no_use_is_refused(void **state)
{
	struct pki pki = pki_new();
	struct client_ca ca = { .count = 77 };
	const struct {
		const char *bundle;
		struct bytes body;
		enum err expected;
	} rows[] = {
		{ NULL, BYTES_LITERAL(""), ERR_BER_TRUNCATED },
		{ NULL, BYTES_LITERAL("<html>"), ERR_BER_TRUNCATED },
		{ NULL, BYTES_LITERAL("\x30\x00"), ERR_DER_TAG },
		{ "", { 0 }, ERR_PUBLIC_KEY },
		{ "E", { 0 }, ERR_PUBLIC_KEY },
		{ "ES", { 0 }, ERR_PUBLIC_KEY },
		{ "CCCCCCCCCCCCCCCCCCCCC", { 0 }, ERR_SIGNED_CERTIFICATES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bundle = { 0 };
		enum err err;

		if (rows[i].bundle != NULL)
			bundle = pki_bundle(&pki, rows[i].bundle);
		else
			buf_append(&bundle, rows[i].body);
		err = client_ca_read(buf_bytes(&bundle), &ca);
		if (err != rows[i].expected)
			fail_msg("%zu: %s", i, err_name(err));
		assert_int_equal(ca.count, 77);
		buf_clear(&bundle);
	}
	pki_clear(&pki);
}

static void
what_devices_stumble_over_is_told(void **state)
{
	struct pki pki = pki_new();
	struct problems *problems = problems_new();
	struct client_ca ca = { 0 };

	(void)state;
	pki_read(&pki, "RC", &ca);
	client_ca_check(&ca, LAB_NOW, problems);
	assert_string_equal(problems_text(problems), "");
	client_ca_check(&ca, LAB_NOW + 4000 * (int64_t)86400, problems);
	assert_string_equal(problems_text(problems),
	    "warning: the RA certificate \"CN=ra\" has expired\n"
	    "warning: the CA certificate \"CN=ca\" has expired\n");
	client_ca_clear(&ca);
	problems_free(problems);
	problems = problems_new();
	pki_read(&pki, "S", &ca);
	client_ca_check(&ca, LAB_NOW - 2 * 86400, problems);
	assert_string_equal(problems_text(problems),
	    "warning: the CA certificate \"CN=signer\" lacks the usage "
	    "digitalSignature or keyEncipherment, without which some devices "
	    "do not use it\n"
	    "warning: the CA certificate \"CN=signer\" is not valid yet\n");
	client_ca_clear(&ca);
	problems_free(problems);
	pki_clear(&pki);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_do_not_depend_on_the_order),
		cmocka_unit_test(a_certificate_alone_is_read_as_such),
		cmocka_unit_test(what_is_no_use_is_refused),
		cmocka_unit_test(what_devices_stumble_over_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
