/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index.h"

#include <errno.h>
#include <unistd.h>

#include "backends/openssl_index_check.h"
#include "backends/openssl_index_internal.h"

/* One round of an update: the file that was at the path when it began. */
struct round {
	const struct openssl_index_order *order;
	struct openssl_index_report *report;
	struct problems *problems;
	int fd;
	struct openssl_index_state before;
	struct buf lines;
};

static enum err
complain(const struct round *round)
{
	return openssl_index_complain(round->order->path, round->problems);
}

static enum err
alarm_about_file(const struct round *round, enum openssl_index_event_kind kind)
{
	openssl_index_report_add(round->report, kind, bytes_of(NULL, 0), 0);
	return ERR_INDEX_DAMAGED;
}

static enum err
open_index(struct round *round)
{
	enum err err = openssl_index_open(round->order->path, &round->fd);

	if (err != ERR_OK && errno == ENOENT &&
	    openssl_index_old_size(round->order->path) >= 0)
		return alarm_about_file(round, OPENSSL_INDEX_MISSING);
	return err == ERR_OK ? ERR_OK : complain(round);
}

static enum err
look(struct round *round, struct openssl_index_state *state)
{
	return openssl_index_look(round->fd, state) == ERR_OK ? ERR_OK :
								complain(round);
}

/* Whether the file ends as a line does, so that another may follow. */
static bool
ends_in_line(const struct round *round)
{
	uint8_t last;

	return round->before.size == 0 ||
	    (pread(round->fd, &last, 1, (off_t)round->before.size - 1) == 1 &&
		last == '\n');
}

static enum err
append_fresh(struct round *round)
{
	const struct openssl_index_entry *fresh = round->order->fresh;
	enum err err;

	if (fresh == NULL)
		return ERR_OK;
	err = openssl_index_row_append(&round->lines, fresh);
	if (err == ERR_OK)
		openssl_index_report_add(round->report, OPENSSL_INDEX_APPENDED,
		    fresh->serial, 0);
	return err;
}

/* What is to be appended.  While the file is as it was left, a new row is all
 * that can be missing. */
static enum err
gather(struct round *round, const struct openssl_index_state *last)
{
	const struct openssl_index_order *order = round->order;
	bool unique;
	enum err err;

	if (round->before.size == 0 &&
	    (last->size > 0 || openssl_index_old_size(round->order->path) > 0))
		return alarm_about_file(round, OPENSSL_INDEX_EMPTIED);
	err = openssl_index_unique_subject(order->path, order->unique_subject,
	    &unique, round->problems);
	if (err != ERR_OK)
		return err;
	if (openssl_index_state_equal(&round->before, last) &&
	    !order->recover && (order->fresh == NULL || !unique) &&
	    ends_in_line(round))
		return append_fresh(round);
	round->report->searched = true;
	err = openssl_index_find_missing(order, round->fd, unique,
	    &round->lines, round->report);
	return err == ERR_INDEX ? complain(round) : err;
}

/* Others may write into the file after it was read, without the lock. */
static enum err
append_lines(struct round *round, bool *again)
{
	struct openssl_index_state now;
	enum err err;

	if (round->lines.size == 0)
		return ERR_OK;
	err = look(round, &now);
	if (err != ERR_OK)
		return err;
	*again = !openssl_index_state_equal(&now, &round->before);
	if (*again ||
	    openssl_index_append(round->fd, &now, buf_bytes(&round->lines)) ==
		ERR_OK)
		return ERR_OK;
	return complain(round);
}

/* What was written counts only if the file is still the one at the path. */
static enum err
settle(struct round *round, struct openssl_index_state *state, bool *again)
{
	struct openssl_index_state written, present;
	enum err err = look(round, &written);

	if (err != ERR_OK)
		return err;
	*again = openssl_index_state_read(round->order->path, &present) !=
		ERR_OK ||
	    !openssl_index_state_equal(&written, &present);
	if (!*again)
		*state = present;
	return ERR_OK;
}

/* Rows that were missing are appended also where the new one is refused. */
static enum err
run_round(struct round *round, struct openssl_index_state *state, bool *again)
{
	enum err err = look(round, &round->before), refused = ERR_OK;

	if (err == ERR_OK)
		err = gather(round, state);
	if (err == ERR_INDEX_SUBJECT) {
		refused = err;
		err = ERR_OK;
	}
	if (err == ERR_OK)
		err = append_lines(round, again);
	if (err == ERR_OK && !*again && refused == ERR_OK)
		err = settle(round, state, again);
	return err == ERR_OK && !*again ? refused : err;
}

static enum err
one_round(const struct openssl_index_order *order,
    struct openssl_index_state *state, struct openssl_index_report *report,
    struct problems *problems, bool *again)
{
	struct round round = { .order = order,
		.report = report,
		.problems = problems };
	enum err err = open_index(&round);

	*again = false;
	if (err != ERR_OK)
		return err;
	err = run_round(&round, state, again);
	close(round.fd);
	buf_clear(&round.lines);
	return err;
}

/* Lines for the alarms about the file, which are why nothing was written. */
static void
explain(const struct openssl_index_order *order,
    const struct openssl_index_report *report, struct problems *problems)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct openssl_index_event *event = &report->events[i];

		if (event->kind >= OPENSSL_INDEX_MISSING &&
		    event->kind <= OPENSSL_INDEX_UNREADABLE)
			(void)openssl_index_damaged(order->path, event->kind,
			    event->line, problems);
	}
}

enum err
openssl_index_update(const struct openssl_index_order *order,
    struct openssl_index_state *state, struct openssl_index_report *report,
    struct problems *problems)
{
	bool again = true;
	enum err err = ERR_OK;

	for (int i = 0; again && i < OPENSSL_INDEX_ROUNDS; i++) {
		openssl_index_report_clear(report);
		err = one_round(order, state, report, problems, &again);
	}
	if (err == ERR_OK && again)
		err = openssl_index_busy(order->path, problems);
	if (err == ERR_INDEX_DAMAGED)
		explain(order, report, problems);
	if (err != ERR_OK && err != ERR_INDEX_SUBJECT)
		openssl_index_report_drop_appended(report);
	return err;
}
