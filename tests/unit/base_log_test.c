/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <limits.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void
field_quotes_and_escapes_hostile_bytes(void **state)
{
	static const struct {
		struct bytes value;
		const char *field;
	} rows[] = {
		/* plain */
		{ BYTES_LITERAL("a"), "k=a" },
		{ BYTES_LITERAL("!#$%&'()*+,-./:;<>?@[]^_`{|}~"),
		    "k=!#$%&'()*+,-./:;<>?@[]^_`{|}~" },
		{ BYTES_LITERAL("%s%n"), "k=%s%n" },
		/* quoted */
		{ BYTES_LITERAL(""), "k=\"\"" },
		{ BYTES_LITERAL(" "), "k=\" \"" },
		{ BYTES_LITERAL("a b"), "k=\"a b\"" },
		{ BYTES_LITERAL("x=y"), "k=\"x=y\"" },
		{ BYTES_LITERAL("a\" reason=\"ok"),
		    "k=\"a\\\" reason=\\\"ok\"" },
		{ BYTES_LITERAL("\\"), "k=\"\\\\\"" },
		{ BYTES_LITERAL("\\\""), "k=\"\\\\\\\"\"" },
		/* escaped */
		{ BYTES_LITERAL("a\nscepd: level=info"),
		    "k=\"a\\x0ascepd: level=info\"" },
		{ BYTES_LITERAL("\r\n\t\0"), "k=\"\\x0d\\x0a\\x09\\x00\"" },
		{ BYTES_LITERAL("\x01\x1f\x7f"), "k=\"\\x01\\x1f\\x7f\"" },
		{ BYTES_LITERAL("\x1b[2J"), "k=\"\\x1b[2J\"" },
		{ BYTES_LITERAL("\x80\xff"), "k=\"\\x80\\xff\"" },
		{ BYTES_LITERAL("J\xc3\xb6rg"), "k=\"J\\xc3\\xb6rg\"" },
		{ BYTES_LITERAL("\xe2\x80\xa8"), "k=\"\\xe2\\x80\\xa8\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf line = { 0 };

		log_field(&line, "k", rows[i].value);
		assert_string_equal(buf_string(&line), rows[i].field);
		buf_clear(&line);
	}
}

static void
field_of_any_octet_is_one_printable_field(void **state)
{
	(void)state;
	for (int octet = 0; octet < 256; octet++) {
		uint8_t value[] = { 'x', (uint8_t)octet, 'y' };
		struct buf line = { 0 };

		log_field(&line, "k", BYTES_ARRAY(value));
		for (size_t i = 0; i < line.size; i++)
			assert_in_range(line.data[i], ' ', '~');
		if (memchr(line.data, ' ', line.size) != NULL)
			assert_string_equal(buf_string(&line), "k=\"x y\"");
		buf_clear(&line);
	}
}

static void
fields_are_parted_by_one_blank(void **state)
{
	struct buf line = { 0 };

	(void)state;
	log_field_number(&line, "first", 0);
	log_field(&line, "second", bytes_of_string("b"));
	log_field(&line, "third", bytes_of(NULL, 0));
	log_field_number(&line, "fourth", -1);
	log_field_number(&line, "least", LLONG_MIN);
	log_field_number(&line, "most", LLONG_MAX);
	assert_string_equal(buf_string(&line),
	    "first=0 second=b third=\"\" fourth=-1 "
	    "least=-9223372036854775808 most=9223372036854775807");
	buf_clear(&line);
}

/* One log_field of `size` times `octet`. */
static void
field_of(struct buf *line, int octet, size_t size)
{
	struct buf value = { 0 };

	memset(buf_extend(&value, size), octet, size);
	log_field(line, "k", buf_bytes(&value));
	buf_clear(&value);
}

static void
long_values_are_cut_and_say_so(void **state)
{
	static const struct {
		size_t size;
		int octet;
		size_t length;
		const char *end;
	} rows[] = {
		{ 512, 'x', 2 + 512, "xxx" },
		{ 513, 'x', 2 + 512 + 3, "x..." },
		{ 100000, 'x', 2 + 512 + 3, "x..." },
		{ 512, ' ', 2 + 1 + 512 + 1, " \"" },
		{ 513, ' ', 2 + 1 + 512 + 3 + 1, " ...\"" },
		{ 513, '\\', 2 + 1 + 1024 + 3 + 1, "\\\\...\"" },
		{ 513, 0xff, 2 + 1 + 2048 + 3 + 1, "\\xff...\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf line = { 0 };
		size_t end = strlen(rows[i].end);

		field_of(&line, rows[i].octet, rows[i].size);
		assert_int_equal(line.size, rows[i].length);
		assert_memory_equal(line.data + line.size - end, rows[i].end,
		    end);
		buf_clear(&line);
	}
}

/* What the following writes to standard error, until capture_end. */
static int saved_stderr;
static FILE *captured;

static void
capture_begin(void)
{
	captured = tmpfile();
	assert_non_null(captured);
	fflush(stderr);
	saved_stderr = dup(STDERR_FILENO);
	assert_int_equal(dup2(fileno(captured), STDERR_FILENO), STDERR_FILENO);
}

static void
capture_end(struct buf *text)
{
	ssize_t size;

	assert_int_equal(dup2(saved_stderr, STDERR_FILENO), STDERR_FILENO);
	close(saved_stderr);
	size = pread(fileno(captured), buf_extend(text, 4000), 4000, 0);
	assert_in_range(size, 0, 4000);
	buf_truncate(text, (size_t)size);
	fclose(captured);
	unit_forget_pid(text);
}

static void
lines_go_to_standard_error_with_their_level(void **state)
{
	struct buf text = { 0 };

	(void)state;
	capture_begin();
	log_line(LOG_LEVEL_ERROR, bytes_of_string("a=1"));
	log_line(LOG_LEVEL_WARNING, bytes_of_string("a=2"));
	log_line(LOG_LEVEL_INFO, bytes_of_string("a=%s"));
	capture_end(&text);
	assert_string_equal(buf_string(&text),
	    "scepd: level=error a=1\n"
	    "scepd: level=warning a=2\n"
	    "scepd: level=info a=%s\n");
	buf_clear(&text);
}

static void
events_are_one_line_whatever_they_say(void **state)
{
	struct buf text = { 0 };

	(void)state;
	capture_begin();
	log_event(LOG_LEVEL_INFO, "started");
	log_event(LOG_LEVEL_ERROR, "%s: %d\nforged=1", "file", 7);
	capture_end(&text);
	assert_string_equal(buf_string(&text),
	    "scepd: level=info event=started\n"
	    "scepd: level=error event=\"file: 7\\x0aforged=1\"\n");
	buf_clear(&text);
}

static void
lines_for_syslog_stay_away_from_standard_error(void **state)
{
	struct buf text = { 0 };

	(void)state;
	log_open(LOG_TO_SYSLOG);
	capture_begin();
	log_line(LOG_LEVEL_INFO, bytes_of_string("event=unit-test"));
	capture_end(&text);
	assert_int_equal(text.size, 0);
	log_open(LOG_TO_STDERR);
	capture_begin();
	log_event(LOG_LEVEL_INFO, "back");
	capture_end(&text);
	assert_string_equal(buf_string(&text),
	    "scepd: level=info event=back\n");
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(field_quotes_and_escapes_hostile_bytes),
		cmocka_unit_test(field_of_any_octet_is_one_printable_field),
		cmocka_unit_test(fields_are_parted_by_one_blank),
		cmocka_unit_test(long_values_are_cut_and_say_so),
		cmocka_unit_test(lines_go_to_standard_error_with_their_level),
		cmocka_unit_test(events_are_one_line_whatever_they_say),
		cmocka_unit_test(
		    lines_for_syslog_stay_away_from_standard_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
