/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fakes/null_store.h"

#include "store/store_internal.h"

static enum err
find(void *state, const struct transaction_key *key,
    struct transaction *transaction)
{
	(void)state;
	(void)key;
	(void)transaction;
	return ERR_STORE_NONE;
}

static enum err
begin(void *state, const struct transaction_order *order,
    struct transaction *transaction)
{
	(void)state;
	transaction->number = 1;
	transaction->state = TRANSACTION_SIGNING;
	buf_append(&transaction->tbs, order->tbs);
	return ERR_OK;
}

static enum err
issue(void *state, int64_t number, struct bytes certificate, int64_t now,
    struct transaction *transaction)
{
	(void)state;
	(void)now;
	transaction->number = number;
	transaction->state = TRANSACTION_ISSUED;
	buf_append(&transaction->certificate, certificate);
	return ERR_OK;
}

static enum err
certificate_get(void *state, struct bytes authority, struct bytes serial,
    struct stored_certificate *certificate)
{
	(void)state;
	(void)authority;
	(void)serial;
	(void)certificate;
	return ERR_STORE_NONE;
}

static enum err
key_is_revoked(void *state, struct bytes key, bool *revoked)
{
	(void)state;
	(void)key;
	*revoked = false;
	return ERR_OK;
}

static void
close(void *state)
{
	(void)state;
}

static const struct store_ops ops = {
	.find = find,
	.begin = begin,
	.issue = issue,
	.certificate_get = certificate_get,
	.key_is_revoked = key_is_revoked,
	.close = close,
};

struct store *
null_store_new(void)
{
	return store_new(&ops, NULL);
}
