/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/service.h"

#include "fcgi/poller.h"

/* How long web servers may take from their connect to their request when
 * scepd stops; they do it at once. */
#define GRACE_MS 2000

static void
serve(void *context, struct scep_exchange *exchange)
{
	scep_serve(context, exchange);
}

static void
refuse(void *context, struct scep_exchange *exchange, enum err err)
{
	(void)context;
	scep_refuse(exchange, err);
}

struct gateway_handler
service_handler(const struct configuration *configuration)
{
	return (struct gateway_handler){ serve, refuse, configuration->scep };
}

enum err
service_run(const struct configuration *configuration,
    struct listener *listener, void (*ready)(void), struct problems *problems)
{
	const struct poller_settings settings = {
		.listener = listener,
		.threads = configuration->settings.threads,
		.limits = configuration->settings.limits,
		.handler = service_handler(configuration),
		.grace_ms = GRACE_MS,
		.ready = ready,
		.failure = configuration->channels != NULL ?
		    key_channels_failure_descriptor(configuration->channels) :
		    -1,
	};

	return poller_run(&settings, problems);
}
