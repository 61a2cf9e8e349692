/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_nesting.h"

/*
 * Three stacks.  An open bracket remembers how large the stacks of names and
 * of their text were when it opened; closing it cuts both back to that.  So
 * the names that stand since the innermost bracket are those of its group, and
 * a doubled one is found among them.
 *
 * A name is a setting's only when "=" or ":" follows; until then it may as
 * well be true or false, and it is kept aside in `last`.
 */

/* An open bracket, and what there was when it opened. */
struct bracket {
	struct conf_place place;
	size_t names; /* size of conf_nesting.names */
	size_t text;  /* size of conf_nesting.text */
	uint8_t mark;
};

/* A setting's name: conf_nesting.text from `offset` on. */
struct name {
	size_t offset;
	size_t size;
	struct conf_place place;
};

static const struct bracket *
brackets_of(const struct conf_nesting *nesting)
{
	return (const void *)nesting->brackets.data;
}

static size_t
count_brackets(const struct conf_nesting *nesting)
{
	return nesting->brackets.size / sizeof(struct bracket);
}

/* The bracket opened last; of a file's outermost level, one of zeroes. */
static struct bracket
innermost(const struct conf_nesting *nesting)
{
	size_t count = count_brackets(nesting);

	if (count == 0)
		return (struct bracket){ 0 };
	return brackets_of(nesting)[count - 1];
}

/* The name just before turns out to be a setting's: one that its group has
 * not had yet. */
static void
settle_name(struct conf_nesting *nesting, struct problems *problems)
{
	const uint8_t *text = nesting->text.data;
	struct name last = { nesting->text.size - nesting->last, nesting->last,
		nesting->last_place };
	struct bytes name = bytes_of(text + last.offset, last.size);
	const struct name *names = (const void *)nesting->names.data;
	size_t count = nesting->names.size / sizeof(*names);
	size_t first = innermost(nesting).names / sizeof(*names);

	for (size_t i = first; i < count; i++) {
		struct bytes before = bytes_of(text + names[i].offset,
		    names[i].size);

		if (!bytes_equal(before, name))
			continue;
		conf_place_error(last.place, problems,
		    "\"%.*s\" is set already at %s:%u; remove one of the two",
		    (int)name.size, (const char *)name.data,
		    names[i].place.file->path, names[i].place.line);
		return;
	}
	buf_append(&nesting->names, bytes_of(&last, sizeof(last)));
}

static void
take_name(struct conf_nesting *nesting, struct bytes name,
    struct conf_place place)
{
	buf_append(&nesting->text, name);
	nesting->last = name.size;
	nesting->last_place = place;
}

static void
open_bracket(struct conf_nesting *nesting, struct conf_place place,
    uint8_t mark)
{
	struct bracket bracket = { place, nesting->names.size,
		nesting->text.size, mark };

	buf_append(&nesting->brackets, bytes_of(&bracket, sizeof(bracket)));
}

/* What does not fit ends the reading: whatever is said about the rest of the
 * file would be about brackets that are not meant. */
static enum err
close_bracket(struct conf_nesting *nesting, struct conf_place place,
    uint8_t mark, struct problems *problems)
{
	uint8_t fitting = mark == '}' ? '{' : mark == ']' ? '[' : '(';
	struct bracket open = innermost(nesting);

	if (open.mark == fitting) {
		buf_truncate(&nesting->names, open.names);
		buf_truncate(&nesting->text, open.text);
		buf_truncate(&nesting->brackets,
		    nesting->brackets.size - sizeof(open));
		return ERR_OK;
	}
	if (open.mark == 0)
		conf_place_error(place, problems,
		    "\"%c\" closes nothing: no \"%c\" is open", mark, fitting);
	else
		conf_place_error(place, problems,
		    "\"%c\" can't close the \"%c\" of %s:%u", mark, open.mark,
		    open.place.file->path, open.place.line);
	return ERR_CONFIGURATION;
}

/* libconfig takes ":" for "=". */
enum err
conf_nesting_take(struct conf_nesting *nesting, struct conf_token token,
    struct conf_place place, struct problems *problems)
{
	uint8_t mark = token.kind == CONF_TOKEN_MARK ? token.text.data[0] : 0;
	enum err err = ERR_OK;

	if ((mark == '=' || mark == ':') && nesting->last > 0)
		settle_name(nesting, problems);
	if (mark == '{' || mark == '[' || mark == '(')
		open_bracket(nesting, place, mark);
	if (mark == '}' || mark == ']' || mark == ')')
		err = close_bracket(nesting, place, mark, problems);
	nesting->last = 0;
	if (token.kind == CONF_TOKEN_NAME)
		take_name(nesting, token.text, place);
	return err;
}

void
conf_nesting_end(const struct conf_nesting *nesting, struct problems *problems)
{
	const struct bracket *brackets = brackets_of(nesting);

	for (size_t i = 0; i < count_brackets(nesting); i++)
		conf_place_error(brackets[i].place, problems,
		    "\"%c\" is never closed", brackets[i].mark);
}

void
conf_nesting_clear(struct conf_nesting *nesting)
{
	buf_clear(&nesting->brackets);
	buf_clear(&nesting->names);
	buf_clear(&nesting->text);
}
