/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/generation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sealed.h"
#include "base/xalloc.h"
#include "fcgi/child.h"

/* What the child that checks is told. */
struct check {
	const struct generation *generation;
	const char *path;
	enum generation_audience audience;
};

static bool
hand_over(const struct snapshot *snapshot, bool with_keys, int fd,
    struct problems *problems)
{
	struct buf octets = { 0 };
	bool done;

	snapshot_append(snapshot, with_keys, &octets);
	done = sealed_write(fd, buf_bytes(&octets));
	if (!done)
		problem_add(problems, PROBLEM_ERROR,
		    "the configuration can't be handed over: %s",
		    strerror(errno));
	buf_clear(&octets);
	return done;
}

/* Whoever starts us may not look at the log, nor those who do at what a start
 * has printed. */
static void
tell(struct problems *problems, enum generation_audience audience,
    enum log_target log)
{
	if (audience == GENERATION_TERMINAL)
		fputs(problems_text(problems), stderr);
	if (audience == GENERATION_TERMINAL && log == LOG_TO_STDERR)
		return;
	log_open(log);
	problems_log(problems);
}

/* In the child: this is the one process that loads keys and files alike, and
 * it ends before the first request. */
static bool
check(void *context)
{
	const struct check *order = context;
	const struct generation *generation = order->generation;
	struct snapshot *snapshot = snapshot_new();
	struct configuration configuration = { 0 };
	struct problems *problems = problems_new();
	bool good = configuration_check(&configuration, order->path, snapshot,
			problems) == ERR_OK &&
	    hand_over(snapshot, false, generation->without_keys, problems) &&
	    hand_over(snapshot, true, generation->with_keys, problems);

	tell(problems, order->audience, configuration.settings.log);
	configuration_clear(&configuration);
	snapshot_free(snapshot);
	problems_free(problems);
	return good;
}

enum err
generation_begin(const char *path, enum generation_audience audience,
    struct generation **generation, pid_t *checker, struct problems *problems)
{
	struct generation *made = xalloc(sizeof(*made));
	struct check order = { made, path, audience };

	made->without_keys = sealed_new("scepd configuration");
	made->with_keys = sealed_new("scepd configuration and keys");
	*checker = -1;
	if (made->without_keys >= 0 && made->with_keys >= 0)
		*checker = child_run(check, &order);
	if (*checker < 0) {
		problem_add(problems, PROBLEM_ERROR,
		    "the configuration can't be checked: %s", strerror(errno));
		generation_free(made);
		return ERR_CONFIGURATION;
	}
	*generation = made;
	return ERR_OK;
}

enum err
generation_complete(struct generation *generation, int status,
    struct problems *problems)
{
	enum err err;

	if (WIFSIGNALED(status))
		problem_add(problems, PROBLEM_ERROR,
		    "the check of the configuration was ended by signal %d "
		    "(%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (status != 0)
		return ERR_CONFIGURATION;
	err = configuration_receive(&generation->configuration,
	    generation->without_keys, problems);

	/* The next check reads files again. */
	file_replay(NULL);
	if (err != ERR_OK)
		return err;
	err = isolation_find(&generation->configuration.settings,
	    &generation->isolation, problems);
	if (err == ERR_OK)
		err = isolation_make_state(&generation->isolation,
		    &generation->configuration.settings, problems);
	return err;
}

void
generation_free(struct generation *generation)
{
	if (generation == NULL)
		return;
	configuration_clear(&generation->configuration);
	isolation_clear(&generation->isolation);
	if (generation->without_keys >= 0)
		close(generation->without_keys);
	if (generation->with_keys >= 0)
		close(generation->with_keys);
	free(generation);
}
