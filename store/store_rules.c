/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_internal.h"

enum store_step
store_step(enum transaction_state from, enum transaction_state to)
{
	static const enum store_step steps[][TRANSACTION_STATES] = {
		[TRANSACTION_HELD] = {
			[TRANSACTION_APPROVED] = STORE_STEP_OPEN,
			[TRANSACTION_REJECTED] = STORE_STEP_OPEN,
			[TRANSACTION_LAPSED] = STORE_STEP_OPEN,
		},
		[TRANSACTION_APPROVED] = {
			[TRANSACTION_APPROVED] = STORE_STEP_OPEN,
			[TRANSACTION_REJECTED] = STORE_STEP_OPEN,
			[TRANSACTION_SIGNING] = STORE_STEP_OPEN,
			[TRANSACTION_SUBMITTED] = STORE_STEP_OPEN,
		},
		[TRANSACTION_SIGNING] = {
			[TRANSACTION_SIGNING] = STORE_STEP_DONE,
			[TRANSACTION_ISSUED] = STORE_STEP_OPEN,
			[TRANSACTION_WITHHELD] = STORE_STEP_OPEN,
		},
		[TRANSACTION_ISSUED] = {
			[TRANSACTION_SIGNING] = STORE_STEP_DONE,
			[TRANSACTION_ISSUED] = STORE_STEP_DONE,
			[TRANSACTION_SUBMITTED] = STORE_STEP_DONE,
			[TRANSACTION_WITHHELD] = STORE_STEP_DONE,
		},
		[TRANSACTION_REJECTED] = {
			[TRANSACTION_SIGNING] = STORE_STEP_DONE,
			[TRANSACTION_SUBMITTED] = STORE_STEP_DONE,
		},
		[TRANSACTION_SUBMITTED] = {
			[TRANSACTION_SUBMITTED] = STORE_STEP_DONE,
			[TRANSACTION_REJECTED] = STORE_STEP_OPEN,
			[TRANSACTION_WITHHELD] = STORE_STEP_OPEN,
		},
		[TRANSACTION_WITHHELD] = {
			[TRANSACTION_SIGNING] = STORE_STEP_DONE,
			[TRANSACTION_ISSUED] = STORE_STEP_DONE,
			[TRANSACTION_SUBMITTED] = STORE_STEP_DONE,
			[TRANSACTION_WITHHELD] = STORE_STEP_DONE,
		},
	};

	return steps[from][to];
}

struct active_filter
store_rivals(const struct transaction_order *order)
{
	return (struct active_filter){
		.authority = order->certificate.authority,
		.identity = order->certificate.identity,
		.except = order->active_except,
		.now = order->now,
	};
}

/* Nobody waits for a year's certificates to be looked through at once; and what
 * has expired is of no interest. */
#define DAY 86400

int64_t
store_expiring_day(int64_t *from, int64_t until, int64_t now)
{
	if (*from < now)
		*from = now;
	return until - *from > DAY ? *from + DAY : until;
}

static struct decision
end_for(const char *reason, int64_t now)
{
	return (struct decision){ .reason = bytes_of_string(reason),
		.fail_info = FAIL_INFO_BAD_REQUEST,
		.now = now };
}

struct decision
store_revoked_meanwhile(int64_t now)
{
	return end_for("its certificate was revoked while it was withheld",
	    now);
}

struct decision
store_waited_too_long(int64_t now)
{
	return end_for("its certificate was not fetched, or taken notice of, "
		       "in time",
	    now);
}

bool
store_may_be_withdrawn(enum transaction_state state)
{
	return state == TRANSACTION_SIGNING || state == TRANSACTION_WITHHELD;
}

bool
store_may_be_taken(const struct transaction *transaction)
{
	return transaction->state == TRANSACTION_SUBMITTED ||
	    transaction->state == TRANSACTION_WITHHELD ||
	    (transaction->state == TRANSACTION_HELD &&
		transaction->csr.size > 0);
}

bool
store_may_lapse(enum transaction_state state)
{
	return state == TRANSACTION_HELD || state == TRANSACTION_APPROVED ||
	    state == TRANSACTION_SUBMITTED || store_may_be_withdrawn(state);
}

bool
store_state_is_end(enum transaction_state state)
{
	return state == TRANSACTION_ISSUED || state == TRANSACTION_REJECTED ||
	    state == TRANSACTION_LAPSED;
}

enum transaction_state
store_first_state(const struct transaction_order *order)
{
	if (order->tbs.size > 0)
		return TRANSACTION_SIGNING;
	if (order->authority.size > 0)
		return TRANSACTION_SUBMITTED;
	return order->approved ? TRANSACTION_APPROVED : TRANSACTION_HELD;
}

bool
store_is_answer(const struct transaction *newest,
    const struct transaction_order *order)
{
	if (!bytes_equal(buf_bytes(&newest->request_hash), order->request_hash))
		return false;
	return !store_state_is_end(newest->state) ||
	    newest->number > order->seen;
}

/* RFC 5280 section 5.3.1: what is on hold can be released. */
#define REASON_SUPERSEDED 4
#define REASON_CESSATION 5
#define REASON_HOLD 6

/* By way of a hold, who is revoked for good would come back. */
static bool
may_become(const struct store_revocation *revocation, int reason)
{
	if (revocation->revoked_at == 0)
		return reason >= 0;
	return revocation->reason == REASON_HOLD ||
	    (reason >= 0 && reason != REASON_HOLD);
}

enum err
store_revocation_change(struct store_revocation *revocation, int reason,
    int64_t now, bool *changed)
{
	bool is_revoked = revocation->revoked_at != 0;

	if (!may_become(revocation, reason))
		return ERR_STORE_NONE;
	if (reason < 0) {
		*revocation = (struct store_revocation){ 0 };
		*changed = true;
		return ERR_OK;
	}
	*changed = !is_revoked || revocation->reason != reason;
	if (!is_revoked)
		*revocation = (struct store_revocation){ .revoked_at = now };
	revocation->reason = reason;
	return ERR_OK;
}

/* What is revoked stays so, for the reason that it has. */
static bool
revoke_once(struct store_revocation *revocation,
    const struct store_revocation *wanted)
{
	if (revocation->revoked_at != 0)
		return false;
	*revocation = *wanted;
	return true;
}

bool
store_revocation_supersede(struct store_revocation *revocation, int64_t now)
{
	return revoke_once(revocation,
	    &(struct store_revocation){ now, REASON_SUPERSEDED, 0 });
}

bool
store_revocation_withdraw(struct store_revocation *revocation, int64_t now)
{
	return revoke_once(revocation,
	    &(struct store_revocation){ now, REASON_CESSATION, now });
}

/* So does a statement of SQL. */
bool
store_revocation_bars_key(const struct store_revocation *revocation)
{
	return revocation->revoked_at != 0 && revocation->key_allowed_at == 0 &&
	    revocation->reason != REASON_SUPERSEDED;
}
