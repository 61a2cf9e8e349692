/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/errand_desk.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/errand_server.h"
#include "base/xalloc.h"
#include "fcgi/hand_over.h"

enum event {
	CHANNELS,
	ERRANDS
};

struct errand_desk {
	struct errand_server *server;
	int from; /* where channels come from; -1: no more do */
};

enum err
errand_desk_new(const struct errand_table *table, int from,
    struct errand_desk **desk)
{
	struct errand_server *server;
	enum err err = errand_server_new(table, &server);

	if (err != ERR_OK)
		return err;
	*desk = xalloc(sizeof(**desk));
	**desk = (struct errand_desk){ server, from };
	return ERR_OK;
}

static void
close_source(struct errand_desk *desk)
{
	if (desk->from >= 0)
		close(desk->from);
	desk->from = -1;
}

void
errand_desk_free(struct errand_desk *desk)
{
	if (desk == NULL)
		return;
	close_source(desk);
	errand_server_free(desk->server);
	free(desk);
}

void
errand_desk_await(const struct errand_desk *desk,
    struct pollfd events[ERRAND_DESK_EVENTS])
{
	events[CHANNELS] = (struct pollfd){ desk->from, POLLIN, 0 };
	events[ERRANDS] = (struct pollfd){
		errand_server_descriptor(desk->server), POLLIN, 0
	};
}

static void
take_channels(struct errand_desk *desk)
{
	enum hand_over_result result;
	unsigned worker;
	int channel;

	while ((result = hand_over_take(desk->from, &channel, &worker)) ==
	    HAND_OVER_TAKEN)
		errand_server_add(desk->server, channel, worker);
	if (result == HAND_OVER_END)
		close_source(desk);
}

void
errand_desk_work(struct errand_desk *desk,
    const struct pollfd events[ERRAND_DESK_EVENTS])
{
	if (events[CHANNELS].revents != 0)
		take_channels(desk);
	if (events[ERRANDS].revents != 0)
		errand_server_run(desk->server);
}
