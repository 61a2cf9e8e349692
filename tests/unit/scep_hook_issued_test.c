/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/submission.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/commands.h"
#include "crypto/der.h"
#include "tests/unit/scep_programs.h"

/* A program that is to know of a certificate before its device gets it. */

#define ISSUED "issued = { command = ( \"%s/program\" ); tries = 3; }; "
#define ISSUED_LINES \
	"issued = { command = ( \"%s/program\" ); mode = \"coprocess\"; }; "

static void
each_answer_of_the_program_has_its_end(void **state)
{
	static const struct row rows[] = {
		{ "exit 0", PKI_STATUS_SUCCESS, TRANSACTION_ISSUED, "", NULL },
		{ "echo no; exit 2", PKI_STATUS_FAILURE, TRANSACTION_REJECTED,
		    "", "is revoked before its device" },
		{ "echo later; exit 1", PKI_STATUS_PENDING,
		    TRANSACTION_WITHHELD, "later", "result=pending" },
		{ "exit 3", PKI_STATUS_PENDING, TRANSACTION_WITHHELD, "",
		    "(status 3)" },
		{ "exit 4", PKI_STATUS_PENDING, TRANSACTION_WITHHELD, "",
		    "(status 4)" },
		{ "echo 5; echo later; exit 5", PKI_STATUS_PENDING,
		    TRANSACTION_WITHHELD, "later", NULL },
		{ "exit 6", PKI_STATUS_PENDING, TRANSACTION_WITHHELD, "",
		    "(status 6)" },
		{ "kill -9 $$", PKI_STATUS_PENDING, TRANSACTION_WITHHELD, "",
		    "signal 9" },
	};
	struct device *device = *state;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	assert_rows(device, rows, COUNT(rows), device->lab->ca);
}

static void
it_gets_the_certificate_and_all_that_is_known_of_it(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	put_program(lab,
	    "set -- $(openssl x509 -noout -serial -subject -nameopt RFC2253)\n"
	    "serial=$(echo \"${1#serial=}\" | tr A-F a-f)\n"
	    "[ \"$serial\" = \"$SCEP_SERIAL\" ] || exit 4\n"
	    "[ \"$2\" = \"subject=$SCEP_REQ_SUBJECT\" ] || exit 4\n"
	    "[ $SCEP_OPERATION,$SCEP_REQUEST = ISSUED,1 ] || exit 4\n"
	    "[ ${#SCEP_KEY_HASH} = 64 ] || exit 4");
	if (ask(device, lab->ca) != PKI_STATUS_SUCCESS)
		fail_msg("%s", buf_string(&lab->log));
}

static void
one_that_runs_on_is_told_as_well(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, LAB_CA LAB_CHALLENGE ISSUED_LINES);
	put_program(lab,
	    LINES "case $line in *'\"certificate\": \"-----BEGIN'*) "
		  "say '\"status\": 0' ;; *) say '\"status\": 4' ;; esac");
	if (ask(device, lab->ca) != PKI_STATUS_SUCCESS)
		fail_msg("%s", buf_string(&lab->log));
}

/* Whoever made it. */
static void
the_certificate_of_a_cas_program_is_withheld_as_well(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, COMMAND_CA LAB_CHALLENGE ISSUED);
	put_program(lab,
	    "[ $SCEP_OPERATION = SUBMIT ] && { " ISSUE "; exit; }\n"
	    "[ $SCEP_OPERATION = ISSUED ] && [ -e knows ] && exit 0\n"
	    "exit 3");
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	lab_put(lab, "knows", BYTES_LITERAL(""), 0600);
	/* Not before it is time to. */
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_SUCCESS);
}

/* As if it had been tried a minute ago, by the clock of who does errands. */
static void
be_due_after_a_minute(struct lab *lab, int64_t number)
{
	struct transaction transaction = { 0 };

	assert_int_equal(store_make_due(lab->store), ERR_OK);
	assert_int_equal(store_take(lab->store, number, clock_now() - 60,
			     clock_now(), &transaction),
	    ERR_OK);
	transaction_clear(&transaction);
	assert_int_equal(store_make_due(lab->store), ERR_OK);
}

/* A keeper that is started anew asks at once. */
static void
what_is_tried_again_at_once_is_no_other_try(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct transaction transaction;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
		assert_int_equal(store_make_due(lab->store), ERR_OK);
	}
	transaction = stored(lab, 1);
	assert_int_equal(transaction.tries, 1);
	transaction_clear(&transaction);
}

/* The fault is not the program's. */
static void
what_could_not_be_run_is_no_try(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct commands *commands = NULL;
	struct transaction transaction;
	char id[24];

	start(device, LAB_CA "answer_within = \"0s\"; " LAB_CHALLENGE ISSUED);
	assert_int_equal(commands_new(&commands), ERR_OK);
	scep_use_commands(lab->scep, commands);
	put_program(lab, "sleep 1000");
	for (int64_t number = 1;; number++) {
		snprintf(id, sizeof(id), "%lld", (long long)number);
		device->request.transaction_id = bytes_of_string(id);
		assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
		if (!lab_logged(lab, "wait for their turn"))
			continue;
		transaction = stored(lab, number);
		assert_int_equal(transaction.tries, 0);
		assert_true(transaction.due_at > 0);
		transaction_clear(&transaction);
		break;
	}
	scep_use_commands(lab->scep, NULL);
	commands_free(commands);
}

static void
what_is_revoked_meanwhile_is_given_to_nobody(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct transaction transaction;
	struct certificate *certificate = NULL;
	uint8_t authority[STORE_HASH_SIZE];
	char *asked;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	transaction = stored(lab, 1);
	assert_int_equal(certificate_read(buf_bytes(&transaction.certificate),
			     &certificate),
	    ERR_OK);
	provider_digest(lab->provider, DIGEST_SHA256, &lab->ca->spki, 1,
	    authority);
	assert_int_equal(store_certificate_revoke(lab->store,
			     BYTES_ARRAY(authority),
			     serial_number(certificate->serial), 1, LAB_NOW),
	    ERR_OK);
	certificate_free(certificate);
	transaction_clear(&transaction);
	/* The program is not asked. */
	put_program(lab, ": >asked");
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	scep_run_submissions(lab->scep, LAB_NOW);
	transaction = stored(lab, 1);
	assert_int_equal(transaction.state, TRANSACTION_LAPSED);
	transaction_clear(&transaction);
	asked = xasprintf("%s/asked", lab->folder);
	assert_int_equal(access(asked, F_OK), -1);
	free(asked);
	assert_request_refused(lab, &device->request, ERR_KEY_REVOKED);
}

static void
get_cert_gives_nobody_what_is_withheld(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct lab_request request = lab_request_by(lab, &device->client);
	struct transaction transaction;
	struct certificate *certificate = NULL;
	struct buf wanted = { 0 };
	size_t open = der_open(&wanted, DER_SEQUENCE);

	start(device, LAB_CA LAB_CHALLENGE "get_cert = \"any\"; " ISSUED);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	transaction = stored(lab, 1);
	assert_int_equal(certificate_read(buf_bytes(&transaction.certificate),
			     &certificate),
	    ERR_OK);
	buf_append(&wanted, lab->ca->subject);
	der_append_unsigned(&wanted, serial_number(certificate->serial));
	der_close(&wanted, open);
	request.message_type = "21";
	request.data = buf_bytes(&wanted);
	assert_request_refused(lab, &request, ERR_CERTIFICATE_UNKNOWN);
	assert_int_equal(store_release(lab->store, 1, LAB_NOW), ERR_OK);
	certificate_free(assert_request_issued(lab, &request));
	certificate_free(certificate);
	transaction_clear(&transaction);
	buf_clear(&wanted);
}

/* The revocation of the first does not keep the same key from another. */
static void
after_some_tries_in_vain_it_is_revoked_and_the_device_may_come_again(
    void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct transaction transaction;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	for (int64_t tries = 1; tries < 3; tries++) {
		assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
		transaction = stored(lab, 1);
		assert_int_equal(transaction.tries, tries);
		assert_true(transaction.due_at > 0);
		assert_false(transaction.revoked);
		transaction_clear(&transaction);
		be_due_after_a_minute(lab, 1);
	}
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_FAILURE);
	assert_true(lab_logged(lab, "has not taken notice"));
	transaction = stored(lab, 1);
	assert_int_equal(transaction.state, TRANSACTION_LAPSED);
	assert_true(transaction.revoked);
	transaction_clear(&transaction);
	put_program(lab, "exit 0");
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

/* By what the keeper does, whether or not the device asks. */
static void
it_is_told_again_without_the_device(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct transaction transaction;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	put_program(lab, "exit 0");
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	scep_run_submissions(lab->scep, LAB_NOW);
	transaction = stored(lab, 1);
	assert_int_equal(transaction.state, TRANSACTION_ISSUED);
	transaction_clear(&transaction);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

static void
what_nobody_has_to_know_any_more_is_given(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	lab_restart(lab, LAB_DEFAULT);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

static void
what_nobody_has_to_know_any_more_is_released_without_its_device(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct transaction transaction;

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	lab_restart(lab, LAB_DEFAULT);
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	scep_run_submissions(lab->scep, LAB_NOW);
	transaction = stored(lab, 1);
	assert_int_equal(transaction.state, TRANSACTION_ISSUED);
	transaction_clear(&transaction);
}

static void
an_operator_may_give_it_or_take_it_back(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	const struct decision decision = { .reason = BYTES_LITERAL("no room"),
		.fail_info = FAIL_INFO_BAD_REQUEST,
		.now = LAB_NOW };

	start(device, LAB_CA LAB_CHALLENGE ISSUED);
	device->request.transaction_id = BYTES_LITERAL("a");
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	assert_int_equal(store_release(lab->store, 1, LAB_NOW), ERR_OK);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
	device->request.transaction_id = BYTES_LITERAL("b");
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	assert_int_equal(store_withdraw(lab->store, 2, &decision), ERR_OK);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_FAILURE);
	assert_true(lab_logged(lab, "detail=\"no room\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(each_answer_of_the_program_has_its_end),
		DEVICE_TEST(
		    it_gets_the_certificate_and_all_that_is_known_of_it),
		DEVICE_TEST(one_that_runs_on_is_told_as_well),
		DEVICE_TEST(
		    the_certificate_of_a_cas_program_is_withheld_as_well),
		DEVICE_TEST(
		    after_some_tries_in_vain_it_is_revoked_and_the_device_may_come_again),
		DEVICE_TEST(what_is_tried_again_at_once_is_no_other_try),
		DEVICE_TEST(what_could_not_be_run_is_no_try),
		DEVICE_TEST(what_is_revoked_meanwhile_is_given_to_nobody),
		DEVICE_TEST(get_cert_gives_nobody_what_is_withheld),
		DEVICE_TEST(it_is_told_again_without_the_device),
		DEVICE_TEST(what_nobody_has_to_know_any_more_is_given),
		DEVICE_TEST(
		    what_nobody_has_to_know_any_more_is_released_without_its_device),
		DEVICE_TEST(an_operator_may_give_it_or_take_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
