/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_reserve.h"

#include "backends/openssl_lock.h"
#include "backends/openssl_newcerts.h"
#include "backends/openssl_serial.h"

/* So many numbers in a row that are taken are no accident. */
#define MAX_TAKEN 1000

static enum err
is_in_store(const struct openssl_books *books, struct store *store,
    struct bytes serial, bool *taken)
{
	struct stored_certificate known = { 0 };
	enum err err = store_certificate_get(store, books->authority, serial,
	    &known);

	*taken = err == ERR_OK;
	stored_certificate_clear(&known);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

/* Of what was issued by hand only newcerts knows. */
static enum err
is_taken(const struct openssl_books *books, struct store *store,
    struct bytes serial, bool *taken)
{
	struct buf other = { 0 };
	enum err err = is_in_store(books, store, serial, taken);

	if (err == ERR_OK && !*taken)
		*taken = openssl_newcerts_get(books->new_certs_dir, serial,
			     &other) == ERR_OK;
	buf_clear(&other);
	return err;
}

static enum err
take_next(const struct openssl_books *books, struct buf *serial,
    struct problems *problems)
{
	enum err err;

	buf_truncate(serial, 0);
	err = openssl_serial_read(books->serial, serial, problems);
	return err == ERR_OK ?
	    openssl_serial_advance(books->serial, buf_bytes(serial), problems) :
	    err;
}

/* 0 is no serial number (RFC 5280 section 4.1.2.2). */
static enum err
take_free(const struct openssl_books *books, struct store *store,
    struct buf *serial, struct problems *problems)
{
	bool taken = true;
	enum err err = ERR_OK;

	for (int i = 0; err == ERR_OK && taken && i < MAX_TAKEN; i++) {
		err = take_next(books, serial, problems);
		if (err == ERR_OK)
			err = is_taken(books, store, buf_bytes(serial), &taken);
		taken = taken ||
		    bytes_equal(buf_bytes(serial), BYTES_LITERAL("\0"));
	}
	if (err != ERR_OK || !taken)
		return err;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: this number and those before it are taken; write one into it "
	    "that is larger than that of any certificate",
	    books->serial);
	return ERR_INDEX_DAMAGED;
}

static enum err
take_locked(const struct openssl_books *books, struct store *store,
    struct buf *serial, struct problems *problems)
{
	struct openssl_lock lock;
	enum err err = openssl_lock_take_beside(books->index, &lock, problems);

	if (err != ERR_OK)
		return err;
	err = take_free(books, store, serial, problems);
	openssl_lock_release(&lock);
	return err;
}

enum err
openssl_reserve_serial(const struct openssl_books *books, struct store *store,
    struct buf *serial)
{
	struct problems *problems = problems_new();
	struct buf taken = { 0 };
	enum err err = take_locked(books, store, &taken, problems);

	if (err == ERR_OK)
		buf_append(serial, buf_bytes(&taken));
	buf_clear(&taken);
	problems_log(problems);
	problems_free(problems);
	return err;
}
