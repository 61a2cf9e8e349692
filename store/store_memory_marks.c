/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_memory_internal.h"

/* Or NULL. */
static struct memory_mark *
mark_of(struct memory_store *store, const char *name)
{
	for (size_t i = 0; i < store->mark_count; i++)
		if (bytes_equal_string(buf_bytes(&store->marks[i].name), name))
			return &store->marks[i];
	return NULL;
}

enum err
store_memory_mark_get(void *state, const char *name, struct buf *value)
{
	struct memory_store *store = state;
	const struct memory_mark *mark;

	pthread_mutex_lock(&store->mutex);
	mark = mark_of(store, name);
	if (mark != NULL)
		buf_append(value, buf_bytes(&mark->value));
	pthread_mutex_unlock(&store->mutex);
	return mark != NULL ? ERR_OK : ERR_STORE_NONE;
}

enum err
store_memory_mark_put(void *state, const char *name, struct bytes value)
{
	struct memory_store *store = state;
	struct memory_mark *mark;

	pthread_mutex_lock(&store->mutex);
	mark = mark_of(store, name);
	if (mark == NULL) {
		store->marks = xrealloc(store->marks, store->mark_count + 1,
		    sizeof(*mark));
		mark = &store->marks[store->mark_count++];
		*mark = (struct memory_mark){ 0 };
		buf_append_string(&mark->name, name);
	}
	buf_truncate(&mark->value, 0);
	buf_append(&mark->value, value);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

void
store_memory_clear_marks(struct memory_store *store)
{
	while (store->mark_count > 0) {
		struct memory_mark *mark = &store->marks[--store->mark_count];

		buf_clear(&mark->name);
		buf_clear(&mark->value);
	}
	free(store->marks);
}
