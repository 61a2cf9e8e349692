/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_extensions.h"

#include <stdlib.h>

#include "backends/openssl_extensions_internal.h"
#include "backends/openssl_names.h"
#include "base/hex.h"
#include "base/xalloc.h"

/* Far above what any certificate has: one extension, in octets, and all of
 * them beside those that a request or OpenSSL adds. */
#define VALUE_LIMIT 8192
#define PARTS_LIMIT (SIGN_GUARD_EXTENSIONS_LIMIT - 5)

/* By its name, or by its number; NULL: not known. */
static const struct openssl_extension_row *
find_row(const struct openssl_extension_table *table, const char *name,
    struct bytes oid)
{
	for (size_t i = 0; i < table->count; i++)
		if (openssl_text_is(name, table->rows[i].name) ||
		    bytes_equal(table->rows[i].oid, oid))
			return &table->rows[i];
	return NULL;
}

/* "DER:30:00" or "DER:3000"; one element, as the guard will have it. */
static enum err
read_der(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	struct buf digits = { 0 };
	struct der_element element;
	struct der der;
	bool valid;

	for (; *text != '\0'; text++)
		if (*text != ':')
			buf_append_octet(&digits, (uint8_t)*text);
	valid = hex_decode(&part->value, buf_bytes(&digits));
	buf_clear(&digits);
	der = der_of(buf_bytes(&part->value));
	if (valid && der_read_any(&der, &element) == ERR_OK && der_at_end(&der))
		return ERR_OK;
	return openssl_entry_refuse(form->entry, form->problems,
	    "%s: \"DER:\" wants one DER element in hexadecimal digits",
	    form->entry->name);
}

static const char *
without_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

static bool
is_closed(const struct openssl_extension_table *table, struct bytes oid)
{
	struct bytes arc = table->closed_arc;

	return arc.size > 0 && oid.size > arc.size &&
	    bytes_equal(bytes_of(oid.data, arc.size), arc);
}

/* Under its number; those that are known by name are read by their name, since
 * all that is refused there could stand here. */
static enum err
read_generic(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	const struct openssl_extension_row *row;
	struct bytes value = bytes_of_string(text);

	if (!openssl_oid(&part->oid, form->source->settings, form->entry->name))
		return openssl_form_unknown(form, form->entry, text);
	row = find_row(form->table, NULL, buf_bytes(&part->oid));
	if (row != NULL)
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: write this extension by its name, \"%s\"",
		    form->entry->name, row->name);
	if (is_closed(form->table, buf_bytes(&part->oid)))
		return openssl_form_unknown(form, form->entry, text);
	if (bytes_begin_with(value, "DER:"))
		return read_der(part, form, without_blanks(text + 4));
	if (bytes_begin_with(value, "ASN1:"))
		return openssl_append_asn1(&part->value, form, form->entry,
		    without_blanks(text + 5));
	return openssl_form_unknown(form, form->entry, text);
}

static enum err
read_known(struct openssl_part *part, const struct openssl_form *form,
    const char *text)
{
	const struct openssl_extension_row *row = find_row(form->table,
	    form->entry->name, bytes_of(NULL, 0));

	if (row == NULL)
		return read_generic(part, form, text);
	buf_append(&part->oid, row->oid);
	return row->read(part, form, text);
}

/* OpenSSL would read no further than a line end. */
static bool
has_control(const char *text)
{
	struct bytes bytes = bytes_of_string(text);

	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] < ' ' || bytes.data[i] == 0x7f)
			return true;
	return false;
}

static enum err
read_part(struct openssl_part *part, const struct openssl_form *form)
{
	static const char mark[] = "critical,";
	const char *text = form->entry->value;
	enum err err;

	if (has_control(text))
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: there is a control character in it",
		    form->entry->name);
	part->critical = bytes_begin_with(bytes_of_string(text), mark);
	if (part->critical)
		text = without_blanks(text + sizeof(mark) - 1);
	err = read_known(part, form, text);
	if (err == ERR_OK && part->value.size > VALUE_LIMIT)
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: over %d octets", form->entry->name, VALUE_LIMIT);
	return err;
}

const struct openssl_part *
openssl_extensions_part(const struct openssl_extensions *plan, struct bytes oid)
{
	for (size_t i = 0; i < plan->count; i++)
		if (bytes_equal(buf_bytes(&plan->parts[i].oid), oid))
			return &plan->parts[i];
	return NULL;
}

static void
part_clear(struct openssl_part *part)
{
	buf_clear(&part->oid);
	buf_clear(&part->value);
}

/* The part becomes the plan's. */
static enum err
add_part(struct openssl_extensions *plan, const struct openssl_form *form,
    struct openssl_part *part)
{
	if (plan->count == PARTS_LIMIT)
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: more than %d extensions", form->entry->name,
		    PARTS_LIMIT);
	if (openssl_extensions_part(plan, buf_bytes(&part->oid)) != NULL)
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: this extension is there twice", form->entry->name);
	plan->parts = xrealloc(plan->parts, plan->count + 1,
	    sizeof(*plan->parts));
	plan->parts[plan->count++] = *part;
	*part = (struct openssl_part){ 0 };
	return ERR_OK;
}

static enum err
read_entry(struct openssl_extensions *plan, const struct openssl_form *form)
{
	struct openssl_part part = { 0 };
	enum err err = read_part(&part, form);

	if (err == ERR_OK)
		err = add_part(plan, form, &part);
	part_clear(&part);
	return err;
}

/* All lines are read, so that one start reports all of them. */
static enum err
read_entries(struct openssl_extensions *plan, struct openssl_form form,
    const struct openssl_section *section)
{
	enum err first = ERR_OK;

	for (size_t i = 0; i < section->count; i++) {
		enum err err;

		form.entry = section->entries[i];
		err = read_entry(plan, &form);
		if (first == ERR_OK)
			first = err;
	}
	return first;
}

/* As a line that is nowhere in the file. */
static enum err
add_late(struct openssl_extensions *plan, struct openssl_form form,
    const struct openssl_late_extension *late)
{
	const struct openssl_extension_row *row = find_row(form.table,
	    late->name, bytes_of(NULL, 0));
	struct openssl_entry entry = *form.entry;
	enum err err;

	if (openssl_extensions_part(plan, row->oid) != NULL)
		return ERR_OK;
	entry.name = late->name;
	entry.value = late->value;
	form.entry = &entry;
	err = read_entry(plan, &form);
	if (err == ERR_OK)
		plan->parts[plan->count - 1].late = true;
	return err;
}

static void
finish(struct openssl_extensions *plan, const struct openssl_settings *settings)
{
	plan->copies = settings != NULL && settings->copy_extensions;
	for (size_t i = 0; i < plan->count; i++) {
		const struct openssl_part *part = &plan->parts[i];

		plan->moves_email |= part->moves_email;
		if (part->kind == OPENSSL_PART_CONSTANT)
			extension_append(&plan->verbatim, buf_bytes(&part->oid),
			    part->critical, buf_bytes(&part->value));
	}
}

/* The section has something in it: its first line stands for all that is not
 * there. */
static enum err
read_section(const struct openssl_form *empty,
    const struct openssl_section *section, struct openssl_extensions **plan)
{
	struct openssl_extensions *read = xalloc(sizeof(*read));
	struct openssl_form form = *empty;
	enum err err = read_entries(read, form, section);

	form.entry = section->entries[0];
	for (size_t i = 0; err == ERR_OK && i < form.table->late_count; i++)
		err = add_late(read, form, &form.table->late[i]);
	finish(read, form.source->settings);
	if (err == ERR_OK)
		*plan = read;
	else
		openssl_extensions_free(read);
	return err;
}

enum err
openssl_extensions_read(const struct openssl_extensions_source *source,
    struct openssl_extensions **plan, struct problems *problems)
{
	const struct openssl_section *section =
	    openssl_conf_section(source->conf, source->section);
	const struct openssl_form form = { source, NULL, problems,
		&openssl_certificate_extensions };

	if (section == NULL || section->count == 0) {
		problem_add(problems, PROBLEM_ERROR,
		    "%s: the section [%s] has no extensions; write at least "
		    "\"basicConstraints = CA:FALSE\" into it",
		    openssl_conf_file(source->conf), source->section);
		return ERR_CONFIGURATION;
	}
	return read_section(&form, section, plan);
}

enum err
openssl_extensions_read_crl(const struct openssl_extensions_source *source,
    struct openssl_extensions **plan, struct problems *problems)
{
	const struct openssl_section *section =
	    openssl_conf_section(source->conf, source->section);
	const struct openssl_form form = { source, NULL, problems,
		&openssl_crl_extensions };

	if (section == NULL || section->count == 0) {
		*plan = xalloc(sizeof(**plan));
		return ERR_OK;
	}
	return read_section(&form, section, plan);
}

struct bytes
openssl_extensions_constant(const struct openssl_extensions *plan)
{
	return plan != NULL ? buf_bytes(&plan->verbatim) : bytes_of(NULL, 0);
}

void
openssl_extensions_free(struct openssl_extensions *plan)
{
	if (plan == NULL)
		return;
	for (size_t i = 0; i < plan->count; i++)
		part_clear(&plan->parts[i]);
	free(plan->parts);
	buf_clear(&plan->verbatim);
	free(plan);
}
