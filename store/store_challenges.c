/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>

#include "store/store_internal.h"

/* How many rows of a list are read at once. */
#define PAGE_SIZE 32

void
stored_challenge_clear(struct stored_challenge *stored)
{
	buf_clear(&stored->hash);
	buf_clear(&stored->endpoint);
	buf_clear(&stored->subject);
	buf_clear(&stored->names);
	buf_clear(&stored->profile);
	*stored = (struct stored_challenge){ 0 };
}

static bool
is_record(const struct challenge_record *record)
{
	return record->hash.size == STORE_HASH_SIZE &&
	    record->endpoint != NULL && record->uses > 0;
}

enum err
store_challenges_add(struct store *store,
    const struct challenge_record *records, size_t count, int64_t now)
{
	assert(now > 0);
	for (size_t i = 0; i < count; i++)
		assert(is_record(&records[i]));
	return store->ops->challenges_add(store->state, records, count, now);
}

enum err
store_challenge_get(struct store *store, struct bytes hash,
    struct stored_challenge *stored)
{
	struct stored_challenge found = { 0 };
	enum err err;

	assert(hash.size == STORE_HASH_SIZE);
	err = store->ops->challenge_get(store->state, hash, &found);
	if (err != ERR_OK) {
		stored_challenge_clear(&found);
		return err;
	}
	stored_challenge_clear(stored);
	*stored = found;
	return ERR_OK;
}

enum err
store_challenge_revoke(struct store *store, int64_t number)
{
	return store->ops->challenge_revoke(store->state, number);
}

enum err
store_challenges_forget(struct store *store, int64_t before, int64_t limit,
    int64_t *count)
{
	return store->ops->challenges_forget(store->state, before, limit,
	    count);
}

/* Lists */

static bool
hand_out(struct stored_challenge *page, size_t count, bool wanted,
    bool (*each)(void *context, const struct stored_challenge *stored),
    void *context)
{
	for (size_t i = 0; i < count; i++) {
		wanted = wanted && each(context, &page[i]);
		stored_challenge_clear(&page[i]);
	}
	return wanted;
}

enum err
store_challenge_list(struct store *store,
    bool (*each)(void *context, const struct stored_challenge *stored),
    void *context)
{
	struct stored_challenge page[PAGE_SIZE] = { 0 };
	int64_t after = 0;
	bool wanted;
	size_t count;
	enum err err;

	do {
		count = 0;
		err = store->ops->challenge_list(store->state, after, PAGE_SIZE,
		    page, &count);
		if (count > 0)
			after = page[count - 1].number;
		wanted = hand_out(page, count, err == ERR_OK, each, context);
	} while (wanted && count == PAGE_SIZE);
	return err;
}
