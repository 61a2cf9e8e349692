/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_internal.h"

/* How many rows of a list are read at once. */
#define PAGE_SIZE 32

void
stored_alarm_clear(struct stored_alarm *stored)
{
	buf_clear(&stored->subject);
	buf_clear(&stored->kind);
	buf_clear(&stored->detail);
	buf_clear(&stored->text);
	*stored = (struct stored_alarm){ 0 };
}

/* What has changed */

/* The array doubles whenever its count is a power of two. */
struct stored_alarm *
alarm_changes_add(struct alarm_changes *changes, bool is_over)
{
	struct alarm_change *change;

	if ((changes->count & (changes->count - 1)) == 0)
		changes->items = xrealloc(changes->items,
		    changes->count == 0 ? 1 : 2 * changes->count,
		    sizeof(*changes->items));
	change = &changes->items[changes->count++];
	*change = (struct alarm_change){ .is_over = is_over };
	return &change->stored;
}

void
alarm_changes_begin(struct alarm_changes *changes,
    const struct alarm_sweep *sweep, const struct alarm *found)
{
	struct stored_alarm *begun = alarm_changes_add(changes, false);

	buf_append_string(&begun->subject, sweep->subject);
	buf_append_string(&begun->kind, found->kind);
	buf_append(&begun->detail, found->detail);
	buf_append(&begun->text, found->text);
	begun->since = begun->seen = sweep->now;
}

void
alarm_changes_clear(struct alarm_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		stored_alarm_clear(&changes->items[i].stored);
	free(changes->items);
	*changes = (struct alarm_changes){ 0 };
}

/* Sweeps */

static bool
is_kind(const char *a, const char *b)
{
	return bytes_equal_string(bytes_of_string(a), b);
}

bool
alarm_sweep_has(const struct alarm_sweep *sweep, const char *kind,
    struct bytes detail)
{
	for (size_t i = 0; i < sweep->count; i++)
		if (is_kind(sweep->found[i].kind, kind) &&
		    bytes_equal(sweep->found[i].detail, detail))
			return true;
	return false;
}

/* The place of a kind among those that were looked for; their count where it
 * is none of them. */
static size_t
kind_place(const struct alarm_sweep *sweep, const char *kind)
{
	size_t place = 0;

	while (sweep->kinds[place] != NULL &&
	    !is_kind(sweep->kinds[place], kind))
		place++;
	return place;
}

/* Keeps of what was found, in its order, those of which there are not too many,
 * each once; a sweep of no more is what the implementations see. */
static struct alarm_sweep
bound(const struct alarm_sweep *sweep, struct alarm *kept)
{
	struct alarm_sweep bounded = *sweep;
	size_t *counts = xcalloc(kind_place(sweep, "") + 1, sizeof(*counts));

	bounded.found = kept;
	bounded.count = 0;
	for (size_t i = 0; i < sweep->count; i++) {
		const struct alarm *found = &sweep->found[i];
		size_t place = kind_place(sweep, found->kind);

		assert(sweep->kinds[place] != NULL);
		if (counts[place] == STORE_ALARMS_MOST ||
		    alarm_sweep_has(&bounded, found->kind, found->detail))
			continue;
		counts[place]++;
		kept[bounded.count++] = *found;
	}
	free(counts);
	return bounded;
}

enum err
store_alarms_sweep(struct store *store, const struct alarm_sweep *sweep,
    void (*each)(void *context, const struct stored_alarm *stored,
	bool is_over),
    void *context)
{
	struct alarm *kept = xcalloc(sweep->count + 1, sizeof(*kept));
	struct alarm_sweep bounded = bound(sweep, kept);
	struct alarm_changes changes = { 0 };
	enum err err;

	assert(sweep->now > 0);
	err = store->ops->alarms_sweep(store->state, &bounded, &changes);
	for (size_t i = 0; err == ERR_OK && each != NULL && i < changes.count;
	     i++)
		each(context, &changes.items[i].stored,
		    changes.items[i].is_over);
	alarm_changes_clear(&changes);
	free(kept);
	return err;
}

/* Lists */

static bool
hand_out(struct stored_alarm *page, size_t count,
    bool (*each)(void *context, const struct stored_alarm *stored),
    void *context)
{
	bool wanted = true;

	for (size_t i = 0; i < count; i++) {
		wanted = wanted && each(context, &page[i]);
		stored_alarm_clear(&page[i]);
	}
	return wanted;
}

enum err
store_alarm_list(struct store *store, const char *subject,
    bool (*each)(void *context, const struct stored_alarm *stored),
    void *context)
{
	struct stored_alarm page[PAGE_SIZE] = { 0 };
	int64_t after = 0;
	bool wanted;
	size_t count;
	enum err err;

	do {
		count = 0;
		err = store->ops->alarm_list(store->state, subject, after,
		    PAGE_SIZE, page, &count);
		if (count > 0)
			after = page[count - 1].number;
		wanted = hand_out(page, err == ERR_OK ? count : 0, each,
		    context);
	} while (err == ERR_OK && wanted && count == PAGE_SIZE);
	for (size_t i = 0; err != ERR_OK && i < count; i++)
		stored_alarm_clear(&page[i]);
	return err;
}

enum err
store_alarms_forget(struct store *store, int64_t before, int64_t *count)
{
	return store->ops->alarms_forget(store->state, before, count);
}
