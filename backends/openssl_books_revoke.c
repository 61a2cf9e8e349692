/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "backends/openssl_books_internal.h"
#include "backends/openssl_index_revoke.h"
#include "base/log.h"
#include "base/xalloc.h"

/* What is to be revoked in the index. */
struct batch {
	const struct openssl_books *books;
	struct store *store;
	struct openssl_index_revocation revocations[OPENSSL_BOOKS_BATCH];
	enum openssl_index_revoked outcomes[OPENSSL_BOOKS_BATCH];
	struct buf serials[OPENSSL_BOOKS_BATCH];
	size_t count;
};

/* One that the store does not have as revoked any more is left alone. */
static enum err
add(struct batch *batch, struct bytes serial)
{
	struct stored_certificate certificate = { 0 };
	enum err err = store_certificate_get(batch->store,
	    batch->books->authority, serial, &certificate);

	if (err == ERR_OK && certificate.revoked_at > 0) {
		struct buf *own = &batch->serials[batch->count];

		buf_append(own, serial);
		batch->revocations[batch->count++] =
		    (struct openssl_index_revocation){ buf_bytes(own),
			    certificate.revoked_at, certificate.reason };
	}
	stored_certificate_clear(&certificate);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static enum err
gather(struct batch *batch, const struct openssl_index_report *report)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < report->count &&
	     batch->count < OPENSSL_BOOKS_BATCH;
	     i++)
		if (report->events[i].kind == OPENSSL_INDEX_NOT_REVOKED)
			err = add(batch, buf_bytes(&report->events[i].serial));
	return err;
}

static void
log_revoked(const struct batch *batch)
{
	size_t count = 0;

	for (size_t i = 0; i < batch->count; i++)
		count += batch->outcomes[i] == OPENSSL_INDEX_REVOKED_NOW;
	if (count > 0)
		log_event(LOG_LEVEL_INFO,
		    "%s: %zu certificates that are revoked here are marked so "
		    "there",
		    batch->books->index, count);
}

/* Also where there are none: what an interrupted one has left is seen to. */
static enum err
revoke(struct batch *batch, struct problems *problems)
{
	const struct openssl_index_revoke_order order = {
		.path = batch->books->index,
		.unique_subject = batch->books->unique_subject,
		.revocations = batch->revocations,
		.count = batch->count,
	};
	enum err err = openssl_index_revoke(&order, batch->outcomes, problems);

	if (err == ERR_OK)
		log_revoked(batch);
	return err;
}

enum err
openssl_books_revoke(const struct openssl_books *books, struct store *store,
    const struct openssl_index_report *report, struct problems *problems)
{
	struct batch *batch = xalloc(sizeof(*batch));
	enum err err;

	batch->books = books;
	batch->store = store;
	err = gather(batch, report);
	if (err == ERR_OK)
		err = revoke(batch, problems);
	for (size_t i = 0; i < batch->count; i++)
		buf_clear(&batch->serials[i]);
	free(batch);
	return err;
}
