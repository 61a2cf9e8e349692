/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/process.h"

#include <assert.h>
#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* By number: the C library has a function for it only since 2.36. */
int
process_watch(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

bool
process_reap(pid_t pid, int *number)
{
	siginfo_t info = { 0 };
	int status;

	do
		status = waitid(P_PID, (id_t)pid, &info, WEXITED);
	while (status != 0 && errno == EINTR);
	assert(status == 0);
	*number = info.si_status;
	return info.si_code == CLD_EXITED;
}
