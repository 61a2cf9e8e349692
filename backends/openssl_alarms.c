/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_alarms.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "store/alarm_log.h"

/* Kinds */

#define MISSING "index-missing"
#define EMPTIED "index-emptied"
#define UNENDED "index-unended"
#define UNREADABLE "index-unreadable"
#define ACCESS "index-access"
#define LOCKED "index-locked"
#define UNCHECKED "index-unchecked"
#define NAME_TAKEN "row-name-taken"
#define PRUNED "row-pruned"
#define NOT_REVOKED "row-not-revoked"

/* NULL: no alarm. */
static const char *const event_kinds[OPENSSL_INDEX_EVENTS] = {
	[OPENSSL_INDEX_MISSING] = MISSING,
	[OPENSSL_INDEX_EMPTIED] = EMPTIED,
	[OPENSSL_INDEX_UNENDED] = UNENDED,
	[OPENSSL_INDEX_UNREADABLE] = UNREADABLE,
	[OPENSSL_INDEX_NAME_TAKEN] = NAME_TAKEN,
	[OPENSSL_INDEX_PRUNED] = PRUNED,
	[OPENSSL_INDEX_NOT_REVOKED] = NOT_REVOKED,
};

/* What stops a look: it ends with one of these alone. */
static const char *const stop_kinds[] = { MISSING, EMPTIED, UNENDED, UNREADABLE,
	ACCESS, LOCKED, UNCHECKED, NULL };

static const char *const row_kinds[] = { NAME_TAKEN, PRUNED, NOT_REVOKED,
	NULL };

/* What to say where no problem does; the last row is for all other errors. */
static const struct stop {
	enum err err;
	const char *kind;
	const char *text;
} stops[] = {
	{ ERR_INDEX, ACCESS, "a file can't be read or written" },
	{ ERR_INDEX_LOCKED, LOCKED,
	    "somebody has the lock, .scepd.lock beside it, for so long that "
	    "devices have to wait; fuser(1) shows who has that file open" },
	{ ERR_OK, UNCHECKED,
	    "can't be compared with what the state database has; an earlier "
	    "line of the log may say why" },
};

/* What a report has found */

static bool
is_one_of(const char *kind, const char *const *kinds)
{
	while (*kinds != NULL &&
	    !bytes_equal_string(bytes_of_string(*kinds), kind))
		kinds++;
	return *kinds != NULL;
}

static void
append_detail(struct buf *to, const struct openssl_index_event *event)
{
	if (event->line != 0)
		buf_printf(to, "line %llu", (unsigned long long)event->line);
	else if (event->serial.size > 0)
		openssl_index_serial_append(to, buf_bytes(&event->serial));
}

/* The alarms of some kinds in a report; their details are in `details`. */
struct findings {
	struct alarm *alarms;
	struct buf *details;
	size_t count;
};

static struct findings
findings_of(const struct openssl_index_report *report, const char *const *kinds)
{
	struct findings found = {
		.alarms = xcalloc(report->count + 1, sizeof(*found.alarms)),
		.details = xcalloc(report->count + 1, sizeof(*found.details)),
	};

	for (size_t i = 0; i < report->count; i++) {
		const struct openssl_index_event *event = &report->events[i];
		const char *kind = event_kinds[event->kind];
		struct buf *detail = &found.details[found.count];

		if (kind == NULL || !is_one_of(kind, kinds))
			continue;
		append_detail(detail, event);
		found.alarms[found.count++] = (struct alarm){
			.kind = kind,
			.detail = buf_bytes(detail),
			.text = bytes_of_string(
			    openssl_index_event_text(event->kind)),
		};
	}
	return found;
}

static void
findings_clear(struct findings *found)
{
	while (found->count > 0)
		buf_clear(&found->details[--found->count]);
	free(found->alarms);
	free(found->details);
}

static enum err
keep_findings(struct alarm_sweep *sweep, struct store *store,
    const struct openssl_index_report *report)
{
	struct findings found = findings_of(report, sweep->kinds);
	enum err err;

	sweep->found = found.alarms;
	sweep->count = found.count;
	err = store_alarms_sweep(store, sweep, alarm_log, NULL);
	findings_clear(&found);
	return err;
}

/* A search that found the index damaged did not see all rows. */
enum err
openssl_alarms_keep_report(const char *index, struct store *store,
    const struct openssl_index_report *report, enum err result, int64_t now)
{
	struct alarm_sweep sweep = { .subject = index, .now = now };

	if (result == ERR_INDEX_DAMAGED)
		sweep.kinds = stop_kinds;
	else if (report->searched &&
	    (result == ERR_OK || result == ERR_INDEX_SUBJECT))
		sweep.kinds = row_kinds;
	else
		return ERR_OK;
	return keep_findings(&sweep, store, report);
}

/* How a look has ended */

/* Takes what is before ": " off a text, if that is `prefix`. */
static struct bytes
without(struct bytes text, const char *prefix)
{
	struct bytes rest;

	if (!bytes_begin_with(text, prefix))
		return text;
	rest = bytes_from(text, bytes_of_string(prefix).size);
	return bytes_begin_with(rest, ": ") ? bytes_from(rest, 2) : text;
}

/* The first line, without its level and what the alarm's subject says. */
static struct bytes
problem_text(struct problems *problems, const char *index)
{
	struct bytes rest = bytes_of_string(problems_text(problems));
	struct bytes line = bytes_cut(&rest, '\n');

	return without(without(line, "error"), index);
}

static struct alarm
alarm_of(const char *index, enum err result, struct problems *problems)
{
	const struct stop *stop = stops;
	struct alarm found = { 0 };

	while (stop->err != ERR_OK && stop->err != result)
		stop++;
	found.kind = stop->kind;
	found.text = problems_count(problems, PROBLEM_ERROR) > 0 ?
	    problem_text(problems, index) :
	    bytes_of_string(stop->text);
	return found;
}

enum err
openssl_alarms_keep_look(const char *index, struct store *store,
    enum err result, struct problems *problems, int64_t now)
{
	struct alarm_sweep sweep = { .subject = index,
		.kinds = stop_kinds,
		.now = now };
	struct alarm found;
	enum err err;

	if (result == ERR_INDEX_DAMAGED || result == ERR_STORE)
		return result;
	if (result != ERR_OK) {
		found = alarm_of(index, result, problems);
		sweep.found = &found;
		sweep.count = 1;
	}
	err = store_alarms_sweep(store, &sweep, alarm_log, NULL);
	return result == ERR_OK ? err : result;
}
