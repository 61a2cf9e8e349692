/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/books.h"

#include "crypto/der.h"

/* Longer than it waits for the lock of an OpenSSL CA (openssl_lock.h), and
 * shorter than clients wait for an answer. */
#define TIMEOUT_MS 8000

/* How long nothing is tried again that went wrong, in seconds. */
#define RETRY 60

enum err
books_enter(const struct endpoint *endpoint, const struct authority *authority,
    struct bytes certificate, const struct certificate_id *replaces,
    struct buf *entered)
{
	struct buf request = { 0 };
	struct errand errand = { .kind = BOOKS_ERRAND,
		.timeout_ms = TIMEOUT_MS };
	enum err err;

	buf_append(&request, BYTES_ARRAY(authority->hash));
	buf_append(&request, certificate);
	if (bytes_equal(replaces->authority, BYTES_ARRAY(authority->hash)))
		buf_append(&request, replaces->serial);
	errand.request = buf_bytes(&request);
	err = errands_run(endpoint->errands, &errand, entered);
	buf_clear(&request);
	return err;
}

enum err
books_reserve_serial(const struct endpoint *endpoint,
    const struct authority *authority, struct buf *serial)
{
	const struct errand errand = { .kind = SERIAL_ERRAND,
		.request = BYTES_ARRAY(authority->hash),
		.timeout_ms = TIMEOUT_MS };

	return backend_counts_serials(authority->backend) ?
	    errands_run(endpoint->errands, &errand, serial) :
	    ERR_OK;
}

enum err
books_read_request(struct bytes octets, struct books_request *request)
{
	struct bytes certificate;
	struct der rest;

	if (octets.size < STORE_HASH_SIZE)
		return ERR_ERRAND_REFUSED;
	rest = der_of(bytes_from(octets, STORE_HASH_SIZE));
	if (der_read_whole(&rest, DER_SEQUENCE, &certificate) != ERR_OK)
		return ERR_ERRAND_REFUSED;
	request->authority = bytes_of(octets.data, STORE_HASH_SIZE);
	request->certificate = certificate;
	request->replaces = rest.left;
	return ERR_OK;
}

static enum err
update(const struct endpoint *endpoint, int64_t now)
{
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(&endpoint->succession, list);
	enum err errs[SUCCESSION_MAX_AUTHORITIES];

	for (size_t i = 0; i < count; i++)
		errs[i] = backend_update_books(list[i]->backend,
		    endpoint->store, now);
	return err_first(errs, count);
}

void
books_update(const struct endpoint *endpoint, int64_t now, int64_t *retry_at)
{
	if (now < *retry_at && *retry_at - now <= RETRY)
		return;
	*retry_at = update(endpoint, now) == ERR_OK ? 0 : now + RETRY;
}
