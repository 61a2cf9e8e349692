/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "crypto/text.h"
#include "policy/template.h"
#include "policy/template_internal.h"

/*
 * Functions that read return why they can't, as words for a finding, or NULL.
 * `rest` is what of the text is left.
 */

/* What a backslash may stand before: RFC 4514 section 2.4, and the two that
 * begin variables. */
#define SPECIAL "\"+,;<>\\ #=${}"

static bool
next_is(const struct bytes *rest, char c)
{
	return rest->size > 0 && rest->data[0] == (uint8_t)c;
}

static void
skip(struct bytes *rest, size_t count)
{
	*rest = bytes_from(*rest, count);
}

/* The last part where that is text, or a new one; NULL: there are too many. */
static struct template_part *
part_for(struct template_attribute *attribute, bool is_variable)
{
	size_t count = attribute->count;
	struct template_part *part;

	if (!is_variable && count > 0 &&
	    !attribute->parts[count - 1].is_variable)
		return &attribute->parts[count - 1];
	if (count == TEMPLATE_MAX_PARTS)
		return NULL;
	part = &attribute->parts[attribute->count++];
	part->is_variable = is_variable;
	return part;
}

/* "[1]", or nothing for the first. */
static bool
read_index(struct bytes rest, size_t *index)
{
	*index = 0;
	if (rest.size == 0)
		return true;
	if (rest.size < 3 || rest.size > 4 || rest.data[0] != '[' ||
	    rest.data[rest.size - 1] != ']')
		return false;
	for (size_t i = 1; i < rest.size - 1; i++) {
		if (rest.data[i] < '0' || rest.data[i] > '9')
			return false;
		*index = *index * 10 + (size_t)(rest.data[i] - '0');
	}
	return *index <= TEMPLATE_MAX_INDEX;
}

/* Whether a variable of this group can be of this kind. */
static bool
is_of_group(struct bytes group, enum name_kind_type type)
{
	return bytes_equal_string(group,
	    type == NAME_KIND_ATTRIBUTE ? "subject" : "san");
}

static bool
read_name_of_variable(struct bytes name, struct template_part *part)
{
	struct bytes group = bytes_cut(&name, '.'), kind = name;
	size_t length = 0;

	while (length < name.size && name.data[length] != '[')
		length++;
	kind.size = length;
	return name_kind_read(kind, &part->kind) &&
	    is_of_group(group, part->kind.type) &&
	    read_index(bytes_from(name, length), &part->index);
}

/* Behind "${". */
static const char *
read_variable(struct bytes *rest, struct template_attribute *attribute)
{
	struct template_part *part = part_for(attribute, true);
	struct bytes name = *rest;
	size_t length = 0;

	if (part == NULL)
		return "the value of an attribute has too many parts";
	while (length < rest->size && rest->data[length] != '}')
		length++;
	if (length == rest->size)
		return "a variable does not end: ${ wants a }";
	name.size = length;
	skip(rest, length + 1);
	buf_append(&part->text, name);
	return read_name_of_variable(name, part) ?
	    NULL :
	    "it has an unknown variable; there are ${subject.CN} and other "
	    "attributes, ${san.dns}, ${san.email}, ${san.uri}, ${san.ip} and "
	    "${san.upn}, and ${san.dns[1]} is the second of several";
}

/* One character, or what a backslash stands before. */
static const char *
read_character(struct bytes *rest, struct template_attribute *attribute)
{
	struct template_part *part = part_for(attribute, false);

	if (part == NULL)
		return "the value of an attribute has too many parts";
	if (next_is(rest, '\\')) {
		skip(rest, 1);
		if (rest->size == 0 || rest->data[0] == 0 ||
		    strchr(SPECIAL, rest->data[0]) == NULL)
			return "a backslash stands before nothing that needs "
			       "one";
	}
	buf_append_octet(&part->text, rest->data[0]);
	skip(rest, 1);
	return NULL;
}

static const char *
read_value(struct bytes *rest, struct template_attribute *attribute)
{
	const char *fault = NULL;

	while (fault == NULL && rest->size > 0 && !next_is(rest, ',')) {
		if (next_is(rest, '+'))
			return "it has a + : write \\+ for a plus, and a "
			       "comma between attributes";
		if (bytes_begin_with(*rest, "${")) {
			skip(rest, 2);
			fault = read_variable(rest, attribute);
		} else if (next_is(rest, '$')) {
			return "a $ begins no variable: write \\$ for a dollar";
		} else {
			fault = read_character(rest, attribute);
		}
	}
	if (fault == NULL && attribute->count == 0)
		return "an attribute has no value";
	return fault;
}

static const char *
read_type(struct bytes *rest, struct template_attribute *attribute)
{
	size_t length = 0;
	char *name;

	while (length < rest->size && rest->data[length] != '=')
		length++;
	if (length == rest->size)
		return "it is not of the form CN=...,O=...";
	name = xstrdup_bytes(bytes_of(rest->data, length));
	attribute->type = name_type_find(name);
	free(name);
	skip(rest, length + 1);
	return attribute->type != NULL ?
	    NULL :
	    "it has an attribute that is not known here; known are CN, O, OU, "
	    "C, ST, L, DC, UID, E, serialNumber and some more";
}

/* The attribute counts before it is read, so that it is freed. */
static const char *
read_attribute(struct bytes *rest, struct template *template)
{
	struct template_attribute *attribute;
	const char *fault;

	if (template->count == TEMPLATE_MAX_ATTRIBUTES)
		return "it has too many attributes";
	attribute = &template->attributes[template->count++];
	while (next_is(rest, ' '))
		skip(rest, 1);
	fault = read_type(rest, attribute);
	return fault == NULL ? read_value(rest, attribute) : fault;
}

static const char *
read_attributes(struct bytes rest, struct template *template)
{
	const char *fault = NULL;
	struct buf utf8 = { 0 };

	if (rest.size > TEMPLATE_MAX_SIZE)
		return "it has over 1024 characters";
	if (text_append_utf8(&utf8, DER_UTF8_STRING, rest) != ERR_OK)
		fault = "it is not in UTF-8";
	else if (text_has_control(rest))
		fault = "it has control characters";
	buf_clear(&utf8);
	while (fault == NULL) {
		fault = read_attribute(&rest, template);
		if (!next_is(&rest, ','))
			break;
		skip(&rest, 1);
	}
	return fault;
}

const char *
template_parse(const char *text, struct template **template)
{
	struct template *made = xalloc(sizeof(*made));
	const char *fault = read_attributes(bytes_of_string(text), made);

	if (fault == NULL)
		*template = made;
	else
		template_free(made);
	return fault;
}

enum err
template_read(const struct conf_section *section, const char *key,
    const char *text, struct template **template, struct problems *problems)
{
	const char *fault = template_parse(text, template);

	if (fault == NULL)
		return ERR_OK;
	conf_problem(section, key, PROBLEM_ERROR, problems,
	    "\"%s\" is no \"%s\": %s", text, key, fault);
	return ERR_CONFIGURATION;
}
