/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/errand.h"

#include "base/log.h"

static const struct errand_handler *
find(const struct errand_table *table, uint16_t kind)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->handlers[i].kind == kind)
			return &table->handlers[i];
	return NULL;
}

/* A reply that is too large is a fault of the handler's, and not worth the
 * keeper's life. */
enum err
errand_table_run(const struct errand_table *table, uint16_t kind,
    struct bytes request, struct buf *reply)
{
	const struct errand_handler *handler = find(table, kind);
	struct buf made = { 0 };
	enum err err;

	if (handler == NULL)
		return ERR_ERRAND_REFUSED;
	err = handler->run(table->context, request, &made);
	if (err == ERR_OK && made.size > ERRAND_LIMIT) {
		log_event(LOG_LEVEL_ERROR,
		    "the reply to an errand of kind %u is too large: %zu octets",
		    kind, made.size);
		err = ERR_ERRAND_REFUSED;
	}
	if (err == ERR_OK)
		buf_append(reply, buf_bytes(&made));
	buf_clear(&made);
	return err;
}
