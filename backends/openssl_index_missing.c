/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_internal.h"

#include "backends/openssl_index_scan.h"
#include "backends/openssl_index_set.h"
#include "crypto/certificate.h"

/* The number beside a serial number in the set. */
#define NOT_REVOKED 1
#define REVOKED 2

struct search {
	const struct openssl_index_order *order;
	struct openssl_index_report *report;
	bool unique_subject;
	struct openssl_index_set serials;
	struct openssl_index_set names; /* of valid rows, if unique */
	struct buf tail;                /* a last line without its end */
	uint64_t tail_line;
	struct buf completion; /* what of a row of ours it lacks */
	struct buf *lines;
	struct buf scratch;
	enum err err; /* the first about one of our rows */
};

static enum err
note_row(struct search *search, const struct openssl_index_row *row)
{
	struct bytes serial;
	enum err err;

	buf_truncate(&search->scratch, 0);
	err = openssl_index_serial_read(row->serial, &search->scratch);
	if (err != ERR_OK)
		return err;
	serial = buf_bytes(&search->scratch);
	openssl_index_set_add(&search->serials, serial,
	    row->type == 'R' ? REVOKED : NOT_REVOKED);
	if (search->unique_subject && row->type == 'V')
		openssl_index_set_add(&search->names, row->subject, 1);
	return ERR_OK;
}

/* A line that can't be read might have the serial number of one that is
 * missing: then nothing may be appended. */
static enum err
note_line(void *context, const struct openssl_index_line *line)
{
	struct search *search = context;
	struct openssl_index_row row;
	enum err err;

	if (!line->ended) {
		buf_append(&search->tail, line->text);
		search->tail_line = line->number;
		return ERR_OK;
	}
	if (openssl_index_is_comment(line))
		return ERR_OK;
	err = openssl_index_row_read(line->text, &row);
	if (err == ERR_OK)
		err = note_row(search, &row);
	if (err != ERR_OK)
		openssl_index_report_add(search->report,
		    OPENSSL_INDEX_UNREADABLE, bytes_of(NULL, 0), line->number);
	return err;
}

static void
fail(struct search *search, enum err err)
{
	if (search->err == ERR_OK)
		search->err = err;
}

static bool
is_pruned(const struct search *search, const struct openssl_index_entry *entry)
{
	return entry != search->order->fresh && !entry->reserved &&
	    entry->issued_at < search->order->settled_before;
}

/* The subject as it stands in the line: its last field. */
static struct bytes
subject_of(struct bytes line)
{
	struct openssl_index_row row = { 0 };

	line.size--;
	return openssl_index_row_read(line, &row) == ERR_OK ? row.subject :
							      line;
}

/* Whether a valid row of this name is there already; if not, now one is. */
static bool
name_is_taken(struct search *search, const struct openssl_index_entry *entry,
    struct bytes line)
{
	if (!search->unique_subject || entry->revoked_at != 0 ||
	    openssl_index_set_add(&search->names, subject_of(line), 1) == 0)
		return false;
	if (entry == search->order->fresh)
		fail(search, ERR_INDEX_SUBJECT);
	else
		openssl_index_report_add(search->report,
		    OPENSSL_INDEX_NAME_TAKEN, serial_number(entry->serial), 0);
	return true;
}

/* Whether the tail has a whole serial number, the fourth field, in it: less
 * could be the beginning of anybody's row. */
static bool
tail_has_serial(struct bytes tail)
{
	size_t tabs = 0;

	for (size_t i = 0; i < tail.size; i++)
		tabs += tail.data[i] == '\t';
	return tabs >= 4;
}

static bool
completes_tail(const struct search *search, struct bytes line)
{
	return search->completion.size == 0 &&
	    tail_has_serial(buf_bytes(&search->tail)) &&
	    line.size > search->tail.size &&
	    bytes_equal(buf_bytes(&search->tail),
		bytes_of(line.data, search->tail.size));
}

static void
add_missing(struct search *search, const struct openssl_index_entry *entry)
{
	struct bytes serial = serial_number(entry->serial), line;
	enum err err;

	buf_truncate(&search->scratch, 0);
	err = openssl_index_row_append(&search->scratch, entry);
	if (err != ERR_OK) {
		fail(search, err);
		return;
	}
	line = buf_bytes(&search->scratch);
	if ((entry->reserved && !completes_tail(search, line)) ||
	    name_is_taken(search, entry, line))
		return;
	openssl_index_set_add(&search->serials, serial, NOT_REVOKED);
	if (completes_tail(search, line))
		buf_append(&search->completion,
		    bytes_from(line, search->tail.size));
	else
		buf_append(search->lines, line);
	openssl_index_report_add(search->report, OPENSSL_INDEX_APPENDED, serial,
	    0);
}

static void
check_entry(void *context, const struct openssl_index_entry *entry)
{
	struct search *search = context;
	struct bytes serial = serial_number(entry->serial);
	uint64_t there = openssl_index_set_find(&search->serials, serial);

	/* Of one that is somebody else's there is nothing to put back. */
	if (there == 0 && entry->subject.size == 0)
		return;
	if (there == 0 && is_pruned(search, entry))
		openssl_index_report_add(search->report, OPENSSL_INDEX_PRUNED,
		    serial, 0);
	else if (there == 0)
		add_missing(search, entry);
	else if (there == NOT_REVOKED && entry->revoked_at != 0)
		openssl_index_report_add(search->report,
		    OPENSSL_INDEX_NOT_REVOKED, serial, 0);
}

/* The part of a row that is there already has to be completed before
 * anything. */
static enum err
put_completion_first(struct search *search)
{
	if (search->tail.size == 0)
		return ERR_OK;
	if (search->completion.size == 0) {
		openssl_index_report_add(search->report, OPENSSL_INDEX_UNENDED,
		    bytes_of(NULL, 0), search->tail_line);
		return ERR_INDEX_DAMAGED;
	}
	buf_append(&search->completion, buf_bytes(search->lines));
	buf_truncate(search->lines, 0);
	buf_append(search->lines, buf_bytes(&search->completion));
	return ERR_OK;
}

/* The new row last: it has to give way to those that were issued before. */
static enum err
search_all(struct search *search, int fd)
{
	const struct openssl_index_order *order = search->order;
	enum err err = openssl_index_scan(fd, note_line, search);

	if (err == ERR_INDEX_DAMAGED && search->report->count == 0)
		openssl_index_report_add(search->report,
		    OPENSSL_INDEX_UNREADABLE, bytes_of(NULL, 0), 0);
	if (err == ERR_OK && order->rows != NULL)
		err = order->rows(order->context, check_entry, search);
	if (err == ERR_OK && order->fresh != NULL)
		check_entry(search, order->fresh);
	if (err == ERR_OK)
		err = put_completion_first(search);
	return err == ERR_OK ? search->err : err;
}

enum err
openssl_index_find_missing(const struct openssl_index_order *order, int fd,
    bool unique_subject, struct buf *lines, struct openssl_index_report *report)
{
	struct search search = { .order = order,
		.report = report,
		.unique_subject = unique_subject,
		.lines = lines };
	enum err err = search_all(&search, fd);

	openssl_index_set_clear(&search.serials);
	openssl_index_set_clear(&search.names);
	buf_clear(&search.tail);
	buf_clear(&search.completion);
	buf_clear(&search.scratch);
	return err;
}
