/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_conf.h"

#include "base/snapshot.h"
#include "tests/unit/backends_openssl.h"

/* A value as `record` of the vectors writes it. */
static void
append_shown(struct buf *to, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f && c != '\\')
			buf_append_octet(to, c);
		else
			buf_printf(to, "\\x%02X", c);
	}
}

/* The section whose name is shown like this. */
static const struct openssl_section *
shown_section(const struct openssl_conf *conf, const char *shown, size_t size)
{
	char *name = xasprintf("%.*s", (int)size, shown);
	const struct openssl_section *section = openssl_conf_section(conf,
	    name);

	if (section == NULL)
		fail_msg("there is no section \"%s\"", name);
	free(name);
	return section;
}

static void
append_section(struct buf *to, const struct openssl_section *section)
{
	buf_printf(to, "[%s]\n", section->name);
	for (size_t i = 0; i < section->count; i++) {
		const struct openssl_entry *entry = section->entries[i];

		assert_string_equal(entry->section, section->name);
		append_shown(to, entry->name);
		buf_append_octet(to, '=');
		append_shown(to, entry->value);
		buf_append_octet(to, '\n');
	}
}

/* All sections that the recorded text has, as they were read here. */
static void
append_read(struct buf *to, const struct openssl_conf *conf,
    const char *recorded)
{
	while (*recorded != '\0') {
		size_t size = strcspn(recorded, "\n");

		if (recorded[0] == '[' && recorded[size - 1] == ']')
			append_section(to,
			    shown_section(conf, recorded + 1, size - 2));
		recorded += size + 1;
	}
}

static void
check_vector(const char *name)
{
	struct problems *problems = problems_new();
	struct openssl_conf *conf = NULL;
	struct buf recorded = { 0 }, read = { 0 };
	char *file = xasprintf("%s.cnf", name);
	char *record = xasprintf("%s.read", name);
	char *path = openssl_vector(file),
	     *record_path = openssl_vector(record);

	assert_int_equal(file_read(record_path, FILE_PUBLIC, 100000, &recorded,
			     problems),
	    ERR_OK);
	if (openssl_conf_open(path, NULL, &conf, problems) == ERR_OK)
		append_read(&read, conf, buf_string(&recorded));
	else
		buf_append(&read, buf_bytes(&recorded));
	if (!bytes_equal(buf_bytes(&read), buf_bytes(&recorded)) ||
	    (conf == NULL) !=
		bytes_begin_with(buf_bytes(&recorded), "error in line "))
		fail_msg("%s: %s is not %s%s", name, buf_string(&read),
		    buf_string(&recorded), problems_text(problems));
	openssl_conf_free(conf);
	problems_free(problems);
	buf_clear(&recorded);
	buf_clear(&read);
	free(path);
	free(record_path);
	free(file);
	free(record);
}

/* tests/vectors/openssl: what OpenSSL has read. */
static void
all_is_read_as_openssl_reads_it(void **state)
{
	static const char *const names[] = { "bad-pragma", "bare-pragma",
		"comments", "continued-end", "debian", "doubling", "easy-rsa",
		"escapes", "include", "lone-dollar", "mark-inside",
		"missing-bracket", "missing-sign", "missing-sign-words",
		"names", "no-environment", "no-forward", "no-line-end",
		"no-variable", "open-brace", "open-parenthesis",
		"other-section", "pragmas", "quoted-section", "quotes",
		"relative-include", "sections", "semicolon", "utf8",
		"utf8-name", "variables", "windows" };

	(void)state;
	set_easy_rsa_variables();
	assert_int_equal(setenv("SCEPD_TEST", "from the environment", 1), 0);
	for (size_t i = 0; i < COUNT(names); i++)
		check_vector(names[i]);
}

static void
find_falls_back_to_the_default_section(void **state)
{
	static const struct {
		const char *section;
		const char *name;
		const char *value; /* NULL: none is found */
	} rows[] = {
		{ "s", "a", "of s" },
		{ "s", "b", "of default" },
		{ "nosuch", "b", "of default" },
		{ "default", "a", "of default too" },
		{ NULL, "a", "of default too" },
		{ "s", "c", NULL },
		{ NULL, "c", NULL },
		{ "t", "c", "" },
		{ "T", "c", NULL },
	};
	struct openssl_conf *conf = openssl_open_text(
	    "a = of default too\nb = of default\n[s]\na = of s\n[t]\nc =\n");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct openssl_entry *entry = openssl_conf_find(conf,
		    rows[i].section, rows[i].name);

		if (rows[i].value == NULL) {
			assert_null(entry);
			continue;
		}
		assert_non_null(entry);
		assert_string_equal(entry->value, rows[i].value);
	}
	openssl_conf_free(conf);
}

static void
entries_and_sections_say_where_they_begin(void **state)
{
	const struct openssl_section *section;
	struct openssl_conf *conf;

	(void)state;
	put("b.inc", "\nb = 2\n");
	conf = openssl_open_text("\n[ s ]\na = 1\n.include b.inc\nc = \\\n3\n"
				 "d = 4\n[s]\n");
	section = openssl_conf_section(conf, "s");
	assert_non_null(section);
	assert_string_equal(section->file, "a.cnf");
	assert_int_equal(section->line, 2);
	assert_int_equal(section->count, 4);
	assert_string_equal(section->entries[1]->file, "b.inc");
	assert_int_equal(section->entries[1]->line, 2);
	assert_string_equal(section->entries[3]->file, "a.cnf");
	assert_int_equal(section->entries[2]->line, 5);
	assert_int_equal(section->entries[3]->line, 7);
	assert_null(openssl_conf_section(conf, "t"));
	assert_int_equal(openssl_conf_section(conf, "default")->count, 0);
	openssl_conf_free(conf);
}

static void
the_later_of_two_entries_is_there_at_its_own_place(void **state)
{
	const struct openssl_section *section;
	struct openssl_conf *conf = openssl_open_text(
	    "[s]\na = 1\nb = 2\nc = 3\n[t]\nx = y\n[s]\na = 4\ns::b = 5\n");

	(void)state;
	section = openssl_conf_section(conf, "s");
	assert_int_equal(section->count, 3);
	assert_string_equal(section->entries[0]->name, "c");
	assert_string_equal(section->entries[1]->value, "4");
	assert_string_equal(section->entries[2]->value, "5");
	openssl_conf_free(conf);
}

/* What does not open, with exactly these findings. */
static void
assert_refused(const char *path, const char *findings)
{
	struct problems *problems = problems_new();
	struct openssl_conf *conf = NULL;

	assert_int_equal(openssl_conf_open(path, NULL, &conf, problems),
	    ERR_CONFIGURATION);
	assert_null(conf);
	assert_string_equal(problems_text(problems), findings);
	problems_free(problems);
}

static void
open_says_where_and_what_to_do(void **state)
{
	static const struct {
		const char *text;
		const char *findings;
	} rows[] = {
		{ "a = 1\n\nb\n",
		    "error: a.cnf:3: there is no \"=\" behind the name; a line "
		    "is NAME = VALUE, [ SECTION ], or begins with \"#\"\n" },
		{ "[ s\n",
		    "error: a.cnf:1: \"[\" begins a section, and its name does "
		    "not end with \"]\"; a name has letters, digits and _ . - "
		    "in it\n" },
		{ "[ s ]\na = $b\n",
		    "error: a.cnf:2: the variable \"b\" has no value here; set "
		    "it above in [s] or [default], or write \"\\$\" for a "
		    "\"$\"\n" },
		{ "a = $ENV::SCEPD_NOT_SET/x\nb = $a\n",
		    "error: a.cnf:1: the variable \"SCEPD_NOT_SET\" of the "
		    "environment is not set; set it where scepd is started, or "
		    "above in a section [ENV]\n" },
		{ "a = 5 $\n",
		    "error: a.cnf:1: \"$\" begins a variable; write \"\\$\" "
		    "for the character\n" },
		{ "a = ${b\n",
		    "error: a.cnf:1: the bracket behind \"$\" is not closed "
		    "behind the variable's name\n" },
		{ ".pragma dollarid\n",
		    "error: a.cnf:1: a .pragma is WORD:VALUE, as in .pragma = "
		    "dollarid:on\n" },
		{ ".pragma abspath:maybe\n",
		    "error: a.cnf:1: this .pragma is either on or off\n" },
		{ ".pragma abspath:on\n.include b\n",
		    "error: a.cnf:2: the file to include has no absolute path, "
		    "and .pragma abspath asks for one\n" },
		{ "a\n[b\n",
		    "error: a.cnf:1: there is no \"=\" behind the name; a line "
		    "is NAME = VALUE, [ SECTION ], or begins with \"#\"\n"
		    "error: a.cnf:2: \"[\" begins a section, and its name does "
		    "not end with \"]\"; a name has letters, digits and _ . - "
		    "in it\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("a.cnf", rows[i].text);
		assert_refused("a.cnf", rows[i].findings);
	}
}

/* A certificate in a file's place has many lines that are none. */
static void
open_gives_up_after_many_findings(void **state)
{
	struct problems *problems = problems_new();
	struct openssl_conf *conf = NULL;
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		buf_append_string(&text, "MIIC\n");
	put("a.cnf", buf_string(&text));
	assert_int_equal(openssl_conf_open("a.cnf", NULL, &conf, problems),
	    ERR_CONFIGURATION);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 20);
	problems_free(problems);
	buf_clear(&text);
}

static void
open_refuses_what_is_no_text(void **state)
{
	(void)state;
	put_mode("a.cnf", BYTES_LITERAL("a = 1\0\n"), 0640);
	assert_refused("a.cnf",
	    "error: a.cnf:1: there is a NUL character in this file, so it is "
	    "no text\n");
	assert_refused("nosuch.cnf",
	    "error: nosuch.cnf: No such file or directory\n");
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_refused("folder", "error: folder: is not a regular file\n");
}

/* Writes `count` lines that `line` makes of their numbers. */
static void
put_lines(const char *name, size_t count, const char *start,
    void (*line)(struct buf *to, size_t number))
{
	struct buf text = { 0 };

	buf_append_string(&text, start);
	for (size_t i = 0; i < count; i++)
		line(&text, i);
	put(name, buf_string(&text));
	buf_clear(&text);
}

static void
doubling(struct buf *to, size_t number)
{
	buf_printf(to, "a%zu = ${a%zu}${a%zu}\n", number + 1, number, number);
}

static void
copying(struct buf *to, size_t number)
{
	buf_printf(to, "a%zu = $a0\n", number + 1);
}

static void
small(struct buf *to, size_t number)
{
	buf_printf(to, "a%zu=\n", number);
}

static void
section(struct buf *to, size_t number)
{
	buf_printf(to, "[a%zu]\n", number);
}

static void
filling(struct buf *to, size_t number)
{
	(void)number;
	buf_append_string(to, "# 0123456789 0123456789 0123456789 01234567\n");
}

#define FULL \
	"there is more in this configuration than any CA needs; is it the " \
	"right file?\n"

static void
open_keeps_to_its_bounds(void **state)
{
	char *start = xasprintf("a0 = %060000d\n", 0);

	(void)state;
	put_lines("a.cnf", 13, "a0 = 12345678\n", doubling);
	assert_refused("a.cnf",
	    "error: a.cnf:14: the value is larger than OpenSSL takes (64 KiB); "
	    "is there a variable too many in it?\n");
	put_lines("a.cnf", 200, start, copying);
	assert_refused("a.cnf", "error: a.cnf:70: " FULL);
	put_lines("a.cnf", 9000, "", small);
	assert_refused("a.cnf", "error: a.cnf:8191: " FULL);
	put_lines("a.cnf", 9000, "", section);
	assert_refused("a.cnf", "error: a.cnf:8191: " FULL);
	put_lines("a.cnf", 24000, "", filling);
	assert_refused("a.cnf",
	    "error: a.cnf: is larger than any file of its kind; is it the "
	    "right one?\n");
	free(start);
}

#define TOO_MANY \
	"too many files include one another; does one include itself?\n"

static void
open_is_not_caught_by_files_that_include_one_another(void **state)
{
	struct buf text = { 0 };

	(void)state;
	put("a.cnf", ".include a.cnf\n");
	assert_refused("a.cnf", "error: a.cnf:1: " TOO_MANY);
	put("a.cnf", "a = 1\n.include b.cnf\n");
	put("b.cnf", ".include a.cnf\n.include a.cnf\n");
	assert_refused("a.cnf", "error: b.cnf:1: " TOO_MANY);
	put("b.cnf", "");
	for (size_t i = 0; i < 300; i++)
		buf_append_string(&text, ".include b.cnf\n");
	put("a.cnf", buf_string(&text));
	assert_refused("a.cnf", "error: a.cnf:256: " TOO_MANY);
	put_lines("b.cnf", 20000, "", filling);
	assert_refused("a.cnf",
	    "error: b.cnf:1: the files of this configuration are larger than "
	    "any CA's\n");
	buf_clear(&text);
}

static void
a_folder_is_read_in_the_order_of_its_names(void **state)
{
	static const char *const files[] = { "d/b.cnf", "d/a.conf", "d/B.CNF",
		"d/c.cnf~", "d/.cnf", "d/c.txt" };
	const struct openssl_section *entries;
	struct openssl_conf *conf;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	for (size_t i = 0; i < COUNT(files); i++) {
		char *text = xasprintf("%s = 1\n", files[i] + 2);

		put(files[i], text);
		free(text);
	}
	conf = openssl_open_text(".include d\n");
	entries = openssl_conf_section(conf, "default");
	assert_int_equal(entries->count, 3);
	assert_string_equal(entries->entries[0]->name, "B.CNF");
	assert_string_equal(entries->entries[1]->name, "a.conf");
	assert_string_equal(entries->entries[2]->name, "b.cnf");
	assert_string_equal(entries->entries[2]->file, "d/b.cnf");
	openssl_conf_free(conf);
}

/* Where "b.inc" is looked for. */
static void
inclusion_is_relative_to_what_is_set(void **state)
{
	static const struct {
		const char *directory;
		const char *variable;
		const char *text;
		const char *file;
	} rows[] = {
		{ NULL, NULL, ".include b.inc\n", "b.inc" },
		{ "one", NULL, ".include b.inc\n", "one/b.inc" },
		{ "one", NULL, ".pragma includedir:two\n.include b.inc\n",
		    "one/two/b.inc" },
		{ NULL, NULL, ".pragma includedir:one/two\n.include ./b.inc\n",
		    "one/two/./b.inc" },
		{ NULL, "one", ".pragma includedir:two\n.include b.inc\n",
		    "one/b.inc" },
	};
	static const char *const files[] = { "b.inc", "one/b.inc",
		"one/two/b.inc" };

	(void)state;
	assert_int_equal(mkdir("one", 0700), 0);
	assert_int_equal(mkdir("one/two", 0700), 0);
	for (size_t i = 0; i < COUNT(files); i++)
		put(files[i], "b = 1\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_conf *conf;

		put("a.cnf", rows[i].text);
		unsetenv("OPENSSL_CONF_INCLUDE");
		if (rows[i].variable != NULL)
			setenv("OPENSSL_CONF_INCLUDE", rows[i].variable, 1);
		conf = openssl_open("a.cnf", rows[i].directory);
		unsetenv("OPENSSL_CONF_INCLUDE");
		assert_string_equal(openssl_conf_find(conf, NULL, "b")->file,
		    rows[i].file);
		openssl_conf_free(conf);
	}
}

static void
inclusion_passes_over_what_is_absent_but_not_what_is_broken(void **state)
{
	(void)state;
	openssl_conf_free(openssl_open_text(
	    ".include nosuch\n.include a.cnf/nosuch\n.include\t\n"));
	assert_int_equal(symlink("loop", "loop"), 0);
	put("a.cnf", "\n.include loop\n");
	assert_refused("a.cnf",
	    "error: a.cnf:2: loop: Too many levels of symbolic links\n");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	put("a.cnf", ".include fifo\n");
	assert_refused("a.cnf",
	    "error: a.cnf:1: fifo: is not a regular file\n");
}

static void
paths_are_seen_from_the_directory(void **state)
{
	static const struct {
		const char *directory;
		const char *name;
		const char *path;
	} rows[] = {
		{ NULL, "ca.pem", "sub/ca.pem" },
		{ NULL, "./demoCA/ca.pem", "sub/demoCA/ca.pem" },
		{ NULL, "/srv/ca.pem", "/srv/ca.pem" },
		{ "/srv/ca", "ca.pem", "/srv/ca/ca.pem" },
		{ "/srv/ca", "././demoCA/ca.pem", "/srv/ca/demoCA/ca.pem" },
		{ "/srv/ca", "../ca.pem", "/srv/ca/../ca.pem" },
		{ "/srv/ca", "/srv/ca.pem", "/srv/ca.pem" },
		{ "/srv/ca", "./", "/srv/ca/./" },
		{ "/srv/ca", ".", "/srv/ca/." },
	};

	(void)state;
	assert_int_equal(mkdir("sub", 0700), 0);
	put("sub/a.cnf", "a = 1\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_conf *conf = openssl_open("sub/a.cnf",
		    rows[i].directory);
		char *path = openssl_conf_path(conf, rows[i].name);

		assert_string_equal(path, rows[i].path);
		assert_string_equal(openssl_conf_file(conf), "sub/a.cnf");
		free(path);
		openssl_conf_free(conf);
	}
}

static void
findings_about_an_entry_name_its_place(void **state)
{
	struct problems *problems = problems_new();
	struct openssl_conf *conf = openssl_open_text("\na = 1\n");
	const struct openssl_entry *entry = openssl_conf_find(conf, NULL, "a");

	(void)state;
	openssl_entry_problem(entry, PROBLEM_WARNING, problems, "%s is %d", "a",
	    1);
	assert_int_equal(openssl_entry_refuse(entry, problems, "no %s", "a\nb"),
	    ERR_CONFIGURATION);
	assert_string_equal(problems_text(problems),
	    "warning: a.cnf:2: a is 1\nerror: a.cnf:2: no a?b\n");
	openssl_conf_free(conf);
	problems_free(problems);
}

/* Files and folders are gone, and the environment has changed; what was not
 * there has come. */
static void
a_snapshot_has_all_that_was_read(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct openssl_conf *conf;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	put("d/a.cnf", "[s]\na = 1\n");
	put("d/b.cnf", "b = $ENV::SCEPD_TEST\n");
	setenv("SCEPD_TEST", "before", 1);
	file_record(snapshot);
	openssl_conf_free(openssl_open_text(".include d\n.include late.cnf\n"));
	file_record(NULL);
	setenv("SCEPD_TEST", "after", 1);
	assert_int_equal(unlink("d/a.cnf"), 0);
	put("d/c.cnf", "a = 3\n");
	put("late.cnf", "a = 4\n");
	file_replay(snapshot);
	conf = openssl_open("a.cnf", NULL);
	file_replay(NULL);
	assert_int_equal(openssl_conf_section(conf, "s")->count, 2);
	assert_string_equal(openssl_conf_find(conf, "s", "a")->value, "1");
	assert_string_equal(openssl_conf_find(conf, "s", "b")->value, "before");
	openssl_conf_free(conf);
	snapshot_free(snapshot);
}

static void
nothing_is_freed_where_there_is_nothing(void **state)
{
	(void)state;
	openssl_conf_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(all_is_read_as_openssl_reads_it),
		CONF_TEST(find_falls_back_to_the_default_section),
		CONF_TEST(entries_and_sections_say_where_they_begin),
		CONF_TEST(the_later_of_two_entries_is_there_at_its_own_place),
		CONF_TEST(open_says_where_and_what_to_do),
		CONF_TEST(open_gives_up_after_many_findings),
		CONF_TEST(open_refuses_what_is_no_text),
		CONF_TEST(open_keeps_to_its_bounds),
		CONF_TEST(open_is_not_caught_by_files_that_include_one_another),
		CONF_TEST(a_folder_is_read_in_the_order_of_its_names),
		CONF_TEST(inclusion_is_relative_to_what_is_set),
		CONF_TEST(
		    inclusion_passes_over_what_is_absent_but_not_what_is_broken),
		CONF_TEST(paths_are_seen_from_the_directory),
		CONF_TEST(findings_about_an_entry_name_its_place),
		CONF_TEST(a_snapshot_has_all_that_was_read),
		cmocka_unit_test(nothing_is_freed_where_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
