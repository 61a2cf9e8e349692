/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* An item and what it views. */
struct entry {
	struct snapshot_item item;
	char *name;
	struct buf contents;
};

struct snapshot {
	struct entry *entries;
	size_t count;
	bool lacks_keys;
};

/*
 * As octets, all numbers in the machine's own form, since the reader is the
 * same program:
 *     lacks_keys, then of each item: struct head, name, contents
 */
struct head {
	uint32_t kind;
	uint32_t is_public;
	size_t name_size; /* with its NUL */
	size_t contents_size;
};

struct snapshot *
snapshot_new(void)
{
	return xalloc(sizeof(struct snapshot));
}

static void
clear_entry(struct entry *entry)
{
	free(entry->name);
	buf_clear(&entry->contents);
}

void
snapshot_free(struct snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	for (size_t i = 0; i < snapshot->count; i++)
		clear_entry(&snapshot->entries[i]);
	free(snapshot->entries);
	free(snapshot);
}

/* A few files at most: nobody minds the search. */
static struct entry *
find(const struct snapshot *snapshot, const char *name)
{
	struct bytes wanted = bytes_of_string(name);

	for (size_t i = 0; i < snapshot->count; i++)
		if (bytes_equal_string(wanted, snapshot->entries[i].name))
			return &snapshot->entries[i];
	return NULL;
}

/* The entries move when there are more of them, and with them what a view of
 * an entry's own struct would point to; names and contents stay. */
static struct entry *
append_entry(struct snapshot *snapshot)
{
	size_t index = snapshot->count++;

	snapshot->entries = xrealloc(snapshot->entries, snapshot->count,
	    sizeof(*snapshot->entries));
	return &snapshot->entries[index];
}

/* Copied before the old one is freed: the item may be that one itself. */
void
snapshot_add(struct snapshot *snapshot, const struct snapshot_item *item)
{
	struct entry made = { .item = *item, .name = xstrdup(item->name) };
	struct entry *entry = find(snapshot, item->name);

	buf_append(&made.contents, item->contents);
	made.item.name = made.name;
	made.item.contents = buf_bytes(&made.contents);
	if (entry != NULL)
		clear_entry(entry);
	else
		entry = append_entry(snapshot);
	*entry = made;
}

const struct snapshot_item *
snapshot_find(const struct snapshot *snapshot, const char *name)
{
	const struct entry *entry = find(snapshot, name);

	return entry != NULL ? &entry->item : NULL;
}

const struct snapshot_item *
snapshot_at(const struct snapshot *snapshot, size_t index)
{
	return index < snapshot->count ? &snapshot->entries[index].item : NULL;
}

/* No path is looked up by a name with "=" behind it. */
char *
snapshot_variable(const char *name)
{
	return xasprintf("environment: %s=", name);
}

bool
snapshot_lacks_keys(const struct snapshot *snapshot)
{
	return snapshot->lacks_keys;
}

static void
append_item(const struct snapshot_item *item, struct buf *to)
{
	const struct head head = {
		.kind = item->kind,
		.is_public = item->is_public,
		.name_size = strlen(item->name) + 1,
		.contents_size = item->contents.size,
	};

	buf_append(to, bytes_of(&head, sizeof(head)));
	buf_append(to, bytes_of(item->name, head.name_size));
	buf_append(to, item->contents);
}

void
snapshot_append(const struct snapshot *snapshot, bool with_keys, struct buf *to)
{
	buf_append_octet(to, !with_keys || snapshot->lacks_keys);
	for (size_t i = 0; i < snapshot->count; i++)
		if (with_keys || snapshot->entries[i].item.kind != FILE_KEY)
			append_item(&snapshot->entries[i].item, to);
}

/* The next `size` octets of what is left; false where there are fewer. */
static bool
take(struct bytes *left, size_t size, struct bytes *taken)
{
	if (left->size < size)
		return false;
	*taken = bytes_of(left->data, size);
	*left = bytes_from(*left, size);
	return true;
}

static bool
read_item(struct bytes *left, struct snapshot *snapshot)
{
	struct snapshot_item item;
	struct bytes part, name;
	struct head head;

	if (!take(left, sizeof(head), &part))
		return false;
	memcpy(&head, part.data, sizeof(head));
	if (!take(left, head.name_size, &name) || name.size == 0 ||
	    name.data[name.size - 1] != '\0' ||
	    !take(left, head.contents_size, &item.contents))
		return false;
	item.name = (const char *)name.data;
	item.kind = (enum file_kind)head.kind;
	item.is_public = head.is_public != 0;
	snapshot_add(snapshot, &item);
	return true;
}

enum err
snapshot_read(struct bytes octets, struct snapshot **snapshot)
{
	struct snapshot *made = snapshot_new();
	struct bytes first;
	bool good = take(&octets, 1, &first);

	if (good)
		made->lacks_keys = first.data[0] != 0;
	while (good && octets.size > 0)
		good = read_item(&octets, made);
	if (!good) {
		snapshot_free(made);
		return ERR_FILE;
	}
	*snapshot = made;
	return ERR_OK;
}
