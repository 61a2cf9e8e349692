/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/key_child.h"

#include <stdlib.h>

#include "base/log.h"
#include "fcgi/child.h"
#include "fcgi/configuration.h"
#include "fcgi/key_process.h"
#include "fcgi/sandbox.h"

/* What is different for whom it works. */
struct client {
	unsigned kinds; /* that keys sign beside certificates and replies */
	size_t request_limit;
	size_t channels; /* 0: as many as a worker has threads */
};

static const struct client worker = { 0, KEY_WIRE_WORKER_LIMIT, 0 };
static const struct client keeper = { SIGN_CRL, KEY_WIRE_KEEPER_LIMIT, 1 };

/* Before any key is in it.  Of all key processes, one tells what is the same
 * for all. */
static void
protect_memory(const struct client *client)
{
	if (!sandbox_protect_memory() && client == &keeper)
		log_event(LOG_LEVEL_INFO,
		    "the memory of key processes is not locked, so keys may "
		    "be written to swap: start scepd with an unlimited "
		    "RLIMIT_MEMLOCK (systemd: LimitMEMLOCK=infinity)");
}

/* The sandbox comes when all files are read and before the first thread,
 * which would not be in it. */
static enum err
prepare(struct configuration *configuration, struct guarded_keys *keys,
    struct problems *problems)
{
	enum err err = configuration_assemble(configuration, 0, problems);

	if (err != ERR_OK)
		return err;
	scep_guard_add(configuration->scep, keys);
	return sandbox_enter(SANDBOX_KEY_PROCESS, problems);
}

static enum err
answer(const struct guarded_keys *keys, size_t count, size_t request_limit)
{
	int *channels = child_channels(count);
	enum err err;

	child_tell_ready();
	err = key_process_run(keys, channels, count, request_limit);
	free(channels);
	return err;
}

static enum err
serve(const struct client *client, struct configuration *configuration,
    struct problems *problems)
{
	const struct settings *settings = &configuration->settings;
	struct guarded_keys *keys = guarded_keys_new(settings->provider,
	    client->kinds);
	enum err err = prepare(configuration, keys, problems);

	if (err == ERR_OK)
		err = answer(keys,
		    client->channels > 0 ? client->channels : settings->threads,
		    client->request_limit);
	guarded_keys_free(keys);
	return err;
}

static enum err
run(const struct client *client, struct problems *problems)
{
	struct configuration configuration = { 0 };
	enum err err;

	protect_memory(client);
	err = configuration_receive(&configuration, CHILD_SNAPSHOT, problems);
	if (err == ERR_OK)
		err = serve(client, &configuration, problems);
	configuration_clear(&configuration);
	return err;
}

enum err
key_child_run_for_worker(struct problems *problems)
{
	return run(&worker, problems);
}

enum err
key_child_run_for_keeper(struct problems *problems)
{
	return run(&keeper, problems);
}
