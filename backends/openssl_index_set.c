/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_set.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/xalloc.h"

#define FIRST_CAPACITY 1024

/* Open addressing: whoever does not find its own slot takes the next.  Small,
 * as nearly every look at one is a miss of the cache. */
struct openssl_index_slot {
	uint32_t hash;
	uint32_t place; /* in the pool, in words, plus 1; 0: the slot is free */
};

/* What stands in the pool before the octets, which are padded to whole
 * words. */
struct item {
	uint64_t number;
	uint64_t size;
};

#define WORD sizeof(uint64_t)

void
openssl_index_set_clear(struct openssl_index_set *set)
{
	buf_clear(&set->pool);
	free(set->slots);
	*set = (struct openssl_index_set){ 0 };
}

static uint64_t
mix(uint64_t hash)
{
	hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 29;
}

/* Subjects are chosen by strangers, who do not know the seed. */
static uint32_t
hash_of(const struct openssl_index_set *set, struct bytes string)
{
	uint64_t hash = set->seed ^ string.size;

	while (string.size > 0) {
		uint64_t word = 0;
		size_t size = string.size < sizeof(word) ? string.size :
							   sizeof(word);

		memcpy(&word, string.data, size);
		hash = mix(mix(hash + word) + set->seed);
		string = bytes_from(string, size);
	}
	return (uint32_t)(mix(hash) >> 32);
}

static struct item
item_at(const struct openssl_index_set *set, uint32_t place,
    struct bytes *string)
{
	const uint8_t *at = set->pool.data + (size_t)(place - 1) * WORD;
	struct item item;

	memcpy(&item, at, sizeof(item));
	*string = bytes_of(at + sizeof(item), item.size);
	return item;
}

/* The slot that has the string, or the free one that it belongs into. */
static struct openssl_index_slot *
slot_of(const struct openssl_index_set *set, struct bytes string, uint32_t hash)
{
	size_t at = hash & (set->capacity - 1);
	struct bytes other;

	for (; set->slots[at].place != 0; at = (at + 1) & (set->capacity - 1)) {
		if (set->slots[at].hash != hash)
			continue;
		item_at(set, set->slots[at].place, &other);
		if (bytes_equal(string, other))
			break;
	}
	return &set->slots[at];
}

static void
grow(struct openssl_index_set *set)
{
	struct openssl_index_slot *old = set->slots;
	size_t old_capacity = set->capacity;

	set->capacity = old_capacity == 0 ? FIRST_CAPACITY : 2 * old_capacity;
	set->slots = xcalloc(set->capacity, sizeof(*set->slots));
	for (size_t i = 0; i < old_capacity; i++) {
		size_t at = old[i].hash & (set->capacity - 1);

		if (old[i].place == 0)
			continue;
		while (set->slots[at].place != 0)
			at = (at + 1) & (set->capacity - 1);
		set->slots[at] = old[i];
	}
	free(old);
}

/* Appends to the pool; where it is, as slots have it. */
static uint32_t
keep(struct openssl_index_set *set, struct bytes string, uint64_t number)
{
	static const uint8_t padding[WORD];
	const struct item item = { number, string.size };
	size_t place = set->pool.size / WORD;

	buf_append(&set->pool, bytes_of(&item, sizeof(item)));
	buf_append(&set->pool, string);
	buf_append(&set->pool,
	    bytes_of(padding, (WORD - string.size % WORD) % WORD));
	return (uint32_t)place + 1;
}

uint64_t
openssl_index_set_add(struct openssl_index_set *set, struct bytes string,
    uint64_t number)
{
	struct openssl_index_slot *slot;
	struct bytes there;
	uint32_t hash;

	if (set->capacity == 0 &&
	    getrandom(&set->seed, sizeof(set->seed), 0) < 0)
		set->seed = (uintptr_t)set;
	if (set->count >= set->capacity / 2)
		grow(set);
	hash = hash_of(set, string);
	slot = slot_of(set, string, hash);
	if (slot->place != 0)
		return item_at(set, slot->place, &there).number;
	*slot = (struct openssl_index_slot){ hash, keep(set, string, number) };
	set->count++;
	return 0;
}

uint64_t
openssl_index_set_find(const struct openssl_index_set *set, struct bytes string)
{
	const struct openssl_index_slot *slot;
	struct bytes there;

	if (set->capacity == 0)
		return 0;
	slot = slot_of(set, string, hash_of(set, string));
	return slot->place == 0 ? 0 : item_at(set, slot->place, &there).number;
}
