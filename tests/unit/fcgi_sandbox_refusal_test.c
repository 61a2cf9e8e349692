/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "fcgi/child.h"
#include "tests/unit/fcgi_sandbox.h"

/*
 * What can't be done from within a sandbox.  Most of it is tried outside as
 * well: an attempt that works nowhere proves nothing.
 */

/* A process beside ours, of the same user, that hides its memory as key
 * processes do; it has nothing to do. */
static pid_t sibling;
static const char secret[] = "a prime";

/* Sockets that were there before. */
static int listening;
static int datagrams;

/* Files */

static void *
run_thread(void *outcome)
{
	*(enum outcome *)outcome = outcome_of(open_key());
	return NULL;
}

/* A thread's errno is its own. */
static long
open_key_in_thread(void)
{
	enum outcome outcome = FAILED;
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_thread, &outcome) != 0)
		return 0;
	pthread_join(thread, NULL);
	errno = EACCES;
	return outcome == REFUSED ? -1 : 0;
}

static long
change_key(void)
{
	return open(key_path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

static long
list_folder(void)
{
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static long
make_file(void)
{
	char path[sizeof(key_path) + 4];

	snprintf(path, sizeof(path), "%s.new", key_path);
	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static long
remove_file(void)
{
	return unlink(key_path);
}

static long
rename_file(void)
{
	char path[sizeof(key_path) + 4];

	snprintf(path, sizeof(path), "%s.old", key_path);
	return rename(key_path, path);
}

static long
truncate_file(void)
{
	return truncate(key_path, 0);
}

static long
change_mode(void)
{
	return chmod(key_path, 0600);
}

static long
change_folder(void)
{
	return chdir("/");
}

static long
look_at_file(void)
{
	struct stat status;

	return stat(key_path, &status);
}

static long
open_of_sibling(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)sibling, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static long
open_memory_of_sibling(void)
{
	return open_of_sibling("mem");
}

static long
open_map_of_sibling(void)
{
	return open_of_sibling("maps");
}

static long
open_environment_of_sibling(void)
{
	return open_of_sibling("environ");
}

/* Other processes */

static long
trace_sibling(void)
{
	return ptrace(PTRACE_ATTACH, sibling, NULL, NULL);
}

static long
read_sibling(void)
{
	char copy[sizeof(secret)];
	struct iovec into = { copy, sizeof(copy) };
	struct iovec from = { (void *)(uintptr_t)secret, sizeof(secret) };

	return process_vm_readv(sibling, &into, 1, &from, 1, 0);
}

static long
write_sibling(void)
{
	char copy[sizeof(secret)] = { 0 };
	struct iovec from = { copy, sizeof(copy) };
	struct iovec into = { (void *)(uintptr_t)secret, sizeof(secret) };

	return process_vm_writev(sibling, &from, 1, &into, 1, 0);
}

static long
signal_sibling(void)
{
	return kill(sibling, 0);
}

static long
signal_thread_of_sibling(void)
{
	return syscall(SYS_tgkill, sibling, sibling, 0);
}

static long
signal_sibling_by_socket(void)
{
	return fcntl(listening, F_SETOWN, sibling);
}

static long
hold_sibling(void)
{
	return syscall(SYS_pidfd_open, sibling, 0);
}

static long
limit_sibling(void)
{
	struct rlimit limit = { 64, 64 };

	return prlimit(sibling, RLIMIT_NOFILE, &limit, NULL);
}

/* New processes */

static long
run_program(void)
{
	char name[] = "true", *const arguments[] = { name, NULL };

	return execv("/bin/true", arguments);
}

static long
make_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0);
}

static long
make_process_that_shares_memory(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0);
}

/* "Not implemented" is a refusal too, and the one that has C libraries take
 * clone instead. */
static long
make_process_by_clone3(void)
{
	uint64_t arguments[8] = { [4] = SIGCHLD };
	long child = syscall(SYS_clone3, arguments, sizeof(arguments));

	if (child == 0)
		_exit(0);
	if (child < 0 && errno == ENOSYS)
		errno = EPERM;
	return child;
}

/* Sockets */

static long
socket_of(int family, int type)
{
	return socket(family, type | SOCK_CLOEXEC, 0);
}

static long
make_tcp_socket(void)
{
	return socket_of(AF_INET, SOCK_STREAM);
}

static long
make_udp_socket(void)
{
	return socket_of(AF_INET6, SOCK_DGRAM);
}

static long
make_netlink_socket(void)
{
	return socket_of(AF_NETLINK, SOCK_DGRAM);
}

static long
make_stream_socket(void)
{
	return socket_of(AF_UNIX, SOCK_STREAM);
}

static long
make_packet_socket(void)
{
	return socket_of(AF_UNIX, SOCK_SEQPACKET);
}

static long
make_socket_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
}

/* To a name that the kernel chooses. */
static long
bind_socket(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX };

	return bind(datagrams, (const struct sockaddr *)&address,
	    sizeof(address.sun_family));
}

static long
listen_on_socket(void)
{
	return listen(listening, 7);
}

static long
filter_socket(void)
{
	const int size = 4096;

	return setsockopt(datagrams, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size));
}

static long
control_socket(void)
{
	int ready;

	return ioctl(datagrams, FIONREAD, &ready);
}

/* Memory */

static void *
map(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long
map_executable(void)
{
	return map(PROT_READ | PROT_EXEC) == MAP_FAILED ? -1 : 0;
}

static long
make_executable(void)
{
	void *page = map(PROT_READ | PROT_WRITE);

	return page == MAP_FAILED ? 0 : mprotect(page, 4096, PROT_EXEC);
}

/* What the process is */

static long
change_user(void)
{
	return syscall(SYS_setuid, getuid());
}

static long
change_group(void)
{
	return syscall(SYS_setgid, getgid());
}

static long
change_limit(void)
{
	struct rlimit limit = { 64, 64 };

	return setrlimit(RLIMIT_NOFILE, &limit);
}

static long
show_memory(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long
change_personality(void)
{
	return personality(0xffffffff);
}

static long
leave_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static long
enter_namespace(void)
{
	return setns(listening, 0);
}

static long
mount_folder(void)
{
	return mount("none", folder, "tmpfs", 0, NULL);
}

/* Doors to much of the kernel */

static long
use_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0);
}

static long
use_io_uring(void)
{
	struct io_uring_params parameters = { 0 };

	return syscall(SYS_io_uring_setup, 1, &parameters);
}

static long
use_keyring(void)
{
	return syscall(SYS_keyctl, 0, -3, 0);
}

static long
use_performance_counter(void)
{
	struct perf_event_attr attributes = { .size = sizeof(attributes) };

	return syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
}

static long
handle_page_faults(void)
{
	return syscall(SYS_userfaultfd, 1);
}

static long
filter_calls(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
}

static long
receive_descriptors(void)
{
	struct msghdr message = { 0 };

	return recvmsg(datagrams, &message, MSG_DONTWAIT);
}

static long
send_descriptors(void)
{
	struct msghdr message = { 0 };

	return sendmsg(datagrams, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* What only key processes are refused */

static long
accept_connection(void)
{
	return accept4(listening, NULL, NULL, SOCK_CLOEXEC);
}

static long
make_memory_file(void)
{
	return memfd_create("scepd", MFD_CLOEXEC);
}

static long
make_epoll(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

static long
make_eventfd(void)
{
	return eventfd(0, EFD_CLOEXEC);
}

static long
make_signalfd(void)
{
	sigset_t set;

	sigemptyset(&set);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static long
copy_descriptor(void)
{
	return fcntl(datagrams, F_DUPFD_CLOEXEC, 0);
}

static long
seek(void)
{
	return lseek(datagrams, 0, SEEK_SET) < 0 && errno == ESPIPE ? 0 : -1;
}

/* By whom what is refused. */
enum guard {
	LANDLOCK = 1, /* by landlock to workers, by seccomp to key processes */
	SECCOMP = 2,  /* by seccomp to both */
	KEYS_ALONE = 4, /* by seccomp to key processes; workers need it */
	/* It works outside, for everybody and everywhere. */
	USUAL = 8
};

/* Calls that would change what a descriptor stands for, for all who have it;
 * as system calls, so that the descriptor can be written in 64 bits. */
static const struct {
	long call, second, third, fourth;
} changes[] = {
	{ SYS_ftruncate, 0, 0, 0 },
	{ SYS_fallocate, 0, 0, 1 },
	{ SYS_lseek, 0, SEEK_SET, 0 },
	{ SYS_pwrite64, (long)"x", 1, 0 },
	{ SYS_fcntl, F_SETFL, O_NONBLOCK, 0 },
	{ SYS_fcntl, F_DUPFD, 0, 0 },
	{ SYS_fcntl, F_DUPFD_CLOEXEC, 0, 0 },
	{ SYS_shutdown, SHUT_RDWR, 0, 0 },
};

/* How many of the changes are refused for `fd`, in a worker's sandbox. */
static int
count_refused(long fd)
{
	int refused = 0;

	for (size_t i = 0; i < COUNT(changes); i++)
		if (syscall(changes[i].call, fd, changes[i].second,
			changes[i].third, changes[i].fourth) < 0 &&
		    errno == EPERM)
			refused++;
	if (syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
		fd, 0) < 0 &&
	    errno == EPERM)
		refused++;
	return refused;
}

/* Ends with the number of those that were not as they should be. */
static int
change_shared_inside(void)
{
	static const int shared[] = { 0, 1, 2, CHILD_SNAPSHOT, CHILD_LISTENER };
	static const int wanted = COUNT(changes) + 1;
	int own = memfd_create("own", MFD_CLOEXEC), wrong = 0;

	dup2(own, 50);
	for (size_t i = 0; i < COUNT(shared); i++)
		dup2(50, shared[i]);
	if (!enters(SANDBOX_WORKER))
		return NOT_TRIED;
	for (size_t i = 0; i < COUNT(shared); i++) {
		wrong += count_refused(shared[i]) != wanted;
		wrong += count_refused(shared[i] | 1L << 32) != wanted;
		wrong += write(shared[i], "x", 1) != 1;
	}
	wrong += count_refused(50) != 0;
	return wrong;
}

static void
what_a_worker_shares_with_others_it_can_not_change(void **state)
{
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(change_shared_inside());
	assert_ends_well(child);
}

#define ROW(attempt, guards) \
	{ \
#attempt, attempt, guards \
	}

static const struct row {
	const char *name;
	attempt *attempt;
	unsigned guards;
} rows[] = {
	ROW(open_key, LANDLOCK | USUAL),
	ROW(open_key_in_thread, LANDLOCK | USUAL),
	ROW(change_key, LANDLOCK | USUAL),
	ROW(list_folder, LANDLOCK | USUAL),
	ROW(make_file, LANDLOCK),
	ROW(remove_file, LANDLOCK),
	ROW(rename_file, LANDLOCK),
	ROW(truncate_file, SECCOMP),
	ROW(change_mode, SECCOMP | USUAL),
	ROW(change_folder, SECCOMP | USUAL),
	ROW(open_memory_of_sibling, LANDLOCK),
	ROW(open_map_of_sibling, LANDLOCK),
	ROW(open_environment_of_sibling, LANDLOCK),
	ROW(trace_sibling, SECCOMP),
	ROW(read_sibling, SECCOMP),
	ROW(write_sibling, SECCOMP),
	ROW(signal_sibling, SECCOMP | USUAL),
	ROW(signal_thread_of_sibling, SECCOMP | USUAL),
	ROW(signal_sibling_by_socket, SECCOMP | USUAL),
	ROW(hold_sibling, SECCOMP | USUAL),
	ROW(limit_sibling, SECCOMP),
	ROW(receive_descriptors, SECCOMP),
	ROW(send_descriptors, SECCOMP),
	ROW(run_program, SECCOMP | USUAL),
	ROW(make_process, SECCOMP | USUAL),
	ROW(make_process_that_shares_memory, SECCOMP | USUAL),
	ROW(make_process_by_clone3, SECCOMP),
	ROW(make_tcp_socket, SECCOMP | USUAL),
	ROW(make_udp_socket, SECCOMP),
	ROW(make_netlink_socket, SECCOMP | USUAL),
	ROW(make_stream_socket, SECCOMP | USUAL),
	ROW(make_packet_socket, SECCOMP | USUAL),
	ROW(make_socket_pair, SECCOMP | USUAL),
	ROW(bind_socket, SECCOMP | USUAL),
	ROW(listen_on_socket, SECCOMP | USUAL),
	ROW(filter_socket, SECCOMP | USUAL),
	ROW(control_socket, SECCOMP | USUAL),
	ROW(map_executable, SECCOMP | USUAL),
	ROW(make_executable, SECCOMP | USUAL),
	ROW(change_user, SECCOMP | USUAL),
	ROW(change_group, SECCOMP | USUAL),
	ROW(change_limit, SECCOMP | USUAL),
	ROW(show_memory, SECCOMP | USUAL),
	ROW(change_personality, SECCOMP | USUAL),
	ROW(leave_namespace, SECCOMP),
	ROW(enter_namespace, SECCOMP),
	ROW(mount_folder, SECCOMP),
	ROW(use_bpf, SECCOMP),
	ROW(use_io_uring, SECCOMP),
	ROW(use_keyring, SECCOMP),
	ROW(use_performance_counter, SECCOMP),
	ROW(handle_page_faults, SECCOMP),
	ROW(filter_calls, SECCOMP | USUAL),
	ROW(look_at_file, KEYS_ALONE | USUAL),
	ROW(accept_connection, KEYS_ALONE),
	ROW(make_memory_file, KEYS_ALONE | USUAL),
	ROW(make_epoll, KEYS_ALONE | USUAL),
	ROW(make_eventfd, KEYS_ALONE | USUAL),
	ROW(make_signalfd, KEYS_ALONE | USUAL),
	ROW(copy_descriptor, KEYS_ALONE | USUAL),
	ROW(seek, KEYS_ALONE | USUAL),
};

static void
assert_outcomes(enum sandbox sandbox, unsigned guards, enum outcome want)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum outcome outcome;

		if ((rows[i].guards & guards) != guards)
			continue;
		outcome = try_inside(sandbox, rows[i].attempt);
		if (outcome != want)
			print_error("# %s\n", rows[i].name);
		assert_int_equal(outcome, want);
	}
}

static void
what_is_refused_inside_works_outside(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum outcome outcome;

		if ((rows[i].guards & USUAL) == 0)
			continue;
		outcome = try_outside(rows[i].attempt);
		if (outcome != WORKED)
			print_error("# %s\n", rows[i].name);
		assert_int_equal(outcome, WORKED);
	}
}

static void
a_worker_is_kept_from_files_by_landlock(void **state)
{
	(void)state;
	if (!sandbox_has_landlock())
		skip();
	assert_outcomes(SANDBOX_WORKER, LANDLOCK, REFUSED);
}

static void
a_worker_is_kept_from_the_system_by_seccomp(void **state)
{
	(void)state;
	assert_outcomes(SANDBOX_WORKER, SECCOMP, REFUSED);
}

static void
a_worker_is_left_what_it_needs(void **state)
{
	(void)state;
	assert_outcomes(SANDBOX_WORKER, KEYS_ALONE | USUAL, WORKED);
}

static void
a_key_process_is_kept_from_all_of_it_by_seccomp(void **state)
{
	(void)state;
	assert_outcomes(SANDBOX_KEY_PROCESS, LANDLOCK, REFUSED);
	assert_outcomes(SANDBOX_KEY_PROCESS, SECCOMP, REFUSED);
	assert_outcomes(SANDBOX_KEY_PROCESS, KEYS_ALONE, REFUSED);
}

static pid_t
start_sibling(void)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	for (;;)
		pause();
}

static int
begin(void **state)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX };

	sibling = start_sibling();
	listening = (int)make_stream_socket();
	/* Not by a number that a worker has in common with others. */
	datagrams = fcntl((int)socket_of(AF_UNIX, SOCK_DGRAM), F_DUPFD_CLOEXEC,
	    CHILD_CHANNELS);
	return sibling < 0 || datagrams < 0 ||
	    bind(listening, (const struct sockaddr *)&address,
		sizeof(address.sun_family)) != 0 ||
	    listen(listening, 7) != 0 || make_key(state) != 0;
}

static int
end(void **state)
{
	kill(sibling, SIGKILL);
	waitpid(sibling, NULL, 0);
	close(listening);
	close(datagrams);
	return remove_key(state);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_refused_inside_works_outside),
		cmocka_unit_test(a_worker_is_kept_from_files_by_landlock),
		cmocka_unit_test(a_worker_is_kept_from_the_system_by_seccomp),
		cmocka_unit_test(a_worker_is_left_what_it_needs),
		cmocka_unit_test(
		    a_key_process_is_kept_from_all_of_it_by_seccomp),
		cmocka_unit_test(
		    what_a_worker_shares_with_others_it_can_not_change),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
