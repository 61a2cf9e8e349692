/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_SANDBOX_H
#define SCEPD_FCGI_SANDBOX_H

#include <stdbool.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * What a process can still do once strangers' bytes have taken it over: by
 * landlock no file can be opened, made or run, and no process outside be
 * reached; by seccomp only the system calls that the work takes are left, and
 * all others fail with EPERM.  Neither can be undone.
 *
 *   a worker       its descriptors, connections that it accepts, threads,
 *                  timers, signals to itself
 *   a key process  its descriptors (to read, write and wait), threads
 *
 * What else a worker needs it has the keeper do, over a channel of its own
 * (base/errands.h), which takes no more than to send and receive.  Neither
 * can pass a descriptor to another process, nor be passed one.
 *
 * What a worker has in common with other processes it can use and not change:
 * no log can be cut short, no socket shut down for all.
 *
 * Both may send datagrams to a Unix socket, which is how syslog is reached
 * (a syslog that listens on a stream instead is not).  Neither can map memory
 * that is executable, start a program or a process, make a socket of any
 * other kind, trace, or change who it is.
 *
 * A worker's seccomp leaves the calls for files in place, so that it can be
 * allowed some file later: keeping files away is landlock's part alone, and
 * where the kernel has none a worker can open what its user can.  A key
 * process can't open any in either case.
 *
 * Whatever is loaded or read on first use must have been used before: among
 * others the time zone (sandbox_enter sees to it), names of users, iconv, and
 * pthread_exit and pthread_cancel, which load a library.
 *
 * Sanitizers work inside, and nothing is relaxed for them: they find no names
 * for the addresses in their reports, and look for no leaks.
 */
enum sandbox {
	SANDBOX_WORKER,
	SANDBOX_KEY_PROCESS
};

/* Whether this kernel can keep files from a process (landlock). */
bool sandbox_has_landlock(void);

/*
 * Keeps the memory of this process to itself: no other process of the same
 * user can read, change or trace it, nor open what it has open, and no core
 * file is written.  It is called by the program that is to be protected, as
 * running one undoes it, and before secrets are read.
 */
void sandbox_hide_memory(void);

/*
 * Does sandbox_hide_memory, and returns true where memory is locked besides, so
 * that it is never written to swap.  That takes CAP_IPC_LOCK, to be kept, or
 * RLIMIT_MEMLOCK to be unlimited: a process that is not root's needs it so from
 * the one that starts it.  With any smaller limit nothing is locked, since
 * allocations would fail later.
 */
bool sandbox_protect_memory(void);

/*
 * Enters, for good; to be called by the only thread.  It includes
 * sandbox_hide_memory and no_new_privs.
 *
 * ERR_CONFIGURATION, with a line in `problems`, where it can't: the process
 * must not go on then, it may have given up only a part.  A kernel without
 * landlock is no error: whoever starts processes warns of it once.
 */
CHECKED enum err sandbox_enter(enum sandbox sandbox, struct problems *problems);

#endif
