/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/guess_alarms.h"

#include "store/alarm_log.h"

#define KIND "wrong-challenges"

static void
append_text(struct buf *to, const struct guess_limits *limits)
{
	buf_printf(to,
	    "within %lld seconds more than %u requests had a wrong challenge "
	    "password, or came from an address that has sent too many of "
	    "them; see the lines of the log with reason=challenge-wrong and "
	    "reason=challenge-delayed, which say from where: somebody guesses, "
	    "or many devices have an old challenge",
	    (long long)limits->backoff.window, limits->alarm);
}

static bool
stands(const struct endpoint *endpoint, int64_t now)
{
	unsigned alarm = guesses_limits(endpoint->guesses)->alarm;

	return alarm > 0 &&
	    guesses_most(endpoint->guesses, endpoint->path, now) > alarm;
}

enum err
guess_alarms_keep(const struct endpoint *endpoint, int64_t now)
{
	static const char *const kinds[] = { KIND, NULL };
	struct alarm found = { .kind = KIND };
	struct alarm_sweep sweep = {
		.subject = endpoint->path,
		.kinds = kinds,
		.found = &found,
		.now = now,
	};
	struct buf text = { 0 };
	enum err err;

	if (endpoint->guesses == NULL || !guesses_is_shared(endpoint->guesses))
		return ERR_OK;
	sweep.count = stands(endpoint, now) ? 1 : 0;
	append_text(&text, guesses_limits(endpoint->guesses));
	found.text = buf_bytes(&text);
	err = store_alarms_sweep(endpoint->store, &sweep, alarm_log, NULL);
	buf_clear(&text);
	return err;
}
