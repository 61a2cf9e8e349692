/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/table.h"

#include <string.h>

#include "tools/shown.h"

#define WIDTH_LIMIT 40

void
table_clear(struct table *table)
{
	buf_clear(&table->cells);
	*table = (struct table){ .columns = table->columns };
}

/* What is shown has no NUL, so that can end a cell. */
void
table_add(struct table *table, struct bytes text)
{
	size_t column = table->count++ % table->columns;
	size_t start = table->cells.size, width;

	shown_append_text(&table->cells, text);
	width = table->cells.size - start;
	if (width > WIDTH_LIMIT && column + 1 < table->columns) {
		width = WIDTH_LIMIT;
		buf_truncate(&table->cells, start + width - 3);
		buf_append_string(&table->cells, "...");
	}
	buf_append_octet(&table->cells, '\0');
	if (table->widths[column] < width)
		table->widths[column] = width;
}

void
table_append(struct buf *to, const struct table *table)
{
	const char *cell = (const char *)table->cells.data;

	for (size_t i = 0; i < table->count; i++) {
		size_t column = i % table->columns;

		if (column + 1 < table->columns)
			buf_printf(to, "%-*s  ", (int)table->widths[column],
			    cell);
		else
			buf_printf(to, "%s\n", cell);
		cell += strlen(cell) + 1;
	}
}
