/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_LANDLOCK_H
#define SCEPD_FCGI_LANDLOCK_H

#include <stdbool.h>

/*
 * Landlock, by which a process gives up rights of its own accord.  There is
 * no library for it, only the kernel's three calls; two of them are enough
 * for who wants to keep nothing.
 */

/* The version of landlock that this kernel has, from 1 on; 0 where it has
 * none, or has it switched off. */
int landlock_version(void);

/*
 * Gives up, for the calling thread and those that it starts, as much as
 * `version` of landlock can take away: to open, make, remove, rename and run
 * files; to bind and connect TCP sockets (version 4); to use devices that were
 * opened later (5); to connect to abstract Unix sockets of others and to send
 * them signals (6).  What is open stays open, and the socket files of others,
 * as syslog's, can still be connected to.
 *
 * False, and errno says why, where the kernel refuses.
 */
bool landlock_give_up(int version);

#endif
