/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/commands.h"
#include "base/count.h"
#include "base/log.h"
#include "crypto/key_wire.h"
#include "fcgi/child.h"
#include "fcgi/configuration.h"
#include "fcgi/errand_desk.h"
#include "fcgi/sandbox.h"

#define HOUR 3600
#define DAY 86400

/* Longer than any look takes to come again, which is a day at most. */
#define ALARMS_KEPT_FOR ((int64_t)7 * DAY)

/* How long nothing is tried again that went wrong, in seconds. */
#define RETRY 60

/* So many transactions a minute are forgotten at most. */
#define PURGE_LIMIT 1000

/* How often the lock is tried by those that wait for it. */
#define LOCK_PERIOD_S 1

/* All that the loop has. */
struct keeper {
	struct configuration configuration;
	int signals;
	int lock;      /* -1: no file is set */
	bool has_lock; /* or needs none */
	bool is_waiting;
	int64_t crl_retry_at; /* 0: no CRL has failed to be made */
	struct errand_desk *desk;
	struct commands *commands;
};

/* Tasks */

/* What a start would say of the certificates, said each day: a process runs
 * for months, and an RA's certificate for a year. */
static void
check_validity(void *context, int64_t now)
{
	const struct keeper *keeper = context;
	struct problems *problems = problems_new();

	scep_check_validity(keeper->configuration.scep, now, problems);
	problems_log(problems);
	problems_free(problems);
}

/* Whatever goes wrong, the store has logged, and there is a next time. */
static void
lapse(void *context, int64_t now)
{
	const struct keeper *keeper = context;
	const struct configuration *configuration = &keeper->configuration;
	int64_t count = 0;

	if (store_lapse(configuration->store,
		now - configuration->settings.held_for, now,
		&count) == ERR_OK &&
	    count > 0)
		log_event(LOG_LEVEL_INFO,
		    "%lld requests have waited for too long, and have lapsed "
		    "(setting held_for)",
		    (long long)count);
}

/* A few at a time, so that nobody waits for it. */
static void
purge(void *context, int64_t now)
{
	const struct keeper *keeper = context;
	const struct configuration *configuration = &keeper->configuration;
	int64_t count;

	if (store_purge(configuration->store,
		now - configuration->settings.keep_for, PURGE_LIMIT,
		&count) != ERR_OK)
		return;
}

/* What can't be made now can't be in a second either. */
static void
make_crls(void *context, int64_t now)
{
	struct keeper *keeper = context;
	enum err err;

	if (now < keeper->crl_retry_at && keeper->crl_retry_at - now <= RETRY)
		return;
	err = scep_make_crls(keeper->configuration.scep, now);
	if (err == ERR_OK)
		return;
	log_event(LOG_LEVEL_ERROR,
	    "a CRL can't be made, which is tried again in a minute: %s",
	    err_meaning(err));
	keeper->crl_retry_at = now + RETRY;
}

/* Before CRLs, which then have what an administrator has revoked. */
static void
update_books(void *context, int64_t now)
{
	const struct keeper *keeper = context;

	scep_update_books(keeper->configuration.scep, now);
}

/* Those of a CA that is no longer in the configuration, or in another place;
 * after the look at those that are, which says what is still so. */
static void
forget_alarms(void *context, int64_t now)
{
	const struct keeper *keeper = context;
	int64_t count = 0;

	if (store_alarms_forget(keeper->configuration.store,
		now - ALARMS_KEPT_FOR, &count) == ERR_OK &&
	    count > 0)
		log_event(LOG_LEVEL_INFO,
		    "%lld alarms are forgotten: nobody has looked at their CA "
		    "for a week",
		    (long long)count);
}

static void
keep_guess_alarms(void *context, int64_t now)
{
	const struct keeper *keeper = context;

	scep_keep_guess_alarms(keeper->configuration.scep, now);
}

static void
run_submissions(void *context, int64_t now)
{
	const struct keeper *keeper = context;

	scep_run_submissions(keeper->configuration.scep, now);
}

static void
import_crls(void *context, int64_t now)
{
	const struct keeper *keeper = context;
	struct problems *problems = problems_new();

	scep_import_crls(keeper->configuration.scep, now, problems);
	problems_log(problems);
	problems_free(problems);
}

/* What there is to tell, and false where nobody is to be told. */
static bool
find_notifier(const struct keeper *keeper, int64_t now,
    struct notifier_order *order)
{
	*order = (struct notifier_order){
		.notifier = keeper->configuration.notifier,
		.store = keeper->configuration.store,
		.commands = keeper->commands,
		.now = now,
	};
	return order->notifier != NULL;
}

static void
look_ahead(void *context, int64_t now)
{
	struct notifier_order order;

	if (find_notifier(context, now, &order))
		notifier_look_ahead(&order);
}

static void
drop_notifications(void *context, int64_t now)
{
	struct notifier_order order;

	if (find_notifier(context, now, &order))
		notifier_drop_old(&order);
}

static void
notify(void *context, int64_t now)
{
	struct notifier_order order;

	if (find_notifier(context, now, &order))
		notifier_run_due(&order);
}

/* For that long the log can tell one that has expired, or was used, from one
 * that was never any. */
#define CHALLENGES_KEPT_FOR (30 * (int64_t)DAY)

static void
forget_challenges(void *context, int64_t now)
{
	const struct keeper *keeper = context;
	int64_t count;

	if (store_challenges_forget(keeper->configuration.store,
		now - CHALLENGES_KEPT_FOR, PURGE_LIMIT, &count) != ERR_OK)
		return;
}

static struct keeper_task tasks[] = {
	{ .period_s = DAY, .run = check_validity },
	{ .period_s = 60, .run = lapse },
	{ .period_s = 60, .run = purge },
	{ .period_s = 2, .run = update_books },
	{ .period_s = 2, .run = run_submissions },
	{ .period_s = 10, .run = keep_guess_alarms },
	{ .period_s = HOUR, .run = forget_alarms },
	{ .period_s = 2, .run = make_crls },
	{ .period_s = 10, .run = import_crls },
	{ .period_s = DAY, .run = look_ahead },
	{ .period_s = 60, .run = drop_notifications },
	{ .period_s = 60, .run = forget_challenges },
	{ .period_s = 2, .run = notify },
};

/* A clock that was set back makes nothing wait for more than a period. */
static void
run_if_due(struct keeper_task *task, void *context, int64_t now)
{
	if (task->due == 0 || task->due > now + task->period_s)
		task->due = now + task->period_s;
	if (task->due > now)
		return;
	task->run(context, now);
	task->due = now + task->period_s;
}

int64_t
keeper_run_due(struct keeper_task *to_do, size_t count, void *context,
    int64_t now)
{
	int64_t left = INT64_MAX;

	for (size_t i = 0; i < count; i++) {
		run_if_due(&to_do[i], context, now);
		if (to_do[i].due - now < left)
			left = to_do[i].due - now;
	}
	return left;
}

/* The lock */

/* Kept by the open file: it is free again when the process ends, however that
 * comes about. */
static enum err
open_lock(struct keeper *keeper, const char *path, struct problems *problems)
{
	keeper->has_lock = path == NULL;
	if (path == NULL)
		return ERR_OK;
	keeper->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (keeper->lock >= 0)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "keeper: can't open its lock %s: %s; its folder must be there, and "
	    "writable for the user that workers run as",
	    path, strerror(errno));
	return ERR_CONFIGURATION;
}

/* The one before may have been killed while it asked somebody; and one that is
 * started each day would never come to what is done after one. */
static void
begin(struct keeper *keeper)
{
	enum err err = store_make_due(keeper->configuration.store);

	(void)err;
	look_ahead(keeper, clock_now());
}

static void
try_lock(struct keeper *keeper)
{
	const char *path = keeper->configuration.settings.keeper_lock;

	if (keeper->has_lock)
		return;
	keeper->has_lock = flock(keeper->lock, LOCK_EX | LOCK_NB) == 0;
	if (keeper->has_lock)
		log_event(LOG_LEVEL_INFO, "the keeper has the lock %s", path);
	else if (!keeper->is_waiting)
		log_event(LOG_LEVEL_INFO,
		    "the keeper waits until another's ends, which has the lock "
		    "%s",
		    path);
	keeper->is_waiting = !keeper->has_lock;
}

/* The loop */

/* In milliseconds, and never so many that an int could not hold them. */
static int
work(struct keeper *keeper)
{
	int64_t left_s;

	try_lock(keeper);
	if (!keeper->has_lock)
		return LOCK_PERIOD_S * 1000;
	left_s = keeper_run_due(tasks, COUNT(tasks), keeper, clock_now());
	return (int)(left_s < DAY ? left_s : DAY) * 1000;
}

/* The first two descriptors are readable when it is time to end, and only
 * then. */
static void
work_until_told(struct keeper *keeper)
{
	struct pollfd events[3 + ERRAND_DESK_EVENTS] = {
		{ .fd = keeper->signals, .events = POLLIN },
		{ .fd = key_channels_failure_descriptor(
		      keeper->configuration.channels),
		    .events = POLLIN },
		{ .fd = commands_descriptor(keeper->commands),
		    .events = POLLIN },
	};

	/* At its own beginning, as it runs hooks itself later on. */
	try_lock(keeper);
	if (keeper->has_lock)
		begin(keeper);
	do {
		errand_desk_await(keeper->desk, &events[3]);
		if (poll(events, COUNT(events), work(keeper)) > 0) {
			commands_run(keeper->commands);
			errand_desk_work(keeper->desk, &events[3]);
		}
	} while (events[0].revents == 0 && events[1].revents == 0);
}

static enum err
open_desk(struct keeper *keeper, struct problems *problems)
{
	enum err err = errand_desk_new(&keeper->configuration.errand_table,
	    CHILD_ERRANDS, &keeper->desk);

	if (err != ERR_OK)
		problem_add(problems, PROBLEM_ERROR,
		    "keeper: can't do errands: %s", strerror(errno));
	return err;
}

static enum err
open_commands(struct keeper *keeper, struct problems *problems)
{
	enum err err = commands_new(&keeper->commands);

	if (err == ERR_OK)
		scep_use_commands(keeper->configuration.scep, keeper->commands);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "keeper: can't run commands: %s", strerror(errno));
	return err;
}

static bool
open_signals(struct keeper *keeper)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	keeper->signals = signalfd(-1, &set, SFD_CLOEXEC);
	return keeper->signals >= 0;
}

static enum err
prepare(struct keeper *keeper, struct problems *problems)
{
	struct configuration *configuration = &keeper->configuration;
	enum err err = configuration_receive(configuration, CHILD_SNAPSHOT,
	    problems);

	if (err == ERR_OK)
		err = configuration_connect(configuration, 1,
		    KEY_WIRE_KEEPER_LIMIT, problems);
	if (err == ERR_OK)
		err = configuration_share_guesses(configuration, problems);
	if (err == ERR_OK)
		err = configuration_assemble(configuration, 1, problems);
	if (err == ERR_OK)
		err = open_lock(keeper, configuration->settings.keeper_lock,
		    problems);
	if (err == ERR_OK)
		err = open_desk(keeper, problems);
	if (err == ERR_OK)
		err = open_commands(keeper, problems);
	return err == ERR_OK && !open_signals(keeper) ? ERR_CONFIGURATION : err;
}

static void
clear(struct keeper *keeper)
{
	errand_desk_free(keeper->desk);
	commands_free(keeper->commands);
	configuration_clear(&keeper->configuration);
	if (keeper->lock >= 0)
		close(keeper->lock);
	if (keeper->signals >= 0)
		close(keeper->signals);
}

enum err
keeper_run(struct problems *problems)
{
	struct keeper keeper = { .signals = -1, .lock = -1 };
	enum err err;

	/* A worker that was taken over is of the same user, and must not
	 * become the one that may ask for a CRL. */
	sandbox_hide_memory();
	err = prepare(&keeper, problems);
	if (err == ERR_OK) {
		child_tell_ready();
		work_until_told(&keeper);
	}
	clear(&keeper);
	return err;
}

enum err
keeper_run_once(const char *path, struct problems *problems)
{
	struct keeper keeper = { .signals = -1, .lock = -1 };
	struct configuration *configuration = &keeper.configuration;
	enum err err = configuration_read(configuration, path, problems);

	if (err == ERR_OK)
		err = configuration_assemble(configuration, 1, problems);
	if (err == ERR_OK)
		err = open_lock(&keeper, configuration->settings.keeper_lock,
		    problems);
	if (err == ERR_OK) {
		log_open(configuration->settings.log);
		try_lock(&keeper);
	}
	for (size_t i = 0; err == ERR_OK && keeper.has_lock && i < COUNT(tasks);
	     i++)
		tasks[i].run(&keeper, clock_now());
	clear(&keeper);
	return err;
}
