/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_items.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "backends/openssl_index_internal.h"
#include "backends/openssl_index_scan.h"
#include "base/xalloc.h"

struct items {
	const struct openssl_index_source *source;
	enum err (*each)(void *context, const struct openssl_index_item *item);
	void *context;
	struct buf serial;
	uint64_t last; /* line that was seen */
	bool told;     /* a failure is known to the caller already */
};

static enum err
damaged(struct items *items, enum openssl_index_event_kind kind, uint64_t line)
{
	items->told = true;
	return openssl_index_damaged(items->source->path, kind, line,
	    items->source->problems);
}

static enum err
hand_over(struct items *items, const struct openssl_index_item *item)
{
	enum err err = items->each(items->context, item);

	items->told = err != ERR_OK;
	return err;
}

static enum err
take_line(void *context, const struct openssl_index_line *line)
{
	struct items *items = context;
	struct openssl_index_row row;
	struct openssl_index_item item = { .text = line->text,
		.line = line->number };

	items->last = line->number;
	if (!line->ended)
		return damaged(items, OPENSSL_INDEX_UNENDED, line->number);
	if (openssl_index_is_comment(line))
		return hand_over(items, &item);
	buf_truncate(&items->serial, 0);
	if (openssl_index_row_read(line->text, &row) != ERR_OK ||
	    openssl_index_serial_read(row.serial, &items->serial) != ERR_OK)
		return damaged(items, OPENSSL_INDEX_UNREADABLE, line->number);
	item.row = &row;
	item.serial = buf_bytes(&items->serial);
	return hand_over(items, &item);
}

enum err
openssl_index_items(const struct openssl_index_source *source,
    enum err (*each)(void *context, const struct openssl_index_item *item),
    void *context)
{
	struct items items = { source, each, context, { 0 }, 0, false };
	enum err err = openssl_index_scan(source->fd, take_line, &items);

	if (err == ERR_INDEX && !items.told)
		err = openssl_index_complain(source->path, source->problems);
	if (err == ERR_INDEX_DAMAGED && !items.told)
		err = damaged(&items, OPENSSL_INDEX_UNREADABLE, items.last + 1);
	buf_clear(&items.serial);
	return err;
}

/* As openssl_index_update has it: while the predecessor is there, somebody has
 * to look. */
static enum err
complain_of_absence(const struct openssl_index_source *source)
{
	char *old = xasprintf("%s.old", source->path);
	bool has_old = access(old, F_OK) == 0;

	free(old);
	if (has_old)
		return openssl_index_damaged(source->path,
		    OPENSSL_INDEX_MISSING, 0, source->problems);
	errno = ENOENT;
	return openssl_index_complain(source->path, source->problems);
}

enum err
openssl_index_source_open(struct openssl_index_source *source,
    struct openssl_index_state *state)
{
	enum err err = openssl_index_open(source->path, &source->fd);

	if (err != ERR_OK && errno == ENOENT)
		return complain_of_absence(source);
	if (err != ERR_OK)
		return openssl_index_complain(source->path, source->problems);
	if (openssl_index_look(source->fd, state) == ERR_OK)
		return ERR_OK;
	err = openssl_index_complain(source->path, source->problems);
	close(source->fd);
	return err;
}
