/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/crew.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"

/* Between the end of one and the start of the next: nothing at first, then
 * this, doubled each time up to the last, unless one has lived for long. */
#define PAUSE_US (100 * 1000)
#define LONGEST_PAUSE_US (10 * 1000 * 1000)
#define LONG_LIFE_US (10 * 1000 * 1000)

/*
 * A place for a pair.  While one serves, the next may be starting; it takes
 * over when both its halves are ready.
 *
 *     start -> starting -> serving -> leaving -> freed
 *                 `-------------------^
 */
struct slot {
	struct pair *starting;
	struct pair *serving;
	unsigned failures;     /* in a row */
	int64_t start_from_us; /* when the next is to be started; 0: not */
};

struct crew {
	struct pair_order order;
	struct slot *slots; /* the keeper's, then one a worker */
	size_t count;
	struct pair *leaving;
	bool keeper_is_old; /* the one that serves: of the order before */
	bool is_up;
	bool ending;
};

/* The slot that has no worker. */
#define KEEPER 0

struct crew *
crew_new(void)
{
	return xalloc(sizeof(struct crew));
}

void
crew_free(struct crew *crew)
{
	free(crew->slots);
	free(crew);
}

static void
postpone(struct slot *slot, int64_t lived_us)
{
	int64_t pause_us = 0;

	if (lived_us >= LONG_LIFE_US)
		slot->failures = 0;
	for (unsigned i = 0; i < slot->failures; i++) {
		pause_us = pause_us == 0 ? PAUSE_US : pause_us * 2;
		if (pause_us > LONGEST_PAUSE_US)
			pause_us = LONGEST_PAUSE_US;
	}
	slot->failures++;
	slot->start_from_us = clock_monotonic_us() + pause_us;
}

/* Those that leave may still have something to ask. */
static void
introduce_all(const struct crew *crew, const struct pair *keeper)
{
	for (const struct pair *pair = crew->leaving; pair != NULL;
	     pair = pair_next(pair))
		if (!pair_is_keeper(pair))
			pair_introduce(keeper, pair);
	for (size_t i = KEEPER + 1; i < crew->count; i++) {
		const struct slot *slot = &crew->slots[i];

		if (slot->starting != NULL)
			pair_introduce(keeper, slot->starting);
		if (slot->serving != NULL)
			pair_introduce(keeper, slot->serving);
	}
}

/* What a worker wants that has read a new configuration, a keeper of the one
 * before may not know. */
static void
introduce(const struct crew *crew, const struct pair *worker)
{
	const struct slot *slot = &crew->slots[KEEPER];

	if (slot->starting != NULL)
		pair_introduce(slot->starting, worker);
	else if (slot->serving != NULL && !crew->keeper_is_old)
		pair_introduce(slot->serving, worker);
}

static void
start(struct crew *crew, struct slot *slot)
{
	struct pair_order order = crew->order;

	order.number = (unsigned)(slot - crew->slots);
	slot->start_from_us = 0;
	slot->starting = pair_start(&order);
	if (slot->starting == NULL)
		postpone(slot, 0);
	else if (order.number == KEEPER)
		introduce_all(crew, slot->starting);
	else
		introduce(crew, slot->starting);
}

static void
dismiss(struct crew *crew, struct pair **pair, bool last)
{
	if (*pair == NULL)
		return;
	pair_end(*pair, last);
	pair_push(&crew->leaving, *pair);
	*pair = NULL;
}

static void
dismiss_slot(struct crew *crew, struct slot *slot, bool last)
{
	slot->start_from_us = 0;
	dismiss(crew, &slot->starting, last);
	dismiss(crew, &slot->serving, last);
}

/* Those that there will be no more are dismissed, and new ones are empty. */
static void
resize(struct crew *crew, size_t count, bool last)
{
	for (size_t i = count; i < crew->count; i++)
		dismiss_slot(crew, &crew->slots[i], last);
	crew->slots = xrealloc(crew->slots, count, sizeof(*crew->slots));
	for (size_t i = crew->count; i < count; i++)
		crew->slots[i] = (struct slot){ 0 };
	crew->count = count;
}

void
crew_replace(struct crew *crew, const struct pair_order *order, bool last)
{
	crew->order = *order;
	crew->keeper_is_old = true;
	resize(crew, order->generation->configuration.settings.workers + 1,
	    last);
	for (size_t i = 0; i < crew->count; i++) {
		struct slot *slot = &crew->slots[i];

		dismiss(crew, &slot->starting, last);
		if (last)
			dismiss(crew, &slot->serving, last);
		slot->failures = 0;
		start(crew, slot);
	}
}

/* Workers that answer what has begun may have errands for it. */
static void
end_keeper_if_alone(struct crew *crew)
{
	if (crew->ending && crew->leaving == NULL && crew->count > KEEPER)
		dismiss_slot(crew, &crew->slots[KEEPER], false);
}

void
crew_end(struct crew *crew, bool last)
{
	crew->ending = true;
	for (size_t i = KEEPER + 1; i < crew->count; i++)
		dismiss_slot(crew, &crew->slots[i], last);
	if (crew->count > KEEPER)
		crew->slots[KEEPER].start_from_us = 0;
	end_keeper_if_alone(crew);
}

bool
crew_is_up(const struct crew *crew)
{
	return crew->is_up;
}

bool
crew_is_gone(const struct crew *crew)
{
	return crew->ending && crew->leaving == NULL;
}

static bool
all_serve(const struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++)
		if (crew->slots[i].serving == NULL)
			return false;
	return true;
}

static void
take_over(struct crew *crew, struct slot *slot)
{
	dismiss(crew, &slot->serving, false);
	slot->serving = slot->starting;
	slot->starting = NULL;
	if (slot == &crew->slots[KEEPER])
		crew->keeper_is_old = false;
	if (crew->is_up || !all_serve(crew))
		return;
	crew->is_up = true;
	log_event(LOG_LEVEL_INFO, "ready, with %zu workers and a keeper",
	    crew->count - 1);
}

void
crew_note_ready(struct crew *crew, pid_t pid)
{
	for (size_t i = 0; i < crew->count; i++) {
		struct slot *slot = &crew->slots[i];

		if (slot->starting != NULL && pair_has(slot->starting, pid) &&
		    pair_note_ready(slot->starting, pid))
			take_over(crew, slot);
	}
}

/* A pair of the slot that `pid` is a half of, or NULL. */
static struct pair **
find_in_slot(struct slot *slot, pid_t pid)
{
	if (slot->serving != NULL && pair_has(slot->serving, pid))
		return &slot->serving;
	if (slot->starting != NULL && pair_has(slot->starting, pid))
		return &slot->starting;
	return NULL;
}

/* The other half can do nothing alone. */
static void
lose(struct crew *crew, struct slot *slot, struct pair **pair)
{
	int64_t age_us = pair_age_us(*pair);

	dismiss(crew, pair, false);
	if (slot->starting == NULL && !crew->ending)
		postpone(slot, age_us);
}

static void
note_end_of_leaving(struct crew *crew, pid_t pid, int status)
{
	struct pair *pair = crew->leaving;

	while (pair != NULL && !pair_has(pair, pid))
		pair = pair_next(pair);
	if (pair != NULL && pair_note_end(pair, pid, status)) {
		pair_remove(&crew->leaving, pair);
		pair_free(pair);
	}
}

bool
crew_note_end(struct crew *crew, pid_t pid, int status)
{
	for (size_t i = 0; i < crew->count; i++) {
		struct pair **pair = find_in_slot(&crew->slots[i], pid);

		if (pair == NULL)
			continue;
		(void)pair_note_end(*pair, pid, status);
		lose(crew, &crew->slots[i], pair);
		return true;
	}
	note_end_of_leaving(crew, pid, status);
	end_keeper_if_alone(crew);
	return false;
}

void
crew_run_due(struct crew *crew)
{
	int64_t now_us = clock_monotonic_us();
	struct pair *pair = crew->leaving;

	for (; pair != NULL; pair = pair_next(pair))
		if (pair_overdue_us(pair) <= now_us)
			pair_kill(pair);

	for (size_t i = 0; i < crew->count; i++)
		if (crew->slots[i].start_from_us != 0 &&
		    crew->slots[i].start_from_us <= now_us)
			start(crew, &crew->slots[i]);
}

static int64_t
next_due_us(const struct crew *crew)
{
	const struct pair *pair = crew->leaving;
	int64_t next_us = INT64_MAX;

	for (; pair != NULL; pair = pair_next(pair))
		if (pair_overdue_us(pair) < next_us)
			next_us = pair_overdue_us(pair);
	for (size_t i = 0; i < crew->count; i++) {
		int64_t from_us = crew->slots[i].start_from_us;

		if (from_us != 0 && from_us < next_us)
			next_us = from_us;
	}
	return next_us;
}

int
crew_wait_ms(const struct crew *crew)
{
	int64_t next_us = next_due_us(crew), left_us;

	if (next_us == INT64_MAX)
		return -1;
	left_us = next_us - clock_monotonic_us();
	return left_us <= 0 ? 0 : (int)(left_us / 1000 + 1);
}
