/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_STORE_STORE_MEMORY_INTERNAL_H
#define SCEPD_STORE_STORE_MEMORY_INTERNAL_H

#include <pthread.h>

#include "store/store_internal.h"

/*
 * The store for tests: arrays that only grow, and one mutex.  store_memory.c
 * has the transactions and the table; the rest is in store_memory_*.c.
 * It is meant to be seen through, not to be fast.
 */

struct memory_certificate {
	struct stored_certificate stored; /* but for what follows */
	struct buf identity;
	struct store_revocation revocation;

	/* Whose it is, where a transaction has made it. */
	int64_t request;
	struct buf endpoint;
	struct buf transaction_id;
};

struct memory_transaction {
	struct transaction stored; /* but for `chosen` where nobody has said
	                            * which profile */
	struct buf chosen;
	size_t certificate; /* its place in the array, from 1 on; 0: none */
	int64_t challenge;  /* that it has used, and may give back; 0: none */
	bool purged;
};

struct memory_authority {
	struct buf key;
	int64_t revision;
	struct stored_crl crl; /* number 0: none yet */
};

struct memory_mark {
	struct buf name;
	struct buf value;
};

struct memory_notification {
	struct stored_notification
	    stored;         /* but for what the certificate has */
	size_t certificate; /* as of a transaction */
};

struct memory_store {
	pthread_mutex_t mutex; /* guards what follows */
	struct memory_transaction *transactions;
	size_t transaction_count;
	struct memory_certificate *certificates;
	size_t certificate_count;
	struct memory_authority *authorities;
	size_t authority_count;
	struct memory_mark *marks;
	size_t mark_count;
	struct stored_alarm *alarms;
	size_t alarm_count;
	int64_t alarm_number; /* of the last one */
	struct memory_notification *notifications;
	size_t notification_count;
	int64_t notification_number; /* of the last one */
	unsigned notification_events;
	int64_t expiring_until; /* what expires by then was looked at */
	struct stored_challenge *challenges;
	size_t challenge_count;
	int64_t challenge_number; /* of the last one */
};

/* Adds a certificate; `der` nothing: not signed yet. ERR_STORE_SERIAL. */
CHECKED enum err store_memory_add_certificate(struct memory_store *store,
    const struct certificate_record *record, struct bytes der);

/* Takes in one that was made elsewhere; *place of it in the array, from 1 on.
 * ERR_STORE_SERIAL where another has its serial number. */
CHECKED enum err store_memory_take_in_certificate(struct memory_store *store,
    const struct certificate_record *record, struct bytes der, size_t *place);

/* Notes of the certificate of that transaction, which has one, whose it is;
 * unless it is another's. */
void store_memory_note_origin(struct memory_store *store,
    const struct memory_transaction *row);

/* store_count_active, where the mutex is held. */
int64_t store_memory_find_active(const struct memory_store *store,
    const struct active_filter *filter, int64_t limit);

/* By which profile that transaction is; a view. */
struct bytes store_memory_profile(const struct memory_transaction *row);

/* Revokes what that transaction replaces, if anything. */
void store_memory_supersede(struct memory_store *store,
    const struct transaction *transaction, int64_t now);

/* Revokes the certificate at that place, which nobody has got. */
void store_memory_withdraw(struct memory_store *store, size_t place,
    int64_t now);

/* Adds a notification, where it is wanted, of the state that a transaction has
 * come into; and of a certificate that was revoked. */
void store_memory_note_state(struct memory_store *store,
    const struct memory_transaction *row);
void store_memory_note_revoked(struct memory_store *store,
    const struct memory_certificate *row);

/* Uses the challenge of a request that is begun; *number of it, or 0.
 * ERR_CHALLENGE_USED. */
CHECKED enum err store_memory_use_challenge(struct memory_store *store,
    const struct transaction_order *order, int64_t *number);
void store_memory_give_back_challenge(struct memory_store *store,
    int64_t number);

void store_memory_clear_challenges(struct memory_store *store);
void store_memory_clear_notifications(struct memory_store *store);
void store_memory_clear_certificates(struct memory_store *store);
void store_memory_clear_marks(struct memory_store *store);
void store_memory_clear_alarms(struct memory_store *store);

/* The slots that are not in store_memory.c. */
enum err store_memory_mark_get(void *state, const char *name,
    struct buf *value);
enum err store_memory_mark_put(void *state, const char *name,
    struct bytes value);
enum err store_memory_alarms_sweep(void *state, const struct alarm_sweep *sweep,
    struct alarm_changes *changes);
enum err store_memory_alarm_list(void *state, const char *subject,
    int64_t after, size_t size, struct stored_alarm *page, size_t *count);
enum err store_memory_alarms_forget(void *state, int64_t before,
    int64_t *count);
enum err store_memory_notify(void *state, unsigned events);
enum err store_memory_notify_refused(void *state, const struct refusal *refusal,
    int64_t limit);
enum err store_memory_notify_expiring(void *state, int64_t until, int64_t now,
    int64_t *reached);
enum err store_memory_notification_take(void *state, int64_t now, int64_t until,
    struct stored_notification *stored);
enum err store_memory_notification_put_off(void *state, int64_t number,
    int64_t tries, int64_t due_at);
enum err store_memory_notification_end(void *state, int64_t number);
enum err store_memory_notifications_drop(void *state, int64_t before,
    int64_t *count);
enum err store_memory_notification_list(void *state, int64_t after, size_t size,
    struct stored_notification *page, size_t *count);
enum err store_memory_challenges_add(void *state,
    const struct challenge_record *records, size_t count, int64_t now);
enum err store_memory_challenge_get(void *state, struct bytes hash,
    struct stored_challenge *stored);
enum err store_memory_challenge_revoke(void *state, int64_t number);
enum err store_memory_challenges_forget(void *state, int64_t before,
    int64_t limit, int64_t *count);
enum err store_memory_challenge_list(void *state, int64_t after, size_t size,
    struct stored_challenge *page, size_t *count);
enum err store_memory_certificate_get(void *state, struct bytes authority,
    struct bytes serial, struct stored_certificate *certificate);
enum err store_memory_certificate_list(void *state,
    const struct certificate_filter *filter, size_t size,
    struct stored_certificate *page, size_t *count);
enum err store_memory_certificate_add(void *state,
    const struct certificate_record *record, struct bytes der);
enum err store_memory_certificate_signed(void *state, struct bytes authority,
    struct bytes serial, struct bytes der);
enum err store_memory_certificate_revoke(void *state, struct bytes authority,
    struct bytes serial, int reason, int64_t now);
enum err store_memory_certificates_revoke(void *state, struct bytes authority,
    const struct revocation *revocations, size_t count);
enum err store_memory_authority_next(void *state, struct bytes after,
    struct buf *authority);
enum err store_memory_key_is_revoked(void *state, struct bytes key,
    bool *revoked);
enum err store_memory_key_allow(void *state, struct bytes key, int64_t now);
enum err store_memory_revision(void *state, struct bytes authority,
    int64_t *revision);
enum err store_memory_crl_get(void *state, struct bytes authority,
    struct stored_crl *crl);
enum err store_memory_crl_put(void *state, struct bytes authority,
    const struct stored_crl *crl);
enum err store_memory_count_revoked(void *state, struct bytes authority,
    int64_t *count);
enum err store_memory_count_active(void *state,
    const struct active_filter *filter, int64_t limit, int64_t *count);

#endif
