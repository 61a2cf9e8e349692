/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_COMMAND_H
#define SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_COMMAND_H

#include "tests/unit/backends_openssl_index.h"

/* A CA in the folder of the test that is kept with `openssl ca`. */

#define OPENSSL_FIRST 10000 /* serial number of CN=old-0, and so on */

/* Runs a command, which says what it says in openssl.log; its status. */
static inline int __attribute__((format(printf, 1, 2)))
openssl(const char *format, ...)
{
	struct buf command = { 0 };
	char text[400];
	va_list arguments;
	int status;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	buf_printf(&command, "openssl %s >>openssl.log 2>&1", text);
	status = system(buf_string(&command));
	buf_clear(&command);
	return status;
}

static inline void
openssl_or_skip(void)
{
	if (openssl("version") == 0)
		return;
	print_message("# there is no openssl here\n");
	skip();
}

/* The CA; its index is for the test to make. */
static inline void
openssl_make_ca(void)
{
	put("ca.conf",
	    "[ca]\ndefault_ca = lab\n[lab]\ndatabase = index.txt\n"
	    "crlnumber = crlnumber\ncertificate = ca.pem\n"
	    "private_key = ca.key\ndefault_md = sha256\n"
	    "default_crl_days = 30\nunique_subject = no\n"
	    "[req]\ndistinguished_name = nobody\n[nobody]\n");
	put("crlnumber", "01\n");
	put("index.txt.attr", "unique_subject = no\n");
	assert_int_equal(openssl("req -config ca.conf -x509 -newkey ec "
				 "-pkeyopt ec_paramgen_curve:P-256 -nodes "
				 "-keyout ca.key -out ca.pem -subj /CN=ca"),
	    0);
}

/* A certificate in old.pem to be revoked: `openssl ca -revoke` looks at serial
 * number and name alone. */
static inline int
openssl_make_old(unsigned number)
{
	return openssl("req -config ca.conf -x509 -key ca.key -out old.pem "
		       "-subj /CN=old-%u -set_serial %u",
	    number, OPENSSL_FIRST + number);
}

/* Appends the row that it has. */
static inline void
openssl_append_old(struct buf *index, unsigned number)
{
	buf_printf(index, "V\t%s\t\t%04X\tunknown\t/CN=old-%u\n", EXPIRES_TEXT,
	    OPENSSL_FIRST + number, number);
}

/* Ends as a child does that has failed, and says why. */
static inline void
openssl_give_up(void)
{
	struct buf text = text_of("openssl.log");

	print_error("# %s\n", buf_string(&text));
	_exit(1);
}

/* Has an administrator revoke one; for a child. */
static inline void
openssl_revoke_old(unsigned number)
{
	if (openssl_make_old(number) != 0 ||
	    openssl("ca -config ca.conf -revoke old.pem "
		    "-crl_reason superseded") != 0)
		openssl_give_up();
}

#endif
