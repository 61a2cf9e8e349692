/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_PROCESS_H
#define SCEPD_BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* A process that we have started, as base/spawn.h does: its end. */

/* A descriptor that is readable when it has ended; the caller's, to close().
 * -1, and errno says why, where there can be none.  The process is one that
 * nobody has waited for yet, so the number is still its own. */
int process_watch(pid_t pid);

/* Waits for its end, and for nothing where that has come.  Whether it has
 * ended by itself: then *number is its status, else the signal. */
bool process_reap(pid_t pid, int *number);

#endif
