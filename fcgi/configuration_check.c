/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/resource.h>

#include "backends/hook.h"
#include "base/count.h"
#include "fcgi/configuration.h"
#include "fcgi/isolation.h"

/* What a start would stumble over, beside what the settings say. */

/* All programs that the keeper may have to run. */
static void
each_hook(const struct configuration *configuration,
    void (*each)(void *context, const struct hook *hook), void *context)
{
	const struct hook *told = notifier_hook(configuration->notifier);

	if (configuration->scep != NULL)
		scep_each_hook(configuration->scep, each, context);
	if (told != NULL)
		each(context, told);
}

/* How many files a program takes that runs: its three or four, and the process
 * itself. */
#define HOOK_DESCRIPTORS 5

static void
count_descriptors(void *context, const struct hook *hook)
{
	*(rlim_t *)context += (rlim_t)hook_processes(hook) * HOOK_DESCRIPTORS;
}

/* Without a channel nobody can be served; a hook that finds no room is tried
 * again. */
static enum err
check_limit(rlim_t wanted, const char *what, enum problem_level level,
    struct problems *problems)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return ERR_OK;
	problem_add(problems, level,
	    "%s take as many as %llu open files, and no more than %llu are "
	    "allowed; set fewer, or raise the limit: ulimit -n, or systemd's "
	    "LimitNOFILE=",
	    what, (unsigned long long)wanted,
	    (unsigned long long)limit.rlim_cur);
	return level == PROBLEM_ERROR ? ERR_CONFIGURATION : ERR_OK;
}

/*
 * A worker has a channel, a file in memory and a connection for each thread;
 * and while one is started, the supervisor has both ends of the channels and
 * the child a third.  The supervisor and the keeper have a channel to each
 * worker, and while a new configuration takes over, to those of two; and the
 * keeper runs the hooks.  What is left are a few.
 */
static enum err
check_descriptors(const struct configuration *configuration,
    struct problems *problems)
{
	const struct settings *settings = &configuration->settings;
	const rlim_t channels = (rlim_t)settings->workers * 2 + 32;
	const rlim_t threads = (rlim_t)settings->threads * 3 + channels;
	rlim_t hooks = channels;
	struct buf what = { 0 };
	enum err errs[2];

	each_hook(configuration, count_descriptors, &hooks);
	buf_printf(&what, "%u workers of %u threads", settings->workers,
	    settings->threads);
	errs[0] = check_limit(threads, buf_string(&what), PROBLEM_ERROR,
	    problems);
	errs[1] = check_limit(hooks, "hooks that run \"at_once\"",
	    PROBLEM_WARNING, problems);
	buf_clear(&what);
	return err_first(errs, COUNT(errs));
}

/* What has come of a look. */
struct look {
	struct problems *problems;
	enum err err;
};

static void
look_at_hook(void *context, const struct hook *hook)
{
	struct look *look = context;
	enum err err = hook_check_access(hook, look->problems);

	if (look->err == ERR_OK)
		look->err = err;
}

static enum err
look_at_all(void *context, struct problems *problems)
{
	const struct configuration *configuration = context;
	struct look look = { problems, ERR_OK };

	if (configuration->scep != NULL)
		look.err = scep_check_access(configuration->scep, problems);
	each_hook(configuration, look_at_hook, &look);
	return look.err;
}

/* Also what the keeper needs, as whoever it runs as. */
static enum err
check_isolation(struct configuration *configuration,
    const struct snapshot *snapshot, struct problems *problems)
{
	const struct settings *settings = &configuration->settings;
	struct isolation isolation = { 0 };
	enum err errs[2] = { isolation_find(settings, &isolation, problems) };

	if (errs[0] == ERR_OK) {
		errs[0] = identity_look(isolation_user(&isolation), look_at_all,
		    configuration, problems);
		errs[1] = isolation_check(&isolation, settings, snapshot,
		    problems);
	}
	isolation_clear(&isolation);
	return err_first(errs, COUNT(errs));
}

/* All findings in one go, so one that is wrong hides no other. */
static enum err
check_read(struct configuration *configuration, const struct snapshot *snapshot,
    struct problems *problems)
{
	enum err errs[3];

	errs[0] = configuration_assemble(configuration, 0, problems);
	errs[1] = check_descriptors(configuration, problems);
	/* Only now are all keys in the snapshot. */
	errs[2] = check_isolation(configuration, snapshot, problems);
	return err_first(errs, COUNT(errs));
}

enum err
configuration_check(struct configuration *configuration, const char *path,
    struct snapshot *snapshot, struct problems *problems)
{
	enum err err;

	file_record(snapshot);
	err = configuration_read(configuration, path, problems);
	if (err == ERR_OK)
		err = check_read(configuration, snapshot, problems);
	file_record(NULL);
	return err;
}
