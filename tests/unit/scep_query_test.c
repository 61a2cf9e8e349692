/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/query.h"

#include "tests/unit/unit.h"

static const struct {
	struct bytes query;
	const char *name;
	const char *value; /* NULL: not there */
} searches[] = {
	{ BYTES_LITERAL("operation=GetCACert"), "operation", "GetCACert" },
	{ BYTES_LITERAL("message=a&operation=b"), "operation", "b" },
	{ BYTES_LITERAL("operation=a&operation=b"), "operation", "a" },
	{ BYTES_LITERAL("x=1&&operation=a&y"), "operation", "a" },
	{ BYTES_LITERAL("operation"), "operation", "" },
	{ BYTES_LITERAL("operation="), "operation", "" },
	{ BYTES_LITERAL("operation&operation=a"), "operation", "" },
	{ BYTES_LITERAL("message=a=b=="), "message", "a=b==" },
	{ BYTES_LITERAL("message=a+b %2B"), "message", "a+b %2B" },
	{ BYTES_LITERAL("operations=a"), "operation", NULL },
	{ BYTES_LITERAL("xoperation=a"), "operation", NULL },
	{ BYTES_LITERAL("operatio=a"), "operation", NULL },
	{ BYTES_LITERAL("Operation=a"), "operation", NULL },
	{ BYTES_LITERAL("operation%3Da"), "operation", NULL },
	{ BYTES_LITERAL("=operation"), "operation", NULL },
	{ BYTES_LITERAL("operation\0=a"), "operation", NULL },
	{ BYTES_LITERAL("&"), "operation", NULL },
	{ BYTES_LITERAL("="), "operation", NULL },
	{ BYTES_LITERAL(""), "operation", NULL },
	{ { NULL, 0 }, "operation", NULL },
};

static void
find_takes_the_first_parameter_of_exactly_that_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(searches); i++) {
		struct bytes value = BYTES_LITERAL("untouched");
		bool found = query_find(searches[i].query, searches[i].name,
		    &value);

		assert_int_equal(found, searches[i].value != NULL);
		assert_same_bytes(value,
		    bytes_of_string(found ? searches[i].value : "untouched"));
	}
}

static const struct {
	struct bytes value;
	struct bytes decoded;
} good[] = {
	{ BYTES_LITERAL(""), BYTES_LITERAL("") },
	{ BYTES_LITERAL("abc"), BYTES_LITERAL("abc") },
	{ BYTES_LITERAL("%2B%2f%3D"), BYTES_LITERAL("+/=") },
	{ BYTES_LITERAL("a+b"), BYTES_LITERAL("a+b") },
	{ BYTES_LITERAL("%252B"), BYTES_LITERAL("%2B") },
	{ BYTES_LITERAL("%00"), BYTES_LITERAL("\0") },
	{ BYTES_LITERAL("x%ffy"), BYTES_LITERAL("x\xffy") },
};

static void
decode_undoes_percent_escapes_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct buf to = { 0 };

		buf_append_string(&to, "before ");
		assert_int_equal(query_decode(good[i].value, &to), ERR_OK);
		assert_same_bytes(bytes_from(buf_bytes(&to), 7),
		    good[i].decoded);
		buf_clear(&to);
	}
}

static const char *const bad[] = { "%", "a%", "%2", "%G1", "%1G", "%%20", "%+1",
	"% 1", "abc%2" };

static void
decode_refuses_malformed_escapes_and_appends_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf to = { 0 };

		buf_append_string(&to, "before");
		assert_int_equal(query_decode(bytes_of_string(bad[i]), &to),
		    ERR_HTTP_BASE64);
		assert_bytes(buf_bytes(&to), "before");
		buf_clear(&to);
	}
}

/* T5: what clients make of the octets fb ff bf, "+/+/" in base64. */
static const char *const spellings[] = { "+/+/", "%2B%2F%2B%2F", "%2b%2f%2b%2f",
	" / /", "%20/%20/", "-_-_", "+_-/", "+/%0A+/", "+/%0D%0A+/", "+/+/%0A",
	"%0A+/+/", "+/+/\n" };

static void
decode_message_reads_every_spelling_of_base64(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct buf to = { 0 };

		assert_int_equal(
		    query_decode_message(bytes_of_string(spellings[i]), &to),
		    ERR_OK);
		assert_bytes(buf_bytes(&to), "\xfb\xff\xbf");
		buf_clear(&to);
	}
}

static const struct {
	const char *value;
	enum err expected;
} messages[] = {
	{ "MA", ERR_OK },
	{ "MA==", ERR_OK },
	{ "MA%3D%3D", ERR_OK },
	{ "", ERR_HTTP_MESSAGE },
	{ "%0A", ERR_HTTP_MESSAGE },
	{ "M", ERR_HTTP_BASE64 },
	{ "MA===", ERR_HTTP_BASE64 },
	{ "MA==MA==", ERR_HTTP_BASE64 },
	{ "M%00A", ERR_HTTP_BASE64 },
	{ "MA%", ERR_HTTP_BASE64 },
	{ "MA%zz", ERR_HTTP_BASE64 },
	{ "MA&", ERR_HTTP_BASE64 },
	{ "M\xc3\xa4", ERR_HTTP_BASE64 },
};

static void
decode_message_tells_nothing_from_nonsense(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct buf to = { 0 };

		buf_append_string(&to, "before");
		assert_int_equal(query_decode_message(
				     bytes_of_string(messages[i].value), &to),
		    messages[i].expected);
		if (messages[i].expected == ERR_OK)
			assert_bytes(buf_bytes(&to), "before0");
		else
			assert_bytes(buf_bytes(&to), "before");
		buf_clear(&to);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    find_takes_the_first_parameter_of_exactly_that_name),
		cmocka_unit_test(decode_undoes_percent_escapes_once),
		cmocka_unit_test(
		    decode_refuses_malformed_escapes_and_appends_nothing),
		cmocka_unit_test(decode_message_reads_every_spelling_of_base64),
		cmocka_unit_test(decode_message_tells_nothing_from_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
