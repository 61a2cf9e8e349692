/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/configuration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sealed.h"
#include "fcgi/child.h"
#include "scep/endpoint.h"

enum err
configuration_read(struct configuration *configuration, const char *path,
    struct problems *problems)
{
	enum err err = conf_open(path, &configuration->conf, problems);

	if (err != ERR_OK)
		return err;
	return settings_read(configuration->conf, &configuration->settings,
	    problems);
}

/* The first file that was read is the configuration's own, so its name need
 * not be told. */
static enum err
read_replayed(struct configuration *configuration, struct problems *problems)
{
	const struct snapshot_item *first = snapshot_at(configuration->snapshot,
	    0);
	enum err err;

	if (first == NULL)
		return ERR_CONFIGURATION;
	file_replay(configuration->snapshot);
	err = configuration_read(configuration, first->name, problems);
	if (err == ERR_OK)
		log_open(configuration->settings.log);
	return err;
}

enum err
configuration_receive(struct configuration *configuration, int fd,
    struct problems *problems)
{
	struct buf octets = { 0 };
	enum err err = ERR_CONFIGURATION;

	if (!sealed_read(fd, &octets))
		problem_add(problems, PROBLEM_ERROR,
		    "the configuration was not handed over: %s",
		    strerror(errno));
	else if (snapshot_read(buf_bytes(&octets), &configuration->snapshot) ==
	    ERR_OK)
		err = read_replayed(configuration, problems);
	buf_clear(&octets);
	return err;
}

enum err
configuration_connect(struct configuration *configuration, size_t count,
    size_t request_limit, struct problems *problems)
{
	int *channels = child_channels(count);
	enum err err = key_channels_new(channels, count, request_limit,
	    &configuration->channels);

	free(channels);
	if (err != ERR_OK)
		problem_add(problems, PROBLEM_ERROR,
		    "can't talk to the key process: %s", err_meaning(err));
	return err;
}

void
configuration_connect_errands(struct configuration *configuration)
{
	configuration->errands = errands_new(CHILD_ERRANDS);
}

enum err
configuration_share_guesses(struct configuration *configuration,
    struct problems *problems)
{
	const struct settings *settings = &configuration->settings;

	configuration->guesses = guesses_new(&settings->guesses,
	    settings->provider, CHILD_GUESSES);
	if (configuration->guesses == NULL) {
		problem_add(problems, PROBLEM_ERROR,
		    "can't share what is known of wrong challenges: %s",
		    strerror(errno));
		return ERR_CONFIGURATION;
	}
	close(CHILD_GUESSES);
	return ERR_OK;
}

static enum err
open_state(struct configuration *configuration, unsigned threads,
    struct problems *problems)
{
	const struct store_settings settings = {
		.path = configuration->settings.state,
		.connections = threads,
		.create = true,
	};

	return store_open(&settings, &configuration->store, problems);
}

static enum err
make_notifier(struct configuration *configuration, struct problems *problems)
{
	const struct conf_section *section = configuration->settings.notify;

	return section == NULL ?
	    ERR_OK :
	    notifier_new(section, &configuration->notifier, problems);
}

/* Before anything happens. */
static enum err
want_notifications(struct configuration *configuration,
    struct problems *problems)
{
	enum err err = store_notify(configuration->store,
	    notifier_events(configuration->notifier));

	if (err == ERR_OK)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: can't be told what to notify of: %s",
	    configuration->settings.state, err_meaning(err));
	return ERR_CONFIGURATION;
}

static enum err
make_scep(struct configuration *configuration, struct problems *problems)
{
	const struct endpoint_setup setup = {
		.crypto = {
			.provider = configuration->settings.provider,
			.channels = configuration->channels,
			.now = clock_now(),
		},
		.store = configuration->store,
		.errands = configuration->errands,
		.guesses = configuration->guesses,
	};
	enum err err = scep_new(&configuration->settings.endpoints, &setup,
	    &configuration->scep, problems);

	if (err == ERR_OK)
		configuration->errand_table = scep_errands(configuration->scep);
	return err;
}

static enum err
open_for_serving(struct configuration *configuration, unsigned threads,
    struct problems *problems)
{
	enum err err = open_state(configuration, threads, problems);

	if (err == ERR_OK)
		err = want_notifications(configuration, problems);
	if (configuration->errands == NULL)
		configuration->errands =
		    errands_new_local(&configuration->errand_table);
	errands_limit_waits(configuration->errands,
	    threads > 1 ? threads / 2 : 1);
	if (configuration->guesses == NULL)
		configuration->guesses =
		    guesses_new(&configuration->settings.guesses,
			configuration->settings.provider, -1);
	return err;
}

/* Where nothing is served, all that is wrong is to be found. */
enum err
configuration_assemble(struct configuration *configuration, unsigned threads,
    struct problems *problems)
{
	enum err err = make_notifier(configuration, problems), made;

	if (threads > 0) {
		if (err == ERR_OK)
			err = open_for_serving(configuration, threads,
			    problems);
		if (err != ERR_OK)
			return err;
	}
	made = make_scep(configuration, problems);
	return err == ERR_OK ? made : err;
}

void
configuration_clear(struct configuration *configuration)
{
	scep_free(configuration->scep);
	notifier_free(configuration->notifier);
	store_close(configuration->store);
	errands_free(configuration->errands);
	guesses_free(configuration->guesses);
	key_channels_free(configuration->channels);
	conf_free(configuration->conf);
	if (configuration->snapshot != NULL)
		file_replay(NULL);
	snapshot_free(configuration->snapshot);
	*configuration = (struct configuration){ 0 };
}
