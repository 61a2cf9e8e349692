/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/crl_make.h"

#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scep_crl.h"

static int
making_setup(void **state)
{
	*state = lab_open(MAKES);
	return 0;
}

#define MAKING_TEST(function) \
	cmocka_unit_test_setup_teardown(function, making_setup, lab_teardown)

/* Has the keeper's turn come, and says whether there is another CRL then. */
static bool
makes(struct lab *lab, int64_t now)
{
	struct stored_crl before = { 0 }, after;
	enum err err = store_crl_get(lab->store, authority_of(lab), &before);
	bool made;

	assert_true(err == ERR_OK || err == ERR_STORE_NONE);
	assert_int_equal(scep_make_crls(lab->scep, now), ERR_OK);
	after = stored_crl_of(lab);
	made = after.number != before.number;
	if (made) {
		assert_true(after.number > before.number);
		assert_int_equal(after.this_update, now);
		assert_int_equal(after.next_update, now + LIFE);
	}
	stored_crl_clear(&before);
	stored_crl_clear(&after);
	return made;
}

/* The serial numbers and reasons in the CRL, each as "1:4 ". */
static void
assert_lists(struct lab *lab, const char *expected)
{
	struct stored_crl stored = stored_crl_of(lab);
	struct crl_entry entry;
	struct buf text = { 0 };
	struct crl *crl = NULL;

	assert_int_equal(crl_read(buf_bytes(&stored.der), &crl), ERR_OK);
	assert_int_equal(signed_object_verify(lab->provider, &crl->outer,
			     lab->ca->spki),
	    ERR_OK);
	while (!der_at_end(&crl->entries)) {
		assert_int_equal(crl_next_entry(&crl->entries, &entry), ERR_OK);
		buf_printf(&text, "%u:%d ", entry.serial.data[0], entry.reason);
	}
	assert_string_equal(buf_string(&text), expected);
	buf_clear(&text);
	crl_free(crl);
	stored_crl_clear(&stored);
}

static void
a_crl_is_made_when_it_is_due(void **state)
{
	static const struct {
		const char *what;
		int64_t after;
		bool revokes;
		bool makes;
	} rows[] = {
		{ "there is none", 0, false, true },
		{ "at once again", 0, false, false },
		{ "a day later", 86400, false, false },
		{ "something was revoked", 86401, true, true },
		{ "before half of its life", 86401 + LIFE / 2 - 1, false,
		    false },
		{ "at half of its life", 86401 + LIFE / 2, false, true },
		{ "before it was made", 86400, false, true },
	};
	struct lab *lab = *state;

	put_certificate(lab, 1, LAB_NOW + 86400);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].revokes)
			set_reason(lab, 1, 4);
		if (makes(lab, LAB_NOW + rows[i].after) != rows[i].makes)
			fail_msg("%s", rows[i].what);
	}
}

static void
a_crl_with_another_life_is_made_anew(void **state)
{
	struct lab *lab = *state;
	struct stored_crl crl;

	assert_true(makes(lab, LAB_NOW));
	lab->keeps_store = true;
	lab_restart(lab, LAB_ENDPOINT(CA_WITH("life = \"1h\";") LAB_CHALLENGE));
	assert_int_equal(scep_make_crls(lab->scep, LAB_NOW + 1), ERR_OK);
	crl = stored_crl_of(lab);
	assert_int_equal(crl.next_update, LAB_NOW + 1 + 3600);
	stored_crl_clear(&crl);
}

/* What expires stays for one more CRL; what has no dates that are known for
 * good. */
static void
a_crl_lists_what_is_revoked(void **state)
{
	struct lab *lab = *state;

	for (uint8_t i = 1; i <= 4; i++)
		put_certificate(lab, i, LAB_NOW + i * 10);
	put_certificate(lab, 5, 0);
	assert_true(makes(lab, LAB_NOW));
	assert_lists(lab, "");
	set_reason(lab, 1, 1);
	set_reason(lab, 3, 6);
	set_reason(lab, 5, 0);
	assert_true(makes(lab, LAB_NOW + 5));
	assert_lists(lab, "1:1 3:6 5:0 ");
	set_reason(lab, 3, -1);
	assert_true(makes(lab, LAB_NOW + 15));
	assert_lists(lab, "1:1 5:0 ");
	set_reason(lab, 4, 4);
	assert_true(makes(lab, LAB_NOW + 16));
	assert_lists(lab, "4:4 5:0 ");
}

/* As after a clock that was wrong, or a CA that has counted higher. */
static void
numbers_go_on_from_a_larger_one(void **state)
{
	struct lab *lab = *state;
	struct stored_crl crl = { .number = LAB_NOW + 1000 };

	buf_append_string(&crl.der, "another's");
	assert_int_equal(store_crl_put(lab->store, authority_of(lab), &crl),
	    ERR_OK);
	stored_crl_clear(&crl);
	assert_true(makes(lab, LAB_NOW));
	crl = stored_crl_of(lab);
	assert_int_equal(crl.number, LAB_NOW + 1001);
	stored_crl_clear(&crl);
}

#define OPENSSL_CONF \
	"[ca]\ndefault_ca = here\n[here]\n" \
	"certificate = ca.pem\nprivate_key = ca.key\ndatabase = index.txt\n" \
	"new_certs_dir = .\nrand_serial = yes\ndefault_days = 20\n" \
	"unique_subject = no\npolicy = any\nx509_extensions = device\n" \
	"crlnumber = crlnumber\ncrl_extensions = list\n" \
	"default_crl_days = 3\n" \
	"[any]\ncommonName = supplied\n" \
	"[device]\nbasicConstraints = CA:FALSE\n" \
	"[list]\nissuerAltName = DNS:a\n"
#define MAKES_AS_OPENSSL \
	LAB_ENDPOINT("ca = { backend = \"openssl\"; " \
		     "config = \"openssl.cnf\"; crl = {}; }; " LAB_CHALLENGE)

static void
put_text(struct lab *lab, const char *name, const char *text)
{
	lab_put(lab, name, bytes_of_string(text), 0600);
}

/* What the file says, as the next number to be used. */
static void
assert_next_number(struct lab *lab, const char *expected)
{
	char *path = xasprintf("%s/crlnumber", lab->folder);
	struct problems *problems = problems_new();
	struct buf text = { 0 };

	assert_int_equal(file_read_now(path, 100, &text, problems), ERR_OK);
	assert_string_equal(buf_string(&text), expected);
	buf_clear(&text);
	problems_free(problems);
	free(path);
}

static void
start_as_openssl(struct lab *lab)
{
	put_text(lab, "openssl.cnf", OPENSSL_CONF);
	put_text(lab, "index.txt", "");
	put_text(lab, "crlnumber", "1000\n");
	lab_restart(lab, MAKES_AS_OPENSSL);
}

static void
a_crl_is_as_the_configuration_of_openssl_says(void **state)
{
	static const uint8_t own[] = { 0x06, 0x03, 0x55, 0x1d, 0x12, 0x04, 0x05,
		0x30, 0x03, 0x82, 0x01, 'a' };
	struct lab *lab = *state;
	struct stored_crl crl;
	struct crl *read = NULL;

	start_as_openssl(lab);
	assert_int_equal(scep_make_crls(lab->scep, LAB_NOW), ERR_OK);
	crl = stored_crl_of(lab);
	assert_int_equal(crl.number, 0x1000);
	assert_int_equal(crl.next_update, LAB_NOW + 3 * 86400);
	assert_int_equal(crl_read(buf_bytes(&crl.der), &read), ERR_OK);
	assert_int_equal(read->number.size, 2);
	assert_memory_equal(read->number.data, "\x10\x00", 2);
	assert_non_null(memmem(crl.der.data, crl.der.size, own, sizeof(own)));
	assert_next_number(lab, "1001\n");
	crl_free(read);
	stored_crl_clear(&crl);
}

/* What is not due takes no number, either. */
static void
each_crl_takes_the_next_number_of_the_file(void **state)
{
	struct lab *lab = *state;
	struct stored_crl crl;

	start_as_openssl(lab);
	put_certificate(lab, 1, LAB_NOW + 86400);
	for (int i = 0; i < 2; i++)
		assert_int_equal(scep_make_crls(lab->scep, LAB_NOW), ERR_OK);
	assert_next_number(lab, "1001\n");
	/* Another's, by "openssl ca -gencrl". */
	put_text(lab, "crlnumber", "1002\n");
	set_reason(lab, 1, 4);
	assert_int_equal(scep_make_crls(lab->scep, LAB_NOW + 1), ERR_OK);
	assert_next_number(lab, "1003\n");
	crl = stored_crl_of(lab);
	assert_int_equal(crl.number, 0x1002);
	stored_crl_clear(&crl);
}

static void
a_crl_waits_for_a_number_that_is_lost(void **state)
{
	struct lab *lab = *state;
	char *path = xasprintf("%s/crlnumber", lab->folder);
	struct stored_crl crl;

	start_as_openssl(lab);
	put_certificate(lab, 1, LAB_NOW + 86400);
	assert_int_equal(scep_make_crls(lab->scep, LAB_NOW), ERR_OK);
	assert_int_equal(unlink(path), 0);
	set_reason(lab, 1, 4);
	assert_int_equal(scep_make_crls(lab->scep, LAB_NOW + 1), ERR_INDEX);
	crl = stored_crl_of(lab);
	assert_int_equal(crl.number, 0x1000);
	stored_crl_clear(&crl);
	/* As the log tells: whatever is written there, it never goes back. */
	put_text(lab, "crlnumber", "01\n");
	assert_int_equal(scep_make_crls(lab->scep, LAB_NOW + 2), ERR_OK);
	assert_next_number(lab, "1002\n");
	assert_lists(lab, "1:4 ");
	free(path);
}

static void
a_ca_without_crls_gets_none(void **state)
{
	struct lab *lab = *state;
	struct stored_crl crl = { 0 };

	lab_restart(lab, LAB_DEFAULT);
	assert_int_equal(scep_make_crls(lab->scep, LAB_NOW), ERR_OK);
	assert_int_equal(store_crl_get(lab->store, authority_of(lab), &crl),
	    ERR_STORE_NONE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		MAKING_TEST(a_crl_is_made_when_it_is_due),
		MAKING_TEST(a_crl_with_another_life_is_made_anew),
		MAKING_TEST(a_crl_lists_what_is_revoked),
		MAKING_TEST(numbers_go_on_from_a_larger_one),
		MAKING_TEST(a_crl_is_as_the_configuration_of_openssl_says),
		MAKING_TEST(each_crl_takes_the_next_number_of_the_file),
		MAKING_TEST(a_crl_waits_for_a_number_that_is_lost),
		MAKING_TEST(a_ca_without_crls_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
