/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_STORE_STORE_INTERNAL_H
#define SCEPD_STORE_STORE_INTERNAL_H

#include <pthread.h>

#include "store/store.h"

/* What a HELD transaction becomes, if it has this request. */
struct store_verdict {
	enum transaction_state state; /* APPROVED or REJECTED */
	struct bytes request_hash;
	const struct decision *decision;
};

/* What a sweep has changed; all zeroes is nothing. */
struct alarm_change {
	struct stored_alarm stored; /* its number may be 0 */
	bool is_over;
};

struct alarm_changes {
	struct alarm_change *items;
	size_t count;
};

/* store_alarms.c: adds one, to be filled in; and one that has begun. */
struct stored_alarm *alarm_changes_add(struct alarm_changes *changes,
    bool is_over);
void alarm_changes_begin(struct alarm_changes *changes,
    const struct alarm_sweep *sweep, const struct alarm *found);
void alarm_changes_clear(struct alarm_changes *changes);

/* Whether an alarm of this kind and detail was found. */
bool alarm_sweep_has(const struct alarm_sweep *sweep, const char *kind,
    struct bytes detail);

/*
 * What an implementation fills in: one const struct at the end of its file,
 * every slot filled.  Slots are called from several threads at once; each does
 * what its function of store.h says, wholly or not at all.
 *
 * The structs that they fill are all zeroes before, and belong to store.c,
 * which hands them to the caller only where the slot answers ERR_OK: whatever
 * is in them otherwise is freed.
 */
struct store_ops {
	enum err (*find)(void *state, const struct transaction_key *key,
	    struct transaction *transaction);
	enum err (*begin)(void *state, const struct transaction_order *order,
	    struct transaction *transaction);
	enum err (*sign)(void *state, int64_t number, struct bytes tbs,
	    const struct certificate_record *certificate, int64_t now,
	    struct transaction *transaction);
	enum err (*issue)(void *state, int64_t number, struct bytes certificate,
	    int64_t now, struct transaction *transaction);
	enum err (*submit)(void *state, int64_t number, struct bytes authority,
	    int64_t now, struct transaction *transaction);
	enum err (*take)(void *state, int64_t number, int64_t now,
	    int64_t until, struct transaction *transaction);
	enum err (*put_off)(void *state, int64_t number, struct bytes cookie,
	    int64_t due_at);
	enum err (*make_due)(void *state);
	enum err (*complete)(void *state, int64_t number,
	    const struct certificate_record *certificate, struct bytes der,
	    int64_t now);
	enum err (*withhold)(void *state, int64_t number,
	    const struct certificate_record *record, struct bytes der,
	    int64_t now);
	enum err (*release)(void *state, int64_t number, int64_t now);
	enum err (*count_try)(void *state, int64_t number, int64_t due_at,
	    int64_t *tries);
	enum err (*withdraw)(void *state, int64_t number,
	    enum transaction_state to, const struct decision *decision);
	enum err (*decide)(void *state, int64_t number,
	    const struct store_verdict *verdict);
	enum err (*lapse)(void *state, int64_t before, int64_t now,
	    int64_t *count);
	enum err (*purge)(void *state, int64_t before, int64_t limit,
	    int64_t *count);
	enum err (*get)(void *state, int64_t number,
	    struct transaction *transaction);

	/* Fills the first *count of the `size` structs at `page`, also where
	 * it fails; fewer than `size`: there are no more. */
	enum err (*list)(void *state, const struct transaction_filter *filter,
	    size_t size, struct transaction *page, size_t *count);

	enum err (*certificate_get)(void *state, struct bytes authority,
	    struct bytes serial, struct stored_certificate *certificate);
	/* As `list`. */
	enum err (*certificate_list)(void *state,
	    const struct certificate_filter *filter, size_t size,
	    struct stored_certificate *page, size_t *count);
	enum err (*count_active)(void *state,
	    const struct active_filter *filter, int64_t limit, int64_t *count);
	enum err (*certificate_add)(void *state,
	    const struct certificate_record *record, struct bytes der);
	enum err (*certificate_signed)(void *state, struct bytes authority,
	    struct bytes serial, struct bytes der);
	enum err (*certificate_revoke)(void *state, struct bytes authority,
	    struct bytes serial, int reason, int64_t now);
	enum err (*certificates_revoke)(void *state, struct bytes authority,
	    const struct revocation *revocations, size_t count);
	enum err (*authority_next)(void *state, struct bytes after,
	    struct buf *authority);
	enum err (*key_is_revoked)(void *state, struct bytes key,
	    bool *revoked);
	enum err (*key_allow)(void *state, struct bytes key, int64_t now);

	enum err (*revision)(void *state, struct bytes authority,
	    int64_t *revision);
	enum err (*crl_get)(void *state, struct bytes authority,
	    struct stored_crl *crl);
	enum err (*crl_put)(void *state, struct bytes authority,
	    const struct stored_crl *crl);

	enum err (*count)(void *state, struct store_counts *counts);
	enum err (*count_revoked)(void *state, struct bytes authority,
	    int64_t *count);

	enum err (*mark_get)(void *state, const char *name, struct buf *value);
	enum err (*mark_put)(void *state, const char *name, struct bytes value);

	/* store_alarms_sweep, of no more alarms of a kind than are kept, and of
	 * each once; adds to `changes` what has begun and what is over. */
	enum err (*alarms_sweep)(void *state, const struct alarm_sweep *sweep,
	    struct alarm_changes *changes);
	/* As `list`, from the number `after` (exclusive) on. */
	enum err (*alarm_list)(void *state, const char *subject, int64_t after,
	    size_t size, struct stored_alarm *page, size_t *count);
	enum err (*alarms_forget)(void *state, int64_t before, int64_t *count);

	enum err (*notify)(void *state, unsigned events);
	/* ERR_STORE_FULL where `limit` wait. */
	enum err (*notify_refused)(void *state, const struct refusal *refusal,
	    int64_t limit);
	/* store_notify_expiring, for the next day alone (store_expiring_day);
	 * *reached is its end, or past `until` where that was looked at. */
	enum err (*notify_expiring)(void *state, int64_t until, int64_t now,
	    int64_t *reached);
	enum err (*notification_take)(void *state, int64_t now, int64_t until,
	    struct stored_notification *stored);
	enum err (*notification_put_off)(void *state, int64_t number,
	    int64_t tries, int64_t due_at);
	enum err (*notification_end)(void *state, int64_t number);
	enum err (*notifications_drop)(void *state, int64_t before,
	    int64_t *count);
	/* As `list`, from the number `after` (exclusive) on. */
	enum err (*notification_list)(void *state, int64_t after, size_t size,
	    struct stored_notification *page, size_t *count);

	enum err (*challenges_add)(void *state,
	    const struct challenge_record *records, size_t count, int64_t now);
	enum err (*challenge_get)(void *state, struct bytes hash,
	    struct stored_challenge *stored);
	enum err (*challenge_revoke)(void *state, int64_t number);
	enum err (*challenges_forget)(void *state, int64_t before,
	    int64_t limit, int64_t *count);
	/* As `list`, from the number `after` (exclusive) on. */
	enum err (*challenge_list)(void *state, int64_t after, size_t size,
	    struct stored_challenge *page, size_t *count);

	enum err (*backup)(void *state, const char *path,
	    struct problems *problems);

	/* Once, at the end. */
	void (*close)(void *state);
};

struct store {
	const struct store_ops *ops;
	void *state;
	pthread_mutex_t mutex; /* guards what follows: */
	int64_t untold;        /* store_notify_refused has not told these, */
	int64_t untold_at;     /* and said so last; 0: never */
};

/* A store of this implementation; the caller's, to store_close. */
struct store *store_new(const struct store_ops *ops, void *state);

extern const struct store_ops store_memory_ops;
extern const struct store_ops store_sqlite_ops;

/* The states that stand behind them. */
void *store_memory_new(void);
CHECKED enum err store_sqlite_open(const struct store_settings *settings,
    void **state, struct problems *problems);

/* What store_restore and store_check do. */
CHECKED enum err store_sqlite_restore(const struct store_restoration *order,
    struct buf *kept, struct problems *problems);
CHECKED enum err store_sqlite_check(const char *path,
    struct problems *problems);

/* What all implementations decide in one way: store_rules.c. */

/* Whether a transaction may come from one state into another. */
enum store_step {
	STORE_STEP_WRONG, /* it can't */
	STORE_STEP_DONE,  /* it is there, or past it, by somebody else */
	STORE_STEP_OPEN   /* it may, now */
};

enum store_step store_step(enum transaction_state from,
    enum transaction_state to);

/* Why a transaction that has lapsed is refused, in a notification. */
#define STORE_REASON_LAPSED "it was not decided, fetched or made in time"

/* The day of what expires that is looked at next: from *from (exclusive), up to
 * which was looked at already, to the result; not past `until`. */
int64_t store_expiring_day(int64_t *from, int64_t until, int64_t now);

/* Why a transaction ends that was withheld: its certificate was revoked in
 * between, or nobody has taken notice of it in time. */
struct decision store_revoked_meanwhile(int64_t now);
struct decision store_waited_too_long(int64_t now);

/* Whether it has a certificate that its device has not got, and can be left
 * without. */
bool store_may_be_withdrawn(enum transaction_state state);

/* Whether others may be asked about it. */
bool store_may_be_taken(const struct transaction *transaction);

/* Whether it ends where nobody does anything about it. */
bool store_may_lapse(enum transaction_state state);

/* Whether it is at its end. */
bool store_state_is_end(enum transaction_state state);

/* The state that an order's transaction begins in. */
enum transaction_state store_first_state(const struct transaction_order *order);

/* Which certificates count against the active_limit of what is to be begun. */
struct active_filter store_rivals(const struct transaction_order *order);

/* Whether the newest transaction of the order's key is the answer to it. */
bool store_is_answer(const struct transaction *newest,
    const struct transaction_order *order);

/* What a certificate's revocation becomes. */
struct store_revocation {
	int64_t revoked_at; /* 0: it is not revoked */
	int reason;
	int64_t key_allowed_at; /* 0: the key is not allowed again */
};

/* Changes *revocation to `reason` (-1: taken back); *changed where that makes
 * a difference. ERR_STORE_NONE where it may not become that. */
CHECKED enum err store_revocation_change(struct store_revocation *revocation,
    int reason, int64_t now, bool *changed);

/* The same where another certificate has taken its place; whether that makes a
 * difference. */
bool store_revocation_supersede(struct store_revocation *revocation,
    int64_t now);

/* The same where nobody has ever got it, which says nothing against its key. */
bool store_revocation_withdraw(struct store_revocation *revocation,
    int64_t now);

/* Whether the certificate's key gets no other, for this. */
bool store_revocation_bars_key(const struct store_revocation *revocation);

#endif
