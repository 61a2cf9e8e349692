/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_list.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define BLANKS " \t\n\v\f\r"

/* `name` and `value` become the list's. */
static void
add(struct openssl_list *list, char *name, char *value,
    const struct openssl_entry *entry)
{
	list->items = xrealloc(list->items, list->count + 1,
	    sizeof(*list->items));
	list->items[list->count++] = (struct openssl_item){ name, value,
		entry };
}

/* NAME or NAME:VALUE, of which neither may be empty. */
static enum err
add_item(struct openssl_list *list, struct bytes text,
    const struct openssl_entry *entry, struct problems *problems)
{
	struct bytes value = text, name = bytes_cut(&value, ':');
	bool has_value = name.size < text.size;

	name = bytes_trim(name, BLANKS);
	value = bytes_trim(value, BLANKS);
	if (name.size == 0 || (has_value && value.size == 0))
		return openssl_entry_refuse(entry, problems,
		    "%s: an item of the list lacks its name or its value: "
		    "\"%.*s\"",
		    entry->name, (int)text.size, (const char *)text.data);
	if (list->count == OPENSSL_LIST_LIMIT)
		return openssl_entry_refuse(entry, problems,
		    "%s: more than %d items", entry->name, OPENSSL_LIST_LIMIT);
	add(list, xstrdup_bytes(name), has_value ? xstrdup_bytes(value) : NULL,
	    entry);
	return ERR_OK;
}

enum err
openssl_list_items(const struct openssl_entry *entry, const char *text,
    struct openssl_list *list, struct problems *problems)
{
	struct openssl_list read = { 0 };
	struct bytes left = bytes_of_string(text);
	bool more = true;
	enum err err = ERR_OK;

	while (err == ERR_OK && more) {
		size_t size = left.size;
		struct bytes item = bytes_cut(&left, ',');

		more = item.size < size;
		err = add_item(&read, item, entry, problems);
	}
	if (err == ERR_OK)
		*list = read;
	else
		openssl_list_clear(&read);
	return err;
}

enum err
openssl_list_section(const struct openssl_conf *conf,
    const struct openssl_entry *entry, const char *name,
    struct openssl_list *list, struct problems *problems)
{
	const struct openssl_section *section = openssl_conf_section(conf,
	    name);

	if (section == NULL || section->count == 0)
		return openssl_entry_refuse(entry, problems,
		    "%s: there is no section [%s], or nothing in it",
		    entry->name, name);
	if (section->count > OPENSSL_LIST_LIMIT)
		return openssl_entry_refuse(entry, problems,
		    "%s: more than %d lines in the section [%s]", entry->name,
		    OPENSSL_LIST_LIMIT, name);
	*list = (struct openssl_list){ 0 };
	for (size_t i = 0; i < section->count; i++)
		add(list, xstrdup(section->entries[i]->name),
		    xstrdup(section->entries[i]->value), section->entries[i]);
	return ERR_OK;
}

enum err
openssl_list_read(const struct openssl_conf *conf,
    const struct openssl_entry *entry, const char *text,
    struct openssl_list *list, struct problems *problems)
{
	if (text[0] == '@')
		return openssl_list_section(conf, entry, text + 1, list,
		    problems);
	return openssl_list_items(entry, text, list, problems);
}

void
openssl_list_clear(struct openssl_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].name);
		free(list->items[i].value);
	}
	free(list->items);
	*list = (struct openssl_list){ 0 };
}

bool
openssl_name_is(const char *text, const char *name)
{
	struct bytes rest = bytes_of_string(text);

	if (!bytes_begin_with(rest, name))
		return false;
	rest = bytes_from(rest, bytes_of_string(name).size);
	return rest.size == 0 || rest.data[0] == '.';
}

bool
openssl_text_is(const char *a, const char *b)
{
	return a != NULL && b != NULL &&
	    bytes_equal_string(bytes_of_string(a), b);
}
