/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_world.h"

#include "base/clock.h"

/* A signal that is handled cuts it short; none is. */
static void
wait(int64_t seconds)
{
	clock_sleep_us(seconds * 1000000);
}

static void
tell(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

const struct client_world client_world = {
	.exchange = http_exchange,
	.wait = wait,
	.tell = tell,
	.now = clock_now,
};
