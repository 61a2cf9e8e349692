/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>

#include "store/store_internal.h"

/* How many rows of a list are read at once. */
#define PAGE_SIZE 32

/* How often it is said that some were not told. */
#define UNTOLD_EVERY 60

const char *const notification_event_names[NOTIFICATION_EVENTS] = {
	[NOTIFICATION_ISSUED] = "issued",
	[NOTIFICATION_REFUSED] = "refused",
	[NOTIFICATION_HELD] = "held",
	[NOTIFICATION_REVOKED] = "revoked",
	[NOTIFICATION_EXPIRING] = "expiring",
};

void
stored_notification_clear(struct stored_notification *stored)
{
	buf_clear(&stored->endpoint);
	buf_clear(&stored->transaction_id);
	buf_clear(&stored->peer);
	buf_clear(&stored->subject);
	buf_clear(&stored->reason);
	buf_clear(&stored->serial);
	buf_clear(&stored->certificate);
	*stored = (struct stored_notification){ 0 };
}

enum err
store_notify(struct store *store, unsigned events)
{
	assert(events >> NOTIFICATION_EVENTS == 0);
	return store->ops->notify(store->state, events);
}

/* Counts one that is not told; how many are to be said, or 0. */
static int64_t
count_untold(struct store *store, int64_t now)
{
	int64_t said = 0;

	pthread_mutex_lock(&store->mutex);
	store->untold++;
	if (store->untold_at == 0 || now < store->untold_at ||
	    now - store->untold_at >= UNTOLD_EVERY) {
		said = store->untold;
		store->untold = 0;
		store->untold_at = now;
	}
	pthread_mutex_unlock(&store->mutex);
	return said;
}

enum err
store_notify_refused(struct store *store, const struct refusal *refusal,
    int64_t limit, int64_t *untold)
{
	enum err err;

	assert(refusal->now > 0 && limit > 0);
	err = store->ops->notify_refused(store->state, refusal, limit);
	if (err != ERR_OK && err != ERR_STORE_FULL)
		return err;
	*untold = err == ERR_OK ? 0 : count_untold(store, refusal->now);
	return ERR_OK;
}

enum err
store_notify_expiring(struct store *store, int64_t until, int64_t now)
{
	int64_t reached = 0;
	enum err err = ERR_OK;

	assert(now > 0 && until > now);
	while (err == ERR_OK && reached < until)
		err = store->ops->notify_expiring(store->state, until, now,
		    &reached);
	return err;
}

enum err
store_notification_take(struct store *store, int64_t now, int64_t until,
    struct stored_notification *stored)
{
	struct stored_notification taken = { 0 };
	enum err err;

	assert(now > 0 && until > now);
	err = store->ops->notification_take(store->state, now, until, &taken);
	if (err != ERR_OK) {
		stored_notification_clear(&taken);
		return err;
	}
	stored_notification_clear(stored);
	*stored = taken;
	return ERR_OK;
}

enum err
store_notification_put_off(struct store *store, int64_t number, int64_t tries,
    int64_t due_at)
{
	return store->ops->notification_put_off(store->state, number, tries,
	    due_at);
}

enum err
store_notification_end(struct store *store, int64_t number)
{
	return store->ops->notification_end(store->state, number);
}

enum err
store_notifications_drop(struct store *store, int64_t before, int64_t *count)
{
	return store->ops->notifications_drop(store->state, before, count);
}

/* Lists */

static bool
hand_out(struct stored_notification *page, size_t count, bool wanted,
    bool (*each)(void *context, const struct stored_notification *stored),
    void *context)
{
	for (size_t i = 0; i < count; i++) {
		wanted = wanted && each(context, &page[i]);
		stored_notification_clear(&page[i]);
	}
	return wanted;
}

enum err
store_notification_list(struct store *store,
    bool (*each)(void *context, const struct stored_notification *stored),
    void *context)
{
	struct stored_notification page[PAGE_SIZE] = { 0 };
	int64_t after = 0;
	bool wanted;
	size_t count;
	enum err err;

	do {
		count = 0;
		err = store->ops->notification_list(store->state, after,
		    PAGE_SIZE, page, &count);
		if (count > 0)
			after = page[count - 1].number;
		wanted = hand_out(page, count, err == ERR_OK, each, context);
	} while (wanted && count == PAGE_SIZE);
	return err;
}
