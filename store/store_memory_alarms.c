/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_memory_internal.h"

static void
copy(const struct stored_alarm *from, struct stored_alarm *to)
{
	to->number = from->number;
	buf_append(&to->subject, buf_bytes(&from->subject));
	buf_append(&to->kind, buf_bytes(&from->kind));
	buf_append(&to->detail, buf_bytes(&from->detail));
	buf_append(&to->text, buf_bytes(&from->text));
	to->since = from->since;
	to->seen = from->seen;
}

static bool
is_of(const struct stored_alarm *stored, const char *subject, const char *kind)
{
	return bytes_equal_string(buf_bytes(&stored->subject), subject) &&
	    bytes_equal_string(buf_bytes(&stored->kind), kind);
}

/* Or NULL. */
static struct stored_alarm *
standing(struct memory_store *store, const struct alarm_sweep *sweep,
    const struct alarm *found)
{
	for (size_t i = 0; i < store->alarm_count; i++)
		if (is_of(&store->alarms[i], sweep->subject, found->kind) &&
		    bytes_equal(buf_bytes(&store->alarms[i].detail),
			found->detail))
			return &store->alarms[i];
	return NULL;
}

static void
raise_one(struct memory_store *store, const struct alarm_sweep *sweep,
    const struct alarm *found, struct alarm_changes *changes)
{
	struct stored_alarm *stored = standing(store, sweep, found);

	if (stored != NULL) {
		stored->seen = sweep->now;
		buf_truncate(&stored->text, 0);
		buf_append(&stored->text, found->text);
		return;
	}
	alarm_changes_begin(changes, sweep, found);
	store->alarms = xrealloc(store->alarms, store->alarm_count + 1,
	    sizeof(*store->alarms));
	stored = &store->alarms[store->alarm_count++];
	*stored = (struct stored_alarm){ 0 };
	copy(&changes->items[changes->count - 1].stored, stored);
	stored->number = ++store->alarm_number;
}

/* Whether it was looked for, and not found. */
static bool
is_over(const struct alarm_sweep *sweep, const struct stored_alarm *stored)
{
	for (size_t i = 0; sweep->kinds[i] != NULL; i++)
		if (is_of(stored, sweep->subject, sweep->kinds[i]))
			return !alarm_sweep_has(sweep, sweep->kinds[i],
			    buf_bytes(&stored->detail));
	return false;
}

static void
clear(struct memory_store *store, const struct alarm_sweep *sweep,
    struct alarm_changes *changes)
{
	size_t kept = 0;

	for (size_t i = 0; i < store->alarm_count; i++)
		if (is_over(sweep, &store->alarms[i]))
			*alarm_changes_add(changes, true) = store->alarms[i];
		else
			store->alarms[kept++] = store->alarms[i];
	store->alarm_count = kept;
}

enum err
store_memory_alarms_sweep(void *state, const struct alarm_sweep *sweep,
    struct alarm_changes *changes)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	clear(store, sweep, changes);
	for (size_t i = 0; i < sweep->count; i++)
		raise_one(store, sweep, &sweep->found[i], changes);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static bool
is_wanted(const struct stored_alarm *stored, const char *subject, int64_t after)
{
	return stored->number > after &&
	    (subject == NULL ||
		bytes_equal_string(buf_bytes(&stored->subject), subject));
}

enum err
store_memory_alarm_list(void *state, const char *subject, int64_t after,
    size_t size, struct stored_alarm *page, size_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; *count < size && i < store->alarm_count; i++)
		if (is_wanted(&store->alarms[i], subject, after))
			copy(&store->alarms[i], &page[(*count)++]);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static bool
is_looked_at(const struct memory_store *store, struct bytes subject,
    int64_t since)
{
	for (size_t i = 0; i < store->alarm_count; i++)
		if (store->alarms[i].seen >= since &&
		    bytes_equal(buf_bytes(&store->alarms[i].subject), subject))
			return true;
	return false;
}

/* One that goes says of no other that somebody looks. */
enum err
store_memory_alarms_forget(void *state, int64_t before, int64_t *count)
{
	struct memory_store *store = state;
	size_t kept = 0;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->alarm_count; i++) {
		struct stored_alarm *stored = &store->alarms[i];

		if (is_looked_at(store, buf_bytes(&stored->subject), before))
			store->alarms[kept++] = *stored;
		else
			stored_alarm_clear(stored);
	}
	*count = (int64_t)(store->alarm_count - kept);
	store->alarm_count = kept;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

void
store_memory_clear_alarms(struct memory_store *store)
{
	for (size_t i = 0; i < store->alarm_count; i++)
		stored_alarm_clear(&store->alarms[i]);
	free(store->alarms);
}
