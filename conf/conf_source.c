/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "conf/conf_nesting.h"
#include "conf/conf_scan.h"

/* A file that includes itself would be read for ever. */
#define DEPTH_LIMIT 10

/* What the files have in common while they are read. */
struct reader {
	struct conf_source *source;
	struct problems *problems;
	struct conf_nesting nesting;
	size_t depth;
	bool given_up; /* the rest can't be told apart: one slip, one finding */
};

/* One file: what is left of it, and where that stands. */
struct cursor {
	struct bytes rest;
	struct conf_place place;
};

static void read_file(struct reader *reader, const char *path,
    const struct conf_place *from);

/* Moves past `size` octets without copying them. */
static void
skip(struct cursor *cursor, size_t size)
{
	for (size_t i = 0; i < size; i++)
		cursor->place.line += cursor->rest.data[i] == '\n';
	cursor->rest = bytes_from(cursor->rest, size);
}

/* The text's next line comes from here. */
static void
begin_line(struct conf_source *source, struct conf_place place)
{
	buf_append(&source->lines, bytes_of(&place, sizeof(place)));
}

/* Moves past `size` octets and takes them into the text, where each line end
 * begins a line whose place has to be known. */
static void
copy(struct conf_source *source, struct cursor *cursor, size_t size)
{
	struct bytes text = bytes_of(cursor->rest.data, size);

	buf_append(&source->text, text);
	for (size_t i = 0; i < size; i++) {
		if (text.data[i] != '\n')
			continue;
		cursor->place.line++;
		begin_line(source, cursor->place);
	}
	cursor->rest = bytes_from(cursor->rest, size);
}

/* Goes on at `place`, on a line of the text of its own. */
static void
copy_from(struct conf_source *source, struct conf_place place)
{
	if (source->lines.size > 0)
		buf_append_octet(&source->text, '\n');
	begin_line(source, place);
}

/* The size of the directive @include "name" at the start, 0 where it is
 * none.  The name is taken as it stands, without escapes. */
static size_t
include_size(struct bytes text, struct bytes *name)
{
	static const char word[] = "@include";
	struct bytes rest = bytes_from(text, strlen(word));
	struct bytes first = bytes_of(text.data, text.size - rest.size);
	struct conf_token token = { 0 };

	if (!bytes_equal_string(first, word))
		return 0;
	while (rest.size > 0) {
		token = conf_scan_next(rest);
		if (token.kind != CONF_TOKEN_BLANK)
			break;
		rest = bytes_from(rest, token.text.size);
	}
	if (rest.size == 0 || token.kind != CONF_TOKEN_STRING ||
	    token.text.size == 2)
		return 0;
	*name = bytes_of(token.text.data + 1, token.text.size - 2);
	return (size_t)(token.text.data - text.data) + token.text.size;
}

/* The directive itself is skipped and never reaches libconfig.  What it names
 * is read in its place. */
static void
include(struct reader *reader, struct cursor *cursor)
{
	struct conf_place place = cursor->place;
	struct bytes name = { 0 };
	size_t size = include_size(cursor->rest, &name);
	char *relative, *path;

	reader->given_up = size == 0 || reader->depth == DEPTH_LIMIT;
	if (size == 0) {
		conf_place_error(place, reader->problems,
		    "\"@\" starts nothing but: @include \"FILE\"");
		return;
	}
	if (reader->given_up) {
		conf_place_error(place, reader->problems,
		    "@include goes deeper than %d files; does one include "
		    "itself?",
		    DEPTH_LIMIT);
		return;
	}
	relative = xstrdup_bytes(name);
	path = file_path_beside(place.file->path, relative);
	read_file(reader, path, &place);
	skip(cursor, size);
	copy_from(reader->source, cursor->place);
	free(relative);
	free(path);
}

/* What is wrong inside the token itself; the rest can be read all the same. */
static void
check_token(struct conf_token token, struct conf_place place,
    struct problems *problems)
{
	const char *fault = NULL;

	if (token.kind == CONF_TOKEN_NUMBER)
		fault = conf_scan_number_fault(token.text);
	if (fault != NULL)
		conf_place_error(place, problems, "%.*s %s",
		    (int)token.text.size, (const char *)token.text.data, fault);
	if (token.kind == CONF_TOKEN_STRING && conf_scan_has_nul(token.text))
		conf_place_error(place, problems,
		    "text can't hold a NUL character (\"\\x00\")");
}

/* The rest of the file is inside it, so nothing more can be said. */
static void
complain_unended(struct reader *reader, struct conf_token token,
    struct conf_place place)
{
	bool is_text = token.text.data[0] == '"';

	conf_place_error(place, reader->problems, "this %s is never closed",
	    is_text ? "text in quotes" : "comment");
	reader->given_up = true;
}

/* Comments and blanks are copied as well, so that lines stay lines. */
static void
read_token(struct reader *reader, struct cursor *cursor)
{
	struct conf_token token = conf_scan_next(cursor->rest);
	struct conf_place place = cursor->place;

	if (token.kind == CONF_TOKEN_UNENDED) {
		complain_unended(reader, token, place);
		return;
	}
	check_token(token, place, reader->problems);
	if (token.kind != CONF_TOKEN_BLANK &&
	    conf_nesting_take(&reader->nesting, token, place,
		reader->problems) != ERR_OK)
		reader->given_up = true;
	if (token.text.data[0] == '@')
		include(reader, cursor);
	else
		copy(reader->source, cursor, token.text.size);
}

/* libconfig takes a NUL for the end of the text, and all behind it for not
 * being there: a file in UTF-16 would be empty to it. */
static void
read_text(struct reader *reader, const struct conf_file *file,
    struct bytes text)
{
	struct cursor cursor = { text, { file, 1 } };
	size_t nul = 0;

	while (nul < text.size && text.data[nul] != '\0')
		nul++;
	if (nul < text.size) {
		skip(&cursor, nul);
		conf_place_error(cursor.place, reader->problems,
		    "holds a NUL character; is this a text file, in UTF-8?");
		return;
	}
	/* What some editors of Windows mark UTF-8 with. */
	if (text.size >= 3 &&
	    bytes_equal_string(bytes_of(text.data, 3), "\xef\xbb\xbf"))
		skip(&cursor, 3);
	copy_from(reader->source, cursor.place);
	while (cursor.rest.size > 0 && !reader->given_up)
		read_token(reader, &cursor);
}

/* Whether everybody can read the file is noted now, for the secrets in it.
 * Files are kept in a list, since places point to them. */
static struct conf_file *
add_file(struct conf_source *source, const char *path)
{
	struct conf_file *file = xalloc(sizeof(*file));

	file->path = xstrdup(path);
	file->is_public = file_is_public(path);
	file->next = source->files;
	source->files = file;
	return file;
}

/* `from` is where it is included, NULL for the outermost file. */
static void
read_file(struct reader *reader, const char *path,
    const struct conf_place *from)
{
	struct conf_file *file = add_file(reader->source, path);
	struct buf contents = { 0 };
	enum err err;

	if (from == NULL)
		err = file_read(path, FILE_PUBLIC, CONF_FILE_LIMIT, &contents,
		    reader->problems);
	else
		err = conf_place_read_file(*from, path, FILE_PUBLIC, &contents,
		    reader->problems);
	reader->depth++;
	if (err == ERR_OK)
		read_text(reader, file, buf_bytes(&contents));
	reader->depth--;
	buf_clear(&contents);
}

/* Open brackets are told only where the text was read to its end. */
enum err
conf_source_read(struct conf_source *source, const char *path,
    struct problems *problems)
{
	struct reader reader = { .source = source, .problems = problems };
	size_t before = problems_count(problems, PROBLEM_ERROR);

	read_file(&reader, path, NULL);
	/* libconfig knows a comment only by the line end behind it. */
	buf_append_octet(&source->text, '\n');
	if (!reader.given_up)
		conf_nesting_end(&reader.nesting, problems);
	conf_nesting_clear(&reader.nesting);
	if (problems_count(problems, PROBLEM_ERROR) > before)
		return ERR_CONFIGURATION;
	return ERR_OK;
}

struct conf_place
conf_source_place(const struct conf_source *source, unsigned line)
{
	const struct conf_place *places = (const void *)source->lines.data;
	size_t count = source->lines.size / sizeof(*places);

	return places[line <= count ? line - 1 : count - 1];
}

void
conf_source_forget_text(struct conf_source *source)
{
	buf_clear(&source->text);
	buf_clear(&source->lines);
}

void
conf_source_clear(struct conf_source *source)
{
	while (source->files != NULL) {
		struct conf_file *next = source->files->next;

		free(source->files->path);
		free(source->files);
		source->files = next;
	}
	conf_source_forget_text(source);
}
