/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/template.h"

#include <stdlib.h>

#include "crypto/name.h"
#include "crypto/text.h"
#include "policy/subject.h"
#include "policy/template_internal.h"

/* Whether there is one: then it is appended as UTF-8. */
static bool
append_of_subject(struct bytes subject, const struct template_part *part,
    struct buf *to, struct name_value *value)
{
	struct name_value values[NAME_MAX_ATTRIBUTES];
	size_t count, left = part->index;

	if (name_values(subject, values, &count) != ERR_OK)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!name_kind_is_of(&part->kind, values[i].type) ||
		    left-- != 0)
			continue;
		*value = values[i];
		return text_append_utf8(to, value->tag, value->content) ==
		    ERR_OK &&
		    value->content.size > 0;
	}
	return false;
}

static bool
append_of_alt_names(struct bytes alt_names, const struct template_part *part,
    struct buf *to)
{
	struct der outer = der_of(alt_names), list;
	struct der_element name;
	size_t left = part->index;

	if (der_enter(&outer, DER_SEQUENCE, &list) != ERR_OK)
		return false;
	while (!der_at_end(&list) && der_read_any(&list, &name) == ERR_OK) {
		struct bytes octets;

		if (name_kind_of(&name, &octets) != part->kind.type ||
		    left-- != 0)
			continue;
		name_kind_append_text(part->kind.type, octets, to);
		return octets.size > 0;
	}
	return false;
}

/* *value is what a part of the subject stands in. */
static enum err
append_part(const struct template_part *part,
    const struct template_source *source, struct buf *to,
    struct name_value *value, struct buf *detail)
{
	bool found = true;

	if (!part->is_variable)
		buf_append(to, buf_bytes(&part->text));
	else if (part->kind.type == NAME_KIND_ATTRIBUTE)
		found = append_of_subject(source->subject, part, to, value);
	else
		found = append_of_alt_names(source->alt_names, part, to);
	if (found)
		return ERR_OK;
	buf_append_string(detail, "the request has no value for ${");
	buf_append(detail, buf_bytes(&part->text));
	buf_append_string(detail, "}");
	return ERR_SUBJECT;
}

/* Of a type whose strings are always the same, as countries, it is that type
 * that is written; and so it is where text was put together. */
static bool
is_taken_over(const struct template_attribute *attribute,
    const struct name_value *value)
{
	return attribute->count == 1 && value->whole.size > 0 &&
	    (attribute->type->tag == DER_UTF8_STRING ||
		bytes_equal(attribute->type->oid, value->type));
}

/* The string of an attribute, tag and all; its text was put into `text`. */
static enum err
append_string(const struct template_attribute *attribute, struct bytes text,
    const struct name_value *value, struct buf *to, struct buf *detail)
{
	uint8_t tag = attribute->type->tag;

	if (text_count_characters(text) > SUBJECT_MAX_VALUE) {
		buf_printf(detail, "%s would have over %d characters",
		    attribute->type->name, SUBJECT_MAX_VALUE);
		return ERR_SUBJECT;
	}
	if (is_taken_over(attribute, value)) {
		buf_append(to, value->whole);
		return ERR_OK;
	}
	if (!name_text_fits(tag, text)) {
		buf_printf(detail, "%s can't be \"", attribute->type->name);
		buf_append(detail, text);
		buf_append_string(detail, "\"");
		return ERR_SUBJECT;
	}
	der_append(to, tag, text);
	return ERR_OK;
}

/* A SET of one attribute is in DER order as it is. */
static enum err
append_attribute(const struct template_attribute *attribute,
    const struct template_source *source, struct buf *to, struct buf *detail)
{
	size_t set = der_open(to, DER_SET);
	size_t sequence = der_open(to, DER_SEQUENCE);
	struct name_value value = { 0 };
	struct buf text = { 0 };
	enum err err = ERR_OK;

	der_append_oid(to, attribute->type->oid);
	for (size_t i = 0; err == ERR_OK && i < attribute->count; i++)
		err = append_part(&attribute->parts[i], source, &text, &value,
		    detail);
	if (err == ERR_OK)
		err = append_string(attribute, buf_bytes(&text), &value, to,
		    detail);
	buf_clear(&text);
	der_close(to, sequence);
	der_close(to, set);
	return err;
}

/* What is written first stands last. */
enum err
template_apply(const struct template *template,
    const struct template_source *source, struct buf *to, struct buf *detail)
{
	size_t before = to->size, list = der_open(to, DER_SEQUENCE);
	enum err err = ERR_OK;

	for (size_t i = template->count; err == ERR_OK && i > 0; i--)
		err = append_attribute(&template->attributes[i - 1], source, to,
		    detail);
	der_close(to, list);
	if (err != ERR_OK)
		buf_truncate(to, before);
	return err;
}

unsigned
template_kinds(const struct template *template)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < template->count; i++) {
		const struct template_attribute *attribute =
		    &template->attributes[i];

		for (size_t j = 0; j < attribute->count; j++)
			if (attribute->parts[j].is_variable)
				kinds |= name_kind_bit(
				    attribute->parts[j].kind.type);
	}
	return kinds;
}

bool
template_attribute(const struct template *template, size_t index,
    struct template_view *view)
{
	const struct template_attribute *attribute;

	if (index >= template->count)
		return false;
	attribute = &template->attributes[index];
	*view = (struct template_view){ .name = attribute->type->name,
		.oid = attribute->type->oid };
	if (attribute->count == 1 && !attribute->parts[0].is_variable)
		view->constant = buf_bytes(&attribute->parts[0].text);
	return true;
}

void
template_free(struct template *template)
{
	if (template == NULL)
		return;
	for (size_t i = 0; i < template->count; i++)
		for (size_t j = 0; j < template->attributes[i].count; j++)
			buf_clear(&template->attributes[i].parts[j].text);
	free(template);
}
