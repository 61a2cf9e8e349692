/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "base/xalloc.h"
#include "store/store_sqlite_internal.h"

struct connection *
store_sqlite_take(struct sqlite_store *store)
{
	struct connection *connection;

	pthread_mutex_lock(&store->mutex);
	while (store->free == NULL)
		pthread_cond_wait(&store->wake, &store->mutex);
	connection = store->free;
	store->free = connection->next;
	pthread_mutex_unlock(&store->mutex);
	return connection;
}

void
store_sqlite_give(struct connection *connection)
{
	struct sqlite_store *store = connection->store;

	pthread_mutex_lock(&store->mutex);
	connection->next = store->free;
	store->free = connection;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->mutex);
}

enum err
store_sqlite_begin_change(struct sqlite_store *store,
    struct connection **connection)
{
	struct connection *taken = store_sqlite_take(store);
	enum err err = connection_begin(taken);

	if (err != ERR_OK) {
		store_sqlite_give(taken);
		return err;
	}
	*connection = taken;
	return ERR_OK;
}

enum err
store_sqlite_end_change(struct connection *connection, enum err err)
{
	err = connection_end(connection, err);
	store_sqlite_give(connection);
	return err;
}

static void
store_sqlite_close(void *state)
{
	struct sqlite_store *store = state;

	for (unsigned i = 0; i < store->count; i++)
		connection_close(&store->connections[i]);
	pthread_cond_destroy(&store->wake);
	pthread_mutex_destroy(&store->mutex);
	free(store->path);
	free(store);
}

static struct sqlite_store *
new_store(const struct store_settings *settings)
{
	struct sqlite_store *store = xalloc(sizeof(*store) +
	    settings->connections * sizeof(store->connections[0]));

	store->path = store_sqlite_plain_path(settings->path);
	pthread_mutex_init(&store->mutex, NULL);
	pthread_cond_init(&store->wake, NULL);
	return store;
}

/* One that failed counts, so that it is closed. */
static enum err
open_next(struct sqlite_store *store, bool create, struct problems *problems)
{
	struct connection *connection = &store->connections[store->count++];
	enum err err;

	connection->store = store;
	connection->lock = store_sqlite_open_lock(store->path, problems);
	if (connection->lock < 0)
		return ERR_CONFIGURATION;
	/* Nobody sees a database that is half made, nor is one that opens it
	 * told that it is locked. */
	connection_lock(connection);
	err = connection_open(connection, store->path, SQLITE_OPEN_READWRITE,
	    problems);
	if (err == ERR_OK)
		err = store_sqlite_upgrade(connection, create, problems);
	if (err == ERR_OK)
		err = connection_prepare(connection, problems);
	connection_unlock(connection);
	if (err == ERR_OK)
		store_sqlite_give(connection);
	return err;
}

enum err
store_sqlite_open(const struct store_settings *settings, void **state,
    struct problems *problems)
{
	struct sqlite_store *store;
	enum err err = store_sqlite_prepare_file(settings, problems);

	if (err != ERR_OK)
		return err;
	store = new_store(settings);
	while (err == ERR_OK && store->count < settings->connections)
		err = open_next(store, settings->create, problems);
	if (err != ERR_OK) {
		store_sqlite_close(store);
		return err;
	}
	*state = store;
	return ERR_OK;
}

const struct store_ops store_sqlite_ops = {
	.find = store_sqlite_find,
	.begin = store_sqlite_begin,
	.sign = store_sqlite_sign,
	.issue = store_sqlite_issue,
	.submit = store_sqlite_submit,
	.take = store_sqlite_take_due,
	.put_off = store_sqlite_put_off,
	.make_due = store_sqlite_make_due,
	.complete = store_sqlite_complete,
	.withhold = store_sqlite_withhold,
	.release = store_sqlite_release,
	.count_try = store_sqlite_count_try,
	.withdraw = store_sqlite_withdraw,
	.decide = store_sqlite_decide,
	.lapse = store_sqlite_lapse,
	.purge = store_sqlite_purge,
	.get = store_sqlite_get,
	.list = store_sqlite_list,
	.certificate_get = store_sqlite_certificate_get,
	.certificate_list = store_sqlite_certificate_list,
	.certificate_add = store_sqlite_certificate_add,
	.certificate_signed = store_sqlite_certificate_signed,
	.certificate_revoke = store_sqlite_certificate_revoke,
	.certificates_revoke = store_sqlite_certificates_revoke,
	.authority_next = store_sqlite_authority_next,
	.key_is_revoked = store_sqlite_key_is_revoked,
	.key_allow = store_sqlite_key_allow,
	.revision = store_sqlite_revision,
	.crl_get = store_sqlite_crl_get,
	.crl_put = store_sqlite_crl_put,
	.count = store_sqlite_count,
	.count_revoked = store_sqlite_count_revoked,
	.count_active = store_sqlite_count_active,
	.mark_get = store_sqlite_mark_get,
	.mark_put = store_sqlite_mark_put,
	.alarms_sweep = store_sqlite_alarms_sweep,
	.alarm_list = store_sqlite_alarm_list,
	.alarms_forget = store_sqlite_alarms_forget,
	.notify = store_sqlite_notify,
	.notify_refused = store_sqlite_notify_refused,
	.notify_expiring = store_sqlite_notify_expiring,
	.notification_take = store_sqlite_notification_take,
	.notification_put_off = store_sqlite_notification_put_off,
	.notification_end = store_sqlite_notification_end,
	.notifications_drop = store_sqlite_notifications_drop,
	.notification_list = store_sqlite_notification_list,
	.challenges_add = store_sqlite_challenges_add,
	.challenge_get = store_sqlite_challenge_get,
	.challenge_revoke = store_sqlite_challenge_revoke,
	.challenges_forget = store_sqlite_challenges_forget,
	.challenge_list = store_sqlite_challenge_list,
	.backup = store_sqlite_backup,
	.close = store_sqlite_close,
};
