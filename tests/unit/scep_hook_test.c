/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/submission.h"

#include <poll.h>
#include <unistd.h>

#include "base/commands.h"
#include "tests/unit/scep_reply.h"

/* Devices where a program is asked: for a certificate, or for a decision. */

#define RA LAB_RA
#define COMMAND_CA \
	"ca = { backend = \"command\"; command = ( \"%s/program\" ); " \
	"certificate = \"ca.pem\"; }; " RA
#define HOOK \
	"enrol = { approval = \"hook\"; hook = { command = " \
	"( \"%s/program\" ); }; challenge = ( " \
	"{ type = \"static\"; secret = \"secret\"; } ); }; "

#define ISSUE "openssl x509 -req -CA ca.pem -CAkey ca.key -days 9 2>/dev/null"

static void
put_program(const struct lab *lab, const char *lines)
{
	struct buf text = { 0 };

	buf_printf(&text, "#!/bin/sh\ncd %s\n%s\n", lab->folder, lines);
	lab_put(lab, "program", buf_bytes(&text), 0700);
	buf_clear(&text);
}

/* Starts an endpoint of these settings, of which `%s` is the lab's folder. */
static void
start(struct device *device, const char *settings)
{
	struct lab *lab = device->lab;
	struct buf conf = { 0 };

	buf_append_string(&conf, "endpoints = ( { path = \"/scep\"; ");
	for (const char *at = settings; *at != '\0'; at++)
		if (at[0] == '%' && at[1] == 's') {
			buf_append_string(&conf, lab->folder);
			at++;
		} else {
			buf_append_octet(&conf, (uint8_t)*at);
		}
	buf_append_string(&conf, " } );\n");
	put_program(lab, "exit 3");
	lab->keeps_store = true;
	lab_restart(lab, buf_string(&conf));
	buf_clear(&conf);
}

static enum pki_status
ask(struct device *device, const struct certificate *signer)
{
	struct buf message;
	struct scep_exchange exchange;
	struct cert_rep cert_rep;
	enum pki_status status;

	device->request.recipient = signer;
	message = lab_request_message(device->lab, &device->request);
	exchange = lab_post(device->lab, buf_bytes(&message));
	cert_rep = assert_cert_rep(device->lab, &device->client, signer,
	    &exchange);
	status = cert_rep.status;
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
	return status;
}

static struct transaction
stored(struct lab *lab, int64_t number)
{
	struct transaction transaction = { 0 };

	assert_int_equal(store_get(lab->store, number, &transaction), ERR_OK);
	return transaction;
}

/* Every way in which a program can answer, and what becomes of it. */
struct row {
	const char *program;
	enum pki_status status;
	enum transaction_state state;
	const char *cookie;
	const char *log;
};

static void
assert_rows(struct device *device, const struct row *rows, size_t count,
    const struct certificate *signer)
{
	for (size_t i = 0; i < count; i++) {
		struct transaction transaction;
		const char id[] = { (char)('a' + i), '\0' };

		device->request.transaction_id = bytes_of_string(id);
		put_program(device->lab, rows[i].program);
		if (ask(device, signer) != rows[i].status)
			fail_msg("%s: %s", rows[i].program,
			    buf_string(&device->lab->log));
		if (rows[i].log != NULL &&
		    !lab_logged(device->lab, rows[i].log))
			fail_msg("%s: want %s, got %s", rows[i].program,
			    rows[i].log, buf_string(&device->lab->log));
		transaction = stored(device->lab, (int64_t)i + 1);
		assert_int_equal(transaction.state, rows[i].state);
		assert_string_equal(buf_string(&transaction.cookie),
		    rows[i].cookie);
		assert_int_equal(transaction.csr.size > 0,
		    rows[i].status == PKI_STATUS_PENDING);
		transaction_clear(&transaction);
	}
}

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
	struct transaction transaction;

	start(device, LAB_CA HOOK);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_PENDING);
	transaction = stored(lab, 1);
	assert_int_equal(store_decide(lab->store, 1,
			     buf_bytes(&transaction.request_hash), true,
			     bytes_of_string(""), LAB_NOW),
	    ERR_OK);
	transaction_clear(&transaction);
	assert_int_equal(ask(device, lab->ca), PKI_STATUS_SUCCESS);
}

static bool
is_submitted(struct lab *lab, int64_t number)
{
	struct transaction transaction = stored(lab, number);
	bool is = transaction.state == TRANSACTION_SUBMITTED;

	transaction_clear(&transaction);
	return is;
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
	while (is_submitted(lab, 1)) {
		struct pollfd event = { commands_descriptor(commands), POLLIN,
			0 };

		assert_true(poll(&event, 1, -1) > 0);
		commands_run(commands);
	}
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
	struct transaction transaction;

	start(device, COMMAND_CA "answer_within = \"0s\"; " LAB_CHALLENGE);
	assert_int_equal(commands_new(&commands), ERR_OK);
	scep_use_commands(lab->scep, commands);
	put_program(lab, ": >ran; exit 3");
	assert_int_equal(ask(device, lab->ra), PKI_STATUS_PENDING);
	transaction = stored(lab, 1);
	assert_int_equal(store_decide(lab->store, 1,
			     buf_bytes(&transaction.request_hash), false,
			     bytes_of_string("no"), LAB_NOW),
	    ERR_OK);
	transaction_clear(&transaction);
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
		DEVICE_TEST(what_is_pending_is_asked_for_by_its_cookie),
		DEVICE_TEST(a_hook_decides_before_a_ca_is_asked),
		DEVICE_TEST(an_operator_may_decide_before_a_hook_does),
		DEVICE_TEST(programs_run_aside_where_there_is_a_loop_for_them),
		DEVICE_TEST(what_was_decided_meanwhile_is_not_asked),
		DEVICE_TEST(what_was_cancelled_is_due_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
