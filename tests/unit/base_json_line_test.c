/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json_line.h"

#include "tests/unit/unit.h"

static void
a_string_is_written_in_ascii(void **state)
{
	static const struct {
		struct bytes text;
		const char *json;
	} rows[] = {
		{ BYTES_LITERAL(""), "\"\"" },
		{ BYTES_LITERAL("a b/"), "\"a b/\"" },
		{ BYTES_LITERAL("\"\\"), "\"\\\"\\\\\"" },
		{ BYTES_LITERAL("\x1b\x00\x7f\n"),
		    "\"\\u001b\\u0000\\u007f\\u000a\"" },
		{ BYTES_LITERAL("\xc3\xa4\xe2\x80\xae\xf0\x9f\x98\x80"),
		    "\"\\u00e4\\u202e\\ud83d\\ude00\"" },
		{ BYTES_LITERAL("\xe2\x80"), "\"\\ufffd\\ufffd\"" },
		{ BYTES_LITERAL("\xc0\xaf"), "\"\\ufffd\\ufffd\"" },
		{ BYTES_LITERAL("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"" },
		{ BYTES_LITERAL("\xf4\x90\x80\x80"),
		    "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
		{ BYTES_LITERAL("a\x9bz"), "\"a\\ufffdz\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf json = { 0 };

		json_line_append_string(&json, rows[i].text);
		assert_string_equal(buf_string(&json), rows[i].json);
		buf_clear(&json);
	}
}

static void
lines_are_written_as_an_array(void **state)
{
	static const struct {
		const char *text;
		const char *json;
	} rows[] = {
		{ "", "[]" },
		{ "a", "[\"a\"]" },
		{ "a\n", "[\"a\"]" },
		{ "\n", "[\"\"]" },
		{ "a\n\n\"b", "[\"a\", \"\", \"\\\"b\"]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf json = { 0 };

		json_line_append_lines(&json, bytes_of_string(rows[i].text));
		assert_string_equal(buf_string(&json), rows[i].json);
		buf_clear(&json);
	}
}

#define WANTED \
	{ \
		{ .name = "id", .kind = JSON_LINE_INTEGER }, \
		{ \
			.name = "text", .kind = JSON_LINE_STRING \
		} \
	}

static void
an_object_is_read(void **state)
{
	static const struct {
		const char *line;
		bool has_id;
		int64_t id;
		const char *text; /* NULL: none */
	} rows[] = {
		{ "{}", false, 0, NULL },
		{ " \t\r{ \n} ", false, 0, NULL },
		{ "{\"id\":7}", true, 7, NULL },
		{ "{\"id\":0,\"text\":\"\"}", true, 0, "" },
		{ " { \"text\" : \"a\" , \"id\" : -1 } ", true, -1, "a" },
		{ "{\"id\":9223372036854775807}", true, INT64_MAX, NULL },
		{ "{\"id\":-9223372036854775808}", true, INT64_MIN, NULL },
		{ "{\"i\\u0064\":-0}", true, 0, NULL },
		/* What is not wanted is passed over. */
		{ "{\"other\":\"b\",\"id\":1,\"more\":[],\"dns\":[\"a\"]}",
		    true, 1, NULL },
		{ "{\"n\":1,\"n\":2,\"dns\" : [ \"a\" , \"\" ] , \"id\":3}",
		    true, 3, NULL },
		/* Strings. */
		{ "{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", false, 0,
		    "\"\\/\b\f\n\r\t" },
		{ "{\"text\":\"\\u0041\\u00e4\\u202E\\uD83d\\uDe00\"}", false,
		    0, "A\xc3\xa4\xe2\x80\xae\xf0\x9f\x98\x80" },
		{ "{\"text\":\"\xc3\xa4\xf0\x9f\x98\x80\x7f\"}", false, 0,
		    "\xc3\xa4\xf0\x9f\x98\x80\x7f" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json_line_member wanted[] = WANTED;

		if (json_line_read(bytes_of_string(rows[i].line), wanted,
			COUNT(wanted)) != ERR_OK)
			fail_msg("%s", rows[i].line);
		assert_int_equal(wanted[0].is_there, rows[i].has_id);
		assert_int_equal(wanted[0].integer, rows[i].id);
		assert_int_equal(wanted[1].is_there, rows[i].text != NULL);
		assert_same_bytes(buf_bytes(&wanted[1].text),
		    bytes_of_string(rows[i].text));
		json_line_clear(wanted, COUNT(wanted));
		assert_false(wanted[0].is_there || wanted[1].is_there);
	}
}

static void
what_is_no_such_object_is_refused(void **state)
{
	static const struct bytes rows[] = {
		BYTES_LITERAL(""),
		BYTES_LITERAL(" "),
		BYTES_LITERAL("{"),
		BYTES_LITERAL("}"),
		BYTES_LITERAL("[]"),
		BYTES_LITERAL("7"),
		BYTES_LITERAL("\"id\""),
		BYTES_LITERAL("\xef\xbb\xbf{}"),
		BYTES_LITERAL("{} {}"),
		BYTES_LITERAL("{}x"),
		BYTES_LITERAL("{}\0"),
		BYTES_LITERAL("{,}"),
		BYTES_LITERAL("{\"id\"}"),
		BYTES_LITERAL("{\"id\":}"),
		BYTES_LITERAL("{\"id\" 7}"),
		BYTES_LITERAL("{id:7}"),
		BYTES_LITERAL("{'id':7}"),
		BYTES_LITERAL("{\"id\":7,}"),
		BYTES_LITERAL("{\"id\":7"),
		BYTES_LITERAL("{\"id\":7]"),
		BYTES_LITERAL("{\"id\":7 \"text\":\"\"}"),
		/* Numbers. */
		BYTES_LITERAL("{\"id\":07}"),
		BYTES_LITERAL("{\"id\":+7}"),
		BYTES_LITERAL("{\"id\":-}"),
		BYTES_LITERAL("{\"id\":--7}"),
		BYTES_LITERAL("{\"id\":7.0}"),
		BYTES_LITERAL("{\"id\":7e1}"),
		BYTES_LITERAL("{\"id\":0x7}"),
		BYTES_LITERAL("{\"id\":9223372036854775808}"),
		BYTES_LITERAL("{\"id\":-9223372036854775809}"),
		BYTES_LITERAL("{\"id\":99999999999999999999}"),
		/* Other kinds. */
		BYTES_LITERAL("{\"id\":\"7\"}"),
		BYTES_LITERAL("{\"text\":7}"),
		BYTES_LITERAL("{\"text\":[\"a\"]}"),
		BYTES_LITERAL("{\"id\":null}"),
		BYTES_LITERAL("{\"other\":true}"),
		BYTES_LITERAL("{\"other\":false}"),
		BYTES_LITERAL("{\"other\":{}}"),
		BYTES_LITERAL("{\"other\":[[]]}"),
		BYTES_LITERAL("{\"other\":[7]}"),
		BYTES_LITERAL("{\"other\":[\"a\",]}"),
		BYTES_LITERAL("{\"other\":[,]}"),
		BYTES_LITERAL("{\"other\":[\"a\" \"b\"]}"),
		BYTES_LITERAL("{\"other\":[\"a\"}"),
		BYTES_LITERAL("{\"other\":["),
		/* Twice. */
		BYTES_LITERAL("{\"id\":7,\"id\":7}"),
		BYTES_LITERAL("{\"id\":7,\"\\u0069d\":7}"),
		/* Strings. */
		BYTES_LITERAL("{\"text\":\"a"),
		BYTES_LITERAL("{\"text\":\"a\\\"}"),
		BYTES_LITERAL("{\"text\":\"a\nb\"}"),
		BYTES_LITERAL("{\"text\":\"\0\"}"),
		BYTES_LITERAL("{\"text\":\"\\u0000\"}"),
		BYTES_LITERAL("{\"text\":\"\\a\"}"),
		BYTES_LITERAL("{\"text\":\"\\U0041\"}"),
		BYTES_LITERAL("{\"text\":\"\\u004\"}"),
		BYTES_LITERAL("{\"text\":\"\\u004g\"}"),
		BYTES_LITERAL("{\"text\":\"\\u"),
		BYTES_LITERAL("{\"text\":\"\\ud83d\"}"),
		BYTES_LITERAL("{\"text\":\"\\ud83dx\"}"),
		BYTES_LITERAL("{\"text\":\"\\ud83d\\n\"}"),
		BYTES_LITERAL("{\"text\":\"\\ud83d\\ud83d\"}"),
		BYTES_LITERAL("{\"text\":\"\\ud83d\\u0041\"}"),
		BYTES_LITERAL("{\"text\":\"\\ude00\"}"),
		BYTES_LITERAL("{\"text\":\"\xc0\xaf\"}"),
		BYTES_LITERAL("{\"text\":\"\xed\xa0\x80\"}"),
		BYTES_LITERAL("{\"text\":\"\xf4\x90\x80\x80\"}"),
		BYTES_LITERAL("{\"text\":\"\xe2\x80\"}"),
		BYTES_LITERAL("{\"other\":\"\xff\"}"),
		BYTES_LITERAL("{\"\xff\":1}"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json_line_member wanted[] = WANTED;

		if (json_line_read(rows[i], wanted, COUNT(wanted)) !=
		    ERR_JSON_LINE)
			fail_msg("%.*s", (int)rows[i].size, rows[i].data);
		assert_false(wanted[0].is_there || wanted[1].is_there);
		assert_null(wanted[1].text.data);
	}
}

/* However deep it is nested, it costs nothing. */
static void
a_deep_line_is_refused(void **state)
{
	struct buf line = { 0 };

	(void)state;
	buf_append_string(&line, "{\"other\":");
	memset(buf_extend(&line, 1000000), '[', 1000000);
	assert_int_equal(json_line_read(buf_bytes(&line), NULL, 0),
	    ERR_JSON_LINE);
	buf_clear(&line);
}

static void
what_is_written_is_read(void **state)
{
	(void)state;
	for (uint32_t c = 1; c < 256; c++) {
		struct json_line_member wanted[] = WANTED;
		uint8_t text[] = { 'a', (uint8_t)c, 'b' };
		struct buf line = { 0 };

		buf_append_string(&line, "{\"text\": ");
		json_line_append_string(&line, BYTES_ARRAY(text));
		buf_append_string(&line, "}");
		assert_int_equal(json_line_read(buf_bytes(&line), wanted,
				     COUNT(wanted)),
		    ERR_OK);
		if (c < 0x80)
			assert_same_bytes(buf_bytes(&wanted[1].text),
			    BYTES_ARRAY(text));
		else
			assert_bytes(buf_bytes(&wanted[1].text),
			    "a\xef\xbf\xbd"
			    "b");
		json_line_clear(wanted, COUNT(wanted));
		buf_clear(&line);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_is_written_in_ascii),
		cmocka_unit_test(lines_are_written_as_an_array),
		cmocka_unit_test(an_object_is_read),
		cmocka_unit_test(what_is_no_such_object_is_refused),
		cmocka_unit_test(a_deep_line_is_refused),
		cmocka_unit_test(what_is_written_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
