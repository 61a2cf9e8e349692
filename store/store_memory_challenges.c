/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_memory_internal.h"

/* Those in the array are in the order of their numbers. */

static struct stored_challenge *
row_of(struct memory_store *store, struct bytes hash)
{
	for (size_t i = 0; i < store->challenge_count; i++)
		if (bytes_equal_secret(buf_bytes(&store->challenges[i].hash),
			hash))
			return &store->challenges[i];
	return NULL;
}

static void
copy(const struct stored_challenge *from, struct stored_challenge *to)
{
	*to = (struct stored_challenge){
		.number = from->number,
		.minted = from->minted,
		.uses = from->uses,
		.allowed = from->allowed,
		.created_at = from->created_at,
		.expires_at = from->expires_at,
	};
	buf_append(&to->hash, buf_bytes(&from->hash));
	buf_append(&to->endpoint, buf_bytes(&from->endpoint));
	buf_append(&to->subject, buf_bytes(&from->subject));
	buf_append(&to->names, buf_bytes(&from->names));
	buf_append(&to->profile, buf_bytes(&from->profile));
}

static struct stored_challenge *
add(struct memory_store *store, const struct challenge_record *record,
    int64_t now, bool minted)
{
	struct stored_challenge *row;

	store->challenges = xrealloc(store->challenges,
	    store->challenge_count + 1, sizeof(*row));
	row = &store->challenges[store->challenge_count++];
	*row = (struct stored_challenge){
		.number = ++store->challenge_number,
		.minted = minted,
		.uses = record->uses,
		.allowed = record->uses,
		.created_at = now,
		.expires_at = record->expires_at,
	};
	buf_append(&row->hash, record->hash);
	buf_append_string(&row->endpoint, record->endpoint);
	buf_append(&row->subject, record->subject);
	buf_append(&row->names, record->names);
	buf_append(&row->profile, record->profile);
	return row;
}

static void
take_out(struct memory_store *store, size_t place)
{
	stored_challenge_clear(&store->challenges[place]);
	store->challenge_count--;
	for (size_t i = place; i < store->challenge_count; i++)
		store->challenges[i] = store->challenges[i + 1];
}

/* Those that went in before one that is known go out again. */
enum err
store_memory_challenges_add(void *state, const struct challenge_record *records,
    size_t count, int64_t now)
{
	struct memory_store *store = state;
	enum err err = ERR_OK;
	size_t added = 0;

	pthread_mutex_lock(&store->mutex);
	for (; added < count && err == ERR_OK; added++) {
		if (row_of(store, records[added].hash) != NULL) {
			err = ERR_STORE_SERIAL;
			break;
		}
		(void)add(store, &records[added], now, true);
	}
	for (; err != ERR_OK && added > 0; added--)
		take_out(store, store->challenge_count - 1);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

enum err
store_memory_challenge_get(void *state, struct bytes hash,
    struct stored_challenge *stored)
{
	struct memory_store *store = state;
	const struct stored_challenge *row;

	pthread_mutex_lock(&store->mutex);
	row = row_of(store, hash);
	if (row != NULL)
		copy(row, stored);
	pthread_mutex_unlock(&store->mutex);
	return row != NULL ? ERR_OK : ERR_STORE_NONE;
}

enum err
store_memory_challenge_revoke(void *state, int64_t number)
{
	struct memory_store *store = state;
	enum err err = ERR_STORE_NONE;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = store->challenge_count; i > 0; i--) {
		if (store->challenges[i - 1].number != number ||
		    !store->challenges[i - 1].minted)
			continue;
		take_out(store, i - 1);
		err = ERR_OK;
	}
	pthread_mutex_unlock(&store->mutex);
	return err;
}

enum err
store_memory_challenges_forget(void *state, int64_t before, int64_t limit,
    int64_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = store->challenge_count; i > 0 && *count < limit; i--) {
		if (store->challenges[i - 1].expires_at >= before)
			continue;
		take_out(store, i - 1);
		++*count;
	}
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

enum err
store_memory_challenge_list(void *state, int64_t after, size_t size,
    struct stored_challenge *page, size_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; *count < size && i < store->challenge_count; i++)
		if (store->challenges[i].number > after)
			copy(&store->challenges[i], &page[(*count)++]);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

enum err
store_memory_use_challenge(struct memory_store *store,
    const struct transaction_order *order, int64_t *number)
{
	const struct challenge_use *use = &order->challenge;
	const struct challenge_record noted = { .hash = use->hash,
		.endpoint = order->key.endpoint,
		.uses = 1,
		.expires_at = use->expires_at };
	struct stored_challenge *row;

	*number = 0;
	if (use->hash.size == 0)
		return ERR_OK;
	row = row_of(store, use->hash);
	if (row == NULL && !use->minted)
		row = add(store, &noted, order->now, false);
	if (row == NULL || row->uses == 0 || row->minted != use->minted ||
	    !bytes_equal_string(buf_bytes(&row->endpoint), order->key.endpoint))
		return ERR_CHALLENGE_USED;
	row->uses--;
	*number = row->number;
	return ERR_OK;
}

void
store_memory_give_back_challenge(struct memory_store *store, int64_t number)
{
	for (size_t i = 0; i < store->challenge_count; i++)
		if (store->challenges[i].number == number)
			store->challenges[i].uses++;
}

void
store_memory_clear_challenges(struct memory_store *store)
{
	while (store->challenge_count > 0)
		take_out(store, store->challenge_count - 1);
	free(store->challenges);
}
