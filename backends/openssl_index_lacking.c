/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_lacking.h"

#include "backends/openssl_index_check.h"
#include "backends/openssl_index_internal.h"

/* The number beside a serial number of the index. */
#define NOT_REVOKED 1
#define REVOKED 2

struct comparison {
	const struct openssl_index_source *index;
	const struct openssl_index_source *earlier;
	struct openssl_index_lacking *lacking;
	struct openssl_index_set serials; /* of the index */
	bool unique_subject;
	struct openssl_index_set names; /* of valid rows, if unique */
};

void
openssl_index_lacking_clear(struct openssl_index_lacking *lacking)
{
	buf_clear(&lacking->lines);
	buf_clear(&lacking->fields);
	openssl_index_set_clear(&lacking->serials);
	*lacking = (struct openssl_index_lacking){ 0 };
}

static enum err
note_serial(void *context, const struct openssl_index_item *item)
{
	struct comparison *comparison = context;

	if (item->row != NULL)
		openssl_index_set_add(&comparison->serials, item->serial,
		    item->row->type == 'R' ? REVOKED : NOT_REVOKED);
	return ERR_OK;
}

/* One that `openssl ca` can't read would have it refuse the whole index. */
static bool
is_sound(const struct openssl_index_row *row)
{
	int64_t seconds;
	int reason;

	if (openssl_index_date_read(row->expires, &seconds) != ERR_OK)
		return false;
	if (row->type != 'R')
		return row->revocation.size == 0;
	return openssl_index_revocation_read(row->revocation, &seconds,
		   &reason) == ERR_OK;
}

static void
take_row(struct comparison *comparison, const struct openssl_index_item *item)
{
	struct openssl_index_lacking *lacking = comparison->lacking;

	openssl_index_set_add(&comparison->serials, item->serial, REVOKED);
	buf_append(&lacking->lines, item->text);
	buf_append_octet(&lacking->lines, '\n');
}

static void
take_revocation(struct comparison *comparison,
    const struct openssl_index_item *item)
{
	struct openssl_index_lacking *lacking = comparison->lacking;

	openssl_index_set_add(&lacking->serials, item->serial,
	    lacking->fields.size + 1);
	buf_append(&lacking->fields, item->row->revocation);
	buf_append_octet(&lacking->fields, '\n');
}

static enum err
compare_row(void *context, const struct openssl_index_item *item)
{
	struct comparison *comparison = context;
	const struct openssl_index_source *earlier = comparison->earlier;
	bool revoked = item->row != NULL && item->row->type == 'R';
	uint64_t there;

	if (item->row == NULL)
		return ERR_OK;
	there = openssl_index_set_find(&comparison->serials, item->serial);
	if (there == REVOKED || (there == NOT_REVOKED && !revoked))
		return ERR_OK;
	if (!is_sound(item->row))
		return openssl_index_damaged(earlier->path,
		    OPENSSL_INDEX_UNREADABLE, item->line, earlier->problems);
	if (there == 0)
		take_row(comparison, item);
	else
		take_revocation(comparison, item);
	return ERR_OK;
}

static enum err
note_name(void *context, const struct openssl_index_item *item)
{
	struct comparison *comparison = context;

	if (item->row != NULL && item->row->type == 'V' &&
	    openssl_index_set_find(&comparison->lacking->serials,
		item->serial) == 0)
		openssl_index_set_add(&comparison->names, item->row->subject,
		    1);
	return ERR_OK;
}

static bool
name_is_taken(struct comparison *comparison, struct bytes line)
{
	struct openssl_index_row row;

	if (openssl_index_row_read(line, &row) != ERR_OK || row.type != 'V' ||
	    openssl_index_set_add(&comparison->names, row.subject, 1) == 0)
		return false;
	problem_add(comparison->index->problems, PROBLEM_ERROR, "%s: %.*s: %s",
	    comparison->index->path, (int)row.serial.size,
	    (const char *)row.serial.data,
	    openssl_index_event_text(OPENSSL_INDEX_NAME_TAKEN));
	return true;
}

/* Leaves out what must not be appended, and counts the others. */
static void
choose_lines(struct comparison *comparison)
{
	struct bytes left = buf_bytes(&comparison->lacking->lines);
	struct buf chosen = { 0 };

	while (left.size > 0) {
		struct bytes line = bytes_cut(&left, '\n');

		if (comparison->unique_subject &&
		    name_is_taken(comparison, line)) {
			comparison->lacking->left_out++;
			continue;
		}
		comparison->lacking->rows++;
		buf_append(&chosen, line);
		buf_append_octet(&chosen, '\n');
	}
	buf_clear(&comparison->lacking->lines);
	comparison->lacking->lines = chosen;
}

static enum err
compare(struct comparison *comparison, bool fallback)
{
	enum err err = openssl_index_items(comparison->index, note_serial,
	    comparison);

	if (err == ERR_OK)
		err = openssl_index_items(comparison->earlier, compare_row,
		    comparison);
	if (err == ERR_OK)
		err = openssl_index_unique_subject(comparison->index->path,
		    fallback, &comparison->unique_subject,
		    comparison->index->problems);
	if (err == ERR_OK && comparison->unique_subject &&
	    comparison->lacking->lines.size > 0)
		err = openssl_index_items(comparison->index, note_name,
		    comparison);
	if (err == ERR_OK)
		choose_lines(comparison);
	return err;
}

enum err
openssl_index_lacking_find(const struct openssl_index_source *index,
    const struct openssl_index_source *earlier, bool unique_subject,
    struct openssl_index_lacking *lacking)
{
	struct comparison comparison = { .index = index,
		.earlier = earlier,
		.lacking = lacking };
	enum err err = compare(&comparison, unique_subject);

	openssl_index_set_clear(&comparison.serials);
	openssl_index_set_clear(&comparison.names);
	return err;
}

struct bytes
openssl_index_lacking_revocation(const struct openssl_index_lacking *lacking,
    struct bytes serial)
{
	uint64_t place = openssl_index_set_find(&lacking->serials, serial);
	struct bytes fields;

	if (place == 0)
		return (struct bytes){ 0 };
	fields = bytes_from(buf_bytes(&lacking->fields), place - 1);
	return bytes_cut(&fields, '\n');
}
