/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_memory_internal.h"

/* The mutex is taken by the slots, and only there. */

static void
set(struct buf *buf, struct bytes bytes)
{
	buf_clear(buf);
	buf_append(buf, bytes);
}

static void
copy(struct memory_store *store, const struct memory_transaction *from,
    struct transaction *to)
{
	const struct transaction *stored = &from->stored;

	to->number = stored->number;
	to->state = stored->state;
	to->created_at = stored->created_at;
	to->changed_at = stored->changed_at;
	set(&to->endpoint, buf_bytes(&stored->endpoint));
	set(&to->transaction_id, buf_bytes(&stored->transaction_id));
	set(&to->signer_key, buf_bytes(&stored->signer_key));
	set(&to->request_hash, buf_bytes(&stored->request_hash));
	set(&to->request, buf_bytes(&stored->request));
	set(&to->subject, buf_bytes(&stored->subject));
	set(&to->peer, buf_bytes(&stored->peer));
	set(&to->profile, store_memory_profile(from));
	set(&to->reason, buf_bytes(&stored->reason));
	to->fail_info = stored->fail_info;
	set(&to->tbs, buf_bytes(&stored->tbs));
	set(&to->csr, buf_bytes(&stored->csr));
	set(&to->authority, buf_bytes(&stored->authority));
	set(&to->cookie, buf_bytes(&stored->cookie));
	set(&to->renews_authority, buf_bytes(&stored->renews_authority));
	set(&to->renews_serial, buf_bytes(&stored->renews_serial));
	to->supersedes = stored->supersedes;
	to->tried_at = stored->tried_at;
	to->due_at = stored->due_at;
	to->tries = stored->tries;
	if (from->certificate > 0) {
		const struct memory_certificate *certificate =
		    &store->certificates[from->certificate - 1];

		set(&to->certificate, buf_bytes(&certificate->stored.der));
		to->revoked = certificate->revocation.revoked_at != 0;
	}
}

static bool
is_at(const struct memory_transaction *row, const char *endpoint)
{
	return bytes_equal_string(buf_bytes(&row->stored.endpoint), endpoint);
}

static bool
has_key(const struct memory_transaction *row, const struct transaction_key *key)
{
	return !row->purged && is_at(row, key->endpoint) &&
	    bytes_equal(buf_bytes(&row->stored.transaction_id),
		key->transaction_id) &&
	    bytes_equal(buf_bytes(&row->stored.signer_key), key->signer_key);
}

/* Or NULL. */
static struct memory_transaction *
newest_of(struct memory_store *store, const struct transaction_key *key)
{
	for (size_t i = store->transaction_count; i > 0; i--)
		if (has_key(&store->transactions[i - 1], key))
			return &store->transactions[i - 1];
	return NULL;
}

/* Numbers are places in the array, from 1 on. */
static struct memory_transaction *
row_of(struct memory_store *store, int64_t number)
{
	if (number < 1 || (uint64_t)number > store->transaction_count ||
	    store->transactions[number - 1].purged)
		return NULL;
	return &store->transactions[number - 1];
}

static enum err
copy_found(struct memory_store *store, const struct memory_transaction *row,
    struct transaction *transaction)
{
	if (row == NULL)
		return ERR_STORE_NONE;
	copy(store, row, transaction);
	return ERR_OK;
}

static enum err
memory_find(void *state, const struct transaction_key *key,
    struct transaction *transaction)
{
	struct memory_store *store = state;
	enum err err;

	pthread_mutex_lock(&store->mutex);
	err = copy_found(store, newest_of(store, key), transaction);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

static enum err
memory_get(void *state, int64_t number, struct transaction *transaction)
{
	struct memory_store *store = state;
	enum err err;

	pthread_mutex_lock(&store->mutex);
	err = copy_found(store, row_of(store, number), transaction);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

static bool
fits(const struct memory_transaction *row,
    const struct transaction_filter *filter)
{
	return !row->purged && (filter->states >> row->stored.state & 1) != 0 &&
	    row->stored.number > filter->after &&
	    (filter->endpoint == NULL || is_at(row, filter->endpoint));
}

static enum err
memory_list(void *state, const struct transaction_filter *filter, size_t size,
    struct transaction *page, size_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; *count < size && i < store->transaction_count; i++)
		if (fits(&store->transactions[i], filter))
			copy(store, &store->transactions[i], &page[(*count)++]);
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static int64_t
count_held(const struct memory_store *store, const char *endpoint)
{
	const struct transaction_filter filter = { .endpoint = endpoint,
		.states = 1U << TRANSACTION_HELD };
	int64_t count = 0;

	for (size_t i = 0; i < store->transaction_count; i++)
		count += fits(&store->transactions[i], &filter);
	return count;
}

static void
add(struct memory_store *store, const struct transaction_order *order,
    int64_t challenge)
{
	enum transaction_state first = store_first_state(order);
	struct memory_transaction *row;

	store->transactions = xrealloc(store->transactions,
	    store->transaction_count + 1, sizeof(*row));
	row = &store->transactions[store->transaction_count++];
	*row = (struct memory_transaction){
		.stored = { .number = (int64_t)store->transaction_count,
		    .state = first,
		    .created_at = order->now,
		    .changed_at = order->now,
		    .fail_info = FAIL_INFO_BAD_REQUEST,
		    .supersedes = order->supersedes },
		.certificate = first == TRANSACTION_SIGNING ?
		    store->certificate_count :
		    0,
		.challenge = challenge,
	};
	buf_append_string(&row->stored.endpoint, order->key.endpoint);
	buf_append(&row->stored.transaction_id, order->key.transaction_id);
	buf_append(&row->stored.signer_key, order->key.signer_key);
	buf_append(&row->stored.request_hash, order->request_hash);
	buf_append(&row->stored.request, order->request);
	buf_append(&row->stored.subject, order->subject);
	buf_append(&row->stored.peer, order->peer);
	buf_append(&row->chosen, order->profile);
	buf_append(&row->stored.tbs, order->tbs);
	buf_append(&row->stored.authority, order->authority);
	buf_append(&row->stored.csr, order->csr);
	buf_append(&row->stored.renews_authority, order->renews.authority);
	buf_append(&row->stored.renews_serial, order->renews.serial);
	if (row->certificate > 0)
		store_memory_note_origin(store, row);
	store_memory_note_state(store, row);
}

static bool
is_one_too_many(const struct memory_store *store,
    const struct transaction_order *order)
{
	const struct active_filter rivals = store_rivals(order);

	return order->active_limit > 0 &&
	    store_memory_find_active(store, &rivals, order->active_limit) >=
	    order->active_limit;
}

static enum err
begin(struct memory_store *store, const struct transaction_order *order)
{
	enum transaction_state first = store_first_state(order);
	int64_t challenge = 0;
	enum err err;

	/* Before it uses anything. */
	if (first == TRANSACTION_SIGNING && is_one_too_many(store, order))
		return ERR_DUPLICATE;
	err = store_memory_use_challenge(store, order, &challenge);
	if (err != ERR_OK)
		return err;
	if (first == TRANSACTION_SIGNING)
		err = store_memory_add_certificate(store, &order->certificate,
		    bytes_of_string(NULL));
	else if (first == TRANSACTION_HELD && order->held_limit > 0 &&
	    count_held(store, order->key.endpoint) >= order->held_limit)
		err = ERR_STORE_FULL;
	if (err == ERR_OK)
		add(store, order, challenge);
	else
		store_memory_give_back_challenge(store, challenge);
	return err;
}

static enum err
memory_begin(void *state, const struct transaction_order *order,
    struct transaction *transaction)
{
	struct memory_store *store = state;
	const struct memory_transaction *newest;
	enum err err = ERR_OK;

	pthread_mutex_lock(&store->mutex);
	newest = newest_of(store, &order->key);
	if (newest == NULL || !store_is_answer(&newest->stored, order))
		err = begin(store, order);
	if (err == ERR_OK)
		copy(store, newest_of(store, &order->key), transaction);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

/* How far that transaction is from state `to`. */
static enum store_step
step_of(const struct memory_transaction *row, enum transaction_state to)
{
	return row == NULL ? STORE_STEP_WRONG :
			     store_step(row->stored.state, to);
}

/* What was needed to come to its end is not kept beyond it. */
static void
enter(struct memory_store *store, struct memory_transaction *row,
    enum transaction_state state, int64_t now)
{
	row->stored.state = state;
	row->stored.changed_at = now;
	store_memory_note_state(store, row);
	if (!store_state_is_end(state))
		return;
	if (state != TRANSACTION_ISSUED)
		store_memory_give_back_challenge(store, row->challenge);
	row->challenge = 0;
	buf_clear(&row->stored.csr);
	buf_clear(&row->stored.authority);
	buf_clear(&row->stored.cookie);
	buf_clear(&row->stored.renews_authority);
	buf_clear(&row->stored.renews_serial);
	row->stored.supersedes = false;
	row->stored.tried_at = row->stored.due_at = row->stored.tries = 0;
}

static enum err
memory_sign(void *state, int64_t number, struct bytes tbs,
    const struct certificate_record *certificate, int64_t now,
    struct transaction *transaction)
{
	struct memory_store *store = state;
	struct memory_transaction *row;
	enum store_step step;
	enum err err = ERR_OK;

	pthread_mutex_lock(&store->mutex);
	row = row_of(store, number);
	step = step_of(row, TRANSACTION_SIGNING);
	if (step == STORE_STEP_WRONG)
		err = ERR_STORE_NONE;
	else if (step == STORE_STEP_OPEN)
		err = store_memory_add_certificate(store, certificate,
		    bytes_of_string(NULL));
	if (err == ERR_OK && step == STORE_STEP_OPEN) {
		enter(store, row, TRANSACTION_SIGNING, now);
		set(&row->stored.tbs, tbs);
		row->certificate = store->certificate_count;
		store_memory_note_origin(store, row);
	}
	if (err == ERR_OK)
		copy(store, row, transaction);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

static bool
is_revoked(const struct memory_store *store,
    const struct memory_transaction *row)
{
	return store->certificates[row->certificate - 1]
		   .revocation.revoked_at != 0;
}

static enum err
memory_issue(void *state, int64_t number, struct bytes certificate, int64_t now,
    struct transaction *transaction)
{
	struct memory_store *store = state;
	struct memory_transaction *row;
	enum store_step step;

	pthread_mutex_lock(&store->mutex);
	row = row_of(store, number);
	step = step_of(row, TRANSACTION_ISSUED);
	if (step == STORE_STEP_OPEN) {
		if (!is_revoked(store, row))
			store_memory_supersede(store, &row->stored, now);
		enter(store, row, TRANSACTION_ISSUED, now);
		buf_clear(&row->stored.tbs);
		set(&store->certificates[row->certificate - 1].stored.der,
		    certificate);
	}
	if (step != STORE_STEP_WRONG)
		copy(store, row, transaction);
	pthread_mutex_unlock(&store->mutex);
	return step == STORE_STEP_WRONG ? ERR_STORE_NONE : ERR_OK;
}

static enum err
memory_submit(void *state, int64_t number, struct bytes authority, int64_t now,
    struct transaction *transaction)
{
	struct memory_store *store = state;
	struct memory_transaction *row;
	enum store_step step;

	pthread_mutex_lock(&store->mutex);
	row = row_of(store, number);
	step = step_of(row, TRANSACTION_SUBMITTED);
	if (step == STORE_STEP_OPEN) {
		enter(store, row, TRANSACTION_SUBMITTED, now);
		set(&row->stored.authority, authority);
		buf_clear(&row->stored.cookie);
		row->stored.tried_at = row->stored.due_at = 0;
	}
	if (step != STORE_STEP_WRONG)
		copy(store, row, transaction);
	pthread_mutex_unlock(&store->mutex);
	return step == STORE_STEP_WRONG ? ERR_STORE_NONE : ERR_OK;
}

/* The row of one that others may be asked about, or NULL. */
static struct memory_transaction *
waiting_row_of(struct memory_store *store, int64_t number)
{
	struct memory_transaction *row = row_of(store, number);

	return row != NULL && store_may_be_taken(&row->stored) ? row : NULL;
}

static enum err
memory_take(void *state, int64_t number, int64_t now, int64_t until,
    struct transaction *transaction)
{
	struct memory_store *store = state;
	struct memory_transaction *row;
	bool may;

	pthread_mutex_lock(&store->mutex);
	row = waiting_row_of(store, number);
	may = row != NULL && row->stored.due_at <= now;
	if (may) {
		row->stored.due_at = until;
		copy(store, row, transaction);
		row->stored.tried_at = now;
	}
	pthread_mutex_unlock(&store->mutex);
	return may ? ERR_OK : ERR_STORE_NONE;
}

static enum err
memory_put_off(void *state, int64_t number, struct bytes cookie, int64_t due_at)
{
	struct memory_store *store = state;
	struct memory_transaction *row;

	pthread_mutex_lock(&store->mutex);
	row = waiting_row_of(store, number);
	if (row != NULL) {
		set(&row->stored.cookie, cookie);
		row->stored.due_at = due_at;
	}
	pthread_mutex_unlock(&store->mutex);
	return row == NULL ? ERR_STORE_NONE : ERR_OK;
}

static enum err
memory_make_due(void *state)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->transaction_count; i++)
		store->transactions[i].stored.due_at = 0;
	for (size_t i = 0; i < store->notification_count; i++)
		store->notifications[i].stored.due_at = 0;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static enum err
memory_complete(void *state, int64_t number,
    const struct certificate_record *certificate, struct bytes der, int64_t now)
{
	struct memory_store *store = state;
	struct memory_transaction *row;
	enum err err = ERR_STORE_NONE;

	pthread_mutex_lock(&store->mutex);
	row = waiting_row_of(store, number);
	if (row != NULL && row->stored.state == TRANSACTION_SUBMITTED)
		err = store_memory_take_in_certificate(store, certificate, der,
		    &row->certificate);
	if (err == ERR_OK) {
		store_memory_note_origin(store, row);
		store_memory_supersede(store, &row->stored, now);
		enter(store, row, TRANSACTION_ISSUED, now);
	}
	pthread_mutex_unlock(&store->mutex);
	return err;
}

/* What it is made with is not needed any more, nor who was asked before. */
static void
withhold(struct memory_store *store, struct memory_transaction *row,
    int64_t now)
{
	enter(store, row, TRANSACTION_WITHHELD, now);
	store_memory_note_origin(store, row);
	buf_clear(&row->stored.tbs);
	buf_clear(&row->stored.csr);
	buf_clear(&row->stored.cookie);
	row->stored.tried_at = row->stored.due_at = row->stored.tries = 0;
}

static enum err
memory_withhold(void *state, int64_t number,
    const struct certificate_record *record, struct bytes der, int64_t now)
{
	struct memory_store *store = state;
	struct memory_transaction *row;
	enum store_step step;
	enum err err = ERR_OK;

	pthread_mutex_lock(&store->mutex);
	row = row_of(store, number);
	step = step_of(row, TRANSACTION_WITHHELD);
	if (step == STORE_STEP_WRONG)
		err = ERR_STORE_NONE;
	else if (step == STORE_STEP_OPEN &&
	    row->stored.state == TRANSACTION_SIGNING)
		set(&store->certificates[row->certificate - 1].stored.der, der);
	else if (step == STORE_STEP_OPEN)
		err = store_memory_take_in_certificate(store, record, der,
		    &row->certificate);
	if (err == ERR_OK && step == STORE_STEP_OPEN)
		withhold(store, row, now);
	pthread_mutex_unlock(&store->mutex);
	return err;
}

/* Or NULL. */
static struct memory_transaction *
withheld_row_of(struct memory_store *store, int64_t number)
{
	struct memory_transaction *row = row_of(store, number);

	return row != NULL && row->stored.state == TRANSACTION_WITHHELD ? row :
									  NULL;
}

static void
settle(struct memory_store *store, struct memory_transaction *row,
    enum transaction_state to, const struct decision *decision)
{
	set(&row->stored.profile, decision->profile);
	set(&row->stored.reason, decision->reason);
	row->stored.fail_info = decision->fail_info;
	enter(store, row, to, decision->now);
}

static enum err
memory_release(void *state, int64_t number, int64_t now)
{
	const struct decision revoked = store_revoked_meanwhile(now);
	struct memory_store *store = state;
	struct memory_transaction *row;

	pthread_mutex_lock(&store->mutex);
	row = withheld_row_of(store, number);
	if (row != NULL && is_revoked(store, row)) {
		settle(store, row, TRANSACTION_LAPSED, &revoked);
	} else if (row != NULL) {
		store_memory_supersede(store, &row->stored, now);
		enter(store, row, TRANSACTION_ISSUED, now);
	}
	pthread_mutex_unlock(&store->mutex);
	return row == NULL ? ERR_STORE_NONE : ERR_OK;
}

static enum err
memory_count_try(void *state, int64_t number, int64_t due_at, int64_t *tries)
{
	struct memory_store *store = state;
	struct memory_transaction *row;

	pthread_mutex_lock(&store->mutex);
	row = withheld_row_of(store, number);
	if (row != NULL) {
		row->stored.due_at = due_at;
		*tries = ++row->stored.tries;
	}
	pthread_mutex_unlock(&store->mutex);
	return row == NULL ? ERR_STORE_NONE : ERR_OK;
}

static enum err
memory_withdraw(void *state, int64_t number, enum transaction_state to,
    const struct decision *decision)
{
	struct memory_store *store = state;
	struct memory_transaction *row;

	pthread_mutex_lock(&store->mutex);
	row = row_of(store, number);
	if (row != NULL && !store_may_be_withdrawn(row->stored.state))
		row = NULL;
	if (row != NULL) {
		store_memory_withdraw(store, row->certificate, decision->now);
		settle(store, row, to, decision);
	}
	pthread_mutex_unlock(&store->mutex);
	return row == NULL ? ERR_STORE_NONE : ERR_OK;
}

static enum err
memory_decide(void *state, int64_t number, const struct store_verdict *verdict)
{
	struct memory_store *store = state;
	struct memory_transaction *row;
	bool may;

	pthread_mutex_lock(&store->mutex);
	row = row_of(store, number);
	may = step_of(row, verdict->state) == STORE_STEP_OPEN &&
	    bytes_equal(buf_bytes(&row->stored.request_hash),
		verdict->request_hash);
	if (may)
		settle(store, row, verdict->state, verdict->decision);
	pthread_mutex_unlock(&store->mutex);
	return may ? ERR_OK : ERR_STORE_NONE;
}

static enum err
memory_lapse(void *state, int64_t before, int64_t now, int64_t *count)
{
	const struct decision too_long = store_waited_too_long(now);
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->transaction_count; i++) {
		struct memory_transaction *row = &store->transactions[i];

		if (row->purged || row->stored.changed_at >= before ||
		    !store_may_lapse(row->stored.state))
			continue;
		if (store_may_be_withdrawn(row->stored.state)) {
			store_memory_withdraw(store, row->certificate, now);
			settle(store, row, TRANSACTION_LAPSED, &too_long);
		} else {
			enter(store, row, TRANSACTION_LAPSED, now);
		}
		++*count;
	}
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static enum err
memory_purge(void *state, int64_t before, int64_t limit, int64_t *count)
{
	struct memory_store *store = state;

	*count = 0;
	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->transaction_count; i++) {
		struct memory_transaction *row = &store->transactions[i];

		if (*count == limit || row->purged ||
		    row->stored.changed_at >= before ||
		    !store_state_is_end(row->stored.state))
			continue;
		transaction_clear(&row->stored);
		row->purged = true;
		++*count;
	}
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static enum err
memory_count(void *state, struct store_counts *counts)
{
	struct memory_store *store = state;

	pthread_mutex_lock(&store->mutex);
	for (size_t i = 0; i < store->transaction_count; i++)
		if (!store->transactions[i].purged)
			counts->transactions[store->transactions[i]
						 .stored.state]++;
	counts->certificates = (int64_t)store->certificate_count;
	pthread_mutex_unlock(&store->mutex);
	return ERR_OK;
}

static enum err
memory_backup(void *state, const char *path, struct problems *problems)
{
	(void)state;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: a store in memory can't be copied", path);
	return ERR_FILE;
}

void *
store_memory_new(void)
{
	struct memory_store *store = xalloc(sizeof(*store));

	pthread_mutex_init(&store->mutex, NULL);
	return store;
}

static void
memory_close(void *state)
{
	struct memory_store *store = state;

	for (size_t i = 0; i < store->transaction_count; i++) {
		transaction_clear(&store->transactions[i].stored);
		buf_clear(&store->transactions[i].chosen);
	}
	free(store->transactions);
	store_memory_clear_certificates(store);
	store_memory_clear_marks(store);
	store_memory_clear_alarms(store);
	store_memory_clear_notifications(store);
	store_memory_clear_challenges(store);
	pthread_mutex_destroy(&store->mutex);
	free(store);
}

const struct store_ops store_memory_ops = {
	.find = memory_find,
	.begin = memory_begin,
	.sign = memory_sign,
	.issue = memory_issue,
	.submit = memory_submit,
	.take = memory_take,
	.put_off = memory_put_off,
	.make_due = memory_make_due,
	.complete = memory_complete,
	.withhold = memory_withhold,
	.release = memory_release,
	.count_try = memory_count_try,
	.withdraw = memory_withdraw,
	.decide = memory_decide,
	.lapse = memory_lapse,
	.purge = memory_purge,
	.get = memory_get,
	.list = memory_list,
	.certificate_get = store_memory_certificate_get,
	.certificate_list = store_memory_certificate_list,
	.certificate_add = store_memory_certificate_add,
	.certificate_signed = store_memory_certificate_signed,
	.certificate_revoke = store_memory_certificate_revoke,
	.certificates_revoke = store_memory_certificates_revoke,
	.authority_next = store_memory_authority_next,
	.key_is_revoked = store_memory_key_is_revoked,
	.key_allow = store_memory_key_allow,
	.revision = store_memory_revision,
	.crl_get = store_memory_crl_get,
	.crl_put = store_memory_crl_put,
	.count = memory_count,
	.count_revoked = store_memory_count_revoked,
	.count_active = store_memory_count_active,
	.mark_get = store_memory_mark_get,
	.mark_put = store_memory_mark_put,
	.alarms_sweep = store_memory_alarms_sweep,
	.alarm_list = store_memory_alarm_list,
	.alarms_forget = store_memory_alarms_forget,
	.notify = store_memory_notify,
	.notify_refused = store_memory_notify_refused,
	.notify_expiring = store_memory_notify_expiring,
	.notification_take = store_memory_notification_take,
	.notification_put_off = store_memory_notification_put_off,
	.notification_end = store_memory_notification_end,
	.notifications_drop = store_memory_notifications_drop,
	.notification_list = store_memory_notification_list,
	.challenges_add = store_memory_challenges_add,
	.challenge_get = store_memory_challenge_get,
	.challenge_revoke = store_memory_challenge_revoke,
	.challenges_forget = store_memory_challenges_forget,
	.challenge_list = store_memory_challenge_list,
	.backup = memory_backup,
	.close = memory_close,
};
