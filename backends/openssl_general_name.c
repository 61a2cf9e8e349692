/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <stdlib.h>

#include "backends/openssl_extensions_internal.h"
#include "backends/openssl_names.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/der.h"
#include "crypto/text.h"

/*
 * GeneralName (RFC 5280 section 4.2.1.6) from its string: a choice, a colon and
 * a value.  What stands in a configuration is the administrator's, wildcards
 * and all; but text must be printable ASCII, as IA5String without the controls
 * is.
 */

#define OTHER_NAME 0
#define DIRECTORY_NAME 4
#define REGISTERED_ID 8

static enum err
append_text(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, uint8_t choice)
{
	if (!openssl_is_ascii(item->value))
		return openssl_entry_refuse(item->entry, form->problems,
		    "%s: \"%s\" has characters other than printable ASCII",
		    form->entry->name, item->value);
	der_append(to, DER_CONTEXT + choice, bytes_of_string(item->value));
	return ERR_OK;
}

static enum err
append_address(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, uint8_t choice)
{
	uint8_t address[sizeof(struct in6_addr)];
	size_t size = 0;

	if (inet_pton(AF_INET, item->value, address) == 1)
		size = sizeof(struct in_addr);
	else if (inet_pton(AF_INET6, item->value, address) == 1)
		size = sizeof(struct in6_addr);
	else
		return openssl_entry_refuse(item->entry, form->problems,
		    "%s: \"%s\" is no IP address", form->entry->name,
		    item->value);
	der_append(to, DER_CONTEXT + choice, bytes_of(address, size));
	return ERR_OK;
}

static enum err
append_registered_id(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, uint8_t choice)
{
	size_t start = to->size;
	enum err err = openssl_append_oid(to, form, item->entry, item->value);

	/* IMPLICIT: its tag stands for that of the OID. */
	if (err == ERR_OK)
		to->data[start] = DER_CONTEXT + choice;
	return err;
}

/* OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY },
 * written OID;TYPE:VALUE. */
static enum err
append_other_name(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, uint8_t choice)
{
	struct bytes rest = bytes_of_string(item->value);
	struct bytes oid = bytes_cut(&rest, ';');
	size_t name, value;
	char *type;
	enum err err;

	if (item->value[oid.size] == '\0')
		return openssl_form_unknown(form, item->entry, item->value);
	type = xstrdup_bytes(oid);
	name = der_open(to, DER_CONTEXT_CONSTRUCTED + choice);
	err = openssl_append_oid(to, form, item->entry, type);
	value = der_open(to, DER_CONTEXT_CONSTRUCTED);
	if (err == ERR_OK)
		err = openssl_append_asn1(to, form, item->entry,
		    item->value + oid.size + 1);
	der_close(to, value);
	der_close(to, name);
	free(type);
	return err;
}

/* The type of an attribute without what makes a key of it one of its own:
 * "1.CN" and "a:CN" are CN; *joins: "+CN" belongs to the RDN before. */
static const char *
attribute_type(const char *name, bool *joins)
{
	size_t i = 0;

	while (name[i] != '\0' && name[i] != ':' && name[i] != ',' &&
	    name[i] != '.')
		i++;
	if (name[i] != '\0' && name[i + 1] != '\0')
		name += i + 1;
	*joins = name[0] == '+';
	return *joins ? name + 1 : name;
}

static enum err
append_attribute(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, const char *type)
{
	struct bytes text = bytes_of_string(item->value);
	struct buf oid = { 0 };
	uint8_t tag = 0;
	size_t start;

	if (openssl_oid(&oid, form->source->settings, type))
		tag = openssl_attribute_tag(buf_bytes(&oid));
	if (tag == 0 || !openssl_is_ascii(item->value) ||
	    (tag == DER_PRINTABLE_STRING && !text_is_printable_string(text))) {
		buf_clear(&oid);
		return openssl_entry_refuse(item->entry, form->problems,
		    "%s: \"%s = %s\" is an attribute %s", form->entry->name,
		    item->name, item->value, form->table->remedy);
	}
	start = der_open(to, DER_SEQUENCE);
	der_append_oid(to, buf_bytes(&oid));
	der_append(to, tag, text);
	der_close(to, start);
	buf_clear(&oid);
	return ERR_OK;
}

/* The attributes of one RDN, from items[*at] on; *at moves behind them. */
static enum err
append_rdn(struct buf *to, const struct openssl_form *form,
    const struct openssl_list *list, size_t *at)
{
	size_t set = der_open(to, DER_SET);
	enum err err = ERR_OK;
	bool joins;

	for (size_t first = *at; err == ERR_OK && *at < list->count; ++*at) {
		const char *type = attribute_type(list->items[*at].name,
		    &joins);

		if (*at > first && !joins)
			break;
		err = append_attribute(to, form, &list->items[*at], type);
	}
	der_close_sorted(to, set);
	return err;
}

/* With any other mask, OpenSSL picks types by characters. */
static enum err
check_mask(const struct openssl_form *form)
{
	const struct openssl_settings *settings = form->source->settings;
	const struct openssl_entry *mask = openssl_conf_find(form->source->conf,
	    settings != NULL ? settings->section : NULL, "string_mask");

	if (mask == NULL || openssl_text_is(mask->value, "utf8only"))
		return ERR_OK;
	return openssl_entry_refuse(mask, form->problems,
	    "string_mask: names as in %s come out by \"%s\" in a form %s, or "
	    "leave string_mask out",
	    form->entry->name, mask->value, form->table->remedy);
}

/* Name is a CHOICE, and so [4] is EXPLICIT. */
static enum err
append_directory(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, uint8_t choice)
{
	struct openssl_list list = { 0 };
	size_t name = der_open(to, DER_CONTEXT_CONSTRUCTED + choice);
	size_t rdns = der_open(to, DER_SEQUENCE), at = 0;
	enum err err = check_mask(form);

	if (err == ERR_OK)
		err = openssl_list_section(form->source->conf, item->entry,
		    item->value, &list, form->problems);
	while (err == ERR_OK && at < list.count)
		err = append_rdn(to, form, &list, &at);
	der_close(to, rdns);
	der_close(to, name);
	openssl_list_clear(&list);
	return err;
}

static const struct {
	const char *name;
	uint8_t choice;
	enum err (*append)(struct buf *to, const struct openssl_form *form,
	    const struct openssl_item *item, uint8_t choice);
} choices[] = {
	{ "email", GENERAL_NAME_EMAIL, append_text },
	{ "URI", GENERAL_NAME_URI, append_text },
	{ "DNS", GENERAL_NAME_DNS, append_text },
	{ "RID", REGISTERED_ID, append_registered_id },
	{ "IP", GENERAL_NAME_IP, append_address },
	{ "dirName", DIRECTORY_NAME, append_directory },
	{ "otherName", OTHER_NAME, append_other_name },
};

enum err
openssl_append_general_name(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item)
{
	for (size_t i = 0; i < COUNT(choices); i++)
		if (item->value != NULL &&
		    openssl_name_is(item->name, choices[i].name))
			return choices[i].append(to, form, item,
			    choices[i].choice);
	return openssl_form_unknown(form, item->entry, item->name);
}

enum err
openssl_append_general_names(struct buf *to, const struct openssl_form *form,
    const struct openssl_list *list)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < list->count; i++)
		err = openssl_append_general_name(to, form, &list->items[i]);
	return err;
}
