/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/isolation.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "fcgi/sandbox.h"
#include "store/store.h"

/* One user for both could send signals to its own, and read what they write. */
static enum err
check_apart(const struct isolation *isolation, struct problems *problems)
{
	if (isolation->user.user != isolation->key_user.user)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "user and key_user are both \"%s\"; workers are kept from the keys "
	    "only where key processes run as another user",
	    isolation->user.name);
	return ERR_CONFIGURATION;
}

enum err
isolation_find(const struct settings *settings, struct isolation *isolation,
    struct problems *problems)
{
	enum err user_err, key_err;

	isolation->by_user = geteuid() == 0;
	if (!isolation->by_user)
		return ERR_OK;
	user_err = identity_find(settings->user, &isolation->user, problems);
	key_err = identity_find(settings->key_user, &isolation->key_user,
	    problems);
	if (user_err != ERR_OK || key_err != ERR_OK)
		return ERR_CONFIGURATION;
	return check_apart(isolation, problems);
}

void
isolation_clear(struct isolation *isolation)
{
	identity_clear(&isolation->user);
	identity_clear(&isolation->key_user);
	*isolation = (struct isolation){ 0 };
}

const struct identity *
isolation_user(const struct isolation *isolation)
{
	return isolation->by_user ? &isolation->user : NULL;
}

static enum err
complain_of_folder(const char *folder, struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR,
	    "%s, the folder of the state database, can't be made: %s; make it "
	    "for the user that scepd's workers run as",
	    folder, strerror(errno));
	return ERR_CONFIGURATION;
}

/* As systemd's StateDirectory= would; what is there already is left as it is,
 * whoever it belongs to. */
enum err
isolation_make_state(const struct isolation *isolation,
    const struct settings *settings, struct problems *problems)
{
	char *copy = xstrdup(settings->state);
	const char *folder = dirname(copy);
	enum err err = ERR_OK;

	if (isolation->by_user && mkdir(folder, 0700) == 0 &&
	    chown(folder, isolation->user.user, isolation->user.group) != 0)
		err = complain_of_folder(folder, problems);
	else if (access(folder, F_OK) != 0)
		err = complain_of_folder(folder, problems);
	free(copy);
	return err;
}

/* Tried, not computed, since folders and access lists count as well. */
static enum err
check_keys(const struct isolation *isolation, const struct snapshot *snapshot,
    struct problems *problems)
{
	const struct snapshot_item *item;
	enum err err = ERR_OK;

	for (size_t i = 0; (item = snapshot_at(snapshot, i)) != NULL; i++) {
		if (item->kind != FILE_KEY ||
		    !identity_can_read(&isolation->user, item->name))
			continue;
		problem_add(problems, PROBLEM_ERROR,
		    "%s: can be read by \"%s\", whom workers run as; run: "
		    "chown root %s; chmod 600 %s",
		    item->name, isolation->user.name, item->name, item->name);
		err = ERR_CONFIGURATION;
	}
	return err;
}

/* The users' names are not looked at in this case, so that one configuration
 * serves both ways. */
static void
warn_of_files(struct problems *problems)
{
	if (sandbox_has_landlock())
		return;
	problem_add(problems, PROBLEM_WARNING,
	    "isolation guards memory only: this kernel has no landlock to keep "
	    "workers from the key files of the user that scepd was started "
	    "as; start it as root, or with a kernel that has landlock");
}

/* The keeper runs as workers do, and would find out too late. */
static enum err
check_lock(const struct settings *settings, const struct isolation *isolation,
    struct problems *problems)
{
	const char *path = settings->keeper_lock;

	if (path == NULL || identity_can_write(isolation_user(isolation), path))
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: the keeper can't open its lock; its folder must be there, and "
	    "writable for the user that workers run as",
	    path);
	return ERR_CONFIGURATION;
}

/* SQLite makes the first two when it opens the file. */
static const char *const state_files[] = { "-wal", "-shm", ".lock", "" };

static enum err
check_state_files(const struct identity *user, const char *path,
    struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < COUNT(state_files); i++) {
		char *file = xasprintf("%s%s", path, state_files[i]);

		if (!identity_can_write(user, file)) {
			problem_add(problems, PROBLEM_ERROR,
			    "%s: workers can't write it; the state database, "
			    "the files beside it and its folder have to be "
			    "writable for the user that they run as%s%s",
			    file, user != NULL ? ", " : "",
			    user != NULL ? user->name : "");
			err = ERR_CONFIGURATION;
		}
		free(file);
	}
	return err;
}

/* What isolation_make_state will be able to make is no problem. */
static enum err
check_state_folder(const struct isolation *isolation, const char *path,
    bool *there, struct problems *problems)
{
	char *copy = xstrdup(path), *copy_above;
	const char *folder = dirname(copy);
	enum err err = ERR_OK;

	*there = access(folder, F_OK) == 0;
	copy_above = xstrdup(folder);
	if (!*there &&
	    (!isolation->by_user || access(dirname(copy_above), F_OK) != 0))
		err = complain_of_folder(folder, problems);
	free(copy_above);
	free(copy);
	return err;
}

static enum err
check_state(const struct settings *settings, const struct isolation *isolation,
    struct problems *problems)
{
	const char *path = settings->state;
	bool there;
	enum err err = check_state_folder(isolation, path, &there, problems);

	if (err != ERR_OK || !there)
		return err;
	err = check_state_files(isolation_user(isolation), path, problems);
	return err == ERR_OK ? store_check(path, problems) : err;
}

enum err
isolation_check(const struct isolation *isolation,
    const struct settings *settings, const struct snapshot *snapshot,
    struct problems *problems)
{
	enum err err = ERR_OK;

	if (isolation->by_user)
		err = check_keys(isolation, snapshot, problems);
	else
		warn_of_files(problems);
	if (err == ERR_OK)
		err = check_lock(settings, isolation, problems);
	return err == ERR_OK ? check_state(settings, isolation, problems) : err;
}
