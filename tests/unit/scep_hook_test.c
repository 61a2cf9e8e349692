/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/submission.h"

#include <poll.h>
#include <unistd.h>

#include "base/commands.h"
#include "tests/unit/scep_programs.h"

/* Devices where a program is asked: for a certificate, or for a decision. */

static void
each_answer_of_a_cas_program_has_its_end(void **state)
{
	static const struct row rows[] = {
		{ ISSUE, PKI_STATUS_SUCCESS, TRANSACTION_ISSUED, "", NULL },
		{ ISSUE "; cat ra.pem", PKI_STATUS_SUCCESS, TRANSACTION_ISSUED,
		    "", NULL },
		{ "exit 0", PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "that may be given to the device" },
		{ "cat ra.pem", PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "it is for another key" },
		{ "openssl x509 -req -signkey ra.key 2>/dev/null",
		    PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "kept from the device" },
		{ "echo later; exit 1", PKI_STATUS_PENDING,
		    TRANSACTION_SUBMITTED, "later", "result=pending" },
		{ "echo no; exit 2", PKI_STATUS_FAILURE, TRANSACTION_REJECTED,
		    "", "detail=no " },
		{ "echo why >&2; exit 3", PKI_STATUS_PENDING,
		    TRANSACTION_SUBMITTED, "", "said=\"why" },
		{ "exit 4", PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "(status 4)" },
		{ "echo 5; echo later; exit 5", PKI_STATUS_PENDING,
		    TRANSACTION_SUBMITTED, "later", NULL },
		{ "echo soon; exit 5", PKI_STATUS_PENDING,
		    TRANSACTION_SUBMITTED, "", "status 5" },
		{ "exit 6", PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "(status 6)" },
		{ "exit 77", PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "status 77" },
		{ "kill -9 $$", PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "signal 9" },
		{ "yes", PKI_STATUS_PENDING, TRANSACTION_SUBMITTED, "",
		    "wrote more" },
	};
	struct device *device = *state;

	start(device, COMMAND_CA LAB_CHALLENGE);
	assert_rows(device, rows, COUNT(rows), device->lab->ra);
}

static void
each_answer_of_a_hook_decides(void **state)
{
	static const struct row rows[] = {
		{ "exit 0", PKI_STATUS_SUCCESS, TRANSACTION_ISSUED, "", NULL },
		{ "echo later; exit 1", PKI_STATUS_PENDING, TRANSACTION_HELD,
		    "later", "result=pending" },
		{ "echo who are you; exit 2", PKI_STATUS_FAILURE,
		    TRANSACTION_REJECTED, "", "detail=\"who are you\"" },
		{ "exit 3", PKI_STATUS_PENDING, TRANSACTION_HELD, "",
		    "(status 3)" },
		{ "exit 2", PKI_STATUS_PENDING, TRANSACTION_HELD, "",
		    "an error in it" },
		{ "exit 4", PKI_STATUS_PENDING, TRANSACTION_HELD, "",
		    "(status 4)" },
		{ "echo 5; echo later; exit 5", PKI_STATUS_PENDING,
		    TRANSACTION_HELD, "later", NULL },
		{ "exit 6", PKI_STATUS_PENDING, TRANSACTION_HELD, "",
		    "(status 6)" },
		{ "kill -9 $$", PKI_STATUS_PENDING, TRANSACTION_HELD, "",
		    "signal 9" },
	};
	struct device *device = *state;

	start(device, LAB_CA HOOK);
	assert_rows(device, rows, COUNT(rows), device->lab->ca);
}

/* Where there is no loop it is started for each. */
static void
each_answer_of_a_hook_that_runs_on_decides(void **state)
{
	static const struct row rows[] = {
		{ LINES "say '\"status\": 0'", PKI_STATUS_SUCCESS,
		    TRANSACTION_ISSUED, "", NULL },
		{ LINES "say '\"status\": 1, \"cookie\": \"later\"'",
		    PKI_STATUS_PENDING, TRANSACTION_HELD, "later",
		    "result=pending" },
		{ LINES "say '\"status\": 2, \"reason\": \"no\"'",
		    PKI_STATUS_FAILURE, TRANSACTION_REJECTED, "", "detail=no" },
		{ LINES "say '\"status\": 3, \"reason\": \"why\"'",
		    PKI_STATUS_PENDING, TRANSACTION_HELD, "", "said=why" },
	};
	struct device *device = *state;

	start(device, LAB_CA RUNS_ON);
	assert_rows(device, rows, COUNT(rows), device->lab->ca);
}

static void
what_is_pending_is_asked_for_by_its_cookie(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, COMMAND_CA LAB_CHALLENGE);
	put_program(lab,
	    "[ $SCEP_OPERATION = SUBMIT ] && { echo one; exit 1; }\n"
	    "[ $SCEP_OPERATION,$SCEP_COOKIE = POLL,one ] && " ISSUE);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_SUCCESS);
}

/* One after the other, and the CA gets no cookie of the hook's. */
static void
a_hook_decides_before_a_ca_is_asked(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, COMMAND_CA HOOK);
	put_program(lab,
	    "[ $SCEP_OPERATION = AUTHORIZE ] && [ -z \"$SCEP_COOKIE\" ] && "
	    "{ echo asked; exit 1; }\n"
	    "[ $SCEP_OPERATION = AUTHORIZE ] && exit 0\n"
	    "[ $SCEP_OPERATION,$SCEP_COOKIE = SUBMIT, ] && " ISSUE);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	assert_int_equal(store_make_due(lab->store), ERR_OK);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_SUCCESS);
}

/* The program is not asked while an operator has decided. */
static void
an_operator_may_decide_before_a_hook_does(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;

	start(device, LAB_CA HOOK);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	decide(lab, 1, true, "");
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

static bool
is_in_state(struct lab *lab, int64_t number, enum transaction_state state)
{
	struct transaction transaction = stored(lab, number);
	bool is = transaction.state == state;

	transaction_clear(&transaction);
	return is;
}

/* As the keeper has them: until the transaction is in that state no more. */
static void
run_while(struct lab *lab, struct commands *commands, int64_t number,
    enum transaction_state state)
{
	while (is_in_state(lab, number, state)) {
		struct pollfd event = { commands_descriptor(commands), POLLIN,
			0 };

		assert_true(poll(&event, 1, -1) > 0);
		commands_run(commands);
	}
}

/* As the keeper has it. */
static void
one_that_runs_on_is_asked_again_and_again_in_the_loop(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct commands *commands = NULL;

	start(device, LAB_CA "answer_within = \"0s\"; " RUNS_ON);
	assert_int_equal(commands_new(&commands), ERR_OK);
	scep_use_commands(lab->scep, commands);
	put_program(lab,
	    "mkdir once || exit 3\n"
	    "while " LINES "[ -n \"$line\" ]; do say '\"status\": 0'; done");
	for (int64_t i = 1; i <= 3; i++) {
		const char id[] = { (char)('a' + i), '\0' };

		device->request.transaction_id = bytes_of_string(id);
		assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
		run_while(lab, commands, i, TRANSACTION_HELD);
		assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
	}
	scep_use_commands(lab->scep, NULL);
	commands_free(commands);
}

/* As the keeper has it: the errand is done before the program is. */
static void
programs_run_aside_where_there_is_a_loop_for_them(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct commands *commands = NULL;

	start(device, COMMAND_CA "answer_within = \"0s\"; " LAB_CHALLENGE);
	assert_int_equal(commands_new(&commands), ERR_OK);
	scep_use_commands(lab->scep, commands);
	put_program(lab, ISSUE);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	/* Nobody else asks meanwhile. */
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	run_while(lab, commands, 1, TRANSACTION_SUBMITTED);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_SUCCESS);
	scep_use_commands(lab->scep, NULL);
	commands_free(commands);
}

/* Nobody is asked about what was decided while it waited for its turn. */
static void
what_was_decided_meanwhile_is_not_asked(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	char *ran = xasprintf("%s/ran", lab->folder);
	struct commands *commands = NULL;

	start(device, COMMAND_CA "answer_within = \"0s\"; " LAB_CHALLENGE);
	assert_int_equal(commands_new(&commands), ERR_OK);
	scep_use_commands(lab->scep, commands);
	put_program(lab, ": >ran; exit 3");
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	decide(lab, 1, false, "no");
	commands_run(commands);
	scep_use_commands(lab->scep, NULL);
	commands_free(commands);
	assert_int_equal(access(ran, F_OK), -1);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_FAILURE);
	free(ran);
}

/* A keeper that ends has asked for nothing. */
static void
what_was_cancelled_is_due_again(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct commands *commands = NULL;

	start(device, COMMAND_CA "answer_within = \"0s\"; " LAB_CHALLENGE);
	assert_int_equal(commands_new(&commands), ERR_OK);
	scep_use_commands(lab->scep, commands);
	put_program(lab, "sleep 1000");
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	commands_run(commands);
	scep_use_commands(lab->scep, NULL);
	commands_free(commands);
	put_program(lab, ISSUE);
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_SUCCESS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(each_answer_of_a_cas_program_has_its_end),
		DEVICE_TEST(each_answer_of_a_hook_decides),
		DEVICE_TEST(each_answer_of_a_hook_that_runs_on_decides),
		DEVICE_TEST(what_is_pending_is_asked_for_by_its_cookie),
		DEVICE_TEST(a_hook_decides_before_a_ca_is_asked),
		DEVICE_TEST(an_operator_may_decide_before_a_hook_does),
		DEVICE_TEST(
		    one_that_runs_on_is_asked_again_and_again_in_the_loop),
		DEVICE_TEST(programs_run_aside_where_there_is_a_loop_for_them),
		DEVICE_TEST(what_was_decided_meanwhile_is_not_asked),
		DEVICE_TEST(what_was_cancelled_is_due_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
