/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_SCEP_PROGRAMS_H
#define SCEPD_TESTS_UNIT_SCEP_PROGRAMS_H

#include "scep/submission.h"
#include "tests/unit/scep_stored.h"

/* Devices where a program is asked: for a certificate, for a decision, or
 * whether it knows of one. */

#define RA LAB_RA
#define COMMAND_CA \
	"ca = { backend = \"command\"; command = ( \"%s/program\" ); " \
	"certificate = \"ca.pem\"; }; " RA
#define HOOK \
	"enrol = { approval = \"hook\"; hook = { command = " \
	"( \"%s/program\" ); }; challenge = ( " \
	"{ type = \"static\"; secret = \"secret\"; } ); }; "

#define RUNS_ON \
	"enrol = { approval = \"hook\"; hook = { command = " \
	"( \"%s/program\" ); mode = \"coprocess\"; }; challenge = ( " \
	"{ type = \"static\"; secret = \"secret\"; } ); }; "

#define ISSUE "openssl x509 -req -CA ca.pem -CAkey ca.key -days 9 2>/dev/null"

/* Reads a line, of one that runs on, and answers it. */
#define LINES \
	"read -r line; id=${line#*: }; id=${id%%,*}; say() { " \
	"echo \"{\\\"id\\\": $id, $1}\"; }; "

static inline void
put_program(const struct lab *lab, const char *lines)
{
	struct buf text = { 0 };

	buf_printf(&text, "#!/bin/sh\ncd %s\n%s\n", lab->folder, lines);
	lab_put(lab, "program", buf_bytes(&text), 0700);
	buf_clear(&text);
}

/* Starts an endpoint of these settings, of which `%s` is the lab's folder. */
static inline void
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

static inline enum pki_status
ask(struct device *device, const struct certificate *signer)
{
	device->request.recipient = signer;
	return status_of(device->lab, &device->request, signer);
}

/* Every way in which a program can answer, and what becomes of it. */
struct row {
	const char *program;
	enum pki_status status;
	enum transaction_state state;
	const char *cookie;
	const char *log;
};

static inline void
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
		    rows[i].state == TRANSACTION_HELD ||
			rows[i].state == TRANSACTION_SUBMITTED);
		transaction_clear(&transaction);
	}
}

#endif
