/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_NOTIFIER_H
#define SCEPD_SCEP_NOTIFIER_H

#include "base/err.h"
#include "base/problems.h"
#include "conf/conf.h"
#include "store/store.h"

/*
 * Tells a program of an administrator's what has happened, as scepd-hooks(7)
 * has it: the section "notify".  The store queues what is to be told
 * (store_notify) and has it until the program has taken it, so nothing that
 * happens waits for the program, or fails with it.
 */
struct notifier;
struct commands;
struct hook;

/*
 * Makes one of that section, which outlives it.  The result is the caller's, to
 * notifier_free.  ERR_CONFIGURATION, with every finding in `problems`.
 */
CHECKED enum err notifier_new(const struct conf_section *section,
    struct notifier **notifier, struct problems *problems);

/* None of its programs may run any more. NULL is nothing. */
void notifier_free(struct notifier *notifier);

/* The program; of NULL, NULL. */
const struct hook *notifier_hook(const struct notifier *notifier);

/* What it is to be told, for store_notify; nothing of NULL. */
unsigned notifier_events(const struct notifier *notifier);

/* Who tells: one process at a time. */
struct notifier_order {
	struct notifier *notifier;
	struct store *store;
	/* Where programs run side by side; NULL: each is waited for. */
	struct commands *commands;
	int64_t now;
};

/*
 * Tells what is due; with `commands` no more than may run at once, and the next
 * when one has ended, which needs the store until commands_free.  What fails is
 * told again after a minute, then after twice as long each time, up to an hour.
 * What goes wrong is in the log.
 */
void notifier_run_due(const struct notifier_order *order);

/* Gives up what happened longer ago than it is to be kept, with a line in the
 * log. */
void notifier_drop_old(const struct notifier_order *order);

/* Has the store queue what expires soon, where that is to be told. */
void notifier_look_ahead(const struct notifier_order *order);

#endif
