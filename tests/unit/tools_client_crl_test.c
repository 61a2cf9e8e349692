/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_crl.h"

#include "tests/unit/tools_crl.h"
#include "tests/unit/tools_pki.h"

static void
a_crl_is_the_cas_or_none(void **state)
{
	static const struct {
		const char *bundle;
		bool trusted;
		enum err expected;
	} rows[] = {
		{ "C", true, ERR_OK },
		{ "rRC", true, ERR_OK },
		{ "C", false, ERR_CLIENT_TRUST },
		{ "r", true, ERR_CLIENT_TRUST },
		/* Of the same name, and another key. */
		{ "F", true, ERR_CLIENT_TRUST },
	};
	struct pki pki = pki_new();
	struct buf der = crl_of(pki.members[PKI_CA]->subject, pki.lab->ca_key,
	    LAB_NOW, LAB_NOW + 60);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client_ca ca = { 0 };
		struct crl *crl = NULL;

		pki_read(&pki, rows[i].bundle, &ca);
		for (size_t j = 0; j < ca.count; j++)
			ca.trusted[j] = rows[i].trusted;
		assert_int_equal(client_crl_read(pki.lab->provider,
				     buf_bytes(&der), &ca, &crl),
		    rows[i].expected);
		if (rows[i].expected == ERR_OK) {
			assert_same_bytes(crl->issuer,
			    pki.members[PKI_CA]->subject);
			assert_int_equal(crl->this_update, LAB_NOW);
			assert_int_equal(crl->next_update, LAB_NOW + 60);
		}
		crl_free(crl);
		client_ca_clear(&ca);
	}
	buf_clear(&der);
	pki_clear(&pki);
}

static void
what_is_no_crl_is_refused(void **state)
{
	struct pki pki = pki_new();
	struct buf endless = crl_of(pki.members[PKI_CA]->subject,
	    pki.lab->ca_key, LAB_NOW, 0);
	struct client_ca ca = { 0 };
	struct crl *crl = NULL;

	(void)state;
	pki_read(&pki, "C", &ca);
	ca.trusted[0] = true;
	assert_int_equal(client_crl_read(pki.lab->provider, buf_bytes(&endless),
			     &ca, &crl),
	    ERR_OK);
	assert_int_equal(crl->next_update, 0);
	crl_free(crl);
	for (size_t size = 0; size < endless.size; size++)
		assert_int_not_equal(client_crl_read(pki.lab->provider,
					 bytes_of(endless.data, size), &ca,
					 &crl),
		    ERR_OK);
	assert_int_equal(client_crl_read(pki.lab->provider,
			     buf_bytes(&pki.members[PKI_CA]->der), &ca, &crl),
	    ERR_CRL_MALFORMED);
	client_ca_clear(&ca);
	buf_clear(&endless);
	pki_clear(&pki);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crl_is_the_cas_or_none),
		cmocka_unit_test(what_is_no_crl_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
