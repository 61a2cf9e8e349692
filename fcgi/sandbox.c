/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/count.h"
#include "base/sanitizer.h"
#include "base/sealed.h"
#include "fcgi/child.h"
#include "fcgi/landlock.h"

/* Whom a row is for. */
#define WORKER (1U << SANDBOX_WORKER)
#define KEY_PROCESS (1U << SANDBOX_KEY_PROCESS)
#define BOTH (WORKER | KEY_PROCESS)

/*
 * The calls that may be made, by their names: those that an architecture
 * doesn't have are passed over, and those with a number at their end are
 * mostly what one of 32 bits has in another's place.
 *
 * What is missing is missing for a reason.  For one, fcntl's F_SETOWN sends
 * signals, ioctl types into terminals, truncate and chmod need no descriptor
 * and so pass landlock by; sendmsg and recvmsg pass descriptors, of which a
 * user may have only so many under way, so that the supervisor could give none
 * to the keeper.
 */
static const char *const both_may[] = {
	/* memory */
	"brk",
	"madvise",
	"mremap",
	"munmap",
	/* threads */
	"exit",
	"exit_group",
	"futex",
	"futex_time64",
	"gettid",
	"rseq",
	"sched_getaffinity",
	"sched_yield",
	"set_robust_list",
	/* signals of its own */
	"restart_syscall",
	"rt_sigaction",
	"rt_sigpending",
	"rt_sigprocmask",
	"rt_sigreturn",
	"rt_sigsuspend",
	"rt_sigtimedwait",
	"rt_sigtimedwait_time64",
	"sigaltstack",
	"sigreturn",
	/* time and random numbers */
	"clock_getres",
	"clock_getres_time64",
	"clock_gettime",
	"clock_gettime64",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"getrandom",
	"gettimeofday",
	"nanosleep",
	"time",
	/* who and where it is */
	"getegid",
	"getegid32",
	"geteuid",
	"geteuid32",
	"getgid",
	"getgid32",
	"getpid",
	"getppid",
	"getrlimit",
	"getrusage",
	"getuid",
	"getuid32",
	"sysinfo",
	"ugetrlimit",
	"uname",
	/* descriptors that it has */
	"close",
	"connect",
	"poll",
	"ppoll",
	"ppoll_time64",
	"read",
	"readv",
	"recv",
	"recvfrom",
	"send",
	"sendto",
	"shutdown",
	"write",
	"writev",
};

static const char *const worker_may[] = {
	/* connections, and waiting for them */
	"accept",
	"accept4",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"eventfd2",
	"getpeername",
	"getsockname",
	"getsockopt",
	"_newselect",
	"pselect6",
	"pselect6_time64",
	"select",
	"signalfd4",
	/* files, as far as landlock lets it */
	"access",
	"faccessat",
	"faccessat2",
	"fallocate",
	"fchmod",
	"fdatasync",
	"flock",
	"fstat",
	"fstat64",
	"fstatat64",
	"fsync",
	"ftruncate",
	"ftruncate64",
	"getcwd",
	"getdents64",
	"_llseek",
	"lseek",
	"lstat",
	"lstat64",
	"mkdir",
	"mkdirat",
	"msync",
	"newfstatat",
	"open",
	"openat",
	"pread64",
	"preadv",
	"pwrite64",
	"pwritev",
	"readlink",
	"readlinkat",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"stat",
	"stat64",
	"statx",
	"unlink",
	"unlinkat",
};

/*
 * Calls that may be made with certain arguments alone.  Several rows of one
 * call are alternatives, conditions in one row must all be fulfilled.
 */
struct row {
	const char *call;
	const char *instead; /* that call's, where an architecture has it */
	unsigned who;
	unsigned count;
	struct scmp_arg_cmp only[2];
};

/* A mask of flags, and what they must be. */
#define FLAGS(argument, mask, value) \
	{ \
		argument, SCMP_CMP_MASKED_EQ, mask, value \
	}
#define EQUAL(argument, value) \
	{ \
		argument, SCMP_CMP_EQ, value, 0 \
	}

/* On s390x clone has its flags second, and mmap its arguments in memory,
 * where no filter can see them. */
#if defined(__s390__)
#define CLONE_ARGUMENT 1
#define MMAP_CONDITIONS 0
#else
#define CLONE_ARGUMENT 0
#define MMAP_CONDITIONS 1
#endif

/* A thread, in the same world as the others. */
#define CLONE_MASK \
	(CLONE_THREAD | CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | \
	    CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS)

#define SOCKET_FLAGS ((scmp_datum_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))

static const struct row rows[] = {
	{ "clone", NULL, BOTH, 1,
	    { FLAGS(CLONE_ARGUMENT, CLONE_MASK, CLONE_THREAD) } },
	{ "mmap", "mmap2", BOTH, MMAP_CONDITIONS, { FLAGS(2, PROT_EXEC, 0) } },
	{ "mprotect", NULL, BOTH, 1, { FLAGS(2, PROT_EXEC, 0) } },
	{ "prctl", NULL, BOTH, 1, { EQUAL(0, PR_SET_NAME) } },
	/* to read limits, not to set them */
	{ "prlimit64", NULL, BOTH, 1, { EQUAL(2, 0) } },
	/* for syslog; streams lead to services that do as they are asked */
	{ "socket", NULL, BOTH, 2,
	    { EQUAL(0, AF_UNIX), FLAGS(1, ~SOCKET_FLAGS, SOCK_DGRAM) } },
	/* what exchange.c has libfcgi read; it can't be run or mapped to be */
	{ "memfd_create", NULL, WORKER, 1,
	    { EQUAL(1, MFD_CLOEXEC | MFD_NOEXEC_SEAL) } },
	{ "memfd_create", NULL, WORKER, 1, { EQUAL(1, MFD_CLOEXEC) } },
	{ "setsockopt", NULL, WORKER, 2,
	    { EQUAL(1, SOL_SOCKET), EQUAL(2, SO_RCVTIMEO) } },
	{ "setsockopt", NULL, WORKER, 2,
	    { EQUAL(1, SOL_SOCKET), EQUAL(2, SO_SNDTIMEO) } },
	{ "fcntl", "fcntl64", BOTH, 1, { EQUAL(1, F_GETFD) } },
	{ "fcntl", "fcntl64", BOTH, 1, { EQUAL(1, F_SETFD) } },
	{ "fcntl", "fcntl64", BOTH, 1, { EQUAL(1, F_GETFL) } },
	{ "fcntl", "fcntl64", BOTH, 1, { EQUAL(1, F_SETFL) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_DUPFD) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_DUPFD_CLOEXEC) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_GETLK) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_SETLK) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_SETLKW) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_OFD_GETLK) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_OFD_SETLK) } },
	{ "fcntl", "fcntl64", WORKER, 1, { EQUAL(1, F_OFD_SETLKW) } },
};

/* The filter.  As libseccomp has it, these return 0 or -errno. */

#define ALLOW SCMP_ACT_ALLOW
#define DENY SCMP_ACT_ERRNO(EPERM)

/* A negative number: not on this architecture. */
static int
rule(scmp_filter_ctx filter, uint32_t action, const char *call, unsigned count,
    const struct scmp_arg_cmp *only)
{
	int number = seccomp_syscall_resolve_name(call);

	if (number < 0)
		return 0;
	return seccomp_rule_add_array(filter, action, number, count, only);
}

static int
allow_all(scmp_filter_ctx filter, const char *const *calls, size_t count)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < count; i++)
		result = rule(filter, ALLOW, calls[i], 0, NULL);
	return result;
}

static int
allow_rows(scmp_filter_ctx filter, unsigned who)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		bool instead = row->instead != NULL &&
		    seccomp_syscall_resolve_name(row->instead) >= 0;

		if ((row->who & who) != 0)
			result = rule(filter, ALLOW,
			    instead ? row->instead : row->call, row->count,
			    row->only);
	}
	return result;
}

/*
 * abort() sends its signal by tgkill.  And clone3 has its flags in memory,
 * where no filter can see them; "not implemented" has glibc take clone.
 */
static int
allow_special(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp own = { 0, SCMP_CMP_EQ,
		(scmp_datum_t)getpid(), 0 };
	int result = rule(filter, ALLOW, "tgkill", 1, &own);

	if (result == 0)
		result = rule(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0,
		    NULL);
	return result;
}

static int
fill_filter(scmp_filter_ctx filter, enum sandbox sandbox)
{
	int result = allow_all(filter, both_may, COUNT(both_may));

	if (result == 0 && sandbox == SANDBOX_WORKER)
		result = allow_all(filter, worker_may, COUNT(worker_may));
	if (result == 0)
		result = allow_rows(filter, 1U << sandbox);
	if (result == 0)
		result = allow_special(filter);
	return result;
}

/*
 * What would be done by these to a worker's own descriptor would be done to
 * all that have the same: a log that is a file would lose its lines, and a
 * socket that was shut down serves nobody.
 */
static const struct {
	const char *call;
	unsigned argument; /* the descriptor */
} change_shared[] = {
	{ "fallocate", 0 },
	{ "ftruncate", 0 },
	{ "ftruncate64", 0 },
	{ "_llseek", 0 },
	{ "lseek", 0 },
	{ "mmap", 4 },
	{ "mmap2", 4 },
	{ "pwrite64", 0 },
	{ "pwritev", 0 },
	{ "setsockopt", 0 },
	{ "shutdown", 0 },
};

/* F_DUPFD would give it another number. */
static const int fcntl_shared[] = { F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC };

/* CHILD_READY is closed by now, and its number somebody else's. */
static const int shared[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO,
	CHILD_SNAPSHOT, CHILD_LISTENER };

/* A descriptor is 32 bits: the kernel does not look at what stands above. */
static int
deny_shared(scmp_filter_ctx filter, int fd)
{
	struct scmp_arg_cmp only[2] = { FLAGS(0, 0xffffffff,
	    (scmp_datum_t)fd) };
	int result = 0;

	for (size_t i = 0; result == 0 && i < COUNT(change_shared); i++) {
		only[0].arg = change_shared[i].argument;
		result = rule(filter, DENY, change_shared[i].call, 1, only);
	}
	only[0].arg = 0;
	for (size_t i = 0; result == 0 && i < COUNT(fcntl_shared); i++) {
		only[1] = (struct scmp_arg_cmp)EQUAL(1,
		    (scmp_datum_t)fcntl_shared[i]);
		result = rule(filter, DENY, "fcntl", 2, only);
		if (result == 0)
			result = rule(filter, DENY, "fcntl64", 2, only);
	}
	return result;
}

/* A filter of its own, since in one a call that is allowed with all arguments
 * can't be refused with some; of several the strictest counts. */
static int
fill_shared_filter(scmp_filter_ctx filter, enum sandbox sandbox)
{
	int result = 0;

	(void)sandbox;
	for (size_t i = 0; result == 0 && i < COUNT(shared); i++)
		result = deny_shared(filter, shared[i]);
	return result;
}

/* Calls in the manner of another architecture (32 bits on one of 64) have
 * numbers of their own, and nobody but an attacker makes them: libseccomp
 * ends the thread, this the process. */
static int
load_filter(uint32_t otherwise,
    int (*fill)(scmp_filter_ctx filter, enum sandbox sandbox),
    enum sandbox sandbox)
{
	scmp_filter_ctx filter = seccomp_init(otherwise);
	int result;

	if (filter == NULL)
		return -ENOMEM;
	result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	if (result == 0)
		result = fill(filter, sandbox);
	if (result == 0)
		result = seccomp_load(filter);
	seccomp_release(filter);
	return result;
}

static int
load_filters(enum sandbox sandbox)
{
	int result = 0;

	if (sandbox == SANDBOX_WORKER)
		result = load_filter(ALLOW, fill_shared_filter, sandbox);
	return result == 0 ? load_filter(DENY, fill_filter, sandbox) : result;
}

static enum err
complain(struct problems *problems, const char *what, int cause)
{
	problem_add(problems, PROBLEM_ERROR,
	    "this process can't be shut in: %s: %s", what, strerror(cause));
	return ERR_CONFIGURATION;
}

/* Landlock would leave threads free that run already.  The kernel says whether
 * there are any: to leave a group of threads is for those alone in it, and
 * nothing happens.  A container may forbid to ask. */
static bool
has_threads(void)
{
	/* ThreadSanitizer has one of its own. */
	return !SANITIZER_THREAD && unshare(CLONE_THREAD) != 0 &&
	    errno == EINVAL;
}

/* AddressSanitizer looks for leaks at the end of a process, from another that
 * traces it.  No sandbox lets it; it asks first whether it shall. */
#if SANITIZER_ADDRESS
static bool without_leak_check;

int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return without_leak_check;
}
#endif

static void
end_leak_check(void)
{
#if SANITIZER_ADDRESS
	without_leak_check = true;
#endif
}

void
sandbox_hide_memory(void)
{
	static const struct rlimit none = { 0, 0 };

	end_leak_check();
	/* Neither can fail. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
}

bool
sandbox_has_landlock(void)
{
	return landlock_version() > 0;
}

/* Whether as much memory may be locked as there is. */
static bool
may_lock(void)
{
	static const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct rlimit limit;

	if (setrlimit(RLIMIT_MEMLOCK, &all) == 0)
		return true;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
	    limit.rlim_cur == RLIM_INFINITY)
		return true;
	return syscall(SYS_capget, &header, sets) == 0 &&
	    (sets[CAP_TO_INDEX(CAP_IPC_LOCK)].effective &
		CAP_TO_MASK(CAP_IPC_LOCK)) != 0;
}

/* MCL_ONFAULT: else the stacks of all threads would be made at once. */
bool
sandbox_protect_memory(void)
{
	sandbox_hide_memory();
	return may_lock() &&
	    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

/* Landlock first, as the filter lets nobody call it. */
enum err
sandbox_enter(enum sandbox sandbox, struct problems *problems)
{
	int version = landlock_version();
	int result;

	/* Reads its file, for the times that syslog wants. */
	tzset();
	sandbox_hide_memory();
	if (has_threads())
		return complain(problems, "it has threads", EBUSY);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return complain(problems, "no_new_privs", errno);
	if (version > 0 && !landlock_give_up(version))
		return complain(problems, "landlock", errno);
	result = load_filters(sandbox);
	if (result != 0)
		return complain(problems,
		    "seccomp, which the kernel or a container may lack",
		    -result);
	return ERR_OK;
}
