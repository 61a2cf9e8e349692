/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"
#include "crypto/credential.h"
#include "fcgi/settings.h"
#include "scep/endpoint.h"
#include "scep/notifier.h"
#include "scep/scep.h"
#include "tests/unit/backends_fixture.h"

/*
 * The example configuration, conf/scepd.conf, and the manual pages: an
 * administrator must be able to rely on them.
 */

#define MAX_NAMES 64

/* The day on which the certificates of tests/vectors/ca are looked at. */
static const struct clock_date today = { 2026, 12, 1, 0, 0, 0 };

static struct buf
read_text(const char *path)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };

	if (file_read(path, FILE_PUBLIC, 1 << 20, &text, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return text;
}

static struct buf
source_text(const char *name)
{
	const char *source = getenv("abs_top_srcdir");
	struct buf text;
	char *path;

	if (source == NULL)
		fail_msg("set abs_top_srcdir to the folder of the source");
	path = xasprintf("%s/%s", source, name);
	text = read_text(path);
	free(path);
	return text;
}

/* Puts the files there that the example names. */
static int
setup(void **state)
{
	static const struct {
		const char *vector;
		const char *name;
	} copies[] = {
		{ "ca.pem", "ca.pem" },
		{ "ca.pem", "root.pem" },
		{ "ca.key.pem", "ca.key" },
		{ "ra.pem", "ra.pem" },
		{ "ra.key.pem", "ra.key" },
		{ "ra.pem", "mdm.pem" },
		{ "ca.pem", "old.pem" },
		{ "ca.key.pem", "old.key" },
	};

	struct certificate_order next = {
		.not_before = NOW,
		.not_after = NOW + 365 * DAY,
		.ca = true,
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE |
		    KEY_USAGE_KEY_ENCIPHERMENT | KEY_USAGE_CERT_SIGN,
	};

	if (fixture_setup(state) != 0)
		return -1;
	put_ca("next.pem", &next, "certmonger/client.key");
	put_vector("next.key", "certmonger/client.key");
	for (size_t i = 0; i < COUNT(copies); i++) {
		char *name = xasprintf("tests/vectors/ca/%s", copies[i].vector);
		struct buf text = source_text(name);

		put_mode(copies[i].name, buf_bytes(&text), 0600);
		buf_clear(&text);
		free(name);
	}
	put("challenge.txt", "a password that is long enough\n");
	put("ca.pass", "of no use\n");
	put("ra.pass", "of no use\n");
	put("old.pass", "of no use\n");
	return 0;
}

#define EXAMPLE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)

/* The text with all settings that are commented out put into force: those
 * lines have no blank behind their "#", but prose has. */
static struct buf
uncommented(struct buf *text)
{
	struct buf whole = { 0 };
	const char *line = buf_string(text);

	while (*line != '\0') {
		size_t blanks = strspn(line, "\t");
		size_t length = strcspn(line, "\n") + 1;
		const char *mark = line + blanks;

		buf_append(&whole, bytes_of(line, blanks));
		if (mark[0] == '#' && mark[1] != ' ' && mark[1] != '\n')
			mark++;
		buf_append(&whole,
		    bytes_of(mark, length - (size_t)(mark - line)));
		line += length;
	}
	return whole;
}

/* Starts what `text` configures, as far as the first request. */
static void
start(const char *text, struct problems *problems)
{
	struct conf *conf = NULL;
	struct settings settings;
	struct endpoint_setup setup = {
		.crypto.now = clock_seconds_of(&today)
	};
	struct scep *scep = NULL;
	struct notifier *notifier = NULL;
	enum err err;

	put("scepd.conf", text);
	err = conf_open("scepd.conf", &conf, problems);
	if (err == ERR_OK)
		err = settings_read(conf, &settings, problems);
	if (err == ERR_OK) {
		setup.crypto.provider = settings.provider;
		err = scep_new(&settings.endpoints, &setup, &scep, problems);
	}
	if (err == ERR_OK && settings.notify != NULL)
		err = notifier_new(settings.notify, &notifier, problems);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR) > 0,
	    err != ERR_OK);
	scep_free(scep);
	notifier_free(notifier);
	conf_free(conf);
}

static void
assert_starts(const char *text, const char *findings)
{
	struct problems *problems = problems_new();

	start(text, problems);
	assert_string_equal(problems_text(problems), findings);
	problems_free(problems);
}

static void
example_starts_as_it_is(void **state)
{
	struct buf text = source_text("conf/scepd.conf");

	(void)state;
	assert_starts(buf_string(&text), "");
	buf_clear(&text);
}

static void
example_starts_with_every_setting_in_force(void **state)
{
	struct buf text = source_text("conf/scepd.conf");
	struct buf whole = uncommented(&text);

	(void)state;
	assert_starts(buf_string(&whole), "");
	buf_clear(&text);
	buf_clear(&whole);
}

/* The defaults that the example shows are those of the code. */
static void
example_shows_the_defaults(void **state)
{
	struct problems *problems = problems_new();
	struct buf text = source_text("conf/scepd.conf");
	struct buf whole = uncommented(&text);
	struct settings as_is, in_force;
	struct conf *conf, *whole_conf;

	(void)state;
	put("as-is.conf", buf_string(&text));
	put("whole.conf", buf_string(&whole));
	conf = open_well("as-is.conf");
	whole_conf = open_well("whole.conf");
	assert_int_equal(settings_read(conf, &as_is, problems), ERR_OK);
	assert_int_equal(settings_read(whole_conf, &in_force, problems),
	    ERR_OK);
	assert_int_equal(in_force.socket.mode, as_is.socket.mode);
	assert_int_equal(in_force.limits.max_body, as_is.limits.max_body);
	assert_int_equal(in_force.limits.max_query, as_is.limits.max_query);
	assert_int_equal(in_force.limits.timeout_ms, as_is.limits.timeout_ms);
	assert_int_equal(in_force.guesses.slows, as_is.guesses.slows);
	assert_memory_equal(&in_force.guesses.backoff, &as_is.guesses.backoff,
	    sizeof(as_is.guesses.backoff));
	assert_int_equal(in_force.guesses.alarm, as_is.guesses.alarm);
	assert_string_equal(in_force.user, as_is.user);
	assert_string_equal(in_force.key_user, as_is.key_user);
	assert_int_equal(in_force.workers, as_is.workers);
	assert_int_equal(in_force.threads, as_is.threads);
	assert_int_equal(in_force.log, as_is.log);
	assert_ptr_equal(in_force.provider, as_is.provider);
	conf_free(conf);
	conf_free(whole_conf);
	problems_free(problems);
	buf_clear(&text);
	buf_clear(&whole);
}

/* The names of all settings, as findings about unknown ones list them; they
 * view `text`. */
static size_t
known_names(char *text, const char *names[MAX_NAMES])
{
	static const char mark[] = "known here: ";
	size_t count = 0;
	char *at = text;

	while ((at = strstr(at, mark)) != NULL) {
		char *list = at + strlen(mark);
		char *end = list + strcspn(list, "\n");

		at = *end != '\0' ? end + 1 : end;
		*end = '\0';
		for (char *name; (name = strsep(&list, ", ")) != NULL;) {
			assert_true(count < MAX_NAMES);
			if (*name != '\0')
				names[count++] = name;
		}
	}
	return count;
}

/* `text` with an unknown setting in the section that `mark` begins. */
static struct buf
with_unknown(struct buf *text, const char *mark)
{
	const char *start = buf_string(text);
	const char *at = strstr(start, mark);
	struct buf changed = { 0 };

	if (at == NULL)
		fail_msg("the example has no section that begins \"%s\"", mark);
	at += strlen(mark);
	buf_append(&changed, bytes_of(start, (size_t)(at - start)));
	buf_append_string(&changed, " wholly_unknown_to_all_of_them = 1; ");
	buf_append_string(&changed, at);
	return changed;
}

static const char *const sections[] = { "#", "socket = {", "keeper = {",
	"limits = {", "notify = {", "endpoints = (\n\t{", "\tca = {",
	"\tra = {", "\tnext = {", "\tformer = (\n\t\t\t{", "\tprofile = ( {",
	"\tfor = {", "\textensions = (\n\t\t\t\t{", "\tkeys = {", "\tenrol = {",
	"\ton_behalf = (\n\t\t\t\t{", "\trenew = {", "\tissued = {",
	"challenge = (\n\t\t\t\t{" };

/* All that a section may have stands in the example and in the manual. */
static void
example_and_manual_have_every_setting(void **state)
{
	struct buf text = source_text("conf/scepd.conf");
	struct buf manual = source_text("doc/scepd.conf.5");
	struct buf whole = uncommented(&text);

	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++) {
		struct problems *problems = problems_new();
		const char *names[MAX_NAMES];
		struct buf changed = { 0 };
		char *findings;
		size_t count;

		if (i == 0) {
			buf_append_string(&changed,
			    "wholly_unknown_to_all_of_them = 1;\n");
			buf_append(&changed, buf_bytes(&whole));
		} else {
			changed = with_unknown(&whole, sections[i]);
		}
		start(buf_string(&changed), problems);
		findings = xstrdup(problems_text(problems));
		count = known_names(findings, names);
		assert_true(count > 0);
		for (size_t j = 0; j < count; j++) {
			char *setting = xasprintf("\t%s = ", names[j]);
			char *item = xasprintf(".It Ic %s\n", names[j]);

			setting[0] = i == 0 ? '\n' : '\t';
			if (strstr(buf_string(&whole), setting) == NULL)
				fail_msg("the example lacks \"%s\"", names[j]);
			if (strstr(buf_string(&manual), item) == NULL)
				fail_msg("the manual lacks \"%s\"", names[j]);
			free(setting);
			free(item);
		}
		free(findings);
		buf_clear(&changed);
		problems_free(problems);
	}
	buf_clear(&text);
	buf_clear(&manual);
	buf_clear(&whole);
}

/* Whether `text` has `word` between blanks or line ends. */
static bool
has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word)) != NULL) {
		if (at > text && at[-1] == ' ' &&
		    (at[length] == ' ' || at[length] == '\n'))
			return true;
		at += length;
	}
	return false;
}

/* Appends a line of an example as it is read on the page. */
static void
append_shown(struct buf *to, struct bytes line)
{
	static const struct {
		const char *escape;
		const char *shown;
	} escapes[] = { { "\\(dq", "\"" }, { "\\&", "" }, { "\\e", "\\" } };

	while (line.size > 0) {
		size_t i = 0;

		while (i < COUNT(escapes) &&
		    !bytes_begin_with(line, escapes[i].escape))
			i++;
		if (i == COUNT(escapes)) {
			buf_append_octet(to, line.data[0]);
			line = bytes_from(line, 1);
		} else {
			buf_append_string(to, escapes[i].shown);
			line = bytes_from(line, strlen(escapes[i].escape));
		}
	}
	buf_append_string(to, "\n");
}

/* Settings of a profile, or several. */
static enum err
read_profiles(const struct conf_section *section, struct problems *problems)
{
	static const struct conf_key key = { .name = "profile",
		.type = CONF_SECTIONS };
	struct conf_sections several = { 0 };
	struct profiles profiles;
	enum err err = conf_read_one(section, &key, &several, problems);

	assert_int_equal(err, ERR_OK);
	if (several.count == 0)
		several = (struct conf_sections){ &section, 1 };
	err = profiles_read(&several, &profiles, problems);
	profiles_clear(&profiles);
	return err;
}

static void
assert_profile(struct buf *text)
{
	struct problems *problems = problems_new();
	struct conf *conf;

	put("example.conf", buf_string(text));
	conf = open_well("example.conf");
	if (read_profiles(conf_root(conf), problems) != ERR_OK)
		fail_msg("%s%s", buf_string(text), problems_text(problems));
	problems_free(problems);
	conf_free(conf);
	buf_clear(text);
}

/* The group of that name, whole. */
static void
assert_enrol(struct buf *text)
{
	static const struct conf_key key = { .name = "enrol",
		.type = CONF_SECTION,
		.required = true };
	struct problems *problems = problems_new();
	const struct conf_section *section = NULL;
	struct enrol_rules rules = { 0 };
	struct conf *conf;

	put("example.conf", buf_string(text));
	conf = open_well("example.conf");
	assert_int_equal(conf_read_one(conf_root(conf), &key, &section,
			     problems),
	    ERR_OK);
	if (enrol_rules_read(section, &rules, problems) != ERR_OK)
		fail_msg("%s%s", buf_string(text), problems_text(problems));
	enrol_rules_clear(&rules);
	problems_free(problems);
	conf_free(conf);
	buf_clear(text);
}

/* Each line by itself, and what is set apart as a whole: from the item `first`
 * of a section on.  How many there are. */
static size_t
check_examples(const char *section, const char *first,
    void (*check)(struct buf *text))
{
	struct buf manual = source_text("doc/scepd.conf.5");
	const char *start = strstr(buf_string(&manual), section);
	struct bytes rest, line;
	struct buf text = { 0 };
	bool is_block = false;
	size_t count = 0;

	assert_non_null(start);
	rest = bytes_of_string(strstr(start, first));
	while (rest.size > 0 && !bytes_begin_with(rest, ".Ss ")) {
		line = bytes_cut(&rest, '\n');
		if (bytes_begin_with(line, ".Bd ") ||
		    bytes_begin_with(line, ".Ed")) {
			is_block = bytes_begin_with(line, ".Bd ");
		} else if (is_block) {
			append_shown(&text, line);
			continue;
		} else if (bytes_begin_with(line, ".Dl ")) {
			append_shown(&text, bytes_from(line, 4));
		}
		if (text.size > 0) {
			check(&text);
			count++;
		}
	}
	buf_clear(&manual);
	return count;
}

static void
manuals_examples_of_a_profile_are_read(void **state)
{
	(void)state;
	assert_true(check_examples(".Ss The profile\n", ".It Ic days\n",
			assert_profile) >= 10);
}

static void
manuals_examples_of_enrolment_are_read(void **state)
{
	(void)state;
	put("new.txt", "a password that is long enough\n");
	put("old.txt", "another one that is long enough\n");
	put("derive.key", "a secret that is long enough for thirty-two\n");
	assert_int_equal(check_examples(".Ss Enrolment\n",
			     ".It Ic max_active\n", assert_enrol),
	    2);
}

static void
manual_has_every_reason(void **state)
{
	struct buf manual = source_text("doc/scepd.8");

	(void)state;
	for (unsigned i = ERR_OK + 1; i < ERR_COUNT; i++)
		if (!has_word(buf_string(&manual), err_name((enum err)i)))
			fail_msg("doc/scepd.8 lacks the reason \"%s\"",
			    err_name((enum err)i));
	buf_clear(&manual);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EXAMPLE_TEST(example_starts_as_it_is),
		EXAMPLE_TEST(example_starts_with_every_setting_in_force),
		EXAMPLE_TEST(example_shows_the_defaults),
		EXAMPLE_TEST(example_and_manual_have_every_setting),
		EXAMPLE_TEST(manuals_examples_of_a_profile_are_read),
		EXAMPLE_TEST(manuals_examples_of_enrolment_are_read),
		cmocka_unit_test(manual_has_every_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
