/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/listing.h"

void
listing_begin(struct listing *listing, struct buf *to, bool json,
    const char *const *head, size_t columns)
{
	listing->record.to = to;
	listing->record.json = json;
	listing->table.columns = columns;
	for (size_t i = 0; i < columns; i++)
		table_add(&listing->table, bytes_of_string(head[i]));
	if (json)
		buf_append_octet(to, '[');
}

bool
listing_next(struct listing *listing)
{
	bool json = listing->record.json;

	if (json)
		buf_append_string(listing->record.to,
		    listing->count > 0 ? ",\n" : "\n");
	listing->count++;
	return json;
}

void
listing_end(struct listing *listing)
{
	if (listing->record.json)
		buf_append_string(listing->record.to,
		    listing->count > 0 ? "\n]\n" : "]\n");
	else
		table_append(listing->record.to, &listing->table);
	table_clear(&listing->table);
}
