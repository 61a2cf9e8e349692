/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "backends/openssl_conf_internal.h"
#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"

#define FILE_LIMIT (1024 * 1024)
#define TEXT_LIMIT (4 * FILE_LIMIT)
#define FILE_COUNT_LIMIT 256
#define DEPTH_LIMIT 10

/* More findings than this say that it is another kind of file. */
#define FINDING_LIMIT 20

/* What the files have in common while they are read. */
struct reader {
	struct openssl_conf *conf;
	struct problems *problems;
	char *section;        /* that lines now belong to */
	char *include_folder; /* NULL: none was set */
	bool dollars;         /* "$" is a letter of names */
	bool absolute;        /* no relative path may be included */
	bool in_folder;       /* what is read now came from a folder */
	size_t depth;
	size_t file_count;
	size_t text_size;
	size_t findings;
	bool given_up; /* the rest would say the same again */
};

/* One line, of which "\" may have made one of several. */
struct line {
	struct bytes text;
	struct openssl_place place;
};

static void read_file(struct reader *reader, const char *path,
    const struct openssl_place *from);

static void
count_finding(struct reader *reader)
{
	reader->findings++;
	if (reader->findings >= FINDING_LIMIT)
		reader->given_up = true;
}

static void
complain(struct reader *reader, struct openssl_place place, const char *what)
{
	problem_add(reader->problems, PROBLEM_ERROR, "%s:%u: %s", place.file,
	    place.line, what);
	count_finding(reader);
}

static void
give_up(struct reader *reader, struct openssl_place place, const char *what)
{
	complain(reader, place, what);
	reader->given_up = true;
}

/* With a finding where it fails; what there is of a value then keeps other
 * lines from being complained about too. */
static void
expand(struct reader *reader, const char *section, const struct line *line,
    struct bytes text, struct buf *value)
{
	const struct openssl_text_context context = { reader->conf, section,
		reader->dollars, line->place, reader->problems };

	if (openssl_text_expand(&context, text, value) != ERR_OK)
		count_finding(reader);
}

/* [ NAME ], of which the name may have blanks in it; what is behind it is
 * nobody's business. */
static void
read_section(struct reader *reader, const struct line *line)
{
	struct bytes text = openssl_text_trim(bytes_from(line->text, 1));
	struct buf name = { 0 };
	size_t end = 0, next = 0;

	for (;;) {
		size_t size = openssl_text_name(bytes_from(text, next),
		    reader->dollars);

		end = next + size;
		next = end + openssl_text_blanks(bytes_from(text, end));
		if (next >= text.size || text.data[next] == ']' || size == 0)
			break;
	}
	if (next >= text.size || text.data[next] != ']') {
		complain(reader, line->place,
		    "\"[\" begins a section, and its name does not end with "
		    "\"]\"; a name has letters, digits and _ . - in it");
		return;
	}
	expand(reader, reader->section, line, bytes_of(text.data, end), &name);
	free(reader->section);
	reader->section = xstrdup(buf_string(&name));
	openssl_conf_begin(reader->conf, reader->section, line->place);
	buf_clear(&name);
}

static bool
read_switch(struct bytes text, bool *is_on)
{
	static const struct {
		const char *word;
		bool is_on;
	} words[] = { { "on", true }, { "true", true }, { "off", false },
		{ "false", false } };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!bytes_equal_string_nocase(text, words[i].word))
			continue;
		*is_on = words[i].is_on;
		return true;
	}
	return false;
}

/* WORD:VALUE; OpenSSL passes over words that it does not know. */
static void
read_pragma(struct reader *reader, const struct line *line, struct bytes text)
{
	struct bytes value = text, word = bytes_cut(&value, ':');
	bool good = true;

	if (word.size == 0 || value.size == 0) {
		complain(reader, line->place,
		    "a .pragma is WORD:VALUE, as in .pragma = dollarid:on");
		return;
	}
	word = openssl_text_trim(word);
	value = openssl_text_trim(value);
	if (bytes_equal_string(word, "dollarid")) {
		good = read_switch(value, &reader->dollars);
	} else if (bytes_equal_string(word, "abspath")) {
		good = read_switch(value, &reader->absolute);
	} else if (bytes_equal_string(word, "includedir")) {
		free(reader->include_folder);
		reader->include_folder = xstrdup_bytes(value);
	}
	if (!good)
		complain(reader, line->place,
		    "this .pragma is either on or off");
}

/* The folder that a variable of the environment names goes before the one that
 * the file does. */
static char *
beside_folder(const struct reader *reader, const char *name)
{
	struct buf folder = { 0 };
	char *path;

	if (file_read_variable("OPENSSL_CONF_INCLUDE", FILE_PUBLIC, &folder) !=
		ERR_OK &&
	    reader->include_folder != NULL)
		buf_append_string(&folder, reader->include_folder);
	path = name[0] == '/' || folder.size == 0 ?
	    xstrdup(name) :
	    xasprintf("%s/%s", buf_string(&folder), name);
	buf_clear(&folder);
	return path;
}

/* Adds what others have found under this line's place. */
static void
take_over(struct reader *reader, const struct openssl_place *from,
    struct problems *found)
{
	static const char level[] = "error: ";
	const char *text = problems_text(found) + strlen(level);

	count_finding(reader);
	if (from == NULL)
		problem_add(reader->problems, PROBLEM_ERROR, "%.*s",
		    (int)strcspn(text, "\n"), text);
	else
		problem_add(reader->problems, PROBLEM_ERROR, "%s:%u: %.*s",
		    from->file, from->line, (int)strcspn(text, "\n"), text);
}

/* OpenSSL looks into no folder that a file of a folder includes. */
static void
include_all(struct reader *reader, const char *path, struct openssl_place place)
{
	struct problems *found = problems_new();
	struct buf paths = { 0 };
	bool is_folder = false, was_in_folder = reader->in_folder;
	struct bytes rest;

	if (openssl_include_list(path, &is_folder, &paths, found) != ERR_OK)
		take_over(reader, &place, found);
	problems_free(found);
	rest = buf_bytes(&paths);
	if (is_folder && was_in_folder)
		rest.size = 0;
	reader->in_folder = is_folder || was_in_folder;
	while (rest.size > 0 && !reader->given_up) {
		const char *next = (const char *)rest.data;

		read_file(reader, next, &place);
		rest = bytes_from(rest, strlen(next) + 1);
	}
	reader->in_folder = was_in_folder;
	buf_clear(&paths);
}

static void
include(struct reader *reader, const char *section, const struct line *line,
    struct bytes text)
{
	struct buf name = { 0 };
	char *beside, *path;

	expand(reader, section, line, text, &name);
	beside = beside_folder(reader, buf_string(&name));
	path = openssl_conf_path(reader->conf, beside);
	if (reader->absolute && beside[0] != '/')
		complain(reader, line->place,
		    "the file to include has no absolute path, and .pragma "
		    "abspath asks for one");
	else if (name.size > 0)
		include_all(reader, path, line->place);
	free(beside);
	free(path);
	buf_clear(&name);
}

static void
read_value(struct reader *reader, const char *section, const struct line *line,
    struct bytes name, struct bytes text)
{
	char *copied = xstrdup_bytes(name);
	struct buf value = { 0 };

	expand(reader, section, line, text, &value);
	openssl_conf_add(reader->conf, section, copied, buf_string(&value),
	    line->place);
	buf_clear(&value);
	free(copied);
}

/* What follows the name, with and without "=" before it. */
struct rest {
	bool has_sign;
	struct bytes value;
};

static struct rest
read_rest(struct bytes text)
{
	struct rest rest = { false, openssl_text_trim(text) };

	if (rest.value.size > 0 && rest.value.data[0] == '=') {
		rest.has_sign = true;
		rest.value = openssl_text_trim(bytes_from(rest.value, 1));
	}
	return rest;
}

/* A directive needs no "=", and OpenSSL cares only how its name begins. */
static bool
is_directive(struct bytes name, const char *directive, struct rest rest,
    bool ends_there)
{
	return bytes_begin_with(name, directive) &&
	    (rest.has_sign || name.size > strlen(directive) || !ends_there);
}

static void
read_named(struct reader *reader, const struct line *line, const char *section,
    struct bytes text)
{
	struct bytes name = bytes_of(text.data,
	    openssl_text_name(text, reader->dollars));
	struct bytes behind = bytes_from(text, name.size);
	struct rest rest = read_rest(behind);
	bool ends_there = openssl_text_blanks(behind) == 0;

	if (is_directive(name, ".pragma", rest, ends_there))
		read_pragma(reader, line, rest.value);
	else if (is_directive(name, ".include", rest, ends_there))
		include(reader, section, line, rest.value);
	else if (rest.has_sign)
		read_value(reader, section, line, name, rest.value);
	else
		complain(reader, line->place,
		    "there is no \"=\" behind the name; a line is NAME = "
		    "VALUE, [ SECTION ], or begins with \"#\"");
}

/* SECTION::NAME is one of another section; the current one stays. */
static void
read_entry(struct reader *reader, const struct line *line)
{
	size_t size = openssl_text_name(line->text, reader->dollars);
	struct bytes behind = bytes_from(line->text, size);
	bool is_elsewhere = bytes_begin_with(behind, "::");
	char *section = is_elsewhere ?
	    xstrdup_bytes(bytes_of(line->text.data, size)) :
	    xstrdup(reader->section);

	read_named(reader, line, section,
	    is_elsewhere ? bytes_from(behind, 2) : line->text);
	free(section);
}

static void
read_line(struct reader *reader, struct line line)
{
	line.text.size = openssl_text_uncommented(line.text);
	line.text = bytes_from(line.text, openssl_text_blanks(line.text));
	if (line.text.size == 0)
		return;
	if (line.text.data[0] == '[')
		read_section(reader, &line);
	else
		read_entry(reader, &line);
	if (openssl_conf_is_full(reader->conf))
		give_up(reader, line.place,
		    "there is more in this configuration than any CA needs; "
		    "is it the right file?");
}

/* A "\" at the end goes on with the next line; not so "\\". */
static bool
goes_on(struct bytes text)
{
	return text.size > 0 && text.data[text.size - 1] == '\\' &&
	    (text.size == 1 || text.data[text.size - 2] != '\\');
}

static void
read_lines(struct reader *reader, const char *file, struct bytes rest)
{
	unsigned number = 0;

	while (rest.size > 0 && !reader->given_up) {
		struct buf text = { 0 };
		struct line line = { .place = { file, number + 1 } };
		bool more = true;

		while (more) {
			buf_append(&text,
			    bytes_trim_end(bytes_cut(&rest, '\n'), "\r"));
			number++;
			more = goes_on(buf_bytes(&text));
			if (more)
				buf_truncate(&text, text.size - 1);
			more = more && rest.size > 0;
		}
		line.text = buf_bytes(&text);
		read_line(reader, line);
		buf_clear(&text);
	}
}

/* What may not be there, in the first file's first line alone. */
static struct bytes
skip_mark(const struct reader *reader, struct bytes text)
{
	return reader->file_count == 1 &&
		bytes_begin_with(text, "\xEF\xBB\xBF") ?
	    bytes_from(text, 3) :
	    text;
}

static void
read_text(struct reader *reader, const char *path, struct bytes text)
{
	const char *file = openssl_conf_keep_file(reader->conf, path);
	struct openssl_place place = { file, 1 };

	reader->text_size += text.size;
	if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL)
		complain(reader, place,
		    "there is a NUL character in this file, so it is no text");
	else if (reader->text_size > TEXT_LIMIT)
		give_up(reader, place,
		    "the files of this configuration are larger than any CA's");
	else
		read_lines(reader, file, skip_mark(reader, text));
}

/* A file that includes itself would be read for ever, and two that include one
 * another twice soon would. */
static void
read_file(struct reader *reader, const char *path,
    const struct openssl_place *from)
{
	struct problems *found = problems_new();
	struct buf contents = { 0 };

	if (from != NULL &&
	    (reader->depth == DEPTH_LIMIT ||
		reader->file_count == FILE_COUNT_LIMIT)) {
		give_up(reader, *from,
		    "too many files include one another; does one include "
		    "itself?");
	} else if (file_read(path, FILE_PUBLIC, FILE_LIMIT, &contents, found) !=
	    ERR_OK) {
		take_over(reader, from, found);
	} else {
		reader->depth++;
		reader->file_count++;
		read_text(reader, path, buf_bytes(&contents));
		reader->depth--;
	}
	buf_clear(&contents);
	problems_free(found);
}

enum err
openssl_conf_read(struct openssl_conf *conf, struct problems *problems)
{
	struct reader reader = { .conf = conf,
		.problems = problems,
		.section = xstrdup("default") };

	read_file(&reader, openssl_conf_file(conf), NULL);
	free(reader.section);
	free(reader.include_folder);
	return reader.findings > 0 ? ERR_CONFIGURATION : ERR_OK;
}
