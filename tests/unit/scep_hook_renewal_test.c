/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/submission.h"

#include "base/hex.h"
#include "tests/unit/scep_programs.h"
#include "tests/unit/scep_renewer.h"

/* Programs that decide about renewals, and that choose profiles. */

#define RENEW_HOOK \
	"renew = { approval = \"hook\"; hook = { command = " \
	"( \"%s/program\" ); }; }; "
#define PROFILES \
	"profile = ( { name = \"router\"; days = 300; }, " \
	"{ name = \"phone\"; days = 30; } ); "

#define DAY 86400

static void
start_renewing(struct renewer *renewer, const char *settings)
{
	start(renewer->device, settings);
	renewer->request.recipient = renewer->lab->ca;
}

/* How many days the certificate is valid that it gets. */
static int64_t
days_of(struct lab *lab, const struct lab_request *request)
{
	struct certificate *certificate = assert_request_issued(lab, request);
	int64_t days = (certificate->not_after - LAB_NOW) / DAY;

	certificate_free(certificate);
	return days;
}

static void
a_renewal_is_decided_by_its_own_hook(void **state)
{
	struct renewer *renewer = *state;
	struct lab *lab = renewer->lab;
	struct buf serial = { 0 };
	char *lines;

	hex_append(&serial, serial_number(renewer->old.certificate->serial));
	lines = xasprintf("[ $SCEP_OPERATION = AUTHORIZE ] || exit 4\n"
			  "[ \"$SCEP_RENEWS_SERIAL\" = %s ] || exit 4\n"
			  "set -- $(openssl x509 -noout -serial)\n"
			  "serial=$(echo \"${1#serial=}\" | tr A-F a-f)\n"
			  "[ \"$serial\" = \"$SCEP_RENEWS_SERIAL\" ] || exit 4",
	    buf_string(&serial));
	start_renewing(renewer, LAB_CA LAB_CHALLENGE RENEW_HOOK);
	put_program(lab, lines);
	certificate_free(assert_request_issued(lab, &renewer->request));
	/* And no first request. */
	put_program(lab, "exit 3");
	renewer->device->request.transaction_id = BYTES_LITERAL("first");
	assert_int_equal(ask(renewer->device, lab->ca), PKI_STATUS_SUCCESS);
	buf_clear(&serial);
	free(lines);
}

static void
a_hook_for_first_requests_is_not_asked_about_renewals(void **state)
{
	struct renewer *renewer = *state;

	start_renewing(renewer, LAB_CA HOOK);
	put_program(renewer->lab, "exit 3");
	certificate_free(assert_request_issued(renewer->lab,
	    &renewer->request));
}

static void
a_refused_renewal_has_what_the_hook_says(void **state)
{
	const struct refusal_wish wish = { ERR_REQUEST_REJECTED,
		FAIL_INFO_BAD_TIME, "not before May" };
	struct renewer *renewer = *state;

	start_renewing(renewer, LAB_CA LAB_CHALLENGE RENEW_HOOK);
	put_program(renewer->lab,
	    "echo failInfo=badTime; echo not before May; exit 2");
	assert_request_refused_with(renewer->lab, &renewer->request, &wish);
}

/* Weeks may have gone by. */
static void
what_was_revoked_while_its_renewal_was_held_is_not_renewed(void **state)
{
	struct renewer *renewer = *state;
	struct lab *lab = renewer->lab;
	struct transaction transaction;

	start_renewing(renewer,
	    LAB_CA LAB_CHALLENGE "renew = { approval = \"manual\"; }; ");
	assert_int_equal(status_of(lab, &renewer->request, lab->ca),
	    PKI_STATUS_PENDING);
	transaction = stored(lab, 2);
	assert_int_equal(store_certificate_revoke(lab->store,
			     buf_bytes(&transaction.renews_authority),
			     buf_bytes(&transaction.renews_serial), 1, LAB_NOW),
	    ERR_OK);
	transaction_clear(&transaction);
	decide(lab, 2, true, "");
	assert_request_refused(lab, &renewer->request, ERR_RENEWAL_REVOKED);
	decide(lab, 2, false, "");
	assert_request_refused(lab, &renewer->request, ERR_REQUEST_REJECTED);
}

static void
a_key_that_was_revoked_while_its_request_was_held_gets_no_certificate(
    void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct certificate_record record = { 0 };
	uint8_t key[STORE_HASH_SIZE];

	start(device, LAB_CA HOOK);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	provider_digest(lab->provider, DIGEST_SHA256,
	    &device->client.certificate->spki, 1, key);
	record = (struct certificate_record){ .authority = BYTES_ARRAY(key),
		.serial = BYTES_LITERAL("1"),
		.key = BYTES_ARRAY(key) };
	assert_int_equal(store_certificate_add(lab->store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_int_equal(store_certificate_revoke(lab->store, record.authority,
			     record.serial, 1, LAB_NOW),
	    ERR_OK);
	decide(lab, 1, true, "");
	assert_request_refused(lab, &device->request, ERR_KEY_REVOKED);
}

static void
a_hook_chooses_among_the_profiles(void **state)
{
	static const struct {
		const char *lines;
		int64_t days;
	} rows[] = {
		{ "[ \"$SCEP_PROFILE\" = router ] || exit 4", 300 },
		{ "echo profile=router", 300 },
		{ "echo profile=phone", 30 },
	};
	struct device *device = *state;

	start(device, LAB_CA HOOK PROFILES);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char id[] = { (char)('a' + i), '\0' };

		device->request.transaction_id = bytes_of_string(id);
		put_program(device->lab, rows[i].lines);
		assert_int_equal(days_of(device->lab, &device->request),
		    rows[i].days);
	}
}

static void
a_ca_is_told_the_profile_that_the_hook_has_chosen(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, COMMAND_CA HOOK PROFILES);
	put_program(lab,
	    "[ $SCEP_OPERATION = AUTHORIZE ] && { echo profile=phone; exit; }\n"
	    "[ $SCEP_OPERATION,$SCEP_PROFILE = SUBMIT,phone ] && " ISSUE);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_SUCCESS);
}

/* It may be mended. */
static void
a_profile_that_is_none_is_trouble(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, LAB_CA HOOK PROFILES);
	put_program(lab, "echo profile=printer");
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	assert_true(lab_logged(lab, "profile"));
	put_program(lab, "echo profile=phone");
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

/* A configuration may have changed since. */
static void
a_profile_that_is_gone_is_said(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct transaction transaction;
	const struct decision decision = { .profile = BYTES_LITERAL("gone"),
		.now = LAB_NOW };

	start(device, LAB_CA HOOK PROFILES);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	transaction = stored(lab, 1);
	assert_int_equal(store_approve(lab->store, 1,
			     buf_bytes(&transaction.request_hash), &decision),
	    ERR_OK);
	transaction_clear(&transaction);
	assert_put_off(lab, &device->request, ERR_PROFILE);
	/* Somebody may think better of it. */
	decide(lab, 1, true, "");
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

/* Which it would be refused by for good. */
static void
a_profile_that_does_not_fit_is_trouble(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device,
	    LAB_CA HOOK "profile = ( { name = \"all\"; }, { name = \"none\"; "
			"require = ( \"serialNumber\" ); } ); ");
	put_program(lab, "echo profile=none");
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	assert_true(lab_logged(lab, "has chosen the profile \\\"none\\\""));
	put_program(lab, "exit 0");
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

/* Where nothing else says who decides. */
static void
a_hook_for_first_requests_decides_about_unknown_renewals(void **state)
{
	static const struct {
		const char *settings;
		enum pki_status status;
	} rows[] = {
		{ LAB_CA HOOK "renew = { unknown = \"hold\"; }; ",
		    PKI_STATUS_SUCCESS },
		{ LAB_CA HOOK "renew = { approval = \"manual\"; }; ",
		    PKI_STATUS_PENDING },
	};
	struct renewer *renewer = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char id[] = { (char)('a' + i), '\0' };

		renewer->lab->keeps_store = i != 0;
		start_renewing(renewer, rows[i].settings);
		put_program(renewer->lab,
		    "[ -n \"$SCEP_RENEWS_SERIAL\" ] || exit 4");
		renewer->request.transaction_id = bytes_of_string(id);
		assert_int_equal(status_of(renewer->lab, &renewer->request,
				     renewer->lab->ca),
		    rows[i].status);
	}
}

#define RENEWAL_TEST(function) \
	cmocka_unit_test_setup_teardown(function, renewer_setup, \
	    renewer_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RENEWAL_TEST(a_renewal_is_decided_by_its_own_hook),
		RENEWAL_TEST(
		    a_hook_for_first_requests_is_not_asked_about_renewals),
		RENEWAL_TEST(a_refused_renewal_has_what_the_hook_says),
		RENEWAL_TEST(
		    what_was_revoked_while_its_renewal_was_held_is_not_renewed),
		DEVICE_TEST(
		    a_key_that_was_revoked_while_its_request_was_held_gets_no_certificate),
		DEVICE_TEST(a_hook_chooses_among_the_profiles),
		DEVICE_TEST(a_ca_is_told_the_profile_that_the_hook_has_chosen),
		DEVICE_TEST(a_profile_that_is_none_is_trouble),
		DEVICE_TEST(a_profile_that_is_gone_is_said),
		DEVICE_TEST(a_profile_that_does_not_fit_is_trouble),
		RENEWAL_TEST(
		    a_hook_for_first_requests_decides_about_unknown_renewals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
