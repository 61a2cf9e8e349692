/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define ENDPOINTS "endpoints = ( { path = \"/scep\"; } );\n"

struct sample {
	char path[40];
	struct conf *conf;
	struct problems *problems;
	struct settings settings;
};

static int
open_sample(void **state)
{
	struct sample *sample = test_calloc(1, sizeof(*sample));

	strcpy(sample->path, "/tmp/scepd-settings-XXXXXX");
	close(mkstemp(sample->path));
	sample->problems = problems_new();
	*state = sample;
	return 0;
}

static int
close_sample(void **state)
{
	struct sample *sample = *state;

	conf_free(sample->conf);
	problems_free(sample->problems);
	unlink(sample->path);
	test_free(sample);
	return 0;
}

static enum err
read_settings(struct sample *sample, const char *text)
{
	FILE *file = fopen(sample->path, "w");
	enum err err;

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	conf_free(sample->conf);
	sample->conf = NULL;
	err = conf_open(sample->path, &sample->conf, sample->problems);
	if (err == ERR_OK)
		err = settings_read(sample->conf, &sample->settings,
		    sample->problems);
	return err;
}

static void
endpoints_are_enough_and_the_rest_has_defaults(void **state)
{
	struct sample *sample = *state;
	const struct settings *settings = &sample->settings;

	assert_int_equal(read_settings(sample, ENDPOINTS), ERR_OK);
	assert_string_equal(problems_text(sample->problems), "");
	assert_null(settings->socket.path);
	assert_int_equal(settings->socket.mode, 0660);
	assert_null(settings->socket.group);
	assert_string_equal(settings->user, "scepd");
	assert_string_equal(settings->key_user, "scepd-key");
	assert_int_equal(settings->workers, sysconf(_SC_NPROCESSORS_ONLN));
	assert_int_equal(settings->threads, 4);
	assert_null(settings->keeper_lock);
	assert_null(settings->notify);
	assert_ptr_equal(settings->provider, provider_find("gnutls"));
	assert_int_equal(settings->log, LOG_TO_STDERR);
	assert_int_equal(settings->limits.max_body, 256 * 1024);
	assert_int_equal(settings->limits.max_query, 64 * 1024);
	assert_int_equal(settings->limits.timeout_ms, 30 * 1000);
	assert_true(settings->guesses.slows);
	assert_int_equal(settings->guesses.backoff.tries, 10);
	assert_int_equal(settings->guesses.backoff.window, 600);
	assert_int_equal(settings->guesses.backoff.wait, 60);
	assert_int_equal(settings->guesses.alarm, 100);
	assert_int_equal(settings->endpoints.count, 1);
}

static void
all_settings_are_read(void **state)
{
	struct sample *sample = *state;
	const struct settings *settings = &sample->settings;

	assert_int_equal(
	    read_settings(sample,
		"socket = { path = \"/run/a.sock\"; mode = \"0600\";\n"
		"           group = \"www-data\"; };\n"
		"user = \"one\"; key_user = \"two\";\n"
		"workers = 3;\n"
		"threads = 7;\n"
		"keeper = { lock = \"/run/keeper.lock\"; };\n"
		"notify = { command = \"/bin/true\"; };\n"
		"crypto = \"gnutls\";\n"
		"log = \"syslog\";\n"
		"limits = { max_body = \"1M\"; max_query = 5000;\n"
		"           timeout = \"2m\"; wrong_challenges = 3;\n"
		"           wrong_challenge_window = \"1h\";\n"
		"           wrong_challenge_wait = \"1h\";\n"
		"           wrong_challenge_alarm = 0; };\n" ENDPOINTS),
	    ERR_OK);
	assert_string_equal(settings->socket.path, "/run/a.sock");
	assert_int_equal(settings->socket.mode, 0600);
	assert_string_equal(settings->socket.group, "www-data");
	assert_string_equal(settings->user, "one");
	assert_string_equal(settings->key_user, "two");
	assert_int_equal(settings->workers, 3);
	assert_int_equal(settings->threads, 7);
	assert_string_equal(settings->keeper_lock, "/run/keeper.lock");
	assert_non_null(settings->notify);
	assert_int_equal(settings->log, LOG_TO_SYSLOG);
	assert_int_equal(settings->limits.max_body, 1024 * 1024);
	assert_int_equal(settings->limits.max_query, 5000);
	assert_int_equal(settings->limits.timeout_ms, 120 * 1000);
	assert_true(settings->guesses.slows);
	assert_int_equal(settings->guesses.backoff.tries, 3);
	assert_int_equal(settings->guesses.backoff.window, 3600);
	assert_int_equal(settings->guesses.backoff.wait, 3600);
	assert_int_equal(settings->guesses.alarm, 0);
}

static void
wrong_challenges_need_not_slow_anybody_down(void **state)
{
	struct sample *sample = *state;

	assert_int_equal(read_settings(sample,
			     "limits = { wrong_challenges = 0; };\n" ENDPOINTS),
	    ERR_OK);
	assert_false(sample->settings.guesses.slows);
	assert_int_equal(sample->settings.guesses.alarm, 100);
}

static void
a_path_is_relative_to_the_file(void **state)
{
	struct sample *sample = *state;

	assert_int_equal(read_settings(sample,
			     "socket = { path = \"a\"; };\n" ENDPOINTS),
	    ERR_OK);
	assert_string_equal(sample->settings.socket.path, "/tmp/a");
}

static void
what_can_not_be_is_named_with_its_line(void **state)
{
	static const struct row {
		const char *text;
		const char *named;
	} rows[] = {
		{ "", "endpoints" },
		{ ENDPOINTS "thread = 4;", ":2: " },
		{ ENDPOINTS "threads = 0;", "threads" },
		{ ENDPOINTS "threads = 257;", "threads" },
		{ ENDPOINTS "workers = 257;", "workers" },
		{ ENDPOINTS "user = \"\";", "user" },
		{ ENDPOINTS "keeper = { look = \"a\"; };", "lock" },
		{ ENDPOINTS "crypto = \"rot13\";", "crypto" },
		{ ENDPOINTS "log = \"printer\";", "log" },
		{ ENDPOINTS "socket = { mode = \"0660\"; };", "path" },
		{ ENDPOINTS "socket = { path = \"a\"; mode = 660; };", "mode" },
		{ ENDPOINTS "limits = { max_body = 1; };", "max_body" },
		{ ENDPOINTS "limits = { max_query = \"17M\"; };", "max_query" },
		{ ENDPOINTS "limits = { timeout = 30; };", "timeout" },
		{ ENDPOINTS "limits = { timeout = \"2h\"; };", "timeout" },
		{ ENDPOINTS "limits = { wrong_challenges = 101; };",
		    "wrong_challenges" },
		{ ENDPOINTS "limits = { wrong_challenge_wait = \"11m\"; };",
		    "longer than wrong_challenge_window" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		void *row_state;
		struct sample *sample;

		open_sample(&row_state);
		sample = row_state;
		assert_int_equal(read_settings(sample, rows[i].text),
		    ERR_CONFIGURATION);
		assert_non_null(strstr(problems_text(sample->problems),
		    rows[i].named));
		assert_null(sample->settings.provider);
		close_sample(&row_state);
	}
	(void)state;
}

static void
findings_of_several_sections_come_together(void **state)
{
	struct sample *sample = *state;

	assert_int_equal(read_settings(sample,
			     "socket = { path = \"a\"; grop = \"b\"; };\n"
			     "limits = { max_bodies = 1; };\n" ENDPOINTS),
	    ERR_CONFIGURATION);
	assert_int_equal(problems_count(sample->problems, PROBLEM_ERROR), 2);
}

#define SAMPLE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, open_sample, close_sample)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLE_TEST(endpoints_are_enough_and_the_rest_has_defaults),
		SAMPLE_TEST(all_settings_are_read),
		SAMPLE_TEST(wrong_challenges_need_not_slow_anybody_down),
		SAMPLE_TEST(a_path_is_relative_to_the_file),
		SAMPLE_TEST(what_can_not_be_is_named_with_its_line),
		SAMPLE_TEST(findings_of_several_sections_come_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
