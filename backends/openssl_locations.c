/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "backends/openssl_extensions_internal.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/der.h"

/* crlDistributionPoints, issuingDistributionPoint and authorityInfoAccess: where
 * to find things. */

#define POINT_NAME DER_CONTEXT_CONSTRUCTED
#define POINT_REASONS (DER_CONTEXT + 1)
#define POINT_ISSUER (DER_CONTEXT_CONSTRUCTED + 2)

/* ReasonFlags, RFC 5280 section 4.2.1.13: bit by bit. */
static const char *const reasons[] = { "unused", "keyCompromise",
	"CACompromise", "affiliationChanged", "superseded",
	"cessationOfOperation", "certificateHold", "privilegeWithdrawn",
	"AACompromise" };

static enum err
append_reasons(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry)
{
	struct openssl_list list = { 0 };
	struct buf bits = { 0 };
	unsigned found = 0;
	enum err err = openssl_list_read(form->source->conf, entry,
	    entry->value, &list, form->problems);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++) {
		size_t bit = 0;

		while (bit < COUNT(reasons) &&
		    !openssl_text_is(list.items[i].name, reasons[bit]))
			bit++;
		if (bit == COUNT(reasons))
			err = openssl_form_unknown(form, entry,
			    list.items[i].name);
		else
			found |= 1u << bit;
	}
	if (err == ERR_OK) {
		/* IMPLICIT: its tag stands for the BIT STRING's. */
		der_append_named_bits(&bits, found);
		bits.data[0] = POINT_REASONS;
		buf_append(to, buf_bytes(&bits));
	}
	buf_clear(&bits);
	openssl_list_clear(&list);
	return err;
}

/* The GeneralNames of `text`, with this tag for their SEQUENCE's. */
static enum err
append_names(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry, const char *text, uint8_t tag)
{
	struct openssl_list list = { 0 };
	size_t start = der_open(to, tag);
	enum err err = openssl_list_read(form->source->conf, entry, text, &list,
	    form->problems);

	if (err == ERR_OK)
		err = openssl_append_general_names(to, form, &list);
	der_close(to, start);
	openssl_list_clear(&list);
	return err;
}

static enum err
append_name(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry, const char *text)
{
	size_t name = der_open(to, POINT_NAME);
	enum err err = append_names(to, form, entry, text,
	    DER_CONTEXT_CONSTRUCTED);

	der_close(to, name);
	return err;
}

static enum err
append_full_name(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry)
{
	return append_name(to, form, entry, entry->value);
}

static enum err
append_issuer(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry)
{
	return append_names(to, form, entry, entry->value, POINT_ISSUER);
}

/* In the order of a DistributionPoint's fields. */
static const struct {
	const char *name;
	enum err (*append)(struct buf *to, const struct openssl_form *form,
	    const struct openssl_entry *entry);
} point_fields[] = {
	{ "fullname", append_full_name },
	{ "reasons", append_reasons },
	{ "CRLissuer", append_issuer },
};

static bool
is_point_field(const char *name)
{
	for (size_t i = 0; i < COUNT(point_fields); i++)
		if (openssl_text_is(name, point_fields[i].name))
			return true;
	return false;
}

/* A point that has a section of its own. */
static enum err
append_point_section(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item)
{
	const struct openssl_section *section =
	    openssl_conf_section(form->source->conf, item->name);
	enum err err = ERR_OK;

	if (section == NULL || section->count == 0)
		return openssl_entry_refuse(item->entry, form->problems,
		    "%s: there is no section [%s], or nothing in it",
		    form->entry->name, item->name);
	for (size_t i = 0; i < section->count; i++)
		if (!is_point_field(section->entries[i]->name))
			return openssl_form_unknown(form, section->entries[i],
			    section->entries[i]->name);
	for (size_t i = 0; err == ERR_OK && i < COUNT(point_fields); i++)
		for (size_t j = 0; err == ERR_OK && j < section->count; j++)
			if (openssl_text_is(section->entries[j]->name,
				point_fields[i].name))
				err = point_fields[i].append(to, form,
				    section->entries[j]);
	return err;
}

/* One name alone is a point; a word without a value names a section. */
static enum err
append_point(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item)
{
	size_t name, full_name;
	enum err err;

	if (item->value == NULL)
		return append_point_section(to, form, item);
	name = der_open(to, POINT_NAME);
	full_name = der_open(to, DER_CONTEXT_CONSTRUCTED);
	err = openssl_append_general_name(to, form, item);
	der_close(to, full_name);
	der_close(to, name);
	return err;
}

/* What says nothing when it is FALSE, which DER leaves out. */
static bool
is_false(const struct openssl_item *item)
{
	static const char *const names[] = { "onlyuser", "onlyCA", "onlyAA",
		"indirectCRL" };
	bool value;

	for (size_t i = 0; i < COUNT(names); i++)
		if (openssl_text_is(item->name, names[i]))
			return openssl_read_boolean(item->value, &value) &&
			    !value;
	return false;
}

static enum err
append_issuing_field(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, bool *has_name)
{
	if (is_false(item))
		return ERR_OK;
	if (!openssl_text_is(item->name, "fullname") || item->value == NULL ||
	    *has_name)
		return openssl_entry_refuse(item->entry, form->problems,
		    "%s: \"%s%s%s\" is something %s", form->entry->name,
		    item->name, item->value != NULL ? ":" : "",
		    item->value != NULL ? item->value : "",
		    form->table->remedy);
	*has_name = true;
	return append_name(to, form, item->entry, item->value);
}

/* RFC 5280 section 5.2.5: an empty one is none. */
enum err
openssl_append_issuing_point(struct buf *to, const struct openssl_form *form,
    const char *text)
{
	struct openssl_list list = { 0 };
	size_t start = der_open(to, DER_SEQUENCE);
	bool has_name = false;
	enum err err = openssl_list_read(form->source->conf, form->entry, text,
	    &list, form->problems);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = append_issuing_field(to, form, &list.items[i], &has_name);
	if (err == ERR_OK && !has_name)
		err = openssl_entry_refuse(form->entry, form->problems,
		    "%s: there is no \"fullname\" in it; name the URL of the "
		    "CRL, as in fullname = URI:http://ca.example.org/ca.crl, "
		    "or leave it out",
		    form->entry->name);
	der_close(to, start);
	openssl_list_clear(&list);
	return err;
}

/* AccessDescription: METHOD;NAME:VALUE. */
static enum err
append_description(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item)
{
	struct bytes rest = bytes_of_string(item->name);
	struct bytes oid = bytes_cut(&rest, ';');
	struct openssl_item location = *item;
	char *method;
	enum err err;

	if (item->name[oid.size] == '\0')
		return openssl_form_unknown(form, item->entry, item->name);
	method = xstrdup_bytes(oid);
	location.name = item->name + oid.size + 1;
	err = openssl_append_oid(to, form, item->entry, method);
	if (err == ERR_OK)
		err = openssl_append_general_name(to, form, &location);
	free(method);
	return err;
}

/* A SEQUENCE of SEQUENCEs, one an item. */
static enum err
append_each(struct buf *to, const struct openssl_form *form, const char *text,
    enum err (*append)(struct buf *to, const struct openssl_form *form,
	const struct openssl_item *item))
{
	struct openssl_list list = { 0 };
	size_t outer = der_open(to, DER_SEQUENCE);
	enum err err = openssl_list_read(form->source->conf, form->entry, text,
	    &list, form->problems);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++) {
		size_t inner = der_open(to, DER_SEQUENCE);

		err = append(to, form, &list.items[i]);
		der_close(to, inner);
	}
	der_close(to, outer);
	openssl_list_clear(&list);
	return err;
}

enum err
openssl_append_points(struct buf *to, const struct openssl_form *form,
    const char *text)
{
	return append_each(to, form, text, append_point);
}

enum err
openssl_append_access(struct buf *to, const struct openssl_form *form,
    const char *text)
{
	return append_each(to, form, text, append_description);
}
