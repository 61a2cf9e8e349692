/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_H

#include <stdbool.h>

#include "backends/openssl_index_row.h"
#include "base/problems.h"

/*
 * The index of an OpenSSL CA, index.txt, as scepd shares it with an
 * administrator's `openssl ca`: rows are appended, and the file is never
 * rewritten, so nothing of what others write there can be lost.  But
 * `openssl ca` reads the whole file, changes it and puts a new one in its
 * place, and so loses rows that were appended meanwhile.  Those are put back
 * ("healed") by whoever looks next: the file is no longer as it was left.
 *
 * How to use it, always under the lock (openssl_lock.h):
 *     lock; read the last state from the store; openssl_index_update;
 *     record in the store the new state, and that the certificate is issued;
 *     unlock.
 * What is issued is recorded before the lock is let go because the rows that
 * others heal are those that the store knows to be issued.
 */

/* What the file was when it was last looked at; all zeroes: never.  An inode's
 * number alone comes again after two or three rewrites. */
struct openssl_index_state {
	uint64_t device;
	uint64_t inode;
	int64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;
};

bool openssl_index_state_equal(const struct openssl_index_state *a,
    const struct openssl_index_state *b);

/* The state of what is at `path` now, for finding out whether there is
 * something to be healed.  ERR_INDEX where it can't be found out; there may be
 * nothing at all, for the instant of a rewrite. */
CHECKED enum err openssl_index_state_read(const char *path,
    struct openssl_index_state *state);

/*
 * Calls `each` for every row, in the order of the file, as to find out what an
 * administrator has revoked; the row is valid until it returns, and another
 * result than ERR_OK ends it and is returned.  Comments, and a last line
 * without its end, are passed over.  ERR_INDEX, and ERR_INDEX_DAMAGED for a
 * line that is no row, both with a line in `problems`.
 */
CHECKED enum err openssl_index_read(const char *path,
    enum err (*each)(void *context, const struct openssl_index_row *row),
    void *context, struct problems *problems);

/* What happened to which row. */
enum openssl_index_event_kind {
	OPENSSL_INDEX_APPENDED, /* the new certificate's row, or one that was
	                         * missing */

	/* Alarms about the file: it was left alone, ERR_INDEX_DAMAGED. */
	OPENSSL_INDEX_MISSING, /* not there, and index.txt.old is */
	OPENSSL_INDEX_EMPTIED, /* empty, and was not, or index.txt.old is not */
	OPENSSL_INDEX_UNENDED, /* the last line has no end, and is not the
	                        * beginning of a row of ours */
	OPENSSL_INDEX_UNREADABLE, /* a line is no row */

	/* Alarms about a row, which was left out or alone. */
	OPENSSL_INDEX_NAME_TAKEN,  /* missing; another of its name is valid, and
	                            * names are to be unique */
	OPENSSL_INDEX_PRUNED,      /* missing; issued so long ago that somebody
	                            * must have removed it */
	OPENSSL_INDEX_NOT_REVOKED, /* there as valid, and we have revoked it */

	OPENSSL_INDEX_EVENTS
};

/* What an alarm means, and the remedy, for a log: a sentence without its
 * end. */
const char *openssl_index_event_text(enum openssl_index_event_kind kind);

struct openssl_index_event {
	enum openssl_index_event_kind kind;
	struct buf serial; /* the row's; nothing where it is about the file */
	uint64_t line;     /* of the file; 0: none */
};

/* All zeroes is empty and ready; openssl_index_report_clear frees it. */
struct openssl_index_report {
	struct openssl_index_event *events;
	size_t count;
	bool searched; /* the whole index was read: others may have changed
	                * any of it */
};

void openssl_index_report_clear(struct openssl_index_report *report);

struct openssl_index_order {
	const char *path; /* of index.txt */

	/* What openssl.cnf says, yes where it says nothing; the .attr file
	 * overrides it and is read anew each time. */
	bool unique_subject;

	/* The certificate whose row is to be appended; or NULL. */
	const struct openssl_index_entry *fresh;

	/* Looks for what is missing though the state is the last one.  Needed
	 * where it is not known whether the row of `fresh` was appended: after
	 * a crash, or any error but ERR_INDEX_LOCKED. */
	bool recover;

	/* Rows that were issued before are not put back: somebody has removed
	 * them.  0: all are. */
	int64_t settled_before;

	/* Calls `each` with `to` for every certificate that is issued and has
	 * not expired, and for those that are about to be (`reserved`), in any
	 * order.  Called only where the file has changed, and again where it
	 * changes meanwhile.  NULL: there are none. */
	enum err (*rows)(void *context,
	    void (*each)(void *to, const struct openssl_index_entry *entry),
	    void *to);
	void *context;
};

/*
 * Brings the index up to date: where it is not in *state any more, appends the
 * rows that are missing, as valid or revoked; never one whose serial number is
 * there, nor a second valid one of a name where these are to be unique.  Then
 * appends the row of order->fresh, if it is not there.  All that is appended,
 * in one write, has reached the disk when it returns, in the file that is at
 * `path` then.  Costs the same however many rows there are, unless the file has
 * changed, names are to be unique, or order->recover is set.
 *
 * *state is the last one, and becomes the new one.  `report`, whose earlier
 * contents are cleared, says what was appended, and the alarms; also where this
 * fails, and then appended rows are not in it.  Fails with lines in
 * `problems`, and *state stays:
 * ERR_INDEX          the file can't be opened, read or written; it was not
 *                    there for two seconds, or is replaced all the time
 * ERR_INDEX_DAMAGED  an alarm about the file; nothing was written
 * ERR_INDEX_SUBJECT  order->fresh has the name of another valid row, and names
 *                    are to be unique; the others were healed
 * and with what order->rows failed with, or ERR_CERTIFICATE_MALFORMED where a
 * subject is no Name.
 */
CHECKED enum err openssl_index_update(const struct openssl_index_order *order,
    struct openssl_index_state *state, struct openssl_index_report *report,
    struct problems *problems);

#endif
