/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/err.h"

#include "tests/unit/unit.h"

/* All errors but ERR_OK. */
#define for_each_err(err) \
	for (enum err err = ERR_OK + 1; err < ERR_COUNT; err++)

static void
names_are_unique_words_with_hyphens(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	(void)state;
	for_each_err(err)
	{
		const char *name = err_name(err);

		assert_true(strlen(name) > 0);
		assert_int_equal(strspn(name, letters), strlen(name));
		assert_true(name[0] >= 'a' && name[0] <= 'z');
		assert_true(name[strlen(name) - 1] != '-');
		for (enum err other = ERR_OK; other < err; other++)
			assert_string_not_equal(name, err_name(other));
	}
}

static void
assert_sentence(const char *text)
{
	size_t length = strlen(text);

	assert_true(length > 1);
	assert_int_equal(text[length - 1], '.');
	assert_true(text[length - 2] != '.' && text[length - 2] != ' ');
	assert_null(strstr(text, "  "));
	for (size_t i = 0; i < length; i++)
		assert_true(text[i] >= ' ' && text[i] <= '~');
}

static void
texts_are_sentences(void **state)
{
	(void)state;
	for_each_err(err)
	{
		assert_sentence(err_public_text(err));
		assert_sentence(err_meaning(err));
	}
}

static void
fail_infos_are_those_of_the_protocol(void **state)
{
	(void)state;
	for_each_err(err)
	{
		assert_true((int)err_fail_info(err) >= 0);
		assert_true((int)err_fail_info(err) <= 4);
	}
	assert_int_equal(FAIL_INFO_BAD_ALG, 0);
	assert_int_equal(FAIL_INFO_BAD_MESSAGE_CHECK, 1);
	assert_int_equal(FAIL_INFO_BAD_REQUEST, 2);
	assert_int_equal(FAIL_INFO_BAD_TIME, 3);
	assert_int_equal(FAIL_INFO_BAD_CERT_ID, 4);
}

static void
http_statuses_are_failures(void **state)
{
	(void)state;
	for_each_err(err)
	{
		assert_true(err_http_status(err) >= 400);
		assert_true(err_http_status(err) <= 599);
	}
}

/* No reply may tell how far a decryption or a parser came. */
static void
what_is_wrong_inside_an_envelope_looks_alike(void **state)
{
	static const char *const inside[] = {
		"recipient",
		"decrypt",
		"csr",
		"csr-signature",
		"csr-attribute",
		"der-tag",
		"der-length",
		"der-truncated",
		"der-trailing",
		"string",
	};
	const char *text = NULL;

	(void)state;
	for_each_err(err)
	{
		for (size_t i = 0; i < COUNT(inside); i++) {
			if (strcmp(err_name(err), inside[i]) != 0)
				continue;
			if (text == NULL)
				text = err_public_text(err);
			assert_string_equal(err_public_text(err), text);
			assert_int_equal(err_fail_info(err),
			    FAIL_INFO_BAD_REQUEST);
			assert_int_equal(err_http_status(err), 400);
		}
	}
	assert_non_null(text);
}

static void
no_error_is_zero(void **state)
{
	(void)state;
	assert_int_equal(ERR_OK, 0);
	assert_string_equal(err_name(ERR_OK), "ok");
	assert_int_equal(err_http_status(ERR_OK), 200);
}

static void
the_first_error_of_several_counts(void **state)
{
	static const enum err errs[] = { ERR_OK, ERR_FILE, ERR_STORE };

	(void)state;
	assert_int_equal(err_first(errs, 3), ERR_FILE);
	assert_int_equal(err_first(errs, 1), ERR_OK);
	assert_int_equal(err_first(NULL, 0), ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique_words_with_hyphens),
		cmocka_unit_test(texts_are_sentences),
		cmocka_unit_test(fail_infos_are_those_of_the_protocol),
		cmocka_unit_test(http_statuses_are_failures),
		cmocka_unit_test(what_is_wrong_inside_an_envelope_looks_alike),
		cmocka_unit_test(no_error_is_zero),
		cmocka_unit_test(the_first_error_of_several_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
