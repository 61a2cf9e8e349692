/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "store/store_memory_internal.h"

static struct memory_notification *
add(struct memory_store *store, enum notification_event event,
    int64_t happened_at)
{
	struct memory_notification *row;

	store->notifications = xrealloc(store->notifications,
	    store->notification_count + 1, sizeof(*row));
	row = &store->notifications[store->notification_count++];
	*row = (struct memory_notification){
		.stored = { .number = ++store->notification_number,
		    .event = event,
		    .happened_at = happened_at },
	};
	return row;
}

static bool
is_wanted(const struct memory_store *store, enum notification_event event)
{
	return (store->notification_events >> event & 1) != 0;
}

/* False where nothing is told of that state. */
static bool
find_event(enum transaction_state state, enum notification_event *event)
{
	static const struct {
		enum transaction_state state;
		enum notification_event event;
	} rows[] = {
		{ TRANSACTION_HELD, NOTIFICATION_HELD },
		{ TRANSACTION_ISSUED, NOTIFICATION_ISSUED },
		{ TRANSACTION_REJECTED, NOTIFICATION_REFUSED },
		{ TRANSACTION_LAPSED, NOTIFICATION_REFUSED },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].state == state) {
			*event = rows[i].event;
			return true;
		}
	return false;
}

void
store_memory_note_state(struct memory_store *store,
    const struct memory_transaction *row)
{
	const struct transaction *transaction = &row->stored;
	struct stored_notification *stored;
	struct memory_notification *added;
	enum notification_event event;

	if (!find_event(transaction->state, &event) || !is_wanted(store, event))
		return;
	added = add(store, event, transaction->changed_at);
	stored = &added->stored;
	if (event == NOTIFICATION_ISSUED)
		added->certificate = row->certificate;
	stored->request = transaction->number;
	buf_append(&stored->endpoint, buf_bytes(&transaction->endpoint));
	buf_append(&stored->transaction_id,
	    buf_bytes(&transaction->transaction_id));
	buf_append(&stored->peer, buf_bytes(&transaction->peer));
	buf_append(&stored->subject, buf_bytes(&transaction->subject));
	if (transaction->state == TRANSACTION_LAPSED &&
	    transaction->reason.size == 0)
		buf_append_string(&stored->reason, STORE_REASON_LAPSED);
	else
		buf_append(&stored->reason, buf_bytes(&transaction->reason));
}

static void
add_of_certificate(struct memory_store *store, enum notification_event event,
    int64_t happened_at, const struct memory_certificate *row)
{
	struct memory_notification *added = add(store, event, happened_at);

	added->certificate = (size_t)row->stored.number;
	added->stored.request = row->request;
	buf_append(&added->stored.endpoint, buf_bytes(&row->endpoint));
	buf_append(&added->stored.transaction_id,
	    buf_bytes(&row->transaction_id));
	buf_append(&added->stored.subject, buf_bytes(&row->stored.subject));
}

void
store_memory_note_revoked(struct memory_store *store,
    const struct memory_certificate *row)
{
	if (is_wanted(store, NOTIFICATION_REVOKED))
		add_of_certificate(store, NOTIFICATION_REVOKED,
		    row->revocation.revoked_at, row);
}

enum err
store_memory_notify(void *state, unsigned events)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	store->notification_events = events;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static int64_t
count_refused_at_once(const struct memory_store *store)
{
	int64_t count = 0;

	for (size_t i = 0; i < store->notification_count; i++) {
		const struct stored_notification *stored =
		    &store->notifications[i].stored;

		count += stored->event == NOTIFICATION_REFUSED &&
		    stored->request == 0;
	}
	return count;
}

static void
add_refusal(struct memory_store *store, const struct refusal *refusal)
{
	struct stored_notification *stored =
	    &add(store, NOTIFICATION_REFUSED, refusal->now)->stored;

	buf_append(&stored->endpoint, refusal->endpoint);
	buf_append(&stored->transaction_id, refusal->transaction_id);
	buf_append(&stored->peer, refusal->peer);
	buf_append(&stored->subject, refusal->subject);
	buf_append(&stored->reason, refusal->reason);
}

enum err
store_memory_notify_refused(void *state, const struct refusal *refusal,
    int64_t limit)
{
	struct memory_store *store = state;
	enum err err = ERR_OK;

	pthread_mutex_lock(&store->mutex);
	if (!is_wanted(store, NOTIFICATION_REFUSED))
		; /* nothing is told */
	else if (count_refused_at_once(store) >= limit)
		err = ERR_STORE_FULL;
	else
		add_refusal(store, refusal);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

static bool
expires(const struct memory_certificate *row, int64_t from, int64_t to)
{
	return row->stored.not_after > from && row->stored.not_after <= to &&
	    row->revocation.revoked_at == 0 && row->stored.der.size > 0;
}

enum err
store_memory_notify_expiring(void *state, int64_t until, int64_t now,
    int64_t *reached)
{
	struct memory_store *store = state;
	int64_t from;

	pthread_mutex_lock(&store->mutex);
	from = store->expiring_until;
	*reached = store_expiring_day(&from, until, now);
	for (size_t i = 0; i < store->certificate_count; i++)
		if (expires(&store->certificates[i], from, *reached))
			add_of_certificate(store, NOTIFICATION_EXPIRING, now,
			    &store->certificates[i]);
	if (*reached > from)
		store->expiring_until = *reached;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static void
copy(const struct memory_store *store, const struct memory_notification *from,
    struct stored_notification *to)
{
	const struct stored_notification *stored = &from->stored;

	to->number = stored->number;
	to->event = stored->event;
	to->happened_at = stored->happened_at;
	to->tries = stored->tries;
	to->due_at = stored->due_at;
	to->request = stored->request;
	buf_append(&to->endpoint, buf_bytes(&stored->endpoint));
	buf_append(&to->transaction_id, buf_bytes(&stored->transaction_id));
	buf_append(&to->peer, buf_bytes(&stored->peer));
	buf_append(&to->subject, buf_bytes(&stored->subject));
	buf_append(&to->reason, buf_bytes(&stored->reason));
	if (from->certificate > 0) {
		const struct memory_certificate *certificate =
		    &store->certificates[from->certificate - 1];

		buf_append(&to->serial, buf_bytes(&certificate->stored.serial));
		buf_append(&to->certificate,
		    buf_bytes(&certificate->stored.der));
		to->revoked_for = certificate->revocation.reason;
	}
}

/* The one that has been due for the longest time, or NULL. */
static struct memory_notification *
find_due(struct memory_store *store, int64_t now)
{
	struct memory_notification *found = NULL;

	for (size_t i = 0; i < store->notification_count; i++) {
		struct memory_notification *row = &store->notifications[i];

		if (row->stored.due_at <= now &&
		    (found == NULL ||
			row->stored.due_at < found->stored.due_at))
			found = row;
	}
	return found;
}

enum err
store_memory_notification_take(void *state, int64_t now, int64_t until,
    struct stored_notification *stored)
{
	struct memory_store *store = state;
	struct memory_notification *row;

	pthread_mutex_lock(&store->mutex);
	row = find_due(store, now);
	if (row != NULL) {
		row->stored.due_at = until;
		copy(store, row, stored);
	}
	pthread_mutex_unlock(&store->mutex);
	return row != NULL ? ERR_OK : ERR_STORE_NONE;
}

enum err
store_memory_notification_put_off(void *state, int64_t number, int64_t tries,
    int64_t due_at)
{
	struct memory_store *store = state;
	enum err err = ERR_STORE_NONE;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->notification_count; i++) {
		struct stored_notification *stored =
		    &store->notifications[i].stored;

		if (stored->number != number)
			continue;
		stored->tries = tries;
		stored->due_at = due_at;
		err = ERR_OK;
	}
	pthread_mutex_unlock(&store->mutex);
	return err;
}

/* Those of a number, or of what has happened before a time. */
static int64_t
delete_rows(struct memory_store *store, int64_t number, int64_t before)
{
	size_t kept = 0, count = store->notification_count;

	for (size_t i = 0; i < count; i++) {
		struct memory_notification *row = &store->notifications[i];

		if (row->stored.number == number ||
		    row->stored.happened_at < before)
			stored_notification_clear(&row->stored);
		else
			store->notifications[kept++] = *row;
	}
	store->notification_count = kept;
	return (int64_t)(count - kept);
}

enum err
store_memory_notification_end(void *state, int64_t number)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	delete_rows(store, number, INT64_MIN);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

enum err
store_memory_notifications_drop(void *state, int64_t before, int64_t *count)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	*count = delete_rows(store, 0, before);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

enum err
store_memory_notification_list(void *state, int64_t after, size_t size,
    struct stored_notification *page, size_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; *count < size && i < store->notification_count; i++)
		if (store->notifications[i].stored.number > after)
			copy(store, &store->notifications[i],
			    &page[(*count)++]);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

void
store_memory_clear_notifications(struct memory_store *store)
{
	delete_rows(store, 0, INT64_MAX);
	free(store->notifications);
}
