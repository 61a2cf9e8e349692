/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/whole.h"

#include "policy/profile.h"
#include "tests/unit/policy_requests.h"

#define FORGED_KEY_ID EXTENSION("551d0e", "04{'forged'}")

/* A request that asks for these extensions, by a profile of these settings. */
static enum err
check(const char *settings, const char *extensions, enum whole_part part)
{
	struct problems *problems = problems_new();
	struct csr *csr = csr_of((struct wanted){ .extensions = extensions });
	struct profile_request request = profile_request_of(csr);
	struct profile_buffers buffers = { 0 };
	struct certificate_order order;
	struct profile profile = { 0 };
	struct conf *conf;
	enum err err;

	put("a.conf", settings);
	conf = open_well("a.conf");
	assert_int_equal(profile_read(conf_root(conf), &profile, problems),
	    ERR_OK);
	assert_int_equal(profile_apply(&profile, &request, NOW, &buffers,
			     &order),
	    ERR_OK);
	err = whole_check(&order, csr, part);
	profile_buffers_clear(&buffers);
	profile_clear(&profile);
	conf_free(conf);
	csr_free(csr);
	problems_free(problems);
	return err;
}

static void
what_the_profile_gives_may_be_asked_for(void **state)
{
	static const struct row {
		const char *settings;
		const char *extensions;
		enum err err;
	} rows[] = {
		{ "", NULL, ERR_OK },
		{ "", SAN("82{'a.lab'} 81{'a@lab'}"), ERR_OK },
		{ "", SAN("82{'a.lab'} 87{0a000001}"), ERR_SAN },
		{ "san = (\"dns\", \"ip\");", SAN("82{'a.lab'} 87{0a000001}"),
		    ERR_OK },
		{ "san = ();", SAN("82{'a.lab'}"), ERR_SAN },
		{ "", EKU(CLIENT_AUTH), ERR_OK },
		{ "", EKU(SERVER_AUTH), ERR_CSR_EXTENSION },
		{ "", EKU(CLIENT_AUTH SERVER_AUTH), ERR_CSR_EXTENSION },
		{ "", EXTENSION("551d25", "0500"), ERR_CSR_EXTENSION },
		{ "", EXTENSION("551d25", "30{ 0500 }"), ERR_CSR_EXTENSION },
		{ "extended_key_usage = (\"serverAuth\", \"clientAuth\");",
		    EKU(SERVER_AUTH), ERR_OK },
		{ "extended_key_usage = ();", EKU(CODE_SIGNING), ERR_OK },
		/* digitalSignature and keyEncipherment */
		{ "", CRITICAL("551d0f", "03{ 05a0 }"), ERR_OK },
		{ "", EXTENSION("551d0f", "0500"), ERR_CSR_EXTENSION },
		{ "", EXTENSION("551d13", "30{}"), ERR_OK },
		{ "", EXTENSION("551d13", "30{ 010100 }"), ERR_OK },
		{ "", EXTENSION("551d13", "30{ 010100 020105 }"),
		    ERR_CSR_EXTENSION },
		{ "", EXTENSION("551d13", "0500"), ERR_CSR_EXTENSION },
		{ "", FORGED_KEY_ID, ERR_OK },
		{ "", SAN("82{'a.lab'}") EXTENSION("2a0304", "0500"),
		    ERR_CSR_EXTENSION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_err(check(rows[i].settings, rows[i].extensions,
			       WHOLE_EXTENSIONS),
		    rows[i].err, rows[i].extensions);
		assert_err(check(rows[i].settings, rows[i].extensions,
			       WHOLE_NAMES),
		    rows[i].err == ERR_SAN ? ERR_SAN : ERR_OK,
		    rows[i].extensions);
		assert_err(check(rows[i].settings, rows[i].extensions,
			       WHOLE_SUBJECT),
		    ERR_OK, rows[i].extensions);
	}
}

/* An identifier of the key is what devices send, and sections set. */
static void
nothing_else_reaches_a_ca_that_would_take_it_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(smuggled); i++) {
		if (strcmp(smuggled[i], FORGED_KEY_ID) == 0)
			continue;
		if (check("", smuggled[i], WHOLE_EXTENSIONS) == ERR_OK)
			fail_msg("%s is let through", smuggled[i]);
	}
}

/* As that of a renewal that keeps its names. */
static void
a_subject_that_was_to_be_another_is_refused(void **state)
{
	struct csr *csr = csr_of((struct wanted){ 0 });
	struct buf other = asn1(NAME_EMPTY);
	const struct certificate_order order = { .subject = buf_bytes(&other) };

	(void)state;
	assert_int_equal(whole_check(&order, csr, WHOLE_SUBJECT), ERR_SUBJECT);
	buf_clear(&other);
	csr_free(csr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_the_profile_gives_may_be_asked_for),
		CONF_TEST(nothing_else_reaches_a_ca_that_would_take_it_over),
		cmocka_unit_test(a_subject_that_was_to_be_another_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
