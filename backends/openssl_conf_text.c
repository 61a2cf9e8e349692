/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "backends/openssl_conf_internal.h"
#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"

/* The section of a variable that may be one of the environment. */
#define ENVIRONMENT "ENV"

#define BLANKS " \t\r\n"

/* Of the character at `index`; NUL past the end, where no text has one. */
static char
at(struct bytes text, size_t index)
{
	return index < text.size ? (char)text.data[index] : '\0';
}

static bool
is_one_of(char c, const char *set)
{
	while (*set != '\0' && *set != c)
		set++;
	return c != '\0' && *set == c;
}

static bool
is_blank(char c)
{
	return is_one_of(c, BLANKS);
}

/* What begins a text in which nothing but "\" means anything. */
static bool
is_quote(char c)
{
	return is_one_of(c, "'`\"");
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

size_t
openssl_text_blanks(struct bytes text)
{
	size_t size = 0;

	while (is_blank(at(text, size)))
		size++;
	return size;
}

/* Of a "\" and what it stands before, if anything. */
static size_t
escape_size(struct bytes text)
{
	return text.size < 2 ? text.size : 2;
}

/* Of a text in quotes with both of them; one that is not closed goes to the
 * end. */
static size_t
quoted_size(struct bytes text)
{
	size_t size = 1;

	while (size < text.size && at(text, size) != at(text, 0))
		size += at(text, size) == '\\' ?
		    escape_size(bytes_from(text, size)) :
		    1;
	return size < text.size ? size + 1 : size;
}

size_t
openssl_text_uncommented(struct bytes text)
{
	size_t size = 0;

	while (size < text.size && at(text, size) != '#') {
		struct bytes rest = bytes_from(text, size);

		if (is_quote(at(rest, 0)))
			size += quoted_size(rest);
		else if (at(rest, 0) == '\\')
			size += escape_size(rest);
		else
			size++;
	}
	return size;
}

size_t
openssl_text_name(struct bytes text, bool dollars)
{
	size_t size = 0;

	for (;;) {
		char c = at(text, size);

		if (c == '\\')
			size += escape_size(bytes_from(text, size));
		else if (is_word(c) || is_one_of(c, "!%&*+,./;?@^~|-") ||
		    (dollars && c == '$'))
			size++;
		else
			return size;
	}
}

struct bytes
openssl_text_trim(struct bytes text)
{
	return bytes_trim(text, BLANKS);
}

/* A variable as it is written. */
struct variable {
	char *section; /* NULL: none is named */
	char *name;
	size_t size; /* of the whole; 0: a bracket is not closed */
};

static void
clear_variable(struct variable *variable)
{
	free(variable->section);
	free(variable->name);
}

static size_t
word_size(struct bytes text, bool dollars)
{
	size_t size = 0;

	while (is_word(at(text, size)) || (dollars && at(text, size) == '$'))
		size++;
	return size;
}

static char
closing_bracket(char opening)
{
	if (opening == '{')
		return '}';
	return opening == '(' ? ')' : '\0';
}

/* $NAME, ${NAME}, $(NAME), each also with SECTION:: before the name. */
static struct variable
read_variable(struct bytes text, bool dollars)
{
	struct variable variable = { 0 };
	char closing = closing_bracket(at(text, 1));
	size_t start = closing != '\0' ? 2 : 1;
	size_t end = start + word_size(bytes_from(text, start), dollars);

	if (at(text, end) == ':' && at(text, end + 1) == ':') {
		variable.section = xstrdup_bytes(bytes_of(text.data + start,
		    end - start));
		start = end + 2;
		end = start + word_size(bytes_from(text, start), dollars);
	}
	variable.name = xstrdup_bytes(bytes_of(text.data + start, end - start));
	if (closing == '\0')
		variable.size = end;
	else if (at(text, end) == closing)
		variable.size = end + 1;
	return variable;
}

static enum err
complain(const struct openssl_text_context *context, const char *what)
{
	problem_add(context->problems, PROBLEM_ERROR, "%s:%u: %s",
	    context->place.file, context->place.line, what);
	return ERR_CONFIGURATION;
}

static enum err
complain_unset(const struct openssl_text_context *context, bool is_environment,
    const char *section, const char *name)
{
	if (*name == '\0')
		return complain(context,
		    "\"$\" begins a variable; write \"\\$\" for the character");
	problem_add(context->problems, PROBLEM_ERROR,
	    is_environment ?
		"%s:%u: the variable \"%s\" of the environment is not set; set "
		"it where scepd is started, or above in a section [%s]" :
		"%s:%u: the variable \"%s\" has no value here; set it above in "
		"[%s] or [default], or write \"\\$\" for a \"$\"",
	    context->place.file, context->place.line, name, section);
	return ERR_CONFIGURATION;
}

static bool
read_environment(const struct openssl_text_context *context, const char *name,
    struct buf *value)
{
	struct buf read = { 0 };
	bool found = file_read_variable(name, FILE_PUBLIC, &read) == ERR_OK;

	if (found) {
		openssl_conf_note_variable(context->conf, name,
		    buf_string(&read));
		buf_append(value, buf_bytes(&read));
	}
	buf_clear(&read);
	return found;
}

/* A section [ENV] goes before the environment, and that before [default]. */
static enum err
look_up(const struct openssl_text_context *context, const char *section,
    const char *name, struct buf *value)
{
	bool is_environment = bytes_equal_string(bytes_of_string(section),
	    ENVIRONMENT);
	const struct openssl_entry *entry = openssl_conf_find_in(context->conf,
	    section, name);

	if (entry == NULL && is_environment &&
	    read_environment(context, name, value))
		return ERR_OK;
	if (entry == NULL)
		entry = openssl_conf_find(context->conf, NULL, name);
	if (entry == NULL)
		return complain_unset(context, is_environment, section, name);
	buf_append_string(value, entry->value);
	return ERR_OK;
}

/* Returns how much of the text it was. */
static size_t
expand_variable(const struct openssl_text_context *context, struct bytes text,
    struct buf *value, enum err *err)
{
	struct variable variable = read_variable(text, context->dollars);
	size_t size = variable.size;

	if (size == 0) {
		*err = complain(context,
		    "the bracket behind \"$\" is not closed behind the "
		    "variable's name");
		size = text.size;
	} else {
		*err = look_up(context,
		    variable.section != NULL ? variable.section :
					       context->section,
		    variable.name, value);
	}
	clear_variable(&variable);
	return size;
}

/* In quotes "\" only takes away what the next character means. */
static size_t
expand_quoted(struct bytes text, struct buf *value)
{
	size_t size = quoted_size(text);

	for (size_t i = 1; i < size && at(text, i) != at(text, 0); i++) {
		i += at(text, i) == '\\';
		if (i < size)
			buf_append_octet(value, (uint8_t)at(text, i));
	}
	return size;
}

static size_t
expand_escape(struct bytes text, struct buf *value)
{
	static const char letters[][2] = { { 'r', '\r' }, { 'n', '\n' },
		{ 'b', '\b' }, { 't', '\t' } };
	char c = at(text, 1);

	for (size_t i = 0; i < COUNT(letters); i++)
		if (at(text, 1) == letters[i][0])
			c = letters[i][1];
	if (text.size > 1)
		buf_append_octet(value, (uint8_t)c);
	return escape_size(text);
}

static bool
is_variable(const struct openssl_text_context *context, struct bytes text)
{
	return at(text, 0) == '$' &&
	    (!context->dollars || closing_bracket(at(text, 1)) != '\0');
}

/* Takes in what `text` starts with, and returns how much that was. */
static size_t
expand_next(const struct openssl_text_context *context, struct bytes text,
    struct buf *value, enum err *err)
{
	if (is_quote(at(text, 0)))
		return expand_quoted(text, value);
	if (at(text, 0) == '\\')
		return expand_escape(text, value);
	if (is_variable(context, text))
		return expand_variable(context, text, value, err);
	buf_append_octet(value, text.data[0]);
	return 1;
}

/* The limit is looked at each time: values of values grow without end. */
enum err
openssl_text_expand(const struct openssl_text_context *context,
    struct bytes text, struct buf *value)
{
	size_t before = value->size;
	enum err err = ERR_OK;

	while (text.size > 0 && err == ERR_OK) {
		text = bytes_from(text,
		    expand_next(context, text, value, &err));
		if (value->size - before <= OPENSSL_VALUE_LIMIT)
			continue;
		buf_truncate(value, before);
		err = complain(context,
		    "the value is larger than OpenSSL takes (64 KiB); is "
		    "there a variable too many in it?");
	}
	return err;
}
