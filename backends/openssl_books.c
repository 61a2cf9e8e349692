/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_books.h"

#include <stdlib.h>
#include <string.h>

#include "backends/openssl_access.h"
#include "backends/openssl_alarms.h"
#include "backends/openssl_books_internal.h"
#include "backends/openssl_index.h"
#include "backends/openssl_lock.h"
#include "backends/openssl_newcerts.h"
#include "backends/openssl_replacement.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/xalloc.h"

/* What was issued longer ago than this and is missing, somebody has taken out
 * on purpose. */
#define SETTLED_AFTER ((int64_t)30 * 86400)

/* The index is searched so often though nobody has changed it: what is missing
 * or not revoked there may have expired meanwhile. */
#define SEARCH_PERIOD ((int64_t)86400)

/* What all that is done here to some books hands on. */
struct work {
	const struct openssl_books *books;
	struct store *store;
	int64_t now;
	struct problems *problems; /* what goes wrong meanwhile */
	bool is_due;               /* a search, whether or not it has changed */
	void (*each)(void *to, const struct openssl_index_entry *entry);
	void *to;
};

/* Marks: how the index was left, and its last search that was due */

/* What it was due for: others are of no use. */
struct search {
	int64_t at;
	int64_t revision; /* store_revision before it */
};

/* Zeroes, where there is none, or one of another version. */
static enum err
read_mark(const struct work *work, const char *what, void *mark, size_t size)
{
	char *name = xasprintf("%s %s", what, work->books->index);
	struct buf value = { 0 };
	enum err err = store_mark_get(work->store, name, &value);

	memset(mark, 0, size);
	if (err == ERR_OK && value.size == size)
		memcpy(mark, value.data, size);
	buf_clear(&value);
	free(name);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static enum err
put_mark(const struct work *work, const char *what, struct bytes mark)
{
	char *name = xasprintf("%s %s", what, work->books->index);
	enum err err = store_mark_put(work->store, name, mark);

	free(name);
	return err;
}

static enum err
read_state(const struct work *work, struct openssl_index_state *state)
{
	return read_mark(work, "index", state, sizeof(*state));
}

/* From the store to the index */

/* What is known by its number alone is somebody else's, and so is in the index
 * if it is anywhere; it counts where it is revoked here. */
static bool
hand_over(void *context, const struct stored_certificate *certificate)
{
	const struct work *work = context;
	const struct openssl_index_entry entry = {
		.serial = buf_bytes(&certificate->serial),
		.subject = buf_bytes(&certificate->subject),
		.not_after = certificate->not_after,
		.revoked_at = certificate->revoked_at,
		.reason = certificate->reason,
		.issued_at = certificate->not_before,
		.reserved = certificate->der.size == 0,
	};

	if (certificate->key.size > 0 || certificate->revoked_at != 0)
		work->each(work->to, &entry);
	return true;
}

static enum err
list_rows(void *context,
    void (*each)(void *to, const struct openssl_index_entry *entry), void *to)
{
	struct work *work = context;
	const struct certificate_filter filter = {
		.authority = work->books->authority,
		.expired_before = work->now,
	};

	work->each = each;
	work->to = to;
	return store_certificate_list(work->store, &filter, INT64_MAX,
	    hand_over, work);
}

static void
log_healed(const struct openssl_books *books, struct bytes serial)
{
	struct buf digits = { 0 };

	hex_append(&digits, serial);
	log_event(LOG_LEVEL_INFO, "%s: the row of %s was lost and is put back",
	    books->index, buf_string(&digits));
	buf_clear(&digits);
}

/* Alarms log themselves. */
static void
log_report(const struct openssl_books *books,
    const struct openssl_index_report *report, const struct buf *own)
{
	for (size_t i = 0; i < report->count; i++) {
		struct bytes serial = buf_bytes(&report->events[i].serial);

		if (report->events[i].kind == OPENSSL_INDEX_APPENDED &&
		    (own == NULL || !bytes_equal(serial, buf_bytes(own))))
			log_healed(books, serial);
	}
}

static bool
lacks_revocations(const struct openssl_index_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->events[i].kind == OPENSSL_INDEX_NOT_REVOKED)
			return true;
	return false;
}

/* Marks in the index what was revoked here, and looks once more.  A device that
 * comes meanwhile is not refused for that: what can't be marked is an alarm, and
 * tried again. */
static enum err
mark_revoked(struct work *work, struct openssl_index_order *order,
    struct openssl_index_state *state, struct openssl_index_report *report)
{
	bool is_fresh = order->fresh != NULL;
	enum err err;

	if (!lacks_revocations(report) && !work->is_due)
		return ERR_OK;
	err = openssl_books_revoke(work->books, work->store, report,
	    work->problems);
	if (err != ERR_OK)
		return is_fresh ? ERR_OK : err;
	if (!lacks_revocations(report))
		return ERR_OK;
	order->fresh = NULL;
	return openssl_index_update(order, state, report, work->problems);
}

/* The lock is held.  The state that it had before is in *state; *changed is
 * whether others may have changed it since, which is known only now: who has
 * not asked for the lock may do so at any time. */
static enum err
update(struct work *work, struct openssl_index_order *order,
    struct openssl_index_state *state, bool *changed)
{
	const struct openssl_books *books = work->books;
	struct openssl_index_report report = { 0 };
	struct buf own = { 0 };
	enum err err, kept;

	order->path = books->index;
	order->unique_subject = books->unique_subject;
	order->settled_before = work->now - SETTLED_AFTER;
	order->rows = list_rows;
	order->context = work;
	if (order->fresh != NULL)
		buf_append(&own, order->fresh->serial);
	err = openssl_index_update(order, state, &report, work->problems);
	log_report(books, &report, order->fresh != NULL ? &own : NULL);
	if (err == ERR_OK)
		err = mark_revoked(work, order, state, &report);
	*changed = report.searched;
	kept = openssl_alarms_keep_report(books->index, work->store, &report,
	    err, work->now);
	openssl_index_report_clear(&report);
	buf_clear(&own);
	return err == ERR_OK ? kept : err;
}

/* From the index to the store */

struct import {
	const struct openssl_books *books;
	struct store *store;
	struct buf serials[OPENSSL_BOOKS_BATCH];
	struct revocation batch[OPENSSL_BOOKS_BATCH];
	size_t count;
};

static enum err
flush(struct import *import)
{
	enum err err = store_certificates_revoke(import->store,
	    import->books->authority, import->batch, import->count);

	while (import->count > 0)
		buf_clear(&import->serials[--import->count]);
	return err;
}

/* What can't be read of it is left alone; and no number of ours is negative or
 * zero. */
static bool
read_revocation(const struct openssl_index_row *row,
    struct revocation *revocation, struct buf *serial)
{
	return row->type == 'R' &&
	    openssl_index_revocation_read(row->revocation,
		&revocation->revoked_at, &revocation->reason) == ERR_OK &&
	    revocation->revoked_at > 0 &&
	    openssl_index_serial_read(row->serial, serial) == ERR_OK &&
	    serial->size > 0 && serial->data[0] != 0;
}

static enum err
import_row(void *context, const struct openssl_index_row *row)
{
	struct import *import = context;
	struct revocation *revocation = &import->batch[import->count];
	struct buf *serial = &import->serials[import->count];

	*serial = (struct buf){ 0 };
	if (!read_revocation(row, revocation, serial)) {
		buf_clear(serial);
		return ERR_OK;
	}
	revocation->serial = buf_bytes(serial);
	return ++import->count == OPENSSL_BOOKS_BATCH ? flush(import) : ERR_OK;
}

static enum err
import_revocations(const struct work *work)
{
	struct import *import = xalloc(sizeof(*import));
	enum err err, flushed;

	import->books = work->books;
	import->store = work->store;
	err = openssl_index_read(work->books->index, import_row, import,
	    work->problems);
	flushed = flush(import);
	free(import);
	return err == ERR_OK ? flushed : err;
}

/* Both ways */

/* What is to be entered. */
struct fresh {
	const struct certificate *certificate;
	struct bytes replaces; /* the serial number of that, or nothing */
	struct buf der;        /* of it, or of the one that is there already */
	bool is_earlier;       /* so that it may have its row */
};

static enum err
put_certificate(const struct work *work, const struct fresh *fresh)
{
	return openssl_newcerts_put(work->books->new_certs_dir,
	    serial_number(fresh->certificate->serial), buf_bytes(&fresh->der),
	    work->problems);
}

/* What is no certificate, or another one, is refused when ours is put there. */
static void
find_earlier(const struct openssl_books *books, struct fresh *fresh)
{
	struct certificate *earlier = NULL;

	fresh->is_earlier = openssl_newcerts_get(books->new_certs_dir,
				serial_number(fresh->certificate->serial),
				&fresh->der) == ERR_OK;
	if (fresh->is_earlier &&
	    certificate_read(buf_bytes(&fresh->der), &earlier) == ERR_OK &&
	    !bytes_equal(earlier->outer.signed_part,
		fresh->certificate->outer.signed_part))
		buf_clear(&fresh->der);
	certificate_free(earlier);
	if (fresh->der.size == 0)
		buf_append(&fresh->der, buf_bytes(&fresh->certificate->der));
}

/* Under the lock, and the mark last: what was left halfway is done again. */
static enum err
leave(const struct work *work, bool changed,
    const struct openssl_index_state *state)
{
	enum err err = changed ? import_revocations(work) : ERR_OK;

	return err == ERR_OK ?
	    put_mark(work, "index", bytes_of(state, sizeof(*state))) :
	    err;
}

/* A row that somebody has left halfway is completed first, as only whole ones
 * are rewritten. */
static enum err
make_way(struct work *work, const struct openssl_index_entry *entry,
    struct bytes replaces, struct openssl_index_state *state)
{
	const struct openssl_books *books = work->books;
	const struct openssl_replacement replacement = {
		.path = books->index,
		.unique_subject = books->unique_subject,
		.serial = replaces,
		.fresh = entry,
		.now = work->now,
	};
	struct openssl_index_order order = { .fresh = NULL };
	bool in_the_way = false, changed;
	enum err err = openssl_replacement_find(&replacement, &in_the_way,
	    work->problems);

	if (err != ERR_OK || !in_the_way)
		return err;
	err = update(work, &order, state, &changed);
	return err == ERR_OK ?
	    openssl_replacement_make_way(&replacement, work->problems) :
	    err;
}

/* The store knows it as signed before the lock is let go: such rows are put
 * back by whoever finds them missing. */
static enum err
enter(struct work *work, const struct fresh *fresh)
{
	const struct openssl_index_entry entry = {
		.serial = serial_number(fresh->certificate->serial),
		.subject = fresh->certificate->subject,
		.not_after = fresh->certificate->not_after,
		.issued_at = work->now,
	};
	struct openssl_index_order order = {
		.fresh = &entry,
		.recover = fresh->is_earlier,
	};
	struct openssl_index_state state;
	bool changed = false;
	enum err err = read_state(work, &state);

	if (err == ERR_OK)
		err = put_certificate(work, fresh);
	if (err == ERR_OK)
		err = make_way(work, &entry, fresh->replaces, &state);
	if (err == ERR_OK)
		err = update(work, &order, &state, &changed);
	if (err == ERR_OK)
		err = store_certificate_signed(work->store,
		    work->books->authority, entry.serial,
		    buf_bytes(&fresh->der));
	return err == ERR_OK ? leave(work, changed, &state) : err;
}

static enum err
heal(struct work *work)
{
	struct openssl_index_order order = { .recover = work->is_due };
	struct openssl_index_state state;
	bool changed = false;
	enum err err = read_state(work, &state);

	if (err == ERR_OK)
		err = update(work, &order, &state, &changed);
	return err == ERR_OK ? leave(work, changed, &state) : err;
}

/* The certificate that the store knows as signed, and so as entered, or
 * nothing. */
static enum err
find_entered(const struct work *work, struct fresh *fresh)
{
	struct stored_certificate stored = { 0 };
	enum err err = store_certificate_get(work->store,
	    work->books->authority, serial_number(fresh->certificate->serial),
	    &stored);

	buf_append(&fresh->der, buf_bytes(&stored.der));
	stored_certificate_clear(&stored);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

/* What is entered already is looked at no further than any other: a device
 * that asks twice costs no search through the whole index. */
static enum err
enter_once(struct work *work, struct fresh *fresh)
{
	enum err err = find_entered(work, fresh);

	if (err != ERR_OK)
		return err;
	if (fresh->der.size > 0)
		return heal(work);
	find_earlier(work->books, fresh);
	return enter(work, fresh);
}

static enum err
enter_locked(struct work *work, struct fresh *fresh)
{
	struct openssl_lock lock;
	enum err err = openssl_lock_take_beside(work->books->index, &lock,
	    work->problems);

	if (err != ERR_OK)
		return err;
	err = enter_once(work, fresh);
	openssl_lock_release(&lock);
	return err;
}

/* What is damaged has been told by its alarms, and not for each device. */
enum err
openssl_books_enter(const struct openssl_books *books, struct store *store,
    const struct openssl_books_entry *entry, struct buf *entered)
{
	struct work work = { .books = books,
		.store = store,
		.now = entry->now,
		.problems = problems_new() };
	struct fresh fresh = { .certificate = entry->certificate,
		.replaces = entry->replaces };
	enum err err = enter_locked(&work, &fresh);

	if (err == ERR_OK)
		buf_append(entered, buf_bytes(&fresh.der));
	if (err != ERR_INDEX_DAMAGED)
		problems_log(work.problems);
	buf_clear(&fresh.der);
	problems_free(work.problems);
	return err;
}

/* Whether it is as it was left.  What can't be looked at now is to be looked at
 * under the lock. */
static enum err
find_change(const struct work *work, bool *changed)
{
	struct openssl_index_state left, is;
	enum err err = read_state(work, &left);

	*changed = openssl_index_state_read(work->books->index, &is) !=
		ERR_OK ||
	    !openssl_index_state_equal(&left, &is);
	return err;
}

/* Whether what was revoked here has changed, or a day has passed; a clock that
 * was set back makes nothing wait. */
static enum err
find_due(struct work *work, struct search *next)
{
	struct search last;
	enum err err = read_mark(work, "search", &last, sizeof(last));

	next->at = work->now;
	if (err == ERR_OK)
		err = store_revision(work->store, work->books->authority,
		    &next->revision);
	work->is_due = err == ERR_OK &&
	    (next->revision != last.revision || work->now < last.at ||
		work->now - last.at >= SEARCH_PERIOD);
	return err;
}

static enum err
heal_locked(struct work *work)
{
	struct openssl_lock lock;
	enum err err = openssl_lock_take_beside(work->books->index, &lock,
	    work->problems);

	if (err != ERR_OK)
		return err;
	err = heal(work);
	openssl_lock_release(&lock);
	return err;
}

/* Access is checked before a device needs it. */
static enum err
look(struct work *work)
{
	const struct openssl_books *books = work->books;
	struct search search = { 0 };
	bool changed = false;
	enum err err = openssl_access_check(books->index, books->new_certs_dir,
	    work->problems);

	if (err == ERR_OK)
		err = find_change(work, &changed);
	if (err == ERR_OK)
		err = find_due(work, &search);
	if (err == ERR_OK && (changed || work->is_due))
		err = heal_locked(work);
	return err == ERR_OK && work->is_due ?
	    put_mark(work, "search", bytes_of(&search, sizeof(search))) :
	    err;
}

enum err
openssl_books_update(const struct openssl_books *books, struct store *store,
    int64_t now)
{
	struct work work = { .books = books,
		.store = store,
		.now = now,
		.problems = problems_new() };
	enum err err = look(&work);

	err = openssl_alarms_keep_look(books->index, store, err, work.problems,
	    now);
	problems_free(work.problems);
	return err;
}
