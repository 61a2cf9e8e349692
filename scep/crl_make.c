/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/crl_make.h"

#include <inttypes.h>

#include "base/log.h"

/* One that was put there before a clock was set right, or with another life,
 * is made anew as well. */
static bool
is_due(const struct stored_crl *last, int64_t revision, int64_t life,
    int64_t now)
{
	return last->number == 0 || last->revision != revision ||
	    last->next_update != last->this_update + life ||
	    now < last->this_update || now - last->this_update >= life / 2;
}

/* The last CRL, all zeroes where there is none. */
static enum err
find_last(const struct endpoint *endpoint, const struct authority *authority,
    struct stored_crl *last)
{
	enum err err = store_crl_get(endpoint->store,
	    BYTES_ARRAY(authority->hash), last);

	return err == ERR_STORE_NONE ? ERR_OK : err;
}

struct list {
	struct buf entries;
	size_t count;
};

static bool
add_entry(void *context, const struct stored_certificate *certificate)
{
	struct list *list = context;
	const struct crl_entry entry = {
		.serial = buf_bytes(&certificate->serial),
		.revoked_at = certificate->revoked_at,
		.reason = certificate->reason,
	};

	crl_append_entry(&list->entries, &entry);
	list->count++;
	return true;
}

/* RFC 5280 section 3.3: what has expired stays until it was in one CRL that
 * was made after its end. */
static enum err
collect(const struct endpoint *endpoint, const struct authority *authority,
    const struct stored_crl *last, struct list *list)
{
	const struct certificate_filter filter = {
		.authority = BYTES_ARRAY(authority->hash),
		.revoked_only = true,
		.expired_before = last->this_update,
	};

	return store_certificate_list(endpoint->store, &filter, INT64_MAX,
	    add_entry, list);
}

/* Another keeper that was faster has done the same. */
static enum err
put(const struct endpoint *endpoint, const struct authority *authority,
    const struct stored_crl *made, size_t count)
{
	enum err err = store_crl_put(endpoint->store,
	    BYTES_ARRAY(authority->hash), made);

	if (err == ERR_STORE_NONE)
		return ERR_OK;
	if (err == ERR_OK)
		log_event(LOG_LEVEL_INFO,
		    "CRL %" PRId64 " of the CA of %s is made, with %zu revoked "
		    "certificates",
		    made->number, endpoint->path, count);
	return err;
}

static enum err
make(const struct endpoint *endpoint, const struct authority *authority,
    const struct stored_crl *last, int64_t revision, int64_t now)
{
	int64_t life = backend_crl(authority->backend)->life;
	struct stored_crl made = {
		.this_update = now,
		.next_update = now + life,
		.revision = revision,
	};
	struct crl_order order = {
		.this_update = made.this_update,
		.next_update = made.next_update,
	};
	struct list list = { 0 };
	enum err err = collect(endpoint, authority, last, &list);

	if (err == ERR_OK)
		err = backend_take_crl_number(authority->backend, last->number,
		    now, &made.number);
	order.number = made.number;
	order.entries = buf_bytes(&list.entries);
	if (err == ERR_OK)
		err = backend_make_crl(authority->backend, &order, &made.der);
	if (err == ERR_OK)
		err = put(endpoint, authority, &made, list.count);
	buf_clear(&list.entries);
	stored_crl_clear(&made);
	return err;
}

/* The revision comes first: a revocation that comes while the list is read is
 * then seen the next time, if not this time. */
enum err
crl_make_if_due(const struct endpoint *endpoint,
    const struct authority *authority, int64_t now)
{
	const struct backend_crl *crl = backend_crl(authority->backend);
	struct stored_crl last = { 0 };
	int64_t revision;
	enum err err;

	if (crl->kind != BACKEND_CRL_MADE)
		return ERR_OK;
	err = store_revision(endpoint->store, BYTES_ARRAY(authority->hash),
	    &revision);
	if (err == ERR_OK)
		err = find_last(endpoint, authority, &last);
	if (err == ERR_OK && is_due(&last, revision, crl->life, now))
		err = make(endpoint, authority, &last, revision, now);
	stored_crl_clear(&last);
	return err;
}
