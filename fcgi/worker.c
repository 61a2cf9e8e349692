/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/worker.h"

#include <signal.h>

#include "base/count.h"
#include "crypto/key_wire.h"
#include "fcgi/child.h"
#include "fcgi/configuration.h"
#include "fcgi/exchange.h"
#include "fcgi/sandbox.h"
#include "fcgi/service.h"

/* A terminal and its user's signals go to all processes; what becomes of the
 * workers is the supervisor's to say (pair_end). */
static void
ignore_signals(void)
{
	static const int signals[] = { SIGINT, SIGHUP, SIGUSR1 };

	for (size_t i = 0; i < COUNT(signals); i++)
		signal(signals[i], SIG_IGN);
}

/* The order matters: the sandbox comes when all files are read and before the
 * first thread, which would not be in it. */
static enum err
prepare(struct configuration *configuration, struct problems *problems)
{
	enum err err = configuration_receive(configuration, CHILD_SNAPSHOT,
	    problems);

	if (err == ERR_OK)
		err = configuration_connect(configuration,
		    configuration->settings.threads, KEY_WIRE_WORKER_LIMIT,
		    problems);
	configuration_connect_errands(configuration);
	if (err == ERR_OK)
		err = configuration_share_guesses(configuration, problems);
	if (err == ERR_OK)
		err = configuration_assemble(configuration,
		    configuration->settings.threads, problems);
	if (err == ERR_OK)
		err = exchange_start();
	if (err == ERR_OK)
		err = sandbox_enter(SANDBOX_WORKER, problems);
	return err;
}

enum err
worker_run(struct problems *problems)
{
	struct configuration configuration = { 0 };
	enum err err;

	ignore_signals();
	err = prepare(&configuration, problems);
	if (err == ERR_OK) {
		struct listener *listener = listen_adopt(CHILD_LISTENER);

		err = service_run(&configuration, listener, child_tell_ready,
		    problems);
		listen_close(listener);
	}
	configuration_clear(&configuration);
	return err;
}
