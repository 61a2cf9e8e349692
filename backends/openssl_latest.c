/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_latest.h"

#include <stdlib.h>

#include "backends/openssl_index.h"
#include "backends/openssl_newcerts.h"
#include "base/xalloc.h"

/* `openssl ca` adds its row at the end: more than these nobody has added by
 * hand in the minute until somebody looks. */
#define LATEST 256

/* A ring of serial numbers. */
struct latest {
	struct buf serials[LATEST];
	size_t count;
};

static enum err
note_row(void *context, const struct openssl_index_row *row)
{
	struct latest *latest = context;
	struct buf *serial = &latest->serials[latest->count % LATEST];

	if (row->type != 'V')
		return ERR_OK;
	latest->count++;
	buf_truncate(serial, 0);
	return openssl_index_serial_read(row->serial, serial);
}

/* What can't be read is not what is looked for. */
static bool
has_key(struct bytes der, struct bytes spki)
{
	struct certificate *certificate = NULL;
	bool has = certificate_read(der, &certificate) == ERR_OK &&
	    bytes_equal(certificate->spki, spki);

	certificate_free(certificate);
	return has;
}

/* ERR_STORE_NONE where it is not the one. */
static enum err
look_at(const struct openssl_books *books, struct store *store,
    struct bytes serial, struct bytes spki, struct buf *certificate)
{
	struct stored_certificate known = { 0 };
	struct buf der = { 0 };
	enum err err = ERR_STORE_NONE;

	if (openssl_newcerts_get(books->new_certs_dir, serial, &der) ==
		ERR_OK &&
	    has_key(buf_bytes(&der), spki)) {
		err = store_certificate_get(store, books->authority, serial,
		    &known);
		if (err == ERR_STORE_NONE) {
			buf_append(certificate, buf_bytes(&der));
			err = ERR_OK;
		} else if (err == ERR_OK) {
			err = ERR_STORE_NONE;
		}
		stored_certificate_clear(&known);
	}
	buf_clear(&der);
	return err;
}

/* The newest first. */
static enum err
search(const struct openssl_books *books, struct store *store,
    const struct latest *latest, struct bytes spki, struct buf *certificate)
{
	enum err err = ERR_STORE_NONE;

	for (size_t i = 0;
	     err == ERR_STORE_NONE && i < LATEST && i < latest->count; i++)
		err = look_at(books, store,
		    buf_bytes(
			&latest->serials[(latest->count - 1 - i) % LATEST]),
		    spki, certificate);
	return err;
}

enum err
openssl_latest_find(const struct openssl_books *books, struct store *store,
    struct bytes spki, struct buf *certificate)
{
	struct problems *problems = problems_new();
	struct latest *latest = xalloc(sizeof(*latest));
	enum err err = openssl_index_read(books->index, note_row, latest,
	    problems);

	if (err == ERR_OK)
		err = search(books, store, latest, spki, certificate);
	for (size_t i = 0; i < LATEST; i++)
		buf_clear(&latest->serials[i]);
	free(latest);
	problems_log(problems);
	problems_free(problems);
	return err;
}
