/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/submission.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "tests/unit/scep_stored.h"

/* Devices at a CA that makes its certificates itself: `openssl ca`, by way of
 * a program of the test's. */

#define CA \
	"ca = { backend = \"openssl\"; config = \"openssl.cnf\"; " \
	"method = \"openssl\"; program = \"program\"; }; " LAB_RA
#define AUTOMATIC LAB_ENDPOINT(CA LAB_CHALLENGE)
#define MANUAL \
	LAB_ENDPOINT(CA "enrol = { approval = \"manual\"; challenge = ( " \
			"{ type = \"static\"; secret = \"secret\"; } ); }; ")

static const char cnf[] =
    "[ca]\ndefault_ca = here\n[here]\n"
    "certificate = ca.pem\nprivate_key = ca.key\ndatabase = index.txt\n"
    "new_certs_dir = .\nrand_serial = yes\ndefault_days = 20\n"
    "default_md = sha256\nunique_subject = no\npolicy = any\n"
    "x509_extensions = device\ncopy_extensions = copy\n"
    "[any]\ncommonName = optional\n"
    "[device]\nbasicConstraints = CA:FALSE\n";

static void
put_program(const struct lab *lab, const char *lines)
{
	struct buf text = { 0 };

	buf_printf(&text, "#!/bin/sh\n%s\n", lines);
	lab_put(lab, "program", buf_bytes(&text), 0700);
	buf_clear(&text);
}

static void
start(struct device *device, const char *conf)
{
	lab_put(device->lab, "openssl.cnf", bytes_of_string(cnf), 0600);
	lab_put(device->lab, "index.txt", bytes_of_string(""), 0600);
	put_program(device->lab, "exec openssl \"$@\"");
	device->lab->keeps_store = true;
	lab_restart(device->lab, conf);
	device->request.recipient = device->lab->ra;
}

static int
setup(void **state)
{
	if (device_setup(state) != 0)
		return -1;
	start(*state, AUTOMATIC);
	return 0;
}

#define SUBMISSION_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, device_teardown)

/* What the device is answered. */
static enum pki_status
ask(struct device *device)
{
	return status_of(device->lab, &device->request, device->lab->ra);
}

static void
assert_refused_as(struct device *device, const char *reason)
{
	assert_int_equal(ask(device), PKI_STATUS_FAILURE);
	if (!lab_logged(device->lab, reason))
		fail_msg("want %s: %s", reason, buf_string(&device->lab->log));
}

static void
assert_state(struct lab *lab, int64_t number, enum transaction_state state)
{
	struct transaction transaction = stored(lab, number);

	assert_int_equal(transaction.state, state);
	assert_int_equal(transaction.csr.size > 0,
	    state != TRANSACTION_ISSUED && state != TRANSACTION_REJECTED);
	transaction_clear(&transaction);
}

static void
a_device_gets_what_the_ca_has_made(void **state)
{
	struct device *device = *state;

	assert_int_equal(ask(device), PKI_STATUS_SUCCESS);
	assert_state(device->lab, 1, TRANSACTION_ISSUED);
	/* Again, the same. */
	put_program(device->lab, "exit 1");
	assert_int_equal(ask(device), PKI_STATUS_SUCCESS);
}

static void
while_the_ca_is_in_trouble_devices_wait(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	put_program(lab, "echo the token is not there >&2; exit 1");
	assert_int_equal(ask(device), PKI_STATUS_PENDING);
	assert_true(lab_logged(lab, "the token is not there"));
	assert_state(lab, 1, TRANSACTION_SUBMITTED);
	put_program(lab, "exec openssl \"$@\"");
	/* Not before its time, whoever asks. */
	scep_run_submissions(lab->scep, 1000);
	assert_state(lab, 1, TRANSACTION_SUBMITTED);
	device->request.message_type = "20";
	device->request.data = BYTES_LITERAL("\x30\x04\x30\x00\x30\x00");
	assert_int_equal(ask(device), PKI_STATUS_PENDING);
	/* The clock of the errand is the machine's. */
	assert_int_equal(store_put_off(lab->store, 1, bytes_of_string(""), 1),
	    ERR_OK);
	scep_run_submissions(lab->scep, LAB_NOW + 2);
	assert_state(lab, 1, TRANSACTION_ISSUED);
	assert_int_equal(ask(device), PKI_STATUS_SUCCESS);
}

static void
what_the_ca_refuses_is_refused(void **state)
{
	struct device *device = *state;

	put_program(device->lab,
	    "echo 'The organizationName field needed to be supplied and was "
	    "missing' >&2; exit 1");
	assert_refused_as(device,
	    "the subject lacks an attribute that the CA's policy wants");
	assert_state(device->lab, 1, TRANSACTION_REJECTED);
	assert_refused_as(device, "reason=request-rejected");
}

static void
what_is_held_goes_to_the_ca_when_it_is_approved(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	lab_restart(lab, MANUAL);
	assert_int_equal(ask(device), PKI_STATUS_PENDING);
	assert_state(lab, 1, TRANSACTION_HELD);
	decide(lab, 1, true, "");
	assert_int_equal(ask(device), PKI_STATUS_SUCCESS);
	assert_state(lab, 1, TRANSACTION_ISSUED);
}

/* An Extension subjectAltName with this GeneralName, in a list. */
#define IP_NAME \
	"\x30\x11\x30\x0f\x06\x03\x55\x1d\x11\x04\x08\x30\x06\x87\x04" \
	"\x0a\x00\x00\x01"
/* basicConstraints, CA:TRUE. */
#define CA_TRUE \
	"\x30\x0e\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff"

static void
what_could_not_be_left_out_is_refused(void **state)
{
	const struct row {
		struct bytes extensions;
		const char *reason;
	} rows[] = {
		{ BYTES_LITERAL(IP_NAME), "reason=san" },
		{ BYTES_LITERAL(CA_TRUE), "reason=csr-extension" },
	};
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		device->request.extensions = rows[i].extensions;
		assert_refused_as(device, rows[i].reason);
	}
	/* Nor later, by rules that were others before. */
	lab_restart(device->lab,
	    LAB_ENDPOINT(CA "profile = { san = ( \"ip\" ); }; "
			    "enrol = { anonymous = true; "
			    "approval = \"manual\"; }; "));
	device->request.extensions = rows[0].extensions;
	assert_int_equal(ask(device), PKI_STATUS_PENDING);
	decide(device->lab, 1, true, "");
	lab_restart(device->lab, AUTOMATIC);
	assert_refused_as(device, "reason=san");
	assert_state(device->lab, 1, TRANSACTION_APPROVED);
}

static void
an_errand_that_names_no_transaction_is_refused(void **state)
{
	const struct row {
		struct bytes request;
		enum err err;
	} rows[] = {
		{ BYTES_LITERAL(""), ERR_ERRAND_REFUSED },
		{ BYTES_LITERAL("\0\0\0\0\0\0\1"), ERR_ERRAND_REFUSED },
		{ BYTES_LITERAL("\0\0\0\0\0\0\0\0\1"), ERR_ERRAND_REFUSED },
		{ BYTES_LITERAL("\xff\0\0\0\0\0\0\1"), ERR_ERRAND_REFUSED },
		/* One that is not there is nobody's business any more. */
		{ BYTES_LITERAL("\x7f\xff\xff\xff\xff\xff\xff\xff"), ERR_OK },
	};
	struct device *device = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf reply = { 0 };

		assert_int_equal(errand_table_run(&device->lab->errand_table,
				     SUBMISSION_ERRAND, rows[i].request,
				     &reply),
		    rows[i].err);
		assert_int_equal(reply.size, 0);
	}
}

/* Its place is another's now, or nobody's. */
static void
what_is_for_a_ca_that_is_gone_waits_for_a_decision(void **state)
{
	static const char *const confs[] = {
		LAB_DEFAULT,
		"endpoints = ( { path = \"/other\"; " CA LAB_CHALLENGE " } );",
	};
	struct device *device = *state;
	struct lab *lab = device->lab;

	put_program(lab, "exit 1");
	assert_int_equal(ask(device), PKI_STATUS_PENDING);
	for (size_t i = 0; i < COUNT(confs); i++) {
		lab_restart(lab, confs[i]);
		assert_int_equal(store_put_off(lab->store, 1,
				     bytes_of_string(""), 1),
		    ERR_OK);
		scep_run_submissions(lab->scep, LAB_NOW);
		assert_state(lab, 1, TRANSACTION_SUBMITTED);
	}
	decide(lab, 1, false, "");
	assert_state(lab, 1, TRANSACTION_REJECTED);
}

static void *
ask_and_wait(void *context)
{
	static enum pki_status status;

	status = ask(context);
	return &status;
}

/* Whatever becomes of its transaction, a certificate that there is is known:
 * it can be revoked. */
static void
what_was_rejected_meanwhile_is_known_all_the_same(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct store_counts counts = { 0 };
	char *started = xasprintf("%s/started", lab->folder);
	pthread_t thread;
	void *status;

	put_program(lab,
	    "openssl \"$@\"; : >started; "
	    "while [ ! -e go ]; do sleep 0.01; done");
	assert_int_equal(pthread_create(&thread, NULL, ask_and_wait, device),
	    0);
	while (access(started, F_OK) != 0)
		sched_yield();
	decide(lab, 1, false, "");
	lab_put(lab, "go", bytes_of_string(""), 0600);
	assert_int_equal(pthread_join(thread, &status), 0);
	assert_int_equal(*(enum pki_status *)status, PKI_STATUS_FAILURE);
	assert_int_equal(store_count(lab->store, &counts), ERR_OK);
	assert_int_equal(counts.certificates, 1);
	assert_int_equal(counts.transactions[TRANSACTION_REJECTED], 1);
	free(started);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SUBMISSION_TEST(a_device_gets_what_the_ca_has_made),
		SUBMISSION_TEST(while_the_ca_is_in_trouble_devices_wait),
		SUBMISSION_TEST(what_the_ca_refuses_is_refused),
		SUBMISSION_TEST(
		    what_is_held_goes_to_the_ca_when_it_is_approved),
		SUBMISSION_TEST(what_could_not_be_left_out_is_refused),
		SUBMISSION_TEST(an_errand_that_names_no_transaction_is_refused),
		SUBMISSION_TEST(
		    what_is_for_a_ca_that_is_gone_waits_for_a_decision),
		SUBMISSION_TEST(
		    what_was_rejected_meanwhile_is_known_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
