/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_extensions_internal.h"
#include "crypto/der.h"
#include "crypto/text.h"

/* certificatePolicies (RFC 5280 section 4.2.1.4). */

#define OID_CPS BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x02\x01")
#define OID_USER_NOTICE BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x02\x02")

/* A text of ASCII, in this type. */
static enum err
append_ascii(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry, uint8_t tag)
{
	if (!openssl_is_ascii(entry->value))
		return openssl_entry_refuse(entry, form->problems,
		    "%s: \"%s\" has characters other than printable ASCII",
		    form->entry->name, entry->value);
	der_append(to, tag, bytes_of_string(entry->value));
	return ERR_OK;
}

/* DisplayText: VisibleString, or what stands behind "UTF8:". */
static enum err
append_notice_text(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry)
{
	struct bytes text = bytes_of_string(entry->value);
	struct buf scratch = { 0 };
	enum err err;

	if (bytes_begin_with(text, "UTF8:"))
		text = bytes_from(text, sizeof("UTF8:") - 1);
	else if (bytes_begin_with(text, "UTF8String:"))
		text = bytes_from(text, sizeof("UTF8String:") - 1);
	else if (bytes_begin_with(text, "BMP") ||
	    bytes_begin_with(text, "VISIBLE"))
		return openssl_form_unknown(form, entry, entry->value);
	else
		return append_ascii(to, form, entry, DER_VISIBLE_STRING);
	err = text_append_utf8(&scratch, DER_UTF8_STRING, text);
	buf_clear(&scratch);
	if (err != ERR_OK || text.size == 0)
		return openssl_entry_refuse(entry, form->problems,
		    "%s: the text of a notice is not UTF-8", form->entry->name);
	der_append(to, DER_UTF8_STRING, text);
	return ERR_OK;
}

static enum err
append_numbers(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry)
{
	struct openssl_list list = { 0 };
	size_t start = der_open(to, DER_SEQUENCE);
	enum err err = openssl_list_items(entry, entry->value, &list,
	    form->problems);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		err = openssl_append_number(to, form, entry,
		    list.items[i].name);
	der_close(to, start);
	openssl_list_clear(&list);
	return err;
}

/* The lines of a notice's section. */
struct notice {
	const struct openssl_entry *text;
	const struct openssl_entry *organization;
	const struct openssl_entry *numbers;
};

static enum err
read_notice(const struct openssl_form *form, const struct openssl_entry *entry,
    struct notice *notice)
{
	const struct openssl_section *section = entry->value[0] != '@' ?
	    NULL :
	    openssl_conf_section(form->source->conf, entry->value + 1);

	if (section == NULL || section->count == 0)
		return openssl_entry_refuse(entry, form->problems,
		    "%s: \"%s\" names no section, as @SECTION, with a notice",
		    form->entry->name, entry->value);
	for (size_t i = 0; i < section->count; i++) {
		const struct openssl_entry *line = section->entries[i];

		if (openssl_text_is(line->name, "explicitText"))
			notice->text = line;
		else if (openssl_text_is(line->name, "organization"))
			notice->organization = line;
		else if (openssl_text_is(line->name, "noticeNumbers"))
			notice->numbers = line;
		else
			return openssl_form_unknown(form, line, line->name);
	}
	if ((notice->organization == NULL) != (notice->numbers == NULL))
		return openssl_entry_refuse(entry, form->problems,
		    "%s: organization and noticeNumbers go together",
		    form->entry->name);
	return ERR_OK;
}

/* UserNotice ::= SEQUENCE { noticeRef SEQUENCE { organization, noticeNumbers }
 * OPTIONAL, explicitText OPTIONAL }. */
static enum err
append_notice(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry, bool ia5)
{
	struct notice notice = { 0 };
	size_t outer = der_open(to, DER_SEQUENCE), inner;
	enum err err = read_notice(form, entry, &notice);

	if (err == ERR_OK && notice.organization != NULL) {
		inner = der_open(to, DER_SEQUENCE);
		err = append_ascii(to, form, notice.organization,
		    ia5 ? DER_IA5_STRING : DER_VISIBLE_STRING);
		if (err == ERR_OK)
			err = append_numbers(to, form, notice.numbers);
		der_close(to, inner);
	}
	if (err == ERR_OK && notice.text != NULL)
		err = append_notice_text(to, form, notice.text);
	der_close(to, outer);
	return err;
}

/* PolicyQualifierInfo of a line of a policy's section. */
static enum err
append_qualifier(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *line, bool ia5)
{
	size_t start = der_open(to, DER_SEQUENCE);
	enum err err;

	if (openssl_name_is(line->name, "CPS")) {
		der_append_oid(to, OID_CPS);
		err = append_ascii(to, form, line, DER_IA5_STRING);
	} else if (openssl_name_is(line->name, "userNotice")) {
		der_append_oid(to, OID_USER_NOTICE);
		err = append_notice(to, form, line, ia5);
	} else {
		err = openssl_form_unknown(form, line, line->name);
	}
	der_close(to, start);
	return err;
}

static bool
is_identifier(const struct openssl_entry *line)
{
	return openssl_text_is(line->name, "policyIdentifier");
}

/* The qualifiers keep their order, the identifier is the first wherever it
 * stands. */
static enum err
append_policy_section(struct buf *to, const struct openssl_form *form,
    const struct openssl_section *section, bool ia5)
{
	const struct openssl_entry *identifier = NULL;
	size_t before, list;
	enum err err;

	for (size_t i = 0; i < section->count; i++)
		if (is_identifier(section->entries[i]))
			identifier = section->entries[i];
	if (identifier == NULL)
		return openssl_entry_refuse(form->entry, form->problems,
		    "%s: the section [%s] has no policyIdentifier",
		    form->entry->name, section->name);
	err = openssl_append_oid(to, form, identifier, identifier->value);
	before = to->size;
	list = der_open(to, DER_SEQUENCE);
	for (size_t i = 0; err == ERR_OK && i < section->count; i++)
		if (!is_identifier(section->entries[i]))
			err = append_qualifier(to, form, section->entries[i],
			    ia5);
	if (to->size == list)
		buf_truncate(to, before);
	else
		der_close(to, list);
	return err;
}

static enum err
append_policy(struct buf *to, const struct openssl_form *form,
    const struct openssl_item *item, bool ia5)
{
	size_t start = der_open(to, DER_SEQUENCE);
	const struct openssl_section *section = NULL;
	enum err err;

	if (item->name[0] == '@')
		section = openssl_conf_section(form->source->conf,
		    item->name + 1);
	if (item->value != NULL)
		err = openssl_form_unknown(form, item->entry, item->value);
	else if (section != NULL)
		err = append_policy_section(to, form, section, ia5);
	else
		err = openssl_append_oid(to, form, item->entry, item->name);
	der_close(to, start);
	return err;
}

/* "ia5org" is no policy, but how those behind it write organizations. */
enum err
openssl_append_policies(struct buf *to, const struct openssl_form *form,
    const char *text)
{
	struct openssl_list list = { 0 };
	size_t start = der_open(to, DER_SEQUENCE);
	bool ia5 = false;
	enum err err = openssl_list_items(form->entry, text, &list,
	    form->problems);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		if (openssl_text_is(list.items[i].name, "ia5org"))
			ia5 = true;
		else
			err = append_policy(to, form, &list.items[i], ia5);
	der_close(to, start);
	openssl_list_clear(&list);
	return err;
}
