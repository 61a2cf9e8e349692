/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_memory_internal.h"

/* Or NULL. */
static struct memory_certificate *
certificate_of(struct memory_store *store, struct bytes authority,
    struct bytes serial)
{
	for (size_t i = 0; i < store->certificate_count; i++) {
		struct stored_certificate *stored =
		    &store->certificates[i].stored;

		if (bytes_equal(buf_bytes(&stored->authority), authority) &&
		    bytes_equal(buf_bytes(&stored->serial), serial))
			return &store->certificates[i];
	}
	return NULL;
}

static void
copy(const struct memory_certificate *from, struct stored_certificate *to)
{
	const struct stored_certificate *stored = &from->stored;

	to->number = stored->number;
	to->request = from->request;
	buf_append(&to->authority, buf_bytes(&stored->authority));
	buf_append(&to->serial, buf_bytes(&stored->serial));
	buf_append(&to->subject, buf_bytes(&stored->subject));
	buf_append(&to->key, buf_bytes(&stored->key));
	to->not_before = stored->not_before;
	to->not_after = stored->not_after;
	buf_append(&to->der, buf_bytes(&stored->der));
	to->revoked_at = from->revocation.revoked_at;
	to->reason = from->revocation.reason;
	buf_append(&to->endpoint, buf_bytes(&from->endpoint));
	buf_append(&to->profile, buf_bytes(&from->stored.profile));
}

enum err
store_memory_certificate_get(void *state, struct bytes authority,
    struct bytes serial, struct stored_certificate *certificate)
{
	struct memory_store *store = state;
	const struct memory_certificate *found;

	pthread_mutex_lock(&store->mutex);
	found = certificate_of(store, authority, serial);
	if (found != NULL)
		copy(found, certificate);
	pthread_mutex_unlock(&store->mutex);
	return found != NULL ? ERR_OK : ERR_STORE_NONE;
}

static bool
is_wanted(struct bytes wanted, const struct buf *value)
{
	return wanted.size == 0 || bytes_equal(wanted, buf_bytes(value));
}

static bool
fits(const struct memory_certificate *row,
    const struct certificate_filter *filter)
{
	return row->stored.number > filter->after &&
	    is_wanted(filter->authority, &row->stored.authority) &&
	    is_wanted(filter->key, &row->stored.key) &&
	    is_wanted(filter->subject, &row->stored.subject) &&
	    (!filter->revoked_only || row->revocation.revoked_at != 0) &&
	    (row->stored.not_after == 0 ||
		row->stored.not_after >= filter->expired_before);
}

enum err
store_memory_certificate_list(void *state,
    const struct certificate_filter *filter, size_t size,
    struct stored_certificate *page, size_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; *count < size && i < store->certificate_count; i++)
		if (fits(&store->certificates[i], filter))
			copy(&store->certificates[i], &page[(*count)++]);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

enum err
store_memory_add_certificate(struct memory_store *store,
    const struct certificate_record *record, struct bytes der)
{
	struct memory_certificate *row;

	if (certificate_of(store, record->authority, record->serial) != NULL)
		return ERR_STORE_SERIAL;
	store->certificates = xrealloc(store->certificates,
	    store->certificate_count + 1, sizeof(*row));
	row = &store->certificates[store->certificate_count++];
	*row = (struct memory_certificate){
		.stored = { .number = (int64_t)store->certificate_count,
		    .not_before = record->not_before,
		    .not_after = record->not_after },
	};
	buf_append(&row->stored.authority, record->authority);
	buf_append(&row->stored.serial, record->serial);
	buf_append(&row->stored.subject, record->subject);
	buf_append(&row->stored.key, record->key);
	buf_append(&row->stored.der, der);
	buf_append(&row->identity, record->identity);
	return ERR_OK;
}

/* One that is known by its serial number alone becomes the whole. */
static enum err
complete(struct memory_store *store, const struct certificate_record *record,
    struct bytes der)
{
	struct memory_certificate *row = certificate_of(store,
	    record->authority, record->serial);
	struct stored_certificate *stored = &row->stored;

	if (stored->key.size > 0 || record->key.size == 0)
		return ERR_STORE_SERIAL;
	buf_append(&stored->subject, record->subject);
	buf_append(&stored->key, record->key);
	buf_append(&stored->der, der);
	buf_append(&row->identity, record->identity);
	stored->not_before = record->not_before;
	stored->not_after = record->not_after;
	return ERR_OK;
}

/* The same one again is fine. */
enum err
store_memory_take_in_certificate(struct memory_store *store,
    const struct certificate_record *record, struct bytes der, size_t *place)
{
	const struct memory_certificate *row;
	enum err err = store_memory_add_certificate(store, record, der);

	if (err == ERR_STORE_SERIAL)
		err = complete(store, record, der);
	row = certificate_of(store, record->authority, record->serial);
	if (err != ERR_OK && !bytes_equal(buf_bytes(&row->stored.der), der))
		return err;
	*place = (size_t)row->stored.number;
	return ERR_OK;
}

struct bytes
store_memory_profile(const struct memory_transaction *row)
{
	const struct buf *said = &row->stored.profile;

	return buf_bytes(said->size > 0 ? said : &row->chosen);
}

void
store_memory_note_origin(struct memory_store *store,
    const struct memory_transaction *row)
{
	struct memory_certificate *certificate =
	    &store->certificates[row->certificate - 1];

	if (certificate->request != 0)
		return;
	certificate->request = row->stored.number;
	buf_append(&certificate->endpoint, buf_bytes(&row->stored.endpoint));
	buf_append(&certificate->stored.profile, store_memory_profile(row));
	buf_append(&certificate->transaction_id,
	    buf_bytes(&row->stored.transaction_id));
}

enum err
store_memory_certificate_add(void *state,
    const struct certificate_record *record, struct bytes der)
{
	struct memory_store *store = state;
	enum err err;

	pthread_mutex_lock(&store->mutex);
	err = store_memory_add_certificate(store, record, der);
	if (err == ERR_STORE_SERIAL)
		err = complete(store, record, der);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

/* Makes it where it is not known yet. */
static struct memory_authority *
authority_of(struct memory_store *store, struct bytes key)
{
	struct memory_authority *row;

	for (size_t i = 0; i < store->authority_count; i++)
		if (bytes_equal(buf_bytes(&store->authorities[i].key), key))
			return &store->authorities[i];
	store->authorities = xrealloc(store->authorities,
	    store->authority_count + 1, sizeof(*row));
	row = &store->authorities[store->authority_count++];
	*row = (struct memory_authority){ 0 };
	buf_append(&row->key, key);
	return row;
}

enum err
store_memory_certificate_signed(void *state, struct bytes authority,
    struct bytes serial, struct bytes der)
{
	struct memory_store *store = state;
	struct memory_certificate *row;

	pthread_mutex_lock(&store->mutex);
	row = certificate_of(store, authority, serial);
	if (row != NULL && row->stored.der.size == 0)
		buf_append(&row->stored.der, der);
	pthread_mutex_unlock(&store->mutex);
	return row != NULL ? ERR_OK : ERR_STORE_NONE;
}

/* The lock is held. */
static enum err
revoke_one(struct memory_store *store, struct bytes authority,
    struct bytes serial, int reason, int64_t now)
{
	struct memory_certificate *row = certificate_of(store, authority,
	    serial);
	bool changed = false, was_revoked = false;
	enum err err = ERR_STORE_NONE;

	if (row != NULL) {
		was_revoked = row->revocation.revoked_at != 0;
		err = store_revocation_change(&row->revocation, reason, now,
		    &changed);
	}
	if (err == ERR_OK && changed)
		authority_of(store, authority)->revision++;
	if (err == ERR_OK && !was_revoked)
		store_memory_note_revoked(store, row);
	return err;
}

enum err
store_memory_certificate_revoke(void *state, struct bytes authority,
    struct bytes serial, int reason, int64_t now)
{
	struct memory_store *store = state;
	enum err err;

	pthread_mutex_lock(&store->mutex);
	err = revoke_one(store, authority, serial, reason, now);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

static void
note_revoked(struct memory_store *store, const struct memory_certificate *row)
{
	authority_of(store, buf_bytes(&row->stored.authority))->revision++;
	store_memory_note_revoked(store, row);
}

void
store_memory_supersede(struct memory_store *store,
    const struct transaction *transaction, int64_t now)
{
	struct memory_certificate *row = certificate_of(store,
	    buf_bytes(&transaction->renews_authority),
	    buf_bytes(&transaction->renews_serial));

	if (transaction->supersedes && row != NULL &&
	    store_revocation_supersede(&row->revocation, now))
		note_revoked(store, row);
}

void
store_memory_withdraw(struct memory_store *store, size_t place, int64_t now)
{
	struct memory_certificate *row = &store->certificates[place - 1];

	if (store_revocation_withdraw(&row->revocation, now))
		note_revoked(store, row);
}

static enum err
add_and_revoke(struct memory_store *store, struct bytes authority,
    const struct revocation *revocation)
{
	const struct certificate_record record = {
		.authority = authority,
		.serial = revocation->serial,
	};
	const struct memory_certificate *row = certificate_of(store, authority,
	    revocation->serial);
	enum err err = ERR_OK;

	if (row == NULL)
		err = store_memory_add_certificate(store, &record,
		    bytes_of(NULL, 0));
	else if (row->revocation.revoked_at != 0)
		return ERR_OK;
	return err == ERR_OK ? revoke_one(store, authority, revocation->serial,
				   revocation->reason, revocation->revoked_at) :
			       err;
}

enum err
store_memory_certificates_revoke(void *state, struct bytes authority,
    const struct revocation *revocations, size_t count)
{
	struct memory_store *store = state;
	enum err err = ERR_OK;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = add_and_revoke(store, authority, &revocations[i]);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

/* Whether it is the nearest yet of those that come after `after`. */
static bool
is_nearer(struct bytes authority, struct bytes after, const struct buf *nearest)
{
	return bytes_compare(authority, after) > 0 &&
	    (nearest->size == 0 ||
		bytes_compare(authority, buf_bytes(nearest)) < 0);
}

static void
take_nearer(struct bytes authority, struct bytes after, struct buf *nearest)
{
	if (!is_nearer(authority, after, nearest))
		return;
	buf_clear(nearest);
	buf_append(nearest, authority);
}

enum err
store_memory_authority_next(void *state, struct bytes after,
    struct buf *authority)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->certificate_count; i++)
		take_nearer(buf_bytes(&store->certificates[i].stored.authority),
		    after, authority);
	for (size_t i = 0; i < store->authority_count; i++)
		if (store->authorities[i].crl.number > 0)
			take_nearer(buf_bytes(&store->authorities[i].key),
			    after, authority);
	pthread_mutex_unlock(&store->mutex);
	return authority->size > 0 ? ERR_OK : ERR_STORE_NONE;
}

enum err
store_memory_count_revoked(void *state, struct bytes authority, int64_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->certificate_count; i++) {
		const struct memory_certificate *row = &store->certificates[i];

		*count += is_wanted(authority, &row->stored.authority) &&
		    row->revocation.revoked_at != 0;
	}
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static bool
is_active(const struct memory_certificate *row,
    const struct active_filter *filter)
{
	struct bytes authority = buf_bytes(&row->stored.authority);

	if (bytes_equal(authority, filter->except.authority) &&
	    bytes_equal(buf_bytes(&row->stored.serial), filter->except.serial))
		return false;
	return bytes_equal(authority, filter->authority) &&
	    bytes_equal(buf_bytes(&row->identity), filter->identity) &&
	    row->revocation.revoked_at == 0 &&
	    row->stored.not_after >= filter->now;
}

int64_t
store_memory_find_active(const struct memory_store *store,
    const struct active_filter *filter, int64_t limit)
{
	int64_t count = 0;

	for (size_t i = 0; count < limit && i < store->certificate_count; i++)
		count += is_active(&store->certificates[i], filter);
	return count;
}

enum err
store_memory_count_active(void *state, const struct active_filter *filter,
    int64_t limit, int64_t *count)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	*count = store_memory_find_active(store, filter, limit);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static bool
is_refused(const struct memory_certificate *row, struct bytes key)
{
	return bytes_equal(buf_bytes(&row->stored.key), key) &&
	    store_revocation_bars_key(&row->revocation);
}

enum err
store_memory_key_is_revoked(void *state, struct bytes key, bool *revoked)
{
	struct memory_store *store = state;

	*revoked = false;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->certificate_count; i++)
		if (is_refused(&store->certificates[i], key))
			*revoked = true;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

enum err
store_memory_key_allow(void *state, struct bytes key, int64_t now)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->certificate_count; i++)
		if (is_refused(&store->certificates[i], key))
			store->certificates[i].revocation.key_allowed_at = now;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

enum err
store_memory_revision(void *state, struct bytes authority, int64_t *revision)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	*revision = authority_of(store, authority)->revision;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static void
copy_crl(const struct stored_crl *from, struct stored_crl *to)
{
	struct stored_crl copied = *from;

	copied.der = (struct buf){ 0 };
	buf_append(&copied.der, buf_bytes(&from->der));
	stored_crl_clear(to);
	*to = copied;
}

enum err
store_memory_crl_get(void *state, struct bytes authority,
    struct stored_crl *crl)
{
	struct memory_store *store = state;
	const struct stored_crl *stored;
	enum err err = ERR_STORE_NONE;

	pthread_mutex_lock(&store->mutex);
	stored = &authority_of(store, authority)->crl;
	if (stored->number > 0) {
		copy_crl(stored, crl);
		err = ERR_OK;
	}
	pthread_mutex_unlock(&store->mutex);
	return err;
}

enum err
store_memory_crl_put(void *state, struct bytes authority,
    const struct stored_crl *crl)
{
	struct memory_store *store = state;
	struct stored_crl *stored;
	enum err err = ERR_STORE_NONE;

	pthread_mutex_lock(&store->mutex);
	stored = &authority_of(store, authority)->crl;
	if (crl->number > stored->number) {
		copy_crl(crl, stored);
		err = ERR_OK;
	}
	pthread_mutex_unlock(&store->mutex);
	return err;
}

void
store_memory_clear_certificates(struct memory_store *store)
{
	for (size_t i = 0; i < store->certificate_count; i++) {
		stored_certificate_clear(&store->certificates[i].stored);
		buf_clear(&store->certificates[i].identity);
		buf_clear(&store->certificates[i].endpoint);
		buf_clear(&store->certificates[i].transaction_id);
	}
	free(store->certificates);
	for (size_t i = 0; i < store->authority_count; i++) {
		buf_clear(&store->authorities[i].key);
		stored_crl_clear(&store->authorities[i].crl);
	}
	free(store->authorities);
}
