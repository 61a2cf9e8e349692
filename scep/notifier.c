/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/notifier.h"

#include <stdlib.h>

#include "backends/hook_call.h"
#include "base/clock.h"
#include "base/commands.h"
#include "base/count.h"
#include "base/log.h"
#include "base/xalloc.h"

#define DAY ((int64_t)86400)
#define YEAR (365 * DAY)

/* Longer than what else there is to do for one takes. */
#define TAKEN_FOR 30

/* When it is told again, at first and at last. */
#define RETRY 60
#define RETRY_LAST 3600

/* So long others wait at most where each is waited for. */
#define TURN_US INT64_C(2000000)

/* Exit statuses of scepd-hooks(7). */
#define STATUS_DONE 0
#define STATUS_NOT_SUPPORTED 6

/* The section as it is written. */
struct settings {
	struct hook_settings hook;
	struct conf_strings events;
	int64_t keep;
	int64_t expiring;
};

static const struct conf_key keys[] = {
	HOOK_COMMAND_KEYS(struct settings, hook),
	{ .name = "events",
	    .type = CONF_STRINGS,
	    .offset = offsetof(struct settings, events) },
	{ .name = "keep",
	    .type = CONF_DURATION,
	    .minimum = 60,
	    .maximum = YEAR,
	    .offset = offsetof(struct settings, keep) },
	{ .name = "expiring",
	    .type = CONF_DURATION,
	    .minimum = DAY,
	    .maximum = 10 * YEAR,
	    .offset = offsetof(struct settings, expiring) },
	{ 0 },
};

struct notifier {
	struct hook *hook;
	unsigned events;
	int64_t keep;
	int64_t expiring;
	unsigned running;
};

/* RFC 5280 section 5.3.1, by number. */
static const char *const reason_names[] = { "unspecified", "keyCompromise",
	"cACompromise", "affiliationChanged", "superseded",
	"cessationOfOperation", "certificateHold", NULL, "removeFromCRL",
	"privilegeWithdrawn", "aACompromise" };

/* From the configuration */

static enum err
add_event(const struct conf_section *section, const char *name,
    unsigned *events, struct problems *problems)
{
	for (unsigned i = 0; i < COUNT(notification_event_names); i++)
		if (bytes_equal_string(bytes_of_string(name),
			notification_event_names[i])) {
			*events |= 1U << i;
			return ERR_OK;
		}
	conf_problem(section, "events", PROBLEM_ERROR, problems,
	    "\"%s\" is no event; there are \"issued\", \"refused\", \"held\", "
	    "\"revoked\" and \"expiring\"",
	    name);
	return ERR_CONFIGURATION;
}

static enum err
read_events(const struct conf_section *section, const struct conf_strings *list,
    unsigned *events, struct problems *problems)
{
	enum err first = ERR_OK;

	for (size_t i = 0; i < list->count; i++) {
		enum err err = add_event(section, list->items[i], events,
		    problems);

		first = first == ERR_OK ? err : first;
	}
	return first;
}

enum err
notifier_new(const struct conf_section *section, struct notifier **notifier,
    struct problems *problems)
{
	struct settings settings = {
		.hook = HOOK_SETTINGS_DEFAULT,
		.events = { notification_event_names,
		    COUNT(notification_event_names) },
		.keep = 7 * DAY,
		.expiring = 30 * DAY,
	};
	struct hook *hook = NULL;
	unsigned events = 0;
	enum err err = conf_read(section, keys, &settings, problems);

	if (err == ERR_OK)
		err = read_events(section, &settings.events, &events, problems);
	if (err == ERR_OK)
		err = hook_new(section, &settings.hook, &hook, problems);
	if (err != ERR_OK)
		return err;
	*notifier = xalloc(sizeof(**notifier));
	**notifier = (struct notifier){
		.hook = hook,
		.events = events,
		.keep = settings.keep,
		.expiring = settings.expiring,
	};
	return ERR_OK;
}

void
notifier_free(struct notifier *notifier)
{
	if (notifier == NULL)
		return;
	hook_free(notifier->hook);
	free(notifier);
}

const struct hook *
notifier_hook(const struct notifier *notifier)
{
	return notifier == NULL ? NULL : notifier->hook;
}

unsigned
notifier_events(const struct notifier *notifier)
{
	return notifier == NULL ? 0 : notifier->events;
}

/* One that is told */

struct telling {
	struct notifier_order order;
	struct hook_call *call;
	int64_t number;
	int64_t tries;
	const char *event;
};

/* Why it was revoked, or refused. */
static struct bytes
reason_of(const struct stored_notification *stored)
{
	size_t number = (size_t)stored->revoked_for;

	if (stored->event != NOTIFICATION_REVOKED)
		return buf_bytes(&stored->reason);
	return bytes_of_string(number < COUNT(reason_names) ?
		reason_names[number] :
		NULL);
}

static struct hook_call *
call_of(const struct hook *hook, const struct stored_notification *stored)
{
	const struct hook_notice notice = {
		.event = notification_event_names[stored->event],
		.endpoint = buf_bytes(&stored->endpoint),
		.number = stored->request,
		.transaction_id = buf_bytes(&stored->transaction_id),
		.peer = buf_bytes(&stored->peer),
		.subject = buf_bytes(&stored->subject),
		.serial = buf_bytes(&stored->serial),
		.reason = reason_of(stored),
		.certificate = buf_bytes(&stored->certificate),
	};

	return hook_call_new_notice(hook, &notice);
}

static void
telling_free(struct telling *telling)
{
	hook_call_free(telling->call);
	free(telling);
}

/* One that was dropped meanwhile is gone; whatever else goes wrong the store has
 * logged, and it is told again when nobody has it any more. */
static void
put_off(const struct telling *telling, int64_t tries, int64_t due_at)
{
	enum err err = store_notification_put_off(telling->order.store,
	    telling->number, tries, due_at);

	(void)err;
}

static int64_t
wait_after(int64_t tries)
{
	int64_t wait = RETRY;

	for (int64_t i = 0; i < tries && wait < RETRY_LAST; i++)
		wait *= 2;
	return wait < RETRY_LAST ? wait : RETRY_LAST;
}

static bool
has_ended_with(const struct command_result *result, int status)
{
	return result->ending == COMMAND_EXITED && result->number == status;
}

/* What the program has said is for an administrator. */
static void
log_run(const struct telling *telling, const struct command_result *result,
    bool is_well)
{
	struct buf line = { 0 }, ending = { 0 };

	if (is_well && result->errors.size == 0)
		return;
	log_field(&line, "hook",
	    bytes_of_string(hook_program(telling->order.notifier->hook)));
	log_field_number(&line, "notification", telling->number);
	log_field(&line, "told", bytes_of_string(telling->event));
	if (!is_well) {
		command_result_describe(result, &ending);
		log_field(&line, "event", buf_bytes(&ending));
	}
	log_field(&line, "said", buf_bytes(&result->errors));
	log_line(is_well ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, buf_bytes(&line));
	buf_clear(&line);
	buf_clear(&ending);
}

static void
take_result(const struct telling *telling, const struct command_result *result)
{
	bool is_well = has_ended_with(result, STATUS_DONE) ||
	    has_ended_with(result, STATUS_NOT_SUPPORTED);
	enum err err = ERR_OK;

	log_run(telling, result, is_well);
	if (is_well)
		err = store_notification_end(telling->order.store,
		    telling->number);
	else
		put_off(telling, telling->tries + 1,
		    telling->order.now + wait_after(telling->tries));
	(void)err;
}

static void
fail(const struct telling *telling, enum err why)
{
	log_event(LOG_LEVEL_ERROR,
	    "notification %lld can't be told, which is tried again later: %s",
	    (long long)telling->number, err_meaning(why));
	put_off(telling, telling->tries + 1,
	    telling->order.now + wait_after(telling->tries));
}

static void
tell_and_wait(struct telling *telling)
{
	struct command_result result = { 0 };
	enum err err = command_run(hook_call_order(telling->call), &result);

	if (err == ERR_OK)
		take_result(telling, &result);
	else
		fail(telling, err);
	command_result_clear(&result);
	telling_free(telling);
}

/* One that was cancelled, as the keeper ends, is told by the next. */
static void
ended(void *context, const struct command_result *result)
{
	struct telling *telling = context;
	struct notifier_order order = telling->order;

	order.now = telling->order.now = clock_now();
	order.notifier->running--;
	if (result->ending == COMMAND_CANCELLED)
		put_off(telling, telling->tries, 0);
	else
		take_result(telling, result);
	telling_free(telling);
	if (result->ending != COMMAND_CANCELLED)
		notifier_run_due(&order);
}

/* False where it can't be. */
static bool
tell_aside(struct telling *telling)
{
	const struct command_listener listener = { .ended = ended,
		.context = telling };
	enum err err = commands_add(telling->order.commands,
	    hook_call_order(telling->call), &listener);

	if (err == ERR_OK) {
		telling->order.notifier->running++;
		return true;
	}
	fail(telling, err);
	telling_free(telling);
	return false;
}

/* False where none is due, or no more can be told now. */
static bool
tell_next(const struct notifier_order *order)
{
	const struct hook *hook = order->notifier->hook;
	struct stored_notification stored = { 0 };
	struct telling *telling;

	if (store_notification_take(order->store, order->now,
		order->now + hook_deadline(hook) + TAKEN_FOR,
		&stored) != ERR_OK)
		return false;
	telling = xalloc(sizeof(*telling));
	*telling = (struct telling){
		.order = *order,
		.call = call_of(hook, &stored),
		.number = stored.number,
		.tries = stored.tries,
		.event = notification_event_names[stored.event],
	};
	stored_notification_clear(&stored);
	if (order->commands != NULL)
		return tell_aside(telling);
	tell_and_wait(telling);
	return true;
}

void
notifier_run_due(const struct notifier_order *order)
{
	const struct notifier *notifier = order->notifier;
	const int64_t until_us = clock_monotonic_us() + TURN_US;

	while (notifier->running < hook_at_once(notifier->hook) &&
	    tell_next(order) && clock_monotonic_us() < until_us)
		;
}

/* The rest */

void
notifier_drop_old(const struct notifier_order *order)
{
	int64_t count = 0;

	if (store_notifications_drop(order->store,
		order->now - order->notifier->keep, &count) == ERR_OK &&
	    count > 0)
		log_event(LOG_LEVEL_WARNING,
		    "%lld notifications are given up: %s has not taken them in "
		    "the time that they are kept",
		    (long long)count, hook_program(order->notifier->hook));
}

void
notifier_look_ahead(const struct notifier_order *order)
{
	const struct notifier *notifier = order->notifier;
	enum err err = ERR_OK;

	if ((notifier->events >> NOTIFICATION_EXPIRING & 1) != 0)
		err = store_notify_expiring(order->store,
		    order->now + notifier->expiring, order->now);
	(void)err;
}
