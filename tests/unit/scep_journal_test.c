/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/journal.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/unit.h"

/* Writes the journal and reads the line from stderr; the caller's, to
 * buf_clear. */
static struct buf
written(struct journal *journal)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	struct buf line = { 0 };
	char text[4096];
	size_t size;

	assert_non_null(file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	journal_write(journal);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	size = fread(text, 1, sizeof(text), file);
	buf_append(&line, bytes_of(text, size));
	unit_forget_pid(&line);
	fclose(file);
	return line;
}

/* The line without its last field, which is a time. */
static void
assert_line(struct journal *journal, const char *expected)
{
	struct buf line = written(journal);
	char *end = strstr((char *)(uintptr_t)buf_string(&line), " ms=");

	assert_non_null(end);
	assert_int_equal(strspn(end + 4, "0123456789"), strlen(end + 4) - 1);
	assert_string_equal(end + strlen(end) - 1, "\n");
	*end = '\0';
	assert_string_equal((const char *)line.data, expected);
	buf_clear(&line);
}

static void
a_success_is_one_line_with_everything_known(void **state)
{
	struct journal journal = { .started_us = clock_monotonic_us(),
		.endpoint = "/scep",
		.operation = "PKIOperation",
		.peer = BYTES_LITERAL("192.0.2.7"),
		.result = "success" };

	(void)state;
	buf_append_string(&journal.message_type, "19");
	buf_append_string(&journal.transaction_id, "3A4F");
	buf_append_string(&journal.serial, "7f01");
	buf_append_string(&journal.subject, "CN=a,O=b c");
	assert_line(&journal,
	    "scepd: level=info endpoint=/scep operation=PKIOperation "
	    "messageType=19 transactionID=3A4F peer=192.0.2.7 result=success "
	    "serial=7f01 subject=\"CN=a,O=b c\"");
	/* What was written is gone. */
	assert_int_equal(journal.transaction_id.size, 0);
	assert_int_equal(journal.subject.size, 0);
}

static void
a_refusal_is_a_warning_with_its_reason(void **state)
{
	struct journal journal = { .endpoint = "/scep",
		.result = "failure",
		.reason = ERR_CHALLENGE_WRONG };

	(void)state;
	buf_append_string(&journal.detail, "algorithm 1.2.3");
	assert_line(&journal,
	    "scepd: level=warning endpoint=/scep result=failure "
	    "reason=challenge-wrong detail=\"algorithm 1.2.3\"");
}

/* Hostile inputs 8 and 30. */
static void
no_client_forges_a_line_or_a_field(void **state)
{
	struct journal journal = { .peer = BYTES_LITERAL("::1"),
		.result = "error",
		.reason = ERR_HTTP_PATH };

	(void)state;
	buf_append(&journal.transaction_id,
	    BYTES_LITERAL("a\nscepd: level=info result=success\"\\\0\xff"));
	buf_append_string(&journal.message_type, "19 result=success");
	assert_line(&journal,
	    "scepd: level=warning messageType=\"19 result=success\" "
	    "transactionID=\"a\\x0ascepd: level=info "
	    "result=success\\\"\\\\\\x00\\xff\" peer=::1 result=error "
	    "reason=no-endpoint");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_success_is_one_line_with_everything_known),
		cmocka_unit_test(a_refusal_is_a_warning_with_its_reason),
		cmocka_unit_test(no_client_forges_a_line_or_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
